package io.github.h2transport.conn;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;

import io.github.h2transport.CallCancelledException;
import io.github.h2transport.ConnectionException;
import io.github.h2transport.ConnectionKey;
import io.github.h2transport.ErrorCode;
import io.github.h2transport.FailureContext;
import io.github.h2transport.Http2Exception;
import io.github.h2transport.Http2TimeoutException;
import io.github.h2transport.Initiator;
import io.github.h2transport.InvalidRequestException;
import io.github.h2transport.Phase;
import io.github.h2transport.TransportOptions;
import io.github.h2transport.frame.FrameTrail;
import io.github.h2transport.protocol.FrameTrace;
import io.github.h2transport.protocol.Nanos;
import io.github.h2transport.protocol.ProtocolStream;
import io.github.h2transport.protocol.ReceiveWindow;
import io.github.h2transport.protocol.SendHalf;
import org.jspecify.annotations.Nullable;

/**
 * A connection to a server, shared by many requests. All methods are thread-safe and
 * return at once.
 *
 * <p>
 * A request needs a slot: {@link #tryReserve()} takes one, {@link #start} uses it, and it
 * is given back when the stream is over. The connection lives on one event loop, which
 * reads and writes for it.
 */
public final class ClientConn {

	private final String id;

	private final ConnectionKey key;

	private final boolean singleUse;

	private final Resources resources;

	/** Those of its origin. */
	private final TransportOptions options;

	private final Loop loop;

	private final ConnObserver observer;

	private final long createdNanos;

	private final FrameLogger frameLogger;

	private final FrameTrace sentFrames;

	private final FrameTrace receivedFrames;

	private final SendHalf sendHalf;

	private final ConnectionWriter writer;

	private final ReceiveWindow receiveWindow;

	private final WindowTuning tuning;

	private final ConnStreams streams;

	private final ConnDriver driver;

	private final Trial trial;

	/** Whether a {@link ConnOps.Pump} is on its way. */
	private final AtomicBoolean pumpQueued = new AtomicBoolean();

	/** Completed by the loop. */
	private final CompletableFuture<Void> whenClosed = new CompletableFuture<>();

	/** Written by the loop. */
	private volatile ConnectionState state = ConnectionState.CONNECTING;

	/** Written by the loop. */
	private volatile @Nullable Wire wire;

	/** Written by the loop: the peer's GOAWAY. */
	private volatile ConnectionSnapshot.@Nullable GoAway goAway;

	ClientConn(String id, ConnectionKey key, boolean singleUse, Resources resources, Loop loop, ConnObserver observer) {
		this.id = id;
		this.key = key;
		this.singleUse = singleUse;
		this.resources = resources;
		this.loop = loop;
		this.observer = observer;
		this.createdNanos = loop.nanoTime();
		this.streams = new ConnStreams(this, loop);
		this.options = resources.options().forOrigin(key.origin());
		this.receiveWindow = ReceiveWindow.ofConnection(this.options.connectionWindowSize());
		this.tuning = new WindowTuning(this, this.options);
		this.frameLogger = new FrameLogger(id, loop);
		this.sentFrames = FrameTrace.ofSent(this.frameLogger);
		this.receivedFrames = FrameTrace.ofReceived(this.frameLogger);
		this.sendHalf = new SendHalf(this.options.encoderTableSize(), this::streamClosed, this.sentFrames);
		this.driver = new ConnDriver(this, loop, resources);
		this.writer = new ConnectionWriter(this.sendHalf, loop, resources.buffers(), this.driver.ending()::writeFailed);
		this.trial = new Trial(this, this.options);
	}

	// ---- for pools ----

	/**
	 * Returns the connection's name, unique in its transport.
	 * @return for example {@code c7}
	 */
	public String id() {
		return this.id;
	}

	public ConnectionKey key() {
		return this.key;
	}

	public ConnectionState state() {
		return this.state;
	}

	public boolean isSingleUse() {
		return this.singleUse;
	}

	/**
	 * Returns whether the connection has ever been ready for requests.
	 * @return {@code false} while it is dialled, and after a dial that failed
	 */
	public boolean wasOpen() {
		return this.driver.wasEstablished();
	}

