package io.github.h2transport.protocol;

/**
 * What a connection knows of whether its peer lives: when a silence is asked after by
 * PING (RFC 9113 section 6.7), when the answer is overdue, and when the peer is given up.
 * Only what is received counts as life, and any octet is an answer. PINGs are not sent
 * more often than servers bear; with none left, silence alone is a reason for doubt.
 *
 * <p>
 * Pure state: the time is an argument, in nanoseconds of any clock that runs forward.
 * Owned by the event loop.
 */
public final class Liveness {

	/**
	 * So many PINGs gRPC servers take after their latest HEADERS or DATA, however soon:
	 * the first is free, two more are forgiven, the next one ends the connection with all
	 * that runs on it.
	 */
	static final int MOST_PINGS = 3;

	/** What gRPC servers take without complaint at any time. */
	static final long LONGEST_INTERVAL_NANOS = 300_000_000_000L;

	/** An answer that takes longer than this, and than some round trips, is overdue. */
	static final long LEAST_PATIENCE_NANOS = 1_000_000_000L;

	private static final int PATIENCE_ROUND_TRIPS = 4;

	private final long intervalNanos;

	private final long timeoutNanos;

	private boolean asked;

	/** When the peer was asked, if it was. */
	private long askedAt;

	/** HEADERS or DATA have arrived since the latest look. */
	private boolean heard;

	/** How many PINGs had been sent at the latest look. */
	private long pingsSeen;

	/** When the latest of them was sent, or a little later. */
	private long pingedAt;

	/** How many of them were sent before the latest HEADERS or DATA, at least. */
	private long pingsBefore;

	/**
	 * Creates the state of a connection that owes nothing.
	 * @param intervalNanos after so much silence a peer with open streams is asked, 0 for
	 * never
	 * @param timeoutNanos so long it has for its answer
	 */
	public Liveness(long intervalNanos, long timeoutNanos) {
		this.intervalNanos = intervalNanos;
		this.timeoutNanos = timeoutNanos;
	}

	// ---- what happens ----

	/** Something has arrived. */
	public void received() {
		this.asked = false;
	}

	/**
	 * HEADERS or DATA have arrived. Those that we send do not count: servers go by their
	 * own.
	 */
	public void heard() {
		this.heard = true;
	}

	/**
	 * The peer is asked, by a PING of now or by one that is on its way.
	 * @param now the time
	 */
	public void asked(long now) {
		this.asked = true;
		this.askedAt = now;
	}

	/**
	 * Takes note of the PINGs that were sent; the peer counts them all, whoever has asked
	 * for them. One that was sent since the latest look may have come before or after
	 * what has arrived; it counts as sent after.
	 * @param sent how many there were so far
	 * @param now the time
	 */
	public void pings(long sent, long now) {
		if (this.heard) {
			this.heard = false;
			this.pingsBefore = this.pingsSeen;
		}
		if (sent != this.pingsSeen) {
			this.pingsSeen = sent;
			this.pingedAt = now;
		}
	}

	// ---- what follows ----

	/**
	 * Returns whether the peer owes an answer.
	 * @return {@code false} once anything has arrived
	 */
	public boolean isAsked() {
		return this.asked;
	}

	/**
	 * Returns whether a peer with open streams is to be asked.
	 * @param silence for how long it was silent, though it had something to answer
	 * @param pressing whether a request was made since; else the later PINGs of a row
	 * come more slowly
	 * @param complaints how often the server has complained of PINGs; each doubles the
	 * time between them
	 * @return whether it is time for a PING, and the server bears it
	 */
	public boolean isDue(long silence, boolean pressing, int complaints) {
		return isDue(this.intervalNanos, silence, pressing, complaints);
	}

	/**
	 * Returns whether a peer is to be asked after a silence.
	 * @param shortest the least silence to ask after, 0 for never
	 * @param silence for how long it was silent
	 * @param pressing as above
	 * @param complaints as above
	 * @return whether it is time for a PING, and the server bears it
	 */
	public boolean isDue(long shortest, long silence, boolean pressing, int complaints) {
		return !this.asked && shortest > 0 && silence > interval(shortest, pressing, complaints);
	}

	private long interval(long shortest, boolean pressing, int complaints) {
		long interval = shortest;
		long inARow = inARow();
		if (inARow >= MOST_PINGS) {
			return Math.max(interval, LONGEST_INTERVAL_NANOS);
		}
		long doublings = complaints + (pressing ? 0 : Math.max(0, inARow - 1));
		for (long i = 0; i < doublings && interval < LONGEST_INTERVAL_NANOS; i++) {
			interval = Math.min(2 * interval, LONGEST_INTERVAL_NANOS);
		}
		return interval;
	}

	private long inARow() {
		return this.pingsSeen - this.pingsBefore;
	}

	/**
	 * Returns whether one more PING is harmless to the streams of the connection.
	 * @param now the time
	 * @return {@code false} if the server might end the connection for it
	 */
	public boolean bearsPing(long now) {
		return inARow() < MOST_PINGS || now - this.pingedAt >= LONGEST_INTERVAL_NANOS;
	}

	/**
	 * Returns whether a peer with open streams would have to be asked, but for the number
	 * of PINGs that it has had.
	 * @param silence for how long it was silent, though it had something to answer
	 * @param complaints how often the server has complained of PINGs
	 * @return whether silence is all that there is to judge by
	 */
	public boolean isSilent(long silence, int complaints) {
		return !this.asked && this.intervalNanos > 0 && silence > this.intervalNanos
				&& (inARow() >= MOST_PINGS || complaints > 0);
	}

	/**
	 * Returns whether the answer has taken longer than the path explains: 1 s and four
	 * round trips at least.
	 * @param now the time
	 * @param roundTripNanos the path there and back, 0 if unknown
	 * @return whether no more should be given to this peer until it has answered
	 */
	public boolean isOverdue(long now, long roundTripNanos) {
		return this.asked && now - this.askedAt > Math.max(LEAST_PATIENCE_NANOS, PATIENCE_ROUND_TRIPS * roundTripNanos);
	}

	/**
	 * Returns for how long the peer has owed an answer.
	 * @param now the time
	 * @return nanoseconds, 0 if it owes none
	 */
	public long owing(long now) {
		return this.asked ? now - this.askedAt : 0;
	}

	/**
	 * Returns whether the peer is to be given up.
	 * @param now the time
	 * @return whether it has not answered in time
	 */
	public boolean isDead(long now) {
		return this.asked && now - this.askedAt > this.timeoutNanos;
	}

}
