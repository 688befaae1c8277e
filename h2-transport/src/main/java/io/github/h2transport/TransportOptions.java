package io.github.h2transport;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

/**
 * The options of a transport. Immutable; every default is safe without configuration.
 */
public final class TransportOptions extends PoolOptions {

	private final boolean allowHttp;

	private final boolean singleUse;

	private final Duration idleTimeout;

	private final Duration connectTimeout;

	private final @Nullable Duration responseTimeout;

	private final Duration progressTimeout;

	private final @Nullable Duration readTimeout;

	private final Duration exchangeTimeout;

	private final boolean strictMaxConcurrentStreams;

	private final boolean retryIdempotent;

	private final Duration expectContinueTimeout;

	private final Duration pingInterval;

	private final Duration pingTimeout;

	private final Duration probeIdleAfter;

	private final Duration writeStallTimeout;

	private final Duration shutdownTimeout;

	private final int eventLoops;

	private final int maxBodyThreads;

	private final String userAgent;

	private final boolean trimFieldValues;

	private final int maxHeaderListSize;

	private final int initialWindowSize;

	private final int maxWindowSize;

	private final int connectionWindowSize;

	private final int maxFrameSize;

	private final int decoderTableSize;

	private final int encoderTableSize;

	private final @Nullable TlsOptions tls;

	private final @Nullable ProxyResolver proxy;

	private final @Nullable ByOrigin<TransportOptions> origins;

	private TransportOptions(Builder builder) {
		super(builder);
		this.allowHttp = builder.allowHttp;
		this.singleUse = builder.singleUse;
		this.idleTimeout = builder.idleTimeout;
		this.connectTimeout = builder.connectTimeout;
		this.responseTimeout = builder.responseTimeout;
		this.progressTimeout = builder.progressTimeout;
		this.readTimeout = builder.readTimeout;
		this.exchangeTimeout = builder.exchangeTimeout;
		this.strictMaxConcurrentStreams = builder.strictMaxConcurrentStreams;
		this.retryIdempotent = builder.retryIdempotent;
		this.expectContinueTimeout = builder.expectContinueTimeout;
		this.pingInterval = builder.pingInterval;
		this.pingTimeout = builder.pingTimeout;
		this.probeIdleAfter = builder.probeIdleAfter;
		this.writeStallTimeout = builder.writeStallTimeout;
		this.shutdownTimeout = builder.shutdownTimeout;
		this.eventLoops = builder.eventLoops;
		this.maxBodyThreads = builder.maxBodyThreads;
		this.userAgent = builder.userAgent;
		this.trimFieldValues = builder.trimFieldValues;
		this.maxHeaderListSize = builder.maxHeaderListSize;
		this.initialWindowSize = builder.initialWindowSize;
		this.maxWindowSize = builder.maxWindowSize;
		this.connectionWindowSize = builder.connectionWindowSize;
		this.maxFrameSize = builder.maxFrameSize;
		this.decoderTableSize = builder.decoderTableSize;
		this.encoderTableSize = builder.encoderTableSize;
		this.tls = builder.tls;
		this.proxy = builder.proxy;
		this.origins = builder.origins;
	}

	/**
	 * Returns the options that a transport has if nobody says otherwise.
	 * @return the defaults
	 */
	public static TransportOptions defaults() {
		return builder().build();
	}

	public static Builder builder() {
		return new Builder();
	}

	/**
	 * Returns whether {@code http} targets are served, in cleartext HTTP/2 with prior
	 * knowledge (RFC 9113 section 3.3).
	 * @return by default false
	 */
	public boolean allowHttp() {
		return this.allowHttp;
	}

	/**
	 * Returns whether every request gets a connection of its own that is closed after it.
	 * @return by default false
	 */
	public boolean singleUse() {
		return this.singleUse;
	}

	/**
	 * Returns how long a connection may be without a stream before it is closed; zero for
	 * ever.
	 * @return by default 50 s
	 */
	public Duration idleTimeout() {
		return this.idleTimeout;
	}

	/**
	 * Returns the limit for resolving, connecting, a proxy's tunnel, the TLS handshake
	 * and the preface together.
	 * @return by default 10 s
	 */
	public Duration connectTimeout() {
		return this.connectTimeout;
	}

	/**
	 * Returns the limit from the call to the response head, taken literally: waiting,
	 * dialling and the upload count, however well they go. Zero for none.
	 * @return by default {@code null}: {@link #progressTimeout()} holds instead
	 */
	public @Nullable Duration responseTimeout() {
		return this.responseTimeout;
	}

	/**
	 * Returns how long a call without a response timeout may go without progress before
	 * its response head; zero for no limit. It begins with the call, waiting and dialling
	 * included, and anew whenever content of the request leaves.
	 * @return by default 60 s
	 */
	public Duration progressTimeout() {
		return this.progressTimeout;
	}

