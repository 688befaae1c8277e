package io.github.h2transport.conn;

import java.io.IOException;
import java.time.Duration;

import io.github.h2transport.ErrorCode;
import io.github.h2transport.TransportOptions;
import io.github.h2transport.protocol.Liveness;

/**
 * Asks a silent peer for life by PING (RFC 9113 section 6.7), as {@link Liveness} says,
 * and lets the connection's {@link Trial} know what follows. Owned by the loop.
 */
final class LifeCheck {

	/**
	 * A connection that has brought something so recently is not asked because a request
	 * has timed out: the server lives and is slow.
	 */
	private static final long RECENT_NANOS = 1_000_000_000L;

	private final ClientConn connection;

	private final ConnDriver driver;

	private final TransportOptions options;

	private final PingBackOff backOff;

	private final Pings pings;

	private final Liveness liveness;

	LifeCheck(ClientConn connection, ConnDriver driver, TransportOptions options, PingBackOff backOff, Pings pings) {
		this.connection = connection;
		this.driver = driver;
		this.options = options;
		this.backOff = backOff;
		this.pings = pings;
		this.liveness = new Liveness(options.pingInterval().toNanos(), options.pingTimeout().toNanos());
	}

	/** Something has arrived. */
	void alive() {
		this.liveness.received();
		this.connection.trial().over();
	}

	/** HEADERS or DATA have arrived. */
	void heard() {
		this.liveness.heard();
	}

	/**
	 * Gives the connection up if it was asked and has not answered; before that, lets
	 * others know when the answer is overdue.
	 * @return whether it was given up
	 */
	boolean endIfDead(long now) {
		if (this.liveness.isDead(now)) {
			this.driver.ending()
				.broken(new IOException("the peer did not answer a PING within " + this.options.pingTimeout().toMillis()
						+ " ms (h2.transport.ping-timeout)"));
			return true;
		}
		if (this.liveness.isOverdue(now, this.connection.tuning().roundTrips().nanos())) {
			this.connection.trial().overdue(Duration.ofNanos(this.liveness.owing(now)));
		}
		return false;
	}

	/**
	 * Asks after a silence, if streams are open. It begins with the latest octet, or with
	 * the first request after it if nothing was open then.
	 */
	void check(long now) {
		look(now);
		ConnStreams book = this.connection.book();
		if (book.open() == 0) {
			this.connection.trial().nothingToAnswer();
			return;
		}
		long read = this.driver.lastReadNanos();
		long silence = Math.min(now - read, now - book.waitingSince());
		if (this.liveness.isDue(silence, book.lastStart() - read > 0, complaints())) {
			ask(now);
		}
		else if (this.liveness.isSilent(silence, complaints())) {
			this.connection.trial().silent();
		}
	}

	/**
	 * Asks after a silence, though no stream is open: a connection that is kept for the
	 * next request should be able to take it. Servers that mind PINGs mind them most
	 * while nothing runs, so one that has complained gets none; requests find out.
	 */
	void checkKept(long now) {
		look(now);
		if (complaints() == 0 && this.liveness.isDue(this.options.probeIdleAfter().toNanos(),
				now - this.driver.lastReadNanos(), false, 0)) {
			ask(now);
		}
	}

	/** Asks because of a long silence. */
	void tryStale(long now) {
		if (!this.liveness.isAsked()) {
			askIfBorne(now);
		}
	}

	/** Asks because a request has timed out. */
	void tryLate(long now) {
		if (this.liveness.isAsked()) {
			// The answer to the PING that is on its way will do.
			return;
		}
		if (now - this.driver.lastReadNanos() < RECENT_NANOS) {
			this.connection.trial().over();
			return;
		}
		askIfBorne(now);
	}

	/** Not if the PING could cost running streams their connection. */
	private void askIfBorne(long now) {
		look(now);
		if (this.liveness.bearsPing(now) || this.connection.book().open() == 0) {
			ask(now);
		}
		else {
			this.connection.trial().silent();
		}
	}

	private void ask(long now) {
		this.liveness.asked(now);
		this.connection.trial().asked();
		// The answer to somebody else's that is on its way will do, too.
		if (this.pings.inFlight() == 0) {
			this.connection.submit(new ConnOps.Ping(this.pings.sent(now)));
		}
	}

	private void look(long now) {
		this.liveness.pings(this.pings.sentSoFar() + this.connection.tuning().roundTrips().probes(), now);
	}

	private int complaints() {
		return this.backOff.doublings(this.connection.key().origin());
	}

	/** GOAWAY has come; if our PINGs may be the reason, there will be fewer. */
	void goAway(ErrorCode code) {
		if (code.equals(ErrorCode.ENHANCE_YOUR_CALM) && this.pings.everSent()) {
			this.backOff.complained(this.connection.key().origin());
		}
	}

}
