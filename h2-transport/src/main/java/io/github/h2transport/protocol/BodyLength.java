package io.github.h2transport.protocol;

import io.github.h2transport.Headers;
import org.jspecify.annotations.Nullable;

/**
 * How many octets of content a response must have, from method, status and fields (RFC
 * 9113 section 8.1.1, RFC 9110 sections 6.4.1 and 8.6). A length is 0 or more octets, or
 * one of the constants.
 */
public final class BodyLength {

	/** Any number of octets, until END_STREAM. */
	public static final long UNKNOWN = -1;

	/** No content, whatever {@code content-length} says: HEAD, 1xx, 204, 304. */
	public static final long NONE = -2;

	/** The fields contradict each other or are no numbers: the response is malformed. */
	public static final long MALFORMED = -3;

	private BodyLength() {
	}

	/**
	 * Returns how long the content of a response must be.
	 * @param head whether the request was a HEAD
	 * @param status the status, 100 to 999
	 * @param headers the response's fields
	 * @return the length in octets, {@link #UNKNOWN}, {@link #NONE} or {@link #MALFORMED}
	 */
	public static long expected(boolean head, int status, Headers headers) {
		long length = UNKNOWN;
		for (int i = 0; i < headers.size(); i++) {
			if (headers.name(i).equals("content-length")) {
				length = join(length, parse(headers.value(i)));
			}
		}
		if (length == MALFORMED) {
			return MALFORMED;
		}
		// RFC 9113 section 8.1.1: these never have content, but may have content-length.
		boolean never = head || status < 200 || status == 204 || status == 304;
		return never ? NONE : length;
	}

	/**
	 * Judges the content that has come so far.
	 * @param expected what {@link #expected} returned
	 * @param received the octets of content so far, without padding
	 * @param ended whether END_STREAM was received
	 * @return {@code null} if the content is well-formed so far; else words for a stream
	 * error of type PROTOCOL_ERROR
	 */
	public static @Nullable String fault(long expected, long received, boolean ended) {
		if (expected == MALFORMED) {
			return "content-length is no number or has conflicting values (RFC 9110 section 8.6)";
		}
		if (expected == NONE) {
			return (received > 0) ? "content in a response that has none (RFC 9110 section 6.4.1)" : null;
		}
		if (expected == UNKNOWN || received == expected || (received < expected && !ended)) {
			return null;
		}
		return (received > expected) ? "more content than the content-length of " + expected
				: "the content ended after " + received + " of " + expected + " octets (content-length)";
	}

	/**
	 * Joins what two {@code content-length} fields say.
	 * @param first a length, UNKNOWN or MALFORMED
	 * @param second a length or MALFORMED
	 * @return the length that they agree on, else MALFORMED
	 */
	static long join(long first, long second) {
		return (first == UNKNOWN || first == second) ? second : MALFORMED;
	}

	/**
	 * Reads a {@code content-length}: digits, or the same number several times with
	 * commas, which RFC 9110 section 8.6 lets a recipient accept.
	 * @param value the field value
	 * @return the length, MALFORMED also if it does not fit into 63 bits
	 */
	static long parse(String value) {
		long length = UNKNOWN;
		int index = 0;
		while (true) {
			index = skipWhitespace(value, index);
			int start = index;
			long number = 0;
			while (index < value.length() && isDigit(value.charAt(index))) {
				int digit = value.charAt(index++) - '0';
				if (number > (Long.MAX_VALUE - digit) / 10) {
					return MALFORMED;
				}
				number = 10 * number + digit;
			}
			length = (index == start) ? MALFORMED : join(length, number);
			index = skipWhitespace(value, index);
			if (length == MALFORMED || index == value.length()) {
				return length;
			}
			if (value.charAt(index++) != ',') {
				return MALFORMED;
			}
		}
	}

	private static int skipWhitespace(String value, int start) {
		int index = start;
		while (index < value.length() && FieldSyntax.isWhitespace(value.charAt(index))) {
			index++;
		}
		return index;
	}

	private static boolean isDigit(char c) {
		return c >= '0' && c <= '9';
	}

}
