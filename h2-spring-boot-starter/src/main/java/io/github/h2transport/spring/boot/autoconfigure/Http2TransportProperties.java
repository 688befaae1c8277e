package io.github.h2transport.spring.boot.autoconfigure;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiFunction;
import java.util.function.Consumer;

import io.github.h2transport.ByOrigin;
import io.github.h2transport.OriginPattern;
import io.github.h2transport.TransportOptions;
import io.github.h2transport.spring.Http1Fallback;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.NestedConfigurationProperty;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.util.unit.DataSize;

/**
 * Configuration properties of the HTTP/2 client transport (HTTP/2, not the H2 database).
 */
@ConfigurationProperties(Http2TransportProperties.PREFIX)
public final class Http2TransportProperties {

	static final String PREFIX = "h2.transport";

	/**
	 * Whether to run Spring's HTTP clients over the HTTP/2 transport (HTTP/2, not the H2
	 * database).
	 */
	private final boolean enabled;

	/**
	 * Whether to serve "http" URLs, as cleartext HTTP/2 with prior knowledge. Without it
	 * only "https" URLs can be called over HTTP/2.
	 */
	private final boolean allowHttp;

	/**
	 * Calls that go over HTTP/1.1 because HTTP/2 is not to be had: "tls" for "https"
	 * servers that do not agree on HTTP/2, "all" also for "http" URLs while
	 * "h2.transport.allow-http" is false.
	 */
	private final Http1Fallback fallback;

	/**
	 * Whether to ask for responses in gzip and to undo it. A request that has an
	 * "Accept-Encoding" of its own gets what the server sends, as it is.
	 */
	private final boolean compression;

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
	 * Limit from the call to the response head, including waiting, dialling and the
	 * upload. Zero for none. If not set, "progress-timeout" holds instead. The client's
	 * own setting, such as "spring.http.clients.read-timeout", wins.
	 */
	private final @Nullable Duration responseTimeout;

	/**
	 * How long a call may go without progress before its response head, if no response
	 * timeout is set: content that leaves is progress. Zero for no limit.
	 */
	private final Duration progressTimeout;

	/**
	 * Limit between two octets of a response body. Zero for none. The client's own
	 * setting, such as "spring.http.clients.read-timeout", wins.
	 */
	private final @Nullable Duration readTimeout;

	/**
	 * Limit for a whole exchange, from the call to the last octet of the response. Zero
	 * for none.
	 */
	private final Duration exchangeTimeout;

	/**
	 * Time for which content is held back if the request expects "100 (Continue)".
	 */
	private final Duration expectContinueTimeout;

	/**
	 * Time for which running exchanges may finish when the application stops.
	 */
	private final Duration shutdownTimeout;

	/**
	 * Silence on a connection with running requests after which a PING asks for life.
	 * Zero for never.
	 */
	private final Duration pingInterval;

	/**
	 * Time after which a connection with an unanswered PING is given up.
	 */
	private final Duration pingTimeout;

	/**
	 * Silence on a connection after which the next request waits for the answer to a
	 * PING. Zero for never.
	 */
	private final Duration probeIdleAfter;

	/**
	 * Time after which a connection whose socket takes no octet is given up.
	 */
	private final Duration writeStallTimeout;

	/**
	 * Number of event-loop threads that share the connections. By default half the
	 * processors, at least 2 and at most 8.
	 */
	private final @Nullable Integer eventLoops;

	/**
	 * Threads that may write the content of asynchronous calls at once, where writing it
	 * may block.
	 */
	private final int maxBodyThreads;

	/**
	 * Whether requests wait when the server's limit of concurrent streams is reached,
	 * instead of opening a further connection.
	 */
	private final boolean strictMaxConcurrentStreams;

	/**
	 * Whether to repeat GET, HEAD, OPTIONS, TRACE, PUT and DELETE requests whose
	 * connection was used before and is lost without any octet of a response. The server
	 * may then have processed them twice.
	 */
	private final boolean retryIdempotent;

	/**
	 * Value of the field "User-Agent" of requests over HTTP/2 that bring none. Empty for
	 * no such field. By default "h2-transport/" with the version.
	 */
	private final @Nullable String userAgent;

