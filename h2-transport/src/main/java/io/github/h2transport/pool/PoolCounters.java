package io.github.h2transport.pool;

import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLongArray;

import org.jspecify.annotations.Nullable;

/**
 * Counts for one key, and with it for the whole pool. Thread-safe; never waits.
 */
final class PoolCounters {

	private static final int OPENED = 0;

	private static final int DIALS_FAILED = 1;

	private static final int WAITS = 2;

	private static final int REPLAYS = 3;

	private static final int HIGH_WATER = 4;

	/** From here on connections that have ended, by the ordinal of the reason. */
	private static final int CLOSED = 5;

	private final @Nullable PoolCounters all;

	/**
	 * Any thread. One small array, since each key has its own; no count goes up for a
	 * call that finds a connection.
	 */
	private final AtomicLongArray counts = new AtomicLongArray(CLOSED + EndReason.values().length);

	/**
	 * Creates counters that start at zero.
	 * @param all what counts everything with them, {@code null} for nothing
	 */
	PoolCounters(@Nullable PoolCounters all) {
		this.all = all;
	}

	void opened() {
		count(OPENED);
	}

	void dialFailed() {
		count(DIALS_FAILED);
	}

	void closed(EndReason reason) {
		count(CLOSED + reason.ordinal());
	}

	void waits(int pending) {
		count(WAITS);
		for (PoolCounters each = this; each != null; each = each.all) {
			each.counts.accumulateAndGet(HIGH_WATER, pending, Math::max);
		}
	}

	void replayed() {
		count(REPLAYS);
	}

	private void count(int index) {
		for (PoolCounters each = this; each != null; each = each.all) {
			each.counts.incrementAndGet(index);
		}
	}

	PoolTotals totals() {
		Map<EndReason, Long> ended = new EnumMap<>(EndReason.class);
		for (EndReason reason : EndReason.values()) {
			long count = this.counts.get(CLOSED + reason.ordinal());
			if (count > 0) {
				ended.put(reason, count);
			}
		}
		return new PoolTotals(this.counts.get(OPENED), this.counts.get(DIALS_FAILED), Map.copyOf(ended),
				this.counts.get(WAITS), this.counts.get(REPLAYS), (int) this.counts.get(HIGH_WATER));
	}

}
