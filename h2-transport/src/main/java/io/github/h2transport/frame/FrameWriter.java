package io.github.h2transport.frame;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

import io.github.h2transport.ErrorCode;

/**
 * Writes frames (RFC 9113 sections 4 and 6) into a buffer, heap or direct, that is in
 * network byte order (as every buffer is by default) and has room: each method has a
 * constant or a method that tells how many octets it writes, and throws a
 * {@link java.nio.BufferOverflowException} if they do not fit. Arguments that would break
 * the RFC are the caller's mistake: {@link IllegalArgumentException}.
 * <p>
 * Nothing is padded and no frame object is made. Has no state.
 */
public final class FrameWriter {

	/** Length, type, flags and stream id, in octets (section 4.1). */
	public static final int FRAME_HEADER_SIZE = 9;

	/** What {@link #preface} writes, in octets. */
	public static final int PREFACE_SIZE = 24;

	/** What {@link #settingsAck} writes, in octets. */
	public static final int SETTINGS_ACK_SIZE = FRAME_HEADER_SIZE;

	/** What {@link #ping} writes, in octets. */
	public static final int PING_SIZE = FRAME_HEADER_SIZE + 8;

	/** What {@link #rstStream} writes, in octets. */
	public static final int RST_STREAM_SIZE = FRAME_HEADER_SIZE + 4;

	/** What {@link #windowUpdate} writes, in octets. */
	public static final int WINDOW_UPDATE_SIZE = FRAME_HEADER_SIZE + 4;

	/**
	 * The most debug data of a GOAWAY, in octets: the frame then fits the smallest
	 * SETTINGS_MAX_FRAME_SIZE, so that it can be sent at any time.
	 */
	public static final int MAX_GOAWAY_DEBUG = Settings.LEAST_MAX_FRAME_SIZE - 8;

	/** The client's first octets (section 3.4). */
	private static final byte[] PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

	private FrameWriter() {
	}

	/**
	 * Writes the 24 octets that a client sends before its first SETTINGS (section 3.4).
	 * @param out has room for {@link #PREFACE_SIZE}
	 */
	public static void preface(ByteBuffer out) {
		out.put(PREFACE);
	}

	/**
	 * Writes a SETTINGS frame (section 6.5), ordered by id.
	 * @param out has room for {@link #settingsSize}
	 * @param settings may be empty
	 */
	public static void settings(ByteBuffer out, Settings settings) {
		frameHeader(out, settings.size() * Settings.ENTRY_LENGTH, FrameType.SETTINGS, 0, 0);
		settings.writeTo(out);
	}

	/**
	 * Returns what {@link #settings} writes, in octets.
	 * @param settings the same
	 * @return 9 or more
	 */
	public static int settingsSize(Settings settings) {
		return FRAME_HEADER_SIZE + settings.size() * Settings.ENTRY_LENGTH;
	}

	/**
	 * Writes the acknowledgement of a SETTINGS frame (section 6.5.3).
	 * @param out has room for {@link #SETTINGS_ACK_SIZE}
	 */
	public static void settingsAck(ByteBuffer out) {
		frameHeader(out, 0, FrameType.SETTINGS, Flags.ACK, 0);
	}

	/**
	 * Writes a PING frame (section 6.7).
	 * @param out has room for {@link #PING_SIZE}
	 * @param opaqueData any; the peer's for an answer
	 * @param ack whether it answers the peer's
	 */
	public static void ping(ByteBuffer out, long opaqueData, boolean ack) {
		frameHeader(out, 8, FrameType.PING, ack ? Flags.ACK : 0, 0);
		out.putLong(opaqueData);
	}

	/**
	 * Writes a RST_STREAM frame (section 6.4).
	 * @param out has room for {@link #RST_STREAM_SIZE}
	 * @param streamId 1 to 2^31-1
	 * @param code why the stream ends
	 */
	public static void rstStream(ByteBuffer out, int streamId, ErrorCode code) {
		checkOnStream(streamId);
		frameHeader(out, 4, FrameType.RST_STREAM, 0, streamId);
		out.putInt(code.value());
	}

	/**
	 * Writes a WINDOW_UPDATE frame (section 6.9).
	 * @param out has room for {@link #WINDOW_UPDATE_SIZE}
	 * @param streamId 1 to 2^31-1, or 0 for the connection
	 * @param increment octets of credit, 1 to 2^31-1
	 */
	public static void windowUpdate(ByteBuffer out, int streamId, int increment) {
		if (increment <= 0) {
			throw new IllegalArgumentException("A window cannot grow by " + increment);
		}
		frameHeader(out, 4, FrameType.WINDOW_UPDATE, 0, streamId);
		out.putInt(increment);
	}

