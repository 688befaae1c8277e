package io.github.h2transport.spring.calls;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** A hundred mebibytes that exist one piece at a time, no two pieces alike. */
final class LongContent {

	static final int PIECE = 16 * 1024;

	static final int PIECES = 100 * 1024 * 1024 / PIECE;

	private LongContent() {
	}

	static byte[] piece(int index) {
		byte[] octets = new byte[PIECE];
		long state = index + 1L;
		for (int i = 0; i < PIECE; i++) {
			state = state * 6364136223846793005L + 1442695040888963407L;
			octets[i] = (byte) (state >>> 56);
		}
		return octets;
	}

	/**
	 * Returns the sum of the whole.
	 * @return SHA-256 in hexadecimal digits
	 */
	static String sum() {
		MessageDigest digest = digest();
		for (int i = 0; i < PIECES; i++) {
			digest.update(piece(i));
		}
		return text(digest);
	}

	static MessageDigest digest() {
		try {
			return MessageDigest.getInstance("SHA-256");
		}
		catch (NoSuchAlgorithmException ex) {
			throw new IllegalStateException(ex);
		}
	}

	static String text(MessageDigest digest) {
		return HexFormat.of().formatHex(digest.digest());
	}

}
