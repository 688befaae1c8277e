package io.github.h2transport.spring;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;

import io.github.h2transport.CallOptions;
import io.github.h2transport.Headers;
import io.github.h2transport.Http2Request;
import io.github.h2transport.Http2Response;
import io.github.h2transport.TransportOptions;
import org.jspecify.annotations.Nullable;

import org.springframework.http.client.ClientHttpRequestFactory;
import org.springframework.http.client.reactive.ClientHttpConnector;

/**
 * Answers at once, so that a call costs what Spring and the adapters cost. Thread-safe.
 */
public final class CannedExchange implements Exchange, AsyncExchange {

	private final TransportOptions options = TransportOptions.builder().allowHttp(true).build();

	private final Headers headers;

	private final byte[] content;

	private CannedExchange(Headers headers, byte[] content) {
		this.headers = headers;
		this.content = content;
	}

	/**
	 * Puts one answer below {@code RestClient}.
	 * @param headers of the answer
	 * @param content of the answer
	 * @return the adapter over it
	 */
	public static ClientHttpRequestFactory requestFactory(Headers headers, byte[] content) {
		Exchange exchange = new CannedExchange(headers, content);
		return new Http2ClientHttpRequestFactory(exchange, CallOptions.defaults());
	}

	/**
	 * Puts one answer below {@code WebClient}.
	 * @param headers of the answer
	 * @param content of the answer
	 * @return the adapter over it
	 */
	public static ClientHttpConnector connector(Headers headers, byte[] content) {
		AsyncExchange exchange = new CannedExchange(headers, content);
		return new Http2ClientHttpConnector(exchange, CallOptions.defaults());
	}

	@Override
	public Http2Response roundTrip(Http2Request request) {
		return new Answer();
	}

	@Override
	public CompletableFuture<Http2Response> roundTripAsync(Http2Request request) {
		return CompletableFuture.completedFuture(new Answer());
	}

	@Override
	public TransportOptions options() {
		return this.options;
	}

	/** The answer once more. */
	private final class Answer implements Http2Response {

		@Override
		public int status() {
			return 200;
		}

		@Override
		public Headers headers() {
			return CannedExchange.this.headers;
		}

		@Override
		public InputStream body() {
			return new ByteArrayInputStream(CannedExchange.this.content);
		}

		@Override
		public Flow.Publisher<ByteBuffer> publisher() {
			return (subscriber) -> subscriber
				.onSubscribe(new Delivery(subscriber, ByteBuffer.wrap(CannedExchange.this.content)));
		}

		@Override
		public @Nullable Headers trailers() {
			return null;
		}

		@Override
		public String connectionId() {
			return "c1";
		}

		@Override
		public int streamId() {
			return 1;
		}

		@Override
		public void close() {
		}

	}

	/** One piece, as soon as it is requested. Confined to the subscriber. */
	private static final class Delivery implements Flow.Subscription {

		private final Flow.Subscriber<? super ByteBuffer> subscriber;

		private final ByteBuffer piece;

		private boolean done;

		private Delivery(Flow.Subscriber<? super ByteBuffer> subscriber, ByteBuffer piece) {
			this.subscriber = subscriber;
			this.piece = piece;
		}

		@Override
		public void request(long count) {
			if (!this.done) {
				this.done = true;
				this.subscriber.onNext(this.piece);
				this.subscriber.onComplete();
			}
		}

		@Override
		public void cancel() {
			this.done = true;
		}

	}

}
