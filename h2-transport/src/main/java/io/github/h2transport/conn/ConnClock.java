package io.github.h2transport.conn;

import java.io.IOException;
import java.time.Duration;

import io.github.h2transport.ErrorCode;
import io.github.h2transport.Http2TimeoutException;
import io.github.h2transport.Initiator;
import io.github.h2transport.Phase;
import io.github.h2transport.TransportOptions;
import io.github.h2transport.protocol.SendHalf;
import io.github.h2transport.protocol.StarvedUploads;

/**
 * What a connection does because time passes: gives up a set-up that takes too long, asks
 * a silent peer for life, notices a stalled socket, closes when idle. Owned by the loop.
 */
final class ConnClock {

	private final ClientConn connection;

	private final ConnDriver driver;

	private final TransportOptions options;

	private final Pings pings = new Pings();

	private final LifeCheck life;

	private final StarvedUploads uploads = new StarvedUploads();

	private final DialLimit dialLimit;

	ConnClock(ClientConn connection, ConnDriver driver, Resources resources) {
		this.connection = connection;
		this.driver = driver;
		this.options = connection.options();
		this.dialLimit = new DialLimit(connection, connection.createdNanos());
		this.life = new LifeCheck(connection, driver, this.options, resources.pingBackOff(), this.pings);
	}

	DialLimit dialLimit() {
		return this.dialLimit;
	}

	Pings pings() {
		return this.pings;
	}

	LifeCheck life() {
		return this.life;
	}

	void tick(long now) {
		if (!this.driver.hasPeerSettings() && now - this.dialLimit.deadline() >= 0) {
			setUpTooSlow();
			return;
		}
		this.dialLimit.tick(now);
		if (!this.driver.wasEstablished()) {
			return;
		}
		this.pings.tick(now, this.connection);
		if (isStalled(now)) {
			// A selector calls a socket writable only when much of its buffer is free. On
			// a slow link that may take longer, and any octet taken is life.
			this.connection.writer().writable();
		}
		if (isStalled(now)) {
			this.driver.ending()
				.broken(new IOException("the peer has taken no octet for " + this.options.writeStallTimeout().toMillis()
						+ " ms (h2.transport.write-stall-timeout)"));
			return;
		}
		if (this.life.endIfDead(now)) {
			return;
		}
		if (this.connection.inFlight() > 0) {
			int abandoned = 0;
			boolean waiting = false;
			for (ClientStream stream : this.connection.streams().all()) {
				stream.tick(now);
				abandoned += stream.isAbandoned() ? 1 : 0;
				waiting |= waitsForConnection(stream);
			}
			if (abandoned > 0 && abandoned == this.connection.inFlight()) {
				this.driver.ending().endAbandoned();
				return;
			}
			if (this.uploads.look(now, waiting, this.connection.sendHalf().dataSent())
					&& this.connection.slots().isAccepting()) {
				// Those that run may still be helped; others should not join them.
				this.connection.slots().retire();
				this.driver.ending().retire();
			}
			this.connection.writer().tick(now);
			this.connection.trial().tick(now);
			this.life.check(now);
		}
		else {
			checkIdle(now);
		}
	}

	private boolean waitsForConnection(ClientStream stream) {
		SendHalf half = this.connection.sendHalf();
		return half.connectionWindow() <= 0 && !stream.isContentOver() && stream.readyOctets() > 0
				&& stream.sendWindow().available(half.peer().initialWindowSize()) > 0;
	}

	private boolean isStalled(long now) {
		long since = this.connection.writer().stalledSince();
		return since != 0 && now - since > this.options.writeStallTimeout().toNanos();
	}

	private void setUpTooSlow() {
		boolean established = this.driver.wasEstablished();
		Phase phase = established ? Phase.PREFACE : Phase.TLS;
		this.driver.ending()
			.end(new Http2TimeoutException(
					"Timed out in " + phase.words() + " with " + this.connection.key().origin() + "; the limit is "
							+ this.dialLimit.words(),
					null, this.connection.context(Initiator.LIBRARY, phase).withSafeToRetry(!established)),
					ErrorCode.SETTINGS_TIMEOUT);
	}

	private void checkIdle(long now) {
		this.connection.trial().nothingToAnswer();
		Duration timeout = this.options.idleTimeout();
		boolean kept = this.connection.book().isKeptIdle();
		if (kept) {
			this.life.checkKept(now);
		}
		if (!timeout.isZero() && !kept && now - this.connection.idleSince() >= timeout.toNanos()) {
			this.driver.ending().closeIfIdle("idle for " + timeout);
		}
		else {
			this.driver.ending().drained();
		}
	}

}
