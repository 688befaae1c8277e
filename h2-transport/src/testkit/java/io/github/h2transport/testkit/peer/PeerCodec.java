package io.github.h2transport.testkit.peer;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Objects;

import io.github.h2transport.ErrorCode;
import io.github.h2transport.frame.ConnectionError;
import io.github.h2transport.frame.Flags;
import io.github.h2transport.frame.FrameHandler;
import io.github.h2transport.frame.FrameReader;
import io.github.h2transport.frame.FrameType;
import io.github.h2transport.frame.FrameWriter;
import io.github.h2transport.frame.Settings;
import io.github.h2transport.hpack.HpackDecoder;
import io.github.h2transport.hpack.HpackEncoder;
import io.github.h2transport.hpack.HpackException;
import io.github.h2transport.hpack.OctetSink;

/**
 * The peer's end of a connection: octets of the client to frames, frames to octets for
 * the client. Whatever breaks a rule of the RFC's framing fails the test.
 */
public final class PeerCodec implements FrameHandler {

	private static final int TABLE_SIZE = 4096;

	private static final int LARGEST_FRAME = (1 << 24) - 1;

	private final FrameReader reader = new FrameReader(LARGEST_FRAME, this);

	private final HpackDecoder decoder = new HpackDecoder(TABLE_SIZE);

	private final HpackEncoder encoder = new HpackEncoder(TABLE_SIZE);

	private final Deque<PeerFrame> received = new ArrayDeque<>();

	private final ByteArrayOutputStream magic = new ByteArrayOutputStream();

	private final ByteArrayOutputStream content = new ByteArrayOutputStream();

	private final ByteArrayOutputStream block = new ByteArrayOutputStream();

	private boolean blockEndsStream;

	// ---- from the client ----

	public Deque<PeerFrame> read(byte[] octets) {
		int start = 0;
		while (this.magic.size() < FrameWriter.PREFACE_SIZE && start < octets.length) {
			this.magic.write(octets[start++]);
			if (this.magic.size() == FrameWriter.PREFACE_SIZE) {
				checkMagic();
			}
		}
		try {
			this.reader.read(ByteBuffer.wrap(octets, start, octets.length - start));
		}
		catch (ConnectionError ex) {
			throw new AssertionError("The client broke a rule: " + ex, ex);
		}
		return this.received;
	}

	private void checkMagic() {
		String text = this.magic.toString(StandardCharsets.US_ASCII);
		if (!text.equals("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")) {
			throw new AssertionError("No connection preface: " + text);
		}
		this.received.add(PeerFrame.preface());
	}

	public boolean isMidFrame() {
		return this.reader.isMidFrame();
	}

	@Override
	public void dataStart(int streamId, int flowControlledLength, boolean endStream) {
		this.content.reset();
	}

	@Override
	public void dataPiece(int streamId, ByteBuffer piece) {
		byte[] octets = new byte[piece.remaining()];
		piece.get(octets);
		this.content.writeBytes(octets);
	}

	@Override
	public void dataEnd(int streamId, boolean endStream) {
		PeerFrame frame = PeerFrame.data(streamId, this.content.toByteArray());
		frame.endStream = endStream;
		this.received.add(frame);
	}

	@Override
	public void headers(int streamId, ByteBuffer fragment, boolean endStream, boolean endHeaders) {
		this.block.reset();
		this.blockEndsStream = endStream;
		continuation(streamId, fragment, endHeaders);
	}

	@Override
	public void continuation(int streamId, ByteBuffer fragment, boolean endHeaders) {
		byte[] octets = new byte[fragment.remaining()];
		fragment.get(octets);
		this.block.writeBytes(octets);
		if (!endHeaders) {
			return;
		}
		PeerFrame frame = PeerFrame.headers(streamId);
		frame.endStream = this.blockEndsStream;
		try {
			this.decoder.decode(ByteBuffer.wrap(this.block.toByteArray()),
					(name, value, sensitive) -> frame.with(name, value));
		}
		catch (HpackException ex) {
			throw new AssertionError("The client's header block cannot be decoded", ex);
		}
		this.received.add(frame);
	}

