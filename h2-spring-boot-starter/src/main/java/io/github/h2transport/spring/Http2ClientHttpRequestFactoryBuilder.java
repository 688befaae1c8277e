package io.github.h2transport.spring;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

import io.github.h2transport.CallOptions;
import io.github.h2transport.transport.Http2Transport;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.http.client.ClientHttpRequestFactoryBuilder;
import org.springframework.boot.http.client.HttpClientSettings;
import org.springframework.boot.http.client.HttpCookieHandling;
import org.springframework.boot.http.client.HttpRedirects;
import org.springframework.util.Assert;

/**
 * Builds {@link Http2ClientHttpRequestFactory} instances from Spring Boot's settings.
 * This is the point where Spring Boot plugs in a client: {@code RestClient.Builder},
 * {@code RestTemplateBuilder}, HTTP service groups and {@code RestClientSsl} all ask a
 * builder for a factory of their own, often more than once. All factories of one builder
 * share the transport's connections; those with different SSL bundles or address filters
 * never share one.
 *
 * <p>
 * Immutable: every {@code with} method returns a new builder.
 */
public final class Http2ClientHttpRequestFactoryBuilder
		implements ClientHttpRequestFactoryBuilder<Http2ClientHttpRequestFactory> {

	private final Exchange exchange;

	private final SharedIdentities identities;

	private final List<Consumer<CallOptions.Builder>> callOptions;

	private final List<Consumer<Http2ClientHttpRequestFactory>> customizers;

	private final @Nullable Fallback fallback;

	private Http2ClientHttpRequestFactoryBuilder(Exchange exchange, SharedIdentities identities,
			@Nullable Fallback fallback, List<Consumer<CallOptions.Builder>> callOptions,
			List<Consumer<Http2ClientHttpRequestFactory>> customizers) {
		this.exchange = exchange;
		this.identities = identities;
		this.fallback = fallback;
		this.callOptions = callOptions;
		this.customizers = customizers;
	}

	/**
	 * Returns a builder of factories that share a transport.
	 * @param transport asked on every call, so that the transport may be made on first
	 * use and replaced after a restart
	 * @return a builder
	 */
	public static Http2ClientHttpRequestFactoryBuilder of(Supplier<Http2Transport> transport) {
		Assert.notNull(transport, "'transport' must not be null");
		return of(Exchange.over(transport));
	}

	/**
	 * Returns a builder of factories that share a transport.
	 * @param transport the transport, closed by whoever made it
	 * @return a builder
	 */
	public static Http2ClientHttpRequestFactoryBuilder of(Http2Transport transport) {
		Assert.notNull(transport, "'transport' must not be null");
		return of(Exchange.over(() -> transport));
	}

	static Http2ClientHttpRequestFactoryBuilder of(Exchange exchange) {
		return new Http2ClientHttpRequestFactoryBuilder(exchange, new SharedIdentities(), null, List.of(), List.of());
	}

	/**
	 * Returns a builder that also changes the options of calls, after the settings were
	 * applied.
	 * @param change changes the options; must not keep the builder it is given
	 * @return a new builder
	 */
	public Http2ClientHttpRequestFactoryBuilder withCallOptions(Consumer<CallOptions.Builder> change) {
		Assert.notNull(change, "'change' must not be null");
		return new Http2ClientHttpRequestFactoryBuilder(this.exchange, this.identities, this.fallback,
				with(this.callOptions, List.of(change)), this.customizers);
	}

	/**
	 * Returns a builder whose factories call servers without HTTP/2 over HTTP/1.1. Such a
	 * call obeys the same settings: connect and read timeout, SSL bundle, address filter,
	 * redirects. A TLS identity or an address filter that call options bring instead of
	 * the settings is HTTP/2's alone; calls with one fail as they would without this.
	 * @param origins decides and remembers; shared by all clients of an application
	 * @param http1 makes the builder of the HTTP/1.1 clients; called once, when the first
	 * call needs it
	 * @return a new builder
	 */
	public Http2ClientHttpRequestFactoryBuilder withFallback(Http1Origins origins,
			Supplier<? extends ClientHttpRequestFactoryBuilder<?>> http1) {
		Assert.notNull(origins, "'origins' must not be null");
		Assert.notNull(http1, "'http1' must not be null");
		return new Http2ClientHttpRequestFactoryBuilder(this.exchange, this.identities,
				new Fallback(origins, new Http1Clients(http1)), this.callOptions, this.customizers);
	}

	@Override
	public Http2ClientHttpRequestFactoryBuilder withCustomizer(Consumer<Http2ClientHttpRequestFactory> customizer) {
		Assert.notNull(customizer, "'customizer' must not be null");
		return withCustomizers(List.of(customizer));
	}

	@Override
	public Http2ClientHttpRequestFactoryBuilder withCustomizers(
			Collection<Consumer<Http2ClientHttpRequestFactory>> customizers) {
		Assert.notNull(customizers, "'customizers' must not be null");
		Assert.noNullElements(customizers, "'customizers' must not contain null elements");
		return new Http2ClientHttpRequestFactoryBuilder(this.exchange, this.identities, this.fallback, this.callOptions,
				with(this.customizers, customizers));
	}

	/**
	 * Applies a prepared set of changes.
	 * @param changes makes a builder from this one
	 * @return what {@code changes} returned
	 */
	public Http2ClientHttpRequestFactoryBuilder with(UnaryOperator<Http2ClientHttpRequestFactoryBuilder> changes) {
		Assert.notNull(changes, "'changes' must not be null");
		return changes.apply(this);
	}

	private static <T> List<T> with(List<T> present, Collection<T> added) {
		List<T> all = new ArrayList<>(present);
		all.addAll(added);
		return List.copyOf(all);
	}

	/**
	 * Builds a factory.
	 * @param settings connect timeout; read timeout, which replaces both the response and
	 * the read timeout; SSL bundle; address filter; redirects. {@code null} for none
	 * @return a new factory over the shared transport
	 * @throws IllegalStateException if the settings demand cookie handling, which the
	 * client does not have
	 */
	@Override
	public Http2ClientHttpRequestFactory build(@Nullable HttpClientSettings settings) {
		HttpClientSettings given = (settings != null) ? settings : HttpClientSettings.defaults();
		Assert.state(given.cookieHandling() != HttpCookieHandling.ENABLE,
				"The HTTP/2 client does not handle cookies; use 'enable-when-possible' or 'disable', "
						+ "or another client for this one");
		CallOptions.Builder options = toCallOptions(given);
		Exchange sending = (this.fallback != null) ? this.fallback.beside(this.exchange, given, options.build())
				: this.exchange;
		this.callOptions.forEach((change) -> change.accept(options));
		Http2ClientHttpRequestFactory factory = new Http2ClientHttpRequestFactory(sending, options.build());
		factory.setFollowRedirects(given.redirects() != HttpRedirects.DONT_FOLLOW);
		this.customizers.forEach((customizer) -> customizer.accept(factory));
		return factory;
	}

	private CallOptions.Builder toCallOptions(HttpClientSettings settings) {
		CallOptions.Builder options = CallOptions.builder()
			.connectTimeout(settings.connectTimeout())
			.responseTimeout(settings.readTimeout())
			.readTimeout(settings.readTimeout());
		if (settings.sslBundle() != null) {
			options.tls(this.identities.tlsOptions(settings.sslBundle()));
		}
		if (settings.inetAddressFilter() != null) {
			options.addressFilter(this.identities.addressFilter(settings.inetAddressFilter()));
		}
		return options;
	}

	/**
	 * What the factories need to leave HTTP/2.
	 *
	 * @param origins decides
	 * @param clients give the way over HTTP/1.1
	 */
	private record Fallback(Http1Origins origins, Http1Clients clients) {

		Exchange beside(Exchange http2, HttpClientSettings settings, CallOptions applied) {
			return new FallbackExchange(http2, this.origins, this.clients, settings, applied);
		}

	}

}
