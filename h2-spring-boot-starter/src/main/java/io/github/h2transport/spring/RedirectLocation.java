package io.github.h2transport.spring;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

/**
 * Reads a {@code Location} (RFC 9110 section 10.2.2) as browsers do (WHATWG URL), since
 * servers write what browsers accept: characters that a URI may not have are escaped, a
 * backslash is a slash, and dot segments go away (RFC 3986 section 5.2.4).
 */
final class RedirectLocation {

	private static final Pattern SCHEME = Pattern.compile("([A-Za-z][A-Za-z0-9+.-]*):(.*)", Pattern.DOTALL);

	/**
	 * Beside letters, digits and non-ASCII: what may stand in a path or a query as it is.
	 */
	private static final String UNESCAPED = "-._~!$&'()*+,;=:@/?%";

	private static final int ESCAPE_LENGTH = 3;

	private static final int LAST_OCTET = 0xFF;

	private static final int LAST_ASCII = 0x7F;

	private RedirectLocation() {
	}

	/**
	 * Returns where a redirect leads.
	 * @param base the target of the request that was redirected
	 * @param location the field's value, an octet a character
	 * @return an {@code http} or {@code https} URI without a fragment; {@code null} for
	 * any other scheme
	 * @throws URISyntaxException if it leads nowhere
	 */
	static @Nullable URI resolve(URI base, String location) throws URISyntaxException {
		String text = location.strip();
		int fragment = text.indexOf('#');
		text = (fragment >= 0) ? text.substring(0, fragment) : text;
		String scheme = String.valueOf(base.getScheme()).toLowerCase(Locale.ROOT);
		Matcher absolute = SCHEME.matcher(text);
		if (absolute.matches()) {
			String named = absolute.group(1).toLowerCase(Locale.ROOT);
			if (!named.equals("http") && !named.equals("https")) {
				return null;
			}
			text = absolute.group(2);
			if (!named.equals(scheme) || slashes(text) > 0) {
				return withAuthority(named, text.substring(slashes(text)));
			}
		}
		if (slashes(text) >= 2) {
			return withAuthority(scheme, text.substring(slashes(text)));
		}
		return build(scheme, base.getRawAuthority(), relative(base, text));
	}

	private static int slashes(String text) {
		int count = 0;
		while (count < text.length() && isSlash(text.charAt(count))) {
			count++;
		}
		return count;
	}

	private static boolean isSlash(char character) {
		return character == '/' || character == '\\';
	}

	private static URI withAuthority(String scheme, String text) throws URISyntaxException {
		int end = 0;
		while (end < text.length() && !isSlash(text.charAt(end)) && text.charAt(end) != '?') {
			end++;
		}
		return build(scheme, text.substring(0, end), text.substring(end));
	}

	/** The path and the query of a reference without an authority. */
	private static String relative(URI base, String reference) {
		String path = (base.getRawPath() != null) ? base.getRawPath() : "";
		if (reference.isEmpty()) {
			return (base.getRawQuery() != null) ? path + "?" + base.getRawQuery() : path;
		}
		if (reference.startsWith("?")) {
			return path + reference;
		}
		return isSlash(reference.charAt(0)) ? reference : path.substring(0, path.lastIndexOf('/') + 1) + reference;
	}

	private static URI build(String scheme, @Nullable String authority, String pathAndQuery) throws URISyntaxException {
		int query = pathAndQuery.indexOf('?');
		String path = (query >= 0) ? pathAndQuery.substring(0, query) : pathAndQuery;
		URI target = new URI(scheme + "://" + authority + withoutDots(escape(path.replace('\\', '/')))
				+ ((query >= 0) ? escape(pathAndQuery.substring(query)) : ""));
		if (target.getHost() == null) {
			throw new URISyntaxException(String.valueOf(authority), "There is no host in it");
		}
		return target;
	}

	private static String escape(String text) {
		StringBuilder escaped = new StringBuilder(text.length());
		for (int i = 0; i < text.length(); i++) {
			char character = text.charAt(i);
			if (character == '%' ? isEscape(text, i) : isUnescaped(character)) {
				escaped.append(character);
			}
			else if (character <= LAST_OCTET) {
				escaped.append("%%%02X".formatted((int) character));
			}
			else {
				// Not as it was on the wire, so somebody has decoded it.
				int codePoint = text.codePointAt(i);
				i += Character.charCount(codePoint) - 1;
				for (byte octet : Character.toString(codePoint).getBytes(StandardCharsets.UTF_8)) {
					escaped.append("%%%02X".formatted(octet & LAST_OCTET));
				}
			}
		}
		return escaped.toString();
	}

	private static boolean isEscape(String text, int at) {
		return at + ESCAPE_LENGTH <= text.length() && Character.digit(text.charAt(at + 1), 16) >= 0
				&& Character.digit(text.charAt(at + 2), 16) >= 0;
	}

	private static boolean isUnescaped(char character) {
		return character <= LAST_ASCII && (Character.isLetterOrDigit(character) || UNESCAPED.indexOf(character) >= 0);
	}

	/** RFC 3986 section 5.2.4; what leads above the root stays at the root. */
	private static String withoutDots(String path) {
		Deque<String> segments = new ArrayDeque<>();
		String[] parts = path.split("/", -1);
		for (int i = (path.startsWith("/") ? 1 : 0); i < parts.length; i++) {
			String dots = parts[i].replace("%2e", ".").replace("%2E", ".");
			boolean last = i == parts.length - 1;
			if (dots.equals("..")) {
				segments.pollLast();
			}
			else if (!dots.equals(".")) {
				segments.addLast(parts[i]);
				continue;
			}
			if (last) {
				segments.addLast("");
			}
		}
		return "/" + String.join("/", segments);
	}

}
