package io.github.h2transport.conn;

import java.util.concurrent.atomic.AtomicLong;

/**
 * How many octets of response content wait for their readers, over all connections of a
 * transport. While they are few, the connection window is refilled on receipt, so that
 * one slow reader cannot stall the others on its connection; when they are many, only
 * what was read is refilled.
 */
final class MemoryBudget {

	private final long limit;

	/**
	 * A sixteenth of the heap: content that waits must leave room for what is done with
	 * it.
	 */
	static final int HEAP_SHARE = 16;

	private final AtomicLong buffered = new AtomicLong();

	private final AtomicLong reserved = new AtomicLong();

	MemoryBudget(long limit) {
		this.limit = limit;
	}

	static MemoryBudget ofHeap() {
		return new MemoryBudget(Runtime.getRuntime().maxMemory() / HEAP_SHARE);
	}

	/**
	 * Notes buffered octets.
	 * @return whether the budget still holds
	 */
	boolean add(int octets) {
		return this.buffered.addAndGet(octets) <= this.limit;
	}

	void remove(int octets) {
		this.buffered.addAndGet(-octets);
	}

	/**
	 * Reserves room for what streams may send beyond their initial windows, so that
	 * readers which stop all at once do not fill the heap.
	 * @param octets how many
	 * @return whether there is room
	 */
	boolean reserve(long octets) {
		if (this.reserved.addAndGet(octets) + this.buffered.get() <= this.limit) {
			return true;
		}
		free(octets);
		return false;
	}

	/** Gives room back that was reserved. */
	void free(long octets) {
		this.reserved.addAndGet(-octets);
	}

	long reserved() {
		return this.reserved.get();
	}

	long buffered() {
		return this.buffered.get();
	}

}
