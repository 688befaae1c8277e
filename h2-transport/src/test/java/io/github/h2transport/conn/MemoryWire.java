package io.github.h2transport.conn;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

import org.jspecify.annotations.Nullable;

/**
 * A wire in memory. The test decides how many octets it takes, when it fails and when the
 * input ends. It fails itself if two threads write at once.
 */
final class MemoryWire implements Wire {

	private static final int UNLIMITED = Integer.MAX_VALUE;

	private static final int PIECE = 16 * 1024;

	private final AtomicBoolean writing = new AtomicBoolean();

	// All below is guarded by this.

	private final Deque<ByteBuffer> input = new ArrayDeque<>();

	private final ByteArrayOutputStream output = new ByteArrayOutputStream();

	private final List<Integer> writes = new ArrayList<>();

	private long octetsSent;

	/** Octets that were taken over but are not sent, as TLS does. */
	private final ByteArrayOutputStream wrapped = new ByteArrayOutputStream();

	private boolean wrapping;

	private boolean silentlyWritable;

	private int room = UNLIMITED;

	private int octetsPerWrite = UNLIMITED;

	private boolean established = true;

	private boolean inputEnded;

	private boolean awaitingWritable;

	private boolean outputFinished;

	private boolean closed;

	private @Nullable Throwable writeFailure;

	private @Nullable Throwable readFailure;

	private @Nullable Runnable beforeWrite;

	// ---- the test's side ----

	synchronized void holdHandshake() {
		this.established = false;
	}

	synchronized void finishHandshake() {
		this.established = true;
	}

	/** The socket buffer has so many octets left, until this is called again. */
	synchronized void room(int octets) {
		this.room = octets;
	}

	synchronized void unlimitedRoom() {
		this.room = UNLIMITED;
	}

	/** From now on takes over all that it is given, and sends it when there is room. */
	synchronized void wrap() {
		this.wrapping = true;
	}

	/** Room is not announced, as by a selector that waits for more of it. */
	synchronized void announceNoRoom() {
		this.silentlyWritable = true;
	}

	/** Every write takes so many octets at most. */
	synchronized void octetsPerWrite(int octets) {
		this.octetsPerWrite = octets;
	}

	synchronized void failWrites(@Nullable Throwable failure) {
		this.writeFailure = failure;
	}

	synchronized void failReads(Throwable failure) {
		this.readFailure = failure;
	}

	/** Runs on the writing thread, before octets are taken. */
	synchronized void beforeWrite(@Nullable Runnable action) {
		this.beforeWrite = action;
	}

	synchronized void deliver(byte[] octets) {
		this.input.add(ByteBuffer.wrap(octets));
	}

	synchronized void endInput() {
		this.inputEnded = true;
	}

	synchronized boolean hasInput() {
		return !this.input.isEmpty() || this.inputEnded || this.readFailure != null;
	}

	synchronized boolean wantsToWrite() {
		return this.awaitingWritable && this.room > 0 && !this.silentlyWritable;
	}

	synchronized boolean isAwaitingWritable() {
		return this.awaitingWritable;
	}

	synchronized byte[] takeOutput() {
		byte[] octets = this.output.toByteArray();
		this.output.reset();
		return octets;
	}

	/** The length of each write that took something, in order, and forgets them. */
	synchronized List<Integer> takeWrites() {
		List<Integer> lengths = List.copyOf(this.writes);
		this.writes.clear();
		return lengths;
	}

	synchronized boolean isOutputFinished() {
		return this.outputFinished;
	}

	synchronized boolean isClosed() {
		return this.closed;
	}

	// ---- the connection's side ----

	@Override
	public synchronized boolean establish() {
		return this.established;
	}

	@Override
	public synchronized int read(ByteBuffer into) throws IOException {
		if (this.closed) {
			throw new ClosedChannelException();
		}
		int length = 0;
		for (ByteBuffer next = this.input.peek(); next != null && into.hasRemaining(); next = this.input.peek()) {
			int some = Math.min(next.remaining(), into.remaining());
			into.put(next.slice(next.position(), some));
			next.position(next.position() + some);
			length += some;
			if (!next.hasRemaining()) {
				this.input.remove();
			}
		}
		if (length == 0 && this.readFailure != null) {
			throwUp(this.readFailure);
		}
		return (length == 0 && this.inputEnded) ? -1 : length;
	}

	@Override
	public boolean hasBuffered() {
		return false;
	}

	@Override
	public boolean write(ByteBuffer from, boolean inPieces) throws IOException {
		if (!this.writing.compareAndSet(false, true)) {
			throw new AssertionError("Two threads write at once");
		}
		try {
			Runnable action = this.beforeWrite;
			if (action != null) {
				action.run();
			}
			boolean taken = true;
			while (taken && inPieces && from.remaining() > PIECE) {
				taken = takePiece(from);
			}
			return taken && take(from);
		}
		finally {
			this.writing.set(false);
		}
	}

	private boolean takePiece(ByteBuffer from) throws IOException {
		int end = from.limit();
		from.limit(from.position() + PIECE);
		try {
			return take(from);
		}
		finally {
			from.limit(end);
		}
	}

	private synchronized boolean take(ByteBuffer from) throws IOException {
		if (this.writeFailure != null) {
			throwUp(this.writeFailure);
		}
		if (from.hasRemaining() && (this.closed || this.outputFinished)) {
			throw new ClosedChannelException();
		}
		if (!this.wrapping) {
			send(from);
			return !from.hasRemaining();
		}
		byte[] octets = new byte[from.remaining()];
		from.get(octets);
		this.wrapped.writeBytes(octets);
		ByteBuffer pending = ByteBuffer.wrap(this.wrapped.toByteArray());
		send(pending);
		this.wrapped.reset();
		this.wrapped.write(pending.array(), pending.position(), pending.remaining());
		return !pending.hasRemaining();
	}

	private void send(ByteBuffer from) {
		int length = Math.min(Math.min(from.remaining(), this.room), this.octetsPerWrite);
		byte[] octets = new byte[length];
		from.get(octets);
		this.output.writeBytes(octets);
		this.octetsSent += length;
		if (this.room != UNLIMITED) {
			this.room -= length;
		}
		if (length > 0) {
			this.writes.add(length);
		}
	}

	@Override
	public synchronized long octetsSent() {
		return this.octetsSent;
	}

	private static void throwUp(Throwable failure) throws IOException {
		if (failure instanceof Error error) {
			throw error;
		}
		if (failure instanceof RuntimeException exception) {
			throw exception;
		}
		throw (IOException) failure;
	}

	@Override
	public synchronized void awaitWritable(boolean wanted) {
		this.awaitingWritable = wanted;
	}

	@Override
	public synchronized void finishOutput() {
		this.outputFinished = true;
	}

	@Override
	public synchronized void close() {
		this.closed = true;
	}

	@Override
	public @Nullable SocketAddress localAddress() {
		return null;
	}

	@Override
	public @Nullable SocketAddress remoteAddress() {
		return null;
	}

	@Override
	public ConnectionSnapshot.@Nullable Tls tls() {
		return null;
	}

}
