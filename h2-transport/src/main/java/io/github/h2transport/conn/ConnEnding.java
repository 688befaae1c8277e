package io.github.h2transport.conn;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;

import io.github.h2transport.ConnectionException;
import io.github.h2transport.ErrorCode;
import io.github.h2transport.Http2Exception;
import io.github.h2transport.Http2TimeoutException;
import io.github.h2transport.Initiator;
import io.github.h2transport.Phase;
import io.github.h2transport.TransportListener;
import org.jspecify.annotations.Nullable;

/**
 * How a connection ends: it stops taking requests, lets the running ones finish, says
 * GOAWAY, reads on for a moment, and closes. Every field that is not final belongs to the
 * loop; volatile ones are read by others.
 */
final class ConnEnding {

	/** A closed connection reads on so long, or so much: unread input would reset it. */
	private static final long LINGER_NANOS = 1_000_000_000L;

	private static final int LINGER_OCTETS = 1024 * 1024;

	private final ClientConn connection;

	private final ConnDriver driver;

	private final Loop loop;

	private final Resources resources;

	private final ConnFailures failures;

	private final ConnectionLog log;

	private final AtomicInteger queuedGoAways = new AtomicInteger();

	/**
	 * Why the connection ends; no stream survives it. Set before the slots are closed, so
	 * that whoever finds them closed can tell why.
	 */
	private volatile @Nullable Http2Exception endedBy;

	/** What the peer's GOAWAY said. */
	private @Nullable ErrorCode goAwayCode;

	private boolean goAwaySent;

	private long lingerDeadline;

	private int lingered;

	private boolean outputFinished;

	private boolean closed;

	/** What is wrong with the end although no caller is told; for the log. */
	private @Nullable String unseen;

	ConnEnding(ClientConn connection, ConnDriver driver, Loop loop, Resources resources, ConnFailures failures) {
		this.connection = connection;
		this.driver = driver;
		this.loop = loop;
		this.resources = resources;
		this.failures = failures;
		this.log = new ConnectionLog(connection, resources.warnings());
	}

	// ---- no new requests ----

	/** The peer's GOAWAY: it takes no more requests, and never looked at some. */
	void goAwayReceived(ErrorCode code) {
		this.goAwayCode = code;
		if (!code.equals(ErrorCode.NO_ERROR)) {
			// Running streams may well finish, and others are sent again elsewhere.
			this.unseen = "the server's GOAWAY says " + code + this.failures.debugText();
		}
		stopAccepting();
	}

	/** It has had all the requests that it is for; those that have a slot may go on. */
	void retire() {
		draining();
		drained();
	}

	private void stopAccepting() {
		this.connection.slots().refuse();
		draining();
	}

	private void draining() {
		if (this.connection.state() == ConnectionState.OPEN) {
			this.connection.state(ConnectionState.DRAINING);
			this.loop.afterFlush(() -> this.connection.observer().draining(this.connection));
		}
	}

	// ---- the end ----

	/** Lets running streams finish, and then closes. */
	void drain(String reason) {
		if (this.closed || this.endedBy != null) {
			return;
		}
		if (!this.driver.wasEstablished()) {
			end(this.failures.cancelled(reason), ErrorCode.NO_ERROR);
			return;
		}
		// A client's GOAWAY tells the server nothing that matters to running streams, and
		// some servers (Tomcat) close the connection on it: it goes out with the last
		// stream.
		stopAccepting();
		drained();
	}

	private void sendGoAway(ErrorCode code, String reason) {
		if (!this.goAwaySent || !code.equals(ErrorCode.NO_ERROR)) {
			this.goAwaySent = true;
			FlightRecorder.goAway(this.connection, true, code.name(), 0);
			this.connection.submit(new ConnOps.GoAway(code, reason, this.queuedGoAways));
		}
	}

	/** Ends a connection that takes no more requests as soon as none is left. */
	void drained() {
		Slots slots = this.connection.slots();
		if (!this.closed && this.endedBy == null && this.driver.wasEstablished() && !slots.isAccepting()
				&& slots.closeIfUnused()) {
			end(this.failures.cancelled("no longer needed"), ErrorCode.NO_ERROR);
		}
	}

	void closeIfIdle(String reason) {
		if (this.driver.wasEstablished() && this.endedBy == null && this.connection.slots().closeIfUnused()) {
			this.connection.slots().refuse();
			end(this.failures.cancelled(reason), ErrorCode.NO_ERROR);
		}
	}

	/** Nobody wants any of its streams, and it takes no new ones. */
	void endAbandoned() {
		if (!this.connection.slots().isAccepting()) {
			end(this.failures.cancelled("nobody wants its streams"), ErrorCode.NO_ERROR);
		}
	}

