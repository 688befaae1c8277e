package io.github.h2transport.testkit;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Random;

/**
 * Bytes that both sides of a test can compute, so that every body can be checked.
 */
public final class Content {

	private Content() {
	}

	/**
	 * Returns content of a size, always the same for the same size and incompressible.
	 * @param size the number of octets, 0 or more
	 * @return a new array
	 */
	public static byte[] ofSize(int size) {
		byte[] bytes = new byte[size];
		new Random(size).nextBytes(bytes);
		return bytes;
	}

	/**
	 * Returns a digest, which reads better in a failed assertion than a megabyte does.
	 * @param bytes what to digest
	 * @return SHA-256 in lower-case hex
	 */
	public static String sha256(byte[] bytes) {
		try {
			return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
		}
		catch (NoSuchAlgorithmException ex) {
			throw new IllegalStateException("every JDK has SHA-256", ex);
		}
	}

}
