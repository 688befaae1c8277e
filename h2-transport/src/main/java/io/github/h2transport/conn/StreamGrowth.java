package io.github.h2transport.conn;

import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

import io.github.h2transport.protocol.WindowGrowth;
import org.jspecify.annotations.Nullable;

/**
 * What a stream's receive window has grown by, beyond its initial size: reserved in the
 * memory budget, and given back exactly once, however the stream ends. Only streams with
 * a large body have one.
 */
final class StreamGrowth {

	private static final long GIVEN_BACK = -1;

	/** Owned by the loop: made when content is credited. */
	private @Nullable WindowGrowth pace;

	private final MemoryBudget budget;

	/** Changed by the loop until somebody gives it back. */
	private final AtomicLong reserved = new AtomicLong();

	StreamGrowth(MemoryBudget budget) {
		this.budget = budget;
	}

	/** How fast the stream is. Loop. */
	WindowGrowth pace(Supplier<WindowGrowth> beginning) {
		WindowGrowth known = this.pace;
		if (known == null) {
			known = beginning.get();
			this.pace = known;
		}
		return known;
	}

	/**
	 * Reserves more, or less. Loop.
	 * @param octets how many more, negative for less
	 * @return whether the budget allows it and the stream is not over
	 */
	boolean reserve(long octets) {
		if (octets > 0 && !this.budget.reserve(octets)) {
			return false;
		}
		long before = this.reserved.get();
		boolean noted = before != GIVEN_BACK && this.reserved.compareAndSet(before, before + octets);
		// In this order, so that less is never reserved than was given out.
		if (noted && octets < 0) {
			this.budget.free(-octets);
		}
		else if (!noted && octets > 0) {
			this.budget.free(octets);
		}
		return noted;
	}

	/** The stream is over. Any thread, any number of times. */
	void giveBack() {
		long octets = this.reserved.getAndSet(GIVEN_BACK);
		if (octets > 0) {
			this.budget.free(octets);
		}
	}

}
