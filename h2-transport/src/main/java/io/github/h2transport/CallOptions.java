package io.github.h2transport;

import java.time.Duration;
import java.util.Objects;

import org.jspecify.annotations.Nullable;

/**
 * How a call is made, apart from what it asks for. Immutable; make one and use it for
 * many requests. A {@code null} means "as the transport's options say".
 */
public final class CallOptions {

	private static final CallOptions DEFAULTS = builder().build();

	private final @Nullable Duration connectTimeout;

	private final @Nullable Duration responseTimeout;

	private final @Nullable Duration readTimeout;

	private final @Nullable Duration exchangeTimeout;

	private final @Nullable TlsOptions tls;

	private final @Nullable AddressFilter addressFilter;

	private final @Nullable ProxyResolver proxy;

	private final boolean onlyCachedConnection;

	private CallOptions(Builder builder) {
		this.connectTimeout = builder.connectTimeout;
		this.responseTimeout = builder.responseTimeout;
		this.readTimeout = builder.readTimeout;
		this.exchangeTimeout = builder.exchangeTimeout;
		this.tls = builder.tls;
		this.addressFilter = builder.addressFilter;
		this.proxy = builder.proxy;
		this.onlyCachedConnection = builder.onlyCachedConnection;
	}

	/**
	 * Returns the options that leave everything to the transport.
	 * @return a shared instance
	 */
	public static CallOptions defaults() {
		return DEFAULTS;
	}

	public static Builder builder() {
		return new Builder();
	}

	/**
	 * Starts options like these.
	 * @return a builder that holds all of them
	 */
	public Builder toBuilder() {
		Builder builder = new Builder();
		builder.connectTimeout = this.connectTimeout;
		builder.responseTimeout = this.responseTimeout;
		builder.readTimeout = this.readTimeout;
		builder.exchangeTimeout = this.exchangeTimeout;
		builder.tls = this.tls;
		builder.addressFilter = this.addressFilter;
		builder.proxy = this.proxy;
		builder.onlyCachedConnection = this.onlyCachedConnection;
		return builder;
	}

	/**
	 * Returns the limit for resolving, connecting, the TLS handshake and the connection
	 * preface together.
	 * @return a positive duration, {@code null} for the transport's
	 */
	public @Nullable Duration connectTimeout() {
		return this.connectTimeout;
	}

	/**
	 * Returns the limit from the call to the response head; waiting for a connection,
	 * connecting and the upload count.
	 * @return a duration, zero for no limit, {@code null} for the transport's
	 */
	public @Nullable Duration responseTimeout() {
		return this.responseTimeout;
	}

	/**
	 * Returns the limit between two octets of the response body.
	 * @return a duration, zero for no limit, {@code null} for the transport's
	 */
	public @Nullable Duration readTimeout() {
		return this.readTimeout;
	}

	/**
	 * Returns the limit for the whole exchange, from the call to the last octet.
	 * @return a duration, zero for no limit, {@code null} for the transport's
	 */
	public @Nullable Duration exchangeTimeout() {
		return this.exchangeTimeout;
	}

	public @Nullable TlsOptions tls() {
		return this.tls;
	}

	public @Nullable AddressFilter addressFilter() {
		return this.addressFilter;
	}

	/**
	 * Returns who says through which proxy the call goes. Asked for each call.
	 * @return {@code null} for the transport's; {@link ProxyResolver#none()} goes direct
	 */
	public @Nullable ProxyResolver proxy() {
		return this.proxy;
	}

	/**
	 * Returns whether the call may use open connections only, and fails instead of
	 * dialling.
	 * @return {@code false} by default
	 */
	public boolean onlyCachedConnection() {
		return this.onlyCachedConnection;
	}

	/** Collects call options. Not thread-safe. */
	public static final class Builder {

		private @Nullable Duration connectTimeout;

		private @Nullable Duration responseTimeout;

		private @Nullable Duration readTimeout;

		private @Nullable Duration exchangeTimeout;

		private @Nullable TlsOptions tls;

		private @Nullable AddressFilter addressFilter;

		private @Nullable ProxyResolver proxy;

		private boolean onlyCachedConnection;

		private Builder() {
		}

		public Builder connectTimeout(@Nullable Duration timeout) {
			this.connectTimeout = Durations.positiveOrNull("connectTimeout", timeout);
			return this;
		}

		public Builder responseTimeout(@Nullable Duration timeout) {
			this.responseTimeout = Durations.notNegativeOrNull("responseTimeout", timeout);
			return this;
		}

		public Builder readTimeout(@Nullable Duration timeout) {
			this.readTimeout = Durations.notNegativeOrNull("readTimeout", timeout);
			return this;
		}

		public Builder exchangeTimeout(@Nullable Duration timeout) {
			this.exchangeTimeout = Durations.notNegativeOrNull("exchangeTimeout", timeout);
			return this;
		}

		public Builder tls(@Nullable TlsOptions options) {
			this.tls = options;
			return this;
		}

		public Builder addressFilter(@Nullable AddressFilter filter) {
			this.addressFilter = filter;
			return this;
		}

		public Builder proxy(@Nullable ProxyResolver resolver) {
			this.proxy = resolver;
			return this;
		}

		public Builder onlyCachedConnection(boolean onlyCached) {
			this.onlyCachedConnection = onlyCached;
			return this;
		}

		public CallOptions build() {
			return new CallOptions(this);
		}

	}

	/** Checks of durations that call options and transport options share. */
	static final class Durations {

		/**
		 * As good as no limit, yet its nanoseconds can be added to a time of the clock;
		 * longer ones are cut to it.
		 */
		private static final Duration FOREVER = Duration.ofDays(100 * 365);

		private Durations() {
		}

		static Duration notNegative(String name, @Nullable Duration value) {
			Objects.requireNonNull(value, name);
			if (value.isNegative()) {
				throw new IllegalArgumentException(name + " must not be negative, but is " + value);
			}
			return (value.compareTo(FOREVER) > 0) ? FOREVER : value;
		}

		static Duration positive(String name, @Nullable Duration value) {
			Duration checked = notNegative(name, value);
			if (checked.isZero()) {
				throw new IllegalArgumentException(name + " must be positive, but is zero");
			}
			return checked;
		}

		static @Nullable Duration notNegativeOrNull(String name, @Nullable Duration value) {
			return (value != null) ? notNegative(name, value) : null;
		}

		static @Nullable Duration positiveOrNull(String name, @Nullable Duration value) {
			return (value != null) ? positive(name, value) : null;
		}

	}

}
