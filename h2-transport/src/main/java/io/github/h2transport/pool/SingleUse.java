package io.github.h2transport.pool;

import java.util.ArrayList;
import java.util.List;

import io.github.h2transport.Http2Exception;

/**
 * Connections for one request each: dialled in parallel, never shared, closed afterwards.
 * Guarded by the key's lock.
 *
 * @param <C> what callers get
 */
final class SingleUse<C> {

	private final KeyPool<C> pool;

	private final WaitingLine<C> line;

	private final int most;

	private final List<Member<C>> coming = new ArrayList<>();

	/** How many there are, dials included. */
	private int live;

	SingleUse(KeyPool<C> pool, WaitingLine<C> line, int most) {
		this.pool = pool;
		this.line = line;
		this.most = most;
	}

	int coming() {
		return this.coming.size();
	}

	/** Dials for each request that waits, as far as there may be more connections. */
	void dial(Decisions<C> decisions) {
		while (this.live < this.most) {
			Waiter<C> waiter = this.line.poll();
			if (waiter == null) {
				return;
			}
			this.live++;
			Member<C> member = this.pool.prepare(waiter.request().connectTimeout(), true);
			member.owner(waiter);
			this.coming.add(member);
			decisions.then(member::dial);
		}
	}

	void opened(Member<C> member, Decisions<C> decisions) {
		this.coming.remove(member);
		Waiter<C> owner = member.owner();
		member.owner(null);
		member.stage(Member.Stage.LEFT);
		if (owner == null || owner.isDone() || !member.tryReserve(1)) {
			decisions.drain(member);
			return;
		}
		decisions.give(owner, member);
		decisions.then(() -> {
			if (owner.isCancelled()) {
				member.drain();
			}
		});
	}

	void closed(Member<C> member, Http2Exception cause, Decisions<C> decisions) {
		this.live--;
		this.coming.remove(member);
		fail(member, cause, decisions);
	}

	/** Fails those whose connection is still on its way. */
	void failAll(Http2Exception cause, Decisions<C> decisions) {
		for (Member<C> member : this.coming) {
			member.leaving(EndReason.CLOSED);
			fail(member, cause, decisions);
		}
	}

	private static <C> void fail(Member<C> member, Http2Exception cause, Decisions<C> decisions) {
		Waiter<C> owner = member.owner();
		if (owner != null) {
			member.owner(null);
			decisions.fail(List.of(owner), cause);
		}
	}

}
