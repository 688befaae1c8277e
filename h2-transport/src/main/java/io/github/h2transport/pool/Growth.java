package io.github.h2transport.pool;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;

import io.github.h2transport.TransportOptions;

/**
 * How many connections a key should have: when to dial, and how many at once. Guarded by
 * the key's lock.
 *
 * @param <C> what callers get
 */
final class Growth<C> {

	private final TransportOptions options;

	private final OpenMembers<C> open;

	/** Dials in flight, and connections that ended before it was known what they are. */
	private final List<Member<C>> coming = new ArrayList<>();

	private int kept;

	Growth(TransportOptions options, OpenMembers<C> open) {
		this.options = options;
		this.open = open;
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

	/** How many may be dialled now. */
	int room() {
		return most() - this.open.size() - this.coming.size();
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
		return Math.min(room(), wanted - this.open.size() - this.coming.size());
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
		for (Member<C> member : this.open.all()) {
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
