package io.github.h2transport;

import java.time.Duration;

/**
 * The part of a transport's options that the default pool goes by. Each holds for one
 * {@link ConnectionKey}, not for all together. Immutable.
 */
public abstract sealed class PoolOptions permits TransportOptions {

	private final int maxConnections;

	private final int minConnections;

	private final int maxStreamsPerConnection;

	private final int maxRequestsPerConnection;

	private final Duration maxLifetime;

	private final Duration dnsRefreshInterval;

	private final boolean spreadAddresses;

	private final Duration acquireTimeout;

	private final int maxPending;

	private final int maxSingleUse;

	PoolOptions(Builder<?> builder) {
		this.maxConnections = builder.maxConnections;
		this.minConnections = builder.minConnections;
		this.maxStreamsPerConnection = builder.maxStreamsPerConnection;
		this.maxRequestsPerConnection = builder.maxRequestsPerConnection;
		this.maxLifetime = builder.maxLifetime;
		this.dnsRefreshInterval = builder.dnsRefreshInterval;
		this.spreadAddresses = builder.spreadAddresses;
		this.acquireTimeout = builder.acquireTimeout;
		this.maxPending = builder.maxPending;
		this.maxSingleUse = builder.maxSingleUse;
	}

	/**
	 * Returns how many connections a key may have that take requests, 1 to 10,000.
	 * @return by default 8
	 */
	public int maxConnections() {
		return this.maxConnections;
	}

	/**
	 * Returns how many connections a key keeps from its first use on, though they are
	 * idle, 0 to 10,000 and never more than {@link #maxConnections()}. They are opened
	 * without a request that needs them.
	 * @return by default 0
	 */
	public int minConnections() {
		return this.minConnections;
	}

	/**
	 * Returns how many streams we open on a connection at once if the peer allows more, 1
	 * to 1,000.
	 * @return by default 1000
	 */
	public int maxStreamsPerConnection() {
		return this.maxStreamsPerConnection;
	}

	/**
	 * Returns after how many requests a connection is retired, 0 to 1,000,000,000; 0 for
	 * never.
	 * @return by default 0
	 */
	public int maxRequestsPerConnection() {
		return this.maxRequestsPerConnection;
	}

	/**
	 * Returns after how long a connection is retired, give or take 10 %, so that not all
	 * are at the same time; zero for never. If it is in use, another is opened first. New
	 * connections see new addresses of the name and new members behind a balancer.
	 * @return by default 30 min
	 */
	public Duration maxLifetime() {
		return this.maxLifetime;
	}

	/**
	 * Returns how often the addresses of a name that has connections are looked up again,
	 * so that connections to addresses that are gone are retired; zero for never. The JVM
	 * keeps what it has looked up for its own time (security property
	 * {@code networkaddress.cache.ttl}, 30 s unless set), so a shorter interval finds
	 * nothing new.
	 * @return by default zero: each dial looks up anyway, and connections age
	 */
	public Duration dnsRefreshInterval() {
		return this.dnsRefreshInterval;
	}

	/**
	 * Returns whether a connection goes to the address of the name that has the fewest,
	 * instead of to the first one that answers, and connections of the same load take
	 * turns.
	 * @return by default false
	 */
	public boolean spreadAddresses() {
		return this.spreadAddresses;
	}

	/**
	 * Returns how long a request may wait for a connection with a free stream.
	 * @return by default 30 s
	 */
	public Duration acquireTimeout() {
		return this.acquireTimeout;
	}

	/**
	 * Returns how many requests of a key may wait for a connection, 1 to 1,000,000.
	 * @return by default 10_000
	 */
	public int maxPending() {
		return this.maxPending;
	}

	/**
	 * Returns how many single-use connections a key may have at once, 1 to 10,000.
	 * @return by default 256
	 */
	public int maxSingleUse() {
		return this.maxSingleUse;
	}

	/**
	 * Collects the pool's options. Not thread-safe.
	 *
	 * @param <B> the builder that has them among others
	 */
	public abstract static sealed class Builder<B extends Builder<B>> permits TransportOptions.Builder {

		private int maxConnections = 8;

		private int minConnections = 0;

		private int maxStreamsPerConnection = 1000;

		private int maxRequestsPerConnection = 0;

		private Duration maxLifetime = Duration.ofMinutes(30);

		private Duration dnsRefreshInterval = Duration.ZERO;

		private boolean spreadAddresses = false;

		private Duration acquireTimeout = Duration.ofSeconds(30);

		private int maxPending = 10_000;

		private int maxSingleUse = 256;

		Builder() {
		}

		abstract B self();

		public B maxConnections(int value) {
			this.maxConnections = inRange("maxConnections", value, 1, 10_000);
			return self();
		}

		public B minConnections(int value) {
			this.minConnections = inRange("minConnections", value, 0, 10_000);
			return self();
		}

		public B maxStreamsPerConnection(int value) {
			this.maxStreamsPerConnection = inRange("maxStreamsPerConnection", value, 1, 1000);
			return self();
		}

		public B maxRequestsPerConnection(int value) {
			this.maxRequestsPerConnection = inRange("maxRequestsPerConnection", value, 0, 1_000_000_000);
			return self();
		}

		public B maxLifetime(Duration value) {
			this.maxLifetime = CallOptions.Durations.notNegative("maxLifetime", value);
			return self();
		}

		public B dnsRefreshInterval(Duration value) {
			this.dnsRefreshInterval = CallOptions.Durations.notNegative("dnsRefreshInterval", value);
			return self();
		}

		public B spreadAddresses(boolean value) {
			this.spreadAddresses = value;
			return self();
		}

		public B acquireTimeout(Duration value) {
			this.acquireTimeout = CallOptions.Durations.positive("acquireTimeout", value);
			return self();
		}

		public B maxPending(int value) {
			this.maxPending = inRange("maxPending", value, 1, 1_000_000);
			return self();
		}

		public B maxSingleUse(int value) {
			this.maxSingleUse = inRange("maxSingleUse", value, 1, 10_000);
			return self();
		}

		static int inRange(String name, int value, int least, int most) {
			if (value < least || value > most) {
				throw new IllegalArgumentException(name + " must be " + least + " to " + most + ", but is " + value);
			}
			return value;
		}

	}

}
