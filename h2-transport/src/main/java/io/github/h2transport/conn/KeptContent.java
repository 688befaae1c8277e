package io.github.h2transport.conn;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.concurrent.Flow;

import io.github.h2transport.RequestBody;
import org.jspecify.annotations.Nullable;

/**
 * A copy of content that can be had only once, while it is small: if the server surely
 * has not processed the request (RFC 9113 section 8.7), it can be sent again. It is
 * charged to the memory budget, and given up when that is short. Thread-safe.
 */
public final class KeptContent {

	/** Larger content is not kept, and nothing of it. */
	public static final int MOST_OCTETS = 64 * 1024;

	private static final byte[] NOTHING = new byte[0];

	private final MemoryBudget budget;

	// Guarded by this.

	private byte[] octets = NOTHING;

	private int length;

	private boolean complete;

	private boolean dropped;

	KeptContent(MemoryBudget budget) {
		this.budget = budget;
	}

	private synchronized void add(ByteBuffer piece) {
		int more = piece.remaining();
		if (this.dropped) {
			return;
		}
		if (this.length + more > MOST_OCTETS || !this.budget.reserve(more)) {
			drop();
			return;
		}
		if (this.length + more > this.octets.length) {
			this.octets = Arrays.copyOf(this.octets, Math.max(this.length + more, 2 * this.length));
		}
		piece.get(this.octets, this.length, more);
		this.length += more;
	}

	private synchronized void complete() {
		this.complete = true;
	}

	/** Gives the copy up, and its memory back. */
	public synchronized void drop() {
		if (!this.dropped) {
			this.dropped = true;
			this.budget.free(this.length);
			this.octets = NOTHING;
		}
	}

	private synchronized boolean isKept() {
		return !this.dropped;
	}

	/**
	 * Returns the content, to be sent again.
	 * @return {@code null} if it is not here as a whole
	 */
	public synchronized @Nullable RequestBody content() {
		return (this.complete && !this.dropped) ? RequestBody.of(this.octets, 0, this.length) : null;
	}

	/**
	 * Keeps what a publisher publishes.
	 * @param body can be subscribed to once
	 * @return the same content
	 */
	public RequestBody.Published keeping(RequestBody.Published body) {
		return (RequestBody.Published) RequestBody.ofPublisher(
				(subscriber) -> body.subscribe(new KeepingSubscriber(this, subscriber)), body.contentLength(), false);
	}

	/** Writes a body, and keeps it. */
	void write(RequestBody body, UploadStream out, ClientStream stream, SourceGuard guard) throws IOException {
		body.writeTo(new KeepingStream(this, out, stream), guard::reading);
		complete();
	}

	/**
	 * Goes on when the stream was turned away, since the rest is wanted for the next one.
	 */
	private static final class KeepingStream extends FilterOutputStream {

		private final KeptContent kept;

		private final ClientStream stream;

		KeepingStream(KeptContent kept, UploadStream out, ClientStream stream) {
			super(out);
			this.kept = kept;
			this.stream = stream;
		}

		@Override
		public void write(int octet) throws IOException {
			write(new byte[] { (byte) octet }, 0, 1);
		}

		@Override
		public void write(byte[] octets, int offset, int length) throws IOException {
			this.kept.add(ByteBuffer.wrap(octets, offset, length));
			try {
				this.out.write(octets, offset, length);
			}
			catch (UploadStream.Stopped ex) {
				goOn(ex);
			}
		}

		@Override
		public void flush() throws IOException {
			try {
				this.out.flush();
			}
			catch (UploadStream.Stopped ex) {
				goOn(ex);
			}
		}

		private void goOn(UploadStream.Stopped stopped) throws UploadStream.Stopped {
			if (!this.stream.isTurnedAway() || !this.kept.isKept()) {
				throw stopped;
			}
		}

		/** The writer may close what it gets; the content ends when it returns. */
		@Override
		public void close() throws IOException {
			flush();
		}

	}

	/** Copies what passes by. */
	private record KeepingSubscriber(KeptContent kept,
			Flow.Subscriber<? super ByteBuffer> receiver) implements Flow.Subscriber<ByteBuffer> {

		@Override
		public void onSubscribe(Flow.Subscription subscription) {
			this.receiver.onSubscribe(subscription);
		}

		@Override
		public void onNext(ByteBuffer buffer) {
			if (buffer != null) {
				this.kept.add(buffer.duplicate());
			}
			this.receiver.onNext(buffer);
		}

		@Override
		public void onError(Throwable failure) {
			this.receiver.onError(failure);
		}

		@Override
		public void onComplete() {
			this.kept.complete();
			this.receiver.onComplete();
		}

	}

}
