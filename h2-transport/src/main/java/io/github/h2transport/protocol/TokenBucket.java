package io.github.h2transport.protocol;

/**
 * A budget that starts with a burst, refills with time up to that burst, and can be
 * earned up to a ceiling. Confined to the owner of the object that holds it.
 */
final class TokenBucket {

	private static final long NANOS_PER_SECOND = 1_000_000_000L;

	private final int burst;

	private final int ceiling;

	private final long nanosPerToken;

	// Owned by the holder. filledAt means nothing while there is a burst or more.

	private long tokens;

	private long filledAt;

	/**
	 * Creates a budget.
	 * @param burst how many tokens there are at first, and how many time can restore
	 * @param tokensPerSecond how many come back in a second, at least 1
	 * @param ceiling how many there can be when more are earned, at least the burst
	 */
	TokenBucket(int burst, int tokensPerSecond, int ceiling) {
		this.burst = burst;
		this.ceiling = ceiling;
		this.nanosPerToken = NANOS_PER_SECOND / tokensPerSecond;
		this.tokens = burst;
	}

	TokenBucket(int burst, int tokensPerSecond) {
		this(burst, tokensPerSecond, burst);
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
		if (this.tokens >= this.burst) {
			this.filledAt = nowNanos;
			return;
		}
		long refilled = (nowNanos - this.filledAt) / this.nanosPerToken;
		if (refilled > 0) {
			// Whole tokens only: the rest of the time counts towards the next one.
			this.filledAt += refilled * this.nanosPerToken;
			this.tokens = Math.min(this.burst, this.tokens + refilled);
		}
	}

	/**
	 * Adds tokens that were earned by something else than time.
	 * @param earned how many, 0 or more
	 */
	void earn(long earned) {
		this.tokens = (earned >= this.ceiling - this.tokens) ? this.ceiling : this.tokens + earned;
	}

}
