package io.github.h2transport.spring;

import java.util.Collection;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

import io.github.h2transport.CallOptions;
import io.github.h2transport.transport.Http2Transport;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.http.client.HttpClientSettings;
import org.springframework.boot.http.client.reactive.ClientHttpConnectorBuilder;
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

	private final Exchange exchange;

	private final CallSettings callSettings;

	private final List<Consumer<Http2ClientHttpConnector>> customizers;

	private Http2ClientHttpConnectorBuilder(Exchange exchange, CallSettings callSettings,
			List<Consumer<Http2ClientHttpConnector>> customizers) {
		this.exchange = exchange;
		this.callSettings = callSettings;
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
		return of(Exchange.over(transport), identities);
	}

	/**
	 * Returns a builder of connectors that share a transport.
	 * @param transport the transport, closed by whoever made it
	 * @return a builder
	 */
	public static Http2ClientHttpConnectorBuilder of(Http2Transport transport) {
		return of(Exchange.over(transport), new SharedIdentities());
	}

	static Http2ClientHttpConnectorBuilder of(Exchange exchange, SharedIdentities identities) {
		return new Http2ClientHttpConnectorBuilder(exchange, new CallSettings(identities), List.of());
	}

	/**
	 * Returns a builder that also changes the options of calls, after the settings were
	 * applied.
	 * @param change changes the options; must not keep the builder it is given
	 * @return a new builder
	 */
	public Http2ClientHttpConnectorBuilder withCallOptions(Consumer<CallOptions.Builder> change) {
		return new Http2ClientHttpConnectorBuilder(this.exchange, this.callSettings.with(change), this.customizers);
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
		return new Http2ClientHttpConnectorBuilder(this.exchange, this.callSettings,
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
	 * the read timeout; SSL bundle; address filter; redirects. {@code null} for none
	 * @return a new connector over the shared transport
	 * @throws IllegalStateException if the settings demand cookie handling, which the
	 * client does not have
	 */
	@Override
	public Http2ClientHttpConnector build(@Nullable HttpClientSettings settings) {
		HttpClientSettings given = CallSettings.orDefaults(settings);
		Http2ClientHttpConnector connector = new Http2ClientHttpConnector(this.exchange,
				this.callSettings.toCallOptions(given));
		connector.setFollowRedirects(CallSettings.followsRedirects(given));
		this.customizers.forEach((customizer) -> customizer.accept(connector));
		return connector;
	}

}
