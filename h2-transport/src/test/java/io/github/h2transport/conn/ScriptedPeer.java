package io.github.h2transport.conn;

import java.io.IOException;
import java.lang.reflect.Field;
import java.net.URI;
import java.nio.channels.SelectionKey;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.UnaryOperator;

import io.github.h2transport.ConnectionKey;
import io.github.h2transport.Http2Request;
import io.github.h2transport.Origin;
import io.github.h2transport.RequestBody;
import io.github.h2transport.TransportOptions;
import io.github.h2transport.protocol.RequestHead;
import io.github.h2transport.protocol.SendHalf;
import io.github.h2transport.testkit.peer.PeerCodec;
import io.github.h2transport.testkit.peer.PeerFrame;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Both ends of a connection in memory: a client connection on a loop that is turned by
 * hand, and a peer that says line by line what it sends and what it expects. One thread
 * is enough: it is the caller between two lines, and the loop within {@link #send} and
 * {@link #expect}.
 */
public final class ScriptedPeer {

	static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(10);

	static final URI ROOT = URI.create("http://example.test/");

	private static final CallTimes NO_DEADLINES = new CallTimes(0, 0, 0);

	private boolean callsHeldBack;

	private final ManualLoop loop = new ManualLoop();

	private final MemoryWire wire = new MemoryWire();

	private final RecordingObserver observer = new RecordingObserver();

	private final PeerCodec codec = new PeerCodec();

	private final Resources resources;

	private final ClientConn connection;

	public ScriptedPeer() {
		this((options) -> options);
	}

	public ScriptedPeer(UnaryOperator<TransportOptions.Builder> options) {
		this(new Resources(options.apply(TransportOptions.builder().allowHttp(true)).build(), Runnable::run, null));
	}

	/** Another connection of the same transport. */
	ScriptedPeer(Resources resources) {
		this.resources = resources;
		this.connection = new ClientConn(resources.nextId(), new ConnectionKey(Origin.of(ROOT), null, null),
				resources.options().singleUse(), resources, this.loop, this.observer);
		this.resources.remember(this.connection);
	}

	ManualLoop loop() {
		return this.loop;
	}

	MemoryWire wire() {
		return this.wire;
	}

	RecordingObserver observer() {
		return this.observer;
	}

	Resources resources() {
		return this.resources;
	}

	public ClientConn connection() {
		return this.connection;
	}

	// ---- the connection ----

	/** The socket is connected. */
	public ScriptedPeer connect() {
		this.connection.driver().dialLimit().extend(CONNECT_TIMEOUT);
		this.loop.turn(() -> this.connection.driver().connected(this.wire));
		return this;
	}

	/** Connects and exchanges prefaces. */
	public ScriptedPeer greet() {
		return greet(PeerFrame.settings());
	}

	public ScriptedPeer greet(PeerFrame settings) {
		connect().expect(PeerFrame.preface(), PeerFrame.settings(), PeerFrame.windowUpdate(0));
		send(settings, PeerFrame.settingsAck()).expect(PeerFrame.settingsAck());
		this.observer.take();
		this.wire.takeWrites();
		return this;
	}

	/** Connects a connection whose window has the size that every window begins with. */
	public ScriptedPeer greetWithoutUpdate() {
		connect().expect(PeerFrame.preface(), PeerFrame.settings()).expectNothing();
		return send(PeerFrame.settings(), PeerFrame.settingsAck()).expect(PeerFrame.settingsAck());
	}

	/** Sends frames in one piece, after everything that callers did has gone out. */
	public ScriptedPeer send(PeerFrame... frames) {
		settle();
		return sendOctets(this.codec.write(frames));
	}

	public ScriptedPeer sendOctets(byte[] octets) {
		this.wire.deliver(octets);
		return settle();
	}

	public byte[] octetsOf(PeerFrame... frames) {
		return this.codec.write(frames);
	}

	/** Ends the peer's output. */
	public ScriptedPeer endOfInput() {
		settle();
		this.wire.endInput();
		return settle();
	}

	/** Turns the loop until nothing moves any more. */
	public ScriptedPeer settle() {
		for (int i = 0; i < 100_000; i++) {
			int ready = (this.wire.hasInput() ? SelectionKey.OP_READ : 0)
					| (this.wire.wantsToWrite() ? SelectionKey.OP_WRITE : 0);
			if (this.wire.isClosed()) {
				ready = 0;
			}
			if (ready == 0 && this.loop.mailboxSize() == 0) {
				return this;
			}
			this.loop.ready(this.connection.driver(), ready);
		}
		throw new AssertionError("The connection does not come to rest");
	}

	/** Moves the clock, and lets the connection do what is due. */
	public ScriptedPeer advance(Duration by) {
		this.loop.advance(by);
		return settle();
	}

	/** Whoever writes content pauses, so that what there is leaves. */
	public ScriptedPeer pause() {
		settle();
		this.loop.passMoment();
		return settle();
	}

	// ---- what the client sends ----

	/** The next frames of the client must be these; others may follow. */
	public ScriptedPeer expect(PeerFrame... expected) {
		Deque<PeerFrame> received = received();
		for (PeerFrame frame : expected) {
			PeerFrame next = received.poll();
			if (next == null) {
				throw new AssertionError("Expected " + frame + ", but the client sent nothing");
			}
			if (!frame.describes(next)) {
				throw new AssertionError("Expected " + frame + ", but got " + next + ", then " + received);
			}
		}
		return this;
	}

	public ScriptedPeer expectNothing() {
		assertThat(received()).as("what the client sent").isEmpty();
		return this;
	}

	/** Everything the client has sent and nobody has expected. */
	public List<PeerFrame> rest() {
		Deque<PeerFrame> received = received();
		List<PeerFrame> all = new ArrayList<>(received);
		received.clear();
		return all;
	}

	private Deque<PeerFrame> received() {
		settle();
		return this.codec.read(this.wire.takeOutput());
	}

	/**
	 * Takes what the client has sent as octets, for what frames do not show.
	 * @return everything that nobody has expected; it cannot be expected any more
	 */
	public byte[] takeOctets() {
		settle();
		return this.wire.takeOutput();
	}

	/** From now on what callers begin goes out only when the script turns the loop. */
	public ScriptedPeer holdCallsBack() {
		this.callsHeldBack = true;
		return this;
	}

	/** The socket takes so many octets more, and then none. */
	public ScriptedPeer room(int octets) {
		this.wire.room(octets);
		return this;
	}

	public ScriptedPeer unlimitedRoom() {
		this.wire.unlimitedRoom();
		return this;
	}

	/**
	 * Returns whether the client has ended its output, behind all that it has sent.
	 * @return {@code true} also once the socket is closed
	 */
	public boolean isOutputFinished() {
		return this.wire.isOutputFinished();
	}

	/**
	 * Returns whether the client has closed its socket, which may destroy what the peer
	 * has not read yet.
	 * @return {@code false} while the client still reads
	 */
	public boolean isClosed() {
		return this.wire.isClosed();
	}

	/** As if all streams up to this one had been opened, which takes days. */
	public ScriptedPeer lastOpenedId(int streamId) throws ReflectiveOperationException {
		Field field = SendHalf.class.getDeclaredField("lastOpenedId");
		field.setAccessible(true);
		field.setInt(this.connection.sendHalf(), streamId);
		return this;
	}

	/**
	 * Returns what the peer may still send on the connection.
	 * @return octets
	 */
	public long receiveWindow() {
		return this.connection.receiveWindow().available();
	}

	// ---- what callers do ----

	public static Http2Request get(String path) {
		return Http2Request.get(ROOT.resolve(path));
	}

	public static Http2Request head(String path) {
		return Http2Request.builder("HEAD", ROOT.resolve(path)).build();
	}

	/** Content that the connection sends by itself. */
	public static Http2Request post(String path, byte[] octets) {
		return Http2Request.builder("POST", ROOT.resolve(path)).body(RequestBody.of(octets)).build();
	}

	/** Content of unknown length that the caller writes. */
	public static Http2Request upload(String path) {
		return upload(path, RequestBody.UNKNOWN_LENGTH);
	}

	public static Http2Request upload(String path, long length) {
		RequestBody written = RequestBody.ofWriter((out) -> {
		}, length, false);
		return Http2Request.builder("POST", ROOT.resolve(path)).body(written).build();
	}

	/** Reserves a slot and hands the request over. */
	public Exchange call(Http2Request request) throws IOException {
		return call(request, NO_DEADLINES);
	}

	public Exchange call(Http2Request request, CallTimes times) throws IOException {
		assertThat(this.connection.tryReserve()).as("a free slot").isTrue();
		return start(request, times);
	}

	/** Uses a slot that was reserved before. */
	public Exchange start(Http2Request request) throws IOException {
		return start(request, NO_DEADLINES);
	}

	private Exchange start(Http2Request request, CallTimes times) throws IOException {
		Exchange exchange = new Exchange(this.connection
			.start(StreamPlan.of(RequestHead.of(request), request.body(), times, request.trailers(), 0, null)));
		if (!this.callsHeldBack) {
			this.loop.turnUntilQuiet();
		}
		return exchange;
	}

	/** A deadline that is so far away from now. */
	long in(Duration time) {
		return this.loop.nanoTime() + time.toNanos();
	}

	// ---- the ledger ----

	/** Every slot is free, every octet of credit is accounted for, no buffer is held. */
	public ScriptedPeer isAtRest() {
		settle();
		assertThat(this.connection.activeStreams()).as("slots in use").isZero();
		assertThat(this.connection.streams().all()).as("open streams").isEmpty();
		assertThat(this.connection.receiveWindow().outstanding()).as("credit owed to the peer").isZero();
		assertThat(this.resources.budget().buffered()).as("octets buffered for readers").isZero();
		assertThat(this.connection.writer().isIdle()).as("everything is written").isTrue();
		assertThat(this.connection.sendHalf().buffer().capacity()).as("the borrowed buffer").isZero();
		return this;
	}

}
