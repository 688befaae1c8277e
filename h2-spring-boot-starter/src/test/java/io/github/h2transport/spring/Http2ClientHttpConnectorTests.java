package io.github.h2transport.spring;

import java.io.ByteArrayInputStream;
import java.net.ProtocolException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

import io.github.h2transport.CallOptions;
import io.github.h2transport.Headers;
import io.github.h2transport.Http2Request;
import io.github.h2transport.RequestBody;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.test.StepVerifier;
import reactor.test.publisher.TestPublisher;

import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.http.HttpCookie;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.client.reactive.ClientHttpRequest;
import org.springframework.http.client.reactive.ClientHttpResponse;

import static org.assertj.core.api.Assertions.assertThat;

/** The translation to and from the transport, without a network. */
class Http2ClientHttpConnectorTests {

	private static final URI TARGET = URI.create("https://a.example/x");

	private final FakeExchange exchange = new FakeExchange();

	private final CountingBufferFactory buffers = new CountingBufferFactory();

	private final Http2ClientHttpConnector connector = new Http2ClientHttpConnector(this.exchange,
			CallOptions.defaults());

	@AfterEach
	void everyBufferWasReleased() {
		assertThat(this.buffers.held()).isZero();
	}

	@Test
	void nothingHappensBeforeTheSubscription() {
		AtomicInteger calls = new AtomicInteger();
		Mono<ClientHttpResponse> response = this.connector.connect(HttpMethod.GET, TARGET, (request) -> {
			calls.incrementAndGet();
			return request.setComplete();
		});

		assertThat(calls).hasValue(0);
		assertThat(this.exchange.requests).isEmpty();
		this.exchange.answers(200).answers(200);
		response.block();
		response.block();
		assertThat(calls).hasValue(2);
		assertThat(this.exchange.requests).hasSize(2);
	}

	@Test
	void acceptIsAddedUnlessItIsThere() {
		assertThat(sent(ClientHttpRequest::setComplete).headers().get("accept")).isEqualTo("*/*");
		assertThat(sent((request) -> {
			request.getHeaders().set(HttpHeaders.ACCEPT, "text/plain");
			return request.setComplete();
		}).headers().get("accept")).isEqualTo("text/plain");
	}

	@Test
	void cookiesAreOneField() {
		Http2Request request = sent((given) -> {
			given.getCookies().add("a", new HttpCookie("a", "1"));
			given.getCookies().add("a", new HttpCookie("a", "2"));
			given.getCookies().add("b", new HttpCookie("b", "3"));
			return given.setComplete();
		});

		assertThat(request.headers().all("cookie")).containsExactly("a=1; a=2; b=3");
	}

	@Test
	void cookiesAreJoinedToThoseSetByHand() {
		Http2Request request = sent((given) -> {
			given.getHeaders().set(HttpHeaders.COOKIE, "z=0");
			given.getCookies().add("a", new HttpCookie("a", "1"));
			return given.setComplete();
		});

		assertThat(request.headers().all("cookie")).containsExactly("z=0; a=1");
	}

	@Test
	void aCallbackThatWritesNothingStillHasItsHeadersSent() {
		Http2Request request = sent((given) -> {
			given.getHeaders().set("X-Own", "1");
			return Mono.empty();
		});

		assertThat(request.headers().get("x-own")).isEqualTo("1");
		assertThat(request.body()).isSameAs(RequestBody.none());
	}

	@Test
	void aSingleValueHasItsLengthAndCanBeSentAgain() {
		Http2Request request = sent((given) -> given.writeWith(Mono.fromCallable(() -> buffer("content"))));

		assertThat(request.body().contentLength()).isEqualTo(7);
		assertThat(request.body().isReplayable()).isTrue();
		assertThat(this.exchange.bodies).containsExactly("content");
		assertThat(this.buffers.held()).isZero();
	}

	@Test
	void anEmptySingleValueIsNoContent() {
		assertThat(sent((given) -> given.writeWith(Mono.empty())).body()).isSameAs(RequestBody.none());
	}

