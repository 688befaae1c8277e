package io.github.h2transport.conn;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;

import io.github.h2transport.Http2Exception;
import io.github.h2transport.protocol.SendHalf;
import org.jspecify.annotations.Nullable;

/**
 * Who may write to a connection. Every action on the send half is pushed on a queue
 * beside a work counter; whoever raises the counter from zero holds the pen, and
 * everybody else returns at once. The holder drains the queue, encodes, writes without
 * blocking and lowers the counter by what it has seen; while it cannot get to zero it
 * goes on. No lock is involved, and nobody ever waits for the socket.
 *
 * <p>
 * The counter starts at 1: the loop holds the pen until the wire is established.
 */
final class Pen {

	/** So many ops, one buffer or one write; then the pen passes on to the loop. */
	private static final int QUANTUM = 64;

	/** So often a caller takes what others have pushed meanwhile. */
	private static final int MOST_ROUNDS = 16;

	private final OpQueue queue = new OpQueue();

	private final AtomicInteger work = new AtomicInteger(1);

	private final SendHalf half;

	private final Loop loop;

	private final BufferPool buffers;

	private final PenPolicy policy;

	private final Owner owner;

	private final Runnable drainTask = this::drain;

	/** Written by the loop before the first drain. */
	private volatile @Nullable Wire wire;

	/** Written by whoever finds the end first; from then on ops are discarded. */
	private volatile @Nullable Http2Exception terminal;

	/** Since when the socket takes nothing, 0 if it does; written by the pen's holder. */
	private volatile long stalledSince;

	/** Owned by the holder of the pen: whether the half has a buffer. */
	private boolean attached;

	/** Owned by the loop: the pen is held until the socket is writable. */
	private boolean awaitingWritable;

	Pen(SendHalf half, Loop loop, BufferPool buffers, PenPolicy policy, Owner owner) {
		this.half = half;
		this.loop = loop;
		this.buffers = buffers;
		this.policy = policy;
		this.owner = owner;
	}

	/**
	 * Queues an op and sees to it that somebody runs it. Any thread.
	 * @param op an op that is in no queue
	 */
	void submit(Op op) {
		this.queue.push(op);
		if (this.work.getAndIncrement() != 0) {
			return;
		}
		Wire current = this.wire;
		if (this.loop.inLoop()) {
			this.loop.flushLater(this);
		}
		else if (current != null && this.policy.callerWrites(current, this.loop, this.owner.inFlight())) {
			drain();
		}
		else {
			passToLoop();
		}
	}

	/**
	 * Begins to write: the wire is there. Loop only, once.
	 */
	void start(Wire newWire) {
		this.wire = newWire;
		this.loop.flushLater(this);
	}

	/**
	 * Goes on after the socket was full, or tries whether it still is. Loop only.
	 */
	void writable() {
		if (this.awaitingWritable) {
			this.awaitingWritable = false;
			drain();
		}
	}

	/**
	 * Lets what is queued behind a full socket look at the clock. Loop only.
	 */
	void tick(long now) {
		if (this.awaitingWritable) {
			this.queue.tick(now);
		}
	}

	/**
	 * Ends the pen: what was queued and what will be is discarded. Loop only.
	 * @param cause what the discarded ops are told
	 */
	void terminate(Http2Exception cause) {
		if (this.terminal == null) {
			this.terminal = cause;
		}
		if (this.awaitingWritable || this.wire == null) {
			// The loop holds the pen; nobody else would ever come by.
			this.awaitingWritable = false;
			drain();
		}
		else if (this.work.getAndIncrement() == 0) {
			drain();
		}
	}

	/**
	 * Returns since when the socket has not taken anything.
	 * @return a time of the loop's clock, 0 if it is not stalled
	 */
	long stalledSince() {
		return this.stalledSince;
	}

	/**
	 * Returns whether everything that was queued is with the operating system.
	 * @return whether nobody holds the pen
	 */
	boolean isIdle() {
		return this.work.get() == 0;
	}

	/**
	 * Runs what is queued. Only for the holder of the pen.
	 */
	void drain() {
		int seen = this.work.get();
		int rounds = 0;
		do {
			if (++rounds > MOST_ROUNDS && !this.loop.inLoop()) {
				// The counter is raised: others push as fast as this one writes.
				passToLoop();
				return;
			}
			try {
				if (this.terminal != null) {
					discardAll(this.terminal);
				}
				else if (!encodeAndWrite()) {
					// Passed on with the counter raised.
					return;
				}
			}
			catch (Throwable ex) {
				this.terminal = this.owner.writeFailed(ex);
				discardAll(this.terminal);
			}
			seen = this.work.addAndGet(-seen);
		}
		while (seen != 0);
		this.owner.penReleased();
	}

	private boolean encodeAndWrite() throws IOException {
		Wire current = this.wire;
		if (current == null) {
			return false;
		}
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
			if (this.loop.inLoop()) {
				current.awaitWritable(false);
			}
		}
		if (more) {
			passToLoop();
			return false;
		}
		this.buffers.giveBack(this.half.detach());
		this.attached = false;
		return true;
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
		if (this.loop.inLoop()) {
			this.awaitingWritable = true;
			current.awaitWritable(true);
		}
		else {
			passToLoop();
		}
	}

	/** The counter stays raised, so the loop holds the pen from now on. */
	private void passToLoop() {
		try {
			this.loop.execute(this.drainTask);
		}
		catch (RejectedExecutionException ex) {
			this.terminal = this.owner.writeFailed(ex);
			drain();
		}
	}

	private void discardAll(Http2Exception cause) {
		if (this.attached) {
			this.buffers.giveBack(this.half.detach());
			this.attached = false;
		}
		for (Op op = this.queue.poll(); op != null; op = this.queue.poll()) {
			op.discard(cause);
		}
		this.owner.discarded(cause);
	}

	/** The connection that the pen belongs to. */
	interface Owner {

		/** How many stream slots are taken. */
		int inFlight();

		/**
		 * Writing failed. Any thread; must not touch the pen.
		 * @param failure what was thrown
		 * @return what the discarded ops are told
		 */
		Http2Exception writeFailed(Throwable failure);

		/**
		 * Everything that was queued is discarded, and nothing will be sent any more. Any
		 * thread, under the pen.
		 * @param cause what the ops were told
		 */
		void discarded(Http2Exception cause);

		/** The pen was put down after some work. Any thread. */
		void penReleased();

	}

}
