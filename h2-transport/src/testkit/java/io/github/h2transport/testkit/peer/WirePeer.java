package io.github.h2transport.testkit.peer;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;

import io.github.h2transport.Http2Request;
import io.github.h2transport.InvalidRequestException;
import io.github.h2transport.RequestBody;
import io.github.h2transport.TransportOptions;
import io.github.h2transport.conn.ClientConn;
import io.github.h2transport.conn.ConnectionSnapshot;
import io.github.h2transport.transport.Http2Transport;
import org.jspecify.annotations.Nullable;

/**
 * The server's end of one connection over a real socket, played line by line: a script
 * says what the peer sends and what it expects of the client. The client is a transport
 * of its own with a pool of this one connection, so a request that the connection turns
 * away is not sent again.
 *
 * <p>
 * After each line the client has done all that it does by itself: its loop has looked at
 * everything that it was sent, and what it wrote has arrived. That is known from a second
 * connection on the same loop, which answers PINGs. Confined to one thread, and closed by
 * {@link #closeAll()}.
 */
public final class WirePeer implements AutoCloseable {

	private static final URI ROOT = URI.create("http://example.test/");

	private static final int PATIENCE_MILLIS = 20_000;

	/** A read of the loop takes 64 KiB; large scripts need a few of them. */
	private static final int TURNS = 3;

	/** Below the number of PINGs that a client takes for a flood. */
	private static final int RINGS = 500;

	private static final ThreadLocal<List<WirePeer>> PLAYED = ThreadLocal.withInitial(ArrayList::new);

	private final ServerSocket listener;

	private final OneConnPool pool;

	private final Http2Transport transport;

	private final List<ScriptedWriter> writers = new ArrayList<>();

	private final PeerCodec codec = new PeerCodec();

	private PeerCodec bellCodec = new PeerCodec();

	private int rings;

	/** What the client sent and nobody has looked at. */
	private byte[] arrived = new byte[0];

	private Deque<PeerFrame> received = new ArrayDeque<>();

	private Socket bell;

	private ClientConn bellConnection;

	private Socket socket;

	private ClientConn connection;

	private boolean ended;

	/**
	 * Both ends, with the default options but for User-Agent, which a test would have to
	 * leave out.
	 */
	public WirePeer() {
		this((options) -> options);
	}

