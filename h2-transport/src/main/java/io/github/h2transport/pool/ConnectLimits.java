package io.github.h2transport.pool;

import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * Holds each request to its own connect timeout while a key has no established connection
 * and is dialling: a dial belongs to nobody and goes on for whoever has more time.
 * Guarded by the key's lock.
 *
 * @param <C> what callers get
 */
final class ConnectLimits<C> {

	/** Clocks are this exact: whose limit is over so soon is not worth another dial. */
	private static final long EXACT_NANOS = 100_000_000L;

	/** So long a request waits for the dial to say why, though its own time is over. */
	private static final long LATE_NANOS = 3 * EXACT_NANOS;

	private final OpenMembers<C> open;

	private final WaitingLine<C> line;

	private final Growth<C> growth;

	ConnectLimits(OpenMembers<C> open, WaitingLine<C> line, Growth<C> growth) {
		this.open = open;
		this.line = line;
		this.growth = growth;
	}

	/** A request joins: what is under way may take as long as it has time. */
	void asked(ConnectionRequest request) {
		this.growth.coming().forEach((member) -> member.extend(request.connectTimeout()));
		for (Member<C> member : this.open.all()) {
			if (!member.knowsLimit()) {
				member.extend(request.connectTimeout());
			}
		}
	}

	/**
	 * Fails the requests whose time is over, unless a dial ends no later and tells more.
	 * @return in how many nanoseconds to look again, {@link Ageing#NEVER} for never
	 */
	long enforce(Decisions<C> decisions, long now) {
		Member<C> dial = underWay();
		if (dial == null || this.line.size() == 0) {
			return Ageing.NEVER;
		}
		long end = dial.dialledSince() + dial.allowed().toNanos();
		long next = Ageing.NEVER;
		List<Waiter<C>> over = new ArrayList<>();
		for (Waiter<C> waiter : this.line.all()) {
			long limit = waiter.request().connectTimeout().toNanos();
			waiter.dialledSince(now);
			long left = limit - (now - waiter.dialledSince());
			if (left > 0) {
				next = Math.min(next, left);
			}
			else if (left < -LATE_NANOS || end - (now + left) > EXACT_NANOS) {
				over.add(waiter);
			}
			else {
				next = Math.min(next, LATE_NANOS);
			}
		}
		for (Waiter<C> waiter : over) {
			this.line.remove(waiter);
			decisions.fail(List.of(waiter), dial.timedOut(waiter.request().connectTimeout()));
		}
		return next;
	}

	/** The dial that has begun last, which ends last as a rule. */
	private @Nullable Member<C> underWay() {
		Member<C> last = null;
		for (Member<C> member : this.open.all()) {
			if (member.knowsLimit()) {
				return null;
			}
			last = member;
		}
		List<Member<C>> coming = this.growth.coming();
		return coming.isEmpty() ? last : coming.get(coming.size() - 1);
	}

	/**
	 * Takes those out of the line who have no time for another dial, the last one failed.
	 */
	void takeOver(List<Waiter<C>> into, long now) {
		for (Waiter<C> waiter : this.line.all()) {
			long left = waiter.request().connectTimeout().toNanos() - (now - waiter.dialledSince());
			if (left <= EXACT_NANOS) {
				into.add(waiter);
			}
		}
		into.forEach(this.line::remove);
	}

	/** A connection is there: those who wait on wait for a free stream. */
	void established() {
		this.line.all().forEach(Waiter::established);
	}

}