	/**
	 * Returns the limit between two octets of a response body; zero for none. The default
	 * is not for a {@code text/event-stream}, which may be silent for longer; a limit
	 * that somebody has set is.
	 * @return by default 60 s
	 */
	public Duration readTimeout() {
		return (this.readTimeout != null) ? this.readTimeout : Builder.DEFAULT_READ_TIMEOUT;
	}

	/**
	 * Returns whether somebody has set a read timeout, so that it is for event streams
	 * too.
	 * @return by default {@code false}
	 */
	public boolean hasReadTimeout() {
		return this.readTimeout != null;
	}

	/**
	 * Returns the limit for the whole exchange; zero for none.
	 * @return by default zero
	 */
	public Duration exchangeTimeout() {
		return this.exchangeTimeout;
	}

	/**
	 * Returns whether a full connection makes callers wait instead of opening a further
	 * one.
	 * @return by default false
	 */
	public boolean strictMaxConcurrentStreams() {
		return this.strictMaxConcurrentStreams;
	}

	/**
	 * Returns whether a request of an idempotent method (GET, HEAD, OPTIONS, TRACE, PUT,
	 * DELETE; RFC 9110 section 9.2.2) is sent again if its connection was in use before
	 * and is lost without any octet of a response. The server may then have processed it
	 * twice.
	 * @return by default false
	 */
	public boolean retryIdempotent() {
		return this.retryIdempotent;
	}

	/**
	 * Returns how long content is held back for a 100 (Continue) if the request expects
	 * one (RFC 9110 section 10.1.1).
	 * @return by default 1 s
	 */
	public Duration expectContinueTimeout() {
		return this.expectContinueTimeout;
	}

	/**
	 * Returns after how much silence on a connection with open streams a PING asks for
	 * life; zero for never.
	 * @return by default 10 s
	 */
	public Duration pingInterval() {
		return this.pingInterval;
	}

	/**
	 * Returns how long such a PING may stay unanswered before the connection is given up.
	 * @return by default 5 s
	 */
	public Duration pingTimeout() {
		return this.pingTimeout;
	}

	/**
	 * Returns after how much silence on a connection the next request waits until the
	 * server has answered a PING, or shown life otherwise; zero for never. What stands
	 * between may have forgotten the connection without a word; a request that was not
	 * sent can go elsewhere, whatever its method. Connections that are kept though they
	 * are idle ({@link #minConnections()}) are asked after so much silence even if no
	 * request comes, and after three times without an answer but PINGs each five minutes.
	 * @return by default 30 s
	 */
	public Duration probeIdleAfter() {
		return this.probeIdleAfter;
	}

	/**
	 * Returns how long a socket may take nothing, though octets wait to be written,
	 * before the connection is given up.
	 * @return by default 30 s
	 */
	public Duration writeStallTimeout() {
		return this.writeStallTimeout;
	}

	/**
	 * Returns how long {@code close()} lets running streams finish.
	 * @return by default 10 s
	 */
	public Duration shutdownTimeout() {
		return this.shutdownTimeout;
	}

	/**
	 * Returns how many event-loop threads share the connections, 1 to 64.
	 * @return by default half the processors, at least 2, at most 8
	 */
	public int eventLoops() {
		return this.eventLoops;
	}

	/**
	 * Returns how many threads may write the content of asynchronous calls at once, where
	 * writing it may block: streams and writers. They are virtual from JDK 21 on. A call
	 * that finds none fails with a {@link PoolException}, 1 to 1,000,000.
	 * @return by default 256
	 */
	public int maxBodyThreads() {
		return this.maxBodyThreads;
	}

	/**
	 * Returns the value of the field {@code user-agent} of requests that bring none (RFC
	 * 9110 section 10.1.5).
	 * @return by default {@code h2-transport/} with the version; empty for no such field
	 */
	public String userAgent() {
		return this.userAgent;
	}

	/**
	 * Returns whether white space around the values of received fields is removed. RFC
	 * 9113 section 8.2.1 forbids it, so a response that has it is malformed otherwise.
	 * @return by default false
	 */
	public boolean trimFieldValues() {
		return this.trimFieldValues;
	}

	/**
	 * Returns the largest header section that is accepted, in decoded octets plus 32 a
	 * field (RFC 9113 section 6.5.2), 1 KiB to 16 MiB.
	 * @return by default 64 * 1024
	 */
	public int maxHeaderListSize() {
		return this.maxHeaderListSize;
	}

	/**
	 * Returns the receive window that a stream starts with, in octets, 65,535 to 2^31-1.
	 * @return by default 256 * 1024
	 */
	public int initialWindowSize() {
		return this.initialWindowSize;
	}