	/**
	 * Returns whether a request could be started now: the connection is open, got no
	 * GOAWAY, has stream ids and a free slot, and owes no sign of life for too long.
	 * @return a hint; {@link #tryReserve()} decides
	 */
	public boolean canTakeNewRequest() {
		return this.streams.slots().hasFree();
	}

	/**
	 * Returns whether the peer is known to be there: a silence or a request that has
	 * timed out puts that in doubt, and anything that arrives ends the doubt.
	 * @return a hint, normally {@link Doubt#NONE}
	 */
	public Doubt doubt() {
		return this.trial.doubt();
	}

	/**
	 * Returns whether other connections are the better choice, for any {@link #doubt()}.
	 * @return a hint, normally {@code false}
	 */
	public boolean isInDoubt() {
		return doubt() != Doubt.NONE;
	}

	/**
	 * Takes a slot for one request. It must be used with {@link #start} or given back
	 * with {@link #release()}.
	 * @return whether there was one
	 */
	public boolean tryReserve() {
		return tryReserve(Integer.MAX_VALUE);
	}

	/**
	 * As {@link #tryReserve()}, for a connection whose peer has not stated a limit yet.
	 * @param most how many slots are in use afterwards at most
	 * @return whether there was one
	 */
	public boolean tryReserve(int most) {
		if (!this.streams.slots().tryReserve(most)) {
			return false;
		}
		if (this.streams.slots().isUsedUp()) {
			this.streams.slots().retire();
			this.loop.later(this.driver.ending()::retire);
		}
		return true;
	}

	/**
	 * Sets how many requests the connection is for. When they are used up it takes no new
	 * one, and closes when the last one is over. For the pool, before the first request.
	 * @param most 1 or more
	 */
	public void maxRequests(int most) {
		this.streams.slots().maxRequests(most);
	}

	/**
	 * Sets how many streams may be open at once, if the peer allows more. For the pool,
	 * before the first request.
	 * @param most 1 or more
	 */
	public void maxStreams(int most) {
		this.streams.slots().cap(most);
	}

	/**
	 * Sets whether the connection stays open though it is idle for longer than the idle
	 * timeout.
	 * @param keep by default {@code false}
	 */
	public void keepIdle(boolean keep) {
		this.streams.keepIdle(keep);
	}

	/**
	 * Returns how many of the opened streams the server has surely not processed, because
	 * its GOAWAY left them out, and how many it may have processed.
	 * @return the processed ones, -1 if there was no GOAWAY or if it refused nothing
	 */
	public int processedBeforeGoAway() {
		ConnectionSnapshot.GoAway received = this.goAway;
		if (received == null) {
			return -1;
		}
		int processed = received.lastStreamId() / 2 + 1;
		// Also those that have a slot but were not sent yet are turned away.
		return (received.lastStreamId() > 0 && processed < this.streams.slots().taken()) ? processed : -1;
	}

	/**
	 * Returns the peer's GOAWAY (RFC 9113 section 6.8).
	 * @return {@code null} if there was none
	 */
	public ConnectionSnapshot.@Nullable GoAway goAway() {
		return this.goAway;
	}

	/**
	 * Gives a slot back that was not used.
	 */
	public void release() {
		this.streams.unused();
	}

	/**
	 * Returns how many slots are taken: open streams and reservations.
	 * @return 0 or more
	 */
	public int activeStreams() {
		return this.streams.slots().used();
	}

	/**
	 * Returns how many streams may be open at once: the peer's limit, and 1,000 at most.
	 * @return 100 until the peer has stated its limit
	 */
	public int maxConcurrentStreams() {
		return this.streams.slots().limit();
	}

	/**
	 * Returns whether the peer's SETTINGS have arrived, so that its stream limit is
	 * known.
	 * @return {@code false} at first
	 */
	public boolean hasPeerSettings() {
		return this.driver.hasPeerSettings();
	}

	/**
	 * Returns whether the connection has ever answered a request.
	 * @return {@code true} once a stream got its response
	 */
	public boolean hasCompletedAny() {
		return this.streams.completedAny();
	}

	/**
	 * Returns whether the peer has refused requests while it took others: its GOAWAY
	 * names a stream that it has processed or is at work on (RFC 9113 section 6.8).
	 * @return {@code false} if there was no GOAWAY or it names no stream
	 */
	public boolean hasKeptSomeAtGoAway() {
		ConnectionSnapshot.GoAway received = this.goAway;
		return received != null && received.lastStreamId() > 0;
	}

