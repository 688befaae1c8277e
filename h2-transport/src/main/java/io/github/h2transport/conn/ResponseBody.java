package io.github.h2transport.conn;

import java.io.IOException;
import java.io.OutputStream;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

import io.github.h2transport.Http2Exception;
import org.jspecify.annotations.Nullable;

/**
 * The content of a response: a queue of chunks from the loop to one reader. An octet's
 * credit goes back when it is read or when the body is closed, exactly once, whoever
 * comes first to its chunk.
 */
final class ResponseBody {

	private static final VarHandle TAKEN;

	private static final VarHandle CLAIMED;

	static {
		try {
			MethodHandles.Lookup lookup = MethodHandles.lookup();
			TAKEN = lookup.findVarHandle(Chunk.class, "taken", boolean.class);
			CLAIMED = lookup.findVarHandle(ResponseBody.class, "claimed", boolean.class);
		}
		catch (ReflectiveOperationException ex) {
			throw new ExceptionInInitializerError(ex);
		}
	}

	private final ClientStream stream;

	/** Owned by the loop: the chunk added last. */
	private @Nullable Chunk tail;

	/**
	 * Written by the loop: when content came last, 0 if none did. For snapshots only, to
	 * whom an older value does no harm.
	 */
	private long lastArrived;

	/**
	 * Set once by the loop, emptied by the reader when it has moved on: it would hold on
	 * to everything that was read.
	 */
	private volatile @Nullable Chunk first;

	/** Set once by the loop, after the last chunk. */
	private volatile boolean ended;

	/** Set once, by whoever finds the failure. */
	private volatile @Nullable Http2Exception failure;

	private volatile boolean closed;

	/** Written by the reader: the chunk that is being read. */
	private volatile @Nullable Chunk current;

	/** Taken by the first subscriber. */
	@SuppressWarnings("unused") // used through CLAIMED only
	private volatile boolean claimed;

	/** Owned by the reader. */
	private int position;

	ResponseBody(ClientStream stream) {
		this.stream = stream;
	}

	// ---- the loop's side ----

	/**
	 * Adds content.
	 * @param piece copied
	 * @param connectionCredited whether the connection window is refilled already
	 * @param streamCredited whether the stream window is refilled already
	 * @param now when it arrived
	 */
	void add(ByteBuffer piece, boolean connectionCredited, boolean streamCredited, long now) {
		byte[] octets = new byte[piece.remaining()];
		piece.get(octets);
		Chunk chunk = new Chunk(octets, connectionCredited, streamCredited, now);
		this.lastArrived = now;
		Chunk last = this.tail;
		this.tail = chunk;
		if (last == null) {
			this.first = chunk;
		}
		else {
			last.next = chunk;
		}
		if (this.closed) {
			// The reader left in the meantime and may not have seen this chunk.
			release(chunk);
		}
	}

	void end() {
		this.ended = true;
	}

	void fail(Http2Exception cause) {
		if (this.failure == null) {
			this.failure = cause;
		}
	}

	// ---- the reader's side ----

	int read() throws IOException {
		byte[] one = new byte[1];
		return (read(one, 0, 1) < 0) ? -1 : one[0] & 0xff;
	}

	int read(byte[] into, int offset, int length) throws IOException {
		Objects.checkFromIndexSize(offset, length, into.length);
		if (length == 0) {
			return 0;
		}
		int copied = 0;
		while (copied < length) {
			Chunk chunk = (copied == 0) ? awaitChunk() : chunk();
			if (chunk == null) {
				return (copied == 0) ? -1 : copied;
			}
			int some = Math.min(length - copied, chunk.octets.length - this.position);
			System.arraycopy(chunk.octets, this.position, into, offset + copied, some);
			this.position += some;
			copied += some;
			if (this.position == chunk.octets.length) {
				release(chunk);
			}
		}
		return copied;
	}

	/** Collects exactly what comes, without a buffer of a guessed size in between. */
	byte[] readNBytes(int length) throws IOException {
		if (length < 0) {
			throw new IllegalArgumentException("length is " + length);
		}
		List<byte[]> pieces = new ArrayList<>(4);
		int total = 0;
		while (total < length) {
			Chunk chunk = awaitChunk();
			if (chunk == null) {
				break;
			}
			byte[] piece = take(chunk, length - total);
			pieces.add(piece);
			total += piece.length;
		}
		return join(pieces, total);
	}

	long transferTo(OutputStream out) throws IOException {
		long total = 0;
		for (Chunk chunk = awaitChunk(); chunk != null; chunk = awaitChunk()) {
			int length = chunk.octets.length - this.position;
			out.write(chunk.octets, this.position, length);
			this.position = chunk.octets.length;
			release(chunk);
			total += length;
		}
		return total;
	}

	/** Takes the rest of a chunk, and the array itself where it is wanted whole. */
	private byte[] take(Chunk chunk, int most) {
		int length = Math.min(most, chunk.octets.length - this.position);
		byte[] piece = (length == chunk.octets.length) ? chunk.octets
				: Arrays.copyOfRange(chunk.octets, this.position, this.position + length);
		this.position += length;
		if (this.position == chunk.octets.length) {
			release(chunk);
		}
		return piece;
	}

