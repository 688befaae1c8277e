package io.github.h2transport.pool;

import java.time.Duration;
import java.util.Map;

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
 * @param retryIn after dials that failed: in how long the next may begin, zero if it may
 * now
 * @param limits what the pool allows
 * @param leaving why connections are to go that are still there, by their ids
 * @param recent what has gone wrong lately
 * @param totals what was counted for this key; it is forgotten when the key has no
 * connection and no request any more
 */
public record PoolSnapshot(int open, int dialling, int pending, Duration oldestWait,
		@Nullable Http2Exception dialFailure, Duration retryIn, Limits limits, Map<String, EndReason> leaving,
		Recent recent, PoolTotals totals) {

	/**
	 * A pool that tells no more.
	 * @param pending requests that wait for a connection
	 * @return a snapshot without connections and totals
	 */
	public static PoolSnapshot ofPending(int pending) {
		return new PoolSnapshot(0, 0, pending, Duration.ZERO, null, Duration.ZERO, Limits.NONE, Map.of(), Recent.NONE,
				PoolTotals.NONE);
	}

	/**
	 * What a pool allows for one key.
	 *
	 * @param maxConnections connections at the same time
	 * @param maxStreamsPerConnection streams at the same time on each, if the server
	 * allows as many
	 * @param maxPending requests that may wait
	 */
	public record Limits(int maxConnections, int maxStreamsPerConnection, int maxPending) {

		/** Nothing is known of limits. */
		public static final Limits NONE = new Limits(Integer.MAX_VALUE, Integer.MAX_VALUE, Integer.MAX_VALUE);

	}

	/**
	 * What has gone wrong with the connections of one key lately.
	 *
	 * @param over the time that is looked back
	 * @param goAways connections that the server has retired with GOAWAY
	 * @param calmed those of them that it has ended with ENHANCE_YOUR_CALM
	 * @param lost connections that were lost
	 * @param replays requests that came back because a connection had turned them away
	 * @param latest the words of the latest of these ends, {@code null} if there was none
	 * @param latestAgo how long ago that was
	 */
	public record Recent(Duration over, int goAways, int calmed, int lost, int replays, @Nullable String latest,
			Duration latestAgo) {

		/** Nothing has gone wrong. */
		public static final Recent NONE = new Recent(RecentEvents.SPAN, 0, 0, 0, 0, null, Duration.ZERO);

	}

}
