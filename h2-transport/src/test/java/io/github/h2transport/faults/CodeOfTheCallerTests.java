package io.github.h2transport.faults;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;

import io.github.h2transport.CallOptions;
import io.github.h2transport.ErrorCode;
import io.github.h2transport.Headers;
import io.github.h2transport.Http2Exception;
import io.github.h2transport.Http2Request;
import io.github.h2transport.Http2Response;
import io.github.h2transport.RequestBody;
import io.github.h2transport.testkit.ScriptedConn;
import io.github.h2transport.testkit.ScriptedServer;
import io.github.h2transport.testkit.Transports;
import io.github.h2transport.transport.Http2Transport;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

/**
 * Whatever the code of a caller does (its content, its trailers, its subscriber, its
 * future), the call ends, its slot is free and its content is closed once.
 */
class CodeOfTheCallerTests {

	private static final long SOON_SECONDS = 15;

	private final Http2Transport transport = Transports.cleartext();

	private final ScriptedServer server = ScriptedServer.start();

	@AfterEach
	void end() {
		this.server.close();
		this.transport.close();
	}

	@ParameterizedTest
	@EnumSource(names = { "BLOCKING_STREAM", "ASYNC_STREAM" })
	void contentIsClosedOnceWhenTheCallHasSucceeded(Form form) throws Exception {
		Closings content = new Closings();
		CompletableFuture<Http2Response> call = form.send(this.transport,
				post(RequestBody.ofInputStream(content, 10)).build());
		ScriptedConn connection = this.server.greeted();
		connection.awaitHead();
		connection.awaitContent(1);
		connection.respond(1, 204);
		assertThat(call.get(SOON_SECONDS, TimeUnit.SECONDS).status()).isEqualTo(204);
		Awaitility.await().until(() -> content.closed.get() == 1);
	}

	@ParameterizedTest
	@EnumSource(names = { "BLOCKING_STREAM", "ASYNC_STREAM" })
	void contentIsClosedOnceWhenTheCallHasFailed(Form form) throws Exception {
		Closings content = new Closings();
		CompletableFuture<Http2Response> call = form.send(this.transport,
				post(RequestBody.ofInputStream(content, 10)).build());
		ScriptedConn connection = this.server.greeted();
		connection.awaitHead();
		connection.awaitContent(1);
		connection.rstStream(1, ErrorCode.CANCEL);
		assertThat(failure(call)).isInstanceOf(Http2Exception.class);
		Awaitility.await().until(() -> content.closed.get() == 1);
	}

	@ParameterizedTest
	@EnumSource(names = { "BLOCKING_WRITER", "ASYNC_WRITER" })
	void anErrorOfTheWriterEndsTheCallAtOnce(Form form) throws Exception {
		endsWithTheError(form, post(RequestBody.ofWriter((out) -> {
			throw new StackOverflowError("the caller's");
		}, RequestBody.UNKNOWN_LENGTH, false)).build());
	}

	@ParameterizedTest
	@EnumSource
	void anErrorOfTheTrailersEndsTheCallAtOnce(Form form) throws Exception {
		Supplier<Headers> failing = () -> {
			throw new StackOverflowError("the caller's");
		};
		endsWithTheError(form, post(form.body(new byte[10])).trailers(failing).build());
	}

	@ParameterizedTest
	@EnumSource(names = { "BLOCKING_PUBLISHER", "ASYNC_PUBLISHER" })
	void aPublisherWhoseSubscribeThrowsEndsTheCallAtOnce(Form form) throws Exception {
		endsWithTheError(form, post(RequestBody.ofPublisher((subscriber) -> {
			throw new StackOverflowError("the caller's");
		}, RequestBody.UNKNOWN_LENGTH, false)).build());
	}

