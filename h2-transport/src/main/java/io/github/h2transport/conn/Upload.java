package io.github.h2transport.conn;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.util.Objects;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

import io.github.h2transport.Headers;
import io.github.h2transport.InvalidRequestException;
import io.github.h2transport.RequestBody;
import io.github.h2transport.protocol.OutgoingContent;
import io.github.h2transport.protocol.RequestTrailers;
import org.jspecify.annotations.Nullable;

/**
 * The content of a request on its way from one writer to the loop. The writer appends to
 * its last chunk while the loop takes from the first one, so whatever was written can
 * leave at any moment, and an uploader never fills the queue.
 */
final class Upload implements OutgoingContent {

	/**
	 * Two frames of the usual size, large enough to keep the socket busy. The loop is
	 * told whenever so much was written, and wakes a writer when no more is unsent.
	 */
	static final int CHUNK = 32 * 1024;

	/** The writer waits while more is unsent, so that a wake-up is worth two chunks. */
	private static final int AHEAD = 2 * CHUNK;

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

	/** As the header section declares it, negative if it does not. */
	private final long declared;

	/** Set by the writer before the content is complete. */
	private volatile Headers trailers = Headers.empty();

	/** Claimed by compare-and-set: copying a caller's octets excludes calling off. */
	private volatile int claim;

	/**
	 * Octets that the writer has put into chunks; written by it after them and after the
	 * links between their chunks, so whoever has read it finds them all.
	 */
	private volatile long written;

	/** Octets that were sent; written by the loop. */
	private volatile long taken;

	/**
	 * So many octets leave even if they do not fill a frame: their source has paused.
	 * Written by the loop.
	 */
	private volatile long released;

	/** Set behind the last octet: by the writer, or by the loop if all is there. */
	private volatile boolean complete;

	/** Set by the loop when sent, taken by the writer for its next chunk. */
	private volatile byte @Nullable [] used;

	/** The thread that waits to write; written by that thread. */
	private volatile @Nullable Thread writer;

	/**
	 * Set at birth, taken back when the stream is open, or by the loop when 100
	 * (Continue) has come. What can be read once is not read before: if its stream is
	 * never opened, the next connection can still have it.
	 */
	private volatile boolean held;

	/** Run when there is room for more; set by the writer. */
	private volatile @Nullable Runnable onReady;

	/**
	 * Written by the writer before there are octets in it, emptied by the loop, or by
	 * whoever calls the upload off.
	 */
	private volatile @Nullable Chunk first;

	/** Written by the writer, and emptied by whoever calls the upload off. */
	private volatile @Nullable Chunk last;

	/** Owned by the writer: how much was written when the loop was told last. */
	private long told;

	/** Set by the loop, emptied by whoever calls the upload off. */
	private volatile @Nullable Chunk current;

	/** Owned by the loop. */
	private int position;

	/** An upload whose octets are still to come. */
	Upload(StreamPlan plan) {
		this.writtenByCaller = true;
		this.trailerSource = plan.trailers();
		this.continueTimeoutNanos = plan.continueTimeoutNanos();
		this.declared = plan.head().contentLength();
		this.held = this.continueTimeoutNanos > 0 || !plan.body().isRepeatable();
	}

	/** An upload that is complete from the start. */
	Upload(StreamPlan plan, RequestBody.Bytes bytes) throws InvalidRequestException {
		this.writtenByCaller = false;
		this.trailerSource = plan.trailers();
		this.continueTimeoutNanos = plan.continueTimeoutNanos();
		this.declared = bytes.length();
		this.held = this.continueTimeoutNanos > 0;
		this.first = new Chunk(bytes.array(), bytes.offset());
		this.written = bytes.length();
		complete();
	}

	/** The content that a request needs, {@code null} if HEADERS are all of it. */
	static @Nullable Upload of(StreamPlan plan) throws InvalidRequestException {
		if (plan.trailers() == null && plan.head().contentLength() == 0) {
			return null;
		}
		if (plan.body() instanceof RequestBody.Bytes bytes) {
			return (bytes.length() > 0 || plan.trailers() != null) ? new Upload(plan, bytes) : null;
		}
		return new Upload(plan);
	}

	// ---- the writer's side ----

	/**
	 * Returns whether there is room for more.
	 * @return {@code true} too when it was called off
	 */
	boolean isReady() {
		return (this.written - this.taken <= AHEAD && !this.held) || isCalledOff();
	}

	/** Whether the content comes from a thread or publisher of the caller. */
	boolean isWrittenByCaller() {
		return this.writtenByCaller;
	}

