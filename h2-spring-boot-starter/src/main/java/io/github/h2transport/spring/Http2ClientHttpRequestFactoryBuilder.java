package io.github.h2transport.spring;

import java.net.http.HttpClient;
import java.util.Collection;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

import io.github.h2transport.CallOptions;
import io.github.h2transport.TlsOptions;
import io.github.h2transport.transport.Http2Transport;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.http.client.ClientHttpRequestFactoryBuilder;
import org.springframework.boot.http.client.HttpClientSettings;
import org.springframework.boot.http.client.JdkClientHttpRequestFactoryBuilder;
import org.springframework.boot.http.client.ReactorClientHttpRequestFactoryBuilder;
import org.springframework.boot.http.client.SimpleClientHttpRequestFactoryBuilder;
import org.springframework.http.client.ClientHttpRequestFactory;
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

	private final CallSettings callSettings;

	private final List<Consumer<Http2ClientHttpRequestFactory>> customizers;

	private final @Nullable Fallback fallback;

	private final boolean compression;

	private Http2ClientHttpRequestFactoryBuilder(Exchange exchange, CallSettings callSettings,
			@Nullable Fallback fallback, boolean compression,
			List<Consumer<Http2ClientHttpRequestFactory>> customizers) {
		this.exchange = exchange;
		this.callSettings = callSettings;
		this.fallback = fallback;
		this.compression = compression;
		this.customizers = customizers;
	}

	/**
	 * Returns a builder of factories that share a transport.
	 * @param transport asked on every call, so that the transport may be made on first
	 * use and replaced after a restart
	 * @param identities shared with the other builders of this transport
	 * @return a builder
	 */
	public static Http2ClientHttpRequestFactoryBuilder of(Supplier<Http2Transport> transport,
			SharedIdentities identities) {
		Assert.notNull(transport, "'transport' must not be null");
		Assert.notNull(identities, "'identities' must not be null");
		return of(Exchange.over(transport), identities);
	}

	/**
	 * Returns a builder of factories that share a transport.
	 * @param transport the transport, closed by whoever made it
	 * @return a builder
	 */
	public static Http2ClientHttpRequestFactoryBuilder of(Http2Transport transport) {
		return of(Exchange.over(transport), new SharedIdentities());
	}

	static Http2ClientHttpRequestFactoryBuilder of(Exchange exchange, SharedIdentities identities) {
		return new Http2ClientHttpRequestFactoryBuilder(exchange, new CallSettings(identities), null, true, List.of());
	}

	/**
	 * Returns a builder that also changes the options of calls, after the settings were
	 * applied.
	 * @param change changes the options; must not keep the builder it is given
	 * @return a new builder
	 */
	public Http2ClientHttpRequestFactoryBuilder withCallOptions(Consumer<CallOptions.Builder> change) {
		return new Http2ClientHttpRequestFactoryBuilder(this.exchange, this.callSettings.with(change), this.fallback,
				this.compression, this.customizers);
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
		return new Http2ClientHttpRequestFactoryBuilder(this.exchange, this.callSettings,
				new Fallback(origins, clients(http1)), this.compression, this.customizers);
	}

	/**
	 * Returns a builder whose clients ask for responses in gzip, or do not. A caller who
	 * sets {@code Accept-Encoding} gets what the server sends, as it is.
	 * @param enabled {@code true} by default
	 * @return a new builder
	 */
	public Http2ClientHttpRequestFactoryBuilder withCompression(boolean enabled) {
		return new Http2ClientHttpRequestFactoryBuilder(this.exchange, this.callSettings, this.fallback, enabled,
				this.customizers);
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
		return new Http2ClientHttpRequestFactoryBuilder(this.exchange, this.callSettings, this.fallback,
				this.compression, CallSettings.append(this.customizers, customizers));
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

	/**
	 * Builds a factory.
	 * @param settings connect timeout; read timeout, which replaces both the response and
	 * the read timeout; SSL bundle; address filter; redirects; cookies, for which every
	 * factory has a jar of its own. {@code null} for none
	 * @return a new factory over the shared transport
	 */
	@Override
	public Http2ClientHttpRequestFactory build(@Nullable HttpClientSettings settings) {
		HttpClientSettings given = CallSettings.orDefaults(settings);
		TlsIdentity identity = this.callSettings.identity(given);
		TlsOptions tls = (identity != null) ? identity.options() : null;
		CallOptions applied = this.callSettings.apply(given, tls);
		Exchange sending = (identity != null && tls != null) ? Exchange.with(this.exchange, identity, tls)
				: this.exchange;
		if (this.fallback != null) {
			sending = this.fallback.beside(sending, applied,
					(identity != null) ? () -> identity.current(given) : () -> given);
		}
		Http2ClientHttpRequestFactory factory = new Http2ClientHttpRequestFactory(sending,
				this.callSettings.change(applied), CallSettings.features(given, this.compression));
		this.customizers.forEach((customizer) -> customizer.accept(factory));
		return factory;
	}

	private static Http1Clients<ClientHttpRequestFactory> clients(
			Supplier<? extends ClientHttpRequestFactoryBuilder<?>> http1) {
		return new Http1Clients<>(() -> {
			ClientHttpRequestFactoryBuilder<?> builder = http1Only(http1.get());
			boolean keepsCookies = !(builder instanceof JdkClientHttpRequestFactoryBuilder
					|| builder instanceof ReactorClientHttpRequestFactoryBuilder
					|| builder instanceof SimpleClientHttpRequestFactoryBuilder);
			return new Http1Clients.Source<>((settings) -> builder.build(settings), keepsCookies);
		});
	}

	/**
	 * By its default the JDK's client would send {@code Upgrade: h2c} with every first
	 * request in cleartext, which servers stumble over and RFC 9113 section 3.1 dropped.
	 * The others speak HTTP/1.1 unless they are told otherwise.
	 */
	private static ClientHttpRequestFactoryBuilder<?> http1Only(ClientHttpRequestFactoryBuilder<?> builder) {
		return (builder instanceof JdkClientHttpRequestFactoryBuilder jdk)
				? jdk.withHttpClientCustomizer((client) -> client.version(HttpClient.Version.HTTP_1_1)) : builder;
	}

	/**
	 * What the factories need to leave HTTP/2.
	 *
	 * @param origins decides
	 * @param clients give the way over HTTP/1.1
	 */
	private record Fallback(Http1Origins origins, Http1Clients<ClientHttpRequestFactory> clients) {

		Exchange beside(Exchange http2, CallOptions applied, Supplier<HttpClientSettings> settings) {
			return new FallbackExchange(http2, new FallbackRule(this.origins, applied), this.clients, settings);
		}

	}

}