	@Test
	void aFailureOfASingleValueComesOutAsItIsAndNothingIsSent() {
		IllegalStateException failure = new IllegalStateException("no content");

		StepVerifier.create(connect((request) -> request.writeWith(Mono.error(failure))))
			.verifyErrorSatisfies((actual) -> assertThat(actual).isSameAs(failure));
		assertThat(this.exchange.requests).isEmpty();
	}

	@Test
	void aStreamIsSubscribedToByTheTransportAndReleasedPieceByPiece() {
		Flux<DataBuffer> content = Flux.just("a", "", "bc").map(this::buffer);

		Received received = received(content);

		received.subscription.request(1);
		assertThat(received.text).containsExactly("a");
		assertThat(this.buffers.made()).as("the next one is made on demand").isEqualTo(1);
		assertThat(this.buffers.held()).isZero();
		received.subscription.request(2);
		assertThat(received.text).as("an empty one is no answer to a request").containsExactly("a", "bc");
		assertThat(received.complete).isTrue();
		assertThat(this.buffers.made()).isEqualTo(3);
	}

	@Test
	void piecesAreFlushedInTheirOrder() {
		Flux<Publisher<DataBuffer>> content = Flux.just(Flux.just("a", "b").map(this::buffer),
				Flux.just("c").map(this::buffer));
		RequestBody body = sent((request) -> request.writeAndFlushWith(content)).body();

		Received received = subscribe(body);
		received.subscription.request(Long.MAX_VALUE);

		assertThat(received.text).containsExactly("a", "b", "c");
		assertThat(received.complete).isTrue();
	}

	@Test
	void aFailureOfAStreamReachesTheTransportAsItIs() {
		IllegalStateException failure = new IllegalStateException("torn");
		Received received = received(Flux.just("a").map(this::buffer).concatWith(Flux.error(failure)));

		received.subscription.request(Long.MAX_VALUE);

		assertThat(received.failure).isSameAs(failure);
	}

	@Test
	void aBufferThatComesAfterTheCancelIsReleased() {
		TestPublisher<DataBuffer> content = TestPublisher.createNoncompliant(TestPublisher.Violation.REQUEST_OVERFLOW,
				TestPublisher.Violation.CLEANUP_ON_TERMINATE);
		Received received = received(content);
		received.subscription.request(1);
		content.next(buffer("a"));

		received.subscription.cancel();
		content.next(buffer("late"));

		assertThat(received.text).containsExactly("a");
		assertThat(this.buffers.held()).isZero();
	}

	@Test
	void buffersThatAnOperatorKeepsAreReleasedByTheCancel() {
		Received received = received(
				Flux.just("a", "b", "c", "d").map(this::buffer).publishOn(Schedulers.immediate(), 4));
		received.subscription.request(1);
		assertThat(this.buffers.held()).as("fetched ahead").isEqualTo(3);

		received.subscription.cancel();

		assertThat(this.buffers.held()).isZero();
	}

	@Test
	void theContextReachesTheContent() {
		Flux<DataBuffer> content = Flux.deferContextual((context) -> Flux.just(buffer(context.get("user"))));
		this.exchange.answers(200);
		connect((request) -> request.writeWith(content)).contextWrite((context) -> context.put("user", "ann")).block();

		Received received = subscribe(this.exchange.requests.get(0).body());
		received.subscription.request(1);

		assertThat(received.text).containsExactly("ann");
	}

	@Test
	void theNativeRequestTakesWhatSpringHasNoWordsFor() {
		Http2Request request = sent((given) -> {
			given.<Http2Request.Builder>getNativeRequest().trailers(() -> Headers.of("x-sum", "1"));
			return given.setComplete();
		});

		assertThat(request.trailers()).isNotNull();
	}

	@Test
	void theResponseIsNamedByConnectionAndStream() {
		this.exchange.answers(200, "set-cookie", "a=1; Partitioned", "x-own", "2");

		ClientHttpResponse response = connect(ClientHttpRequest::setComplete).block();

		assertThat(response).isNotNull();
		assertThat(response.getId()).isEqualTo("c1-1");
		assertThat(response.getStatusCode().value()).isEqualTo(200);
		assertThat(response.getHeaders().getFirst("X-Own")).isEqualTo("2");
		assertThat(response.getCookies().getFirst("a")).isNotNull()
			.satisfies((cookie) -> assertThat(cookie.isPartitioned()).isTrue());
	}

