package io.github.h2transport.protocol;

import java.time.Duration;

/**
 * Durations of callers as nanoseconds, which hold 292 years and no more.
 */
public final class Nanos {

	/** As good as no limit, yet it can be added to a time of the clock. */
	static final Duration FOREVER = Duration.ofDays(100 * 365);

	private Nanos() {
	}

	/**
	 * Converts a duration.
	 * @param duration any
	 * @return its nanoseconds, those of 100 years if it is longer, 0 if it is negative
	 */
	public static long of(Duration duration) {
		if (duration.isNegative()) {
			return 0;
		}
		return ((duration.compareTo(FOREVER) > 0) ? FOREVER : duration).toNanos();
	}

}
