package io.github.h2transport.conn;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * The streams of a connection: which are open, how many may be, and when the latest
 * changes were.
 */
final class ConnStreams {

	private final StreamTable table = new StreamTable();

	private final Slots slots = new Slots();

	/** Raised by the holder of the pen, lowered by whoever closes a stream. */
	private final AtomicInteger open = new AtomicInteger();

	/** Written by whoever gives a slot back. */
	private volatile long idleSince;

	/** Written by the holder of the pen: when the latest stream's request was made. */
	private volatile long lastStart;

	/** Written by the holder of the pen. */
	private volatile long opened;

	/** Set by the pool: the clock does not close the connection for being idle. */
	private volatile boolean keptIdle;

	/** Set by the loop; a hint for retries. */
	private volatile boolean completedAny;

	void bornAt(long now) {
		this.idleSince = now;
		this.lastStart = now;
	}

	StreamTable table() {
		return this.table;
	}

	Slots slots() {
		return this.slots;
	}

	/** Whether one more stream may be opened. Holder of the pen. */
	boolean mayOpen() {
		return this.slots.isOpen() && this.open.get() < this.slots.limit();
	}

	/** Makes a stream known before its HEADERS go out. Holder of the pen. */
	void opening(ClientStream stream) {
		this.table.put(stream);
		this.open.incrementAndGet();
		this.opened = this.opened + 1;
		this.lastStart = stream.startNanos();
	}

	/** A stream is over; its slot is given back apart. By whoever closed it. */
	void closed(ClientStream stream) {
		this.table.remove(stream);
		this.open.decrementAndGet();
	}

	void idleFrom(long now) {
		this.idleSince = now;
	}

	void keepIdle(boolean keep) {
		this.keptIdle = keep;
	}

	boolean isKeptIdle() {
		return this.keptIdle;
	}

	void answered() {
		if (!this.completedAny) {
			this.completedAny = true;
		}
	}

	boolean completedAny() {
		return this.completedAny;
	}

	long idleSince() {
		return this.idleSince;
	}

	long lastStart() {
		return this.lastStart;
	}

	long opened() {
		return this.opened;
	}

}