	/**
	 * Returns how many streams were opened so far.
	 * @return 0 or more
	 */
	public long streamsOpened() {
		return this.streams.opened();
	}

	/**
	 * Returns where the connection goes.
	 * @return the server's address, or that of what stands before it; {@code null} until
	 * connected
	 */
	public @Nullable InetAddress remoteAddress() {
		Wire current = this.wire;
		return (current != null && current.remoteAddress() instanceof InetSocketAddress remote) ? remote.getAddress()
				: null;
	}

	/**
	 * Returns for how long no slot has been given back.
	 * @return zero while slots other than one reservation are taken
	 */
	public Duration idleTime() {
		return (this.streams.slots().used() > 1) ? Duration.ZERO
				: Duration.ofNanos(Math.max(0, this.loop.nanoTime() - this.streams.idleSince()));
	}

	/**
	 * Measures a round trip by a PING (RFC 9113 section 6.7).
	 * @param timeout how long to wait for the answer
	 * @return the time that it took, or a {@link Http2Exception}; completed on the event
	 * loop
	 */
	public CompletableFuture<Duration> ping(Duration timeout) {
		CompletableFuture<Duration> result = new CompletableFuture<>();
		try {
			this.loop.execute(() -> this.driver.ping(result, Nanos.of(timeout)));
		}
		catch (RejectedExecutionException ex) {
			result.completeExceptionally(
					new ConnectionException("Closed " + describe(), ex, context(Initiator.LIBRARY, Phase.IDLE)));
		}
		return result;
	}

	/**
	 * Returns what completes when the connection is gone.
	 * @return never fails; completed on the event loop
	 */
	public CompletableFuture<Void> whenClosed() {
		return this.whenClosed.copy();
	}

	/**
	 * Makes the connection take no new request; it closes when its last stream is over.
	 */
	public void doNotReuse() {
		shutdown("no longer needed");
	}

	/**
	 * Ends the connection gracefully: GOAWAY goes out, running streams may finish.
	 * @param reason text for the peer's log
	 * @return completes when the connection is gone
	 */
	public CompletableFuture<Void> shutdown(String reason) {
		// What was handed over before is opened before the loop comes to this.
		this.streams.slots().retire();
		onLoop(() -> this.driver.ending().drain(reason));
		return whenClosed();
	}

	/**
	 * Closes the connection if no slot is taken.
	 */
	public void closeIfIdle() {
		onLoop(() -> this.driver.ending().closeIfIdle("closed while idle"));
	}

	/**
	 * Ends the connection and its streams now.
	 * @param reason what callers and the peer are told
	 */
	public void close(String reason) {
		this.streams.slots().refuse();
		FailureContext context = context(Initiator.CALLER, Phase.IDLE);
		onLoop(() -> this.driver.ending()
			.end(new CallCancelledException(reason + " (" + describe() + ")", null, context), ErrorCode.NO_ERROR));
	}

	/** As {@link Loop#onLoop}. Any thread. */
	boolean onLoop(Runnable task) {
		return this.loop.onLoop(task);
	}

	// ---- for the transport ----

	/**
	 * Hands a request over, which uses up a reserved slot.
	 * @param plan the request; bytes are sent by the connection, everything else is for
	 * the caller to write to {@link ClientStream#uploadStream()} or to subscribe to
	 * @return the stream, whose response can be waited for
	 * @throws InvalidRequestException if the head is larger than the peer accepts or the
	 * trailers cannot be sent; the slot is given back, also if the supplier of the
	 * trailers fails
	 */
	public ClientStream start(StreamPlan plan) throws InvalidRequestException {
		long most = this.sendHalf.peer().maxHeaderListSize();
		if (plan.head().listSize() > most) {
			release();
			throw new InvalidRequestException(
					"The request's header section has " + plan.head().listSize() + " octets, but " + describe()
							+ " accepts at most " + most + " (SETTINGS_MAX_HEADER_LIST_SIZE)",
					null, context(Initiator.CALLER, Phase.REQUEST_HEAD).withSafeToRetry(true));
		}
		ClientStream stream;
		long now = this.loop.nanoTime();
		try {
			stream = new ClientStream(this, plan, this.options.initialWindowSize(), now);
		}
		catch (Throwable ex) {
			// Also what the caller's supplier of trailers has not declared.
			release();
			throw ex;
		}
		if (!hasPeerSettings()) {
			this.driver.dialLimit().handedOver(stream, plan);
		}
		OpenOp open = new OpenOp(this, stream);
		if (!this.trial.holds(open, now)) {
			submit(open);
		}
		return stream;
	}

