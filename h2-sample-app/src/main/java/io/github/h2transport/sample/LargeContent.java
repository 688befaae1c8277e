package io.github.h2transport.sample;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** Content of any size that is never in memory as a whole, no two pieces alike. */
final class LargeContent {

	static final int PIECE = 16 * 1024;

	static final int PIECES_PER_MEBIBYTE = 1024 * 1024 / PIECE;

	private LargeContent() {
	}

	static byte[] piece(int index) {
		byte[] octets = new byte[PIECE];
		long state = index + 1L;
		for (int i = 0; i < PIECE; i++) {
			state = state * 6364136223846793005L + 1442695040888963407L; // Knuth's MMIX
			octets[i] = (byte) (state >>> 56);
		}
		return octets;
	}

	static String sum(int mebibytes) {
		MessageDigest digest = digest();
		for (int i = 0; i < mebibytes * PIECES_PER_MEBIBYTE; i++) {
			digest.update(piece(i));
		}
		return text(digest);
	}

	static MessageDigest digest() {
		try {
			return MessageDigest.getInstance("SHA-256");
		}
		catch (NoSuchAlgorithmException ex) {
			throw new IllegalStateException("Every JDK has SHA-256", ex);
		}
	}

	static String text(MessageDigest digest) {
		return HexFormat.of().formatHex(digest.digest());
	}

}
