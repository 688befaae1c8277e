package io.github.h2transport.protocol;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * How much we let the peer send, on one stream or on the connection (RFC 9113 section
 * 6.9), as three counters that only grow: what arrived, what was given back, and up to
 * where the peer may send. At all times
 * {@code available + outstanding + pending == size}, and at rest nothing is outstanding:
 * every octet that came in, padding included, is given back exactly once.
 */
public final class ReceiveWindow {

	/**
	 * An update is worth at least one frame of the usual size; some servers count those
	 * below 1,024 octets as an attack.
	 */
	static final int LEAST_UPDATE = 16 * 1024;

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

	/** Whether it is one window for many readers. */
	private final boolean shared;

	/** How large the window should be; written by the loop alone. */
	private volatile long size;

	/** All that the peer may ever send; written by the loop alone. */
	private volatile long limit;

	/** Octets that arrived; written by the loop alone. */
	private volatile long received;

	/** Octets done with; added to by the reader of the body and by the loop. */
	private volatile long consumed;

	/** Set by whoever is to announce credit, taken back by the loop. */
	private volatile boolean claimed;

	private ReceiveWindow(long size, boolean shared) {
		this.size = size;
		this.limit = size;
		this.shared = shared;
	}

	/**
	 * Creates the window of a stream.
	 * @param size its size in octets, 0 to 2^31-1
	 * @return a window whose credit is announced when half of it is due
	 */
	public static ReceiveWindow ofStream(long size) {
		return new ReceiveWindow(size, false);
	}

	/**
	 * Creates the window of a connection.
	 * @param size its size in octets, 0 to 2^31-1
	 * @return a window whose credit is announced when half of it is due, or half of what
	 * slow readers leave of it
	 */
	public static ReceiveWindow ofConnection(long size) {
		return new ReceiveWindow(size, true);
	}

	/**
	 * Takes arrived octets. For the loop.
	 * @param octets the flow-controlled length of a DATA frame
	 * @return {@code false} if the peer had no right to send them
	 */
	public boolean receive(int octets) {
		long total = this.received + octets;
		if (total > this.limit) {
			return false;
		}
		this.received = total;
		return true;
	}

	/**
	 * Gives octets back. Thread-safe.
	 * @param octets that nobody needs any longer; 0 to look once more, after octets
	 * arrived that stay
	 * @return whether the caller must see to a WINDOW_UPDATE now: enough is due, so that
	 * the peer never waits and updates stay rare, and nobody else sees to it
	 */
	public boolean consume(int octets) {
		CONSUMED.getAndAdd(this, (long) octets);
		return isDue() && !this.claimed && CLAIMED.compareAndSet(this, false, true);
	}

	/**
	 * Returns whether a WINDOW_UPDATE is due. Of a window that is shared, octets that a
	 * slow reader leaves lying must not keep back the credit of the others: the less the
	 * peer has left, the less is worth an update.
	 * @return {@code false} at rest
	 */
	public boolean isDue() {
		long due = pending();
		long half = this.size / 2;
		return due >= half || (this.shared && due >= Math.max(Math.min(LEAST_UPDATE, half), available()));
	}

	/**
	 * Returns the increment that is due and counts it as announced. For the loop, before
	 * the WINDOW_UPDATE reaches the socket: else the peer could use credit that the loop
	 * does not know of yet.
	 * @return octets, zero if none are due
	 */
	public int takeCredit() {
		// Before the counters are read: what is consumed after that makes a claim of its
		// own.
		this.claimed = false;
		if (!isDue()) {
			// Two claims met, and the first one took everything.
			return 0;
		}
		long due = pending();
		long half = this.size / 2;
		if (!this.shared && due - half < half / 2) {
			// A little more would leave a little less for the next time, which is not due
			// then, and the peer would have half a window only.
			due = half;
		}
		long total = this.limit + due;
		this.limit = total;
		return (int) due;
	}

	/**
	 * Makes the window larger or smaller, from the next {@link #takeCredit()} on. A
	 * smaller one takes nothing back that was announced: credit is kept until it fits.
	 * For the loop.
	 * @param newSize in octets, 1 to 2^31-1
	 */
	public void resize(long newSize) {
		this.size = newSize;
	}

	/**
	 * Returns how large the window is when nothing is on its way.
	 * @return octets
	 */
	public long size() {
		return this.size;
	}

	/**
	 * Returns what the peer may still send.
	 * @return octets
	 */
	public long available() {
		return this.limit - this.received;
	}

	/**
	 * Returns what arrived so far.
	 * @return octets
	 */
	public long received() {
		return this.received;
	}

	/**
	 * Returns what arrived and was not given back yet.
	 * @return octets, zero at rest
	 */
	public long outstanding() {
		return this.received - this.consumed;
	}

	/**
	 * Returns what is to be announced, sooner or later.
	 * @return octets, negative while a window that was made smaller is still too large
	 */
	public long pending() {
		return this.consumed + this.size - this.limit;
	}

	/**
	 * Returns what was given back so far.
	 * @return octets
	 */
	public long consumed() {
		return this.consumed;
	}

}
