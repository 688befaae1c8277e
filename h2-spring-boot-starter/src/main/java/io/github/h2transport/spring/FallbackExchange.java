package io.github.h2transport.spring;

import java.io.IOException;
import java.util.function.Supplier;

import io.github.h2transport.Http2Exception;
import io.github.h2transport.Http2Request;
import io.github.h2transport.Http2Response;
import io.github.h2transport.TransportOptions;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.http.client.HttpClientSettings;
import org.springframework.http.HttpMethod;
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

	/** What nobody knows the origin of stays at HTTP/2. */
	@Override
	public Http2Response roundTrip(Http2Request request) throws IOException {
		return this.http2.roundTrip(request);
	}

	@Override
	public Http2Response roundTrip(Http2Request request, WrittenRequest written) throws IOException {
		if (this.rule.usesHttp1(request, options())) {
			return overHttp1(request, written, null);
		}
		try {
			return this.http2.roundTrip(request);
		}
		catch (Http2Exception ex) {
			if (this.rule.turnsToHttp1(request, ex, options())) {
				return overHttp1(request, written, ex);
			}
			throw this.rule.explain(request, ex, options());
		}
	}

	private Http2Response overHttp1(Http2Request request, WrittenRequest written, @Nullable Http2Exception failure)
			throws IOException {
		try {
			TransportOptions defaults = FallbackRule.optionsOf(request, options());
			Http1Clients.Http1Client<ClientHttpRequestFactory> http1 = this.client.get(defaults);
			ClientHttpRequest sending = http1.client()
				.createRequest(request.uri(), HttpMethod.valueOf(request.method()));
			written.writeTo(request, sending);
			return new Http1Response(
					new Http1Call(sending, written.timeouts(request.uri(), defaults, http1.settings())).execute());
		}
		catch (IOException | RuntimeException ex) {
			if (failure != null) {
				ex.addSuppressed(failure);
			}
			throw ex;
		}
	}

}
