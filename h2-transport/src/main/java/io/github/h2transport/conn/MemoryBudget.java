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

	private final AtomicLong buffered = new AtomicLong();

	MemoryBudget(long limit) {
		this.limit = limit;
	}

	static MemoryBudget ofHeap() {
		return new MemoryBudget(Runtime.getRuntime().maxMemory() / 16);
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

	long buffered() {
		return this.buffered.get();
	}

}
