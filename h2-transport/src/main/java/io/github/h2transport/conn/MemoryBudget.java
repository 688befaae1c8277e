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
	 * Returns an account for one connection.
	 * @return counts in this budget until it is closed
	 */
	Account account() {
		return new Account(this);
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

	/**
	 * What waits to be read of one connection. When the connection is gone its octets
	 * count no longer: some of them may never be read. Thread-safe.
	 */
	static final class Account {

		private static final long CLOSED = Long.MIN_VALUE / 2;

		private final MemoryBudget budget;

		private final AtomicLong buffered = new AtomicLong();

		private Account(MemoryBudget budget) {
			this.budget = budget;
		}

		/** As {@link MemoryBudget#add}. By the loop, which also closes it. */
		boolean add(int octets) {
			this.buffered.addAndGet(octets);
			return this.budget.add(octets);
		}

		void remove(int octets) {
			if (this.buffered.addAndGet(-octets) >= 0) {
				this.budget.remove(octets);
			}
		}

		/** The connection is gone. */
		void close() {
			long left = this.buffered.getAndSet(CLOSED);
			if (left > 0) {
				this.budget.buffered.addAndGet(-left);
			}
		}

	}

}
