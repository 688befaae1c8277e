package io.github.h2transport.spring;

import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;

import io.github.h2transport.ByOrigin;
import io.github.h2transport.ConnectFailedException;
import io.github.h2transport.ConnectionKey;
import io.github.h2transport.Http2Exception;
import io.github.h2transport.Http2TimeoutException;
import io.github.h2transport.InvalidRequestException;
import io.github.h2transport.Origin;
import io.github.h2transport.Phase;
import io.github.h2transport.TransportOptions;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.util.Assert;

/**
 * Decides which calls go over HTTP/1.1, and remembers for a while which servers have no
 * HTTP/2, so that not every call has to find out. One for all clients of an application;
 * thread-safe.
 *
 * <p>
 * A client asks {@link #usesHttp1} before a call. If it then tries HTTP/2 and fails, it
 * asks {@link #turnsToHttp1}; nothing of the request was sent if the answer is yes.
 */
public final class Http1Origins {

	/**
	 * How long a server without HTTP/2 is not asked again: one more handshake in so many
	 * minutes costs nothing, and an upgraded server is noticed.
	 */
	public static final Duration MEMORY = Duration.ofMinutes(5);

	/** A crawler's origins must not fill the heap; what is not kept is asked again. */
	static final int MAX_ORIGINS = 1_000;

	private static final Log logger = LogFactory.getLog(Http1Origins.class);

	private static final String CLEARTEXT = "an http URL, and h2.transport.allow-http is false";

	private final Http1Fallback fallback;

	private final ByOrigin<Http1Fallback> byOrigin;

	private final LongSupplier nanoTime;

	private final Map<ConnectionKey, Entry> entries = new ConcurrentHashMap<>();

	/** Which origins the log has told of. */
	private final Set<Origin> told = ConcurrentHashMap.newKeySet();

	/**
	 * Makes an empty memory.
	 * @param fallback which calls may go over HTTP/1.1
	 */
	public Http1Origins(Http1Fallback fallback) {
		this(fallback, System::nanoTime);
	}

	/**
	 * Makes an empty memory that goes by the origin.
	 * @param fallback which calls may go over HTTP/1.1
	 * @param byOrigin the same, for origins that differ
	 */
	public Http1Origins(Http1Fallback fallback, ByOrigin<Http1Fallback> byOrigin) {
		this(fallback, byOrigin, System::nanoTime);
	}

	/**
	 * Makes an empty memory with a clock of its own.
	 * @param fallback which calls may go over HTTP/1.1
	 * @param nanoTime gives a time like {@link System#nanoTime()}
	 */
	public Http1Origins(Http1Fallback fallback, LongSupplier nanoTime) {
		this(fallback, ByOrigin.of(Map.of()), nanoTime);
	}

	private Http1Origins(Http1Fallback fallback, ByOrigin<Http1Fallback> byOrigin, LongSupplier nanoTime) {
		Assert.notNull(fallback, "'fallback' must not be null");
		Assert.notNull(nanoTime, "'nanoTime' must not be null");
		this.fallback = fallback;
		Assert.notNull(byOrigin, "'byOrigin' must not be null");
		this.byOrigin = byOrigin;
		this.nanoTime = nanoTime;
	}

	public Http1Fallback fallback() {
		return this.fallback;
	}

	private Http1Fallback fallback(ConnectionKey key) {
		Http1Fallback own = this.byOrigin.get(key.origin());
		return (own != null) ? own : this.fallback;
	}

	/**
	 * Returns whether a call goes over HTTP/1.1 without HTTP/2 being tried.
	 * @param key where to, and with which TLS identity
	 * @param options the transport's options
	 * @return {@code true} for a server that is remembered, and for an {@code http}
	 * origin if the fallback is {@link Http1Fallback#ALL} and cleartext HTTP/2 is not
	 * allowed
	 */
	public boolean usesHttp1(ConnectionKey key, TransportOptions options) {
		if (isRefused(key, options) && fallback(key) == Http1Fallback.ALL) {
			remember(key, CLEARTEXT, true);
			return true;
		}
		Entry entry = this.entries.get(key);
		if (entry == null) {
			return false;
		}
		if (entry.isOver(this.nanoTime.getAsLong())) {
			this.entries.remove(key, entry);
			return false;
		}
		entry.calls.increment();
		return true;
	}

	/** The same for an {@code http} URL whose host {@link java.net.URI} does not find. */
	boolean usesHttp1ForUnreadable(TransportOptions options) {
		return this.fallback == Http1Fallback.ALL && !options.allowHttp();
	}

	/**
	 * Returns whether a call that failed over HTTP/2 goes over HTTP/1.1 now, and if so
	 * remembers the server.
	 * @param key where to, and with which TLS identity
	 * @param failure how the call failed
	 * @return {@code true} if the server has no HTTP/2 and the fallback is not
	 * {@link Http1Fallback#NONE}
	 */
	public boolean turnsToHttp1(ConnectionKey key, Http2Exception failure) {
		boolean turns = failure instanceof ConnectFailedException connect && connect.isWithoutHttp2()
				&& fallback(key) != Http1Fallback.NONE;
		if (turns) {
			remember(key, String.valueOf(failure.getMessage()), false);
		}
		return turns;
	}

