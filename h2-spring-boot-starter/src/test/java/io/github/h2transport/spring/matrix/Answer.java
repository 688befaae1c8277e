package io.github.h2transport.spring.matrix;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;

/**
 * What came back.
 *
 * @param status the status code
 * @param contentLength the content-length field, -1 without one
 * @param octets how many octets of content came
 * @param sum their SHA-256
 * @param text the first of them, to be read by people and short answers' tests
 * @param trailers the trailers by name
 */
record Answer(int status, long contentLength, long octets, String sum, String text, Map<String, String> trailers) {

	/** Sums content while it comes, so that no answer is held as a whole. One thread. */
	static final class Summing {

		private static final int TEXT_LIMIT = 100;

		private final MessageDigest digest;

		private final StringBuilder text = new StringBuilder();

		private long octets;

		Summing() {
			try {
				this.digest = MessageDigest.getInstance("SHA-256");
			}
			catch (NoSuchAlgorithmException ex) {
				throw new IllegalStateException(ex);
			}
		}

		Summing add(byte[] piece, int length) {
			this.digest.update(piece, 0, length);
			this.octets += length;
			for (int i = 0; i < length && this.text.length() < TEXT_LIMIT; i++) {
				this.text.append((char) (piece[i] & 0xff));
			}
			return this;
		}

		Summing add(byte[] piece) {
			return add(piece, piece.length);
		}

		Answer answer(int status, long contentLength, Map<String, String> trailers) {
			return new Answer(status, contentLength, this.octets, HexFormat.of().formatHex(this.digest.digest()),
					this.text.toString(), trailers);
		}

	}

}
