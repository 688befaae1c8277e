package io.github.h2transport.conn;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import io.github.h2transport.Origin;

/**
 * Remembers which servers have ended a connection because of our PINGs; their next
 * connections see fewer. Thread-safe.
 */
final class PingBackOff {

	/** Beyond 32 times the interval a PING would find nothing out in time. */
	private static final int MOST_DOUBLINGS = 5;

	/** Servers that complain are few; more are forgotten rather than kept for ever. */
	private static final int MOST_ORIGINS = 1000;

	private final Map<Origin, Integer> doublings = new ConcurrentHashMap<>();

	/** A server has had too many PINGs. */
	void complained(Origin origin) {
		if (this.doublings.size() >= MOST_ORIGINS) {
			this.doublings.clear();
		}
		this.doublings.merge(origin, 1, (old, one) -> Math.min(MOST_DOUBLINGS, old + one));
	}

	/** How often the interval is doubled for a server. */
	int doublings(Origin origin) {
		return this.doublings.getOrDefault(origin, 0);
	}

}
