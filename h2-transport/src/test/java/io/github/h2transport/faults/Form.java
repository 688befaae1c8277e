package io.github.h2transport.faults;

import java.io.ByteArrayInputStream;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Flow;

import io.github.h2transport.Http2Request;
import io.github.h2transport.Http2Response;
import io.github.h2transport.RequestBody;
import io.github.h2transport.transport.Http2Transport;

/** In which form a call is made and has its content. */
enum Form {

	BLOCKING_BYTES, BLOCKING_STREAM, BLOCKING_WRITER, BLOCKING_PUBLISHER, ASYNC_BYTES, ASYNC_STREAM, ASYNC_WRITER,
	ASYNC_PUBLISHER;

	boolean isBlocking() {
		return name().startsWith("BLOCKING");
	}

	/** Content that can be had once, where the form knows that. */
	RequestBody body(byte[] content) {
		return switch (this) {
			case BLOCKING_BYTES, ASYNC_BYTES -> RequestBody.of(content);
			case BLOCKING_STREAM, ASYNC_STREAM ->
				RequestBody.ofInputStream(new ByteArrayInputStream(content), content.length);
			case BLOCKING_WRITER, ASYNC_WRITER ->
				RequestBody.ofWriter((out) -> out.write(content), content.length, false);
			case BLOCKING_PUBLISHER, ASYNC_PUBLISHER ->
				RequestBody.ofPublisher(new Pieces(content), content.length, false);
		};
	}

	CompletableFuture<Http2Response> send(Http2Transport transport, Http2Request request) {
		if (!isBlocking()) {
			return transport.roundTripAsync(request);
		}
		CompletableFuture<Http2Response> future = new CompletableFuture<>();
		Thread caller = new Thread(() -> {
			try {
				future.complete(transport.roundTrip(request));
			}
			catch (Throwable ex) {
				future.completeExceptionally(ex);
			}
		}, "blocking-caller");
		caller.setDaemon(true);
		caller.start();
		return future;
	}

	/** What a call has failed with, without what a future wraps it in. */
	static Throwable cause(Throwable failure) {
		return (failure instanceof CompletionException && failure.getCause() != null) ? failure.getCause() : failure;
	}

	/** Pieces of 10,000 octets, each as soon as it is asked for. */
	private record Pieces(byte[] content) implements Flow.Publisher<ByteBuffer> {

		@Override
		public void subscribe(Flow.Subscriber<? super ByteBuffer> subscriber) {
			subscriber.onSubscribe(new Flow.Subscription() {

				private int position;

				private boolean over;

				@Override
				public void request(long n) {
					for (long left = n; left > 0 && !this.over; left--) {
						int length = Math.min(10_000, Pieces.this.content.length - this.position);
						ByteBuffer piece = ByteBuffer.wrap(Pieces.this.content, this.position, length);
						this.position += length;
						this.over = this.position == Pieces.this.content.length;
						subscriber.onNext(piece);
						if (this.over) {
							subscriber.onComplete();
						}
					}
				}

				@Override
				public void cancel() {
					this.over = true;
				}

			});
		}

	}

}
