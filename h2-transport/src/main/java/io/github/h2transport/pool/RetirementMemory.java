package io.github.h2transport.pool;

/**
 * Notices a server that retires each connection after the same number of requests, as
 * nginx does after {@code keepalive_requests}. Knowing the number, the pool gives a
 * connection no more than that many, and so spares the requests behind them the way back.
 * Guarded by the pool's lock.
 */
final class RetirementMemory {

	private static final int UNLIMITED = Integer.MAX_VALUE;

	/**
	 * So many connections must go well before the next ones get more: a pool has several
	 * at a time, and what a raise costs is only known when they are over.
	 */
	private static final int BEFORE_RAISE = 8;

	/** How many the latest retired connection had processed, 0 if unknown. */
	private int latest;

	private int maxRequests = UNLIMITED;

	/** How many went well since the last raise. */
	private int wentWell;

	/** What the next raise adds; doubles while nothing is turned away. */
	private int raise = 1;

	/**
	 * A server's GOAWAY has turned requests away.
	 * @param processed how many requests it left in, 1 or more
	 */
	void turnedAway(int processed) {
		// Twice about the same is a rule of the server; once may be a restart.
		if (isLike(processed, this.latest)) {
			this.maxRequests = Math.min(processed, this.latest);
		}
		this.latest = processed;
		this.wentWell = 0;
		this.raise = 1;
	}

	/**
	 * A connection is over that had all the requests it was for, without a word from the
	 * server. A GOAWAY that came in time is no sign that it would have taken more.
	 */
	void tookAll() {
		if (this.maxRequests != UNLIMITED && ++this.wentWell == BEFORE_RAISE) {
			// The rule may be gone, so the next ones get a little more.
			this.maxRequests = (int) Math.min((long) this.maxRequests + this.raise, UNLIMITED);
			this.raise = Math.min(2 * this.raise, 1 << 20);
			this.wentWell = 0;
		}
	}

	/**
	 * Not the same to the last one: nginx counts a request when it reads it, and reads
	 * some more before it says GOAWAY.
	 */
	private static boolean isLike(int processed, int before) {
		return processed <= 2L * before && before <= 2L * processed;
	}

	/**
	 * Returns how many requests the next connection is for.
	 * @return 1 or more
	 */
	int nextMaxRequests() {
		return this.maxRequests;
	}

}
