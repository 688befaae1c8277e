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

	/** By kind and step, the step of now in a ring. */
	private final int[][] counts = new int[Kind.values().length][STEPS];

	/** The number of the latest step, since the clock's zero. */
	private long step = Long.MIN_VALUE;

	private @Nullable String latest;

	private long latestAt;

	/** Something has happened. */
	void add(Kind kind, long now) {
		turn(now);
		this.counts[kind.ordinal()][index()]++;
	}

	/** A connection has ended as none should. */
	void ended(Kind kind, String why, long now) {
		add(kind, now);
		this.latest = why;
		this.latestAt = now;
	}

	private int index() {
		return (int) Math.floorMod(this.step, (long) STEPS);
	}

	/** Empties the steps that have passed since the last event. */
	private void turn(long now) {
		long current = Math.floorDiv(now, STEP_NANOS);
		if (this.step == Long.MIN_VALUE) {
			this.step = current;
		}
		for (int i = 0; i < STEPS && this.step < current; i++) {
			this.step++;
			for (int[] kind : this.counts) {
				kind[index()] = 0;
			}
		}
		this.step = Math.max(this.step, current);
	}

	PoolSnapshot.Recent snapshot(long now) {
		turn(now);
		boolean fresh = this.latest != null && now - this.latestAt < SPAN.toNanos();
		return new PoolSnapshot.Recent(SPAN, sum(Kind.GOAWAY), sum(Kind.CALMED), sum(Kind.LOST), sum(Kind.REPLAY),
				fresh ? this.latest : null, fresh ? Duration.ofNanos(now - this.latestAt) : Duration.ZERO);
	}

	private int sum(Kind kind) {
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
