package io.github.h2transport.pool;

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

}
