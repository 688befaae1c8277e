package io.github.h2transport.spring;

import java.net.URI;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import io.github.h2transport.Headers;
import org.jspecify.annotations.Nullable;

import org.springframework.http.ResponseCookie;

/**
 * Cookies in memory: keeps what servers set and gives it back to them, as RFC 6265
 * sections 5.3 and 5.4 say. Thread-safe. Every client that Spring Boot builds with
 * cookies enabled has its own; clients that shall share one are given the same.
 *
 * <p>
 * There is no list of public suffixes: a cookie for a whole domain of one label, such as
 * {@code com}, is refused, one for {@code co.uk} is not. {@code SameSite} has no meaning
 * outside a browser.
 */
public final class CookieJar {

	/** RFC 6265 section 6.1: at least 4,096 octets a cookie. */
	static final int MAX_COOKIE_SIZE = 4096;

	/** RFC 6265 section 6.1: at least 50 cookies a domain. */
	static final int MAX_COOKIES_PER_DOMAIN = 50;

	/** RFC 6265 section 6.1: at least 3,000 cookies in all, here by domains of 50. */
	static final int MAX_DOMAINS = 60;

	private static final Pattern IPV4_ADDRESS = Pattern.compile("[0-9.]+");

	/** RFC 6265 section 5.4: longer paths first, then the older ones. */
	private static final Comparator<Cookie> ORDER = Comparator.<Cookie>comparingInt((cookie) -> -cookie.path().length())
		.thenComparingLong(Cookie::number);

	private final Clock clock;

	private final SetCookieParser parser;

	private final ReentrantLock lock = new ReentrantLock();

	// Both guarded by lock. Domains in the order of their last use, for the limit.
	private final Map<String, Map<CookieKey, Cookie>> domains = new LinkedHashMap<>(16, 0.75F, true);

	private long created;

	/** Makes an empty jar. */
	public CookieJar() {
		this(Clock.systemUTC());
	}

	CookieJar(Clock clock) {
		this.clock = clock;
		this.parser = new SetCookieParser(clock);
	}

	/**
	 * Keeps the cookies of a response.
	 * @param from the target of the request
	 * @param headers the response's fields
	 */
	void remember(URI from, Headers headers) {
		if (!headers.contains("set-cookie")) {
			return;
		}
		for (String field : headers.all("set-cookie")) {
			remember(from, field);
		}
	}

	/**
	 * RFC 6265 section 5.2: a name and a value of any characters. Spring's cookies know
	 * fewer, so that they are used for the attributes alone.
	 */
	private void remember(URI from, String field) {
		if (field.chars().anyMatch(CookieJar::isControl)) {
			// RFC 6265bis section 5.6 step 1: sent back it would make each request
			// invalid.
			return;
		}
		int end = (field.indexOf(';') >= 0) ? field.indexOf(';') : field.length();
		int equals = field.indexOf('=');
		if (equals < 0 || equals > end) {
			return;
		}
		String name = field.substring(0, equals).strip();
		String value = field.substring(equals + 1, end).strip();
		if (!name.isEmpty() && name.length() + value.length() <= MAX_COOKIE_SIZE) {
			this.parser.parse("attributes=" + field.substring(end))
				.forEach((attributes) -> remember(from, name, value, attributes));
		}
	}

	private static boolean isControl(int character) {
		return (character < ' ' && character != '\t') || character == 0x7F;
	}

	private void remember(URI from, String name, String value, ResponseCookie received) {
		String host = hostOf(from);
		if (host == null) {
			return;
		}
		String declared = domainOf(received);
		boolean hostOnly = declared.isEmpty() || declared.equals(host);
		if (!hostOnly && !(declared.indexOf('.') > 0 && isBelow(host, declared))) {
			return;
		}
		String path = (received.getPath() != null && received.getPath().startsWith("/")) ? received.getPath()
				: defaultPath(from);
		if (!mayBeSet(from, name, received, declared, path)) {
			return;
		}
		Instant now = this.clock.instant();
		// An address or a single label cannot have anything below it.
		boolean whole = !declared.isEmpty() && declared.indexOf('.') > 0 && !isAddress(host);
		Instant end = received.getMaxAge().isNegative() ? Instant.MAX : later(now, received.getMaxAge().toSeconds());
		CookieKey key = new CookieKey(name, path);
		String domain = declared.isEmpty() ? host : declared;
		this.lock.lock();
		try {
			Map<CookieKey, Cookie> cookies = this.domains.computeIfAbsent(domain, (same) -> new LinkedHashMap<>());
			Cookie old = cookies.remove(key);
			if (end.isAfter(now)) {
				// RFC 6265 section 5.3 step 11: a new value keeps the place of the old.
				long number = (old != null) ? old.number : this.created++;
				cookies.put(key, new Cookie(name, value, path, !whole, received.isSecure(), end, number));
			}
			shrink(domain, cookies, now);
		}
		finally {
			this.lock.unlock();
		}
	}

	private static @Nullable String hostOf(URI uri) {
		String host = uri.getHost();
		return (host != null) ? host.toLowerCase(Locale.ROOT) : null;
	}

