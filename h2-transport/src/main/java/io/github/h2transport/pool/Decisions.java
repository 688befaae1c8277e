package io.github.h2transport.pool;

import java.util.ArrayList;
import java.util.List;

import io.github.h2transport.Http2Exception;

/**
 * What was decided under a key's lock and is carried out without it, since it wakes
 * callers, dials, and runs code of others. Confined to the thread that decides.
 *
 * @param <C> what callers get
 */
final class Decisions<C> {

	private final List<Waiter<C>> served = new ArrayList<>();

	private final List<Member<C>> given = new ArrayList<>();

	private final List<Member<C>> drained = new ArrayList<>();

	private final List<Runnable> others = new ArrayList<>();

	/** Gives a waiting request a reserved slot. */
	void give(Waiter<C> waiter, Member<C> member) {
		this.served.add(waiter);
		this.given.add(member);
	}

	boolean gives(Waiter<C> waiter) {
		return this.served.contains(waiter);
	}

	void fail(List<Waiter<C>> waiters, Http2Exception cause) {
		if (!waiters.isEmpty()) {
			this.others.add(() -> waiters.forEach((waiter) -> waiter.completeExceptionally(cause)));
		}
	}

	/** Lets a connection finish; before any other is dialled in its place. */
	void drain(Member<C> member) {
		this.drained.add(member);
	}

	void then(Runnable action) {
		this.others.add(action);
	}

	void carryOut() {
		for (int i = 0; i < this.served.size(); i++) {
			if (!this.served.get(i).complete(this.given.get(i).connection())) {
				// Cancelled meanwhile.
				this.given.get(i).release();
			}
		}
		this.drained.forEach(Member::drain);
		this.others.forEach(Runnable::run);
	}

}
