package io.github.h2transport.pool;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

import io.github.h2transport.conn.Doubt;
import org.jspecify.annotations.Nullable;

/**
 * The shared connections of a key that take requests, and which of them the next request
 * gets. Changed under the key's lock, read by anybody.
 *
 * @param <C> what callers get
 */
final class OpenMembers<C> {

	/** Stands for a peer that has never told its limit. */
	static final int UNKNOWN = Integer.MAX_VALUE;

	/** More than any load. */
	private static final long IN_DOUBT = Integer.MAX_VALUE;

	/** Each one lost is a slot for somebody else; no load goes on like that. */
	private static final int MOST_ATTEMPTS = 100;

	/** More of them would make a message unreadable. */
	private static final int MOST_DESCRIBED = 8;

	/** Whether connections of the same load take turns. */
	private final boolean spread;

	/** Whose turn it is, if they take turns. Any thread. */
	private final AtomicInteger turn = new AtomicInteger();

	/** How many stay open though they are idle. Guarded by the key's lock. */
	private int kept;

	/** Replaced under the lock, oldest first. */
	private volatile List<Member<C>> members = List.of();

	/**
	 * The peer's latest stream limit; written by loops. A new connection gets no more
	 * requests than that before its own SETTINGS have arrived, since the peer would
	 * refuse them.
	 */
	private volatile int latestLimit = UNKNOWN;

	OpenMembers(boolean spread) {
		this.spread = spread;
	}

	List<Member<C>> all() {
		return this.members;
	}

	int size() {
		return this.members.size();
	}

	boolean isEmpty() {
		return this.members.isEmpty();
	}

	void add(Member<C> member) {
		List<Member<C>> more = new ArrayList<>(this.members);
		more.add(member);
		this.members = List.copyOf(more);
		keepIdle();
	}

	boolean remove(Member<C> member) {
		List<Member<C>> rest = new ArrayList<>(this.members);
		boolean removed = rest.remove(member);
		if (removed) {
			this.members = List.copyOf(rest);
			keepIdle();
		}
		return removed;
	}

	/** Takes one out, so that it closes after its last stream. Guarded by the lock. */
	void leave(Member<C> member, EndReason reason, Decisions<C> decisions) {
		member.leaving(reason);
		member.stage(Member.Stage.LEFT);
		remove(member);
		decisions.drain(member);
	}

	/** Sets how many stay open though they are idle. Guarded by the lock. */
	void keep(int count) {
		this.kept = count;
		keepIdle();
	}

	/** Lets the oldest stay open though they are idle, and no others. */
	private void keepIdle() {
		int left = this.kept;
		for (Member<C> member : this.members) {
			boolean keep = left > 0 && member.leaving() == null;
			member.keepIdle(keep);
			left -= keep ? 1 : 0;
		}
	}

	/** How many go to an address. */
	long at(InetAddress address) {
		return this.members.stream().filter((member) -> address.equals(member.address())).count();
	}

	/** Takes note of a limit that the peer has stated. Any thread. */
	void learnt(int limit) {
		if (this.latestLimit != limit) {
			this.latestLimit = limit;
		}
	}

	/**
	 * Takes a slot of the least loaded connection. Of equals it is the oldest, so that
	 * the others become idle and close; or, if connections are spread over addresses, the
	 * next one, so that each address has its share of a small load too. Any thread,
	 * without a lock.
	 * @param replayable whether the request may meet a limit that is not yet known
	 * @param evenSilent whether there is no hope for anything better than a connection of
	 * which nobody knows whether it lives
	 * @return where the slot is, {@code null} if there is none
	 */
	@Nullable Member<C> reserve(boolean replayable, boolean evenSilent) {
		// The chosen one may fill up meanwhile; another may still be free, and nobody
		// would wake who waits for that one.
		for (int attempt = 0; attempt < MOST_ATTEMPTS; attempt++) {
			Member<C> best = leastLoaded(replayable, evenSilent);
			if (best == null || best.tryReserve(best.knowsLimit() ? Integer.MAX_VALUE : this.latestLimit)) {
				return best;
			}
		}
		return null;
	}

	private @Nullable Member<C> leastLoaded(boolean replayable, boolean evenSilent) {
		List<Member<C>> current = this.members;
		Member<C> best = null;
		long least = Long.MAX_VALUE;
		int first = (this.spread && current.size() > 1) ? Math.floorMod(this.turn.getAndIncrement(), current.size())
				: 0;
		for (int i = 0; i < current.size(); i++) {
			Member<C> member = current.get((first + i) % current.size());
			Doubt doubt = member.doubt();
			if (doubt == Doubt.OVERDUE || (doubt == Doubt.SILENT && !evenSilent)) {
				continue;
			}
			int load = member.activeStreams();
			// Any other goes before one that may be dead.
			long rank = load + doubt.ordinal() * IN_DOUBT;
			if (rank < least && member.canTake()
					&& (member.knowsLimit() || (replayable && load < this.latestLimit && member.isFresh()))) {
				best = member;
				least = rank;
			}
		}
		return best;
	}

	/** Those of which there is no reason to think that they are dead. */
	List<Member<C>> living() {
		List<Member<C>> all = this.members;
		for (Member<C> member : all) {
			if (isDoubtful(member)) {
				return all.stream().filter((one) -> !isDoubtful(one)).toList();
			}
		}
		return all;
	}

	private static boolean isDoubtful(Member<?> member) {
		Doubt doubt = member.doubt();
		return doubt == Doubt.SILENT || doubt == Doubt.OVERDUE;
	}

	/** How many are in such doubt. */
	int count(Doubt doubt) {
		return (int) this.members.stream().filter((member) -> member.doubt() == doubt).count();
	}

	/**
	 * Returns how many streams a further connection would probably allow.
	 * @return {@link #UNKNOWN} if the peer has never said
	 */
	int expectedLimit() {
		int most = -1;
		for (Member<C> member : this.members) {
			if (member.knowsLimit()) {
				most = Math.max(most, member.limit());
			}
		}
		return (most >= 0) ? most : this.latestLimit;
	}

	/**
	 * Returns whether the peer wants no stream at all for the time being: it would only
	 * say the same on another connection.
	 * @return whether every connection has a limit of zero
	 */
	boolean areHeldBack() {
		List<Member<C>> living = living();
		for (Member<C> member : living) {
			if (!member.knowsLimit() || member.limit() > 0) {
				return false;
			}
		}
		return !living.isEmpty();
	}

	/** Whether another one goes to an address that is still the name's. */
	boolean hasOther(Member<C> member, List<InetAddress> addresses) {
		for (Member<C> other : this.members) {
			InetAddress address = other.address();
			if (other != member && other.leaving() == null && address != null && addresses.contains(address)) {
				return true;
			}
		}
		return false;
	}

	/** What there is, for messages. */
	String describe(int most) {
		List<Member<C>> open = this.members;
		StringBuilder words = new StringBuilder().append(open.size())
			.append(" of at most ")
			.append(most)
			.append(" connections are open");
		for (Member<C> member : open.subList(0, Math.min(open.size(), MOST_DESCRIBED))) {
			words.append(", ")
				.append(member.name())
				.append(" with ")
				.append(member.activeStreams())
				.append(" of ")
				.append(member.limit())
				.append(" streams");
		}
		if (open.size() > MOST_DESCRIBED) {
			words.append(", and ").append(open.size() - MOST_DESCRIBED).append(" more");
		}
		return words.toString();
	}

}
