package io.github.h2transport.spring;

import java.nio.ByteBuffer;
import java.util.concurrent.Flow;

import org.reactivestreams.Publisher;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Flux;
import reactor.util.context.Context;
import reactor.util.context.ContextView;

import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;

/**
 * The content of a request as the transport subscribes to it. Every data buffer is
 * released: after the transport has copied it, or when it comes although nobody wants it
 * any longer.
 */
final class DataBufferContent implements Flow.Publisher<ByteBuffer> {

	private final Publisher<? extends DataBuffer> content;

	private final ContextView context;

	DataBufferContent(Publisher<? extends DataBuffer> content, ContextView context) {
		this.content = content;
		this.context = context;
	}

	@Override
	public void subscribe(Flow.Subscriber<? super ByteBuffer> subscriber) {
		Flux.from(this.content)
			.doOnDiscard(DataBuffer.class, DataBufferUtils::release)
			.subscribe(new Transfer(subscriber, Context.of(this.context)));
	}

	/**
	 * Takes the octets out of a buffer and releases it.
	 * @param buffer the buffer, the caller's no more
	 * @return its octets
	 */
	static byte[] copyAndRelease(DataBuffer buffer) {
		try {
			byte[] octets = new byte[buffer.readableByteCount()];
			buffer.read(octets);
			return octets;
		}
		finally {
			DataBufferUtils.release(buffer);
		}
	}

	/** Passes signals on. Confined to the publisher's signals, but for the flag. */
	private static final class Transfer implements CoreSubscriber<DataBuffer>, Flow.Subscription {

		private final Flow.Subscriber<? super ByteBuffer> receiver;

		private final Context context;

		/** Set by the receiver, once: what is still on its way is only released. */
		private volatile boolean cancelled;

		/** Set before the receiver is subscribed. */
		private Subscription source = NONE;

		private static final Subscription NONE = new Subscription() {

			@Override
			public void request(long count) {
			}

			@Override
			public void cancel() {
			}

		};

		private Transfer(Flow.Subscriber<? super ByteBuffer> receiver, Context context) {
			this.receiver = receiver;
			this.context = context;
		}

		@Override
		public Context currentContext() {
			return this.context;
		}

		@Override
		public void onSubscribe(Subscription subscription) {
			this.source = subscription;
			this.receiver.onSubscribe(this);
		}

		@Override
		public void onNext(DataBuffer buffer) {
			if (this.cancelled) {
				DataBufferUtils.release(buffer);
			}
			else if (buffer.readableByteCount() == 0) {
				DataBufferUtils.release(buffer);
				this.source.request(1);
			}
			else {
				pass(buffer);
			}
		}

		private void pass(DataBuffer buffer) {
			try (DataBuffer.ByteBufferIterator pieces = buffer.readableByteBuffers()) {
				ByteBuffer piece = pieces.next();
				if (pieces.hasNext()) {
					// One buffer was asked for, so its parts must not come one by one.
					piece = ByteBuffer.allocate(buffer.readableByteCount());
					buffer.toByteBuffer(piece);
				}
				this.receiver.onNext(piece);
			}
			finally {
				DataBufferUtils.release(buffer);
			}
		}

		@Override
		public void onError(Throwable failure) {
			this.receiver.onError(failure);
		}

		@Override
		public void onComplete() {
			this.receiver.onComplete();
		}

		@Override
		public void request(long count) {
			this.source.request(count);
		}

		@Override
		public void cancel() {
			this.cancelled = true;
			this.source.cancel();
		}

	}

}
