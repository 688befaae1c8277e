package io.github.h2transport.protocol;

/**
 * A budget that starts with a burst, refills with time up to that burst, and can be
 * earned up to a ceiling. Confined to the owner of the object that holds it.
 */
final class TokenBucket {

	private final Rate rate;

	// Owned by the holder. filledAt means nothing while there is a burst or more.

	private long tokens;

	private long filledAt;

	/**
	 * Creates a full budget.
	 * @param rate shared by all budgets of a kind
	 */
	TokenBucket(Rate rate) {
		this.rate = rate;
		this.tokens = rate.burst;
	}

	/**
	 * Takes tokens if there are enough, else none.
	 * @param cost how many, 1 or more
	 * @param nowNanos the time
	 * @return whether there were enough
	 */
	boolean take(int cost, long nowNanos) {
		refill(nowNanos);
		if (this.tokens < cost) {
			return false;
		}
		this.tokens -= cost;
		return true;
	}

	private void refill(long nowNanos) {
		if (this.tokens >= this.rate.burst) {
			this.filledAt = nowNanos;
			return;
		}
		long refilled = (nowNanos - this.filledAt) / this.rate.nanosPerToken;
		if (refilled > 0) {
			// Whole tokens only: the rest of the time counts towards the next one.
			this.filledAt += refilled * this.rate.nanosPerToken;
			this.tokens = Math.min(this.rate.burst, this.tokens + refilled);
		}
	}

	/**
	 * Adds tokens that were earned by something else than time.
	 * @param earned how many, 0 or more
	 */
	void earn(long earned) {
		int ceiling = this.rate.ceiling;
		this.tokens = (earned >= ceiling - this.tokens) ? ceiling : this.tokens + earned;
	}

	/**
	 * What is the same for all budgets of a kind.
	 *
	 * @param burst how many tokens there are at first, and how many time can restore
	 * @param ceiling how many there can be when more are earned, at least the burst
	 * @param nanosPerToken how long it takes until one comes back
	 */
	record Rate(int burst, int ceiling, long nanosPerToken) {

		private static final long NANOS_PER_SECOND = 1_000_000_000L;

		/** At least one token comes back in a second. */
		static Rate of(int burst, int tokensPerSecond, int ceiling) {
			return new Rate(burst, ceiling, NANOS_PER_SECOND / tokensPerSecond);
		}

		/** Nothing can be earned beyond the burst. */
		static Rate of(int burst, int tokensPerSecond) {
			return of(burst, tokensPerSecond, burst);
		}

	}

}
