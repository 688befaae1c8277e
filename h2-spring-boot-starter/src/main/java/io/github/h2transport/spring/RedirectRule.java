package io.github.h2transport.spring;

import java.net.ProtocolException;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.Set;

import io.github.h2transport.CallOptions;
import io.github.h2transport.HeaderField;
import io.github.h2transport.Headers;
import io.github.h2transport.Http2Request;
import io.github.h2transport.Http2Response;
import io.github.h2transport.Origin;
import io.github.h2transport.RequestBody;
import io.github.h2transport.TransportOptions;
import io.github.h2transport.protocol.Excerpt;
import org.jspecify.annotations.Nullable;

/**
 * Decides where a redirect (RFC 9110 section 15.4) leads. Every other client of Spring
 * Boot follows redirects unless told otherwise, so applications count on it; the
 * transport gives status codes no meaning, so it is done here.
 */
final class RedirectRule {

	/** As many as browsers follow (WHATWG Fetch); a longer chain is a loop. */
	static final int MAX_REDIRECTS = 20;

	/** Secrets for one origin that no other origin may see (RFC 9110 section 15.4). */
	private static final Set<String> BOUND_TO_ORIGIN = Set.of("authorization", "cookie", "proxy-authorization", "host");

	/** Fields that describe content, dropped together with it (RFC 9110 section 15.4). */
	private static final Set<String> ABOUT_CONTENT = Set.of("content-encoding", "content-language", "content-length",
			"content-location", "content-type", "digest", "last-modified", "expect");

	/** The least time that a follow-up request gets, so that its time-out is legal. */
	private static final Duration LEAST = Duration.ofMillis(1);

	private RedirectRule() {
	}

	/**
	 * Returns the request that follows a redirect.
	 * @param request the request that was redirected
	 * @param response its answer
	 * @return {@code null} if the answer is no redirect or must not be followed: it has
	 * no location, it leads from {@code https} to {@code http} or to another scheme, or
	 * it wants content again that cannot be sent twice
	 * @throws ProtocolException if its location is no URL
	 */
	static @Nullable Http2Request next(Http2Request request, Http2Response response) throws ProtocolException {
		String method = nextMethod(response.status(), request.method());
		String location = response.headers().get("location");
		URI target = (method != null && location != null) ? resolve(request, response.status(), location) : null;
		if (method == null || target == null || isDowngrade(request.uri(), target)) {
			return null;
		}
		boolean withContent = method.equals(request.method());
		if (withContent && !request.body().isReplayable()) {
			return null;
		}
		boolean sameOrigin = Origin.of(request.uri()).equals(Origin.of(target));
		Http2Request.Builder next = Http2Request.builder(method, target)
			.headers(nextHeaders(request.headers(), sameOrigin, withContent))
			.options(request.options())
			.informational(request.informational());
		return (withContent ? next.body(request.body()).trailers(request.trailers()) : next).build();
	}

	/**
	 * Starts a request like another one.
	 * @param request the other
	 * @return a builder that holds all that it had
	 */
	static Http2Request.Builder copy(Http2Request request) {
		return Http2Request.builder(request.method(), request.uri())
			.headers(request.headers())
			.body(request.body())
			.options(request.options())
			.trailers(request.trailers())
			.informational(request.informational());
	}

	/**
	 * Returns options whose limits from the first call on are shortened by the time that
	 * has passed, so that a chain of redirects ends when one answer would have had to.
	 * @param options the options of the first call
	 * @param defaults the limits where those say nothing
	 * @param elapsed the time since the first call
	 * @return the options for the next call
	 */
	static CallOptions remaining(CallOptions options, TransportOptions defaults, Duration elapsed) {
		return options.toBuilder()
			.responseTimeout(shortened(options.responseTimeout(), defaults.responseTimeout(), elapsed))
			.exchangeTimeout(shortened(options.exchangeTimeout(), defaults.exchangeTimeout(), elapsed))
			.build();
	}

	private static @Nullable String nextMethod(int status, String method) {
		return switch (status) {
			// RFC 9110 sections 15.4.2 and 15.4.3: by custom only POST becomes GET.
			case 301, 302 -> "POST".equals(method) ? "GET" : method;
			case 303 -> "HEAD".equals(method) ? method : "GET";
			case 307, 308 -> method;
			default -> null;
		};
	}

	private static @Nullable URI resolve(Http2Request request, int status, String location) throws ProtocolException {
		try {
			return RedirectLocation.resolve(request.uri(), location);
		}
		catch (URISyntaxException ex) {
			// Where it leads is the server's text, and may hold secrets.
			String shown = location.replaceFirst("//[^/@]*@", "//").replaceFirst("\\?.*", "?...");
			throw new ProtocolException(
					"Cannot follow the redirect (" + status + ") of " + Excerpt.message(request.toString())
							+ ": its Location is no URL (" + ex.getReason() + "): " + Excerpt.message(shown));
		}
	}

	private static boolean isDowngrade(URI from, URI to) {
		return "https".equalsIgnoreCase(from.getScheme()) && "http".equalsIgnoreCase(to.getScheme());
	}

	private static Headers nextHeaders(Headers headers, boolean sameOrigin, boolean withContent) {
		Headers.Builder next = Headers.builder();
		for (HeaderField field : headers) {
			boolean keep = (sameOrigin || !BOUND_TO_ORIGIN.contains(field.name()))
					&& (withContent || !ABOUT_CONTENT.contains(field.name()));
			if (keep) {
				next.add(field.name(), field.value(), field.sensitive());
			}
		}
		return next.build();
	}

	private static @Nullable Duration shortened(@Nullable Duration limit, @Nullable Duration defaultLimit,
			Duration elapsed) {
		Duration whole = (limit != null) ? limit : defaultLimit;
		if (whole == null || whole.isZero()) {
			return limit;
		}
		Duration rest = whole.minus(elapsed);
		return (rest.compareTo(LEAST) > 0) ? rest : LEAST;
	}

}
