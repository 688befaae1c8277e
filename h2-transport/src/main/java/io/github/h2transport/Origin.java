package io.github.h2transport;

import java.net.URI;
import java.util.Locale;

/**
 * Scheme, host and port of a target (RFC 9110 section 4.3.1). Requests of one origin may
 * share a connection.
 *
 * @param scheme {@code https} or {@code http}, in lower case
 * @param host the host in lower case; an IPv6 address without brackets
 * @param port the port, 1 to 65535; never the "default" -1
 */
public record Origin(String scheme, String host, int port) {

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
			host = host.substring(1, host.length() - 1);
		}
		return new Origin(scheme, host.toLowerCase(Locale.ROOT), port);
	}

	private static int defaultPort(String scheme) {
		return "http".equals(scheme) ? 80 : 443;
	}

	public boolean isSecure() {
		return "https".equals(this.scheme);
	}

	/**
	 * Returns host and port as {@code :authority} carries them: without the scheme's
	 * default port, and with brackets around an IPv6 address.
	 * @return for example {@code example.com} or {@code [::1]:8443}
	 */
	public String authority() {
		String name = (this.host.indexOf(':') >= 0) ? "[" + this.host + "]" : this.host;
		return (this.port == defaultPort(this.scheme)) ? name : name + ":" + this.port;
	}

	/** The origin with its port always shown, as {@code /actuator/h2pool} names it. */
	@Override
	public String toString() {
		String name = (this.host.indexOf(':') >= 0) ? "[" + this.host + "]" : this.host;
		return this.scheme + "://" + name + ":" + this.port;
	}

}