	/**
	 * Writes a GOAWAY frame (section 6.8).
	 * @param out has room for {@link #goAwaySize}
	 * @param lastStreamId the highest stream of the peer that we may have worked on, 0 to
	 * 2^31-1; 0 from a client that takes no pushes
	 * @param code why
	 * @param debug for humans, up to {@link #MAX_GOAWAY_DEBUG} octets
	 */
	public static void goAway(ByteBuffer out, int lastStreamId, ErrorCode code, byte[] debug) {
		if (lastStreamId < 0) {
			throw new IllegalArgumentException("There is no stream " + lastStreamId);
		}
		frameHeader(out, goAwaySize(debug.length) - FRAME_HEADER_SIZE, FrameType.GOAWAY, 0, 0);
		out.putInt(lastStreamId).putInt(code.value()).put(debug);
	}

	/**
	 * Returns what {@link #goAway} writes, in octets.
	 * @param debugLength of its debug data, 0 to {@link #MAX_GOAWAY_DEBUG}
	 * @return 17 or more
	 */
	public static int goAwaySize(int debugLength) {
		if (debugLength < 0 || debugLength > MAX_GOAWAY_DEBUG) {
			throw new IllegalArgumentException("GOAWAY cannot have " + debugLength + " octets of debug data");
		}
		return FRAME_HEADER_SIZE + 8 + debugLength;
	}

	/**
	 * Writes a whole field block: a HEADERS frame and as many CONTINUATION frames as it
	 * needs, with nothing between them (section 6.10).
	 * @param out has room for {@link #headersSize}
	 * @param streamId 1 to 2^31-1
	 * @param block holds the field block
	 * @param off where it begins
	 * @param len its length in octets, 0 or more
	 * @param maxFrameSize the peer's SETTINGS_MAX_FRAME_SIZE in octets, 2^14 to 2^24-1
	 * @param endStream whether the request ends with it
	 */
	public static void headers(ByteBuffer out, int streamId, byte[] block, int off, int len, int maxFrameSize,
			boolean endStream) {
		checkOnStream(streamId);
		checkMaxFrameSize(maxFrameSize);
		int type = FrameType.HEADERS;
		int flags = endStream ? Flags.END_STREAM : 0;
		int from = off;
		int left = len;
		while (left > maxFrameSize) {
			frameHeader(out, maxFrameSize, type, flags, streamId);
			out.put(block, from, maxFrameSize);
			from += maxFrameSize;
			left -= maxFrameSize;
			// END_STREAM stands on HEADERS alone (section 6.2).
			type = FrameType.CONTINUATION;
			flags = 0;
		}
		frameHeader(out, left, type, flags | Flags.END_HEADERS, streamId);
		out.put(block, from, left);
	}

	/**
	 * Returns what {@link #headers} writes, in octets.
	 * @param blockLength of the field block in octets, 0 or more
	 * @param maxFrameSize the peer's SETTINGS_MAX_FRAME_SIZE in octets, 2^14 to 2^24-1
	 * @return 9 or more
	 */
	public static int headersSize(int blockLength, int maxFrameSize) {
		checkMaxFrameSize(maxFrameSize);
		int frames = Math.max(1, (int) ((blockLength + maxFrameSize - 1L) / maxFrameSize));
		return Math.addExact(blockLength, frames * FRAME_HEADER_SIZE);
	}

	/**
	 * Writes the header of a DATA frame (section 6.1); the caller lets the payload
	 * follow.
	 * @param out has room for {@link #FRAME_HEADER_SIZE}
	 * @param streamId 1 to 2^31-1
	 * @param length of the payload in octets, 0 to the peer's SETTINGS_MAX_FRAME_SIZE
	 * @param endStream whether the request ends with it
	 */
	public static void dataHeader(ByteBuffer out, int streamId, int length, boolean endStream) {
		checkOnStream(streamId);
		if (length < 0 || length > Settings.MOST_MAX_FRAME_SIZE) {
			throw new IllegalArgumentException("DATA cannot have " + length + " octets");
		}
		frameHeader(out, length, FrameType.DATA, endStream ? Flags.END_STREAM : 0, streamId);
	}

	private static void frameHeader(ByteBuffer out, int length, int type, int flags, int streamId) {
		if (streamId < 0) {
			throw new IllegalArgumentException("There is no stream " + streamId);
		}
		out.putInt(length << 8 | type).put((byte) flags).putInt(streamId);
	}

	private static void checkOnStream(int streamId) {
		if (streamId == 0) {
			throw new IllegalArgumentException("Stream 0 is the connection");
		}
	}

	private static void checkMaxFrameSize(int maxFrameSize) {
		// A peer's 0 must never reach here as an endless chain of empty frames.
		if (maxFrameSize < Settings.LEAST_MAX_FRAME_SIZE || maxFrameSize > Settings.MOST_MAX_FRAME_SIZE) {
			throw new IllegalArgumentException("SETTINGS_MAX_FRAME_SIZE cannot be " + maxFrameSize);
		}
	}

}
