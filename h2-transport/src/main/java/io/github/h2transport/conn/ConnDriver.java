package io.github.h2transport.conn;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;

import io.github.h2transport.ErrorCode;
import io.github.h2transport.FailureContext;
import io.github.h2transport.Http2Exception;
import io.github.h2transport.Initiator;
import io.github.h2transport.Phase;
import io.github.h2transport.TransportListener;
import io.github.h2transport.TransportOptions;
import io.github.h2transport.frame.ConnectionError;
import io.github.h2transport.frame.Settings;
import io.github.h2transport.protocol.FloodGuard;
import io.github.h2transport.protocol.ReceiveHalf;
import io.github.h2transport.protocol.ResetBudget;
import io.github.h2transport.protocol.StreamState;
import org.jspecify.annotations.Nullable;

/**
 * A connection as its loop sees it: reads, watches the clock, and ends it. Every field
 * that is not final belongs to the loop; volatile ones are read by snapshots.
 */
final class ConnDriver implements EventLoop.Selectable, Loop.Member {

	/** So that one busy connection does not starve the others of its loop. */
	private static final int READS_PER_TURN = 4;

	/** More answers than that are not queued for a peer that does not read them. */
	private static final int MAX_QUEUED_ANSWERS = 256;

	/** A closed connection reads on so long, or so much: unread input would reset it. */
	private static final long LINGER_NANOS = 1_000_000_000L;

	private static final int LINGER_OCTETS = 1024 * 1024;

	private final ClientConn connection;

	private final Loop loop;

	private final Resources resources;

	private final TransportOptions options;

	private final Settings ownSettings;

	private final ReceiveHalf receiveHalf;

	private final ConnFailures failures;

	private final ConnClock clock;

	private final AtomicInteger queuedAnswers = new AtomicInteger();

	private final AtomicInteger queuedGoAways = new AtomicInteger();

	private @Nullable Wire wire;

	private volatile boolean established;

	private volatile boolean peerSettings;

	private volatile long lastRead;

	/** Written once by whoever finds it. */
	private volatile @Nullable Throwable writeError;

	/** What the peer's GOAWAY said. */
	private @Nullable ErrorCode goAwayCode;

	private boolean goAwaySent;

	/** Owned by the holder of the pen. */
	private final ResetBudget resets = new ResetBudget();

	/**
	 * Why the connection ends; no stream survives it. Set before the slots are closed, so
	 * that whoever finds them closed can tell why.
	 */
	private volatile @Nullable Http2Exception endedBy;

	private long lingerDeadline;

	private int lingered;

	private boolean outputFinished;

	private boolean closed;

	ConnDriver(ClientConn connection, Loop loop, Resources resources) {
		this.connection = connection;
		this.loop = loop;
		this.resources = resources;
		this.options = resources.options();
		this.ownSettings = Resources.settings(this.options);
		this.lastRead = loop.nanoTime();
		this.failures = new ConnFailures(connection);
		this.clock = new ConnClock(connection, this, this.options);
		this.receiveHalf = new ReceiveHalf(this.options.maxFrameSize(), this.options.maxHeaderListSize(),
				this.options.decoderTableSize(), connection.receiveWindow(), new FloodGuard(),
				new ConnReceiver(connection, this));
	}

	// ---- birth ----

	/**
	 * Takes over a connected wire and sets it up.
	 * @param newWire the wire
	 * @param deadline when it must be usable
	 */
	void connected(Wire newWire, long deadline) {
		this.wire = newWire;
		this.connection.wire(newWire);
		this.clock.connectDeadline(deadline);
		this.lastRead = this.loop.nanoTime();
		this.loop.join(this);
		ready(0);
	}

	private void established(Wire current) {
		this.established = true;
		this.connection.slots().accept();
		this.connection.state(ConnectionState.OPEN);
		this.connection.submit(new ConnOps.Preface(this.ownSettings, this.options.connectionWindowSize()));
		this.connection.pen().start(current);
		announceOpened();
		if (current.hasBuffered()) {
			read(current);
		}
	}

	// ---- the socket ----

	@Override
	public void ready(int readyOps) {
		Wire current = this.wire;
		if (this.closed || current == null) {
			return;
		}
		try {
			if (!this.established) {
				if (current.establish()) {
					established(current);
				}
				return;
			}
			if ((readyOps & SelectionKey.OP_WRITE) != 0) {
				this.connection.pen().writable();
			}
			if ((readyOps & SelectionKey.OP_READ) != 0) {
				read(current);
			}
		}
		catch (IOException ex) {
			broken(ex);
		}
	}

	@Override
	public void failed(Throwable cause) {
		broken(cause);
	}

