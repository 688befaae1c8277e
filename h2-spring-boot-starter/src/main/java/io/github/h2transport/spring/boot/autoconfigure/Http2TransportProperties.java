package io.github.h2transport.spring.boot.autoconfigure;

import java.time.Duration;

import io.github.h2transport.TransportOptions;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;

/**
 * Configuration properties of the HTTP/2 client transport (HTTP/2, not the H2 database).
 */
@ConfigurationProperties(Http2TransportProperties.PREFIX)
public final class Http2TransportProperties {

	static final String PREFIX = "h2.transport";

	static final int MAX_CONNECTIONS = 10_000; // what TransportOptions allows

	/**
	 * Whether to run Spring's HTTP clients over the HTTP/2 transport (HTTP/2, not the H2
	 * database).
	 */
	private final boolean enabled;

	/**
	 * Whether to serve "http" URLs, as cleartext HTTP/2 with prior knowledge. Without it
	 * only "https" URLs can be called.
	 */
	private final boolean allowHttp;

	/**
	 * Whether to open a connection for each request and to close it afterwards.
	 */
	private final boolean singleUse;

	/**
	 * Time after which a connection without a running request is closed. Zero keeps it
	 * open.
	 */
	private final Duration idleTimeout;

	/**
	 * Limit for name look-up, connecting, TLS handshake and connection preface together.
	 * The client's own setting, such as "spring.http.clients.connect-timeout", wins.
	 */
	private final Duration connectTimeout;

	/**
	 * Whether requests wait when the server's limit of concurrent streams is reached,
	 * instead of opening a further connection.
	 */
	private final boolean strictMaxConcurrentStreams;

	/**
	 * Connections to one origin.
	 */
	private final Pool pool;

	Http2TransportProperties(@DefaultValue("true") boolean enabled, @DefaultValue("false") boolean allowHttp,
			@DefaultValue("false") boolean singleUse, @DefaultValue("50s") Duration idleTimeout,
			@DefaultValue("10s") Duration connectTimeout, @DefaultValue("false") boolean strictMaxConcurrentStreams,
			@DefaultValue Pool pool) {
		this.enabled = enabled;
		this.allowHttp = allowHttp;
		this.singleUse = singleUse;
		this.idleTimeout = idleTimeout;
		this.connectTimeout = connectTimeout;
		this.strictMaxConcurrentStreams = strictMaxConcurrentStreams;
		this.pool = pool;
	}

	public boolean isEnabled() {
		return this.enabled;
	}

	public boolean isAllowHttp() {
		return this.allowHttp;
	}

	public boolean isSingleUse() {
		return this.singleUse;
	}

	public Duration getIdleTimeout() {
		return this.idleTimeout;
	}

	public Duration getConnectTimeout() {
		return this.connectTimeout;
	}

	public boolean isStrictMaxConcurrentStreams() {
		return this.strictMaxConcurrentStreams;
	}

	public Pool getPool() {
		return this.pool;
	}

	/**
	 * Checked here and not while binding, where Spring Boot would hide the name of the
	 * property in a longer message. Everything that has no property keeps the transport's
	 * default.
	 */
	TransportOptions toTransportOptions() {
		return TransportOptions.builder()
			.allowHttp(this.allowHttp)
			.singleUse(this.singleUse)
			.idleTimeout(notNegative("idle-timeout", this.idleTimeout))
			.connectTimeout(positive("connect-timeout", this.connectTimeout))
			.strictMaxConcurrentStreams(this.strictMaxConcurrentStreams)
			.maxConnections(connections("pool.max-connections", this.pool.maxConnections))
			.acquireTimeout(positive("pool.acquire-timeout", this.pool.acquireTimeout))
			.build();
	}

	private static Duration notNegative(String name, Duration value) {
		if (value.isNegative()) {
			throw invalid(name, value, "It must be zero or more, as in 50s.");
		}
		return value;
	}

	private static Duration positive(String name, Duration value) {
		if (value.isNegative() || value.isZero()) {
			throw invalid(name, value, "It must be more than zero, as in 10s.");
		}
		return value;
	}

	private static int connections(String name, int value) {
		if (value < 1 || value > MAX_CONNECTIONS) {
			throw invalid(name, value, "It must be 1 to " + MAX_CONNECTIONS + ".");
		}
		return value;
	}

	private static InvalidConfigurationPropertyValueException invalid(String name, Object value, String reason) {
		return new InvalidConfigurationPropertyValueException(PREFIX + "." + name, value, reason);
	}

	/** How many connections there may be, and how long to wait for one. */
	public static final class Pool {

		/**
		 * Maximum number of connections to one origin.
		 */
		private final int maxConnections;

		/**
		 * Time that a request may wait for a connection that can take it.
		 */
		private final Duration acquireTimeout;

		Pool(@DefaultValue("8") int maxConnections, @DefaultValue("30s") Duration acquireTimeout) {
			this.maxConnections = maxConnections;
			this.acquireTimeout = acquireTimeout;
		}

		public int getMaxConnections() {
			return this.maxConnections;
		}

		public Duration getAcquireTimeout() {
			return this.acquireTimeout;
		}

	}

}
