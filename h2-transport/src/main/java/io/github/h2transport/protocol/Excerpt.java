package io.github.h2transport.protocol;

/**
 * Text of a peer or a caller in a form that is safe in messages and logs: printable
 * ASCII, bounded in length. It cannot forge log lines or terminal sequences.
 */
public final class Excerpt {

	/** Long enough for any real field name; a message stays one readable line. */
	public static final int MAX_LENGTH = 64;

	private static final char[] HEX = "0123456789abcdef".toCharArray();

	private Excerpt() {
	}

	/**
	 * Returns an excerpt of a text. Characters outside of printable ASCII, quotes and
	 * backslashes become {@code \}{@code uXXXX}.
	 * @param text any text
	 * @return the first {@value #MAX_LENGTH} characters of the text, escaped and in
	 * single quotes; if there were more, followed by their number
	 */
	public static String of(String text) {
		int length = Math.min(text.length(), MAX_LENGTH);
		StringBuilder out = new StringBuilder(length + 32).append('\'');
		for (int i = 0; i < length; i++) {
			char c = text.charAt(i);
			if (c >= ' ' && c <= '~' && c != '\'' && c != '\\') {
				out.append(c);
			}
			else {
				out.append("\\u")
					.append(HEX[c >> 12])
					.append(HEX[(c >> 8) & 0xf])
					.append(HEX[(c >> 4) & 0xf])
					.append(HEX[c & 0xf]);
			}
		}
		out.append('\'');
		if (text.length() > length) {
			out.append(" (and ").append(text.length() - length).append(" more characters)");
		}
		return out.toString();
	}

}
