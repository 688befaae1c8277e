package io.github.h2transport.protocol;

/**
 * How much the peer lets us send, on one stream or on the connection (RFC 9113 section
 * 6.9). Two counters that only grow: what was granted and what was sent. The initial size
 * is an argument, so that a SETTINGS_INITIAL_WINDOW_SIZE reaches all streams at once
 * (section 6.9.2) and may make a window negative.
 */
public final class SendWindow {

	/** The largest legal window (RFC 9113 section 6.9.1). */
	public static final long MAX_SIZE = Integer.MAX_VALUE;

	/** Sum of the peer's WINDOW_UPDATEs; written by the loop alone. */
	private volatile long granted;

	/** Octets sent; written by the loop alone. */
	private volatile long sent;

	/** Set once the peer has answered or the stream is closed. */
	private volatile boolean answered;

	/**
	 * Takes a WINDOW_UPDATE. For the loop.
	 * @param increment 1 to 2^31-1
	 * @param initial the initial window size in force
	 * @return {@code false} if the window would grow above 2^31-1; nothing is granted
	 * then
	 */
	public boolean grant(int increment, long initial) {
		long total = this.granted + increment;
		if (initial + total - this.sent > MAX_SIZE) {
			return false;
		}
		this.granted = total;
		return true;
	}

	/** The peer has answered, or the stream is closed. Any thread. */
	void answered() {
		this.answered = true;
	}

	/**
	 * Returns whether the peer is known to read the stream's content, or to have done so.
	 * @return whether it has given credit, has answered or has closed the stream
	 */
	public boolean isRead() {
		return this.granted > 0 || this.answered;
	}

	/**
	 * Notes octets of flow-controlled payload. For the loop.
	 * @param octets at most {@link #available(long)}
	 */
	public void spend(int octets) {
		long total = this.sent + octets;
		this.sent = total;
	}

	/**
	 * Returns what may be sent now.
	 * @param initial the initial window size in force
	 * @return octets; zero or less means wait
	 */
	public long available(long initial) {
		return initial + this.granted - this.sent;
	}

	/**
	 * Returns what was sent so far.
	 * @return octets of flow-controlled payload
	 */
	public long sent() {
		return this.sent;
	}

}