	@Override
	public void rstStream(int streamId, ErrorCode code) {
		this.received.add(PeerFrame.rstStream(streamId, code));
	}

	@Override
	public void settings(Settings settings) {
		PeerFrame frame = PeerFrame.settings();
		frame.settings = settings;
		this.received.add(frame);
	}

	@Override
	public void settingsAck() {
		this.received.add(PeerFrame.settingsAck());
	}

	@Override
	public void ping(long opaqueData, boolean ack) {
		this.received.add(ack ? PeerFrame.pingAck(opaqueData) : PeerFrame.ping(opaqueData));
	}

	@Override
	public void goAway(int lastStreamId, ErrorCode code, ByteBuffer debugData) {
		this.received.add(PeerFrame.goAway(lastStreamId, code));
	}

	@Override
	public void windowUpdate(int streamId, int increment) {
		this.received.add(PeerFrame.windowUpdate(streamId, increment));
	}

	@Override
	public void priority(int streamId) {
		throw new AssertionError("We never send PRIORITY");
	}

	@Override
	public void pushPromise(int streamId, int promisedStreamId) {
		throw new AssertionError("A client never promises");
	}

	@Override
	public void unknown(int type, int streamId, int length) {
		throw new AssertionError("We send no frame of type " + type);
	}

	@Override
	public void streamError(int streamId, ErrorCode code, String message) {
		throw new AssertionError("The client broke a rule on stream " + streamId + ": " + message);
	}

	// ---- to the client ----

	public byte[] write(PeerFrame... frames) {
		ByteArrayOutputStream octets = new ByteArrayOutputStream();
		for (PeerFrame frame : frames) {
			int head = (frame.type == PeerFrame.Type.HEADERS) ? 64 * 1024 : 1024;
			ByteBuffer out = ByteBuffer.allocate(head + frame.length() + frame.padding);
			write(frame, out);
			octets.write(out.array(), 0, out.position());
		}
		return octets.toByteArray();
	}

	private void write(PeerFrame frame, ByteBuffer out) {
		int id = frame.streamId;
		switch (frame.type) {
			case SETTINGS ->
				FrameWriter.settings(out, (frame.settings != null) ? frame.settings : Settings.builder().build());
			case SETTINGS_ACK -> FrameWriter.settingsAck(out);
			case HEADERS -> writeHeaders(frame, out);
			case DATA -> writeData(frame, out);
			case RST_STREAM -> FrameWriter.rstStream(out, id, Objects.requireNonNull(frame.code));
			case WINDOW_UPDATE -> FrameWriter.windowUpdate(out, id, (int) value(frame));
			case PING -> FrameWriter.ping(out, value(frame), false);
			case PING_ACK -> FrameWriter.ping(out, value(frame), true);
			case GOAWAY -> FrameWriter.goAway(out, (int) value(frame), Objects.requireNonNull(frame.code), new byte[0]);
			case PREFACE -> throw new AssertionError("A server has no magic octets");
		}
	}

	private static long value(PeerFrame frame) {
		return Objects.requireNonNull(frame.value);
	}

	private void writeHeaders(PeerFrame frame, ByteBuffer out) {
		OctetSink sink = new OctetSink(256);
		this.encoder.beginBlock(sink);
		for (int i = 0; i < frame.fields.size(); i += 2) {
			this.encoder.encode(frame.fields.get(i), frame.fields.get(i + 1), false, sink);
		}
		FrameWriter.headers(out, frame.streamId, sink.array(), 0, sink.length(), Settings.LEAST_MAX_FRAME_SIZE,
				frame.endStream);
	}

	private static void writeData(PeerFrame frame, ByteBuffer out) {
		byte[] octets = (frame.payload != null) ? frame.payload : new byte[0];
		if (frame.padding == 0) {
			FrameWriter.dataHeader(out, frame.streamId, octets.length, frame.endStream);
			out.put(octets);
			return;
		}
		int flags = Flags.PADDED | (frame.endStream ? Flags.END_STREAM : 0);
		out.putInt((octets.length + frame.padding) << 8 | FrameType.DATA).put((byte) flags).putInt(frame.streamId);
		out.put((byte) (frame.padding - 1)).put(octets).put(new byte[frame.padding - 1]);
	}

}
