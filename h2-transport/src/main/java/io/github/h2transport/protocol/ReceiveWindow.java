package io.github.h2transport.protocol;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * How much we let the peer send, on one stream or on the connection (RFC 9113 section
 * 6.9), as three counters that only grow. At rest {@code consumed == received}: every
 * octet that came in, padding included, is handed back exactly once.
 */
public final class ReceiveWindow {

	private static final VarHandle CONSUMED;

	private static final VarHandle CLAIMED;

	static {
		try {
			CONSUMED = MethodHandles.lookup().findVarHandle(ReceiveWindow.class, "consumed", long.class);
			CLAIMED = MethodHandles.lookup().findVarHandle(ReceiveWindow.class, "claimed", boolean.class);
		}
		catch (ReflectiveOperationException ex) {
			throw new ExceptionInInitializerError(ex);
		}
	}

	private final long size;

	/** Octets that arrived; written by the loop alone. */
	private volatile long received;

	/** Octets announced by WINDOW_UPDATE; written by the holder of the pen alone. */
	private volatile long credited;

	/** Octets done with; added to by the reader of the body and by the loop. */
	private volatile long consumed;

	/** Set by whoever is to announce credit, taken back by the holder of the pen. */
	private volatile boolean claimed;

	/**
	 * Creates a window.
	 * @param size its size in octets, 0 to 2^31-1
	 */
	public ReceiveWindow(long size) {
		this.size = size;
	}

	/**
	 * Takes arrived octets. For the loop.
	 * @param octets the flow-controlled length of a DATA frame
	 * @return {@code false} if the peer had no right to send them
	 */
	public boolean receive(int octets) {
		long total = this.received + octets;
		if (total > this.size + this.credited) {
			return false;
		}
		this.received = total;
		return true;
	}

	/**
	 * Gives octets back. Thread-safe.
	 * @param octets that nobody needs any longer
	 * @return whether the caller must see to a WINDOW_UPDATE now: half the window is due,
	 * so that the peer never waits and updates stay rare, and nobody else sees to it
	 */
	public boolean consume(int octets) {
		long total = (long) CONSUMED.getAndAdd(this, (long) octets) + octets;
		return total - this.credited >= this.size / 2 && !this.claimed && CLAIMED.compareAndSet(this, false, true);
	}

	/**
	 * Returns the increment that is due and counts it as announced. For the holder of the
	 * pen, before the WINDOW_UPDATE reaches the socket: else the peer could use credit
	 * that the loop does not know of yet.
	 * @return octets, zero if none are due
	 */
	public int takeCredit() {
		// Before the counter is read: what is consumed after that makes a claim of its
		// own.
		this.claimed = false;
		long due = this.consumed - this.credited;
		long total = this.credited + due;
		this.credited = total;
		return (int) due;
	}

	/**
	 * Returns what the peer may still send.
	 * @return octets
	 */
	public long available() {
		return this.size + this.credited - this.received;
	}

	/**
	 * Returns what arrived and was not given back yet.
	 * @return octets, zero at rest
	 */
	public long outstanding() {
		return this.received - this.consumed;
	}

}