	/**
	 * Adds to the failure of an {@code http} URL what only an application of Spring can
	 * do about it: to its refusal, and to that of a server that was expected to speak
	 * HTTP/2 and does not. Every other failure stays as it is.
	 * @param key where to
	 * @param failure how the call failed
	 * @param options the transport's options
	 * @return the failure to throw
	 */
	public Http2Exception explain(ConnectionKey key, Http2Exception failure, TransportOptions options) {
		if (key.origin().isSecure()) {
			return failure;
		}
		if (failure instanceof InvalidRequestException && isRefused(key, options)) {
			return new InvalidRequestException("Unsupported scheme http for " + key
					+ ": set h2.transport.allow-http=true if the server speaks HTTP/2 without TLS (h2c, prior knowledge), "
					+ "or " + http1Instead(key), failure, failure.context());
		}
		if (failure.context().phase() != Phase.PREFACE) {
			return failure;
		}
		String message = failure.getMessage() + ". It was called over HTTP/2 because of h2.transport.allow-http=true; "
				+ "if it speaks HTTP/1.1, set allow-http=false for it alone (h2.transport.origins.<name>.match="
				+ key.origin().host() + " and .allow-http=false) or for all, and h2.transport.fallback=all";
		if (failure instanceof ConnectFailedException) {
			return new ConnectFailedException(message, failure, failure.context());
		}
		return (failure instanceof Http2TimeoutException)
				? new Http2TimeoutException(message, failure, failure.context()) : failure;
	}

	/** What lets a refused {@code http} URL be called over HTTP/1.1. */
	private String http1Instead(ConnectionKey key) {
		return (fallback(key) != Http1Fallback.ALL) ? "h2.transport.fallback=all to call http URLs over HTTP/1.1"
				: "leave its proxy and address filter to the settings of Spring Boot, since the HTTP/1.1 client of "
						+ "h2.transport.fallback=all does not know those of its call options";
	}

	private static boolean isRefused(ConnectionKey key, TransportOptions options) {
		// Other schemes are nobody's.
		return key.origin().scheme().equals("http") && !options.forOrigin(key.origin()).allowHttp();
	}

	private void remember(ConnectionKey key, String reason, boolean always) {
		long now = this.nanoTime.getAsLong();
		Entry entry = this.entries.get(key);
		if (entry == null || entry.isOver(now)) {
			forgetWhatIsOver(now);
			if (entry == null && this.entries.size() >= MAX_ORIGINS) {
				return;
			}
			entry = this.entries.compute(key, (same, present) -> (present != null && !present.isOver(now)) ? present
					: new Entry(reason, now, always));
			tell(key.origin(), reason);
		}
		entry.calls.increment();
	}

	/** Once for each origin, however often it is tried again. */
	private void tell(Origin origin, String reason) {
		if (this.told.size() < MAX_ORIGINS && this.told.add(origin)) {
			logger.info(origin + " is called over HTTP/1.1: " + reason);
		}
	}

	private void forgetWhatIsOver(long now) {
		this.entries.values().removeIf((entry) -> entry.isOver(now));
	}

	/**
	 * Returns who is called over HTTP/1.1 at the moment.
	 * @return the longest remembered first
	 */
	public List<Http1Origin> snapshot() {
		long now = this.nanoTime.getAsLong();
		forgetWhatIsOver(now);
		return this.entries.entrySet()
			.stream()
			.map((entry) -> entry.getValue().describe(entry.getKey(), now))
			.sorted(Comparator.comparing(Http1Origin::age).reversed())
			.toList();
	}

	/**
	 * An origin that is called over HTTP/1.1.
	 *
	 * @param key where to, and with which TLS identity
	 * @param reason why not over HTTP/2
	 * @param age since when
	 * @param retryIn when HTTP/2 is tried again, {@code null} if it never is
	 * @param calls how many calls went there over HTTP/1.1 in this time
	 */
	public record Http1Origin(ConnectionKey key, String reason, Duration age, @Nullable Duration retryIn, long calls) {
	}

	/** What is remembered of one key. */
	private static final class Entry {

		private final String reason;

		private final long sinceNanos;

		/** HTTP/2 is never tried: the entry is there to be shown. */
		private final boolean always;

		private final LongAdder calls = new LongAdder();

		private Entry(String reason, long sinceNanos, boolean always) {
			this.reason = reason;
			this.sinceNanos = sinceNanos;
			this.always = always;
		}

		private boolean isOver(long nowNanos) {
			return nowNanos - this.sinceNanos >= MEMORY.toNanos();
		}

		private Http1Origin describe(ConnectionKey key, long nowNanos) {
			Duration age = Duration.ofNanos(nowNanos - this.sinceNanos);
			return new Http1Origin(key, this.reason, age, this.always ? null : MEMORY.minus(age), this.calls.sum());
		}

	}

}