	// ---- for streams, driver and receiver ----

	void submit(Op op) {
		this.writer.submit(op);
	}

	long nanoTime() {
		return this.loop.nanoTime();
	}

	TransportOptions options() {
		return this.options;
	}

	MemoryBudget budget() {
		return this.resources.budget();
	}

	Watchdog watchdog() {
		return this.resources.watchdog();
	}

	LostResponses lostResponses() {
		return this.resources.lostResponses();
	}

	Slots slots() {
		return this.streams.slots();
	}

	StreamTable streams() {
		return this.streams.table();
	}

	/** The book of its streams and slots. */
	ConnStreams book() {
		return this.streams;
	}

	SendHalf sendHalf() {
		return this.sendHalf;
	}

	ConnectionWriter writer() {
		return this.writer;
	}

	FrameLogger frameLogger() {
		return this.frameLogger;
	}

	FrameTrace receivedFrames() {
		return this.receivedFrames;
	}

	ReceiveWindow receiveWindow() {
		return this.receiveWindow;
	}

	WindowTuning tuning() {
		return this.tuning;
	}

	Trial trial() {
		return this.trial;
	}

	ConnDriver driver() {
		return this.driver;
	}

	ConnObserver observer() {
		return this.observer;
	}

	long idleSince() {
		return this.streams.idleSince();
	}

	void state(ConnectionState newState) {
		this.state = newState;
	}

	/** Completes {@link #whenClosed()}. Loop. */
	void completeClosed() {
		this.whenClosed.complete(null);
	}

	void wire(Wire newWire) {
		this.wire = newWire;
	}

	void goAway(ConnectionSnapshot.GoAway received) {
		this.goAway = received;
	}

	void answered() {
		this.streams.answered();
	}

	/** Has content looked at, though nothing is queued. Any thread. */
	void pump() {
		if (this.pumpQueued.compareAndSet(false, true)) {
			submit(new ConnOps.Pump(this.pumpQueued));
		}
	}

	/** Gives connection credit back that was not given on receipt. Any thread. */
	void creditConnection(int octets) {
		if (this.receiveWindow.consume(octets)) {
			submit(new ConnOps.ConnectionCredit(this.receiveWindow));
		}
	}

	Loop loop() {
		return this.loop;
	}

	/**
	 * A stream is over. Loop, perhaps in the middle of encoding, so that this only takes
	 * notes.
	 */
	void streamClosed(ProtocolStream stream) {
		this.streams.closed((ClientStream) stream);
	}

	/** How many stream slots are taken. */
	int inFlight() {
		return this.streams.slots().used();
	}

	// ---- words ----

	long createdNanos() {
		return this.createdNanos;
	}

	@Nullable Wire wire() {
		return this.wire;
	}

	FailureContext context(Initiator initiator, Phase phase) {
		return new FailureContext(initiator, phase, null, this.id, 0, false, lastFrames());
	}

	/** The last frames of both directions. Any thread. */
	List<String> lastFrames() {
		return FrameTrail.of(this.sentFrames.ring(), this.receivedFrames.ring(), this.loop.nanoTime());
	}

	String describe() {
		return "connection " + this.id + " to " + this.key;
	}

	/** Whether the peer has shown life since a call began, for its timeout's message. */
	String describeSilence(long ageNanos) {
		long silentNanos = Math.min(this.loop.nanoTime() - this.driver.lastReadNanos(), ageNanos);
		long silent = Duration.ofNanos(silentNanos).toMillis();
		return (silent >= 1000) ? "; the peer has sent nothing for " + silent + " ms" : "";
	}

	boolean isStalled() {
		return this.writer.stalledSince() != 0;
	}

	/**
	 * Takes a picture of the connection without stopping it.
	 * @return the state of a moment ago
	 */
	public ConnectionSnapshot snapshot() {
		return ConnectionSnapshots.of(this, this.loop.nanoTime());
	}

	@Override
	public String toString() {
		return describe() + " [" + this.state + "]";
	}

}
