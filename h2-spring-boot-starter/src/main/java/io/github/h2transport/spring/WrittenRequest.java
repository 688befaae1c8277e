package io.github.h2transport.spring;

import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.util.Locale;
import java.util.Map;

import io.github.h2transport.CallOptions;
import io.github.h2transport.HeaderField;
import io.github.h2transport.Http2Request;
import io.github.h2transport.RequestBody;
import io.github.h2transport.TransportOptions;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.http.client.HttpClientSettings;
import org.springframework.http.HttpHeaders;
import org.springframework.http.StreamingHttpOutputMessage;
import org.springframework.http.client.ClientHttpRequest;
import org.springframework.util.LinkedCaseInsensitiveMap;

/**
 * A request as the application has written it, from which a request of the HTTP/1.1
 * client is made: that client gets what it would have been given if it had been called at
 * once. For one thread at a time.
 */
final class WrittenRequest {

	private final HttpHeaders headers;

	private final boolean gzipAdded;

	private final RequestBody transportBody;

	private final @Nullable Content content;

	private final CallOptions options;

	private final long startNanos = System.nanoTime();

	/**
	 * Remembers a request.
	 * @param headers its fields, names in the case that the application chose
	 * @param gzipAdded whether the request for gzip is ours: the HTTP/1.1 client has its
	 * own habits there
	 * @param transportBody what its content became for HTTP/2
	 * @param content writes the content as it was given, {@code null} if there is none
	 * @param options how the call is made, before any redirect has shortened its limits
	 */
	WrittenRequest(HttpHeaders headers, boolean gzipAdded, RequestBody transportBody, @Nullable Content content,
			CallOptions options) {
		this.options = options;
		this.headers = headers;
		this.gzipAdded = gzipAdded;
		this.transportBody = transportBody;
		this.content = content;
	}

	/**
	 * Writes a request: the one that was remembered, or one that followed from it.
	 * @param request what HTTP/2 would send: a redirect has another target and fewer
	 * fields, a cookie jar and a customizer may have added some
	 * @param to a request of the HTTP/1.1 client
	 * @throws IOException if the content cannot be written
	 */
	void writeTo(Http2Request request, ClientHttpRequest to) throws IOException {
		copyFields(request, to.getHeaders());
		RequestBody body = request.body();
		if (body == this.transportBody) {
			if (this.content != null) {
				this.content.writeTo(to);
			}
		}
		else if (body != RequestBody.none()) {
			write(body, to);
		}
	}

	/** Content that a customizer of the request has put in the place of the other. */
	private static void write(RequestBody body, ClientHttpRequest to) throws IOException {
		HttpHeaders headers = to.getHeaders();
		if (body.contentLength() != RequestBody.UNKNOWN_LENGTH && headers.getContentLength() < 0) {
			// Else content of a known length would be sent in chunks.
			headers.setContentLength(body.contentLength());
		}
		write(new Streamed(body), to);
	}

	/**
	 * Hands content on.
	 * @param body writes it
	 * @param to where to
	 * @throws IOException if it cannot be written
	 */
	static void write(StreamingHttpOutputMessage.Body body, ClientHttpRequest to) throws IOException {
		if (to instanceof StreamingHttpOutputMessage streaming) {
			streaming.setBody(body);
		}
		else {
			body.writeTo(to.getBody());
		}
	}

	/**
	 * Copies the fields, with the names that the application wrote: HTTP/2 has them in
	 * lower case, and adapters of other clients look for some by their usual case.
	 */
	void copyFields(Http2Request request, HttpHeaders to) {
		Map<String, String> written = new LinkedCaseInsensitiveMap<>(this.headers.size(), Locale.ROOT);
		this.headers.forEach((name, values) -> written.put(name, name));
		written.putIfAbsent(HttpHeaders.COOKIE, HttpHeaders.COOKIE); // from a jar
		for (HeaderField field : request.headers()) {
			if (!this.gzipAdded || !field.name().equals("accept-encoding")) {
				to.add(written.getOrDefault(field.name(), field.name()), field.value());
			}
		}
	}

	/**
	 * Returns the time limits of the call over HTTP/1.1.
	 * @param target who is called now
	 * @param defaults the options of that origin
	 * @param client what the HTTP/1.1 client was made with
	 */
	Http1Timeouts timeouts(URI target, TransportOptions defaults, HttpClientSettings client) {
		return new Http1Timeouts(Http1Timeouts.target(target), this.startNanos, this.options, defaults, client);
	}

	boolean isAsWritten(RequestBody body) {
		return body == this.transportBody;
	}

	/** Writes content as it was given. */
	@FunctionalInterface
	interface Content {

		void writeTo(ClientHttpRequest to) throws IOException;

	}

	/** Content that the HTTP/1.1 client asks for when it has a connection. */
	private record Streamed(RequestBody body) implements StreamingHttpOutputMessage.Body {

		@Override
		public void writeTo(OutputStream out) throws IOException {
			this.body.writeTo(out);
		}

		@Override
		public boolean repeatable() {
			return this.body.isReplayable();
		}

	}

}
