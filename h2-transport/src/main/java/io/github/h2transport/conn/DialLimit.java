package io.github.h2transport.conn;

import java.time.Duration;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicReference;

import io.github.h2transport.ErrorCode;
import io.github.h2transport.Http2TimeoutException;
import io.github.h2transport.Initiator;
import io.github.h2transport.Phase;

/**
 * How long a connection may take until the peer's SETTINGS are there (RFC 9113 section
 * 3.4). It belongs to nobody: it has the longest limit of all who wait for it, and a
 * request that was handed over before is held to its own. Thread-safe, but for
 * {@link #tick}.
 */
final class DialLimit {

	private final ClientConn connection;

	private final long begun;

	private final AtomicReference<Limit> longest = new AtomicReference<>(new Limit(0, Duration.ZERO));

	/** Requests that were handed over before SETTINGS came. */
	private final Queue<Early> early = new ConcurrentLinkedQueue<>();

	/** How far the dial has come; written by the loop. */
	private volatile Phase phase = Phase.RESOLVE;

	DialLimit(ClientConn connection, long begun) {
		this.connection = connection;
		this.begun = begun;
	}

	/** Lets the dial go on until so long after its begin. */
	void extend(Duration timeout) {
		extend(new Limit(timeout.toNanos(), timeout));
	}

	private void extend(Limit limit) {
		this.longest.accumulateAndGet(limit, (old, other) -> (other.nanos() > old.nanos()) ? other : old);
	}

	/** Holds a request that is handed over before SETTINGS are there to its own limit. */
	void handedOver(ClientStream stream, StreamPlan plan) {
		Duration timeout = plan.connectTimeout();
		if (timeout == null) {
			return;
		}
		// It may have waited for the dial already, or for other connections before that.
		long deadline = Math.max(plan.askedNanos() - this.begun, 0) + timeout.toNanos();
		extend(new Limit(deadline, timeout));
		this.early.add(new Early(stream, deadline, timeout));
	}

	private Limit longest() {
		return Objects.requireNonNull(this.longest.get());
	}

	long deadline() {
		return this.begun + longest().nanos();
	}

	void phase(Phase reached) {
		this.phase = reached;
	}

	/** The limit that has passed if the dial ends by its deadline, for messages. */
	String words() {
		return words(longest().timeout());
	}

	/** Gives up what has waited long enough for SETTINGS. Loop. */
	void tick(long now) {
		if (this.early.isEmpty()) {
			return;
		}
		if (this.connection.hasPeerSettings()) {
			this.early.clear();
			return;
		}
		this.early.removeIf((request) -> request.stream().isOver() || end(request, now));
	}

	/**
	 * Ends a request whose own limit is over. One whose limit is the dial's ends with it.
	 */
	private boolean end(Early request, long now) {
		if (now - this.begun < request.deadline() || request.deadline() >= longest().nanos()) {
			return false;
		}
		request.stream().cancel(ErrorCode.CANCEL, () -> timedOut(request));
		return true;
	}

	private Http2TimeoutException timedOut(Early request) {
		return new Http2TimeoutException("Timed out in " + Phase.PREFACE.words() + " with "
				+ this.connection.key().origin() + "; the limit is " + words(request.timeout()), null,
				request.stream().context(Initiator.LIBRARY, Phase.PREFACE));
	}

	/**
	 * What a request that still waits for the dial is told when its own limit is over.
	 */
	Http2TimeoutException timedOut(Duration timeout) {
		Phase reached = this.phase;
		String link = switch (reached) {
			case RESOLVE -> " of ";
			case CONNECT -> " to ";
			default -> " with ";
		};
		String words = link.equals(" with ") ? "in " + reached.words() : reached.words();
		return new Http2TimeoutException(
				"Timed out " + words + link + this.connection.key() + "; the limit is " + words(timeout), null,
				this.connection.context(Initiator.LIBRARY, reached).withSafeToRetry(true));
	}

	private static String words(Duration timeout) {
		return "connectTimeout of " + timeout.toMillis()
				+ " ms (the client's own; if it has none, h2.transport.connect-timeout)";
	}

	/**
	 * A limit.
	 *
	 * @param nanos since the begin of the dial
	 * @param timeout as somebody has set it
	 */
	private record Limit(long nanos, Duration timeout) {
	}

	/**
	 * A request without SETTINGS.
	 *
	 * @param stream its stream
	 * @param deadline nanoseconds since the begin of the dial
	 * @param timeout its own limit
	 */
	private record Early(ClientStream stream, long deadline, Duration timeout) {
	}

}
