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

import org.springframework.boot.http.client.HttpClientSettings;
import org.springframework.boot.http.client.reactive.ClientHttpConnectorBuilder;
import org.springframework.boot.http.client.reactive.JdkClientHttpConnectorBuilder;
import org.springframework.boot.http.client.reactive.ReactorClientHttpConnectorBuilder;
import org.springframework.http.client.reactive.ClientHttpConnector;
import org.springframework.util.Assert;

/**
 * Builds {@link Http2ClientHttpConnector} instances from Spring Boot's settings, for
 * {@code WebClient.Builder}, reactive HTTP service groups and {@code WebClientSsl}. The
 * reactive twin of {@link Http2ClientHttpRequestFactoryBuilder}: given the same
 * {@link SharedIdentities}, the clients of both share connections.
 *
 * <p>
 * Immutable: every {@code with} method returns a new builder.
 */
public final class Http2ClientHttpConnectorBuilder implements ClientHttpConnectorBuilder<Http2ClientHttpConnector> {

	private final AsyncExchange exchange;

	private final CallSettings callSettings;

	private final List<Consumer<Http2ClientHttpConnector>> customizers;

	private final @Nullable Fallback fallback;

	private final boolean compression;

	private Http2ClientHttpConnectorBuilder(AsyncExchange exchange, CallSettings callSettings,
			@Nullable Fallback fallback, boolean compression, List<Consumer<Http2ClientHttpConnector>> customizers) {
		this.exchange = exchange;
		this.callSettings = callSettings;
		this.fallback = fallback;
		this.compression = compression;
		this.customizers = customizers;
	}

	/**
	 * Returns a builder of connectors that share a transport.
	 * @param transport asked on every call, so that the transport may be made on first
	 * use and replaced after a restart
	 * @param identities shared with the other builders of this transport
	 * @return a builder
	 */
	public static Http2ClientHttpConnectorBuilder of(Supplier<Http2Transport> transport, SharedIdentities identities) {
		Assert.notNull(transport, "'transport' must not be null");
		Assert.notNull(identities, "'identities' must not be null");
		return of(AsyncExchange.over(transport), identities);
	}

	/**
	 * Returns a builder of connectors that share a transport.
	 * @param transport the transport, closed by whoever made it
	 * @return a builder
	 */
	public static Http2ClientHttpConnectorBuilder of(Http2Transport transport) {
		return of(AsyncExchange.over(transport), new SharedIdentities());
	}

	static Http2ClientHttpConnectorBuilder of(AsyncExchange exchange, SharedIdentities identities) {
		return new Http2ClientHttpConnectorBuilder(exchange, new CallSettings(identities), null, true, List.of());
	}

	/**
	 * Returns a builder that also changes the options of calls, after the settings were
	 * applied.
	 * @param change changes the options; must not keep the builder it is given
	 * @return a new builder
	 */
	public Http2ClientHttpConnectorBuilder withCallOptions(Consumer<CallOptions.Builder> change) {
		return new Http2ClientHttpConnectorBuilder(this.exchange, this.callSettings.with(change), this.fallback,
				this.compression, this.customizers);
	}

	/**
	 * Returns a builder whose connectors call servers without HTTP/2 over HTTP/1.1, as
	 * {@link Http2ClientHttpRequestFactoryBuilder#withFallback} has it.
	 * @param origins decides and remembers; shared by all clients of an application
	 * @param http1 makes the builder of the HTTP/1.1 clients; called once, when the first
	 * call needs it
	 * @return a new builder
	 */
	public Http2ClientHttpConnectorBuilder withFallback(Http1Origins origins,
			Supplier<? extends ClientHttpConnectorBuilder<?>> http1) {
		Assert.notNull(origins, "'origins' must not be null");
		Assert.notNull(http1, "'http1' must not be null");
		return new Http2ClientHttpConnectorBuilder(this.exchange, this.callSettings,
				new Fallback(origins, clients(http1)), this.compression, this.customizers);
	}

