package io.github.h2transport.conn;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;

import javax.net.ssl.SSLException;

import io.github.h2transport.ConnectFailedException;
import io.github.h2transport.ConnectionException;
import io.github.h2transport.ErrorCode;
import io.github.h2transport.FailureContext;
import io.github.h2transport.Http2Exception;
import io.github.h2transport.Http2TimeoutException;
import io.github.h2transport.Initiator;
import io.github.h2transport.Phase;
import io.github.h2transport.TransportOptions;
import io.github.h2transport.frame.ConnectionError;
import io.github.h2transport.frame.Settings;
import io.github.h2transport.protocol.FloodGuard;
import io.github.h2transport.protocol.ReceiveHalf;
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

	/** A socket that takes nothing for so long, though octets wait, is dead. */
	private static final long WRITE_STALL_NANOS = 30_000_000_000L;

	private final ClientConn connection;

	private final Loop loop;

	private final Resources resources;

	private final TransportOptions options;

	private final Settings ownSettings;

	private final ReceiveHalf receiveHalf;

	private final AtomicInteger queuedAnswers = new AtomicInteger();

	private final AtomicInteger queuedGoAways = new AtomicInteger();

	private @Nullable Wire wire;

	private volatile boolean established;

	private volatile boolean peerSettings;

	private volatile long lastRead;

	/** When the connection must be usable, and later: when SETTINGS must be there. */
	private long connectDeadline;

	private long pingSentAt;

	private final Pings pings = new Pings();

	/** Written once by whoever finds it. */
	private volatile @Nullable Throwable writeError;

	/** What the peer's GOAWAY said. */
	private @Nullable ErrorCode goAwayCode;

	private boolean goAwaySent;

	/** Why the connection ends; no stream survives it. */
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
		this.connectDeadline = deadline;
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
		this.connection.opened();
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
		this.pingSentAt = 0;
		this.receiveHalf.read(octets, now);
		if (this.queuedAnswers.get() > MAX_QUEUED_ANSWERS && this.connection.isStalled()) {
			throw new ConnectionError(ErrorCode.ENHANCE_YOUR_CALM,
					"more than " + MAX_QUEUED_ANSWERS + " SETTINGS and PING answers wait to be read");
		}
	}

	private void protocolError(ConnectionError error) {
		Phase phase = this.peerSettings ? Phase.IDLE : Phase.PREFACE;
		FailureContext context = this.connection.context(Initiator.PEER, phase).withCode(error.code());
		String message = this.connection.describe() + ": " + error.getMessage();
		end(this.peerSettings
				? new ConnectionException("Connection error " + error.code() + " on " + message, error, context)
				: new ConnectFailedException("No HTTP/2 on " + message, error, context), error.code());
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
		this.pings.answered(opaqueData, this.loop.nanoTime());
	}

	/** Measures a round trip for somebody. Loop. */
	void ping(CompletableFuture<Duration> result, long timeoutNanos) {
		if (!this.established || this.endedBy != null) {
			result.completeExceptionally(cancelled("it takes no PING"));
			return;
		}
		long now = this.loop.nanoTime();
		this.connection.submit(new ConnOps.Ping(this.pings.sent(now, now + timeoutNanos, result)));
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
		stream.fail(retired(stream, code));
		// The peer ignores the stream (RFC 9113 section 6.8), so it is closed without a
		// word.
		if (stream.advance(StreamState.Input.RECEIVE_RST_STREAM) == StreamState.CLOSED) {
			this.connection.streamClosed(stream);
		}
	}

	private ConnectionException retired(ClientStream stream, ErrorCode code) {
		FailureContext context = stream.context(Initiator.PEER, stream.phase()).withCode(code).withSafeToRetry(true);
		return new ConnectionException("The server retired " + this.connection.describe() + " with GOAWAY " + code
				+ goAwayText() + " before it processed stream " + stream.id(), null, context);
	}

	private String goAwayText() {
		ConnectionSnapshot.GoAway received = this.connection.goAway();
		return (received != null && !received.debug().isEmpty()) ? " \"" + received.debug() + "\"" : "";
	}

	/** It has had all the requests that it is for; those that have a slot may go on. */
	void retire() {
		if (this.connection.state() == ConnectionState.OPEN) {
			this.connection.state(ConnectionState.DRAINING);
			this.loop.afterFlush(() -> this.connection.observer().draining(this.connection));
		}
		drained();
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
			end(cancelled(reason), ErrorCode.NO_ERROR);
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
			end(cancelled("no longer needed"), ErrorCode.NO_ERROR);
		}
	}

	void closeIfIdle(String reason) {
		if (this.established && this.endedBy == null && this.connection.slots().closeIfUnused()) {
			this.connection.slots().refuse();
			end(cancelled(reason), ErrorCode.NO_ERROR);
		}
	}

	private Http2Exception cancelled(String reason) {
		return new ConnectionException("Closed " + this.connection.describe() + ": " + reason, null,
				this.connection.context(Initiator.LIBRARY, Phase.IDLE));
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
			Http2Exception cause = this.established ? lost(failure) : ConnectFailures.establishing(
					this.connection.key().origin(), failure, this.connection.context(Initiator.PEER, Phase.TLS));
			this.endedBy = cause;
			stopAccepting();
			failStreams(cause);
		}
		close();
	}

	private Http2Exception lost(Throwable failure) {
		String origin = this.connection.describe();
		String what = (failure instanceof EOFException) ? "the server closed it" : String.valueOf(failure);
		if (!this.peerSettings && failure instanceof SSLException tls) {
			return ConnectFailures.afterHandshake(this.connection.key().origin(), tls,
					this.connection.context(Initiator.PEER, Phase.PREFACE));
		}
		if (!this.peerSettings) {
			return new ConnectFailedException(
					"No HTTP/2 on " + origin + ": " + what
							+ " before it sent SETTINGS; is an HTTP/2 server on this port?",
					failure, this.connection.context(Initiator.PEER, Phase.PREFACE));
		}
		String goAway = (this.connection.goAway() != null)
				? " after GOAWAY " + this.connection.goAway().code() + goAwayText() : "";
		return new ConnectionException("Lost " + origin + goAway + ": " + what, failure,
				this.connection.context(Initiator.PEER, Phase.IDLE));
	}

	/** By the loop, and by the holder of the pen once the connection is closed. */
	void failStreams(Http2Exception cause) {
		ConnectionSnapshot.GoAway received = this.connection.goAway();
		for (ClientStream stream : this.connection.streams().all()) {
			if (received != null && this.goAwayCode != null
					&& Integer.compareUnsigned(stream.id(), received.lastStreamId()) > 0) {
				// The end came together with GOAWAY, before its sweep.
				stream.fail(retired(stream, this.goAwayCode));
				continue;
			}
			FailureContext context = stream.context(cause.context().initiator(), stream.phase())
				.withCode(cause.context().code());
			String message = cause.getMessage() + " (stream " + stream.id() + ", " + stream.phase().words() + ")";
			if (cause instanceof ConnectFailedException || cause instanceof Http2TimeoutException) {
				stream.fail(cause.forCaller(cause.attempts()));
			}
			else {
				stream.fail(new ConnectionException(message, cause, context));
			}
		}
	}

	private void close() {
		if (this.closed) {
			return;
		}
		this.closed = true;
		Http2Exception cause = (this.endedBy != null) ? this.endedBy : cancelled("closed");
		this.connection.slots().refuse();
		this.connection.state(ConnectionState.CLOSED);
		if (this.wire != null) {
			this.wire.close();
		}
		this.connection.pen().terminate(cause);
		failStreams(cause);
		this.loop.leave(this);
		this.resources.forget(this.connection);
		this.pings.endedBy(cause);
		this.loop.afterFlush(() -> this.connection.closed(cause));
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
		if (!this.peerSettings && now - this.connectDeadline >= 0) {
			Phase phase = this.established ? Phase.PREFACE : Phase.TLS;
			end(new Http2TimeoutException("Timed out in " + phase.words() + " with " + this.connection.key().origin(),
					null, this.connection.context(Initiator.LIBRARY, phase).withSafeToRetry(!this.established)),
					ErrorCode.SETTINGS_TIMEOUT);
			return;
		}
		if (!this.established) {
			return;
		}
		this.pings.tick(now, this.connection);
		long stalledSince = this.connection.pen().stalledSince();
		if (stalledSince != 0 && now - stalledSince > WRITE_STALL_NANOS) {
			broken(new IOException("the peer has taken no octet for " + seconds(WRITE_STALL_NANOS) + " s"));
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

	private void checkLife(long now) {
		long interval = this.options.pingInterval().toNanos();
		if (interval == 0) {
			return;
		}
		if (this.pingSentAt != 0) {
			if (now - this.pingSentAt > this.options.pingTimeout().toNanos()) {
				broken(new IOException(
						"the peer did not answer a PING within " + this.options.pingTimeout().toMillis() + " ms"));
			}
		}
		else if (now - this.lastRead > interval && now - this.connection.lastStart() > interval) {
			this.pingSentAt = now;
			this.connection.submit(new ConnOps.Ping(this.pings.sent(now)));
		}
	}

	private void checkIdle(long now) {
		this.pingSentAt = 0;
		Duration timeout = this.options.idleTimeout();
		if (!timeout.isZero() && now - this.connection.idleSince() >= timeout.toNanos()) {
			closeIfIdle("idle for " + timeout);
		}
		else {
			drained();
		}
	}

	private static long seconds(long nanos) {
		return nanos / 1_000_000_000L;
	}

	@Override
	public void loopEnded(Throwable cause) {
		broken(cause);
	}

	// ---- for others ----

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
		return new ConnectionSnapshot.Diagnostics((lastOpenedId == 0) ? 1 : lastOpenedId + 2L, this.pings.inFlight(),
				this.pings.lastRoundTrip(), Duration.ofNanos(Math.max(0, now - this.lastRead)),
				(stalledSince != 0) ? Duration.ofNanos(now - stalledSince) : Duration.ZERO,
				(failure != null) ? failure.toString() : null, (end != null) ? end.getMessage() : null);
	}

	Settings ownSettings() {
		return this.ownSettings;
	}

}
