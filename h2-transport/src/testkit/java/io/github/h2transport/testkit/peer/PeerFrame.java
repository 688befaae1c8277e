package io.github.h2transport.testkit.peer;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

import io.github.h2transport.ErrorCode;
import io.github.h2transport.frame.Settings;
import org.jspecify.annotations.Nullable;

/**
 * A frame as scripts write it down: to be sent, or to be expected. What an expected frame
 * leaves open (fields, payload, increment) may be anything; type, stream and END_STREAM
 * always count.
 */
public final class PeerFrame {

	/** RFC 9113 section 6, and the magic octets of section 3.4. */
	public enum Type {

		PREFACE, SETTINGS, SETTINGS_ACK, HEADERS, DATA, RST_STREAM, WINDOW_UPDATE, PING, PING_ACK, GOAWAY

	}

	public final Type type;

	public final int streamId;

	public boolean endStream;

	/** Name and value in turn. */
	public final List<String> fields = new ArrayList<>();

	public byte @Nullable [] payload;

	/** Octets of padding, the pad length included; 0 for a frame without. */
	int padding;

	public @Nullable ErrorCode code;

	/** Increment, opaque data or last stream id. */
	public @Nullable Long value;

	public @Nullable Settings settings;

	PeerFrame(Type type, int streamId) {
		this.type = type;
		this.streamId = streamId;
	}

	public static PeerFrame preface() {
		return new PeerFrame(Type.PREFACE, 0);
	}

	/** With ids and values in turn. */
	public static PeerFrame settings(long... idsAndValues) {
		PeerFrame frame = new PeerFrame(Type.SETTINGS, 0);
		if (idsAndValues.length > 0) {
			Settings.Builder builder = Settings.builder();
			for (int i = 0; i < idsAndValues.length; i += 2) {
				builder.set((int) idsAndValues[i], idsAndValues[i + 1]);
			}
			frame.settings = builder.build();
		}
		return frame;
	}

	public static PeerFrame settingsAck() {
		return new PeerFrame(Type.SETTINGS_ACK, 0);
	}

	public static PeerFrame headers(int streamId) {
		return new PeerFrame(Type.HEADERS, streamId);
	}

	public static PeerFrame data(int streamId) {
		return new PeerFrame(Type.DATA, streamId);
	}

	public static PeerFrame data(int streamId, String text) {
		return data(streamId, text.getBytes(StandardCharsets.ISO_8859_1));
	}

	public static PeerFrame data(int streamId, byte[] octets) {
		PeerFrame frame = data(streamId);
		frame.payload = octets;
		return frame;
	}

	/** So many zeros. */
	public static PeerFrame data(int streamId, int length) {
		return data(streamId, new byte[length]);
	}

	public static PeerFrame rstStream(int streamId, ErrorCode code) {
		PeerFrame frame = new PeerFrame(Type.RST_STREAM, streamId);
		frame.code = code;
		return frame;
	}

	public static PeerFrame windowUpdate(int streamId) {
		return new PeerFrame(Type.WINDOW_UPDATE, streamId);
	}

	public static PeerFrame windowUpdate(int streamId, long increment) {
		PeerFrame frame = windowUpdate(streamId);
		frame.value = increment;
		return frame;
	}

	public static PeerFrame ping() {
		return new PeerFrame(Type.PING, 0);
	}

	public static PeerFrame ping(long opaqueData) {
		PeerFrame frame = ping();
		frame.value = opaqueData;
		return frame;
	}

	public static PeerFrame pingAck(long opaqueData) {
		PeerFrame frame = new PeerFrame(Type.PING_ACK, 0);
		frame.value = opaqueData;
		return frame;
	}

	public static PeerFrame goAway(int lastStreamId, ErrorCode code) {
		PeerFrame frame = new PeerFrame(Type.GOAWAY, 0);
		frame.value = (long) lastStreamId;
		frame.code = code;
		return frame;
	}

	public PeerFrame endStream() {
		this.endStream = true;
		return this;
	}

	public PeerFrame status(int status) {
		return with(":status", Integer.toString(status));
	}

	public PeerFrame with(String name, String fieldValue) {
		this.fields.add(name);
		this.fields.add(fieldValue);
		return this;
	}

	public PeerFrame padded(int octets) {
		this.padding = octets;
		return this;
	}

	/**
	 * Returns the fields in the order of the wire.
	 * @return names and values in turn
	 */
	public List<String> fields() {
		return List.copyOf(this.fields);
	}

	/**
	 * Returns whether the frame ends its stream.
	 * @return the flag END_STREAM
	 */
	public boolean isEndStream() {
		return this.endStream;
	}

	public int streamId() {
		return this.streamId;
	}

	public boolean isData() {
		return this.type == Type.DATA;
	}

	public boolean isPing() {
		return this.type == Type.PING;
	}

	/** The answer to this PING. */
	public PeerFrame acknowledged() {
		PeerFrame frame = new PeerFrame(Type.PING_ACK, 0);
		frame.value = this.value;
		return frame;
	}

	public int length() {
		return (this.payload != null) ? this.payload.length : 0;
	}

	/** Whether a received frame is what this one expects. */
	public boolean describes(PeerFrame received) {
		return this.type == received.type && this.streamId == received.streamId && this.endStream == received.endStream
				&& hasFieldsOf(received) && (this.payload == null || Arrays.equals(this.payload, received.payload))
				&& (this.code == null || this.code.equals(received.code))
				&& (this.value == null || this.value.equals(received.value))
				&& (this.settings == null || this.settings.equals(received.settings));
	}

	private boolean hasFieldsOf(PeerFrame received) {
		for (int i = 0; i < this.fields.size(); i += 2) {
			boolean found = false;
			for (int j = 0; j < received.fields.size(); j += 2) {
				found |= received.fields.get(j).equals(this.fields.get(i))
						&& received.fields.get(j + 1).equals(this.fields.get(i + 1));
			}
			if (!found) {
				return false;
			}
		}
		return true;
	}

	@Override
	public String toString() {
		StringBuilder words = new StringBuilder(this.type.name());
		if (this.streamId != 0) {
			words.append(' ').append(this.streamId);
		}
		if (!this.fields.isEmpty()) {
			words.append(' ').append(this.fields);
		}
		if (this.payload != null) {
			words.append(" length=").append(this.payload.length);
		}
		if (this.value != null) {
			words.append(' ').append(this.value);
		}
		if (this.code != null) {
			words.append(' ').append(this.code);
		}
		if (this.settings != null) {
			words.append(' ').append(this.settings);
		}
		return words.append(this.endStream ? " END_STREAM" : "").toString();
	}

}