	@Test
	void redirectsAreFollowedAndTheirAnswersGivenBack() {
		this.exchange.answers(302, "location", "/y").answers(200);

		ClientHttpResponse response = connect(ClientHttpRequest::setComplete).block();

		assertThat(response).isNotNull();
		assertThat(response.getStatusCode().value()).isEqualTo(200);
		assertThat(this.exchange.requests.get(1).uri()).isEqualTo(URI.create("https://a.example/y"));
		assertThat(this.exchange.responses.get(0).closed).isTrue();
		assertThat(this.exchange.responses.get(1).closed).isFalse();
	}

	@Test
	void aLoopOfRedirectsEndsWithAClearMessage() {
		for (int i = 0; i <= RedirectRule.MAX_REDIRECTS; i++) {
			this.exchange.answers(302, "location", "/loop");
		}

		StepVerifier.create(connect(ClientHttpRequest::setComplete))
			.verifyErrorSatisfies((failure) -> assertThat(failure).isExactlyInstanceOf(ProtocolException.class)
				.hasMessageStartingWith("Stopped after 20 redirects"));
		assertThat(this.exchange.responses).allMatch((response) -> response.closed);
	}

	@Test
	void aRedirectIsTheAnswerIfTheConnectorSaysSo() {
		this.connector.setFollowRedirects(false);
		this.exchange.answers(302, "location", "/y");

		ClientHttpResponse response = connect(ClientHttpRequest::setComplete).block();

		assertThat(response).isNotNull();
		assertThat(response.getStatusCode().value()).isEqualTo(302);
	}

	@Test
	void aCancelAfterTheHeadGivesUpContentThatNobodyReads() {
		this.exchange.answers(200);

		connect(ClientHttpRequest::setComplete).flatMap((response) -> Mono.never()).subscribe().dispose();

		assertThat(this.exchange.responses.get(0).closed).isTrue();
	}

	@Test
	void contentThatWasGivenUpIsAnErrorAndNotEmpty() {
		List<ClientHttpResponse> kept = new ArrayList<>();
		this.exchange.answers(200);
		connect(ClientHttpRequest::setComplete).flatMap((response) -> {
			kept.add(response);
			return Mono.never();
		}).subscribe().dispose();

		StepVerifier.create(kept.get(0).getBody()).verifyError(IllegalStateException.class);
	}

	private Mono<ClientHttpResponse> connect(Function<ClientHttpRequest, Mono<Void>> callback) {
		return this.connector.connect(HttpMethod.POST, TARGET, callback);
	}

	private Http2Request sent(Function<ClientHttpRequest, Mono<Void>> callback) {
		this.exchange.answers(new FakeExchange.Response(200, Headers.empty(), new ByteArrayInputStream(new byte[0])));
		connect(callback).block();
		return this.exchange.requests.get(this.exchange.requests.size() - 1);
	}

	private Received received(Publisher<DataBuffer> content) {
		return subscribe(sent((request) -> request.writeWith(content)).body());
	}

	private static Received subscribe(RequestBody body) {
		Received received = new Received();
		((RequestBody.Published) body).subscribe(received);
		return received;
	}

	private DataBuffer buffer(String text) {
		DataBuffer buffer = this.buffers.allocateBuffer(Math.max(1, text.length()));
		buffer.write(text, StandardCharsets.UTF_8);
		return buffer;
	}

	/** What the transport would see. */
	private static final class Received implements Flow.Subscriber<ByteBuffer> {

		private final List<String> text = new ArrayList<>();

		private Flow.Subscription subscription;

		private Throwable failure;

		private boolean complete;

		@Override
		public void onSubscribe(Flow.Subscription newSubscription) {
			this.subscription = newSubscription;
		}

		@Override
		public void onNext(ByteBuffer buffer) {
			this.text.add(StandardCharsets.UTF_8.decode(buffer).toString());
		}

		@Override
		public void onError(Throwable newFailure) {
			this.failure = newFailure;
		}

		@Override
		public void onComplete() {
			this.complete = true;
		}

	}

}