	private static byte[] join(List<byte[]> pieces, int total) {
		if (pieces.size() == 1) {
			return pieces.get(0);
		}
		byte[] whole = new byte[total];
		int position = 0;
		for (byte[] piece : pieces) {
			System.arraycopy(piece, 0, whole, position, piece.length);
			position += piece.length;
		}
		return whole;
	}

	int available() throws IOException {
		Chunk chunk = this.closed ? null : chunk();
		return (chunk != null) ? chunk.octets.length - this.position : 0;
	}

	/** Waits for a chunk with unread octets; {@code null} at the end of the content. */
	private @Nullable Chunk awaitChunk() throws IOException {
		for (;;) {
			if (this.closed) {
				throw new IOException("The response is closed");
			}
			// The end is looked at first: what came before it is in the queue by then.
			boolean wasEnded = this.ended;
			Http2Exception cause = this.failure;
			Chunk chunk = chunk();
			this.stream.checkExchange();
			if (chunk != null || wasEnded) {
				return chunk;
			}
			if (cause != null) {
				throw cause.forCaller(cause.attempts());
			}
			this.stream.awaitContent();
		}
	}

	/** Returns a chunk with unread octets if there is one now. */
	private @Nullable Chunk chunk() {
		Chunk chunk = this.current;
		if (chunk == null) {
			chunk = this.first;
		}
		else if (this.position < chunk.octets.length) {
			return chunk;
		}
		else {
			chunk = chunk.next;
		}
		if (chunk != null) {
			this.position = 0;
			this.current = chunk;
			this.first = null;
		}
		return chunk;
	}

	/**
	 * Takes what is there, for a reader that does not block.
	 * @return the reader's own, {@code null} if there is nothing now
	 */
	@Nullable ByteBuffer poll() {
		Chunk chunk = this.closed ? null : chunk();
		if (chunk == null) {
			return null;
		}
		ByteBuffer piece = ByteBuffer.wrap(chunk.octets, this.position, chunk.octets.length - this.position);
		this.position = chunk.octets.length;
		release(chunk);
		return piece;
	}

	/** Whether there is unread content now. */
	boolean hasContent() {
		return !this.closed && chunk() != null;
	}

	/**
	 * Reserves the content for a subscriber.
	 * @return whether nobody has subscribed before
	 */
	boolean claimReader() {
		return CLAIMED.compareAndSet(this, false, true);
	}

	/** Why no more content will come, {@code null} if it may. */
	@Nullable Http2Exception failure() {
		return this.failure;
	}

	/** Whether a waiting reader has reason to look again. */
	boolean hasNews() {
		Chunk reading = this.current;
		return this.ended || this.failure != null || this.closed
				|| ((reading != null) ? reading.next != null : this.first != null);
	}

	boolean isClosed() {
		return this.closed;
	}

	boolean isEnded() {
		return this.ended;
	}

	/** Also after a close, which takes nothing back from who has read everything. */
	boolean isReadToEnd() {
		return this.ended && chunk() == null;
	}

	/**
	 * Gives up the rest.
	 * @return whether this call did it
	 */
	boolean discard() {
		if (this.closed) {
			return false;
		}
		this.closed = true;
		// In this order: the reader sets the one before it empties the other.
		Chunk begin = this.first;
		Chunk reading = this.current;
		for (Chunk chunk = (reading != null) ? reading : begin; chunk != null; chunk = chunk.next) {
			release(chunk);
		}
		return true;
	}

	/** When content came last, 0 if none did; perhaps an instant old. Any thread. */
	long lastArrived() {
		return this.lastArrived;
	}

	/**
	 * Counts what waits to be read, without stopping anybody. Any thread.
	 * @return how much it is and since when it waits; {@code null} if nothing does
	 */
	@Nullable Unread unread() {
		// In this order, as in discard().
		Chunk begin = this.first;
		Chunk reading = this.current;
		long octets = 0;
		long since = 0;
		for (Chunk chunk = (reading != null) ? reading : begin; chunk != null; chunk = chunk.next) {
			if (!chunk.taken) {
				since = (octets == 0) ? chunk.arrivedNanos : since;
				octets += chunk.octets.length;
			}
		}
		return (octets > 0) ? new Unread(octets, since) : null;
	}

	private void release(Chunk chunk) {
		if (TAKEN.compareAndSet(chunk, false, true)) {
			this.stream.consumed(chunk);
		}
	}

	/**
	 * Content that waits for its reader.
	 *
	 * @param octets how much; a piece that is being read counts as a whole
	 * @param sinceNanos when the oldest of it arrived
	 */
	record Unread(long octets, long sinceNanos) {
	}

	/** A piece of content with what is still owed for it. */
	static final class Chunk {

		final byte[] octets;

		final boolean connectionCredited;

		final boolean streamCredited;

		final long arrivedNanos;

		/** Written by the loop. */
		volatile @Nullable Chunk next;

		/** Set by whoever gives its credit back. */
		volatile boolean taken;

		Chunk(byte[] octets, boolean connectionCredited, boolean streamCredited, long arrivedNanos) {
			this.octets = octets;
			this.connectionCredited = connectionCredited;
			this.streamCredited = streamCredited;
			this.arrivedNanos = arrivedNanos;
		}

	}

}