	/**
	 * Returns a builder whose clients ask for responses in gzip, or do not. A caller who
	 * sets {@code Accept-Encoding} gets what the server sends, as it is.
	 * @param enabled {@code true} by default
	 * @return a new builder
	 */
	public Http2ClientHttpConnectorBuilder withCompression(boolean enabled) {
		return new Http2ClientHttpConnectorBuilder(this.exchange, this.callSettings, this.fallback, enabled,
				this.customizers);
	}

	@Override
	public Http2ClientHttpConnectorBuilder withCustomizer(Consumer<Http2ClientHttpConnector> customizer) {
		Assert.notNull(customizer, "'customizer' must not be null");
		return withCustomizers(List.of(customizer));
	}

	@Override
	public Http2ClientHttpConnectorBuilder withCustomizers(Collection<Consumer<Http2ClientHttpConnector>> customizers) {
		Assert.notNull(customizers, "'customizers' must not be null");
		Assert.noNullElements(customizers, "'customizers' must not contain null elements");
		return new Http2ClientHttpConnectorBuilder(this.exchange, this.callSettings, this.fallback, this.compression,
				CallSettings.append(this.customizers, customizers));
	}

	/**
	 * Applies a prepared set of changes.
	 * @param changes makes a builder from this one
	 * @return what {@code changes} returned
	 */
	public Http2ClientHttpConnectorBuilder with(UnaryOperator<Http2ClientHttpConnectorBuilder> changes) {
		Assert.notNull(changes, "'changes' must not be null");
		return changes.apply(this);
	}

	/**
	 * Builds a connector.
	 * @param settings connect timeout; read timeout, which replaces both the response and
	 * the read timeout; SSL bundle; address filter; redirects; cookies, for which every
	 * connector has a jar of its own. {@code null} for none
	 * @return a new connector over the shared transport
	 */
	@Override
	public Http2ClientHttpConnector build(@Nullable HttpClientSettings settings) {
		HttpClientSettings given = CallSettings.orDefaults(settings);
		TlsIdentity identity = this.callSettings.identity(given);
		TlsOptions tls = (identity != null) ? identity.options() : null;
		CallOptions applied = this.callSettings.apply(given, tls);
		AsyncExchange sending = (identity != null && tls != null) ? AsyncExchange.with(this.exchange, identity, tls)
				: this.exchange;
		if (this.fallback != null) {
			sending = this.fallback.beside(sending, applied,
					(identity != null) ? () -> identity.current(given) : () -> given);
		}
		Http2ClientHttpConnector connector = new Http2ClientHttpConnector(sending, this.callSettings.change(applied),
				CallSettings.features(given, this.compression));
		this.customizers.forEach((customizer) -> customizer.accept(connector));
		return connector;
	}

	private static Http1Clients<ClientHttpConnector> clients(Supplier<? extends ClientHttpConnectorBuilder<?>> http1) {
		return new Http1Clients<>(() -> {
			ClientHttpConnectorBuilder<?> builder = http1Only(http1.get());
			boolean keepsCookies = !(builder instanceof JdkClientHttpConnectorBuilder
					|| builder instanceof ReactorClientHttpConnectorBuilder);
			return new Http1Clients.Source<>((settings) -> builder.build(settings), keepsCookies);
		});
	}

	/** For the same reason as with blocking clients: no {@code Upgrade: h2c}. */
	private static ClientHttpConnectorBuilder<?> http1Only(ClientHttpConnectorBuilder<?> builder) {
		return (builder instanceof JdkClientHttpConnectorBuilder jdk)
				? jdk.withHttpClientCustomizer((client) -> client.version(HttpClient.Version.HTTP_1_1)) : builder;
	}

	/**
	 * What the connectors need to leave HTTP/2.
	 *
	 * @param origins decides
	 * @param clients give the way over HTTP/1.1
	 */
	private record Fallback(Http1Origins origins, Http1Clients<ClientHttpConnector> clients) {

		AsyncExchange beside(AsyncExchange http2, CallOptions applied, Supplier<HttpClientSettings> settings) {
			return new AsyncFallbackExchange(http2, new FallbackRule(this.origins, applied), this.clients, settings);
		}

	}

}
