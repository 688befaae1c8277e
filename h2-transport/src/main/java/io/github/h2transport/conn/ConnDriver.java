package io.github.h2transport.conn;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
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
import io.github.h2transport.protocol.RoundTrips;
import io.github.h2transport.protocol.StreamState;
import org.jspecify.annotations.Nullable;

/**
 * A connection as its loop sees it: sets it up, reads, and watches the clock;
 * {@link ConnEnding} ends it. Every field that is not final belongs to the loop; volatile
 * ones are read by snapshots.
 */
final class ConnDriver implements EventLoop.Selectable, Loop.Member {

	/** So that one busy connection does not starve the others of its loop. */
	private static final int READS_PER_TURN = 4;

	/** 16 MiB: no socket keeps more, and a peer that never ends is not read for ever. */
	private static final int LAST_TURNS = 64;

	private final ClientConn connection;

	private final Loop loop;

	private final Resources resources;

	private final TransportOptions options;

	private final ReceiveHalf receiveHalf;

	private final ConnFailures failures;

	private final ConnEnding ending;

	private final ConnClock clock;

	private final AtomicInteger queuedAnswers = new AtomicInteger();

	private @Nullable Wire wire;

	private volatile boolean established;

	private volatile boolean peerSettings;

	private volatile long lastRead;

	/** Written once by whoever finds it. */
	private volatile @Nullable Throwable writeError;

	/** Owned by the loop. */
	private final ResetBudget resets = new ResetBudget();

	/**
	 * Written by the loop: what streams had left to receive when we reset them.
	 */
	private volatile long resetCredit;

	ConnDriver(ClientConn connection, Loop loop, Resources resources) {
		this.connection = connection;
		this.loop = loop;
		this.resources = resources;
		this.options = connection.options();
		this.lastRead = loop.nanoTime();
		this.failures = new ConnFailures(connection);
		this.ending = new ConnEnding(connection, this, loop, resources, this.failures);
		this.clock = new ConnClock(connection, this, resources);
		this.receiveHalf = new ReceiveHalf(this.options.maxFrameSize(), this.options.maxHeaderListSize(),
				this.options.decoderTableSize(), connection.receiveWindow(), new FloodGuard(),
				new ConnReceiver(connection, this), connection.receivedFrames());
		if (this.options.trimFieldValues()) {
			this.receiveHalf.trimFieldValues();
		}
	}

	// ---- birth ----

	/**
	 * Takes over a connected wire and sets it up.
	 * @param newWire the wire
	 */
	void connected(Wire newWire) {
		this.wire = newWire;
		this.connection.wire(newWire);
		dialLimit().phase(Phase.TLS);
		this.lastRead = this.loop.nanoTime();
		FlightRecorder.dialled(this.connection, this.lastRead, null);
		this.connection.frameLogger().checkLevel(this.lastRead);
		this.loop.join(this);
		ready(0);
	}

	private void established(Wire current) {
		this.established = true;
		dialLimit().phase(Phase.PREFACE);
		this.connection.slots().accept();
		this.connection.state(ConnectionState.OPEN);
		this.connection.submit(new ConnOps.Preface(ownSettings(), this.options.connectionWindowSize()));
		this.connection.writer().start(current);
		TransportListener listener = this.resources.listener();
		if (listener != null) {
			// At once, so that nobody hears first of a call that got the connection.
			listener.dialled(this.connection.id(), this.connection.key(),
					Duration.ofNanos(this.loop.nanoTime() - this.connection.createdNanos()), null);
			listener.connectionOpened(this.connection.id(), this.connection.key());
		}
		if (this.connection.key().origin().isSecure()) {
			FlightRecorder.tlsHandshake(this.connection, this.loop.nanoTime() - this.lastRead);
		}
		FlightRecorder.opened(this.connection);
		this.connection.observer().opened(this.connection);
		if (current.hasBuffered()) {
			read(current);
		}
	}

	// ---- the socket ----

