package io.github.h2transport.protocol;

/**
 * Which characters may stand in field names, methods and field values (RFC 9110 sections
 * 5.5 and 5.6.2, RFC 9113 section 8.2.1), and which fields HTTP/2 does not have.
 */
final class FieldSyntax {

	private static final int LOWER_CASE_TOKEN = 1;

	private static final int TOKEN = 2;

	private static final int REG_NAME = 4;

	/** What an ASCII character may be part of, as a set of the bits above. */
	private static final byte[] CHARACTERS = new byte[0x80];

	static {
		allow("0123456789abcdefghijklmnopqrstuvwxyz", LOWER_CASE_TOKEN | TOKEN | REG_NAME);
		allow("ABCDEFGHIJKLMNOPQRSTUVWXYZ", TOKEN | REG_NAME);
		allow("!#$%&'*+-.^_`|~", LOWER_CASE_TOKEN | TOKEN);
		// RFC 3986 section 3.2.2 without percent-encoding, which no host name needs.
		allow("-._~!$&'()*+,;=", REG_NAME);
	}

	private FieldSyntax() {
	}

	private static void allow(String characters, int bits) {
		for (int i = 0; i < characters.length(); i++) {
			CHARACTERS[characters.charAt(i)] |= (byte) bits;
		}
	}

	/**
	 * Returns whether a text is a token.
	 * @param text the text, for example a method
	 * @return {@code false} also for the empty text
	 */
	static boolean isToken(String text) {
		return consistsOf(text, 0, text.length(), TOKEN);
	}

	/**
	 * Returns whether a text is a token without upper-case letters, as field names are in
	 * HTTP/2.
	 * @param text the text
	 * @return {@code false} also for the empty text
	 */
	static boolean isLowerCaseToken(String text) {
		return consistsOf(text, 0, text.length(), LOWER_CASE_TOKEN);
	}

	/**
	 * Returns whether a part of a text is a registered name (RFC 3986 section 3.2.2).
	 * @param text the text
	 * @param start where the part begins
	 * @param end the index after its last character
	 * @return {@code false} also for an empty part
	 */
	static boolean isRegName(String text, int start, int end) {
		return consistsOf(text, start, end, REG_NAME);
	}

	private static boolean consistsOf(String text, int start, int end, int bit) {
		for (int i = start; i < end; i++) {
			char c = text.charAt(i);
			if (c >= 0x80 || (CHARACTERS[c] & bit) == 0) {
				return false;
			}
		}
		return start < end;
	}

	/**
	 * Finds what must not be in a value that we send: control characters other than HTAB,
	 * and characters that do not fit into an octet.
	 * @param value the value
	 * @return the index of the first such character, -1 if there is none
	 */
	static int illegalToSend(String value) {
		for (int i = 0; i < value.length(); i++) {
			char c = value.charAt(i);
			if ((c < ' ' && c != '\t') || c == 0x7f || c > 0xff) {
				return i;
			}
		}
		return -1;
	}

	/**
	 * Returns whether a received value is well-formed. RFC 9113 section 8.2.1 forbids CR,
	 * LF, NUL and whitespace around; other control characters and octets above 0x7f may
	 * be kept (RFC 9110 section 5.5).
	 * @param value the value, one character an octet
	 * @return {@code true} also for an empty value
	 */
	static boolean isLegalReceived(String value) {
		int length = value.length();
		if (length > 0 && (isWhitespace(value.charAt(0)) || isWhitespace(value.charAt(length - 1)))) {
			return false;
		}
		for (int i = 0; i < length; i++) {
			char c = value.charAt(i);
			if (c == '\r' || c == '\n' || c == '\0') {
				return false;
			}
		}
		return true;
	}

	/**
	 * Removes the whitespace around a value.
	 * @param value the value
	 * @return the same instance if there was none
	 */
	static String strip(String value) {
		int start = 0;
		int end = value.length();
		while (start < end && isWhitespace(value.charAt(start))) {
			start++;
		}
		while (end > start && isWhitespace(value.charAt(end - 1))) {
			end--;
		}
		return value.substring(start, end);
	}

	static boolean isWhitespace(char c) {
		return c == ' ' || c == '\t';
	}

	/**
	 * Returns whether a field only means something to a connection of HTTP/1.1 (RFC 9113
	 * section 8.2.2).
	 * @param name the field name in lower case
	 * @return {@code true} for the five fields that HTTP/2 has no place for
	 */
	static boolean isConnectionSpecific(String name) {
		return switch (name) {
			case "connection", "proxy-connection", "keep-alive", "transfer-encoding", "upgrade" -> true;
			default -> false;
		};
	}

}
