package io.github.h2transport.conn;

import java.util.regex.Pattern;

/**
 * Tells addresses from names: an address needs no name service, and so nobody may make it
 * wait for one.
 */
final class LiteralAddress {

	private static final String OCTET = "(25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])";

	/** RFC 3986 section 3.2.2; what else looks like one may be a name to the system. */
	private static final Pattern IPV4 = Pattern.compile(OCTET + "(\\." + OCTET + "){3}");

	/** The system judges the rest, and asks no name service about a colon. */
	private static final Pattern IPV6 = Pattern.compile("[0-9A-Fa-f:][0-9A-Fa-f]*:.*");

	private LiteralAddress() {
	}

	/**
	 * Returns whether a host is an address.
	 * @param host without brackets, with or without a zone (RFC 4007 section 11)
	 * @return {@code false} for a name
	 */
	static boolean is(String host) {
		return IPV4.matcher(host).matches() || IPV6.matcher(host).matches();
	}

}
