package io.github.h2transport.pool;

import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.LongAccumulator;
import java.util.concurrent.atomic.LongAdder;

import org.jspecify.annotations.Nullable;

/**
 * Counts for one key, and with it for the whole pool. Thread-safe; never waits.
 */
final class PoolCounters {

	private final @Nullable PoolCounters all;

	private final LongAdder opened = new LongAdder();

	private final LongAdder dialsFailed = new LongAdder();

	private final LongAdder waits = new LongAdder();

	private final LongAdder replays = new LongAdder();

	private final LongAccumulator highWater = new LongAccumulator(Math::max, 0);

	private final AtomicLongArray closed = new AtomicLongArray(EndReason.values().length);

	/**
	 * Creates counters that start at zero.
	 * @param all what counts everything with them, {@code null} for nothing
	 */
	PoolCounters(@Nullable PoolCounters all) {
		this.all = all;
	}

	void opened() {
		this.opened.increment();
		if (this.all != null) {
			this.all.opened();
		}
	}

	void dialFailed() {
		this.dialsFailed.increment();
		if (this.all != null) {
			this.all.dialFailed();
		}
	}

	void closed(EndReason reason) {
		this.closed.incrementAndGet(reason.ordinal());
		if (this.all != null) {
			this.all.closed(reason);
		}
	}

	void waits(int pending) {
		this.waits.increment();
		this.highWater.accumulate(pending);
		if (this.all != null) {
			this.all.waits(pending);
		}
	}

	void replayed() {
		this.replays.increment();
		if (this.all != null) {
			this.all.replayed();
		}
	}

	PoolTotals totals() {
		Map<EndReason, Long> ended = new EnumMap<>(EndReason.class);
		for (EndReason reason : EndReason.values()) {
			long count = this.closed.get(reason.ordinal());
			if (count > 0) {
				ended.put(reason, count);
			}
		}
		return new PoolTotals(this.opened.sum(), this.dialsFailed.sum(), Map.copyOf(ended), this.waits.sum(),
				this.replays.sum(), (int) this.highWater.get());
	}

}
