package io.github.h2transport.conn;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

import io.github.h2transport.Http2Exception;
import io.github.h2transport.Http2TimeoutException;
import io.github.h2transport.Initiator;
import io.github.h2transport.Phase;
import org.jspecify.annotations.Nullable;

/**
 * Our PINGs that have no answer yet (RFC 9113 section 6.7). Owned by the loop; the
 * volatile fields are read by snapshots.
 */
final class Pings {

	private final Map<Long, Ping> inFlight = new HashMap<>();

	private long lastPayload;

	private volatile int count;

	private volatile @Nullable Duration lastRoundTrip;

	/** Notes a PING of our own; returns its payload. */
	long sent(long now) {
		return sent(now, 0, null);
	}

	long sent(long now, long deadline, @Nullable CompletableFuture<Duration> result) {
		long payload = ++this.lastPayload;
		this.inFlight.put(payload, new Ping(now, deadline, result));
		this.count = this.inFlight.size();
		return payload;
	}

	/**
	 * Takes an answer; one that nobody waits for is ignored.
	 * @return how long it took in nanoseconds, negative if nobody waits for it
	 */
	long answered(long payload, long now) {
		Ping ping = this.inFlight.remove(payload);
		if (ping == null) {
			return -1;
		}
		this.count = this.inFlight.size();
		long took = now - ping.sentAt;
		measured(took);
		if (ping.result != null) {
			ping.result.complete(Duration.ofNanos(took));
		}
		return took;
	}

	/** Notes the latest round trip, however it was measured. */
	void measured(long nanos) {
		this.lastRoundTrip = Duration.ofNanos(nanos);
	}

	void tick(long now, ClientConn connection) {
		if (this.inFlight.isEmpty()) {
			return;
		}
		for (Map.Entry<Long, Ping> entry : new ArrayList<>(this.inFlight.entrySet())) {
			Ping ping = entry.getValue();
			if (ping.result != null && now - ping.deadline >= 0) {
				this.inFlight.remove(entry.getKey());
				ping.result.completeExceptionally(
						new Http2TimeoutException("No answer to a PING in time on " + connection.describe(), null,
								connection.context(Initiator.LIBRARY, Phase.IDLE)));
			}
		}
		this.count = this.inFlight.size();
	}

	void endedBy(Http2Exception cause) {
		for (Ping ping : new ArrayList<>(this.inFlight.values())) {
			if (ping.result != null) {
				ping.result.completeExceptionally(cause);
			}
		}
		this.inFlight.clear();
		this.count = 0;
	}

	/** Whether the peer has had a PING of ours. */
	boolean everSent() {
		return this.lastPayload != 0;
	}

	/** How many PINGs of ours there were, but for those that measure windows. */
	long sentSoFar() {
		return this.lastPayload;
	}

	int inFlight() {
		return this.count;
	}

	@Nullable Duration lastRoundTrip() {
		return this.lastRoundTrip;
	}

	private record Ping(long sentAt, long deadline, @Nullable CompletableFuture<Duration> result) {
	}

}
