package io.github.h2transport.pool;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * The requests of a key that wait, in the order in which they are served: first those
 * that a connection has turned away, then the others, each as they came. Guarded by the
 * key's lock, but for its size.
 *
 * @param <C> what they wait for
 */
final class WaitingLine<C> {

	// Both begin small: there is a line for each origin, and most are never long.

	private final Deque<Waiter<C>> line = new ArrayDeque<>(1);

	private final Deque<Waiter<C>> turnedAway = new ArrayDeque<>(1);

	/** Written under the lock, read by anybody: whether a request may go ahead. */
	private volatile int size;

	int size() {
		return this.size;
	}

	/** How many wait for the first time; only they are bounded in number. */
	int newcomers() {
		return this.line.size();
	}

	void add(Waiter<C> waiter) {
		(waiter.request().retry() ? this.turnedAway : this.line).addLast(waiter);
		count();
	}

	@Nullable Waiter<C> peek() {
		Waiter<C> waiter = this.turnedAway.peek();
		return (waiter != null) ? waiter : this.line.peek();
	}

	@Nullable Waiter<C> poll() {
		Waiter<C> waiter = this.turnedAway.poll();
		if (waiter == null) {
			waiter = this.line.poll();
		}
		count();
		return waiter;
	}

	boolean remove(Waiter<C> waiter) {
		boolean removed = (waiter.request().retry() ? this.turnedAway : this.line).remove(waiter);
		count();
		return removed;
	}

	/** Everybody who waits, in order. */
	Iterable<Waiter<C>> all() {
		List<Waiter<C>> all = new ArrayList<>(this.size);
		all.addAll(this.turnedAway);
		all.addAll(this.line);
		return all;
	}

	/** How much time the most patient of them has for a dial. */
	Duration longestConnectTimeout(Duration least) {
		Duration longest = least;
		for (Waiter<C> waiter : all()) {
			Duration own = waiter.request().connectTimeout();
			longest = (own.compareTo(longest) > 0) ? own : longest;
		}
		return longest;
	}

	void takeAll(List<Waiter<C>> into) {
		into.addAll(this.turnedAway);
		into.addAll(this.line);
		this.turnedAway.clear();
		this.line.clear();
		count();
	}

	/**
	 * Tells how long somebody has waited.
	 * @param now the clock
	 * @return nanoseconds since the oldest has come, 0 if nobody waits
	 */
	long oldestWait(long now) {
		return Math.max(wait(this.line.peek(), now), wait(this.turnedAway.peek(), now));
	}

	private static long wait(@Nullable Waiter<?> waiter, long now) {
		return (waiter != null) ? Math.max(0, now - waiter.since()) : 0;
	}

	private void count() {
		this.size = this.line.size() + this.turnedAway.size();
	}

}
