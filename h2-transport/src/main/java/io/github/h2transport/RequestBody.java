package io.github.h2transport;

import java.io.Closeable;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * The content of a request. Whether it can be sent a second time is known by its kind,
 * because a request that the server surely did not process is replayed only then.
 *
 * <p>
 * {@link #of(byte[]) Bytes} are sent by the connection itself, publishers are asked for
 * content as the connection has room for it. Every other kind is written by the calling
 * thread, which waits whenever the flow-control windows are full (RFC 9113 section 5.2),
 * and stops early if the server has answered.
 */
public abstract sealed class RequestBody implements Closeable {

	/** The length of a body whose length is not known beforehand. */
	public static final long UNKNOWN_LENGTH = -1;

	private static final RequestBody NONE = new Bytes(new byte[0], 0, 0);

	private RequestBody() {
	}

	/**
	 * Returns the body of a request that has none: END_STREAM goes out with the header
	 * section.
	 * @return a shared instance
	 */
	public static RequestBody none() {
		return NONE;
	}

	/**
	 * Returns a replayable body. The array is not copied and must not be changed until
	 * the call has ended.
	 * @param bytes the content
	 * @return the body
	 */
	public static RequestBody of(byte[] bytes) {
		return of(bytes, 0, bytes.length);
	}

	/**
	 * Returns a replayable body of a part of an array, which is not copied.
	 * @param bytes the array
	 * @param offset the first octet
	 * @param length the number of octets
	 * @return the body
	 */
	public static RequestBody of(byte[] bytes, int offset, int length) {
		Objects.checkFromIndexSize(offset, length, bytes.length);
		return (length == 0) ? NONE : new Bytes(bytes, offset, length);
	}

	/**
	 * Returns a replayable body that reads a file each time it is sent.
	 * @param file an existing regular file; its length is taken now
	 * @return the body
	 * @throws FileNotFoundException if there is no such regular file
	 * @throws IOException if its length cannot be read
	 */
	public static RequestBody ofFile(Path file) throws IOException {
		if (!Files.isRegularFile(file)) {
			throw new FileNotFoundException("No regular file: " + file);
		}
		return new Streamed(() -> {
			try {
				return Files.newInputStream(file);
			}
			catch (IOException ex) {
				throw new UncheckedIOException(ex);
			}
		}, Files.size(file), true);
	}

	/**
	 * Returns a replayable body that asks for a fresh stream each time it is sent.
	 * @param source gives a new stream from the first octet; closed after each use
	 * @param length the number of octets, or {@link #UNKNOWN_LENGTH}
	 * @return the body
	 */
	public static RequestBody ofInputStream(Supplier<? extends InputStream> source, long length) {
		return new Streamed(source, checkLength(length), true);
	}

	/**
	 * Returns a body that can be sent once.
	 * @param stream the content; always closed, also if it was never read
	 * @param length the number of octets, or {@link #UNKNOWN_LENGTH}
	 * @return the body
	 */
	public static RequestBody ofInputStream(InputStream stream, long length) {
		return new OneShotStream(stream, checkLength(length));
	}

	/**
	 * Returns a body that writes itself on the calling thread.
	 * @param writer writes the content; closing the stream is not its task
	 * @param length the number of octets, or {@link #UNKNOWN_LENGTH}
	 * @param replayable whether the writer can be called again and writes the same
	 * @return the body
	 */
	public static RequestBody ofWriter(Writer writer, long length, boolean replayable) {
		return new Written(writer, checkLength(length), replayable);
	}

	/**
	 * Returns a body that a publisher provides, as fast as the flow-control windows let
	 * it. Its buffers are copied in {@code onNext}.
	 * @param publisher gives the content; subscribed to once each time the body is sent
	 * @param length the number of octets, or {@link #UNKNOWN_LENGTH}
	 * @param replayable whether the publisher can be subscribed to again and gives the
	 * same
	 * @return the body
	 */
	public static RequestBody ofPublisher(Flow.Publisher<ByteBuffer> publisher, long length, boolean replayable) {
		return new Published(publisher, checkLength(length), replayable);
	}

	private static long checkLength(long length) {
		if (length < UNKNOWN_LENGTH) {
			throw new IllegalArgumentException("A length is 0 or more, or UNKNOWN_LENGTH, but is " + length);
		}
		return length;
	}

	/**
	 * Returns the number of octets.
	 * @return 0 or more, or {@link #UNKNOWN_LENGTH}
	 */
	public abstract long contentLength();

	/**
	 * Returns whether the body can be sent (again) from its first octet right now.
	 * @return {@code true} for bytes, files and suppliers, and for a one-shot stream that
	 * was not yet read
	 */
	public abstract boolean isReplayable();

	/**
	 * Returns whether the body can be sent more than once, read or not. What cannot is
	 * kept back from connections that may turn it away.
	 * @return {@code true} for bytes, files and suppliers
	 */
	public abstract boolean isRepeatable();

	/**
	 * Writes the content. Called on the thread that called {@code roundTrip}.
	 * @param out blocks while the flow-control windows are full
	 * @throws IOException from the source or from the connection
	 */
	public abstract void writeTo(OutputStream out) throws IOException;

	/**
	 * Writes the content, and says what it is read from, if it is a stream. Closing that
	 * from another thread may end a read that waits.
	 * @param out blocks while the flow-control windows are full
	 * @param source told before the first octet is read
	 * @throws IOException from the source or from the connection
	 */
	public void writeTo(OutputStream out, Consumer<? super Closeable> source) throws IOException {
		writeTo(out);
	}

	/** Frees the source. Called exactly when the call has ended, however it ended. */
	@Override
	public void close() {
	}

	/** Writes content to a stream. */
	@FunctionalInterface
	public interface Writer {

		void writeTo(OutputStream out) throws IOException;

	}

	/** Content in memory. */
	public static final class Bytes extends RequestBody {

		private final byte[] array;

		private final int offset;

		private final int length;

		private Bytes(byte[] array, int offset, int length) {
			this.array = array;
			this.offset = offset;
			this.length = length;
		}

		public byte[] array() {
			return this.array;
		}

		public int offset() {
			return this.offset;
		}

		public int length() {
			return this.length;
		}

		@Override
		public long contentLength() {
			return this.length;
		}

		@Override
		public boolean isReplayable() {
			return true;
		}

		@Override
		public boolean isRepeatable() {
			return true;
		}

		@Override
		public void writeTo(OutputStream out) throws IOException {
			out.write(this.array, this.offset, this.length);
		}

	}

	/** Content from a publisher. */
	public static final class Published extends RequestBody {

		private final Flow.Publisher<ByteBuffer> publisher;

		private final long length;

		private final boolean replayable;

		private final AtomicBoolean used = new AtomicBoolean();

		private Published(Flow.Publisher<ByteBuffer> publisher, long length, boolean replayable) {
			this.publisher = publisher;
			this.length = length;
			this.replayable = replayable;
		}

		/**
		 * Subscribes to the content.
		 * @param subscriber gets the content
		 */
		public void subscribe(Flow.Subscriber<? super ByteBuffer> subscriber) {
			this.used.set(true);
			this.publisher.subscribe(subscriber);
		}

		@Override
		public long contentLength() {
			return this.length;
		}

		@Override
		public boolean isReplayable() {
			return this.replayable || !this.used.get();
		}

		@Override
		public boolean isRepeatable() {
			return this.replayable;
		}

		@Override
		public void writeTo(OutputStream out) {
			throw new IllegalStateException("A published body is subscribed to, not written");
		}

	}

	private static final class Streamed extends RequestBody {

		private final Supplier<? extends InputStream> source;

		private final long length;

		private final boolean replayable;

		private Streamed(Supplier<? extends InputStream> source, long length, boolean replayable) {
			this.source = source;
			this.length = length;
			this.replayable = replayable;
		}

		@Override
		public long contentLength() {
			return this.length;
		}

		@Override
		public boolean isReplayable() {
			return this.replayable;
		}

		@Override
		public boolean isRepeatable() {
			return this.replayable;
		}

		@Override
		public void writeTo(OutputStream out) throws IOException {
			writeTo(out, (in) -> {
			});
		}

		@Override
		public void writeTo(OutputStream out, Consumer<? super Closeable> reading) throws IOException {
			try (InputStream in = this.source.get()) {
				reading.accept(in);
				in.transferTo(out);
			}
			catch (UncheckedIOException ex) {
				throw ex.getCause();
			}
		}

	}

	private static final class OneShotStream extends RequestBody {

		private final InputStream stream;

		private final long length;

		private final AtomicBoolean used = new AtomicBoolean();

		private final AtomicBoolean closed = new AtomicBoolean();

		private OneShotStream(InputStream stream, long length) {
			this.stream = stream;
			this.length = length;
		}

		@Override
		public long contentLength() {
			return this.length;
		}

		@Override
		public boolean isReplayable() {
			return !this.used.get();
		}

		@Override
		public boolean isRepeatable() {
			return false;
		}

		@Override
		public void writeTo(OutputStream out) throws IOException {
			if (!this.used.compareAndSet(false, true)) {
				throw new IllegalStateException("A request body of a single InputStream can be sent once; "
						+ "use a supplier of streams to let it be sent again");
			}
			this.stream.transferTo(out);
		}

		@Override
		public void writeTo(OutputStream out, Consumer<? super Closeable> reading) throws IOException {
			reading.accept(this);
			writeTo(out);
		}

		@Override
		public void close() {
			this.used.set(true);
			if (this.closed.getAndSet(true)) {
				return;
			}
			try {
				this.stream.close();
			}
			catch (IOException ex) {
				// The call has ended; its result does not depend on this.
			}
		}

	}

	private static final class Written extends RequestBody {

		private final Writer writer;

		private final long length;

		private final boolean replayable;

		private final AtomicBoolean used = new AtomicBoolean();

		private Written(Writer writer, long length, boolean replayable) {
			this.writer = writer;
			this.length = length;
			this.replayable = replayable;
		}

		@Override
		public long contentLength() {
			return this.length;
		}

		@Override
		public boolean isReplayable() {
			return this.replayable || !this.used.get();
		}

		@Override
		public boolean isRepeatable() {
			return this.replayable;
		}

		@Override
		public void writeTo(OutputStream out) throws IOException {
			if (this.used.getAndSet(true) && !this.replayable) {
				throw new IllegalStateException("This request body can be written once");
			}
			this.writer.writeTo(out);
		}

	}

}
