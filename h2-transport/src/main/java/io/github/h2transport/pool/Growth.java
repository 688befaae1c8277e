package io.github.h2transport.pool;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;

import io.github.h2transport.TransportOptions;
import io.github.h2transport.conn.Doubt;

/**
 * How many connections a key should have: when to dial, and how many at once. Guarded by
 * the key's lock.
 *
 * @param <C> what callers get
 */
final class Growth<C> {

	private TransportOptions options;

	private final OpenMembers<C> open;

	/** Dials in flight, and connections that ended before it was known what they are. */
	private final List<Member<C>> coming = new ArrayList<>();

	private int kept;

	Growth(TransportOptions options, OpenMembers<C> open) {
		this.options = options;
		this.open = open;
	}

	void options(TransportOptions newOptions) {
		this.options = newOptions;
	}

	List<Member<C>> coming() {
		return this.coming;
	}

	/** How many of the dials in flight go to an address. */
	long comingTo(InetAddress address) {
		return this.coming.stream().filter((member) -> address.equals(member.address())).count();
	}

	/** How many connections may take requests, dials included. */
	int most() {
		return this.options.strictMaxConcurrentStreams() ? 1 : this.options.maxConnections();
	}

	/**
	 * Returns how many may be dialled now. A connection whose answer is overdue does not
	 * count, as it takes no request and will soon end or be sound; of those that are only
	 * silent one does not, as nobody knows when they will be heard of. There are never
	 * more than twice the number allowed.
	 * @return 0 or less for none
	 */
	int room() {
		int overdue = this.open.count(Doubt.OVERDUE);
		int forgiven = overdue + Math.min(1, this.open.count(Doubt.SILENT));
		return most() + Math.min(most(), forgiven) - this.open.size() - this.coming.size();
	}

	/**
	 * Returns whether nothing better is to be had than a connection that is silent.
	 * @param pausing whether a dial would have to wait, since the latest has failed
	 */
	boolean isExhausted(boolean pausing) {
		return this.coming.isEmpty() && (pausing || room() <= 0 || this.open.areHeldBack())
				&& this.open.living().stream().allMatch(Member::knowsLimit);
	}

	/**
	 * Sets how many should be open though no request needs them.
	 * @param wanted 0 or more
	 * @return as many as there may be of them
	 */
	int keep(int wanted) {
		this.kept = Math.min(wanted, most());
		return this.kept;
	}

	/** How many stay open though they are idle. */
	int kept() {
		return this.kept;
	}

	/** How many a warm-up opens. */
	int warm() {
		return Math.max(1, kept());
	}

	/** How many are missing of a number that should be there anyway. */
	int missing(int wanted) {
		int there = this.open.size() - this.open.count(Doubt.OVERDUE);
		return Math.min(room(), wanted - there - this.coming.size());
	}

	/**
	 * Returns how many to dial for those that wait: as many as it takes if the peer's
	 * limit is known, which it is as soon as one connection was established; before that
	 * one at a time, whose limit may turn out to be enough.
	 * @param waiting how many requests have no connection
	 * @return 0 or more
	 */
	int forWaiting(int waiting) {
		if (waiting == 0 || this.open.areHeldBack()) {
			return 0;
		}
		int limit = this.open.expectedLimit();
		boolean known = limit != OpenMembers.UNKNOWN && limit > 0;
		int unsettled = this.coming.size();
		long underway = (long) this.coming.size() * limit;
		for (Member<C> member : this.open.living()) {
			if (!member.knowsLimit()) {
				unsettled++;
				underway += Math.max(0, limit - member.activeStreams());
			}
		}
		if (!known) {
			return Math.min(room(), (unsettled == 0) ? 1 : 0);
		}
		long uncovered = waiting - underway;
		return (uncovered <= 0) ? 0 : (int) Math.min(room(), (uncovered + limit - 1) / limit);
	}

}
