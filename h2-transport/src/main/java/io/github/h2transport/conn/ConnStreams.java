package io.github.h2transport.conn;

import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The streams of a connection: which are open, how many may be, and when the latest
 * changes were.
 */
final class ConnStreams {

	private final ClientConn connection;

	private final Loop loop;

	private final StreamTable table = new StreamTable();

	private final Slots slots = new Slots();

	/** What of their content waits to be read. */
	private final MemoryBudget.Account unread;

	/** How many streams are open. Owned by the loop. */
	private int open;

	/** Whether the pool is still to be told of a freed slot. */
	private final AtomicBoolean freed = new AtomicBoolean();

	/** Written by whoever gives a slot back. */
	private volatile long idleSince;

	/** Written by the loop: when the latest stream's request was made. */
	private volatile long lastStart;

	/**
	 * Written by the loop: when the first request was made of those that have met nothing
	 * but silence, if nothing was open then.
	 */
	private volatile long waitingSince;

	/** Written by the loop. */
	private volatile long opened;

	/** Set by the pool: the clock does not close the connection for being idle. */
	private volatile boolean keptIdle;

	/** Set by the loop; a hint for retries. */
	private volatile boolean completedAny;

	ConnStreams(ClientConn connection, Loop loop) {
		this.connection = connection;
		this.loop = loop;
		this.unread = connection.budget().account();
		this.idleSince = loop.nanoTime();
		this.lastStart = this.idleSince;
		this.waitingSince = this.idleSince;
	}

	MemoryBudget.Account unread() {
		return this.unread;
	}

	StreamTable table() {
		return this.table;
	}

	Slots slots() {
		return this.slots;
	}

	/**
	 * Decides whether a stream may still be opened (RFC 9113 section 5.1.2): the limit
	 * may have been lowered and the connection retired since its slot was reserved. Loop.
	 */
	boolean mayOpen() {
		if (!this.connection.sendHalf().hasStreamIds()) {
			this.slots.refuse();
		}
		return this.slots.isOpen() && this.open < this.slots.limit();
	}

	/** Makes a stream known before its HEADERS go out. Loop. */
	void opening(ClientStream stream) {
		this.table.put(stream);
		if (this.open++ == 0 && this.waitingSince - this.connection.driver().lastReadNanos() <= 0) {
			this.waitingSince = stream.startNanos();
		}
		this.opened = this.opened + 1;
		this.lastStart = stream.startNanos();
		if (this.slots.isAccepting() && this.connection.sendHalf().streamIdsLeft() <= Slots.LIMIT_UNSTATED) {
			// RFC 9113 section 5.1.1: a new connection takes over. All that have a slot
			// can still be opened.
			this.slots.retire();
			this.connection.loop().later(this.connection.driver().ending()::retire);
		}
		if (this.connection.isSingleUse()) {
			this.slots.retire();
		}
	}

	/** A stream will not be opened; its slot is free. Loop. */
	void notOpened() {
		released();
	}

	/** A stream is over. By whoever closed it; takes notes only. */
	void closed(ClientStream stream) {
		this.table.remove(stream);
		stream.giveBackGrowth();
		this.open--;
		released();
	}

	/** Gives a slot back that no stream has used. Any thread. */
	void unused() {
		this.slots.unused();
		released();
		if (!this.loop.inLoop()) {
			tellOfFreeSlots();
		}
	}

	private void released() {
		boolean singleUse = this.connection.isSingleUse();
		this.idleSince = this.loop.nanoTime();
		if (singleUse) {
			// Its one request is over, or was called off before it was sent.
			this.slots.refuse();
		}
		if (this.slots.release() && (singleUse || !this.slots.isAccepting())) {
			this.connection.loop().later(this.connection.driver().ending()::drained);
		}
		if (this.freed.compareAndSet(false, true) && this.loop.inLoop()) {
			this.loop.afterFlush(this::tellOfFreeSlots);
		}
	}

	/** Tells the pool once of any number of freed slots. */
	private void tellOfFreeSlots() {
		if (this.freed.get() && this.freed.compareAndSet(true, false)) {
			this.connection.observer().slotsFreed(this.connection);
		}
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

	long waitingSince() {
		return this.waitingSince;
	}

	/** How many streams are open. Loop. */
	int open() {
		return this.open;
	}

	long opened() {
		return this.opened;
	}

}
