package io.github.h2transport;

import java.util.Comparator;
import java.util.Locale;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

/**
 * Says which origins are meant: {@code [scheme://]host[:port]}, where {@code *} in the
 * host stands for any characters, dots too, or for none. Without a scheme or a port every
 * one matches. Immutable; two patterns are equal if they are written the same, but for
 * upper and lower case.
 *
 * <p>
 * {@code *.example.com} matches {@code https://a.b.example.com:8443}, but not
 * {@code https://example.com}. An IPv6 address is in brackets.
 */
public final class OriginPattern {

	private static final int ANY_PORT = -1;

	/**
	 * Puts the more specific of two patterns first: a host without {@code *}, then the
	 * host with more characters beside its {@code *}, then the one with a port, then the
	 * one with a scheme.
	 */
	public static final Comparator<OriginPattern> MOST_SPECIFIC_FIRST = Comparator
		.comparing((OriginPattern pattern) -> pattern.parts.length > 1)
		.thenComparingInt((pattern) -> -pattern.literals())
		.thenComparing((pattern) -> pattern.port == ANY_PORT)
		.thenComparing((pattern) -> pattern.scheme == null);

	private static final int MAX_PORT = 65_535;

	private static final Pattern FORM = Pattern
		.compile("(?:(?<scheme>https?)://)?(?<host>[^\\s\\[\\]:/?#@,]+|\\[[0-9a-f:.*%]+\\])(?::(?<port>[0-9]{1,5}))?");

	private final String text;

	private final @Nullable String scheme;

	/** What stands between the asterisks of the host; one if there is no asterisk. */
	private final String[] parts;

	private final int port;

	private OriginPattern(String text, @Nullable String scheme, String host, int port) {
		this.text = text;
		this.scheme = scheme;
		this.parts = host.split("\\*", -1);
		this.port = port;
	}

	/**
	 * Reads a pattern.
	 * @param text for example {@code localhost}, {@code *.example.com:8443},
	 * {@code https://[::1]} or {@code *}
	 * @return the pattern
	 * @throws IllegalArgumentException if it does not have this form, or a port outside 1
	 * to 65535
	 */
	public static OriginPattern of(String text) {
		String lower = text.toLowerCase(Locale.ROOT);
		Matcher form = FORM.matcher(lower);
		if (!form.matches()) {
			throw new IllegalArgumentException("A pattern must be [scheme://]host[:port] with the scheme https or http,"
					+ " * for any characters of the host, and brackets around an IPv6 address");
		}
		int port = ANY_PORT;
		String digits = form.group("port");
		if (digits != null) {
			port = Integer.parseInt(digits);
			if (port < 1 || port > MAX_PORT) {
				throw new IllegalArgumentException("The port of a pattern must be 1 to 65535, but is " + port);
			}
		}
		String host = Objects.requireNonNull(form.group("host"));
		if (host.startsWith("[")) {
			host = host.substring(1, host.length() - 1);
		}
		return new OriginPattern(lower, form.group("scheme"), host, port);
	}

	/**
	 * Returns whether an origin is meant.
	 * @param origin the origin
	 * @return whether host, port and scheme match
	 */
	public boolean matches(Origin origin) {
		return (this.port == ANY_PORT || this.port == origin.port())
				&& (this.scheme == null || this.scheme.equals(origin.scheme())) && matches(origin.host());
	}

	/** The first part begins the host, the last ends it, the others follow in order. */
	private boolean matches(String host) {
		String first = this.parts[0];
		if (this.parts.length == 1) {
			return host.equals(first);
		}
		String last = this.parts[this.parts.length - 1];
		if (!host.startsWith(first) || !host.endsWith(last)) {
			return false;
		}
		int from = first.length();
		int end = host.length() - last.length();
		for (int i = 1; i < this.parts.length - 1; i++) {
			int found = host.indexOf(this.parts[i], from);
			if (found == -1) {
				return false;
			}
			from = found + this.parts[i].length();
		}
		return from <= end;
	}

	private int literals() {
		int count = 0;
		for (String part : this.parts) {
			count += part.length();
		}
		return count;
	}

	@Override
	public boolean equals(@Nullable Object other) {
		return other instanceof OriginPattern that && this.text.equals(that.text);
	}

	@Override
	public int hashCode() {
		return this.text.hashCode();
	}

	@Override
	public String toString() {
		return this.text;
	}

}
