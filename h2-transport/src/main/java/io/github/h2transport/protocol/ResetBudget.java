package io.github.h2transport.protocol;

/**
 * How often we may send RST_STREAM on one connection. Servers take many resets in a short
 * time for an attack (CVE-2023-44487) and end the connection with all its streams; above
 * the budget it is cheaper to let a stream run out, or to move on to a new connection.
 *
 * <p>
 * One per connection. Owned by the loop.
 */
public final class ResetBudget {

	/** Below the strictest server that we know: Helidon allows 50 in 10 s. */
	static final int SHORT_LIMIT = 40;

	static final long SHORT_NANOS = 10_000_000_000L;

	/** Half of what Netty and Undertow allow: 200 in 30 s. */
	static final int LONG_LIMIT = 100;

	static final long LONG_NANOS = 30_000_000_000L;

	private static final long[] NEVER_USED = new long[0];

	// The ring and its place.

	/** A ring of the times of the last resets; made with the first one. */
	private long[] times = NEVER_USED;

	private int next;

	private int size;

	/**
	 * Takes one RST_STREAM out of the budget, if it is not used up.
	 * @param nowNanos the time
	 * @return whether the frame may be sent; if not, nothing was taken
	 */
	public boolean tryAcquire(long nowNanos) {
		if (isUsedUp(SHORT_LIMIT, SHORT_NANOS, nowNanos) || isUsedUp(LONG_LIMIT, LONG_NANOS, nowNanos)) {
			return false;
		}
		if (this.times == NEVER_USED) {
			this.times = new long[LONG_LIMIT];
		}
		this.times[this.next] = nowNanos;
		this.next = (this.next + 1) % LONG_LIMIT;
		this.size = Math.min(LONG_LIMIT, this.size + 1);
		return true;
	}

	/** Whether the reset that was {@code limit} resets ago is still inside the span. */
	private boolean isUsedUp(int limit, long spanNanos, long nowNanos) {
		if (this.size < limit) {
			return false;
		}
		long time = this.times[Math.floorMod(this.next - limit, LONG_LIMIT)];
		return nowNanos - time < spanNanos;
	}

}
