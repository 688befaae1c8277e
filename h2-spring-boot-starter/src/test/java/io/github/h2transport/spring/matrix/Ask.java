package io.github.h2transport.spring.matrix;

import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

import io.github.h2transport.Headers;
import io.github.h2transport.Http2Request;
import org.jspecify.annotations.Nullable;

/**
 * What a test asks a client to send, in words that every client can translate.
 *
 * @param method the method
 * @param uri where to
 * @param fields its fields
 * @param content its content, {@code null} for none
 * @param streamed whether the content goes out in pieces and without a declared length
 * @param trailers its trailers
 * @param interim what interim responses the client heard of, as in
 * {@code 103 </style.css>}; filled by event loops
 */
record Ask(String method, URI uri, Map<String, String> fields, byte @Nullable [] content, boolean streamed,
		Map<String, String> trailers, List<String> interim) {

	static Ask get(URI uri) {
		return of("GET", uri, null, false);
	}

	static Ask head(URI uri) {
		return of("HEAD", uri, null, false);
	}

	static Ask post(URI uri, byte[] content) {
		return of("POST", uri, content, false);
	}

	/**
	 * Sends content piece by piece.
	 * @param uri where to
	 * @param content the content
	 * @return what to ask
	 */
	static Ask upload(URI uri, byte[] content) {
		return of("POST", uri, content, true);
	}

	private static Ask of(String method, URI uri, byte @Nullable [] content, boolean streamed) {
		return new Ask(method, uri, Map.of(), content, streamed, Map.of(), new CopyOnWriteArrayList<>());
	}

	Ask with(String name, String value) {
		return new Ask(this.method, this.uri, Map.of(name, value), this.content, this.streamed, this.trailers,
				this.interim);
	}

	Ask withTrailer(String name, String value) {
		return new Ask(this.method, this.uri, this.fields, this.content, this.streamed, Map.of(name, value),
				this.interim);
	}

	/**
	 * Adds what only the transport has words for.
	 * @param request what the transport will send
	 */
	void complete(Http2Request.Builder request) {
		request.informational((status, headers) -> this.interim.add(status + " " + headers.get("link")));
		if (!this.trailers.isEmpty()) {
			Headers.Builder all = Headers.builder();
			this.trailers.forEach(all::add);
			request.trailers(all::build);
		}
	}

}
