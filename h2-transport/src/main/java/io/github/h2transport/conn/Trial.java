package io.github.h2transport.conn;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;

import io.github.h2transport.TransportOptions;

/**
 * A connection in doubt: it was silent for long, or a request on it has timed out. A PING
 * asks for life, and requests wait until anything has arrived. If nothing does, the
 * connection ends, and they surely were not sent. Thread-safe, never waiting.
 */
final class Trial {

	private final ClientConn connection;

	/** After so much silence the next request finds the connection in doubt. */
	private final long staleNanos;

	/** Not for those who want no PINGs while requests run. */
	private final boolean asksAfterTimeouts;

	/** Set by whoever is in doubt, taken back by the loop. */
	private final AtomicBoolean on = new AtomicBoolean();

	/** Added to by callers; whoever finds the trial over takes all out. */
	private final Queue<Op> held = new ConcurrentLinkedQueue<>();

	Trial(ClientConn connection, TransportOptions options) {
		this.connection = connection;
		this.staleNanos = options.probeIdleAfter().toNanos();
		this.asksAfterTimeouts = !options.pingInterval().isZero();
	}

	boolean isOn() {
		return this.on.get();
	}

	/**
	 * Keeps a request back if the connection is in doubt.
	 * @param request opens the stream
	 * @param now the time
	 * @return whether it will be submitted when the doubt is over
	 */
	boolean holds(Op request, long now) {
		if (!isOn()) {
			if (this.staleNanos == 0 || now - this.connection.driver().lastReadNanos() < this.staleNanos) {
				return false;
			}
			begin(Doubt.STALE);
		}
		this.held.add(request);
		// It may have ended before the request was there to be seen.
		if (!isOn()) {
			letGo();
		}
		return true;
	}

	/** A request has timed out: either the server is slow, or nobody is there. */
	void timedOut() {
		if (this.asksAfterTimeouts) {
			begin(Doubt.TIMED_OUT);
		}
	}

	/** Asks for life, unless that is being done already. Any thread. */
	private void begin(Doubt doubt) {
		if (this.on.compareAndSet(false, true)
				&& !this.connection.onLoop(() -> this.connection.driver().askForLife(doubt))) {
			over();
		}
	}

	/** Something has arrived, or the connection has ended and will refuse what waits. */
	void over() {
		if (isOn()) {
			this.on.set(false);
			letGo();
		}
	}

	/** Lets the requests that wait look at the clock. Loop. */
	void tick(long now) {
		for (Op request : this.held) {
			request.waits(now);
		}
	}

	private void letGo() {
		for (Op request = this.held.poll(); request != null; request = this.held.poll()) {
			this.connection.submit(request);
		}
	}

	/** Why it is not sure that anybody is there. */
	enum Doubt {

		/** Nothing has arrived for long. */
		STALE,

		/** A request has not been answered in time. */
		TIMED_OUT

	}

}
