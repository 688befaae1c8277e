package io.github.h2transport.protocol;

/**
 * How large the receive window of a stream should be. A window that is used up within a
 * round trip keeps the peer waiting, so it doubles, for as long as that makes the stream
 * faster and its reader keeps up: only octets that were read count. A reader that is
 * slower than its window by far makes it smaller again.
 *
 * <p>
 * Owned by the loop.
 */
public final class WindowGrowth {

	/**
	 * A round trip that brings so much of the window was held up by it. Credit is
	 * announced half a window at a time, so a window of twice what is on its way, which
	 * brings half of itself in a round trip, holds up nothing.
	 */
	private static final double LIMITING_PART = 0.55;

	/**
	 * A larger window that does not bring so much more only fills queues on the way.
	 */
	private static final double WORTH_GROWING = 1.1;

	/** A round trip that brings less than this part needs half the window at most. */
	private static final double IDLE_PART = 1.0 / 8;

	private final long initialSize;

	private final long maxSize;

	/** Where the present measurement began. */
	private long markOctets;

	private long markNanos;

	/** Octets in a nanosecond when the window grew last, and now. */
	private double rateBefore;

	private double rate;

	/**
	 * Begins to measure.
	 * @param initialSize the window is never smaller, in octets
	 * @param maxSize the window is never larger, in octets
	 * @param startNanos when the content began
	 */
	public WindowGrowth(long initialSize, long maxSize, long startNanos) {
		this.initialSize = initialSize;
		this.maxSize = maxSize;
		this.markNanos = startNanos;
	}

	/**
	 * Looks at what was read since it was asked last.
	 * @param window the window
	 * @param learnt a size that another stream of the connection has reached, in octets
	 * @param roundTripNanos the estimate, 0 if there is none yet
	 * @param nowNanos the time
	 * @return the size that the window should have; if it is larger and the window is
	 * made so, {@link #grown()} must be called
	 */
	public long size(ReceiveWindow window, long learnt, long roundTripNanos, long nowNanos) {
		long size = window.size();
		long octets = window.consumed() - this.markOctets;
		if (roundTripNanos == 0) {
			return size;
		}
		long elapsed = nowNanos - this.markNanos;
		if (learnt > size && octets >= size / 2 && elapsed <= roundTripNanos) {
			// The path is known from other streams: no need to feel one's way.
			return Math.min(this.maxSize, learnt);
		}
		if (octets < size) {
			return size;
		}
		this.markOctets += octets;
		this.markNanos = nowNanos;
		// A burst tells no more than what one round trip brings.
		this.rate = (double) octets / Math.max(elapsed, roundTripNanos);
		double perRoundTrip = this.rate * roundTripNanos;
		if (perRoundTrip >= size * LIMITING_PART && this.rate >= this.rateBefore * WORTH_GROWING) {
			return Math.min(this.maxSize, Math.max(2 * size, learnt));
		}
		if (perRoundTrip < size * IDLE_PART) {
			return Math.max(this.initialSize, size / 2);
		}
		return size;
	}

	/** The window was made larger; the next time that must have paid. */
	public void grown() {
		this.rateBefore = this.rate;
	}

}