	/** RFC 6265 section 5.2.3: a leading dot means nothing. */
	private static String domainOf(ResponseCookie cookie) {
		String domain = (cookie.getDomain() != null) ? cookie.getDomain().toLowerCase(Locale.ROOT) : "";
		return domain.startsWith(".") ? domain.substring(1) : domain;
	}

	private static boolean isAddress(String host) {
		return host.indexOf(':') >= 0 || IPV4_ADDRESS.matcher(host).matches();
	}

	/** RFC 6265 section 5.1.3, without equality. */
	private static boolean isBelow(String host, String domain) {
		return !isAddress(host) && host.length() > domain.length() && host.endsWith(domain)
				&& host.charAt(host.length() - domain.length() - 1) == '.';
	}

	/**
	 * What a name may promise, and that only a secure answer may set a secure cookie, are
	 * of the RFC's revision (draft-ietf-httpbis-rfc6265bis), which all browsers follow.
	 */
	private static boolean mayBeSet(URI from, String name, ResponseCookie cookie, String declared, String path) {
		boolean secure = "https".equalsIgnoreCase(from.getScheme());
		if (cookie.isSecure() && !secure) {
			return false;
		}
		String promise = name.toLowerCase(Locale.ROOT);
		if (promise.startsWith("__host-")) {
			return cookie.isSecure() && declared.isEmpty() && path.equals("/");
		}
		return !promise.startsWith("__secure-") || cookie.isSecure();
	}

	/** RFC 6265 section 5.1.4. */
	private static String defaultPath(URI uri) {
		String path = uri.getRawPath();
		int end = (path != null && path.startsWith("/")) ? path.lastIndexOf('/') : 0;
		return (end > 0) ? path.substring(0, end) : "/";
	}

	private static Instant later(Instant now, long seconds) {
		return (seconds < Instant.MAX.getEpochSecond() - now.getEpochSecond()) ? now.plusSeconds(seconds) : Instant.MAX;
	}

	/** Under the lock. RFC 6265 section 5.3: first what is over, then the oldest. */
	private void shrink(String domain, Map<CookieKey, Cookie> cookies, Instant now) {
		cookies.values().removeIf((cookie) -> !cookie.end.isAfter(now));
		Iterator<Cookie> eldest = cookies.values().iterator();
		while (cookies.size() > MAX_COOKIES_PER_DOMAIN) {
			eldest.next();
			eldest.remove();
		}
		if (cookies.isEmpty()) {
			this.domains.remove(domain);
		}
		if (this.domains.size() > MAX_DOMAINS) {
			Iterator<String> unused = this.domains.keySet().iterator();
			unused.next();
			unused.remove();
		}
	}

	/**
	 * Returns what a request has to carry.
	 * @param to the target of the request
	 * @return the value of its {@code Cookie} field, {@code null} for none
	 */
	@Nullable String fieldFor(URI to) {
		String host = hostOf(to);
		if (host == null) {
			return null;
		}
		List<Cookie> found = new ArrayList<>();
		boolean secure = "https".equalsIgnoreCase(to.getScheme());
		String path = (to.getRawPath() != null && !to.getRawPath().isEmpty()) ? to.getRawPath() : "/";
		this.lock.lock();
		try {
			if (this.domains.isEmpty()) {
				return null;
			}
			Instant now = this.clock.instant();
			String domain = host;
			while (true) {
				boolean exact = domain.equals(host);
				for (Cookie cookie : this.domains.getOrDefault(domain, Map.of()).values()) {
					if (cookie.isFor(exact, path, secure) && cookie.end.isAfter(now)) {
						found.add(cookie);
					}
				}
				int dot = isAddress(host) ? -1 : domain.indexOf('.');
				if (dot < 0) {
					break;
				}
				domain = domain.substring(dot + 1);
			}
		}
		finally {
			this.lock.unlock();
		}
		if (found.isEmpty()) {
			return null;
		}
		return found.stream()
			.sorted(ORDER)
			.map((cookie) -> cookie.name + "=" + cookie.value)
			.collect(Collectors.joining("; "));
	}

	/** Forgets everything. */
	public void clear() {
		this.lock.lock();
		try {
			this.domains.clear();
		}
		finally {
			this.lock.unlock();
		}
	}

	/** What, with its domain, tells a cookie from others (RFC 6265 section 5.3). */
	private record CookieKey(String name, String path) {
	}

	/** A kept cookie. */
	private record Cookie(String name, String value, String path, boolean hostOnly, boolean secure, Instant end,
			long number) {

		boolean isFor(boolean exactHost, String requestPath, boolean secureRequest) {
			return (exactHost || !this.hostOnly) && (secureRequest || !this.secure) && matches(requestPath);
		}

		/** RFC 6265 section 5.1.4. */
		private boolean matches(String requestPath) {
			return requestPath.equals(this.path) || (requestPath.startsWith(this.path)
					&& (this.path.endsWith("/") || requestPath.charAt(this.path.length()) == '/'));
		}

	}

}
