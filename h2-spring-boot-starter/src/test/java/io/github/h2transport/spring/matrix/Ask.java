package io.github.h2transport.spring.matrix;

import java.net.URI;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;

import org.jspecify.annotations.Nullable;

/**
 * What a test asks a client to send, in words that every client can translate.
 *
 * @param method the method
 * @param uri where to
 * @param fields its fields
 * @param content its content, {@code null} for none
 * @param streamed whether the content goes out in pieces and without a declared length
 * @param trailers its trailers, for clients that can send them
 * @param interim what interim responses the client heard of, as in
 * {@code 103 </style.css>}; filled by event loops
 */
record Ask(String method, URI uri, Map<String, String> fields, byte @Nullable [] content, boolean streamed,
		Map<String, String> trailers, List<String> interim) {

	/** Tells calls apart where a listener hears of all of them. */
	static final String NUMBER_FIELD = "x-ask";

	private static final AtomicLong LAST_NUMBER = new AtomicLong();

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
		Map<String, String> fields = new LinkedHashMap<>();
		fields.put(NUMBER_FIELD, Long.toString(LAST_NUMBER.incrementAndGet()));
		return new Ask(method, uri, fields, content, streamed, Map.of(), new CopyOnWriteArrayList<>());
	}

	Ask with(String name, String value) {
		Map<String, String> more = new LinkedHashMap<>(this.fields);
		more.put(name, value);
		return new Ask(this.method, this.uri, more, this.content, this.streamed, this.trailers, this.interim);
	}

	Ask withTrailer(String name, String value) {
		return new Ask(this.method, this.uri, this.fields, this.content, this.streamed, Map.of(name, value),
				this.interim);
	}

	String number() {
		return this.fields.get(NUMBER_FIELD);
	}

}
