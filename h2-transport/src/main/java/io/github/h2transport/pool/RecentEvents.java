package io.github.h2transport.pool;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

/**
 * What has gone wrong with the connections of a key within the last minute, in steps of
 * some seconds. Guarded by the key's lock.
 */
final class RecentEvents {

	/** Long enough to see a habit, short enough to see that it has ended. */
	private static final int STEPS = 6;

	private static final long STEP_NANOS = 10_000_000_000L;

	static final Duration SPAN = Duration.ofNanos(STEPS * STEP_NANOS);

	private static final int[][] NOTHING = {};

	/**
	 * By kind and step, in a ring; empty before the first event, as most keys have none.
	 */
	private int[][] counts = NOTHING;

	/** The present step. */
	private int step;

	/** When it began; meaningless before the first event. */
	private long stepStart;

	private @Nullable String latest;

	private long latestAt;

	/** Something has happened. */
	void add(Kind kind, long now) {
		if (this.counts.length == 0) {
			this.counts = new int[Kind.values().length][STEPS];
			this.stepStart = now;
		}
		turn(now);
		this.counts[kind.ordinal()][this.step]++;
	}

	/** A connection has ended as none should. */
	void ended(Kind kind, String why, long now) {
		add(kind, now);
		this.latest = why;
		this.latestAt = now;
	}

	/** Empties the steps that have passed since the last event. */
	private void turn(long now) {
		for (int i = 0; i < STEPS && now - this.stepStart >= STEP_NANOS; i++) {
			this.stepStart += STEP_NANOS;
			this.step = (this.step + 1) % STEPS;
			for (int[] kind : this.counts) {
				kind[this.step] = 0;
			}
		}
		if (now - this.stepStart >= STEP_NANOS) {
			this.stepStart = now;
		}
	}

	/**
	 * For how long the server's displeasure must be remembered, in nanoseconds; 0 or less
	 * for not at all.
	 */
	long remembersFor(long now) {
		turn(now);
		return (sum(Kind.CALMED) > 0) ? this.latestAt + SPAN.toNanos() - now : 0;
	}

	PoolSnapshot.Recent snapshot(long now) {
		turn(now);
		boolean fresh = this.latest != null && now - this.latestAt < SPAN.toNanos();
		return new PoolSnapshot.Recent(SPAN, sum(Kind.GOAWAY), sum(Kind.CALMED), sum(Kind.LOST), sum(Kind.REPLAY),
				fresh ? this.latest : null, fresh ? Duration.ofNanos(now - this.latestAt) : Duration.ZERO);
	}

	private int sum(Kind kind) {
		if (this.counts.length == 0) {
			return 0;
		}
		int sum = 0;
		for (int count : this.counts[kind.ordinal()]) {
			sum += count;
		}
		return sum;
	}

	/** What is counted. */
	enum Kind {

		/** The server has retired a connection. */
		GOAWAY,

		/** The server has ended a connection with ENHANCE_YOUR_CALM. */
		CALMED,

		/** A connection was lost. */
		LOST,

		/** A request came back because a connection had turned it away. */
		REPLAY

	}

}
