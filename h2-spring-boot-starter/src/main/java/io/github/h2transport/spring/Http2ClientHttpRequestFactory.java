package io.github.h2transport.spring;

import java.net.URI;
import java.time.Duration;

import io.github.h2transport.CallOptions;
import io.github.h2transport.transport.Http2Transport;
import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpMethod;
import org.springframework.http.client.ClientHttpRequest;
import org.springframework.http.client.ClientHttpRequestFactory;
import org.springframework.util.Assert;

/**
 * Makes the requests of {@code RestClient}, {@code RestTemplate} and HTTP service clients
 * run over HTTP/2.
 *
 * <p>
 * A factory is a light handle: connections belong to the {@link Http2Transport}, which
 * many factories share and which whoever made it has to close. A call fails with the JDK
 * exceptions that Spring's other clients throw ({@code HttpTimeoutException},
 * {@code HttpConnectTimeoutException}, {@code ConnectException},
 * {@code UnknownHostException}, {@code SSLHandshakeException}), with the
 * {@link io.github.h2transport.Http2Exception} as cause, or with that exception itself. A
 * request that cannot be sent as it is fails with an {@link IllegalArgumentException}.
 *
 * <p>
 * Redirects are followed by default, at most 20 in a row, never from {@code https} to
 * {@code http}, and without the {@code Authorization} and {@code Cookie} fields when they
 * lead to another origin. The response timeout covers the whole chain.
 */
public final class Http2ClientHttpRequestFactory implements ClientHttpRequestFactory {

	private final Exchange exchange;

	// Set before the factory is used; published by whoever hands the factory on.
	private CallOptions callOptions;

	private ClientFeatures features;

	/**
	 * Makes a factory that leaves every limit to the transport.
	 * @param transport the transport, which is not closed by the factory
	 */
	public Http2ClientHttpRequestFactory(Http2Transport transport) {
		this(transport, CallOptions.defaults());
	}

	/**
	 * Makes a factory with its own limits and TLS identity.
	 * @param transport the transport, which is not closed by the factory
	 * @param callOptions how calls are made
	 */
	public Http2ClientHttpRequestFactory(Http2Transport transport, CallOptions callOptions) {
		this(Exchange.over(transport), callOptions);
	}

	Http2ClientHttpRequestFactory(Exchange exchange, CallOptions callOptions) {
		this(exchange, callOptions, ClientFeatures.DEFAULTS);
	}

	Http2ClientHttpRequestFactory(Exchange exchange, CallOptions callOptions, ClientFeatures features) {
		Assert.notNull(callOptions, "'callOptions' must not be null");
		this.exchange = exchange;
		this.features = features;
		this.callOptions = callOptions;
	}

	public CallOptions getCallOptions() {
		return this.callOptions;
	}

	public void setCallOptions(CallOptions callOptions) {
		Assert.notNull(callOptions, "'callOptions' must not be null");
		this.callOptions = callOptions;
	}

	/**
	 * Sets the limit for name look-up, connecting, TLS handshake and connection preface
	 * together. Spring Boot's builders find this method by its name.
	 * @param timeout a positive duration
	 */
	public void setConnectTimeout(Duration timeout) {
		Assert.notNull(timeout, "'timeout' must not be null");
		this.callOptions = this.callOptions.toBuilder().connectTimeout(timeout).build();
	}

	/**
	 * Sets the limit from a call to the head of its response, and that between two octets
	 * of the response. Spring Boot's builders find this method by its name.
	 * @param timeout a duration, zero for no limit
	 */
	public void setReadTimeout(Duration timeout) {
		Assert.notNull(timeout, "'timeout' must not be null");
		this.callOptions = this.callOptions.toBuilder().responseTimeout(timeout).readTimeout(timeout).build();
	}

	public boolean isFollowRedirects() {
		return this.features.followRedirects();
	}

	public void setFollowRedirects(boolean followRedirects) {
		this.features = this.features.withFollowRedirects(followRedirects);
	}

	public boolean isCompression() {
		return this.features.compression();
	}

	/**
	 * Sets whether responses are asked for in gzip, which is undone. A caller who sets
	 * {@code Accept-Encoding} gets what the server sends, as it is.
	 * @param compression {@code true} by default
	 */
	public void setCompression(boolean compression) {
		this.features = this.features.withCompression(compression);
	}

	public @Nullable CookieJar getCookieJar() {
		return this.features.cookies();
	}

	/**
	 * Sets who keeps cookies and gives them back.
	 * @param cookieJar may be shared, {@code null} for nobody, which is the default
	 */
	public void setCookieJar(@Nullable CookieJar cookieJar) {
		this.features = this.features.withCookies(cookieJar);
	}

	@Override
	public ClientHttpRequest createRequest(URI uri, HttpMethod httpMethod) {
		return new Http2ClientHttpRequest(this.exchange, uri, httpMethod, this.callOptions, this.features);
	}

}
