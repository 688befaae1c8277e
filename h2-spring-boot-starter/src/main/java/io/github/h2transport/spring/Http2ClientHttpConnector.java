package io.github.h2transport.spring;

import java.net.URI;
import java.time.Clock;
import java.util.function.Function;

import io.github.h2transport.CallOptions;
import io.github.h2transport.Http2Request;
import io.github.h2transport.InvalidRequestException;
import io.github.h2transport.transport.Http2Transport;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

import org.springframework.core.io.buffer.DataBufferFactory;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;
import org.springframework.http.HttpMethod;
import org.springframework.http.ResponseCookie;
import org.springframework.http.client.reactive.ClientHttpConnector;
import org.springframework.http.client.reactive.ClientHttpRequest;
import org.springframework.http.client.reactive.ClientHttpResponse;
import org.springframework.util.Assert;

/**
 * Makes {@code WebClient} and reactive HTTP service clients run over HTTP/2.
 *
 * <p>
 * A connector is a light handle: connections belong to the {@link Http2Transport}, which
 * many connectors and request factories share and which whoever made it has to close.
 * Nothing happens before the returned {@code Mono} is subscribed to. What the subscriber
 * of the content requests is what the server may send; cancelling resets the stream, and
 * the connection goes on. Signals come on event loops, where Reactor refuses to block.
 *
 * <p>
 * Failures and redirects are those of {@link Http2ClientHttpRequestFactory}; a failure of
 * the request's content is signalled as it is.
 */
public final class Http2ClientHttpConnector implements ClientHttpConnector {

	// Set before the connector is used; published by whoever hands the connector on.
	private ReactiveExchange.Client client;

	/**
	 * Makes a connector that leaves every limit to the transport.
	 * @param transport the transport, which is not closed by the connector
	 */
	public Http2ClientHttpConnector(Http2Transport transport) {
		this(transport, CallOptions.defaults());
	}

	/**
	 * Makes a connector with its own limits and TLS identity.
	 * @param transport the transport, which is not closed by the connector
	 * @param callOptions how calls are made
	 */
	public Http2ClientHttpConnector(Http2Transport transport, CallOptions callOptions) {
		this(AsyncExchange.over(transport), callOptions);
	}

	Http2ClientHttpConnector(AsyncExchange exchange, CallOptions callOptions) {
		this(exchange, callOptions, ClientFeatures.DEFAULTS);
	}

	Http2ClientHttpConnector(AsyncExchange exchange, CallOptions callOptions, ClientFeatures features) {
		Assert.notNull(callOptions, "'callOptions' must not be null");
		this.client = new ReactiveExchange.Client(exchange, features, callOptions,
				DefaultDataBufferFactory.sharedInstance, new SetCookieParser(Clock.systemUTC()));
	}

	public CallOptions getCallOptions() {
		return this.client.callOptions();
	}

	public void setCallOptions(CallOptions callOptions) {
		Assert.notNull(callOptions, "'callOptions' must not be null");
		this.client = this.client.withCallOptions(callOptions);
	}

	public boolean isFollowRedirects() {
		return this.client.features().followRedirects();
	}

	public void setFollowRedirects(boolean followRedirects) {
		this.client = this.client.withFeatures(this.client.features().withFollowRedirects(followRedirects));
	}

	public boolean isCompression() {
		return this.client.features().compression();
	}

	/**
	 * Sets whether responses are asked for in gzip, which is undone. A caller who sets
	 * {@code Accept-Encoding} gets what the server sends, as it is.
	 * @param compression {@code true} by default
	 */
	public void setCompression(boolean compression) {
		this.client = this.client.withFeatures(this.client.features().withCompression(compression));
	}

	public @Nullable CookieJar getCookieJar() {
		return this.client.features().cookies();
	}

	/**
	 * Sets who keeps cookies and gives them back.
	 * @param cookieJar may be shared, {@code null} for nobody, which is the default
	 */
	public void setCookieJar(@Nullable CookieJar cookieJar) {
		this.client = this.client.withFeatures(this.client.features().withCookies(cookieJar));
	}

	/**
	 * Sets who makes the buffers of requests and wraps the content of responses.
	 * @param bufferFactory by default the shared {@link DefaultDataBufferFactory}
	 */
	public void setBufferFactory(DataBufferFactory bufferFactory) {
		Assert.notNull(bufferFactory, "'bufferFactory' must not be null");
		this.client = this.client.withBufferFactory(bufferFactory);
	}

	/**
	 * Sets who reads {@code Set-Cookie} fields.
	 * @param cookieParser by default one that knows the attributes of RFC 6265,
	 * {@code SameSite} and {@code Partitioned}
	 */
	public void setCookieParser(ResponseCookie.Parser cookieParser) {
		Assert.notNull(cookieParser, "'cookieParser' must not be null");
		this.client = this.client.withCookieParser(cookieParser);
	}

	@Override
	public Mono<ClientHttpResponse> connect(HttpMethod method, URI uri,
			Function<? super ClientHttpRequest, Mono<Void>> requestCallback) {
		refuseForeign(uri);
		return ReactiveExchange.of(this.client, method, uri, requestCallback);
	}

	/**
	 * At once, as the JDK's client does it, so that the caller gets this exception
	 * itself: {@code WebClient} wraps every later one. The words are the transport's,
	 * which sends nothing to such a target.
	 */
	private void refuseForeign(URI uri) {
		String scheme = uri.getScheme();
		if (uri.getHost() != null && ("https".equalsIgnoreCase(scheme) || "http".equalsIgnoreCase(scheme))) {
			return;
		}
		Throwable failure = this.client.exchange()
			.roundTripAsync(Http2Request.get(uri))
			.handle((none, thrown) -> thrown)
			.getNow(null);
		if (failure instanceof InvalidRequestException mistake) {
			throw ExceptionTranslator.callersMistake(mistake);
		}
	}

}
