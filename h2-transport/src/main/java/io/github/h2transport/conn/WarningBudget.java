package io.github.h2transport.conn;

/**
 * Lets one warning through in a minute and counts the others: a server that fails all the
 * time must not fill the log. One for each transport. Thread-safe.
 */
final class WarningBudget {

	/** Often enough to be noticed, seldom enough to be read. */
	static final long PERIOD_NANOS = 60_000_000_000L;

	/** What {@link #take} returns if there was a warning a short time ago. */
	static final int NONE_LEFT = -1;

	// Guarded by this.

	private boolean used;

	private long usedAt;

	private int suppressed;

	/**
	 * Asks for a warning.
	 * @param now the time
	 * @return how many were suppressed since the last one, or {@link #NONE_LEFT}
	 */
	synchronized int take(long now) {
		if (this.used && now - this.usedAt < PERIOD_NANOS) {
			this.suppressed++;
			return NONE_LEFT;
		}
		int before = this.suppressed;
		this.used = true;
		this.usedAt = now;
		this.suppressed = 0;
		return before;
	}

}
