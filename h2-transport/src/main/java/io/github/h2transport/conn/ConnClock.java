package io.github.h2transport.conn;

import java.io.IOException;
import java.time.Duration;

import io.github.h2transport.ErrorCode;
import io.github.h2transport.Http2TimeoutException;
import io.github.h2transport.Initiator;
import io.github.h2transport.Phase;
import io.github.h2transport.TransportOptions;

/**
 * What a connection does because time passes: gives up a set-up that takes too long, asks
 * a silent peer for life, notices a stalled socket, closes when idle. Owned by the loop.
 */
final class ConnClock {

	/** A socket that takes nothing for so long, though octets wait, is dead. */
	private static final long WRITE_STALL_NANOS = 30_000_000_000L;

	private final ClientConn connection;

	private final ConnDriver driver;

	private final TransportOptions options;

	private final Pings pings = new Pings();

	/** When the connection must be usable, and later: when SETTINGS must be there. */
	private long connectDeadline;

	/** When the peer was asked for life, 0 if nothing has to be answered. */
	private long pingSentAt;

	ConnClock(ClientConn connection, ConnDriver driver, TransportOptions options) {
		this.connection = connection;
		this.driver = driver;
		this.options = options;
	}

	void connectDeadline(long deadline) {
		this.connectDeadline = deadline;
	}

	Pings pings() {
		return this.pings;
	}

	/** Any octet is a sign of life. */
	void alive() {
		this.pingSentAt = 0;
	}

	void tick(long now) {
		if (!this.driver.hasPeerSettings() && now - this.connectDeadline >= 0) {
			setUpTooSlow();
			return;
		}
		if (!this.driver.wasEstablished()) {
			return;
		}
		this.pings.tick(now, this.connection);
		if (isStalled(now)) {
			// A selector calls a socket writable only when much of its buffer is free. On
			// a slow link that may take longer, and any octet taken is life.
			this.connection.pen().writable();
		}
		if (isStalled(now)) {
			this.driver.ending()
				.broken(new IOException(
						"the peer has taken no octet for " + Duration.ofNanos(WRITE_STALL_NANOS).toSeconds() + " s"));
			return;
		}
		if (this.connection.inFlight() > 0) {
			for (ClientStream stream : this.connection.streams().all()) {
				stream.tick(now);
			}
			checkLife(now);
		}
		else {
			checkIdle(now);
		}
	}

	private boolean isStalled(long now) {
		long since = this.connection.pen().stalledSince();
		return since != 0 && now - since > WRITE_STALL_NANOS;
	}

	private void setUpTooSlow() {
		boolean established = this.driver.wasEstablished();
		Phase phase = established ? Phase.PREFACE : Phase.TLS;
		this.driver.ending()
			.end(new Http2TimeoutException(
					"Timed out in " + phase.words() + " with " + this.connection.key().origin() + " (connect timeout)",
					null, this.connection.context(Initiator.LIBRARY, phase).withSafeToRetry(!established)),
					ErrorCode.SETTINGS_TIMEOUT);
	}

	private void checkLife(long now) {
		long interval = this.options.pingInterval().toNanos();
		if (interval == 0) {
			return;
		}
		if (this.pingSentAt != 0) {
			if (now - this.pingSentAt > this.options.pingTimeout().toNanos()) {
				this.driver.ending()
					.broken(new IOException(
							"the peer did not answer a PING within " + this.options.pingTimeout().toMillis() + " ms"));
			}
		}
		else if (now - this.driver.lastReadNanos() > interval && now - this.connection.lastStart() > interval) {
			this.pingSentAt = now;
			this.connection.submit(new ConnOps.Ping(this.pings.sent(now)));
		}
	}

	private void checkIdle(long now) {
		this.pingSentAt = 0;
		Duration timeout = this.options.idleTimeout();
		if (!timeout.isZero() && !this.connection.isKeptIdle()
				&& now - this.connection.idleSince() >= timeout.toNanos()) {
			this.driver.ending().closeIfIdle("idle for " + timeout);
		}
		else {
			this.driver.ending().drained();
		}
	}

}
