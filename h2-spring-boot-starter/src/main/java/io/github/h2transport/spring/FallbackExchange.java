package io.github.h2transport.spring;

import java.io.IOException;
import java.io.OutputStream;

import io.github.h2transport.AddressFilter;
import io.github.h2transport.CallOptions;
import io.github.h2transport.ConnectionKey;
import io.github.h2transport.HeaderField;
import io.github.h2transport.Http2Exception;
import io.github.h2transport.Http2Request;
import io.github.h2transport.Http2Response;
import io.github.h2transport.Origin;
import io.github.h2transport.RequestBody;
import io.github.h2transport.TlsOptions;
import io.github.h2transport.TransportOptions;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.http.client.HttpClientSettings;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.StreamingHttpOutputMessage;
import org.springframework.http.client.ClientHttpRequest;

/**
 * Sends a request over HTTP/2, or over HTTP/1.1 where {@link Http1Origins} says so. The
 * transport asks for a connection before it touches the request's content, so at the time
 * of the decision nothing of it was read.
 *
 * <p>
 * The HTTP/1.1 client knows the TLS identity and the address filter of the settings only.
 * A call with another one never leaves HTTP/2.
 */
final class FallbackExchange implements Exchange {

	private final Exchange http2;

	private final Http1Origins origins;

	private final Http1Clients clients;

	private final HttpClientSettings settings;

	private final @Nullable TlsOptions tls;

	private final @Nullable AddressFilter addressFilter;

	/** Made by the first call that needs it; two of them would get the same. */
	private volatile Http1Clients.@Nullable Http1Client client;

	/**
	 * Puts a fallback beside an exchange.
	 * @param http2 the way over HTTP/2
	 * @param origins decides
	 * @param clients gives the way over HTTP/1.1
	 * @param settings what both ways have to obey
	 * @param applied the options that the settings became
	 */
	FallbackExchange(Exchange http2, Http1Origins origins, Http1Clients clients, HttpClientSettings settings,
			CallOptions applied) {
		this.http2 = http2;
		this.origins = origins;
		this.clients = clients;
		this.settings = settings;
		this.tls = applied.tls();
		this.addressFilter = applied.addressFilter();
	}

	@Override
	public TransportOptions options() {
		return this.http2.options();
	}

	@Override
	public Http2Response roundTrip(Http2Request request) throws IOException {
		ConnectionKey key = keyOf(request);
		if (key == null) {
			return this.http2.roundTrip(request);
		}
		boolean mayFallBack = mayFallBack(request, key);
		if (mayFallBack && this.origins.usesHttp1(key, options())) {
			return overHttp1(request, null);
		}
		try {
			return this.http2.roundTrip(request);
		}
		catch (Http2Exception ex) {
			if (mayFallBack && this.origins.turnsToHttp1(key, ex)) {
				return overHttp1(request, ex);
			}
			throw this.origins.explain(key, ex, options());
		}
	}

	/** Returns {@code null} for a target that the transport will refuse. */
	private static @Nullable ConnectionKey keyOf(Http2Request request) {
		try {
			return new ConnectionKey(Origin.of(request.uri()), request.options().tls(),
					request.options().addressFilter());
		}
		catch (IllegalArgumentException ex) {
			return null;
		}
	}

	private boolean mayFallBack(Http2Request request, ConnectionKey key) {
		if (key.addressFilter() != this.addressFilter) {
			return false;
		}
		boolean ownIdentity = key.tls() == this.tls && (key.tls() != null || options().tls() == null);
		return ownIdentity || !key.origin().isSecure();
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
		ClientHttpRequest request = client().requestFactory()
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

	private Http1Clients.Http1Client client() throws IOException {
		Http1Clients.Http1Client current = this.client;
		if (current == null) {
			HttpClientSettings effective = (this.settings.connectTimeout() != null) ? this.settings
					: this.settings.withConnectTimeout(options().connectTimeout());
			try {
				current = this.clients.get(effective);
			}
			catch (RuntimeException ex) {
				throw new IOException("No HTTP/1.1 client can be made with these settings: " + ex.getMessage(), ex);
			}
			this.client = current;
		}
		return current;
	}

	/** Content that the HTTP/1.1 client asks for when it has a connection. */
	private record StreamedBody(RequestBody body, boolean repeatable) implements StreamingHttpOutputMessage.Body {

		@Override
		public void writeTo(OutputStream out) throws IOException {
			this.body.writeTo(out);
		}

	}

}