	/**
	 * Whether white space around the values of response fields is removed. HTTP/2 forbids
	 * it, and a response that has it fails otherwise.
	 */
	private final boolean trimFieldValues;

	/**
	 * Largest header section of a response that is accepted, decoded, plus 32 octets for
	 * each field.
	 */
	private final DataSize maxHeaderListSize;

	/**
	 * Receive window that a stream starts with: the octets that a server may send before
	 * they are read.
	 */
	private final DataSize initialWindowSize;

	/**
	 * Size up to which the receive window of a stream may grow while its content is read
	 * as fast as it comes. Windows are fixed if it is not larger than the initial size.
	 */
	private final DataSize maxWindowSize;

	/**
	 * Receive window of a connection: the octets that a server may send on all its
	 * streams before they are read.
	 */
	private final DataSize connectionWindowSize;

	/**
	 * Largest frame payload that is accepted.
	 */
	private final DataSize maxFrameSize;

	/**
	 * Size of the HPACK table that servers may use for the headers of responses.
	 */
	private final DataSize decoderTableSize;

	/**
	 * Largest part that is used of the HPACK table that a server offers for the headers
	 * of requests.
	 */
	private final DataSize encoderTableSize;

	/**
	 * Connections to one origin.
	 */
	private final Pool pool;

	/**
	 * Settings of single origins, by names of your choice.
	 */
	private final Map<String, Http2OriginProperties> origins;

	@NestedConfigurationProperty
	private final Http2ProxyProperties proxy;

	Http2TransportProperties(@DefaultValue("true") boolean enabled, @DefaultValue("false") boolean allowHttp,
			@DefaultValue("all") Http1Fallback fallback, @DefaultValue("true") boolean compression,
			@DefaultValue("false") boolean singleUse, @DefaultValue("50s") Duration idleTimeout,
			@DefaultValue("10s") Duration connectTimeout, @Nullable Duration responseTimeout,
			@DefaultValue("60s") Duration progressTimeout, @Nullable Duration readTimeout,
			@DefaultValue("0s") Duration exchangeTimeout, @DefaultValue("1s") Duration expectContinueTimeout,
			@DefaultValue("10s") Duration shutdownTimeout, @DefaultValue("10s") Duration pingInterval,
			@DefaultValue("5s") Duration pingTimeout, @DefaultValue("30s") Duration probeIdleAfter,
			@DefaultValue("30s") Duration writeStallTimeout, @Nullable Integer eventLoops,
			@DefaultValue("256") int maxBodyThreads, @DefaultValue("false") boolean strictMaxConcurrentStreams,
			@DefaultValue("false") boolean retryIdempotent, @Nullable String userAgent,
			@DefaultValue("false") boolean trimFieldValues, @DefaultValue("64KB") DataSize maxHeaderListSize,
			@DefaultValue("256KB") DataSize initialWindowSize, @DefaultValue("16MB") DataSize maxWindowSize,
			@DefaultValue("16MB") DataSize connectionWindowSize, @DefaultValue("16KB") DataSize maxFrameSize,
			@DefaultValue("4KB") DataSize decoderTableSize, @DefaultValue("4KB") DataSize encoderTableSize,
			@DefaultValue Pool pool, @DefaultValue Map<String, Http2OriginProperties> origins,
			@DefaultValue Http2ProxyProperties proxy) {
		this.enabled = enabled;
		this.allowHttp = allowHttp;
		this.fallback = fallback;
		this.compression = compression;
		this.singleUse = singleUse;
		this.idleTimeout = idleTimeout;
		this.connectTimeout = connectTimeout;
		this.responseTimeout = responseTimeout;
		this.progressTimeout = progressTimeout;
		this.readTimeout = readTimeout;
		this.exchangeTimeout = exchangeTimeout;
		this.expectContinueTimeout = expectContinueTimeout;
		this.shutdownTimeout = shutdownTimeout;
		this.pingInterval = pingInterval;
		this.pingTimeout = pingTimeout;
		this.probeIdleAfter = probeIdleAfter;
		this.writeStallTimeout = writeStallTimeout;
		this.eventLoops = eventLoops;
		this.maxBodyThreads = maxBodyThreads;
		this.strictMaxConcurrentStreams = strictMaxConcurrentStreams;
		this.retryIdempotent = retryIdempotent;
		this.userAgent = userAgent;
		this.trimFieldValues = trimFieldValues;
		this.maxHeaderListSize = maxHeaderListSize;
		this.initialWindowSize = initialWindowSize;
		this.maxWindowSize = maxWindowSize;
		this.connectionWindowSize = connectionWindowSize;
		this.maxFrameSize = maxFrameSize;
		this.decoderTableSize = decoderTableSize;
		this.encoderTableSize = encoderTableSize;
		this.pool = pool;
		this.origins = origins;
		this.proxy = proxy;
	}

