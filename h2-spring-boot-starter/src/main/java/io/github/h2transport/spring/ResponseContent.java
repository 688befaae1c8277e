package io.github.h2transport.spring;

import java.nio.ByteBuffer;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicBoolean;

import io.github.h2transport.Http2Exception;
import io.github.h2transport.Http2Response;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.adapter.JdkFlowAdapter;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Operators;

import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferFactory;

/**
 * The content of a response: what its subscriber requests is what the server may send,
 * and cancelling resets the stream. One publisher instead of a chain of operators,
 * because every call has one.
 */
final class ResponseContent extends Flux<DataBuffer> {

	private final Http2Response response;

	private final boolean gzip;

	private final DataBufferFactory bufferFactory;

	/** Whoever sets it decides: the content is read, or given up unread. */
	private final AtomicBoolean claimed = new AtomicBoolean();

	ResponseContent(Http2Response response, boolean gzip, DataBufferFactory bufferFactory) {
		this.response = response;
		this.gzip = gzip;
		this.bufferFactory = bufferFactory;
	}

	/** Returns the content as Reactor's hooks want to have it. */
	Flux<DataBuffer> assembled() {
		return onAssembly(this);
	}

	/** Resets the stream of content that nobody reads, and never of one that is read. */
	void releaseUnlessRead() {
		if (this.claimed.compareAndSet(false, true)) {
			this.response.close();
		}
	}

	@Override
	public void subscribe(CoreSubscriber<? super DataBuffer> subscriber) {
		if (!this.claimed.compareAndSet(false, true)) {
			Operators.error(subscriber, new IllegalStateException(
					"The content of this response was read before, or given up when its call was cancelled"));
			return;
		}
		Flow.Publisher<ByteBuffer> octets;
		try {
			octets = this.response.publisher();
		}
		catch (RuntimeException ex) {
			Operators.error(subscriber, Operators.onOperatorError(ex, subscriber.currentContext()));
			return;
		}
		if (this.gzip) {
			GunzipFlux.decode(JdkFlowAdapter.flowPublisherToFlux(octets))
				.<DataBuffer>map(this.bufferFactory::wrap)
				.onErrorMap(Http2Exception.class, ExceptionTranslator::translate)
				.subscribe(subscriber);
			return;
		}
		octets.subscribe(new Reader(subscriber, this.bufferFactory));
	}

	/** Passes signals on. Confined to the publisher's signals. */
	private static final class Reader implements Flow.Subscriber<ByteBuffer>, Subscription {

		private final CoreSubscriber<? super DataBuffer> receiver;

		private final DataBufferFactory bufferFactory;

		/** Set before the receiver is subscribed. */
		private Flow.@Nullable Subscription source;

		private boolean done;

		private Reader(CoreSubscriber<? super DataBuffer> receiver, DataBufferFactory bufferFactory) {
			this.receiver = receiver;
			this.bufferFactory = bufferFactory;
		}

		@Override
		public void onSubscribe(Flow.Subscription subscription) {
			this.source = subscription;
			this.receiver.onSubscribe(this);
		}

		@Override
		public void onNext(ByteBuffer octets) {
			if (this.done) {
				Operators.onNextDropped(octets, this.receiver.currentContext());
				return;
			}
			DataBuffer buffer;
			try {
				buffer = this.bufferFactory.wrap(octets);
			}
			catch (RuntimeException ex) {
				onError(Operators.onOperatorError(this, ex, octets, this.receiver.currentContext()));
				return;
			}
			this.receiver.onNext(buffer);
		}

		@Override
		public void onError(Throwable failure) {
			if (this.done) {
				Operators.onErrorDropped(failure, this.receiver.currentContext());
				return;
			}
			this.done = true;
			this.receiver
				.onError((failure instanceof Http2Exception ours) ? ExceptionTranslator.translate(ours) : failure);
		}

		@Override
		public void onComplete() {
			if (!this.done) {
				this.done = true;
				this.receiver.onComplete();
			}
		}

		@Override
		public void request(long count) {
			Flow.Subscription current = this.source;
			if (current != null) {
				current.request(count);
			}
		}

		@Override
		public void cancel() {
			Flow.Subscription current = this.source;
			if (current != null) {
				current.cancel();
			}
		}

	}

}