	/**
	 * Creates both ends. Nothing is connected yet.
	 * @param options what differs from the defaults
	 */
	public WirePeer(UnaryOperator<TransportOptions.Builder> options) {
		OneConnPool[] made = new OneConnPool[1];
		this.transport = Http2Transport.builder()
			.options(options.apply(TransportOptions.builder().allowHttp(true).userAgent("")).eventLoops(1).build())
			.connPool((dialer) -> made[0] = new OneConnPool(dialer))
			.build();
		this.pool = made[0];
		try {
			this.listener = new ServerSocket(0, 2, InetAddress.getLoopbackAddress());
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		PLAYED.get().add(this);
	}

	/** Closes all that this thread has played. */
	public static void closeAll() {
		PLAYED.get().forEach(WirePeer::close);
		PLAYED.remove();
	}

	// ---- the connection ----

	/**
	 * The client connects, and sends what it sends without being asked.
	 * @return this
	 */
	public WirePeer connect() {
		try {
			this.listener.setSoTimeout(PATIENCE_MILLIS);
			hangBell();
			this.connection = this.pool.dial(this.listener.getLocalPort());
			this.pool.give(this.connection);
			this.socket = this.listener.accept();
			this.socket.setTcpNoDelay(true);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		awaitOctets();
		return settle();
	}

	/**
	 * Connects and exchanges prefaces.
	 * @return this
	 */
	public WirePeer greet() {
		return greet(PeerFrame.settings());
	}

	/**
	 * Connects and exchanges prefaces.
	 * @param settings of the server
	 * @return this
	 */
	public WirePeer greet(PeerFrame settings) {
		connect().expect(PeerFrame.preface(), PeerFrame.settings(), PeerFrame.windowUpdate(0));
		return send(settings, PeerFrame.settingsAck()).expect(PeerFrame.settingsAck());
	}

	/**
	 * Connects a connection whose window has the size that every window begins with.
	 * @return this
	 */
	public WirePeer greetWithoutUpdate() {
		connect().expect(PeerFrame.preface(), PeerFrame.settings()).expectNothing();
		return send(PeerFrame.settings(), PeerFrame.settingsAck()).expect(PeerFrame.settingsAck());
	}

	public ClientConn connection() {
		return this.connection;
	}

	/**
	 * Sends frames in one piece, after everything that callers did has gone out.
	 * @param frames what to send
	 * @return this
	 */
	public WirePeer send(PeerFrame... frames) {
		settle();
		return sendOctets(this.codec.write(frames));
	}

	public WirePeer sendOctets(byte[] octets) {
		try {
			this.socket.getOutputStream().write(octets);
		}
		catch (IOException ex) {
			// The client has closed, which the script may want to see.
			this.ended = true;
		}
		return settle();
	}

	public byte[] octetsOf(PeerFrame... frames) {
		return this.codec.write(frames);
	}

	/**
	 * Ends the peer's output.
	 * @return this
	 */
	public WirePeer endOfInput() {
		settle();
		try {
			this.socket.shutdownOutput();
		}
		catch (IOException ex) {
			this.ended = true;
		}
		return settle();
	}

	/**
	 * Waits until the client has looked at all that it was sent, and takes what it wrote.
	 * @return this
	 */
	public WirePeer settle() {
		int before = -1;
		for (int quiet = 0; quiet < TURNS; quiet = (this.arrived.length == before) ? quiet + 1 : 0) {
			before = this.arrived.length;
			ring();
			takeArrived();
		}
		return this;
	}

	// ---- what the client sends ----

	/**
	 * The next frames of the client must be these; others may follow. A PING, by which
	 * the client measures or asks whether the peer lives, counts only where one is
	 * expected.
	 * @param expected in their order
	 * @return this
	 */
	public WirePeer expect(PeerFrame... expected) {
		settle();
		for (PeerFrame frame : expected) {
			PeerFrame next = next();
			while (next != null && next.isPing() && !frame.isPing()) {
				next = next();
			}
			if (next == null) {
				throw new AssertionError("Expected " + frame + ", but the client sent nothing");
			}
			if (!frame.describes(next)) {
				throw new AssertionError("Expected " + frame + ", but got " + next + ", then " + frames());
			}
		}
		return this;
	}

	/**
	 * The client sends this frame in its own time. What it sends before does not count.
	 * @param expected the frame
	 * @return this
	 */
	public WirePeer await(PeerFrame expected) {
		PeerFrame next = next();
		while (next != null && !expected.describes(next)) {
			next = next();
		}
		if (next == null) {
			throw new AssertionError("Expected " + expected + ", but the client has ended its output");
		}
		return this;
	}

	private @Nullable PeerFrame next() {
		while (frames().isEmpty() && !this.ended) {
			awaitOctets();
		}
		return frames().poll();
	}

	public WirePeer expectNothing() {
		List<PeerFrame> more = rest();
		if (!more.isEmpty()) {
			throw new AssertionError("The client sent " + more);
		}
		return this;
	}

	/**
	 * Everything that the client has sent and nobody has expected.
	 * @return frames in their order
	 */
	public List<PeerFrame> rest() {
		settle();
		List<PeerFrame> all = new ArrayList<>(frames());
		frames().clear();
		all.removeIf(PeerFrame::isPing);
		return all;
	}

	/**
	 * Takes what the client has sent as octets, for what frames do not show.
	 * @return everything that nobody has expected; it cannot be expected any more
	 */
	public byte[] takeOctets() {
		settle();
		byte[] octets = this.arrived;
		this.arrived = new byte[0];
		return octets;
	}

	/**
	 * Returns whether the client has ended its output, behind all that it has sent.
	 * @return {@code true} also once the socket is closed
	 */
	public boolean isOutputFinished() {
		settle();
		return this.ended || endsNow();
	}

	/**
	 * Returns whether the client is done with its connection.
	 * @return {@code false} while the client still reads
	 */
	public boolean isClosed() {
		settle();
		return this.connection.whenClosed().isDone();
	}

	/**
	 * Returns what the peer may still send on the connection.
	 * @return octets
	 */
	public long receiveWindow() {
		return snapshot().receiveWindow();
	}

	private ConnectionSnapshot snapshot() {
		return this.transport.snapshot()
			.origins()
			.stream()
			.flatMap((origin) -> origin.connections().stream())
			.filter((picture) -> picture.id().equals(this.connection.id()))
			.findFirst()
			.orElseThrow(() -> new AssertionError("The connection is gone"));
	}

	// ---- what callers do ----

	public static Http2Request get(String path) {
		return Http2Request.get(ROOT.resolve(path));
	}

	public static Http2Request head(String path) {
		return Http2Request.builder("HEAD", ROOT.resolve(path)).build();
	}

	/**
	 * A request whose content is at hand.
	 * @param path where to
	 * @param octets the content
	 * @return the request
	 */
	public static Http2Request post(String path, byte[] octets) {
		return Http2Request.builder("POST", ROOT.resolve(path)).body(RequestBody.of(octets)).build();
	}

	/**
	 * A request whose content of unknown length the script writes.
	 * @param path where to
	 * @return the request
	 */
	public static Http2Request upload(String path) {
		return upload(path, RequestBody.UNKNOWN_LENGTH);
	}

	public static Http2Request upload(String path, long length) {
		return Http2Request.builder("POST", ROOT.resolve(path)).body(new ScriptedWriter().body(length)).build();
	}

	/**
	 * Starts a call, which takes a free slot.
	 * @param request what is asked
	 * @return the running call
	 * @throws InvalidRequestException if the request cannot be sent
	 */
	public Exchange call(Http2Request request) throws InvalidRequestException {
		if (!this.connection.tryReserve()) {
			throw new AssertionError("No free slot");
		}
		return start(request);
	}

	/**
	 * Starts a call that uses a slot which was reserved before.
	 * @param request what is asked
	 * @return the running call
	 * @throws InvalidRequestException if the request cannot be sent
	 */
	public Exchange start(Http2Request request) throws InvalidRequestException {
		this.pool.expectCall();
		ScriptedWriter writer = ScriptedWriter.of(request.body());
		Exchange exchange = new Exchange(this.transport.roundTripAsync(request), writer);
		exchange.throwIfInvalid();
		if (writer != null) {
			this.writers.add(writer);
			writer.awaitBegin();
		}
		return exchange;
	}

	/**
	 * Every slot is free, no stream is open, and the connection lives.
	 * @return this
	 */
	public WirePeer isAtRest() {
		settle();
		ConnectionSnapshot picture = snapshot();
		if (picture.activeStreams() != 0 || !picture.streams().isEmpty()) {
			throw new AssertionError("Not at rest: " + picture);
		}
		return this;
	}

	@Override
	public void close() {
		this.writers.forEach(ScriptedWriter::stop);
		for (Socket open : Arrays.asList(this.socket, this.bell)) {
			try {
				if (open != null) {
					open.setSoLinger(true, 0);
					open.close();
				}
			}
			catch (IOException ex) {
				// It is gone, as wanted.
			}
		}
		try {
			this.listener.close();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		this.transport.shutdown(Duration.ZERO).join();
	}

	// ---- octets ----

	private Deque<PeerFrame> frames() {
		if (this.arrived.length > 0) {
			byte[] octets = this.arrived;
			this.arrived = new byte[0];
			this.received = this.codec.read(octets);
		}
		return this.received;
	}

	private void takeArrived() {
		try {
			InputStream in = this.socket.getInputStream();
			for (int ready = in.available(); ready > 0; ready = in.available()) {
				take(in.readNBytes(ready));
			}
		}
		catch (IOException ex) {
			this.ended = true;
		}
	}

	private void take(byte[] octets) {
		int before = this.arrived.length;
		this.arrived = Arrays.copyOf(this.arrived, before + octets.length);
		System.arraycopy(octets, 0, this.arrived, before, octets.length);
	}

	private void awaitOctets() {
		try {
			this.socket.setSoTimeout(PATIENCE_MILLIS);
			int first = this.socket.getInputStream().read();
			if (first < 0) {
				this.ended = true;
				return;
			}
			take(new byte[] { (byte) first });
			takeArrived();
		}
		catch (SocketTimeoutException ex) {
			throw new AssertionError("The client sent nothing more", ex);
		}
		catch (IOException ex) {
			this.ended = true;
		}
	}

	/** Whether the end of the client's output is here. */
	private boolean endsNow() {
		try {
			this.socket.setSoTimeout(1);
			int first = this.socket.getInputStream().read();
			if (first >= 0) {
				take(new byte[] { (byte) first });
				return false;
			}
			this.ended = true;
		}
		catch (SocketTimeoutException ex) {
			return false;
		}
		catch (IOException ex) {
			this.ended = true;
		}
		return this.ended;
	}

	// ---- the second connection ----

	private void hangBell() throws IOException {
		this.bellConnection = this.pool.dial(this.listener.getLocalPort());
		this.bellConnection.keepIdle(true);
		this.bell = this.listener.accept();
		this.bellCodec = new PeerCodec();
		this.rings = 0;
		this.bell.setTcpNoDelay(true);
		this.bell.setSoTimeout(PATIENCE_MILLIS);
		this.bell.getOutputStream().write(this.bellCodec.write(PeerFrame.settings(), PeerFrame.settingsAck()));
		awaitAtBell(PeerFrame.Type.SETTINGS_ACK);
	}

	/** The client's loop goes round once: it sends a PING, and takes the answer. */
	private void ring() {
		try {
			if (this.rings++ > RINGS) {
				this.bell.close();
				hangBell();
			}
			CompletableFuture<Duration> answered = this.bellConnection.ping(Duration.ofMillis(PATIENCE_MILLIS));
			PeerFrame ping = awaitAtBell(PeerFrame.Type.PING);
			this.bell.getOutputStream().write(this.bellCodec.write(ping.acknowledged()));
			answered.get(PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
		}
		catch (Exception ex) {
			throw new AssertionError("The client's loop does not answer", ex);
		}
	}

	private PeerFrame awaitAtBell(PeerFrame.Type type) throws IOException {
		byte[] octets = new byte[1024];
		while (true) {
			int read = this.bell.getInputStream().read(octets);
			if (read < 0) {
				throw new IOException("The client has closed its second connection");
			}
			Deque<PeerFrame> frames = this.bellCodec.read(Arrays.copyOf(octets, read));
			for (PeerFrame frame = frames.poll(); frame != null; frame = frames.poll()) {
				if (frame.type == type) {
					return frame;
				}
			}
		}
	}

}
