package io.github.h2transport.pool;

import java.util.function.DoubleSupplier;

/**
 * How long to wait after dials that failed, so that a server that refuses is not
 * hammered: twice as long after each failure in a row, up to a bound, and never quite the
 * same. All requests of a key share it. Guarded by the key's lock.
 */
final class DialBackOff {

	/** With nothing open, those who come next wait for the pause and its dial. */
	private static final long FIRST_NANOS = 50_000_000L;

	private static final long MOST_NANOS = 500_000_000L;

	/** While something is open, another connection is only a wish. */
	private static final long FIRST_BESIDE_NANOS = 1_000_000_000L;

	private static final long MOST_BESIDE_NANOS = 30_000_000_000L;

	/** A share of the pause by which it may be longer, so that clients spread out. */
	private static final double JITTER = 0.2;

	/** Enough to reach every bound. */
	private static final int MOST_DOUBLINGS = 16;

	/** Long after the last failure it says nothing about the server any more. */
	private static final long MEMORY_NANOS = 30_000_000_000L;

	private final DoubleSupplier random;

	private int failures;

	private long failedAt;

	private double stretch = 1;

	DialBackOff(DoubleSupplier random) {
		this.random = random;
	}

	void failed(long now) {
		this.failures = (forgetIn(now) > 0) ? Math.min(this.failures + 1, MOST_DOUBLINGS) : 1;
		this.failedAt = now;
		this.stretch = 1 + JITTER * this.random.getAsDouble();
	}

	void succeeded() {
		this.failures = 0;
	}

	int failures() {
		return this.failures;
	}

	/**
	 * Tells when the next dial may begin.
	 * @param now the clock
	 * @param anyOpen whether some connection takes requests meanwhile
	 * @return how long to wait, in nanoseconds; 0 or less for not at all
	 */
	long pause(long now, boolean anyOpen) {
		if (this.failures == 0) {
			return 0;
		}
		long first = anyOpen ? FIRST_BESIDE_NANOS : FIRST_NANOS;
		long most = anyOpen ? MOST_BESIDE_NANOS : MOST_NANOS;
		long pause = Math.min(most, first << (this.failures - 1));
		return this.failedAt + (long) (pause * this.stretch) - now;
	}

	/** For how long the failures say something, 0 or less for not any more. */
	long forgetIn(long now) {
		return (this.failures > 0) ? this.failedAt + MEMORY_NANOS - now : 0;
	}

}
