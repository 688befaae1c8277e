package io.github.h2transport.protocol;

import java.net.URI;
import java.nio.charset.StandardCharsets;

import io.github.h2transport.InvalidRequestException;
import io.github.h2transport.Origin;
import org.jspecify.annotations.Nullable;

/**
 * What the pseudo-header fields {@code :scheme}, {@code :authority} and {@code :path} say
 * for a target (RFC 9113 section 8.3.1). User information and fragments are never sent.
 */
public final class RequestTarget {

	private static final int MAX_PORT = 65_535;

	private final Origin origin;

	private final String authority;

	private RequestTarget(Origin origin, String authority) {
		this.origin = origin;
		this.authority = authority;
	}

	/**
	 * Takes the origin of a target apart, which is the same for each of its requests.
	 * @param uri the target
	 * @return origin and authority
	 * @throws InvalidRequestException if it has no host, another scheme than
	 * {@code https} and {@code http}, or a port outside 1 to 65535
	 */
	public static RequestTarget of(URI uri) throws InvalidRequestException {
		scheme(uri);
		String authority = authority(uri);
		return new RequestTarget(Origin.of(uri), authority);
	}

	/**
	 * Returns scheme, host and port.
	 * @return the origin
	 */
	public Origin origin() {
		return this.origin;
	}

	/**
	 * Returns the value of {@code :authority}.
	 * @return host, and port if it is not the scheme's default
	 */
	public String authority() {
		return this.authority;
	}

	/**
	 * Returns the scheme in lower case.
	 * @param uri the target
	 * @return {@code https} or {@code http}
	 * @throws InvalidRequestException if it is another one or missing
	 */
	static String scheme(URI uri) throws InvalidRequestException {
		String scheme = uri.getScheme();
		if ("https".equalsIgnoreCase(scheme)) {
			return "https";
		}
		if ("http".equalsIgnoreCase(scheme)) {
			return "http";
		}
		throw RequestHead.refused((scheme == null) ? "The target has no scheme; it must be an absolute URI"
				: "The scheme " + Excerpt.of(scheme) + " is not supported, only https and http");
	}

	/**
	 * Returns host and port of a target.
	 * @param uri the target
	 * @return the authority, without the scheme's default port
	 * @throws InvalidRequestException if there is no host, or a port outside 1 to 65535
	 */
	static String authority(URI uri) throws InvalidRequestException {
		String host = uri.getHost();
		if (host == null || host.isEmpty()) {
			throw RequestHead.refused("The target has no host name that java.net.URI understands: "
					+ "letters, digits, hyphens and dots, other letters encoded by java.net.IDN");
		}
		int port = uri.getPort();
		if (port == 0 || port > MAX_PORT) {
			throw RequestHead.refused("The target has the port " + port + ", but ports are 1 to 65535");
		}
		return Origin.of(uri).authority();
	}

	/**
	 * Checks the value of a {@code host} field, which replaces the authority.
	 * @param value the value without surrounding whitespace
	 * @return the same value
	 * @throws InvalidRequestException if it is not a host with an optional port
	 */
	static String checkedAuthority(String value) throws InvalidRequestException {
		int hostEnd;
		boolean legal;
		if (value.startsWith("[")) {
			hostEnd = value.indexOf(']') + 1;
			legal = isIpv6Address(value, 1, hostEnd - 1);
		}
		else {
			int colon = value.indexOf(':');
			hostEnd = (colon != -1) ? colon : value.length();
			legal = FieldSyntax.isRegName(value, 0, hostEnd);
		}
		if (!legal || !isOptionalPort(value, hostEnd)) {
			throw RequestHead.refused(
					"The value of the field 'host' is not a host with an optional port " + "(RFC 9110 section 7.2)");
		}
		return value;
	}

	private static boolean isIpv6Address(String value, int start, int end) {
		boolean colon = false;
		for (int i = start; i < end; i++) {
			char c = value.charAt(i);
			colon |= (c == ':');
			if (c != ':' && c != '.' && (c >= 0x80 || Character.digit(c, 16) == -1)) {
				return false;
			}
		}
		return colon;
	}

	private static boolean isOptionalPort(String value, int start) {
		if (start == value.length()) {
			return true;
		}
		int digits = value.length() - start - 1;
		if (value.charAt(start) != ':' || digits < 1 || digits > 5) {
			return false;
		}
		int port = 0;
		for (int i = start + 1; i < value.length(); i++) {
			char c = value.charAt(i);
			if (c < '0' || c > '9') {
				return false;
			}
			port = 10 * port + (c - '0');
		}
		return port >= 1 && port <= MAX_PORT;
	}

	/**
	 * Returns path and query as they are sent.
	 * @param method the request's method
	 * @param uri the target
	 * @return ASCII, never empty; {@code *} for OPTIONS of a target without path and
	 * query
	 * @throws InvalidRequestException if the path cannot be encoded
	 */
	static String path(String method, URI uri) throws InvalidRequestException {
		URI target = (isAscii(uri.getRawPath()) && isAscii(uri.getRawQuery())) ? uri : encoded(uri);
		String path = target.getRawPath();
		String query = target.getRawQuery();
		if (path == null || path.isEmpty()) {
			if (query == null && method.equals("OPTIONS")) {
				return "*";
			}
			path = "/";
		}
		return (query != null) ? path + "?" + query : path;
	}

	private static boolean isAscii(@Nullable String text) {
		if (text != null) {
			for (int i = 0; i < text.length(); i++) {
				if (text.charAt(i) >= 0x80) {
					return false;
				}
			}
		}
		return true;
	}

	private static URI encoded(URI uri) throws InvalidRequestException {
		if (!StandardCharsets.UTF_8.newEncoder().canEncode(uri.toString())) {
			throw RequestHead.refused("The target has an unpaired surrogate, which no encoding can carry");
		}
		return URI.create(uri.toASCIIString());
	}

}