	private void read(Wire current) {
		try {
			for (int i = 0; i < READS_PER_TURN && !this.closed; i++) {
				ByteBuffer buffer = this.loop.readBuffer();
				int length = current.read(buffer);
				if (length < 0) {
					broken(new EOFException("the server closed the connection"));
					return;
				}
				if (length == 0) {
					break;
				}
				received(buffer.flip());
				if (length < buffer.capacity() && !current.hasBuffered()) {
					break;
				}
			}
			if (!this.closed && current.hasBuffered()) {
				this.loop.execute(() -> read(current));
			}
		}
		catch (ConnectionError ex) {
			protocolError(ex);
		}
		catch (IOException ex) {
			broken(ex);
		}
	}

	private void received(ByteBuffer octets) throws ConnectionError {
		if (this.endedBy != null) {
			this.lingered += octets.remaining();
			if (this.lingered > LINGER_OCTETS) {
				close();
			}
			return;
		}
		long now = this.loop.nanoTime();
		this.lastRead = now;
		this.clock.alive();
		this.receiveHalf.read(octets, now);
		if (this.queuedAnswers.get() > MAX_QUEUED_ANSWERS && this.connection.isStalled()) {
			throw new ConnectionError(ErrorCode.ENHANCE_YOUR_CALM,
					"more than " + MAX_QUEUED_ANSWERS + " SETTINGS and PING answers wait to be read");
		}
	}

	private void protocolError(ConnectionError error) {
		end(this.failures.protocolError(error, this.peerSettings), error.code());
	}

	/** An error that was found where the connection must not be ended on the spot. */
	void failLater(ErrorCode code, String message) {
		try {
			this.loop.execute(() -> protocolError(new ConnectionError(code, message)));
		}
		catch (RejectedExecutionException ex) {
			// The loop has ended and has closed its connections.
		}
	}

	// ---- what the peer says about the connection ----

	void settings(Settings settings) {
		boolean first = !this.peerSettings;
		this.peerSettings = true;
		answerQueued();
		this.connection.submit(new ConnOps.ApplySettings(settings, this.connection));
		Slots slots = this.connection.slots();
		int before = slots.limit();
		if (settings.has(Settings.MAX_CONCURRENT_STREAMS)) {
			slots.limit((int) Math.min(Slots.LIMIT_UNSTATED,
					settings.get(Settings.MAX_CONCURRENT_STREAMS, Slots.LIMIT_UNSTATED)));
		}
		else if (first) {
			slots.limit(Slots.LIMIT_UNSTATED);
		}
		if (first || slots.limit() > before) {
			this.loop.afterFlush(() -> this.connection.observer().slotsFreed(this.connection));
		}
	}

	void settingsAcknowledged() {
		// Our SETTINGS never change, so there is nothing to switch over to.
	}

	void answerQueued() {
		this.queuedAnswers.incrementAndGet();
	}

	/** By the holder of the pen. */
	void answerSent() {
		this.queuedAnswers.decrementAndGet();
	}

	void pong(long opaqueData) {
		this.clock.pings().answered(opaqueData, this.loop.nanoTime());
	}

	/** Measures a round trip for somebody. Loop. */
	void ping(CompletableFuture<Duration> result, long timeoutNanos) {
		if (!this.established || this.endedBy != null) {
			result.completeExceptionally(this.failures.cancelled("it takes no PING"));
			return;
		}
		long now = this.loop.nanoTime();
		this.connection.submit(new ConnOps.Ping(this.clock.pings().sent(now, now + timeoutNanos, result)));
	}

	void goAway(int lastStreamId, ErrorCode code, String debug) {
		this.goAwayCode = code;
		this.connection.goAway(new ConnectionSnapshot.GoAway(lastStreamId, code.name(), debug));
		stopAccepting();
		this.connection.submit(new ConnOps.GoAwaySweep(this.connection, lastStreamId, code));
		this.loop.afterFlush(this::drained);
	}

	/** By the holder of the pen: the peer will never look at this stream. */
	void unprocessed(ClientStream stream, ErrorCode code) {
		stream.fail(this.failures.retired(stream, code));
		// The peer ignores the stream (RFC 9113 section 6.8), so it is closed without a
		// word.
		if (stream.advance(StreamState.Input.RECEIVE_RST_STREAM) == StreamState.CLOSED) {
			this.connection.streamClosed(stream);
		}
	}

	/** It has had all the requests that it is for; those that have a slot may go on. */
	void retire() {
		if (this.connection.state() == ConnectionState.OPEN) {
			this.connection.state(ConnectionState.DRAINING);
			this.loop.afterFlush(() -> this.connection.observer().draining(this.connection));
		}
		drained();
	}

	/**
	 * Servers take many RST_STREAMs for an attack (CVE-2023-44487). Beyond what they are
	 * known to bear the connection is retired, and a new one takes over. Holder of the
	 * pen.
	 */
	void resetSent() {
		Slots slots = this.connection.slots();
		if (!this.resets.tryAcquire(this.loop.nanoTime()) && slots.isAccepting()) {
			slots.retire();
			this.connection.later(this::retire);
		}
	}

	private void stopAccepting() {
		this.connection.slots().refuse();
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
		if (!this.established) {
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
			this.connection.submit(new ConnOps.GoAway(code, reason, this.queuedGoAways));
		}
	}

