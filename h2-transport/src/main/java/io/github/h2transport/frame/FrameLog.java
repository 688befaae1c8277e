package io.github.h2transport.frame;

/**
 * Formats frames for the log, one line each, for example
 * {@code >> 0x00000003 47 HEADERS END_STREAM|END_HEADERS}: direction, stream id, payload
 * length in octets, type, flags. Payloads are never shown, as they may hold secrets.
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

	private static String line(String direction, int length, int type, int flags, int streamId) {
		StringBuilder line = new StringBuilder(64).append(direction);
		String id = Integer.toHexString(streamId);
		line.append("0".repeat(8 - id.length())).append(id);
		line.append(' ').append(length).append(' ').append(FrameType.name(type));
		if (flags != 0) {
			line.append(' ').append(Flags.names(type, flags));
		}
		return line.toString();
	}

}
