package io.github.h2transport.pool;

import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;

/**
 * What a pool has counted since it was made.
 *
 * @param opened connections that could be used
 * @param dialsFailed dials that ended without such a connection
 * @param closed connections that were open and have ended, by reason; reasons that have
 * not occurred are missing
 * @param waits requests that did not get a connection at once
 * @param replays requests that came back because a connection had turned them away
 * @param pendingHighWater the most requests of one key that waited at the same time
 */
public record PoolTotals(long opened, long dialsFailed, Map<EndReason, Long> closed, long waits, long replays,
		int pendingHighWater) {

	/** Nothing was counted. */
	public static final PoolTotals NONE = new PoolTotals(0, 0, Map.of(), 0, 0, 0);

	/**
	 * Adds what another pool has counted.
	 * @param other the other's
	 * @return the sums, and the higher of the high waters
	 */
	public PoolTotals plus(PoolTotals other) {
		Map<EndReason, Long> both = new EnumMap<>(EndReason.class);
		both.putAll(this.closed);
		other.closed.forEach((reason, count) -> both.merge(reason, count, Long::sum));
		return new PoolTotals(this.opened + other.opened, this.dialsFailed + other.dialsFailed,
				Collections.unmodifiableMap(both), this.waits + other.waits, this.replays + other.replays,
				Math.max(this.pendingHighWater, other.pendingHighWater));
	}

}
