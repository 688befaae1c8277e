package io.github.h2transport.spring;

import java.util.Map;

import io.github.h2transport.HeaderField;
import io.github.h2transport.Headers;
import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpHeaders;

/** Turns Spring's header fields into the transport's, and back. */
final class HeaderTranslator {

	/**
	 * Names that nearly every request has as Spring writes them: no new string for each.
	 */
	private static final Map<String, String> LOWER_CASE = Map.of(HttpHeaders.ACCEPT, "accept",
			HttpHeaders.AUTHORIZATION, "authorization", HttpHeaders.CONTENT_LENGTH, "content-length",
			HttpHeaders.CONTENT_TYPE, "content-type", HttpHeaders.COOKIE, "cookie", HttpHeaders.USER_AGENT,
			"user-agent");

	private HeaderTranslator() {
	}

	/**
	 * Takes over what a caller of Spring has set; a missing value is an empty one, as
	 * other clients of Spring have it.
	 * @param headers the fields of a request or of a response
	 * @return the same fields, not yet checked
	 */
	static Headers toTransport(HttpHeaders headers) {
		return toTransport(headers, false);
	}

	/**
	 * Takes over what a caller of Spring has set.
	 * @param headers the fields of a request
	 * @param acceptGzip whether to ask for gzip too
	 * @return the fields, not yet checked
	 */
	static Headers toTransport(HttpHeaders headers, boolean acceptGzip) {
		Headers.Builder fields = Headers.builder(headers.size() + (acceptGzip ? 1 : 0));
		headers.forEach((given, values) -> {
			String name = LOWER_CASE.getOrDefault(given, given);
			for (@Nullable
			String value : values) {
				fields.add(name, (value != null) ? value : "");
			}
		});
		if (acceptGzip) {
			fields.add("accept-encoding", ClientFeatures.GZIP);
		}
		return fields.build();
	}

	/**
	 * Takes over the fields of a response.
	 * @param headers what the server has sent
	 * @return a read-only view
	 */
	static HttpHeaders toSpring(Headers headers) {
		return toSpring(headers, false);
	}

	/**
	 * Takes over the fields of a response.
	 * @param headers what the server has sent
	 * @param decoded whether the content is handed on without its encoding, so that its
	 * name and the encoded length would be wrong
	 * @return a read-only view
	 */
	static HttpHeaders toSpring(Headers headers, boolean decoded) {
		return HttpHeaders.readOnlyHttpHeaders(new ResponseFields(decoded ? withoutEncoding(headers) : headers));
	}

	private static Headers withoutEncoding(Headers headers) {
		Headers.Builder kept = Headers.builder(headers.size());
		for (HeaderField field : headers) {
			if (!field.name().equals("content-encoding") && !field.name().equals("content-length")) {
				kept.add(field.name(), field.value(), field.sensitive());
			}
		}
		return kept.build();
	}

}
