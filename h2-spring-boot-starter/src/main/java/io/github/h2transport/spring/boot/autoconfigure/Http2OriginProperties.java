package io.github.h2transport.spring.boot.autoconfigure;

import java.time.Duration;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.ObjIntConsumer;

import io.github.h2transport.OriginPattern;
import io.github.h2transport.TransportOptions;
import io.github.h2transport.TransportOptions.Builder;
import io.github.h2transport.spring.Http1Fallback;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.util.unit.DataSize;

/**
 * Properties of the origins that match a pattern, under
 * {@code h2.transport.origins.<name>}. What is not set is as for all others.
 *
 * @param match patterns of the origins, as {@link OriginPattern} reads them
 * @param allowHttp as {@code h2.transport.allow-http}
 * @param fallback as {@code h2.transport.fallback}
 * @param singleUse as {@code h2.transport.single-use}
 * @param strictMaxConcurrentStreams as {@code h2.transport.strict-max-concurrent-streams}
 * @param retryIdempotent as {@code h2.transport.retry-idempotent}
 * @param idleTimeout as {@code h2.transport.idle-timeout}
 * @param connectTimeout as {@code h2.transport.connect-timeout}
 * @param responseTimeout as {@code h2.transport.response-timeout}
 * @param progressTimeout as {@code h2.transport.progress-timeout}
 * @param readTimeout as {@code h2.transport.read-timeout}
 * @param exchangeTimeout as {@code h2.transport.exchange-timeout}
 * @param expectContinueTimeout as {@code h2.transport.expect-continue-timeout}
 * @param pingInterval as {@code h2.transport.ping-interval}
 * @param pingTimeout as {@code h2.transport.ping-timeout}
 * @param probeIdleAfter as {@code h2.transport.probe-idle-after}
 * @param writeStallTimeout as {@code h2.transport.write-stall-timeout}
 * @param initialWindowSize as {@code h2.transport.initial-window-size}
 * @param maxWindowSize as {@code h2.transport.max-window-size}
 * @param connectionWindowSize as {@code h2.transport.connection-window-size}
 * @param pool as {@code h2.transport.pool}
 */
