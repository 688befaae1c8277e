package io.github.h2transport.protocol;

import org.jspecify.annotations.Nullable;

/**
 * Text of a peer, a caller or the system in a form that is safe in messages and logs: one
 * line, bounded in length. It cannot forge log lines or terminal sequences.
 */
public final class Excerpt {

	/** Long enough for any real field name; a message stays one readable line. */
	public static final int MAX_LENGTH = 64;

	/**
	 * Of a whole sentence of somebody else, such as the JDK: messages that explain a TLS
	 * failure have up to 300 characters.
	 */
	public static final int MAX_MESSAGE_LENGTH = 400;

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
				escape(c, out);
			}
		}
		return more(text, length, out.append('\'')).toString();
	}

	/**
	 * Returns an excerpt that stands for itself, for example in a list of names. As
	 * {@link #of}, but without the quotes, and quotes are kept.
	 * @param text any text
	 * @return the first {@value #MAX_LENGTH} characters of the text, escaped; if there
	 * were more, followed by their number
	 */
	public static String unquoted(String text) {
		int length = Math.min(text.length(), MAX_LENGTH);
		StringBuilder out = new StringBuilder(length + 32);
		for (int i = 0; i < length; i++) {
			char c = text.charAt(i);
			if (c >= ' ' && c <= '~' && c != '\\') {
				out.append(c);
			}
			else {
				escape(c, out);
			}
		}
		return more(text, length, out).toString();
	}

	/**
	 * Returns a sentence of somebody else, such as the message of an exception of the JDK
	 * or of the operating system, which may quote the peer. Letters of all languages
	 * stay; what could forge a line, a terminal sequence or another direction of writing
	 * becomes {@code \}{@code uXXXX}.
	 * @param text any text, {@code null} for none
	 * @return the first {@value #MAX_MESSAGE_LENGTH} characters of the text on one line;
	 * if there were more, followed by their number
	 */
	public static String message(@Nullable String text) {
		String whole = String.valueOf(text);
		int length = Math.min(whole.length(), MAX_MESSAGE_LENGTH);
		StringBuilder out = new StringBuilder(length + 32);
		for (int i = 0; i < length; i++) {
			char c = whole.charAt(i);
			if (isVisible(c)) {
				out.append(c);
			}
			else {
				escape(c, out);
			}
		}
		return more(whole, length, out).toString();
	}

	/** Surrogates are escaped too: what they mean together need not be visible. */
	private static boolean isVisible(char c) {
		return switch (Character.getType(c)) {
			case Character.CONTROL, Character.FORMAT, Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR,
					Character.SURROGATE, Character.PRIVATE_USE, Character.UNASSIGNED ->
				false;
			default -> true;
		};
	}

	private static void escape(char c, StringBuilder out) {
		out.append("\\u")
			.append(HEX[c >> 12])
			.append(HEX[(c >> 8) & 0xf])
			.append(HEX[(c >> 4) & 0xf])
			.append(HEX[c & 0xf]);
	}

	private static StringBuilder more(String text, int length, StringBuilder out) {
		if (text.length() > length) {
			out.append(" (and ").append(text.length() - length).append(" more characters)");
		}
		return out;
	}

}