	public boolean isEnabled() {
		return this.enabled;
	}

	public boolean isAllowHttp() {
		return this.allowHttp;
	}

	public Http1Fallback getFallback() {
		return this.fallback;
	}

	public boolean isCompression() {
		return this.compression;
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

	public @Nullable Duration getResponseTimeout() {
		return this.responseTimeout;
	}

	public Duration getProgressTimeout() {
		return this.progressTimeout;
	}

	public @Nullable Duration getReadTimeout() {
		return this.readTimeout;
	}

	public Duration getExchangeTimeout() {
		return this.exchangeTimeout;
	}

	public Duration getExpectContinueTimeout() {
		return this.expectContinueTimeout;
	}

	public Duration getShutdownTimeout() {
		return this.shutdownTimeout;
	}

	public Duration getPingInterval() {
		return this.pingInterval;
	}

	public Duration getPingTimeout() {
		return this.pingTimeout;
	}

	public Duration getProbeIdleAfter() {
		return this.probeIdleAfter;
	}

	public Duration getWriteStallTimeout() {
		return this.writeStallTimeout;
	}

	public @Nullable Integer getEventLoops() {
		return this.eventLoops;
	}

	public int getMaxBodyThreads() {
		return this.maxBodyThreads;
	}

	public boolean isStrictMaxConcurrentStreams() {
		return this.strictMaxConcurrentStreams;
	}

	public boolean isRetryIdempotent() {
		return this.retryIdempotent;
	}

	public @Nullable String getUserAgent() {
		return this.userAgent;
	}

	public boolean isTrimFieldValues() {
		return this.trimFieldValues;
	}

	public DataSize getMaxHeaderListSize() {
		return this.maxHeaderListSize;
	}

	public DataSize getInitialWindowSize() {
		return this.initialWindowSize;
	}

	public DataSize getMaxWindowSize() {
		return this.maxWindowSize;
	}

	public DataSize getConnectionWindowSize() {
		return this.connectionWindowSize;
	}

	public DataSize getMaxFrameSize() {
		return this.maxFrameSize;
	}

	public DataSize getDecoderTableSize() {
		return this.decoderTableSize;
	}

	public DataSize getEncoderTableSize() {
		return this.encoderTableSize;
	}

	public Pool getPool() {
		return this.pool;
	}

	public Map<String, Http2OriginProperties> getOrigins() {
		return this.origins;
	}

	public Http2ProxyProperties getProxy() {
		return this.proxy;
	}

	/**
	 * Checked here and not while binding, where Spring Boot would hide the name of the
	 * property in a longer message. The ranges are those of the transport's own options.
	 */
	TransportOptions toTransportOptions() {
		return toTransportOptions((nothing) -> {
		});
	}

	/**
	 * Does the same with changes.
	 * @param change made to the options of all origins, before the properties of single
	 * ones are applied
	 */
	TransportOptions toTransportOptions(Consumer<TransportOptions.Builder> change) {
		TransportOptions.Builder options = general();
		change.accept(options);
		if (!this.origins.isEmpty()) {
			options.origins(byOrigin((name, origin) -> {
				TransportOptions.Builder own = general();
				change.accept(own);
				origin.apply(new OptionsMapping(originPrefix(name), own));
				return own.build();
			}));
		}
		return options.build();
	}

	/** Which calls may go over HTTP/1.1, for origins with an opinion of their own. */
	ByOrigin<Http1Fallback> fallbacks() {
		return byOrigin((name, origin) -> (origin.fallback() != null) ? origin.fallback() : this.fallback);
	}

	/** Of equally specific patterns the one of the first name counts. */
	private <T> ByOrigin<T> byOrigin(BiFunction<String, Http2OriginProperties, T> value) {
		Map<OriginPattern, T> values = new LinkedHashMap<>();
		new TreeMap<>(this.origins).forEach((name, origin) -> {
			for (OriginPattern pattern : origin.patterns(originPrefix(name))) {
				if (values.putIfAbsent(pattern, value.apply(name, origin)) != null) {
					throw new InvalidConfigurationPropertyValueException(originPrefix(name) + ".match", pattern,
							"Another entry of " + PREFIX + ".origins has the same pattern.");
				}
			}
		});
		return ByOrigin.of(values);
	}

	private static String originPrefix(String name) {
		return PREFIX + ".origins." + name;
	}

	private TransportOptions.Builder general() {
		OptionsMapping to = new OptionsMapping(PREFIX);
		to.options()
			.allowHttp(this.allowHttp)
			.singleUse(this.singleUse)
			.strictMaxConcurrentStreams(this.strictMaxConcurrentStreams)
			.retryIdempotent(this.retryIdempotent)
			.trimFieldValues(this.trimFieldValues)
			.spreadAddresses(this.pool.spreadAddresses)
			.proxy(this.proxy.toResolver());
		if (this.userAgent != null) {
			to.set("user-agent", this.userAgent, TransportOptions.Builder::userAgent);
		}
		to.set("idle-timeout", this.idleTimeout, TransportOptions.Builder::idleTimeout);
		to.set("connect-timeout", this.connectTimeout, TransportOptions.Builder::connectTimeout);
		if (this.responseTimeout != null) {
			to.set("response-timeout", this.responseTimeout, TransportOptions.Builder::responseTimeout);
		}
		to.set("progress-timeout", this.progressTimeout, TransportOptions.Builder::progressTimeout);
		if (this.readTimeout != null) {
			to.set("read-timeout", this.readTimeout, TransportOptions.Builder::readTimeout);
		}
		to.set("exchange-timeout", this.exchangeTimeout, TransportOptions.Builder::exchangeTimeout);
		to.set("expect-continue-timeout", this.expectContinueTimeout, TransportOptions.Builder::expectContinueTimeout);
		to.set("shutdown-timeout", this.shutdownTimeout, TransportOptions.Builder::shutdownTimeout);
		to.set("ping-interval", this.pingInterval, TransportOptions.Builder::pingInterval);
		to.set("ping-timeout", this.pingTimeout, TransportOptions.Builder::pingTimeout);
		to.set("probe-idle-after", this.probeIdleAfter, TransportOptions.Builder::probeIdleAfter);
		to.set("write-stall-timeout", this.writeStallTimeout, TransportOptions.Builder::writeStallTimeout);
		to.set("max-body-threads", this.maxBodyThreads, TransportOptions.Builder::maxBodyThreads);
		if (this.eventLoops != null) {
			to.set("event-loops", this.eventLoops, TransportOptions.Builder::eventLoops);
		}
		to.setSize("max-header-list-size", this.maxHeaderListSize, TransportOptions.Builder::maxHeaderListSize);
		to.setSize("initial-window-size", this.initialWindowSize, TransportOptions.Builder::initialWindowSize);
		to.setSize("max-window-size", this.maxWindowSize, TransportOptions.Builder::maxWindowSize);
		to.setSize("connection-window-size", this.connectionWindowSize, TransportOptions.Builder::connectionWindowSize);
		to.setSize("max-frame-size", this.maxFrameSize, TransportOptions.Builder::maxFrameSize);
		to.setSize("decoder-table-size", this.decoderTableSize, TransportOptions.Builder::decoderTableSize);
		to.setSize("encoder-table-size", this.encoderTableSize, TransportOptions.Builder::encoderTableSize);
		to.set("pool.max-connections", this.pool.maxConnections, TransportOptions.Builder::maxConnections);
		to.set("pool.min-connections", this.pool.minConnections, TransportOptions.Builder::minConnections);
		to.set("pool.max-streams-per-connection", this.pool.maxStreamsPerConnection,
				TransportOptions.Builder::maxStreamsPerConnection);
		to.set("pool.max-requests-per-connection", this.pool.maxRequestsPerConnection,
				TransportOptions.Builder::maxRequestsPerConnection);
		to.set("pool.max-lifetime", this.pool.maxLifetime, TransportOptions.Builder::maxLifetime);
		to.set("pool.dns-refresh-interval", this.pool.dnsRefreshInterval, TransportOptions.Builder::dnsRefreshInterval);
		to.set("pool.acquire-timeout", this.pool.acquireTimeout, TransportOptions.Builder::acquireTimeout);
		to.set("pool.max-pending", this.pool.maxPending, TransportOptions.Builder::maxPending);
		to.set("pool.max-single-use", this.pool.maxSingleUse, TransportOptions.Builder::maxSingleUse);
		return to.options();
	}

	/** How many connections there may be, and how long to wait for one. */
	public static final class Pool {

		/**
		 * Maximum number of connections to one origin.
		 */
		private final int maxConnections;

		/**
		 * Number of connections to one origin that are kept from its first use on, though
		 * they are idle.
		 */
		private final int minConnections;

		/**
		 * Maximum number of streams on one connection at once, if the server allows more.
		 */
		private final int maxStreamsPerConnection;

		/**
		 * Number of requests after which a connection is retired. Zero for never.
		 */
		private final int maxRequestsPerConnection;

		/**
		 * Time after which a connection is retired, give or take ten percent. If it is in
		 * use, another is opened first. Zero for never.
		 */
		private final Duration maxLifetime;

		/**
		 * Interval at which the addresses of a name are looked up again, so that
		 * connections to addresses that are gone are retired. Zero for never.
		 */
		private final Duration dnsRefreshInterval;

		/**
		 * Whether to spread connections over all addresses of a name, instead of using
		 * the first one that answers.
		 */
		private final boolean spreadAddresses;

		/**
		 * Time that a request may wait for a connection that can take it.
		 */
		private final Duration acquireTimeout;

		/**
		 * Maximum number of requests to one origin that wait for a connection.
		 */
		private final int maxPending;

		/**
		 * Maximum number of connections to one origin at once if each serves a single
		 * request.
		 */
		private final int maxSingleUse;

		Pool(@DefaultValue("8") int maxConnections, @DefaultValue("0") int minConnections,
				@DefaultValue("1000") int maxStreamsPerConnection, @DefaultValue("0") int maxRequestsPerConnection,
				@DefaultValue("30m") Duration maxLifetime, @DefaultValue("0s") Duration dnsRefreshInterval,
				@DefaultValue("false") boolean spreadAddresses, @DefaultValue("30s") Duration acquireTimeout,
				@DefaultValue("10000") int maxPending, @DefaultValue("256") int maxSingleUse) {
			this.maxConnections = maxConnections;
			this.minConnections = minConnections;
			this.maxStreamsPerConnection = maxStreamsPerConnection;
			this.maxRequestsPerConnection = maxRequestsPerConnection;
			this.maxLifetime = maxLifetime;
			this.dnsRefreshInterval = dnsRefreshInterval;
			this.spreadAddresses = spreadAddresses;
			this.acquireTimeout = acquireTimeout;
			this.maxPending = maxPending;
			this.maxSingleUse = maxSingleUse;
		}

		public int getMaxConnections() {
			return this.maxConnections;
		}

		public int getMinConnections() {
			return this.minConnections;
		}

		public int getMaxStreamsPerConnection() {
			return this.maxStreamsPerConnection;
		}

		public int getMaxRequestsPerConnection() {
			return this.maxRequestsPerConnection;
		}

		public Duration getMaxLifetime() {
			return this.maxLifetime;
		}

		public Duration getDnsRefreshInterval() {
			return this.dnsRefreshInterval;
		}

		public boolean isSpreadAddresses() {
			return this.spreadAddresses;
		}

		public Duration getAcquireTimeout() {
			return this.acquireTimeout;
		}

		public int getMaxPending() {
			return this.maxPending;
		}

		public int getMaxSingleUse() {
			return this.maxSingleUse;
		}

	}

}