	/**
	 * Ends the connection and every stream on it. GOAWAY goes out first, then the end of
	 * the output; input is read for a while, since closing with unread input would
	 * destroy the GOAWAY on its way.
	 * @param cause what the streams are told
	 * @param code what the peer is told
	 */
	void end(Http2Exception cause, ErrorCode code) {
		if (this.closed || this.endedBy != null) {
			return;
		}
		this.endedBy = cause;
		if (!code.equals(ErrorCode.NO_ERROR) && this.driver.hasPeerSettings() && this.connection.inFlight() == 0) {
			this.unseen = "no call was running that could tell";
		}
		stopAccepting();
		this.connection.state(ConnectionState.DRAINING);
		failStreams(cause);
		this.connection.trial().over();
		if (!this.driver.wasEstablished()) {
			close();
			return;
		}
		String text = code.equals(ErrorCode.NO_ERROR) ? ""
				: String.valueOf(cause.getCause() != null ? cause.getCause().getMessage() : cause.getMessage());
		sendGoAway(code, text);
		// Who has never said a word has nothing on its way, and the pool waits for the
		// end.
		boolean mute = cause instanceof Http2TimeoutException && !this.driver.hasPeerSettings();
		this.lingerDeadline = this.loop.nanoTime() + (mute ? 0 : LINGER_NANOS);
		this.loop.afterFlush(this::finishOutput);
	}

	private void finishOutput() {
		Wire current = this.driver.wire();
		if (this.closed || this.outputFinished || this.endedBy == null || current == null) {
			return;
		}
		if (this.queuedGoAways.get() > 0 || !this.connection.writer().isIdle()) {
			// Not out yet; the clock comes by again.
			return;
		}
		// From here on ops are discarded: late credit of a reader, written behind the end
		// of the output, would break the connection and with it the GOAWAY on its way.
		this.connection.writer().terminate(this.endedBy);
		this.outputFinished = true;
		try {
			current.finishOutput();
		}
		catch (IOException ex) {
			close();
		}
	}

	/** The socket is of no use any more. */
	void broken(Throwable failure) {
		if (this.closed) {
			return;
		}
		if (this.endedBy == null) {
			Http2Exception cause = this.driver.wasEstablished()
					? this.failures.lost(failure, this.driver.hasPeerSettings()) : ConnectFailures.establishing(
							this.connection.key(), failure, this.connection.context(Initiator.PEER, Phase.TLS));
			this.endedBy = cause;
			stopAccepting();
			failStreams(cause);
		}
		close();
	}

	void failStreams(Http2Exception cause) {
		ConnectionSnapshot.GoAway received = this.connection.goAway();
		for (ClientStream stream : this.connection.streams().all()) {
			if (received != null && this.goAwayCode != null
					&& Integer.compareUnsigned(stream.id(), received.lastStreamId()) > 0) {
				// The end came together with GOAWAY, before its sweep.
				stream.fail(this.failures.retired(stream, this.goAwayCode));
				continue;
			}
			stream.fail(this.failures.of(stream, cause));
		}
	}

	private void close() {
		if (this.closed) {
			return;
		}
		this.closed = true;
		Http2Exception cause = (this.endedBy != null) ? this.endedBy : this.failures.cancelled("closed");
		this.connection.slots().refuse();
		this.connection.state(ConnectionState.CLOSED);
		Wire current = this.driver.wire();
		if (current != null) {
			current.close();
		}
		this.connection.writer().terminate(cause);
		this.connection.trial().over();
		failStreams(cause);
		this.connection.book().unread().close();
		this.loop.leave(this.driver);
		this.resources.forget(this.connection);
		this.driver.pings().endedBy(cause);
		this.driver.inputOver();
		this.loop.afterFlush(() -> announceClosed(cause));
	}

	private void announceClosed(Http2Exception cause) {
		if (this.driver.wasEstablished()) {
			FlightRecorder.closed(this.connection, this.loop.nanoTime(), cause);
		}
		this.connection.observer().closed(this.connection, cause);
		this.connection.completeClosed();
		TransportListener listener = this.resources.listener();
		if (listener != null) {
			if (!this.driver.wasEstablished()) {
				listener.dialled(this.connection.id(), this.connection.key(),
						Duration.ofNanos(this.loop.nanoTime() - this.connection.createdNanos()), cause);
			}
			listener.connectionClosed(this.connection.id(), this.connection.key(), cause);
		}
		this.log.closed(cause, this.unseen);
	}

	/** The dial has failed before there was a wire. Loop. */
	void dialFailed(Http2Exception cause) {
		FlightRecorder.dialled(this.connection, this.loop.nanoTime(), cause);
		if (this.endedBy == null) {
			this.endedBy = cause;
		}
		close();
	}

	/** Input of a connection that has ended is thrown away, within bounds. */
	void linger(int octets) {
		this.lingered += octets;
		if (this.lingered > LINGER_OCTETS) {
			close();
		}
	}

	/** Goes on with the end as far as it has come. */
	void tick(long now) {
		finishOutput();
		if (now - this.lingerDeadline >= 0) {
			close();
		}
	}

	/** Writing has failed, or the loop has ended. Says what ops are told. */
	Http2Exception writeFailed(Throwable failure) {
		this.driver.writeError(failure);
		Http2Exception cause = new ConnectionException(
				"Writing to " + this.connection.describe() + " failed: " + ForeignFailure.words(failure),
				ForeignFailure.printable(failure), this.connection.context(Initiator.PEER, Phase.REQUEST_HEAD));
		this.connection.loop().later(() -> this.driver.writeFailed(failure));
		return cause;
	}

	// ---- for others ----

	/** Why the connection takes no requests; {@code null} if it only drains. */
	@Nullable Http2Exception endedBy() {
		return this.endedBy;
	}

	ConnectionLog log() {
		return this.log;
	}

	boolean isClosed() {
		return this.closed;
	}

}
