package io.github.h2transport.spring;

import java.io.IOException;
import java.io.OutputStream;
import java.util.function.Supplier;

import io.github.h2transport.HeaderField;
import io.github.h2transport.Http2Exception;
import io.github.h2transport.Http2Request;
import io.github.h2transport.Http2Response;
import io.github.h2transport.Origin;
import io.github.h2transport.RequestBody;
import io.github.h2transport.TransportOptions;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.http.client.HttpClientSettings;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.StreamingHttpOutputMessage;
import org.springframework.http.client.ClientHttpRequest;
import org.springframework.http.client.ClientHttpRequestFactory;

/**
 * Sends a request over HTTP/2, or over HTTP/1.1 where {@link FallbackRule} says so. The
 * transport asks for a connection before it touches the request's content, so at the time
 * of the decision nothing of it was read.
 */
final class FallbackExchange implements Exchange {

	private final Exchange http2;

	private final FallbackRule rule;

	private final Http1Clients.Lazy<ClientHttpRequestFactory> client;

	/**
	 * Puts a fallback beside an exchange.
	 * @param http2 the way over HTTP/2
	 * @param rule decides
	 * @param clients gives the way over HTTP/1.1
	 * @param settings what both ways have to obey, at the moment
	 */
	FallbackExchange(Exchange http2, FallbackRule rule, Http1Clients<ClientHttpRequestFactory> clients,
			Supplier<HttpClientSettings> settings) {
		this.http2 = http2;
		this.rule = rule;
		this.client = new Http1Clients.Lazy<>(clients, settings);
	}

	@Override
	public TransportOptions options() {
		return this.http2.options();
	}

	@Override
	public Http2Response roundTrip(Http2Request request) throws IOException {
		if (this.rule.usesHttp1(request, options())) {
			return overHttp1(request, null);
		}
		try {
			return this.http2.roundTrip(request);
		}
		catch (Http2Exception ex) {
			if (this.rule.turnsToHttp1(request, ex, options())) {
				return overHttp1(request, ex);
			}
			throw this.rule.explain(request, ex, options());
		}
	}

	private Http2Response overHttp1(Http2Request request, @Nullable Http2Exception failure) throws IOException {
		try {
			return send(request);
		}
		catch (IOException | RuntimeException ex) {
			if (failure != null) {
				ex.addSuppressed(failure);
			}
			throw ex;
		}
	}

	private Http2Response send(Http2Request from) throws IOException {
		ClientHttpRequest request = this.client.get(options().forOrigin(Origin.of(from.uri())))
			.createRequest(from.uri(), HttpMethod.valueOf(from.method()));
		for (HeaderField field : from.headers()) {
			request.getHeaders().add(field.name(), field.value());
		}
		if (from.body() != RequestBody.none()) {
			write(from.body(), request);
		}
		return new Http1Response(request.execute());
	}

	private static void write(RequestBody body, ClientHttpRequest request) throws IOException {
		HttpHeaders headers = request.getHeaders();
		if (body.contentLength() != RequestBody.UNKNOWN_LENGTH && headers.getContentLength() < 0) {
			// Else content of a known length would be sent in chunks.
			headers.setContentLength(body.contentLength());
		}
		if (request instanceof StreamingHttpOutputMessage streaming) {
			streaming.setBody(new StreamedBody(body, body.isReplayable()));
		}
		else {
			body.writeTo(request.getBody());
		}
	}

	/** Content that the HTTP/1.1 client asks for when it has a connection. */
	private record StreamedBody(RequestBody body, boolean repeatable) implements StreamingHttpOutputMessage.Body {

		@Override
		public void writeTo(OutputStream out) throws IOException {
			this.body.writeTo(out);
		}

	}

}