	/**
	 * Returns how far the receive window of a stream may grow while its reader keeps up,
	 * in octets, 0 to 2^31-1. It is never more than the connection's window. A value up
	 * to {@link #initialWindowSize()} keeps windows fixed, and no PING measures the path.
	 * @return by default 16 * 1024 * 1024
	 */
	public int maxWindowSize() {
		return this.maxWindowSize;
	}

	/**
	 * Returns the receive window of a connection, in octets, 65,535 to 2^31-1.
	 * @return by default 16 * 1024 * 1024
	 */
	public int connectionWindowSize() {
		return this.connectionWindowSize;
	}

	/**
	 * Returns the largest frame payload that is accepted, in octets, 16,384 to 2^24-1.
	 * @return by default 16384
	 */
	public int maxFrameSize() {
		return this.maxFrameSize;
	}

	/**
	 * Returns the HPACK table that peers may use towards us, in octets, 0 to 1 MiB.
	 * @return by default 4096
	 */
	public int decoderTableSize() {
		return this.decoderTableSize;
	}

	/**
	 * Returns the most that we use of the HPACK table a peer offers, in octets, 0 to 1
	 * MiB.
	 * @return by default 4096
	 */
	public int encoderTableSize() {
		return this.encoderTableSize;
	}

	/**
	 * Returns the TLS identity of calls that bring none.
	 * @return {@code null} for the JVM's default context
	 */
	public @Nullable TlsOptions tls() {
		return this.tls;
	}

	/**
	 * Returns who says through which proxy an origin is called.
	 * @return by default {@link ProxyResolver#system()}, as the JDK's own client does;
	 * {@code null} for direct connections only
	 */
	public @Nullable ProxyResolver proxy() {
		return this.proxy;
	}

	/**
	 * Returns the options of origins that have their own.
	 * @return {@code null} by default: all origins have these
	 */
	public @Nullable ByOrigin<TransportOptions> origins() {
		return this.origins;
	}

	/**
	 * Returns the options of calls and connections to an origin.
	 * @param origin where to
	 * @return those of {@link #origins()}, or these if there are none
	 */
	public TransportOptions forOrigin(Origin origin) {
		TransportOptions own = (this.origins != null) ? this.origins.get(origin) : null;
		return (own != null) ? own : this;
	}

	/** Collects options. Not thread-safe. */
	public static final class Builder extends PoolOptions.Builder<Builder> {

		private static final Duration DEFAULT_READ_TIMEOUT = Duration.ofSeconds(60);

		private static final String DEFAULT_USER_AGENT = defaultUserAgent();

		private boolean allowHttp = false;

		private boolean singleUse = false;

		private Duration idleTimeout = Duration.ofSeconds(50);

		private Duration connectTimeout = Duration.ofSeconds(10);

		private @Nullable Duration responseTimeout;

		private Duration progressTimeout = Duration.ofSeconds(60);

		private @Nullable Duration readTimeout;

		private Duration exchangeTimeout = Duration.ZERO;

		private boolean strictMaxConcurrentStreams = false;

		private boolean retryIdempotent = false;

		private Duration expectContinueTimeout = Duration.ofSeconds(1);

		private Duration pingInterval = Duration.ofSeconds(10);

		private Duration pingTimeout = Duration.ofSeconds(5);

		private Duration probeIdleAfter = Duration.ofSeconds(30);

		private Duration writeStallTimeout = Duration.ofSeconds(30);

		private Duration shutdownTimeout = Duration.ofSeconds(10);

		private int maxBodyThreads = 256;

		private int eventLoops = Math.min(8, Math.max(2, Runtime.getRuntime().availableProcessors() / 2));

		private String userAgent = DEFAULT_USER_AGENT;

		private boolean trimFieldValues;

		private int maxHeaderListSize = 64 * 1024;

		private int initialWindowSize = 256 * 1024;

		private int maxWindowSize = 16 * 1024 * 1024;

		private int connectionWindowSize = 16 * 1024 * 1024;

		private int maxFrameSize = 16384;

		private int decoderTableSize = 4096;

		private int encoderTableSize = 4096;

		private @Nullable TlsOptions tls;

		private @Nullable ProxyResolver proxy = ProxyResolver.system();

		private @Nullable ByOrigin<TransportOptions> origins;

		private Builder() {
		}

		/** The version is that of the jar; classes without one have none. */
		private static String defaultUserAgent() {
			String version = TransportOptions.class.getPackage().getImplementationVersion();
			return (version != null) ? "h2-transport/" + version : "h2-transport";
		}

		public Builder allowHttp(boolean value) {
			this.allowHttp = value;
			return this;
		}

		public Builder singleUse(boolean value) {
			this.singleUse = value;
			return this;
		}

