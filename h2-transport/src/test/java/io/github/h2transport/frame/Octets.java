package io.github.h2transport.frame;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.HexFormat;

/**
 * Frames as the tests write them: from the layout in RFC 9113 section 4.1, not by our
 * writer.
 */
public final class Octets {

	public static final int DATA = 0x0;

	public static final int HEADERS = 0x1;

	public static final int PRIORITY = 0x2;

	public static final int RST_STREAM = 0x3;

	public static final int SETTINGS = 0x4;

	public static final int PUSH_PROMISE = 0x5;

	public static final int PING = 0x6;

	public static final int GOAWAY = 0x7;

	public static final int WINDOW_UPDATE = 0x8;

	public static final int CONTINUATION = 0x9;

	/** An empty SETTINGS frame, which is enough of a server's preface. */
	public static final byte[] EMPTY_SETTINGS = hex("000000 04 00 00000000");

	private Octets() {
	}

	/** Octets in hexadecimal; spaces are for the reader. */
	public static byte[] hex(String digits) {
		return HexFormat.of().parseHex(digits.replace(" ", ""));
	}

	public static byte[] frame(int type, int flags, int streamId, String payload) {
		return frame(type, flags, streamId, hex(payload));
	}

	public static byte[] frame(int type, int flags, int streamId, byte[] payload) {
		return join(header(payload.length, type, flags, streamId), payload);
	}

	public static byte[] header(int length, int type, int flags, int streamId) {
		return new byte[] { (byte) (length >> 16), (byte) (length >> 8), (byte) length, (byte) type, (byte) flags,
				(byte) (streamId >> 24), (byte) (streamId >> 16), (byte) (streamId >> 8), (byte) streamId };
	}

	public static byte[] join(byte[]... parts) {
		ByteArrayOutputStream all = new ByteArrayOutputStream();
		for (byte[] part : parts) {
			all.writeBytes(part);
		}
		return all.toByteArray();
	}

	/** Octets that tell their place, so that a shift or a swap is seen. */
	public static byte[] counting(int length) {
		byte[] octets = new byte[length];
		for (int i = 0; i < length; i++) {
			octets[i] = (byte) (i ^ (i >> 8));
		}
		return octets;
	}

	/** What a buffer was filled with so far. */
	public static byte[] written(ByteBuffer out) {
		ByteBuffer view = out.duplicate().flip();
		byte[] octets = new byte[view.remaining()];
		view.get(octets);
		return octets;
	}

}
