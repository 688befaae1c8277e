package io.github.h2transport.conformance;

import java.util.HexFormat;

/** Frames that no honest writer makes, as octets. */
final class Frames {

	private Frames() {
	}

	/**
	 * Returns a frame (RFC 9113 section 4.1).
	 * @param type its type
	 * @param flags its flags
	 * @param streamId its stream
	 * @param payload hexadecimal, with spaces
	 * @return the octets
	 */
	static byte[] frame(int type, int flags, int streamId, String payload) {
		String hex = payload.replace(" ", "");
		return HexFormat.of().parseHex("%06x%02x%02x%08x".formatted(hex.length() / 2, type, flags, streamId) + hex);
	}

	/**
	 * Returns a HEADERS frame with END_HEADERS and END_STREAM.
	 * @param streamId its stream
	 * @param block the field block, hexadecimal
	 * @return the octets
	 */
	static byte[] response(int streamId, String block) {
		return frame(0x1, 0x5, streamId, block);
	}

}