	/** Room in the chunk that is written to. */
	int room() {
		Chunk chunk = this.last;
		return (chunk != null) ? chunk.octets.length - chunk.end : 0;
	}

	/** Begins another chunk, which takes what the last one has no room for. */
	void begin(byte[] octets) {
		Chunk chunk = new Chunk(octets, 0);
		Chunk full = this.last;
		if (full == null) {
			this.first = chunk;
		}
		else {
			full.next = chunk;
		}
		this.last = chunk;
		if (isCalledOff()) {
			letGoOfContent();
		}
	}

	/** Appends octets for which there is room in the last chunk. */
	void write(ByteBuffer octets, int length) {
		Chunk chunk = this.last;
		if (chunk == null) {
			// Nobody wants them any more.
			octets.position(octets.limit());
			return;
		}
		octets.get(chunk.octets, chunk.end, length);
		chunk.end += length;
		long total = this.written + length;
		this.written = total;
	}

	long written() {
		return this.written;
	}

	/** Whether so much was written since the last time that the loop should be told. */
	boolean isWorthTelling() {
		if (this.written - this.told <= CHUNK) {
			return false;
		}
		this.told = this.written;
		return true;
	}

	/**
	 * Ends the content: asks for the trailers, and says that all is there. For the
	 * writer.
	 */
	void complete() throws InvalidRequestException {
		if (this.trailerSource != null) {
			this.trailers = RequestTrailers.of(this.trailerSource.get());
		}
		this.complete = true;
	}

	/** Whether {@link #complete()} runs code of the caller. */
	boolean asksForTrailers() {
		return this.trailerSource != null;
	}

	@Override
	public Headers trailers() {
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
	 * @param action must be quick, for the loop runs it
	 */
	void onReady(Runnable action) {
		this.onReady = action;
		if (isCalledOff()) {
			this.onReady = null;
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
		// It may hold the source of the content.
		this.onReady = null;
	}

	/** The loop sets some of these too, but only while it copies, which is over. */
	private void letGoOfContent() {
		this.first = null;
		this.last = null;
		this.current = null;
		this.used = null;
	}

	@Override
	public boolean isCalledOff() {
		return this.claim == CALLED_OFF;
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

	// ---- the loop's side ----

	/** The source has paused: what there is leaves, and ends if it is all. Loop. */
	void release() {
		long total = this.written;
		this.released = total;
		if (total == this.declared && this.trailerSource == null) {
			this.complete = true;
		}
	}

	/**
	 * Whether nobody has to look for pauses any more: all was written or nothing is
	 * wanted.
	 */
	boolean isOver() {
		return this.complete || isCalledOff();
	}

	// ---- what the loop sends ----

	@Override
	public int readyOctets() {
		return this.held ? 0 : (int) (this.written - this.taken);
	}

	@Override
	public boolean isReleased() {
		return this.released > this.taken;
	}

	@Override
	public boolean isComplete() {
		return !this.held && this.complete;
	}

	@Override
	public boolean copy(ByteBuffer out, int length) {
		if (!CLAIM.compareAndSet(this, FREE, COPYING)) {
			return false;
		}
		try {
			for (int left = length; left > 0;) {
				left -= copySome(out, left);
			}
		}
		finally {
			this.claim = FREE;
		}
		long before = this.taken;
		long after = before + length;
		this.taken = after;
		// Read after that: who then writes more has seen what was taken.
		long total = this.written;
		if (total - before > CHUNK && total - after <= CHUNK) {
			wakeWriter();
		}
		return true;
	}

	private int copySome(ByteBuffer out, int most) {
		Chunk chunk = this.current;
		if (chunk == null) {
			chunk = Objects.requireNonNull(this.first);
			this.first = null;
			enter(chunk);
		}
		Chunk next = chunk.next;
		if (next != null && this.position == chunk.end) {
			this.used = chunk.octets;
			enter(next);
			return 0;
		}
		int some = (next != null) ? Math.min(most, chunk.end - this.position) : most;
		out.put(chunk.octets, this.position, some);
		this.position += some;
		return some;
	}

	private void enter(Chunk chunk) {
		this.current = chunk;
		this.position = chunk.offset;
	}

	/** Some of the content, in an array that is used again after it was sent. */
	private static final class Chunk {

		final byte[] octets;

		final int offset;

		/** Owned by the writer until there is a next chunk. */
		int end;

		/** Written once by the writer, when this one is full. */
		volatile @Nullable Chunk next;

		Chunk(byte[] octets, int offset) {
			this.octets = octets;
			this.offset = offset;
			this.end = offset;
		}

	}

}
