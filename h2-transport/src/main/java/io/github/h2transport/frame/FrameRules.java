package io.github.h2transport.frame;

import io.github.h2transport.ErrorCode;

/**
 * What the header of a frame must obey by itself, type by type (RFC 9113 section 6): on
 * which stream it may be sent and how long it may be. Each rule here ends the connection;
 * so does a frame that is too short, since section 4.2 demands it for every frame that
 * could alter the state of the connection, and allows it for DATA.
 */
final class FrameRules {

	static final int PAD_LENGTH = 1;

	static final int PRIORITY_FIELDS_LENGTH = 5;

	private static final int PROMISED_STREAM_ID_LENGTH = 4;

	private static final int RST_STREAM_LENGTH = 4;

	private static final int PING_LENGTH = 8;

	/** Last stream id and error code, before the debug data. */
	private static final int GOAWAY_FIXED_LENGTH = 8;

	private static final int WINDOW_UPDATE_LENGTH = 4;

	private FrameRules() {
	}

	static void check(int length, int type, int flags, int streamId) throws ConnectionError {
		switch (type) {
			case FrameType.DATA -> {
				onStream(type, streamId);
				atLeast(padLength(flags), length, type);
			}
			case FrameType.HEADERS -> {
				onStream(type, streamId);
				boolean priority = (flags & Flags.PRIORITY) != 0;
				atLeast(padLength(flags) + (priority ? PRIORITY_FIELDS_LENGTH : 0), length, type);
			}
			case FrameType.PUSH_PROMISE -> {
				onStream(type, streamId);
				atLeast(padLength(flags) + PROMISED_STREAM_ID_LENGTH, length, type);
			}
			// A wrong length of PRIORITY is an error of its stream alone (section 6.3).
			case FrameType.PRIORITY, FrameType.CONTINUATION -> onStream(type, streamId);
			case FrameType.RST_STREAM -> {
				onStream(type, streamId);
				exactly(RST_STREAM_LENGTH, length, type);
			}
			case FrameType.SETTINGS -> {
				onConnection(type, streamId);
				if ((flags & Flags.ACK) != 0) {
					exactly(0, length, type);
				}
				Settings.checkLength(length);
			}
			case FrameType.PING -> {
				onConnection(type, streamId);
				exactly(PING_LENGTH, length, type);
			}
			case FrameType.GOAWAY -> {
				onConnection(type, streamId);
				atLeast(GOAWAY_FIXED_LENGTH, length, type);
			}
			case FrameType.WINDOW_UPDATE -> exactly(WINDOW_UPDATE_LENGTH, length, type);
			default -> {
				// Section 5.5: unknown types are ignored, whatever they look like.
			}
		}
	}

	private static int padLength(int flags) {
		return ((flags & Flags.PADDED) != 0) ? PAD_LENGTH : 0;
	}

	private static void onStream(int type, int streamId) throws ConnectionError {
		if (streamId == 0) {
			throw new ConnectionError(ErrorCode.PROTOCOL_ERROR,
					FrameType.name(type) + " on stream 0, which is the connection");
		}
	}

	private static void onConnection(int type, int streamId) throws ConnectionError {
		if (streamId != 0) {
			throw new ConnectionError(ErrorCode.PROTOCOL_ERROR,
					FrameType.name(type) + " on stream " + streamId + ", but it belongs to the connection");
		}
	}

	private static void exactly(int legal, int length, int type) throws ConnectionError {
		if (length != legal) {
			throw new ConnectionError(ErrorCode.FRAME_SIZE_ERROR,
					FrameType.name(type) + " of " + length + " octets instead of " + legal);
		}
	}

	private static void atLeast(int least, int length, int type) throws ConnectionError {
		if (length < least) {
			throw new ConnectionError(ErrorCode.FRAME_SIZE_ERROR,
					FrameType.name(type) + " of " + length + " octets, but its fields take " + least);
		}
	}

}
