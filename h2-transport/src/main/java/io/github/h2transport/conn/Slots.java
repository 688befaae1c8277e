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

	/** Taken back for good by whoever lets the connection drain. */
	private volatile boolean accepting;

	void accept() {
		this.accepting = true;
	}

	void refuse() {
		this.accepting = false;
	}

	boolean isAccepting() {
		return this.accepting;
	}

	void limit(int newLimit) {
		this.limit = newLimit;
	}

	int limit() {
		return this.limit;
	}

	boolean hasFree() {
		return this.accepting && this.used.get() >= 0 && this.used.get() < this.limit;
	}

	boolean tryReserve() {
		for (;;) {
			int count = this.used.get();
			if (!this.accepting || count < 0 || count >= this.limit) {
				return false;
			}
			if (this.used.compareAndSet(count, count + 1)) {
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
