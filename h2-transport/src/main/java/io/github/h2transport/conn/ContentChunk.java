package io.github.h2transport.conn;

import java.io.IOException;
import java.io.OutputStream;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.util.Arrays;

import org.jspecify.annotations.Nullable;

/**
 * A piece of content with what is still owed for it. Made by the loop, read by the reader
 * of the body.
 */
class ContentChunk {

	private static final VarHandle TAKEN;

	static {
		try {
			TAKEN = MethodHandles.lookup().findVarHandle(ContentChunk.class, "taken", boolean.class);
		}
		catch (ReflectiveOperationException ex) {
			throw new ExceptionInInitializerError(ex);
		}
	}

	final boolean connectionCredited;

	final boolean streamCredited;

	final long arrivedNanos;

	/** Written by the loop. */
	volatile @Nullable ContentChunk next;

	/** The first octets are the content. */
	final byte[] octets;

	/** Set by whoever gives its credit back. */
	private volatile boolean taken;

	/**
	 * Takes content over.
	 * @param octets begins with the content
	 * @param connectionCredited whether the connection window is refilled already
	 * @param streamCredited whether the stream window is refilled already
	 * @param arrivedNanos when it came
	 */
	ContentChunk(byte[] octets, boolean connectionCredited, boolean streamCredited, long arrivedNanos) {
		this.octets = octets;
		this.connectionCredited = connectionCredited;
		this.streamCredited = streamCredited;
		this.arrivedNanos = arrivedNanos;
	}

	int length() {
		return this.octets.length;
	}

	/** Whether its credit was given back. Any thread. */
	final boolean isTaken() {
		return this.taken;
	}

	/**
	 * Decides who gives its credit back.
	 * @return whether it is the caller
	 */
	final boolean markTaken() {
		return TAKEN.compareAndSet(this, false, true);
	}

	/** Copies a part of it. */
	void read(int from, byte[] into, int offset, int length) {
		System.arraycopy(this.octets, from, into, offset, length);
	}

	/** Writes the rest of it. */
	void writeTo(OutputStream out, int from) throws IOException {
		out.write(this.octets, from, length() - from);
	}

	/** Returns a part of it that is the caller's own. */
	byte[] take(int from, int length) {
		return (length == this.octets.length) ? this.octets : Arrays.copyOfRange(this.octets, from, from + length);
	}

	/** Returns the rest of it, which is the caller's own. */
	ByteBuffer takeRest(int from) {
		return ByteBuffer.wrap(this.octets, from, length() - from);
	}

	/**
	 * Content in an array that is used again when all of it has been read. Only the
	 * thread that reads gives the array back, and only one reads at a time: whoever reads
	 * a body from two threads gets an error, and never the content of somebody else.
	 */
	static final class InSpareArray extends ContentChunk {

		private static final VarHandle READING;

		static {
			try {
				READING = MethodHandles.lookup().findVarHandle(InSpareArray.class, "reading", boolean.class);
			}
			catch (ReflectiveOperationException ex) {
				throw new ExceptionInInitializerError(ex);
			}
		}

		private final SpareArrays arrays;

		private final int length;

		/**
		 * Set by the thread that reads; for ever by the one that reads the last octet.
		 */
		private volatile boolean reading;

		InSpareArray(ByteBuffer content, SpareArrays arrays, boolean connectionCredited, boolean streamCredited,
				long arrivedNanos) {
			super(arrays.take(), connectionCredited, streamCredited, arrivedNanos);
			this.arrays = arrays;
			this.length = content.remaining();
			content.get(this.octets, 0, this.length);
		}

		@Override
		int length() {
			return this.length;
		}

		@Override
		void read(int from, byte[] into, int offset, int length) {
			begin();
			super.read(from, into, offset, length);
			end(from + length);
		}

		@Override
		void writeTo(OutputStream out, int from) throws IOException {
			begin();
			int position = from;
			try {
				super.writeTo(out, from);
				position = this.length;
			}
			finally {
				end(position);
			}
		}

		@Override
		byte[] take(int from, int length) {
			begin();
			byte[] copy = Arrays.copyOfRange(this.octets, from, from + length);
			end(from + length);
			return copy;
		}

		@Override
		ByteBuffer takeRest(int from) {
			return ByteBuffer.wrap(take(from, this.length - from));
		}

		private void begin() {
			if (!READING.compareAndSet(this, false, true)) {
				throw new IllegalStateException("Two threads read the same response; only one may at a time");
			}
		}

		private void end(int position) {
			if (position == this.length) {
				this.arrays.give(this.octets);
			}
			else {
				this.reading = false;
			}
		}

	}

}
