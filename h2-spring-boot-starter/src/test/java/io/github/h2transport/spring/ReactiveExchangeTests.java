package io.github.h2transport.spring;

import java.io.InputStream;
import java.net.URI;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;

import io.github.h2transport.CallOptions;
import io.github.h2transport.Headers;
import io.github.h2transport.Http2Request;
import io.github.h2transport.Http2Response;
import io.github.h2transport.TransportOptions;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.reactivestreams.Subscription;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;
import reactor.test.publisher.TestPublisher;

import org.springframework.http.HttpMethod;
import org.springframework.http.client.reactive.ClientHttpRequest;
import org.springframework.http.client.reactive.ClientHttpResponse;

import static org.assertj.core.api.Assertions.assertThat;

/** The signals of an exchange, one after the other, by the rules of Reactive Streams. */
class ReactiveExchangeTests {

	private static final URI TARGET = URI.create("https://a.example/x");

	private final List<CompletableFuture<Http2Response>> sent = new ArrayList<>();

	private final Answer answer = new Answer();

	private final Receiver receiver = new Receiver();

	private final Http2ClientHttpConnector connector = new Http2ClientHttpConnector(new AsyncExchange() {

		@Override
		public CompletableFuture<Http2Response> roundTripAsync(Http2Request request) {
			CompletableFuture<Http2Response> future = new CompletableFuture<>();
			ReactiveExchangeTests.this.sent.add(future);
			return future;
		}

		@Override
		public TransportOptions options() {
			return TransportOptions.defaults();
		}

	}, CallOptions.defaults());

	@Test
	void aResponseWaitsUntilItIsRequested() {
		connect().subscribe(this.receiver);
		this.sent.get(0).complete(this.answer);
		assertThat(this.receiver.signals).isEmpty();

		this.receiver.request(1);

		assertThat(this.receiver.signals).containsExactly("next", "complete");
	}

	@Test
	void aResponseIsSignalledOnceHoweverOftenItIsRequested() {
		connect().subscribe(this.receiver);
		this.receiver.request(1);
		this.receiver.request(1);

		this.sent.get(0).complete(this.answer);
		this.receiver.request(1);

		assertThat(this.receiver.signals).containsExactly("next", "complete");
	}

	@Test
	void aFailureWaitsForNoRequest() {
		connect().subscribe(this.receiver);

		this.sent.get(0).completeExceptionally(new IllegalStateException());

		assertThat(this.receiver.signals).containsExactly("error");
	}

	@Test
	void aCancelBeforeTheContentIsMadeCancelsItAndNothingIsSent() {
		TestPublisher<Void> content = TestPublisher.create();
		this.connector.connect(HttpMethod.GET, TARGET, (request) -> content.mono()).subscribe(this.receiver);

		this.receiver.cancel();

		content.assertCancelled();
		assertThat(this.sent).isEmpty();
	}

	@Test
	void contentThatIsCompleteAfterTheCancelSendsNothing() {
		TestPublisher<Void> content = TestPublisher.createNoncompliant(TestPublisher.Violation.CLEANUP_ON_TERMINATE);
		this.connector.connect(HttpMethod.GET, TARGET, (request) -> content.mono()).subscribe(this.receiver);
		this.receiver.cancel();

		content.complete();

		assertThat(this.sent).isEmpty();
	}

	@Test
	void aCancelBeforeTheHeadCancelsTheCallAndSignalsNothing() {
		connect().subscribe(this.receiver);
		this.receiver.request(1);

		this.receiver.cancel();

		assertThat(this.sent.get(0)).isCancelled();
		assertThat(this.receiver.signals).isEmpty();
	}

	@Test
	void aCancelOfAResponseThatNobodyRequestedGivesItUp() {
		connect().subscribe(this.receiver);
		this.sent.get(0).complete(this.answer);

		this.receiver.cancel();
		this.receiver.request(1);

		assertThat(this.answer.closed).isTrue();
		assertThat(this.receiver.signals).isEmpty();
	}

	@Test
	void aCancelAfterTheContentWasSubscribedToLeavesItToItsReader() {
		connect().subscribe(this.receiver);
		this.receiver.request(1);
		this.sent.get(0).complete(this.answer);
		StepVerifier.create(this.receiver.response.getBody()).expectNextCount(1).verifyComplete();

		this.receiver.cancel();

		assertThat(this.answer.closed).isFalse();
	}

	@Test
	void contentIsReadOnce() {
		connect().subscribe(this.receiver);
		this.receiver.request(1);
		this.sent.get(0).complete(this.answer);
		StepVerifier.create(this.receiver.response.getBody()).expectNextCount(1).verifyComplete();

		StepVerifier.create(this.receiver.response.getBody()).verifyError(IllegalStateException.class);
	}

	@Test
	void aCallbackThatThrowsIsAFailure() {
		IllegalStateException failure = new IllegalStateException("no request");

		StepVerifier.create(this.connector.connect(HttpMethod.GET, TARGET, (request) -> {
			throw failure;
		})).verifyErrorSatisfies((actual) -> assertThat(actual).isSameAs(failure));
	}

	private Mono<ClientHttpResponse> connect() {
		return this.connector.connect(HttpMethod.GET, TARGET, ClientHttpRequest::setComplete);
	}

	/** Requests nothing by itself. */
	private static final class Receiver extends BaseSubscriber<ClientHttpResponse> {

		private final List<String> signals = new ArrayList<>();

		private ClientHttpResponse response;

		@Override
		protected void hookOnSubscribe(Subscription subscription) {
		}

		@Override
		protected void hookOnNext(ClientHttpResponse newResponse) {
			this.response = newResponse;
			this.signals.add("next");
		}

		@Override
		protected void hookOnComplete() {
			this.signals.add("complete");
		}

		@Override
		protected void hookOnError(Throwable failure) {
			this.signals.add("error");
		}

	}

	/** An answer with one piece of content. */
	private static final class Answer implements Http2Response {

		private boolean closed;

		@Override
		public int status() {
			return 200;
		}

		@Override
		public Headers headers() {
			return Headers.empty();
		}

		@Override
		public InputStream body() {
			throw new IllegalStateException("only read as a stream of buffers");
		}

		@Override
		public Flow.Publisher<ByteBuffer> publisher() {
			return (subscriber) -> subscriber.onSubscribe(new Flow.Subscription() {

				@Override
				public void request(long count) {
					subscriber.onNext(ByteBuffer.allocate(1));
					subscriber.onComplete();
				}

				@Override
				public void cancel() {
				}

			});
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
			this.closed = true;
		}

	}

}