public record Http2OriginProperties(@Nullable List<String> match, @Nullable Boolean allowHttp,
		@Nullable Http1Fallback fallback, @Nullable Boolean singleUse, @Nullable Boolean strictMaxConcurrentStreams,
		@Nullable Boolean retryIdempotent, @Nullable Duration idleTimeout, @Nullable Duration connectTimeout,
		@Nullable Duration responseTimeout, @Nullable Duration progressTimeout, @Nullable Duration readTimeout,
		@Nullable Duration exchangeTimeout, @Nullable Duration expectContinueTimeout, @Nullable Duration pingInterval,
		@Nullable Duration pingTimeout, @Nullable Duration probeIdleAfter, @Nullable Duration writeStallTimeout,
		@Nullable DataSize initialWindowSize, @Nullable DataSize maxWindowSize, @Nullable DataSize connectionWindowSize,
		@DefaultValue Pool pool) {

	/** Reads the patterns; {@code prefix} is that of the name. */
	List<OriginPattern> patterns(String prefix) {
		if (this.match == null || this.match.isEmpty()) {
			throw new InvalidConfigurationPropertyValueException(prefix + ".match", this.match,
					"It must say which origins are meant, such as api.example.com or *.example.com.");
		}
		return this.match.stream().map((text) -> pattern(prefix, text)).toList();
	}

	private static OriginPattern pattern(String prefix, String text) {
		try {
			return OriginPattern.of(text);
		}
		catch (IllegalArgumentException ex) {
			throw new InvalidConfigurationPropertyValueException(prefix + ".match", text, ex.getMessage() + ".");
		}
	}

	/** Replaces the options that are set here. */
	void apply(OptionsMapping to) {
		Given given = new Given(to);
		given.set("allow-http", this.allowHttp, Builder::allowHttp);
		given.set("single-use", this.singleUse, Builder::singleUse);
		given.set("strict-max-concurrent-streams", this.strictMaxConcurrentStreams,
				Builder::strictMaxConcurrentStreams);
		given.set("retry-idempotent", this.retryIdempotent, Builder::retryIdempotent);
		given.set("idle-timeout", this.idleTimeout, Builder::idleTimeout);
		given.set("connect-timeout", this.connectTimeout, Builder::connectTimeout);
		given.set("response-timeout", this.responseTimeout, Builder::responseTimeout);
		given.set("progress-timeout", this.progressTimeout, Builder::progressTimeout);
		given.set("read-timeout", this.readTimeout, Builder::readTimeout);
		given.set("exchange-timeout", this.exchangeTimeout, Builder::exchangeTimeout);
		given.set("expect-continue-timeout", this.expectContinueTimeout, Builder::expectContinueTimeout);
		given.set("ping-interval", this.pingInterval, Builder::pingInterval);
		given.set("ping-timeout", this.pingTimeout, Builder::pingTimeout);
		given.set("probe-idle-after", this.probeIdleAfter, Builder::probeIdleAfter);
		given.set("write-stall-timeout", this.writeStallTimeout, Builder::writeStallTimeout);
		given.setSize("initial-window-size", this.initialWindowSize, Builder::initialWindowSize);
		given.setSize("max-window-size", this.maxWindowSize, Builder::maxWindowSize);
		given.setSize("connection-window-size", this.connectionWindowSize, Builder::connectionWindowSize);
		this.pool.apply(given);
	}

	/**
	 * The pool's part.
	 *
	 * @param maxConnections as {@code h2.transport.pool.max-connections}
	 * @param minConnections as {@code h2.transport.pool.min-connections}
	 * @param maxStreamsPerConnection as
	 * {@code h2.transport.pool.max-streams-per-connection}
	 * @param maxRequestsPerConnection as
	 * {@code h2.transport.pool.max-requests-per-connection}
	 * @param maxLifetime as {@code h2.transport.pool.max-lifetime}
	 * @param dnsRefreshInterval as {@code h2.transport.pool.dns-refresh-interval}
	 * @param spreadAddresses as {@code h2.transport.pool.spread-addresses}
	 * @param acquireTimeout as {@code h2.transport.pool.acquire-timeout}
	 * @param maxPending as {@code h2.transport.pool.max-pending}
	 * @param maxSingleUse as {@code h2.transport.pool.max-single-use}
	 */
	public record Pool(@Nullable Integer maxConnections, @Nullable Integer minConnections,
			@Nullable Integer maxStreamsPerConnection, @Nullable Integer maxRequestsPerConnection,
			@Nullable Duration maxLifetime, @Nullable Duration dnsRefreshInterval, @Nullable Boolean spreadAddresses,
			@Nullable Duration acquireTimeout, @Nullable Integer maxPending, @Nullable Integer maxSingleUse) {

		private void apply(Given to) {
			to.set("pool.max-connections", this.maxConnections, Builder::maxConnections);
			to.set("pool.min-connections", this.minConnections, Builder::minConnections);
			to.set("pool.max-streams-per-connection", this.maxStreamsPerConnection, Builder::maxStreamsPerConnection);
			to.set("pool.max-requests-per-connection", this.maxRequestsPerConnection,
					Builder::maxRequestsPerConnection);
			to.set("pool.max-lifetime", this.maxLifetime, Builder::maxLifetime);
			to.set("pool.dns-refresh-interval", this.dnsRefreshInterval, Builder::dnsRefreshInterval);
			to.set("pool.spread-addresses", this.spreadAddresses, Builder::spreadAddresses);
			to.set("pool.acquire-timeout", this.acquireTimeout, Builder::acquireTimeout);
			to.set("pool.max-pending", this.maxPending, Builder::maxPending);
			to.set("pool.max-single-use", this.maxSingleUse, Builder::maxSingleUse);
		}

	}

	/** Hands on only what is set. */
	private record Given(OptionsMapping to) {

		<V> void set(String name, @Nullable V value, BiConsumer<TransportOptions.Builder, V> option) {
			if (value != null) {
				this.to.set(name, value, option);
			}
		}

		void setSize(String name, @Nullable DataSize value, ObjIntConsumer<TransportOptions.Builder> option) {
			if (value != null) {
				this.to.setSize(name, value, option);
			}
		}

	}

}
