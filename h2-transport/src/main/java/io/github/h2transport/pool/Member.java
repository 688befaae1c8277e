package io.github.h2transport.pool;

import java.net.InetAddress;
import java.time.Duration;

import io.github.h2transport.FailureContext;
import io.github.h2transport.Http2Exception;
import io.github.h2transport.Http2TimeoutException;
import io.github.h2transport.Initiator;
import io.github.h2transport.Phase;
import io.github.h2transport.conn.Doubt;
import org.jspecify.annotations.Nullable;

/**
 * A connection as its pool sees it, and what the pool remembers of it. There are two
 * kinds: connections of a transport, and those of the pool's simulation.
 *
 * @param <C> what callers get
 */
abstract class Member<C> {

	/** Guarded by the key's lock. */
	private Stage stage = Stage.DIALLING;

	/** Guarded by the key's lock: why the pool wants to be rid of it. */
	private @Nullable EndReason leaving;

	/** Guarded by the key's lock: the one that is dialled to take its place. */
	private @Nullable Member<C> replacement;

	/** Guarded by the key's lock: whose place it takes. */
	private @Nullable Member<C> replaces;

	/** Guarded by the key's lock: when it is too old, meaningless if it never is. */
	private long expiresAt;

	/** Guarded by the key's lock: when its dial was decided on. */
	private long dialledSince;

	/** Guarded by the key's lock: how long its dial may take. */
	private Duration allowed = Duration.ZERO;

	/** Guarded by the key's lock: where it goes, or is meant to go. */
	private @Nullable InetAddress address;

	/** Guarded by the key's lock: whose it will be, if it is for a single request. */
	private @Nullable Waiter<C> owner;

	/** Guarded by the key's lock: the pool has learnt from its end. */
	private boolean learnt;

	/** Written under the key's lock, once: the pool has learnt its stream limit. */
	private volatile boolean settled;

	// ---- the connection: any thread, never waiting ----

	/** What callers get. */
	abstract C connection();

	/** Begins to dial; called once. The key's pool is told what comes of it. */
	abstract void dial();

	abstract boolean isSingleUse();

	/** A hint whether {@link #tryReserve} would succeed. */
	abstract boolean canTake();

	/** Takes a slot if not more than so many are in use afterwards. */
	abstract boolean tryReserve(int most);

	/**
	 * Whether its SETTINGS need not be there yet. Later requests wait for them in line,
	 * each by its own limit.
	 */
	boolean isFresh() {
		return true;
	}

	/** A hint whether it may be dead. */
	abstract Doubt doubt();

	/** Gives a slot back that was not used. */
	abstract void release();

	/** Slots that are taken. */
	abstract int activeStreams();

	/** Streams that may be open at once: the peer's limit within our own. */
	abstract int limit();

	/** Whether the limit is the peer's word. */
	abstract boolean knowsLimit();

	/** Whether it has ever been usable. */
	abstract boolean wasOpen();

	/** Whether it has ever answered a request. */
	abstract boolean hasServed();

	/** How many requests the server had taken when it retired it, -1 for all. */
	abstract int processedBeforeGoAway();

	/** Whether the server has sent GOAWAY. */
	abstract boolean isRetiredByServer();

	/** Whether it has had all the requests that it is for. */
	abstract boolean isUsedUp();

	/** Sets the most streams at once and requests in all; before its first request. */
	abstract void bound(int maxStreams, int maxRequests);

	/** Whether it stays open though it is idle. */
	abstract void keepIdle(boolean keep);

	/** Where it goes, {@code null} if unknown. */
	abstract @Nullable InetAddress remoteAddress();

	/** Takes no more requests and closes after the last one. */
	abstract void drain();

	/** Why it has come to an end, if the pool had no reason of its own. */
	abstract EndReason endReason(Http2Exception cause);

	/** Whether a dial has failed, rather than a connection ended. */
	abstract boolean isFailedDial(Http2Exception cause);

	/** For messages. */
	abstract String name();

	/** Whether the server has ended it because of our behaviour. */
	boolean wasCalmed() {
		return false;
	}

	/** What is to be told of its end. */
	String lastWords(Http2Exception cause) {
		return String.valueOf(cause.getMessage());
	}

	/** Lets the dial take longer, from its begin. Guarded by the key's lock. */
	void extend(Duration timeout) {
		if (timeout.compareTo(this.allowed) > 0) {
			this.allowed = timeout;
		}
	}

	/** What a request is told that no longer waits for the dial. */
	Http2TimeoutException timedOut(Duration timeout) {
		return new Http2TimeoutException("Timed out connecting to the server; the limit is " + timeout, null,
				FailureContext.of(Initiator.LIBRARY, Phase.CONNECT));
	}

	// ---- the pool's notes ----

	final void dialled(long now, Duration timeout) {
		this.dialledSince = now;
		this.allowed = timeout;
	}

	final long dialledSince() {
		return this.dialledSince;
	}

	final Duration allowed() {
		return this.allowed;
	}

	final Stage stage() {
		return this.stage;
	}

	final void stage(Stage newStage) {
		this.stage = newStage;
	}

	final @Nullable EndReason leaving() {
		return this.leaving;
	}

	final void leaving(EndReason reason) {
		if (this.leaving == null) {
			this.leaving = reason;
		}
	}

	final @Nullable Member<C> replacement() {
		return this.replacement;
	}

	final @Nullable Member<C> replaces() {
		return this.replaces;
	}

	/** Notes that another one is dialled to take its place. */
	final void replaceBy(Member<C> other) {
		this.replacement = other;
		other.replaces = this;
	}

	/** Notes that it takes nobody's place after all. */
	final void replacesNobody() {
		Member<C> other = this.replaces;
		if (other != null) {
			other.replacement = null;
			this.replaces = null;
		}
	}

	final long expiresAt() {
		return this.expiresAt;
	}

	final void expiresAt(long time) {
		this.expiresAt = time;
	}

	final @Nullable InetAddress address() {
		return this.address;
	}

	final void address(@Nullable InetAddress newAddress) {
		this.address = newAddress;
	}

	final @Nullable Waiter<C> owner() {
		return this.owner;
	}

	final void owner(@Nullable Waiter<C> waiter) {
		this.owner = waiter;
	}

	/**
	 * Returns whether nothing was learnt from its end so far, and notes that it is now.
	 */
	final boolean learn() {
		boolean first = !this.learnt;
		this.learnt = true;
		return first;
	}

	final boolean isSettled() {
		return this.settled;
	}

	final void settled() {
		this.settled = true;
	}

	/** Where a connection stands with its pool. */
	enum Stage {

		/** On its way. */
		DIALLING,

		/** Takes requests. */
		OPEN,

		/**
		 * Ended before the peer's SETTINGS came: its end will tell whether HTTP/2 is
		 * spoken there, and another dial would only meet the same.
		 */
		IN_DOUBT,

		/** Takes no more requests; running streams may finish. */
		LEFT,

		/** Gone. */
		CLOSED

	}

}
