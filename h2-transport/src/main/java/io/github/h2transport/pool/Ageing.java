package io.github.h2transport.pool;

import java.net.InetAddress;
import java.util.List;

import io.github.h2transport.PoolOptions;
import org.jspecify.annotations.Nullable;

/**
 * Which connections are too old, or lead to an address that is gone. Guarded by the key's
 * lock.
 */
final class Ageing {

	/** Nothing will happen by time alone. */
	static final long NEVER = Long.MAX_VALUE;

	/**
	 * By which share of it a lifetime is longer or shorter, so that not all end at once.
	 */
	private static final double JITTER = 0.1;

	private final long lifetime;

	private final long interval;

	/** Meaningless while nothing is open. */
	private long lookedUpAt;

	private boolean lookingUp;

	private @Nullable List<InetAddress> addresses;

	Ageing(PoolOptions options) {
		this.lifetime = options.maxLifetime().toNanos();
		this.interval = options.dnsRefreshInterval().toNanos();
	}

	/**
	 * Takes note of a connection that can be used from now on.
	 * @param member the connection
	 * @param now the clock
	 * @param random 0 to 1
	 * @param first whether it is the only one
	 */
	void born(Member<?> member, long now, double random, boolean first) {
		member.expiresAt(now + (long) (this.lifetime * (1 - JITTER + 2 * JITTER * random)));
		if (first) {
			// Its dial has looked the name up.
			this.lookedUpAt = now;
		}
	}

	/** Marks those that are too old. */
	<C> void mark(OpenMembers<C> open, long now) {
		if (this.lifetime > 0) {
			for (Member<C> member : open.all()) {
				if (member.expiresAt() - now <= 0) {
					member.leaving(EndReason.MAX_LIFETIME);
				}
			}
		}
	}

	/** Whether to look the name up; the answer comes by {@link #lookedUp}. */
	boolean beginLookUp(OpenMembers<?> open, long now) {
		if (this.interval == 0 || this.lookingUp || open.isEmpty() || now - this.lookedUpAt < this.interval) {
			return false;
		}
		this.lookingUp = true;
		return true;
	}

	/**
	 * Marks those whose address is gone. A look-up that failed or found nothing says
	 * nothing about them.
	 * @param open the connections
	 * @param found the name's addresses, {@code null} if it failed
	 * @param now the clock
	 */
	<C> void lookedUp(OpenMembers<C> open, @Nullable List<InetAddress> found, long now) {
		this.lookingUp = false;
		this.lookedUpAt = now;
		if (found == null || found.isEmpty()) {
			return;
		}
		this.addresses = found;
		for (Member<C> member : open.all()) {
			InetAddress address = member.address();
			if (address != null && !found.contains(address)) {
				member.leaving(EndReason.ADDRESS_GONE);
			}
		}
	}

	/** Whether another connection stands in already for one that should leave. */
	<C> boolean isReplaced(Member<C> member, OpenMembers<C> open) {
		List<InetAddress> current = this.addresses;
		return member.leaving() == EndReason.ADDRESS_GONE && current != null && open.hasOther(member, current);
	}

	/** In how many nanoseconds there is something to do. */
	<C> long next(OpenMembers<C> open, long now) {
		long next = NEVER;
		if (this.lifetime > 0) {
			for (Member<C> member : open.all()) {
				if (member.leaving() == null) {
					next = Math.min(next, member.expiresAt() - now);
				}
			}
		}
		if (this.interval > 0 && !this.lookingUp && !open.isEmpty()) {
			next = Math.min(next, this.lookedUpAt + this.interval - now);
		}
		return next;
	}

}
