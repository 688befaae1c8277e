package io.github.h2transport.spring;

import io.github.h2transport.HeaderField;
import io.github.h2transport.Headers;
import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpHeaders;

/** Turns Spring's header fields into the transport's, and back. */
final class HeaderTranslator {

	private HeaderTranslator() {
	}

	/**
	 * Takes over what a caller of Spring has set; a missing value is an empty one, as
	 * other clients of Spring have it.
	 * @param headers the fields of a request
	 * @return the same fields, not yet checked
	 */
	static Headers toTransport(HttpHeaders headers) {
		Headers.Builder fields = Headers.builder();
		headers.forEach((name, values) -> {
			for (@Nullable
			String value : values) {
				fields.add(name, (value != null) ? value : "");
			}
		});
		return fields.build();
	}

	/**
	 * Takes over the fields of a response.
	 * @param headers what the server has sent
	 * @return a read-only view
	 */
	static HttpHeaders toSpring(Headers headers) {
		HttpHeaders collected = new HttpHeaders();
		for (HeaderField field : headers) {
			collected.add(field.name(), field.value());
		}
		return HttpHeaders.readOnlyHttpHeaders(collected);
	}

}
