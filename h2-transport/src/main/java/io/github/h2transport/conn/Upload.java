package io.github.h2transport.conn;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

import io.github.h2transport.Headers;
import io.github.h2transport.InvalidRequestException;
import io.github.h2transport.RequestBody;
import io.github.h2transport.protocol.RequestTrailers;
import io.github.h2transport.protocol.SendHalf;
import org.jspecify.annotations.Nullable;

/**
 * The content of a request on its way: chunks from one writer to the holder of the pen,
 * at most one offered while another is being sent, so an uploader never fills the queue.
 */
final class Upload {

	private static final VarHandle CLAIM;

	static {
		try {
			CLAIM = MethodHandles.lookup().findVarHandle(Upload.class, "claim", int.class);
		}
		catch (ReflectiveOperationException ex) {
			throw new ExceptionInInitializerError(ex);
		}
	}

	private static final int FREE = 0;

	private static final int COPYING = 1;

	private static final int CALLED_OFF = 2;

	private final boolean writtenByCaller;

	private final @Nullable Supplier<Headers> trailerSource;

	private final long continueTimeoutNanos;

	/** Set by the writer before its last chunk. */
	private volatile Headers trailers = Headers.empty();

	/** Claimed by compare-and-set: copying a caller's octets excludes calling off. */
	private volatile int claim;

	/** Set by the writer, emptied by the holder of the pen. */
	private volatile @Nullable Chunk offered;

	/** Set by the holder of the pen when sent, taken by the writer for its next chunk. */
	private volatile byte @Nullable [] used;

	/** The thread that waits to offer; written by that thread. */
	private volatile @Nullable Thread writer;

	/**
	 * Set at birth, taken back when the stream is open, or by the loop when 100
	 * (Continue) has come. What can be read once is not read before: if its stream is
	 * never opened, the next connection can still have it.
	 */
	private volatile boolean held;

	/** Run when the next chunk may be offered; set by the writer. */
	private volatile @Nullable Runnable onReady;

	/**
	 * Set by the holder of the pen; whoever calls the upload off and the holder look
	 * whether the other was quicker, so that no octets stay.
	 */
	private volatile @Nullable Chunk current;

	/** Owned by the holder of the pen. */
	private int position;

	/** An upload whose chunks are still to come. */
	Upload(StreamPlan plan) {
		this.writtenByCaller = true;
		this.trailerSource = plan.trailers();
		this.continueTimeoutNanos = plan.continueTimeoutNanos();
		this.held = this.continueTimeoutNanos > 0 || !plan.body().isRepeatable();
	}

	/** An upload that is complete from the start. */
	Upload(StreamPlan plan, RequestBody.Bytes bytes) throws InvalidRequestException {
		this.writtenByCaller = false;
		this.trailerSource = plan.trailers();
		this.continueTimeoutNanos = plan.continueTimeoutNanos();
		this.held = this.continueTimeoutNanos > 0;
		this.offered = new Chunk(bytes.array(), bytes.offset(), bytes.length(), true);
		complete();
	}

	/** The content that a request needs, {@code null} if HEADERS are all of it. */
	static @Nullable Upload of(StreamPlan plan) throws InvalidRequestException {
		if (plan.body() instanceof RequestBody.Bytes bytes) {
			return (bytes.length() > 0 || plan.trailers() != null) ? new Upload(plan, bytes) : null;
		}
		return new Upload(plan);
	}

	// ---- the writer's side ----

	/**
	 * Returns whether the next chunk may be offered.
	 * @return {@code true} too when it was called off
	 */
	boolean isReady() {
		return (this.offered == null && !this.held) || isCalledOff();
	}

	/** Whether the content comes from a thread or publisher of the caller. */
	boolean isWrittenByCaller() {
		return this.writtenByCaller;
	}

	/** Asks for the trailers, before the last chunk is offered. For the writer. */
	void complete() throws InvalidRequestException {
		if (this.trailerSource != null) {
			this.trailers = RequestTrailers.of(this.trailerSource.get());
		}
	}

	Headers trailers() {
		return this.trailers;
	}

	boolean isHeld() {
		return this.held;
	}

	boolean isHeldTooLong(long ageNanos) {
		return this.held && ageNanos > this.continueTimeoutNanos;
	}

	/** The stream is open; content goes unless it waits for the server's word. */
	void opened() {
		if (this.continueTimeoutNanos == 0) {
			letGo();
		}
	}

