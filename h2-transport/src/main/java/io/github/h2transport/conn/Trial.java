package io.github.h2transport.conn;

import java.time.Duration;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicReference;

import io.github.h2transport.ConnectionException;
import io.github.h2transport.Http2Exception;
import io.github.h2transport.Initiator;
import io.github.h2transport.Phase;
import io.github.h2transport.TransportOptions;

/**
 * A connection in doubt: it was silent for long, or a request on it has timed out. A PING
 * asks for life, and requests wait until anything has arrived. When the answer is overdue
 * they go elsewhere, for they surely were not sent, and no more are taken. Thread-safe,
 * never waiting.
 */
final class Trial {

	private final ClientConn connection;

	/** After so much silence the next request finds the connection in doubt. */
	private final long staleNanos;

	/** Not for those who want no PINGs while requests run. */
	private final boolean asksAfterTimeouts;

	/** Raised to ASKED by whoever is in doubt; all else is the loop's. */
	private final AtomicReference<Doubt> doubt = new AtomicReference<>(Doubt.NONE);

	/** Added to by callers; whoever finds the trial over or in vain takes all out. */
	private final Queue<OpenOp> held = new ConcurrentLinkedQueue<>();

	/** Written by the loop, before it says that the answer is overdue. */
	private volatile Duration owing = Duration.ZERO;

	Trial(ClientConn connection, TransportOptions options) {
		this.connection = connection;
		this.staleNanos = options.probeIdleAfter().toNanos();
		this.asksAfterTimeouts = !options.pingInterval().isZero();
	}

	Doubt doubt() {
		return Objects.requireNonNull(this.doubt.get());
	}

	/** Whether requests wait. */
	boolean isOn() {
		Doubt current = doubt();
		return current == Doubt.ASKED || current == Doubt.OVERDUE;
	}

	/**
	 * Keeps a request back if the connection is in doubt.
	 * @param request opens the stream
	 * @param now the time
	 * @return whether it will be submitted when the doubt is over
	 */
	boolean holds(OpenOp request, long now) {
		if (!isOn()) {
			if (this.staleNanos == 0 || now - this.connection.driver().lastReadNanos() < this.staleNanos) {
				return false;
			}
			begin(Reason.STALE);
		}
		this.held.add(request);
		// It may have ended before the request was there to be seen.
		if (!isOn()) {
			letGo();
		}
		else if (doubt() == Doubt.OVERDUE) {
			turnAway();
		}
		return true;
	}

	/** A request has timed out: either the server is slow, or nobody is there. */
	void timedOut() {
		if (this.asksAfterTimeouts) {
			begin(Reason.TIMED_OUT);
		}
	}

	/** Asks for life, unless that is being done already. Any thread. */
	private void begin(Reason reason) {
		if ((this.doubt.compareAndSet(Doubt.NONE, Doubt.ASKED) || this.doubt.compareAndSet(Doubt.SILENT, Doubt.ASKED))
				&& !this.connection.onLoop(() -> this.connection.driver().askForLife(reason))) {
			over();
		}
	}

	/** The peer is being asked. Loop. */
	void asked() {
		this.doubt.set(Doubt.ASKED);
	}

	/** Silence is all there is to judge by; requests are sent all the same. Loop. */
	void silent() {
		if (this.doubt.getAndSet(Doubt.SILENT) != Doubt.SILENT) {
			letGo();
			this.connection.loop().later(() -> this.connection.observer().doubted(this.connection));
		}
	}

	/** No stream is open, so that silence means nothing. Loop. */
	void nothingToAnswer() {
		if (doubt() == Doubt.SILENT && this.doubt.compareAndSet(Doubt.SILENT, Doubt.NONE)) {
			recovered();
		}
	}

	/** The answer is overdue. Loop. */
	void overdue(Duration since) {
		this.owing = since;
		if (this.doubt.getAndSet(Doubt.OVERDUE) != Doubt.OVERDUE) {
			this.connection.slots().pause(true);
			turnAway();
			this.connection.loop().later(() -> this.connection.observer().doubted(this.connection));
		}
	}

	/** Something has arrived, or the connection has ended and will refuse what waits. */
	void over() {
		if (doubt() == Doubt.NONE) {
			return;
		}
		Doubt before = this.doubt.getAndSet(Doubt.NONE);
		if (before == Doubt.OVERDUE) {
			this.connection.slots().pause(false);
		}
		if (before == Doubt.OVERDUE || before == Doubt.SILENT) {
			recovered();
		}
		letGo();
	}

	private void recovered() {
		if (!this.connection.slots().isOpen()) {
			return;
		}
		this.connection.loop().later(() -> this.connection.observer().slotsFreed(this.connection));
	}

	/** Lets the requests that wait look at the clock. Loop. */
	void tick(long now) {
		for (OpenOp request : this.held) {
			request.waits(now);
		}
		this.held.removeIf(OpenOp::isOver);
	}

	private void letGo() {
		for (OpenOp request = this.held.poll(); request != null; request = this.held.poll()) {
			this.connection.submit(request);
		}
	}

	private void turnAway() {
		for (OpenOp request = this.held.poll(); request != null; request = this.held.poll()) {
			request.turnAway(this::overdueFailure);
		}
	}

	private Http2Exception overdueFailure() {
		return new ConnectionException(
				"No answer to a PING for " + this.owing.toMillis() + " ms on " + this.connection.describe()
						+ "; the request was not sent there",
				null, this.connection.context(Initiator.PEER, Phase.REQUEST_HEAD).withSafeToRetry(true));
	}

	/** Why it is not sure that anybody is there. */
	enum Reason {

		/** Nothing has arrived for long. */
		STALE,

		/** A request has not been answered in time. */
		TIMED_OUT

	}

}