	@Override
	public void ready(int readyOps) {
		Wire current = this.wire;
		if (this.ending.isClosed() || current == null) {
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
				this.connection.writer().writable();
			}
			if ((readyOps & SelectionKey.OP_READ) != 0) {
				read(current);
			}
		}
		catch (IOException ex) {
			this.ending.broken(ex);
		}
	}

	@Override
	public void failed(Throwable cause) {
		this.ending.broken(cause);
	}

	/** Returns whether there may be more. */
	private boolean read(Wire current) {
		boolean more = true;
		try {
			for (int i = 0; i < READS_PER_TURN && !this.ending.isClosed(); i++) {
				ByteBuffer buffer = this.loop.readBuffer();
				int length = current.read(buffer);
				if (length < 0) {
					this.ending.broken(new EOFException("the server closed the connection"));
					return false;
				}
				if (length == 0) {
					more = false;
					break;
				}
				received(buffer.flip());
				if (length < buffer.capacity() && !current.hasBuffered()) {
					break;
				}
			}
			if (!this.ending.isClosed() && current.hasBuffered()) {
				this.loop.execute(() -> read(current));
			}
			return more && !this.ending.isClosed();
		}
		catch (ConnectionError ex) {
			protocolError(ex);
		}
		catch (IOException ex) {
			this.ending.broken(ex);
		}
		return false;
	}

	/**
	 * Writing has failed. What the peer said before it went still counts, such as a whole
	 * response, GOAWAY or an alert of TLS: it is read first.
	 */
	void writeFailed(Throwable failure) {
		Wire current = this.wire;
		int turns = 0;
		while (current != null && turns < LAST_TURNS && this.ending.endedBy() == null && read(current)) {
			turns++;
		}
		this.ending.broken(failure);
	}

	private void received(ByteBuffer octets) throws ConnectionError {
		if (this.ending.endedBy() != null) {
			this.ending.linger(octets.remaining());
			return;
		}
		long now = this.loop.nanoTime();
		this.lastRead = now;
		this.receiveHalf.read(octets, now);
		// Behind what was said: requests that wait for life must not go out before GOAWAY
		// is known.
		this.clock.life().alive();
		if (this.queuedAnswers.get() > FloodGuard.QUEUED_ANSWERS && this.connection.isStalled()) {
			throw new ConnectionError(ErrorCode.ENHANCE_YOUR_CALM,
					"more than " + FloodGuard.QUEUED_ANSWERS + " SETTINGS and PING answers wait to be read");
		}
	}

	private void protocolError(ConnectionError error) {
		this.ending.end(this.failures.protocolError(error, this.peerSettings), error.code());
	}

	// ---- what the peer says about the connection ----

	void settings(Settings settings) {
		boolean first = !this.peerSettings;
		this.peerSettings = true;
		answerQueued();
		this.connection.submit(new ConnOps.ApplySettings(settings, this));
		Slots slots = this.connection.slots();
		int before = slots.limit();
		if (settings.has(Settings.MAX_CONCURRENT_STREAMS)) {
			slots.limit((int) Math.min(Slots.LIMIT_UNSTATED,
					settings.get(Settings.MAX_CONCURRENT_STREAMS, Slots.LIMIT_UNSTATED)));
		}
		else if (first) {
			slots.limit(Slots.LIMIT_UNSTATED);
		}
		if (first) {
			this.loop.afterFlush(() -> this.ending.log().opened(ownSettings(), settings));
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

	/** By the loop. */
	void answerSent() {
		this.queuedAnswers.decrementAndGet();
	}

	void pong(long opaqueData) {
		long now = this.loop.nanoTime();
		RoundTrips roundTrips = this.connection.tuning().roundTrips();
		long took = roundTrips.answered(opaqueData, now);
		if (took >= 0) {
			this.clock.pings().measured(took);
			FlightRecorder.pong(this.connection, took);
			return;
		}
		took = this.clock.pings().answered(opaqueData, now);
		if (took >= 0) {
			roundTrips.sample(took);
			FlightRecorder.pong(this.connection, took);
		}
	}

	/** Measures a round trip for somebody. Loop. */
	void ping(CompletableFuture<Duration> result, long timeoutNanos) {
		if (!this.established || this.ending.endedBy() != null) {
			result.completeExceptionally(this.failures.cancelled("it takes no PING"));
			return;
		}
		long now = this.loop.nanoTime();
		this.connection.submit(new ConnOps.Ping(this.clock.pings().sent(now, now + timeoutNanos, result)));
	}

	/** HEADERS or DATA have arrived. Loop. */
	void heard() {
		this.clock.life().heard();
	}

	/** The connection is on trial, because of a failure or of a long silence. Loop. */
	void askForLife(Trial.Reason reason) {
		if (!this.established || this.ending.endedBy() != null) {
			this.connection.trial().over();
		}
		else if (reason == Trial.Reason.STALE) {
			this.clock.life().tryStale(this.loop.nanoTime());
		}
		else {
			this.clock.life().tryLate(this.loop.nanoTime());
		}
	}

	void goAway(int lastStreamId, ErrorCode code, String debug) {
		ConnectionSnapshot.GoAway earlier = this.connection.goAway();
		// RFC 9113 section 6.8 forbids to raise it: what was given up may run elsewhere.
		int last = (earlier != null) ? Math.min(earlier.lastStreamId(), lastStreamId) : lastStreamId;
		this.connection.goAway(new ConnectionSnapshot.GoAway(last, code.name(), debug));
		FlightRecorder.goAway(this.connection, false, code.name(), lastStreamId);
		TransportListener listener = this.resources.listener();
		if (listener != null) {
			this.loop.afterFlush(
					() -> listener.goAwayReceived(this.connection.id(), this.connection.key(), lastStreamId, code));
		}
		this.clock.life().goAway(code);
		this.ending.goAwayReceived(code);
		this.connection.submit(new ConnOps.GoAwaySweep(this.connection, lastStreamId, code));
		this.loop.afterFlush(this.ending::drained);
	}

	/** By the loop: the peer will never look at this stream. */
	void unprocessed(ClientStream stream, ErrorCode code) {
		stream.fail(this.failures.retired(stream, code));
		// The peer ignores the stream (RFC 9113 section 6.8), so it is closed without a
		// word.
		if (stream.advance(StreamState.Input.RECEIVE_RST_STREAM) == StreamState.CLOSED) {
			this.connection.streamClosed(stream);
		}
	}

	/**
	 * Servers take many RST_STREAMs for an attack (CVE-2023-44487). Beyond what they are
	 * known to bear the connection is retired, and a new one takes over. Loop.
	 * @return whether one more is harmless
	 */
	boolean mayReset() {
		if (this.resets.tryAcquire(this.loop.nanoTime())) {
			return true;
		}
		Slots slots = this.connection.slots();
		if (slots.isAccepting()) {
			slots.retire();
			this.connection.loop().later(this.ending::retire);
		}
		return false;
	}

	/** A stream was reset: the server may have sent as much on it as it had credit. */
	void resetSent(ClientStream stream, ErrorCode code) {
		long credit = this.resetCredit + stream.receiveWindow().available();
		this.resetCredit = credit;
		TransportListener listener = this.resources.listener();
		if (listener != null) {
			this.connection.loop().later(() -> listener.resetSent(this.connection.id(), this.connection.key(), code));
		}
	}

	/** The peer has reset a stream. Loop. */
	void resetReceived(ErrorCode code) {
		TransportListener listener = this.resources.listener();
		if (listener != null) {
			this.connection.loop()
				.later(() -> listener.resetReceived(this.connection.id(), this.connection.key(), code));
		}
	}

	long resetCredit() {
		return this.resetCredit;
	}

	// ---- the clock ----

	@Override
	public void tick(long now) {
		this.resources.lostResponses().check();
		this.connection.frameLogger().tick(now);
		if (this.ending.endedBy() != null) {
			this.ending.tick(now);
			return;
		}
		this.clock.tick(now);
	}

	@Override
	public void loopEnded(Throwable cause) {
		this.ending.broken(cause);
	}

	// ---- for others ----

	ConnEnding ending() {
		return this.ending;
	}

	DialLimit dialLimit() {
		return this.clock.dialLimit();
	}

	Pings pings() {
		return this.clock.pings();
	}

	@Nullable Wire wire() {
		return this.wire;
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

	/** No octet will be read any more. Loop. */
	void inputOver() {
		this.receiveHalf.inputOver();
	}

	/** The first failure of a write is worth remembering. Any thread. */
	void writeError(Throwable failure) {
		if (this.writeError == null) {
			this.writeError = failure;
		}
	}

	ConnectionSnapshot.Diagnostics diagnostics(long now, int lastOpenedId) {
		long stalledSince = this.connection.writer().stalledSince();
		Throwable failure = this.writeError;
		Http2Exception end = this.ending.endedBy();
		return new ConnectionSnapshot.Diagnostics((lastOpenedId == 0) ? 1 : lastOpenedId + 2L,
				this.clock.pings().inFlight(), this.clock.pings().lastRoundTrip(), this.connection.trial().isOn(),
				Duration.ofNanos(Math.max(0, now - this.lastRead)),
				(stalledSince != 0) ? Duration.ofNanos(now - stalledSince) : Duration.ZERO,
				(failure != null) ? ForeignFailure.words(failure) : null, this.connection.sendHalf().dataSent(),
				this.connection.receiveWindow().received(), (end != null) ? end.getMessage() : null,
				this.connection.lastFrames());
	}

	/** Made when they are asked for: at the start, and by snapshots. */
	Settings ownSettings() {
		return Resources.settings(this.options);
	}

}