	/**
	 * Lets the content go.
	 * @return whether it was held
	 */
	boolean letGo() {
		if (!this.held) {
			return false;
		}
		this.held = false;
		wakeWriter();
		return true;
	}

	/**
	 * Sets what is run when {@link #isReady()} becomes true.
	 * @param action must be quick, for the holder of the pen runs it
	 */
	void onReady(Runnable action) {
		this.onReady = action;
	}

	void offer(Chunk chunk) {
		this.offered = chunk;
		if (isCalledOff()) {
			letGoOfContent();
		}
	}

	void waiting(@Nullable Thread thread) {
		this.writer = thread;
	}

	byte @Nullable [] reuse() {
		byte[] octets = this.used;
		this.used = null;
		return octets;
	}

	/**
	 * Stops the upload. When this returns, nobody reads the caller's octets any more, and
	 * nothing here holds them, though the stream itself may be kept for long by a socket
	 * that takes nothing. Any thread; waits at most for the copy of one frame.
	 */
	void callOff() {
		while (this.claim != CALLED_OFF && !CLAIM.compareAndSet(this, FREE, CALLED_OFF)) {
			Thread.onSpinWait();
		}
		letGoOfContent();
		wakeWriter();
	}

	boolean isCalledOff() {
		return this.claim == CALLED_OFF;
	}

	private void letGoOfContent() {
		this.offered = null;
		this.current = null;
		this.used = null;
	}

	private void wakeWriter() {
		Thread waiting = this.writer;
		if (waiting != null) {
			LockSupport.unpark(waiting);
		}
		Runnable action = this.onReady;
		if (action != null) {
			action.run();
		}
	}

	// ---- the pen's side ----

	private @Nullable Chunk chunk() {
		Chunk chunk = this.current;
		if (chunk == null || (this.position == chunk.end && !chunk.last)) {
			Chunk next = this.offered;
			if (next == null) {
				return chunk;
			}
			if (chunk != null) {
				this.used = chunk.octets;
			}
			this.current = next;
			this.position = next.offset;
			this.offered = null;
			wakeWriter();
			if (isCalledOff()) {
				letGoOfContent();
				return null;
			}
			return next;
		}
		return chunk;
	}

	/**
	 * What a window has left of a chunk shares a frame with the next one, and a little
	 * waits for it if its writer has more to come.
	 */
	int readyOctets() {
		Chunk chunk = this.held ? null : chunk();
		if (chunk == null) {
			return 0;
		}
		int left = chunk.end - this.position;
		Chunk next = chunk.last ? null : this.offered;
		if (next != null) {
			return left + next.end - next.offset;
		}
		return (left < SendHalf.CRUMB && chunk.more) ? 0 : left;
	}

	boolean isComplete() {
		Chunk chunk = this.held ? null : chunk();
		if (chunk == null || chunk.last) {
			return chunk != null;
		}
		Chunk next = this.offered;
		return next != null && next.last;
	}

	/**
	 * Copies content that is ready.
	 * @return whether all of it was copied; {@code false} once the upload was called off
	 */
	boolean copy(ByteBuffer out, int length) {
		for (int left = length; left > 0;) {
			Chunk chunk = chunk();
			if (chunk == null || !CLAIM.compareAndSet(this, FREE, COPYING)) {
				return false;
			}
			try {
				int some = Math.min(left, chunk.end - this.position);
				out.put(chunk.octets, this.position, some);
				this.position += some;
				left -= some;
			}
			finally {
				this.claim = FREE;
			}
		}
		return true;
	}

	/** Octets of content; immutable, though the array is used again after it was sent. */
	static final class Chunk {

		final byte[] octets;

		final int offset;

		final int end;

		final boolean last;

		/** The writer has not asked for it to be sent: it goes on, flushes or ends. */
		final boolean more;

		Chunk(byte[] octets, int offset, int length, boolean last) {
			this(octets, offset, length, last, false);
		}

		private Chunk(byte[] octets, int offset, int length, boolean last, boolean more) {
			this.octets = octets;
			this.offset = offset;
			this.end = offset + length;
			this.last = last;
			this.more = more;
		}

		/** A chunk that is handed over because it is full. */
		static Chunk full(byte[] octets) {
			return new Chunk(octets, 0, octets.length, false, true);
		}

	}

}
