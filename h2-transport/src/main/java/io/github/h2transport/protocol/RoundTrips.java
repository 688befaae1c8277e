package io.github.h2transport.protocol;

import org.jspecify.annotations.Nullable;

/**
 * How long the path to the peer takes there and back, measured by PINGs (RFC 9113 section
 * 6.7) that go beside a WINDOW_UPDATE while a large body is received. Asked and answered
 * by the loop, read by anybody.
 */
public final class RoundTrips {

	/**
	 * So that servers which count PINGs see few of them, and only while they send
	 * content.
	 */
	static final long PROBE_SPACING_NANOS = 300_000_000L;

	/** Paths change, but rarely: once an estimate is settled it is seldom renewed. */
	static final long SETTLED_SPACING_NANOS = 10_000_000_000L;

	/** So many samples settle an estimate, and the best of so many counts. */
	static final int SAMPLES = 4;

	/** Other PINGs of ours count upwards from one. */
	private static final long PROBE_MARK = Long.MIN_VALUE;

	/** When the latest probe was sent; written by the loop. */
	private volatile long probedAt;

	/** How many probes were sent; written by the loop, after the time. */
	private volatile long probes;

	/** The latest probe that was answered; written by the loop. */
	private volatile long answered;

	/** The least of the samples, 0 if there is none; written by the loop. */
	private volatile long nanos;

	/** How many samples there were; written by the loop. */
	private volatile int sampleCount;

	/** Owned by the loop; {@code null} until the first, as most connections have none. */
	private long @Nullable [] samples;

	/**
	 * Returns whether a PING should be sent now. There is never more than one on its way.
	 * For the loop.
	 * @param nowNanos the time
	 * @return what the PING carries, zero for no PING
	 */
	public long probe(long nowNanos) {
		long count = this.probes;
		if (count > 0) {
			long spacing = (this.sampleCount < SAMPLES) ? PROBE_SPACING_NANOS : SETTLED_SPACING_NANOS;
			if (this.answered < count || nowNanos - this.probedAt < spacing) {
				return 0;
			}
		}
		this.probedAt = nowNanos;
		this.probes = count + 1;
		return PROBE_MARK | count + 1;
	}

	/**
	 * Returns how many PINGs were sent. For any thread.
	 * @return 0 or more
	 */
	public long probes() {
		return this.probes;
	}

	/**
	 * Takes the answer to a PING. For the loop.
	 * @param opaqueData what it carries
	 * @param nowNanos the time
	 * @return how long it took in nanoseconds, negative if this was no probe of ours
	 */
	public long answered(long opaqueData, long nowNanos) {
		long count = this.probes;
		if (opaqueData != (PROBE_MARK | count) || this.answered == count) {
			return -1;
		}
		long took = Math.max(0, nowNanos - this.probedAt);
		this.answered = count;
		sample(took);
		return took;
	}

	/**
	 * Takes a round trip that was measured otherwise. For the loop.
	 * @param took its time in nanoseconds
	 */
	public void sample(long took) {
		int count = this.sampleCount;
		long[] latest = this.samples;
		if (latest == null) {
			latest = new long[SAMPLES];
			this.samples = latest;
		}
		latest[count % SAMPLES] = Math.max(1, took);
		long least = Long.MAX_VALUE;
		for (int i = 0; i <= Math.min(count, SAMPLES - 1); i++) {
			least = Math.min(least, latest[i]);
		}
		this.nanos = least;
		// Only its remainder and whether there are enough are of interest.
		this.sampleCount = (count + 1 < 2 * SAMPLES) ? count + 1 : SAMPLES;
	}

	/**
	 * Returns the estimate: the least of the latest samples, since queues on the way only
	 * ever add to it.
	 * @return nanoseconds, 0 if nothing was measured yet
	 */
	public long nanos() {
		return this.nanos;
	}

}
