package io.github.h2transport.conn;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;

import io.github.h2transport.Http2Exception;
import io.github.h2transport.protocol.SendHalf;
import org.jspecify.annotations.Nullable;

/**
 * Writes what a connection has to say. Any thread queues ops and goes on; the loop alone
 * runs them, encodes and writes, a buffer at a time and without blocking. No lock is
 * involved, and nobody ever waits for the socket.
 */
final class ConnectionWriter {

	/** So many ops, one buffer or one write; then other connections have their turn. */
	private static final int QUANTUM = 64;

	private final OpQueue queue = new OpQueue();

	/**
	 * Whether the loop will look at the queue. Set by whoever queues, and cleared by the
	 * loop before it looks, so that any number of ops costs one wake-up and none is
	 * forgotten.
	 */
	private final AtomicBoolean scheduled = new AtomicBoolean();

	private final SendHalf half;

	private final Loop loop;

	private final BufferPool buffers;

	private final Function<Throwable, Http2Exception> onFailure;

	private final Runnable drainTask = this::drain;

	/**
	 * From then on ops are discarded. Written by the loop, and by others after its end.
	 */
	private volatile @Nullable Http2Exception terminal;

	/** Since when the socket takes nothing, 0 if it does; written by the loop. */
	private volatile long stalledSince;

	// All below is owned by the loop.

	private @Nullable Wire wire;

	/** Whether the half has a buffer, with octets that are still to be written. */
	private boolean attached;

	private boolean awaitingWritable;

	/**
	 * Creates a writer that waits for its wire.
	 * @param half encodes
	 * @param loop the thread that writes
	 * @param buffers lends the buffer of a write
	 * @param onFailure told what writing failed with, says what the discarded ops are
	 * told; must not queue any
	 */
	ConnectionWriter(SendHalf half, Loop loop, BufferPool buffers, Function<Throwable, Http2Exception> onFailure) {
		this.half = half;
		this.loop = loop;
		this.buffers = buffers;
		this.onFailure = onFailure;
	}

	/**
	 * Queues an op and sees to it that the loop runs it. Any thread.
	 * @param op an op that is in no queue
	 */
	void submit(Op op) {
		this.queue.push(op);
		if (this.scheduled.get() || !this.scheduled.compareAndSet(false, true)) {
			return;
		}
		if (this.loop.inLoop()) {
			this.loop.flushLater(this);
		}
		else {
			schedule();
		}
	}

	private void schedule() {
		try {
			this.loop.execute(this.drainTask);
		}
		catch (RejectedExecutionException ex) {
			// The loop has ended, so nobody else will ever look.
			this.scheduled.set(false);
			discardAll(this.onFailure.apply(ex));
		}
	}

	// ---- the loop's side ----

	/** Begins to write: the wire is there. */
	void start(Wire newWire) {
		this.wire = newWire;
		this.loop.flushLater(this);
	}

	/** Goes on after the socket was full, or tries whether it still is. */
	void writable() {
		if (this.awaitingWritable) {
			this.awaitingWritable = false;
			drain();
		}
	}

	/** Lets what is queued behind a full socket look at the clock. */
	void tick(long now) {
		if (this.awaitingWritable) {
			this.queue.tick(now);
		}
	}

	/**
	 * Ends it: what was queued and what will be is discarded.
	 * @param cause what the discarded ops are told
	 */
	void terminate(Http2Exception cause) {
		if (this.terminal == null) {
			this.terminal = cause;
		}
		this.awaitingWritable = false;
		drain();
	}

	/**
	 * Returns since when the socket has not taken anything. Any thread.
	 * @return a time of the loop's clock, 0 if it is not stalled
	 */
	long stalledSince() {
		return this.stalledSince;
	}

	/**
	 * Returns whether everything that was queued is with the operating system, or was
	 * discarded.
	 * @return whether there is nothing left to do
	 */
	boolean isIdle() {
		return !this.scheduled.get() && !this.attached && (this.wire != null || this.terminal != null);
	}

	/** Runs what is queued, unless it must wait for the wire or for the socket. */
	void drain() {
		this.scheduled.set(false);
		Http2Exception cause = this.terminal;
		if (cause == null) {
			Wire current = this.wire;
			if (current == null || this.awaitingWritable) {
				return;
			}
			try {
				if (encodeAndWrite(current) && this.scheduled.compareAndSet(false, true)) {
					schedule();
				}
				return;
			}
			catch (Throwable ex) {
				cause = this.onFailure.apply(ex);
			}
		}
		giveBuffer();
		discardAll(cause);
	}

	/** Returns whether there is more that could be written now. */
	private boolean encodeAndWrite(Wire current) throws IOException {
		if (!this.attached) {
			this.half.attach(this.buffers.borrow());
			this.attached = true;
		}
		this.half.beginTurn();
		int ops = 0;
		while (ops < QUANTUM && this.half.hasRoom()) {
			Op op = this.queue.poll();
			if (op == null) {
				break;
			}
			op.run(this.half);
			ops++;
		}
		boolean more = ops == QUANTUM || !this.half.hasRoom();
		long now = this.loop.nanoTime();
		more |= this.half.pump(now);
		this.half.noteFrames(now);
		if (!write(current)) {
			stall(current);
			return false;
		}
		if (this.stalledSince != 0) {
			this.stalledSince = 0;
			current.awaitWritable(false);
		}
		if (!more) {
			giveBuffer();
		}
		return more;
	}

	private boolean write(Wire current) throws IOException {
		ByteBuffer buffer = this.half.buffer();
		// Octets of the buffer would not do: TLS takes them long before the socket does.
		long before = current.octetsSent();
		boolean inPieces = this.half.awaitsCredit();
		buffer.flip();
		try {
			return current.write(buffer, inPieces);
		}
		finally {
			if (current.octetsSent() != before) {
				this.stalledSince = (this.stalledSince != 0) ? this.loop.nanoTime() : 0;
			}
			buffer.compact();
			this.half.written();
		}
	}

	private void stall(Wire current) {
		if (this.stalledSince == 0) {
			this.stalledSince = this.loop.nanoTime();
		}
		this.awaitingWritable = true;
		current.awaitWritable(true);
	}

	private void giveBuffer() {
		if (this.attached) {
			this.attached = false;
			this.buffers.giveBack(this.half.detach());
		}
	}

	/** By the loop, or by several others at once when it has ended. */
	private synchronized void discardAll(Http2Exception cause) {
		Http2Exception first = this.terminal;
		if (first == null) {
			first = cause;
			this.terminal = cause;
		}
		for (Op op = this.queue.poll(); op != null; op = this.queue.poll()) {
			op.discard(first);
		}
	}

}
