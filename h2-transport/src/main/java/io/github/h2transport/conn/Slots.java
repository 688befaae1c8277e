package io.github.h2transport.conn;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * The stream slots of a connection. A reservation is a slot: it is taken before a request
 * is handed to the connection and given back exactly once, when its stream is over.
 * Thread-safe, never waiting.
 */
final class Slots {

	/**
	 * Until the first SETTINGS arrives (RFC 9113 section 6.5.2 recommends at least 100).
	 */
	static final int LIMIT_BEFORE_SETTINGS = 100;

	/** Our own cap, and what holds if the peer states none. */
	static final int LIMIT_UNSTATED = 1000;

	/** Stands for "never again": no honest count is negative. */
	private static final int CLOSED = Integer.MIN_VALUE / 2;

	private final AtomicInteger used = new AtomicInteger();

	/** Written by the loop. */
	private volatile int limit = LIMIT_BEFORE_SETTINGS;

	/** Our own limit, if it is below the peer's; set by the connection's pool. */
	private volatile int cap = LIMIT_UNSTATED;

	/** Taken back for good by whoever lets the connection drain. */
	private volatile boolean accepting;

	/** Taken back for good when what was reserved must not be opened either. */
	private volatile boolean open;

	/** Set and taken back by the loop: for the time being no slot is reserved. */
	private volatile boolean paused;

	/** How many requests the connection is for; set by its pool. */
	private volatile int maxRequests = Integer.MAX_VALUE;

	/** Raised by each reservation, lowered if it was not needed. */
	private final AtomicInteger taken = new AtomicInteger();

	void accept() {
		this.open = true;
		this.accepting = true;
	}

	/** No slot is reserved any more, but what has one may still be opened. */
	void retire() {
		this.accepting = false;
	}

	/** No stream is opened any more. */
	void refuse() {
		this.accepting = false;
		this.open = false;
	}

	/** Lets no slot be reserved for the time being, or ends that. */
	void pause(boolean on) {
		this.paused = on;
	}

	boolean isOpen() {
		return this.open;
	}

	void maxRequests(int most) {
		this.maxRequests = most;
	}

	void cap(int most) {
		this.cap = most;
	}

	/**
	 * Returns whether the connection has had all the requests that it is for.
	 * @return whether it is to be retired
	 */
	boolean isUsedUp() {
		return this.taken.get() >= this.maxRequests;
	}

	boolean isAccepting() {
		return this.accepting;
	}

	void limit(int newLimit) {
		this.limit = newLimit;
	}

	/** What the peer allows, within our own limit. */
	int limit() {
		return Math.min(this.limit, this.cap);
	}

	boolean hasFree() {
		int count = this.used.get();
		return this.accepting && !this.paused && count >= 0 && count < limit() && !isUsedUp();
	}

	boolean tryReserve() {
		return tryReserve(Integer.MAX_VALUE);
	}

	/**
	 * Takes a slot if there are fewer in use than the peer allows, and fewer than this.
	 */
	boolean tryReserve(int most) {
		for (;;) {
			int count = this.used.get();
			if (!this.accepting || this.paused || count < 0 || count >= Math.min(limit(), most) || isUsedUp()) {
				return false;
			}
			if (this.used.compareAndSet(count, count + 1)) {
				this.taken.incrementAndGet();
				return true;
			}
		}
	}

	/**
	 * Gives a slot back.
	 * @return whether it was the last one in use
	 */
	boolean release() {
		return this.used.decrementAndGet() == 0;
	}

	/** How many slots were ever reserved and not given back unused. */
	int taken() {
		return this.taken.get();
	}

	/** Takes note that a reserved slot was not needed; {@link #release()} comes apart. */
	void unused() {
		this.taken.decrementAndGet();
	}

	/**
	 * Closes the slots for ever if none is in use.
	 * @return whether none was
	 */
	boolean closeIfUnused() {
		return this.used.compareAndSet(0, CLOSED) || this.used.get() < 0;
	}

	int used() {
		return Math.max(0, this.used.get());
	}

}
