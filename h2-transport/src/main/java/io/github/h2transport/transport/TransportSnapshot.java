package io.github.h2transport.transport;

import java.time.Duration;
import java.util.List;

import io.github.h2transport.ConnectionKey;
import io.github.h2transport.conn.ConnectionSnapshot;
import io.github.h2transport.conn.Traffic;
import io.github.h2transport.pool.PoolSnapshot;
import io.github.h2transport.pool.PoolTotals;
import org.jspecify.annotations.Nullable;

/**
 * What a transport looked like a moment ago: every live connection, whichever pool it is
 * in.
 *
 * @param origins one entry a connection key
 * @param totals what the pool has counted since the transport was made
 * @param traffic how much content was carried since then
 */
public record TransportSnapshot(List<OriginSnapshot> origins, PoolTotals totals, Traffic traffic) {

	/**
	 * A picture without totals.
	 * @param origins one entry a connection key
	 */
	public TransportSnapshot(List<OriginSnapshot> origins) {
		this(origins, PoolTotals.NONE, Traffic.NONE);
	}

	/**
	 * The connections of one key.
	 *
	 * @param key what their requests have in common
	 * @param pending how many requests wait for a connection
	 * @param connections the connections, oldest first
	 * @param pool what the pool tells of them, {@code null} if it tells nothing
	 */
	public record OriginSnapshot(ConnectionKey key, int pending, List<ConnectionSnapshot> connections,
			@Nullable PoolSnapshot pool) {

		/**
		 * The connections of a pool that tells no more.
		 * @param key what their requests have in common
		 * @param pending how many requests wait for a connection
		 * @param connections the connections, oldest first
		 */
		public OriginSnapshot(ConnectionKey key, int pending, List<ConnectionSnapshot> connections) {
			this(key, pending, connections, null);
		}

		/**
		 * Returns for how long the oldest waiting request has waited.
		 * @return zero if none does, or if the pool does not tell
		 */
		public Duration oldestWait() {
			return (this.pool != null) ? this.pool.oldestWait() : Duration.ZERO;
		}

	}

}
