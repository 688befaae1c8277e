package io.github.h2transport.pool;

import java.time.Duration;

import io.github.h2transport.Http2Exception;
import org.jspecify.annotations.Nullable;

/**
 * What the default pool had for one key a moment ago.
 *
 * @param open connections that take requests; those that only let streams finish are not
 * counted
 * @param dialling connections on their way
 * @param pending requests that wait for a connection
 * @param oldestWait for how long the oldest of them has waited, zero if none does
 * @param dialFailure what the latest dial failed with, {@code null} if none has failed
 * since a connection was last established
 * @param totals what was counted for this key; it is forgotten when the key has no
 * connection and no request any more
 */
public record PoolSnapshot(int open, int dialling, int pending, Duration oldestWait,
		@Nullable Http2Exception dialFailure, PoolTotals totals) {

	/**
	 * A pool that tells no more.
	 * @param pending requests that wait for a connection
	 * @return a snapshot without connections and totals
	 */
	public static PoolSnapshot ofPending(int pending) {
		return new PoolSnapshot(0, 0, pending, Duration.ZERO, null, PoolTotals.NONE);
	}

}
