package io.github.h2transport.protocol;

import java.util.function.DoubleSupplier;

/**
 * How long a call waits before it is sent again: not at all the first time, since a
 * server that restarts or sheds load turns away what another connection takes at once;
 * then twice as long each time, up to a bound and never quite the same, so that a server
 * that turns everybody away is not hammered by all of them together.
 *
 * <p>
 * One per call, which it is confined to.
 */
public final class ReplayPauses {

	private static final long FIRST_NANOS = 50_000_000L;

	private static final long MOST_NANOS = 1_000_000_000L;

	private final DoubleSupplier random;

	/** The next pause at its longest, 0 before the first replay. */
	private long next;

	/**
	 * Creates the pauses of one call.
	 * @param random a number from 0 to 1, without 1
	 */
	public ReplayPauses(DoubleSupplier random) {
		this.random = random;
	}

	/**
	 * Tells how long to wait before the next replay.
	 * @return nanoseconds: 0 the first time, then between half and all of 50 ms, 100 ms,
	 * and so on, up to 1 s
	 */
	public long next() {
		long whole = this.next;
		this.next = (whole == 0) ? FIRST_NANOS : Math.min(2 * whole, MOST_NANOS);
		long half = whole / 2;
		return half + (long) (half * this.random.getAsDouble());
	}

}