		public Builder idleTimeout(Duration value) {
			this.idleTimeout = CallOptions.Durations.notNegative("idleTimeout", value);
			return this;
		}

		public Builder connectTimeout(Duration value) {
			this.connectTimeout = CallOptions.Durations.positive("connectTimeout", value);
			return this;
		}

		public Builder responseTimeout(@Nullable Duration value) {
			this.responseTimeout = CallOptions.Durations.notNegativeOrNull("responseTimeout", value);
			return this;
		}

		public Builder progressTimeout(Duration value) {
			this.progressTimeout = CallOptions.Durations.notNegative("progressTimeout", value);
			return this;
		}

		public Builder readTimeout(@Nullable Duration value) {
			this.readTimeout = CallOptions.Durations.notNegativeOrNull("readTimeout", value);
			return this;
		}

		public Builder exchangeTimeout(Duration value) {
			this.exchangeTimeout = CallOptions.Durations.notNegative("exchangeTimeout", value);
			return this;
		}

		public Builder strictMaxConcurrentStreams(boolean value) {
			this.strictMaxConcurrentStreams = value;
			return this;
		}

		public Builder retryIdempotent(boolean value) {
			this.retryIdempotent = value;
			return this;
		}

		public Builder expectContinueTimeout(Duration value) {
			this.expectContinueTimeout = CallOptions.Durations.positive("expectContinueTimeout", value);
			return this;
		}

		public Builder pingInterval(Duration value) {
			this.pingInterval = CallOptions.Durations.notNegative("pingInterval", value);
			return this;
		}

		public Builder pingTimeout(Duration value) {
			this.pingTimeout = CallOptions.Durations.positive("pingTimeout", value);
			return this;
		}

		public Builder probeIdleAfter(Duration value) {
			this.probeIdleAfter = CallOptions.Durations.notNegative("probeIdleAfter", value);
			return this;
		}

		public Builder writeStallTimeout(Duration value) {
			this.writeStallTimeout = CallOptions.Durations.positive("writeStallTimeout", value);
			return this;
		}

		public Builder shutdownTimeout(Duration value) {
			this.shutdownTimeout = CallOptions.Durations.notNegative("shutdownTimeout", value);
			return this;
		}

		public Builder maxBodyThreads(int value) {
			this.maxBodyThreads = inRange("maxBodyThreads", value, 1, 1_000_000);
			return this;
		}

		public Builder eventLoops(int value) {
			this.eventLoops = inRange("eventLoops", value, 1, 64);
			return this;
		}

		public Builder userAgent(String value) {
			if (!value.chars().allMatch((c) -> c >= ' ' && c < 0x7f) || !value.equals(value.strip())) {
				throw new IllegalArgumentException(
						"userAgent must consist of printable ASCII without surrounding spaces, but is not so");
			}
			this.userAgent = value;
			return this;
		}

		public Builder trimFieldValues(boolean value) {
			this.trimFieldValues = value;
			return this;
		}

		public Builder maxHeaderListSize(int value) {
			this.maxHeaderListSize = inRange("maxHeaderListSize", value, 1024, 16777216);
			return this;
		}

		public Builder initialWindowSize(int value) {
			this.initialWindowSize = inRange("initialWindowSize", value, 65535, 2147483647);
			return this;
		}

		public Builder maxWindowSize(int value) {
			this.maxWindowSize = inRange("maxWindowSize", value, 0, 2147483647);
			return this;
		}

		public Builder connectionWindowSize(int value) {
			this.connectionWindowSize = inRange("connectionWindowSize", value, 65535, 2147483647);
			return this;
		}

		public Builder maxFrameSize(int value) {
			this.maxFrameSize = inRange("maxFrameSize", value, 16384, 16777215);
			return this;
		}

		public Builder decoderTableSize(int value) {
			this.decoderTableSize = inRange("decoderTableSize", value, 0, 1048576);
			return this;
		}

		public Builder encoderTableSize(int value) {
			this.encoderTableSize = inRange("encoderTableSize", value, 0, 1048576);
			return this;
		}

		public Builder tls(@Nullable TlsOptions value) {
			this.tls = value;
			return this;
		}

		public Builder proxy(@Nullable ProxyResolver value) {
			this.proxy = value;
			return this;
		}

		/**
		 * Sets options for some origins, which replace these there altogether. Only
		 * {@link TransportOptions#eventLoops()} and
		 * {@link TransportOptions#shutdownTimeout()} are the same for all.
		 * @param value {@code null} for none
		 * @return this builder
		 */
		public Builder origins(@Nullable ByOrigin<TransportOptions> value) {
			this.origins = value;
			return this;
		}

		public TransportOptions build() {
			return new TransportOptions(this);
		}

		@Override
		Builder self() {
			return this;
		}

	}

}