	/** Ends a connection that takes no more requests as soon as none is left. */
	void drained() {
		Slots slots = this.connection.slots();
		if (!this.closed && this.endedBy == null && this.established && !slots.isAccepting() && slots.closeIfUnused()) {
			end(this.failures.cancelled("no longer needed"), ErrorCode.NO_ERROR);
		}
	}

	void closeIfIdle(String reason) {
		if (this.established && this.endedBy == null && this.connection.slots().closeIfUnused()) {
			this.connection.slots().refuse();
			end(this.failures.cancelled(reason), ErrorCode.NO_ERROR);
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
		stopAccepting();
		this.connection.state(ConnectionState.DRAINING);
		failStreams(cause);
		if (!this.established) {
			close();
			return;
		}
		String text = code.equals(ErrorCode.NO_ERROR) ? ""
				: String.valueOf(cause.getCause() != null ? cause.getCause().getMessage() : cause.getMessage());
		sendGoAway(code, text);
		this.lingerDeadline = this.loop.nanoTime() + LINGER_NANOS;
		this.loop.afterFlush(this::finishOutput);
	}

	private void finishOutput() {
		Wire current = this.wire;
		if (this.closed || this.outputFinished || this.endedBy == null || current == null) {
			return;
		}
		if (this.queuedGoAways.get() > 0 || !this.connection.pen().isIdle()) {
			// Not out yet; the clock comes by again.
			return;
		}
		// From here on ops are discarded: late credit of a reader, written behind the end
		// of the output, would break the connection and with it the GOAWAY on its way.
		this.connection.pen().terminate(this.endedBy);
		if (!this.connection.pen().isIdle()) {
			// A caller had just picked the pen up.
			return;
		}
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
			Http2Exception cause = this.established ? this.failures.lost(failure, this.peerSettings)
					: ConnectFailures.establishing(this.connection.key().origin(), failure,
							this.connection.context(Initiator.PEER, Phase.TLS));
			this.endedBy = cause;
			stopAccepting();
			failStreams(cause);
		}
		close();
	}

	/** By the loop, and by the holder of the pen once the connection is closed. */
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
		if (this.wire != null) {
			this.wire.close();
		}
		this.connection.pen().terminate(cause);
		failStreams(cause);
		this.loop.leave(this);
		this.resources.forget(this.connection);
		this.clock.pings().endedBy(cause);
		this.loop.afterFlush(() -> announceClosed(cause));
	}

	private void announceOpened() {
		TransportListener listener = this.resources.listener();
		if (listener != null) {
			this.loop.afterFlush(() -> listener.connectionOpened(this.connection.id(), this.connection.key()));
		}
		this.connection.observer().opened(this.connection);
	}

	private void announceClosed(Http2Exception cause) {
		this.connection.observer().closed(this.connection, cause);
		this.connection.completeClosed();
		TransportListener listener = this.resources.listener();
		if (listener != null) {
			listener.connectionClosed(this.connection.id(), this.connection.key(), cause);
		}
	}

	/** The dial has failed before there was a wire. Loop. */
	void dialFailed(Http2Exception cause) {
		if (this.endedBy == null) {
			this.endedBy = cause;
		}
		close();
	}

	boolean isClosed() {
		return this.closed;
	}

	// ---- the clock ----

	@Override
	public void tick(long now) {
		if (this.endedBy != null) {
			finishOutput();
			if (now - this.lingerDeadline >= 0) {
				close();
			}
			return;
		}
		this.clock.tick(now);
	}

	@Override
	public void loopEnded(Throwable cause) {
		broken(cause);
	}

	// ---- for others ----

	/** Why the connection takes no requests; {@code null} if it only drains. */
	@Nullable Http2Exception endedBy() {
		return this.endedBy;
	}

	boolean wasEstablished() {
		return this.established;
	}

	boolean hasPeerSettings() {
		return this.peerSettings;
	}

	long lastReadNanos() {
		return this.lastRead;
	}

	/** The first failure of a write is worth remembering. Any thread. */
	void writeError(Throwable failure) {
		if (this.writeError == null) {
			this.writeError = failure;
		}
	}

	ConnectionSnapshot.Diagnostics diagnostics(long now, int lastOpenedId) {
		long stalledSince = this.connection.pen().stalledSince();
		Throwable failure = this.writeError;
		Http2Exception end = this.endedBy;
		return new ConnectionSnapshot.Diagnostics((lastOpenedId == 0) ? 1 : lastOpenedId + 2L,
				this.clock.pings().inFlight(), this.clock.pings().lastRoundTrip(),
				Duration.ofNanos(Math.max(0, now - this.lastRead)),
				(stalledSince != 0) ? Duration.ofNanos(now - stalledSince) : Duration.ZERO,
				(failure != null) ? failure.toString() : null, (end != null) ? end.getMessage() : null);
	}

	Settings ownSettings() {
		return this.ownSettings;
	}

}
