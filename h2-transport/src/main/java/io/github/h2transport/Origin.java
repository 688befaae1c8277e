package io.github.h2transport;

import java.net.URI;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * Scheme, host and port of a target (RFC 9110 section 4.3.1). Requests of one origin may
 * share a connection.
 *
 * @param scheme {@code https} or {@code http}, in lower case
 * @param host the host in lower case; an IPv6 address without brackets, and its zone
 * behind a percent sign as it is, for example {@code fe80::1%eth0}
 * @param port the port, 1 to 65535; never the "default" -1
 */
public record Origin(String scheme, String host, int port) {

	/** RFC 3986 section 3.2.2 without percent-encoding; also what names in use have. */
	private static final Pattern HOST = Pattern
		.compile("[A-Za-z0-9\\-._~!$&'()*+,;=]+|[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*(%[A-Za-z0-9\\-._~]+)?");

	private static final Pattern SCHEME = Pattern.compile("[A-Za-z][A-Za-z0-9+\\-.]*");

	private static final int MAX_PORT = 65_535;

	/**
	 * Makes an origin of its parts, which go into requests to proxies, TLS and logs as
	 * they are.
	 * @throws IllegalArgumentException if the host is neither a name nor an address, or
	 * the port is out of range
	 */
	public Origin {
		if (!SCHEME.matcher(scheme).matches()) {
			throw new IllegalArgumentException("The scheme of an origin must be a name such as https");
		}
		if (!HOST.matcher(host).matches()) {
			throw new IllegalArgumentException("The host of an origin must be a name of letters, digits, hyphens and "
					+ "dots, or an address, without brackets and port");
		}
		if (port < 1 || port > MAX_PORT) {
			throw new IllegalArgumentException("The port of an origin must be 1 to 65535, but is " + port);
		}
	}

	/**
	 * Returns the origin of a target.
	 * @param uri an absolute URI with a host
	 * @return its origin, with the scheme's default port filled in
	 * @throws IllegalArgumentException if scheme or host are missing
	 */
	public static Origin of(URI uri) {
		String scheme = uri.getScheme();
		String host = uri.getHost();
		if (scheme == null || host == null || host.isEmpty()) {
			throw new IllegalArgumentException("The target needs a scheme and a host, as in https://example.com/");
		}
		scheme = scheme.toLowerCase(Locale.ROOT);
		int port = uri.getPort();
		if (port == -1) {
			port = defaultPort(scheme);
		}
		if (host.startsWith("[") && host.endsWith("]")) {
			return new Origin(scheme, address(host.substring(1, host.length() - 1)), port);
		}
		return new Origin(scheme, host.toLowerCase(Locale.ROOT), port);
	}

	/**
	 * An IPv6 address, whose zone is written behind {@code %25} (RFC 6874 section 2) or,
	 * as many do it, behind a bare percent sign. Names of interfaces have their case.
	 */
	private static String address(String literal) {
		int zone = literal.indexOf('%');
		if (zone == -1) {
			return literal.toLowerCase(Locale.ROOT);
		}
		boolean encoded = literal.startsWith("%25", zone) && literal.length() > zone + 3;
		return literal.substring(0, zone).toLowerCase(Locale.ROOT) + "%" + literal.substring(zone + (encoded ? 3 : 1));
	}

	private static int defaultPort(String scheme) {
		return "http".equals(scheme) ? 80 : 443;
	}

	public boolean isSecure() {
		return "https".equals(this.scheme);
	}

	/**
	 * Returns host and port as {@code :authority} carries them: without the scheme's
	 * default port, and with brackets around an IPv6 address, whose zone means something
	 * on this host only (RFC 6874 section 4).
	 * @return for example {@code example.com} or {@code [::1]:8443}
	 */
	public String authority() {
		int zone = this.host.indexOf('%');
		String known = (zone != -1) ? this.host.substring(0, zone) : this.host;
		String name = (known.indexOf(':') >= 0) ? "[" + known + "]" : known;
		return (this.port == defaultPort(this.scheme)) ? name : name + ":" + this.port;
	}

	/** The origin with its port always shown, as {@code /actuator/h2pool} names it. */
	@Override
	public String toString() {
		String name = (this.host.indexOf(':') >= 0) ? "[" + this.host.replace("%", "%25") + "]" : this.host;
		return this.scheme + "://" + name + ":" + this.port;
	}

}