	@ParameterizedTest
	@EnumSource(names = { "BLOCKING_PUBLISHER", "ASYNC_PUBLISHER" })
	void aPublisherWhoseSubscriptionThrowsEndsTheCallAtOnce(Form form) throws Exception {
		endsWithTheError(form,
				post(RequestBody.ofPublisher((subscriber) -> subscriber.onSubscribe(new Flow.Subscription() {

					@Override
					public void request(long n) {
						throw new StackOverflowError("the caller's");
					}

					@Override
					public void cancel() {
						throw new StackOverflowError("the caller's");
					}

				}), RequestBody.UNKNOWN_LENGTH, false)).build());
	}

	private void endsWithTheError(Form form, Http2Request request) {
		CompletableFuture<Http2Response> call = form.send(this.transport, request);
		this.server.greeted();
		assertThat(failure(call)).isInstanceOf(StackOverflowError.class).hasMessage("the caller's");
		Transports.awaitRest(this.transport);
	}

	@ParameterizedTest
	@ValueSource(strings = { "onSubscribe", "onNext" })
	void aSubscriberThatThrowsCountsAsOneThatCancels(String where) throws Exception {
		CompletableFuture<Http2Response> call = this.transport.roundTripAsync(Http2Request.get(this.server.uri("/")));
		ScriptedConn connection = this.server.greeted();
		connection.awaitHead();
		connection.respondHead(1, 200, "content-length", "1000000");
		Http2Response response = call.get(SOON_SECONDS, TimeUnit.SECONDS);
		Throwable thrown = catchThrowable(() -> response.publisher().subscribe(new Flow.Subscriber<>() {

			@Override
			public void onSubscribe(Flow.Subscription subscription) {
				subscription.request(1);
				if (where.equals("onSubscribe")) {
					throw new IllegalStateException("the caller's");
				}
			}

			@Override
			public void onNext(ByteBuffer item) {
				throw new IllegalStateException("the caller's");
			}

			@Override
			public void onError(Throwable throwable) {
			}

			@Override
			public void onComplete() {
			}

		}));
		assertThat(thrown != null).isEqualTo(where.equals("onSubscribe"));
		connection.data(1, new byte[100]);
		assertThat(connection.awaitReset(1)).isEqualTo(ErrorCode.CANCEL);
		Transports.awaitRest(this.transport);
	}

	@ParameterizedTest
	@EnumSource
	void aResultThatIsCompletedFromOutsideCancelsTheCall(Outside outside) throws Exception {
		Closings content = new Closings();
		CompletableFuture<Http2Response> call = this.transport
			.roundTripAsync(post(RequestBody.ofInputStream(content, 10)).build());
		ScriptedConn connection = this.server.greeted();
		connection.awaitHead();
		outside.complete(call);
		assertThat(connection.awaitReset(1)).isEqualTo(ErrorCode.CANCEL);
		Transports.awaitRest(this.transport);
		Awaitility.await().until(() -> content.closed.get() == 1);
	}

	/** Between the head of a response and its first reader there is a limit too. */
	@Test
	void theExchangeTimeoutHoldsThoughNobodyReadsTheResponse() throws Exception {
		CompletableFuture<Http2Response> call = this.transport
			.roundTripAsync(Http2Request.builder("GET", this.server.uri("/"))
				.options(CallOptions.builder().exchangeTimeout(Duration.ofSeconds(2)).build())
				.build());
		ScriptedConn connection = this.server.greeted();
		connection.awaitHead();
		connection.respondHead(1, 200);
		Http2Response response = call.get(SOON_SECONDS, TimeUnit.SECONDS);
		assertThat(connection.awaitReset(1)).isEqualTo(ErrorCode.CANCEL);
		assertThat(catchThrowable(() -> response.body().read())).hasMessageContaining("exchangeTimeout");
		Transports.awaitRest(this.transport);
	}

