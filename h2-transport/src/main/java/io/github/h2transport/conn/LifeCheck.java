package io.github.h2transport.conn;

import java.io.IOException;
import java.time.Duration;

import io.github.h2transport.ErrorCode;
import io.github.h2transport.TransportOptions;

/**
 * Asks a silent peer for life by PING (RFC 9113 section 6.7), and not more often than
 * servers bear. Any octet is an answer. Owned by the loop.
 */
final class LifeCheck {

	/**
	 * So many PINGs gRPC servers take after their latest HEADERS or DATA, however soon:
	 * the first is free, two more are forgiven, the next one ends the connection with all
	 * that runs on it.
	 */
	private static final int MOST_PINGS = 3;

	/** What gRPC servers take without complaint at any time. */
	private static final long LONGEST_INTERVAL_NANOS = 300_000_000_000L;

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

	/** When the peer was asked, 0 if nothing has to be answered. */
	private long askedAt;

	/** HEADERS or DATA have arrived since the latest look. */
	private boolean heard;

	/** How many PINGs had been sent at the latest look. */
	private long pingsSeen;

	/** When the latest of them was sent, or a little later. */
	private long pingedAt;

	/** How many of them were sent before the latest HEADERS or DATA, at least. */
	private long pingsBefore;

	LifeCheck(ClientConn connection, ConnDriver driver, TransportOptions options, PingBackOff backOff, Pings pings) {
		this.connection = connection;
		this.driver = driver;
		this.options = options;
		this.backOff = backOff;
		this.pings = pings;
	}

	/** Something has arrived. */
	void alive() {
		this.askedAt = 0;
		this.connection.trial().over();
	}

	/**
	 * Gives the connection up if it was asked and has not answered.
	 * @return whether it was
	 */
	boolean endIfDead(long now) {
		Duration timeout = this.options.pingTimeout();
		if (this.askedAt == 0 || now - this.askedAt <= timeout.toNanos()) {
			return false;
		}
		this.driver.ending()
			.broken(new IOException(
					"the peer did not answer a PING within " + timeout.toMillis() + " ms (h2.transport.ping-timeout)"));
		return true;
	}

	/**
	 * HEADERS or DATA have arrived. Those that we send do not count: servers go by their
	 * own.
	 */
	void heard() {
		this.heard = true;
	}

	/** Asks after a silence, while streams are open. */
	void check(long now) {
		look(now);
		if (this.askedAt == 0 && !this.options.pingInterval().isZero()) {
			askAfter(this.options.pingInterval(), now);
		}
	}

	/**
	 * Asks after a silence, though no stream is open: a connection that is kept for the
	 * next request should be able to take it. Servers that mind PINGs mind them most
	 * while nothing runs, so one that has complained gets none; requests find out.
	 */
	void checkKept(long now) {
		look(now);
		if (this.askedAt == 0 && !this.options.probeIdleAfter().isZero() && complaints() == 0) {
			askAfter(this.options.probeIdleAfter(), now);
		}
	}

	private void askAfter(Duration silence, long now) {
		long interval = interval(silence);
		if (now - this.driver.lastReadNanos() > interval && now - this.connection.lastStart() > interval) {
			ask(now);
		}
	}

	/**
	 * Asks because the connection is on trial after a long silence; not if the PING could
	 * cost running streams their connection. They are being watched already.
	 */
	void tryStale(long now) {
		look(now);
		boolean tooMany = inARow() >= MOST_PINGS && now - this.pingedAt < LONGEST_INTERVAL_NANOS;
		if (this.askedAt == 0 && tooMany && !this.connection.streams().all().isEmpty()) {
			this.connection.trial().over();
			return;
		}
		tryNow(now);
	}

	/** Asks because the connection is on trial. */
	void tryNow(long now) {
		if (this.askedAt != 0) {
			// The answer to the PING that is on its way will do.
			return;
		}
		if (now - this.driver.lastReadNanos() < RECENT_NANOS) {
			this.connection.trial().over();
			return;
		}
		ask(now);
	}

	private void ask(long now) {
		this.askedAt = StreamWaiter.nonZero(now);
		// The answer to somebody else's that is on its way will do, too.
		if (this.pings.inFlight() == 0) {
			this.connection.submit(new ConnOps.Ping(this.pings.sent(now)));
		}
	}

	/**
	 * Takes note of what has arrived. A PING that was sent since the latest look may have
	 * come before or after them; it counts as sent after.
	 */
	private void look(long now) {
		if (this.heard) {
			this.heard = false;
			this.pingsBefore = this.pingsSeen;
		}
		long sent = pingsSent();
		if (sent != this.pingsSeen) {
			this.pingsSeen = sent;
			this.pingedAt = now;
		}
	}

	private long inARow() {
		return this.pingsSeen - this.pingsBefore;
	}

	/** The peer counts them all, whoever has asked for them. */
	private long pingsSent() {
		return this.pings.sentSoFar() + this.connection.tuning().roundTrips().probes();
	}

	/** How long the peer may be silent. */
	private long interval(Duration shortest) {
		long interval = shortest.toNanos();
		long inARow = inARow();
		if (inARow >= MOST_PINGS) {
			return Math.max(interval, LONGEST_INTERVAL_NANOS);
		}
		long doublings = complaints() + Math.max(0, inARow - 1);
		for (long i = 0; i < doublings && interval < LONGEST_INTERVAL_NANOS; i++) {
			interval = Math.min(2 * interval, LONGEST_INTERVAL_NANOS);
		}
		return interval;
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
