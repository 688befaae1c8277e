package io.github.h2transport.pool;

/**
 * Notices a server that retires each connection after the same number of requests, as
 * nginx does after {@code keepalive_requests}. Knowing the number, the pool gives a
 * connection no more than that many, and so spares the requests behind them the way back.
 * Guarded by the pool's lock.
 */
final class RetirementMemory {

	private static final int UNLIMITED = Integer.MAX_VALUE;

	/** How many the latest retired connection had processed, 0 if unknown. */
	private int latest;

	private int maxRequests = UNLIMITED;

	/**
	 * A connection was retired.
	 * @param processed how many requests the server's GOAWAY left in, -1 if the server
	 * turned none away
	 */
	void retired(int processed) {
		if (processed > 0) {
			// Twice the same is a rule of the server; once may be a restart.
			this.maxRequests = (processed == this.latest) ? processed : UNLIMITED;
			this.latest = processed;
		}
		else if (this.maxRequests != UNLIMITED) {
			// It went well; the rule may be gone, so the next one gets a little more.
			this.maxRequests += Math.max(1, this.maxRequests / 8);
		}
	}

	/**
	 * Returns how many requests the next connection is for.
	 * @return 1 or more
	 */
	int nextMaxRequests() {
		return this.maxRequests;
	}

}
