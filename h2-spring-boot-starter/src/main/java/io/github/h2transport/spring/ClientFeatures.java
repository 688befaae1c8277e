package io.github.h2transport.spring;

import io.github.h2transport.Headers;
import io.github.h2transport.Http2Request;
import io.github.h2transport.Http2Response;
import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;

/**
 * What a client does beside sending requests: the transport gives status codes and fields
 * no meaning, users of Spring's clients expect some.
 *
 * @param followRedirects whether a redirect leads to another request
 * @param compression whether responses may come in gzip, which is undone
 * @param cookies keeps and gives back cookies, {@code null} for none
 */
record ClientFeatures(boolean followRedirects, boolean compression, @Nullable CookieJar cookies) {

	static final ClientFeatures DEFAULTS = new ClientFeatures(true, true, null);

	static final String GZIP = "gzip";

	private static final int NO_CONTENT = 204;

	private static final int NOT_MODIFIED = 304;

	ClientFeatures withFollowRedirects(boolean follow) {
		return new ClientFeatures(follow, this.compression, this.cookies);
	}

	ClientFeatures withCompression(boolean enabled) {
		return new ClientFeatures(this.followRedirects, enabled, this.cookies);
	}

	ClientFeatures withCookies(@Nullable CookieJar jar) {
		return new ClientFeatures(this.followRedirects, this.compression, jar);
	}

	/** Whether a response is for the caller, whatever it says. */
	boolean isPlain() {
		return !this.followRedirects && this.cookies == null;
	}

	/**
	 * Whether a call asks for gzip by itself. Whoever names an encoding, or a range of
	 * the encoded octets, wants them as they are; a HEAD has none.
	 */
	boolean asksForGzip(HttpMethod method, HttpHeaders headers) {
		return this.compression && method != HttpMethod.HEAD && !headers.containsHeader(HttpHeaders.ACCEPT_ENCODING)
				&& !headers.containsHeader(HttpHeaders.RANGE);
	}

	/** Whether a response that may be in gzip is, and has content. */
	static boolean isGzip(Http2Response response) {
		if (response.status() == NO_CONTENT || response.status() == NOT_MODIFIED) {
			return false;
		}
		String encoding = response.headers().get("content-encoding");
		// RFC 9110 section 8.4.1.3: x-gzip is the same.
		return encoding != null && (encoding.equalsIgnoreCase(GZIP) || encoding.equalsIgnoreCase("x-gzip"))
				&& response.headers().all("content-encoding").size() == 1;
	}

	/** Adds the cookies for its target to a request. */
	Http2Request withCookies(Http2Request request) {
		String kept = (this.cookies != null) ? this.cookies.fieldFor(request.uri()) : null;
		if (kept == null) {
			return request;
		}
		// RFC 6265 section 5.4: one field; those of the caller go first.
		StringBuilder field = new StringBuilder();
		Headers.Builder headers = Headers.builder();
		request.headers().forEach((other) -> {
			if (other.name().equals("cookie")) {
				field.append(other.value()).append("; ");
			}
			else {
				headers.add(other.name(), other.value(), other.sensitive());
			}
		});
		headers.add("cookie", field.append(kept).toString());
		return RedirectRule.copy(request).headers(headers.build()).build();
	}

	/** Keeps the cookies of a response. */
	void remember(Http2Request request, Http2Response response) {
		if (this.cookies != null) {
			this.cookies.remember(request.uri(), response.headers());
		}
	}

}
