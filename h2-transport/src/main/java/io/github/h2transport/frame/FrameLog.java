package io.github.h2transport.frame;

import java.util.Map;
import java.util.StringJoiner;

import io.github.h2transport.ErrorCode;

/**
 * Formats frames for the log, one line each, for example
 * {@code >> 0x00000003 47 HEADERS END_STREAM|END_HEADERS}: direction, stream id, payload
 * length in octets, type, flags. Content and field blocks are never shown, as they may
 * hold secrets; {@link #detail} and {@link #settings} say what other payloads mean.
 */
public final class FrameLog {

	private FrameLog() {
	}

	/**
	 * Returns the line of a frame that we send.
	 * @param length of the payload in octets
	 * @param type 0 to 255
	 * @param flags 0 to 255
	 * @param streamId 0 to 2^31-1
	 * @return the line, beginning with {@code >>}, without a line end
	 */
	public static String sent(int length, int type, int flags, int streamId) {
		return line(">> 0x", length, type, flags, streamId);
	}

	/**
	 * Returns the line of a frame that the peer sent.
	 * @param length of the payload in octets
	 * @param type 0 to 255
	 * @param flags 0 to 255
	 * @param streamId 0 to 2^31-1
	 * @return the line, beginning with {@code <<}, without a line end
	 */
	public static String received(int length, int type, int flags, int streamId) {
		return line("<< 0x", length, type, flags, streamId);
	}

	/**
	 * Returns what the payload of a frame says, if it is one of those that fit into a
	 * number.
	 * @param type 0 to 255
	 * @param detail RST_STREAM: the code. PING: the opaque data. GOAWAY: the last stream
	 * id in the upper half, the code in the lower. WINDOW_UPDATE: the increment
	 * @return for example {@code CANCEL} or {@code last-stream=5 NO_ERROR}; empty for
	 * other types
	 */
	public static String detail(int type, long detail) {
		return switch (type) {
			case FrameType.RST_STREAM -> ErrorCode.of((int) detail).name();
			case FrameType.PING -> "0x" + padded(Long.toHexString(detail), 16);
			case FrameType.GOAWAY -> "last-stream=" + (int) (detail >>> 32) + " " + ErrorCode.of((int) detail).name();
			case FrameType.WINDOW_UPDATE -> "+" + detail;
			default -> "";
		};
	}

	/**
	 * Returns what {@link #detail} takes for a GOAWAY.
	 * @param lastStreamId 0 to 2^31-1
	 * @param code as on the wire
	 * @return both in one number
	 */
	public static long goAwayDetail(int lastStreamId, int code) {
		return (long) lastStreamId << 32 | (code & 0xffff_ffffL);
	}

	/**
	 * Returns the values of a SETTINGS frame.
	 * @param settings what the frame says
	 * @return for example {@code ENABLE_PUSH=0 MAX_FRAME_SIZE=16384}, empty for none
	 */
	public static String settings(Settings settings) {
		StringJoiner words = new StringJoiner(" ");
		for (Map.Entry<String, Long> entry : settings.toMap().entrySet()) {
			words.add(entry.getKey().substring("SETTINGS_".length()) + "=" + entry.getValue());
		}
		return words.toString();
	}

	private static String padded(String hex, int digits) {
		return "0".repeat(digits - hex.length()) + hex;
	}

	private static String line(String direction, int length, int type, int flags, int streamId) {
		StringBuilder line = new StringBuilder(64).append(direction);
		line.append(padded(Integer.toHexString(streamId), 8));
		line.append(' ').append(length).append(' ').append(FrameType.name(type));
		if (flags != 0) {
			line.append(' ').append(Flags.names(type, flags));
		}
		return line.toString();
	}

}
