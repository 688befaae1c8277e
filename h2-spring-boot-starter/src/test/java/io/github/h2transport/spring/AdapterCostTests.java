package io.github.h2transport.spring;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;

import com.sun.management.ThreadMXBean;
import io.github.h2transport.CallOptions;
import io.github.h2transport.Headers;
import io.github.h2transport.Http2Request;
import io.github.h2transport.Http2Response;
import io.github.h2transport.TransportOptions;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import reactor.core.publisher.Flux;

import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.http.HttpMethod;
import org.springframework.http.client.reactive.ClientHttpRequest;
import org.springframework.http.client.reactive.ClientHttpResponse;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What the reactive adapter allocates for a call with an answer that is there, without
 * {@code WebClient} above it. Counted, not timed; what the compiler has not yet seen
 * through costs more, so that calls are made until the figure is good or far too many
 * were made.
 */
@Timeout(120)
class AdapterCostTests {

	private static final int ROUND = 2_000;

	private static final int MOST_ROUNDS = 60;

	/**
	 * With the request of Spring's, its maps and its commit, which are more than half.
	 */
	private static final long ENOUGH = 3_600;

	private static final URI TARGET = URI.create("https://a.example/x");

	private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

	private final Http2ClientHttpConnector connector = new Http2ClientHttpConnector(new Answers(),
			CallOptions.defaults());

	@Test
	void aReactiveCallAllocatesLittle() {
		long best = Long.MAX_VALUE;
		for (int round = 0; round < MOST_ROUNDS && best > ENOUGH; round++) {
			long before = THREADS.getCurrentThreadAllocatedBytes();
			for (int i = 0; i < ROUND; i++) {
				call();
			}
			best = Math.min(best, (THREADS.getCurrentThreadAllocatedBytes() - before) / ROUND);
		}
		assertThat(best).isLessThanOrEqualTo(ENOUGH);
	}

	private void call() {
		DataBuffer content = this.connector.connect(HttpMethod.GET, TARGET, ClientHttpRequest::setComplete)
			.flatMapMany(AdapterCostTests::content)
			.blockLast();
		assertThat(content).isNotNull();
	}

	private static Flux<DataBuffer> content(ClientHttpResponse response) {
		assertThat(response.getHeaders().getContentLength()).isEqualTo(100);
		return response.getBody();
	}

	/** Answers at once. */
	private static final class Answers implements AsyncExchange {

		private final TransportOptions options = TransportOptions.defaults();

		@Override
		public CompletableFuture<Http2Response> roundTripAsync(Http2Request request) {
			return CompletableFuture.completedFuture(new Answer());
		}

		@Override
		public TransportOptions options() {
			return this.options;
		}

	}

	/** An answer with 100 octets. */
	private static final class Answer implements Http2Response {

		private static final Headers FIELDS = Headers.of("server", "a", "cache-control", "max-age=3600", "content-type",
				"application/octet-stream", "content-length", "100");

		private static final byte[] CONTENT = new byte[100];

		@Override
		public int status() {
			return 200;
		}

		@Override
		public Headers headers() {
			return FIELDS;
		}

		@Override
		public InputStream body() {
			return new ByteArrayInputStream(CONTENT);
		}

		@Override
		public Flow.Publisher<ByteBuffer> publisher() {
			return (subscriber) -> subscriber.onSubscribe(new Delivery(subscriber));
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

	/** One piece, as soon as it is requested. */
	private static final class Delivery implements Flow.Subscription {

		private final Flow.Subscriber<? super ByteBuffer> subscriber;

		private boolean done;

		private Delivery(Flow.Subscriber<? super ByteBuffer> subscriber) {
			this.subscriber = subscriber;
		}

		@Override
		public void request(long count) {
			if (!this.done) {
				this.done = true;
				this.subscriber.onNext(ByteBuffer.wrap(Answer.CONTENT));
				this.subscriber.onComplete();
			}
		}

		@Override
		public void cancel() {
			this.done = true;
		}

	}

}