	/** A writer that is slow to leave, and a repetition that would call it again. */
	@Test
	void aWriterIsNeverCalledTwiceAtOnce() throws Exception {
		AtomicInteger at = new AtomicInteger();
		AtomicInteger most = new AtomicInteger();
		AtomicInteger calls = new AtomicInteger();
		CountDownLatch leave = new CountDownLatch(1);
		RequestBody body = RequestBody.ofWriter((out) -> {
			most.accumulateAndGet(at.incrementAndGet(), Math::max);
			try {
				if (calls.incrementAndGet() == 1) {
					out.write(1);
					out.flush();
					uninterruptibly(leave);
				}
			}
			finally {
				at.decrementAndGet();
			}
		}, RequestBody.UNKNOWN_LENGTH, true);
		CompletableFuture<Http2Response> call = this.transport.roundTripAsync(post(body).build());
		ScriptedConn connection = this.server.greeted();
		connection.awaitHead();
		Awaitility.await().until(() -> calls.get() == 1);
		connection.rstStream(1, ErrorCode.REFUSED_STREAM);
		int second = connection.awaitHead().streamId();
		Awaitility.await().during(Duration.ofMillis(700)).until(() -> calls.get() == 1);
		leave.countDown();
		connection.awaitContent(second);
		connection.respond(second, 204);
		assertThat(call.get(SOON_SECONDS, TimeUnit.SECONDS).status()).isEqualTo(204);
		assertThat(calls).hasValue(2);
		assertThat(most).hasValue(1);
	}

	/** Calls at every moment of the end: each has an outcome. */
	@Test
	void aCallThatStartsAsTheTransportEndsHasAnOutcome() throws Exception {
		for (int round = 0; round < 30; round++) {
			try (ScriptedServer own = ScriptedServer.start()) {
				Http2Transport ending = Transports.cleartext();
				CompletableFuture<Http2Response> first = ending.roundTripAsync(Http2Request.get(own.uri("/")));
				ScriptedConn connection = own.greeted();
				connection.awaitHead();
				AtomicReference<CompletableFuture<Http2Response>> last = new AtomicReference<>(first);
				CountDownLatch over = new CountDownLatch(1);
				Thread calling = new Thread(() -> {
					while (over.getCount() > 0) {
						CompletableFuture<Http2Response> next = ending.roundTripAsync(Http2Request.get(own.uri("/")));
						last.set(next);
						assertThat(failure(next)).isInstanceOf(Http2Exception.class);
					}
				});
				calling.start();
				ending.close();
				over.countDown();
				calling.join(SOON_SECONDS * 1000);
				assertThat(calling.isAlive()).isFalse();
				assertThat(failure(first)).isInstanceOf(Http2Exception.class);
			}
		}
	}

	private static void uninterruptibly(CountDownLatch latch) {
		while (latch.getCount() > 0) {
			try {
				latch.await();
			}
			catch (InterruptedException ex) {
				// It has the time that it wants.
			}
		}
	}

	private Http2Request.Builder post(RequestBody body) {
		return Http2Request.builder("POST", this.server.uri("/")).body(body);
	}

	private static Throwable failure(CompletableFuture<Http2Response> call) {
		Throwable failure = catchThrowable(() -> call.get(SOON_SECONDS, TimeUnit.SECONDS));
		assertThat(failure).isInstanceOf(ExecutionException.class);
		return failure.getCause();
	}

	/** How a result is completed by somebody else. */
	enum Outside {

		CANCEL, COMPLETE_EXCEPTIONALLY, OR_TIMEOUT, COMPLETE, COMPLETE_ON_TIMEOUT;

		void complete(CompletableFuture<Http2Response> call) {
			switch (this) {
				case CANCEL -> call.cancel(true);
				case COMPLETE_EXCEPTIONALLY -> call.completeExceptionally(new IOException("enough"));
				case OR_TIMEOUT -> call.orTimeout(1, TimeUnit.MILLISECONDS);
				case COMPLETE -> call.complete(null);
				default -> call.completeOnTimeout(null, 1, TimeUnit.MILLISECONDS);
			}
		}

	}

	/** Counts how often it is closed. */
	private static final class Closings extends ByteArrayInputStream {

		private final AtomicInteger closed = new AtomicInteger();

		private Closings() {
			super(new byte[10]);
		}

		@Override
		public void close() {
			this.closed.incrementAndGet();
		}

	}

}
