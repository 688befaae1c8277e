package io.github.h2transport.transport;

import java.io.ByteArrayInputStream;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicInteger;

import io.github.h2transport.ConnectionException;
import io.github.h2transport.ErrorCode;
import io.github.h2transport.Http2Exception;
import io.github.h2transport.Http2Request;
import io.github.h2transport.Http2Response;
import io.github.h2transport.RequestBody;
import io.github.h2transport.StreamException;
import io.github.h2transport.TransportOptions;
import io.github.h2transport.conn.ClientConn;
import io.github.h2transport.conn.ConnectionState;
import io.github.h2transport.pool.ClientConnPool;
import io.github.h2transport.pool.ConnectionRequest;
import io.github.h2transport.pool.DefaultClientConnPool;
import io.github.h2transport.pool.PoolSnapshot;
import io.github.h2transport.testkit.Call;
import io.github.h2transport.testkit.ClientFrame;
import io.github.h2transport.testkit.DelegatingPool;
import io.github.h2transport.testkit.ScriptedConn;
import io.github.h2transport.testkit.ScriptedServer;
import io.github.h2transport.testkit.TrackedStream;
import io.github.h2transport.testkit.Transports;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * RFC 9113 section 8.7: a request is sent again only if the server surely did not process
 * it, and only a bounded number of times.
 */
class RetryTests {

	private static final byte[] CONTENT = "hello".getBytes();

	private static final Duration PATIENCE = Duration.ofSeconds(20);

	private final ScriptedServer server = ScriptedServer.start();

	private final Http2Transport transport = Transports.cleartext();

	@AfterEach
	void end() {
		// First the server, which would otherwise keep the transport waiting for its end.
		this.server.close();
		this.transport.close();
	}

	@Test
	void aRefusedStreamIsSentAgainOnTheSameConnection() {
		Call<String> call = post(RequestBody.of(CONTENT));
		ScriptedConn connection = this.server.greeted();
		assertThat(connection.awaitContent(1)).isEqualTo(CONTENT);
		connection.rstStream(1, ErrorCode.REFUSED_STREAM);
		assertThat(connection.awaitContent(3)).isEqualTo(CONTENT);
		connection.respond(3, 200);
		assertThat(call.result()).isEqualTo("200");
		assertThat(this.server.accepted()).isEqualTo(1);
		Transports.awaitRest(this.transport);
	}

	@Test
	void aStreamAboveTheLastOneOfAGoAwayIsSentAgainOnAnotherConnection() {
		Call<String> first = post(RequestBody.of(CONTENT));
		ScriptedConn connection = this.server.greeted();
		connection.awaitContent(1);
		Call<String> second = post(RequestBody.of(CONTENT));
		connection.awaitContent(3);
		connection.goAway(1, ErrorCode.NO_ERROR, "moving");
		ScriptedConn next = this.server.greeted();
		assertThat(next.awaitContent(1)).isEqualTo(CONTENT);
		next.respond(1, 201);
		assertThat(second.result()).isEqualTo("201");
		// The stream that the server has taken finishes where it is.
		connection.respond(1, 200);
		assertThat(first.result()).isEqualTo("200");
		connection.awaitEnd();
	}

	@Test
	void aSupplierIsAskedAgain() {
		List<TrackedStream> streams = new ArrayList<>();
		Call<String> call = post(RequestBody.ofInputStream(() -> {
			streams.add(new TrackedStream(CONTENT));
			return streams.get(streams.size() - 1);
		}, CONTENT.length));
		ScriptedConn connection = this.server.greeted();
		connection.awaitContent(1);
		connection.goAway(0, ErrorCode.NO_ERROR, "");
		ScriptedConn next = this.server.greeted();
		assertThat(next.awaitContent(1)).isEqualTo(CONTENT);
		next.respond(1, 200);
		assertThat(call.result()).isEqualTo("200");
		assertThat(streams).hasSize(2).allSatisfy((stream) -> assertThat(stream.closes()).isEqualTo(1));
	}

	@Test
	void aOneShotBodyThatWasReadAndIsTooLargeToBeKeptIsNotSentAgainAndTheCallerIsToldThatHeMay() {
		byte[] large = new byte[64 * 1024 + 1];
		Call<String> call = post(RequestBody.ofInputStream(new ByteArrayInputStream(large), large.length));
		ScriptedConn connection = this.server.greeted();
		connection.awaitHead();
		connection.windowUpdate(0, large.length).windowUpdate(1, large.length);
		connection.awaitContent(1);
		connection.goAway(0, ErrorCode.NO_ERROR, "maintenance");
		ConnectionException failure = call.failure(ConnectionException.class);
		assertThat(failure.isSafeToRetry()).isTrue();
		assertThat(failure).hasMessageContaining("GOAWAY").hasMessageContaining("maintenance");
		assertThat(this.server.accepted()).isEqualTo(1);
	}

	/** The loop opens the stream: the body is not read before. */
	@Test
	void aOneShotBodyThatWasNotReadIsSentByTheNextConnection() throws Exception {
		TransportOptions options = Transports.options((builder) -> {
		});
		ClientConnPool.Factory stale = (dialer) -> firstIsStale(new DefaultClientConnPool(dialer, options));
		try (Http2Transport unlucky = Http2Transport.builder().options(options).connPool(stale).build()) {
			TrackedStream content = new TrackedStream(CONTENT);
			Call<String> call = Call
				.of(() -> Transports.exchange(unlucky, request(RequestBody.ofInputStream(content, CONTENT.length))));
			this.server.greeted().awaitEnd();
			ScriptedConn next = this.server.greeted();
			assertThat(next.awaitContent(1)).isEqualTo(CONTENT);
			next.respond(1, 200);
			assertThat(call.result()).isEqualTo("200");
			assertThat(content.closes()).isEqualTo(1);
			this.server.close();
		}
	}

	@Test
	void aPublisherThatWasNotSubscribedToIsSentByTheNextConnection() {
		TransportOptions options = Transports.options((builder) -> {
		});
		try (Http2Transport unlucky = Http2Transport.builder()
			.options(options)
			.connPool((dialer) -> firstIsStale(new DefaultClientConnPool(dialer, options)))
			.build()) {
			AtomicInteger subscribed = new AtomicInteger();
			RequestBody once = RequestBody.ofPublisher((subscriber) -> {
				subscribed.incrementAndGet();
				subscriber.onSubscribe(new OneBuffer(subscriber, CONTENT));
			}, CONTENT.length, false);
			Call<String> call = Call.of(() -> {
				try (Http2Response response = unlucky.roundTripAsync(request(once)).get()) {
					return String.valueOf(response.status());
				}
			});
			this.server.greeted().awaitEnd();
			ScriptedConn next = this.server.greeted();
			assertThat(next.awaitContent(1)).isEqualTo(CONTENT);
			next.respond(1, 200);
			assertThat(call.result()).isEqualTo("200");
			assertThat(subscribed).hasValue(1);
			this.server.close();
		}
	}

	/** The first connection that it gives dies before the request can be sent. */
	private static ClientConnPool firstIsStale(ClientConnPool pool) {
		AtomicInteger handedOut = new AtomicInteger();
		return new DelegatingPool(pool) {

			@Override
			public CompletionStage<ClientConn> getClientConn(ConnectionRequest request) {
				CompletableFuture<ClientConn> given = super.getClientConn(request).toCompletableFuture();
				if (handedOut.getAndIncrement() == 0) {
					ClientConn connection = given.join();
					connection.close("dies between the pool and the request");
					await().until(() -> connection.state() == ConnectionState.CLOSED);
				}
				return given;
			}

		};
	}

	@ParameterizedTest
	@ValueSource(strings = { "close", "reset", "goaway-and-close", "cancel", "internal" })
	void aPostThatTheServerMayHaveSeenIsNeverSentTwice(String end) {
		Call<String> call = post(RequestBody.of(CONTENT));
		ScriptedConn connection = this.server.greeted();
		connection.awaitContent(1);
		connection.barrier();
		switch (end) {
			case "close" -> connection.close();
			case "reset" -> connection.reset();
			case "goaway-and-close" -> connection.goAway(1, ErrorCode.NO_ERROR, "").close();
			case "cancel" -> connection.rstStream(1, ErrorCode.CANCEL);
			default -> connection.rstStream(1, ErrorCode.INTERNAL_ERROR);
		}
		Http2Exception failure = call.failure(Http2Exception.class);
		assertThat(failure.isSafeToRetry()).isFalse();
		assertThat(failure.attempts()).isEmpty();
		assertThat(failure.context().connectionId()).isEqualTo("c1");
		assertThat(failure.context().streamId()).isEqualTo(1);
		assertThat(this.server.accepted()).isEqualTo(1);
	}

	@Test
	void aRefusalAfterTheHeadIsNoRefusal() throws Exception {
		Call<Http2Response> call = Call.of(() -> this.transport.roundTrip(request(RequestBody.of(CONTENT))));
		ScriptedConn connection = this.server.greeted();
		connection.awaitHead();
		connection.awaitContent(1);
		connection.respondHead(1, 200).data(1, new byte[3]).rstStream(1, ErrorCode.REFUSED_STREAM);
		Http2Response response = call.result();
		assertThat(response.status()).isEqualTo(200);
		assertThat(response.body().readNBytes(3)).hasSize(3);
		assertThatExceptionOfType(StreamException.class).isThrownBy(() -> response.body().read())
			.satisfies((ex) -> assertThat(ex.isSafeToRetry()).isFalse());
		assertThat(connection.barrier()).noneMatch((frame) -> frame instanceof ClientFrame.Head);
		Transports.awaitRest(this.transport);
	}

	@Test
	void aResetAfterTheWholeResponseDoesNotSpoilIt() {
		Call<String> call = post(RequestBody.ofInputStream(new ByteArrayInputStream(new byte[200_000]), 200_000));
		ScriptedConn connection = this.server.greeted();
		connection.awaitHead();
		// RFC 9113 section 8.1: the rest of the request is not wanted.
		connection.respondHead(1, 200).lastData(1, "early".getBytes()).rstStream(1, ErrorCode.NO_ERROR);
		assertThat(call.result()).isEqualTo("200 early");
		Transports.awaitRest(this.transport);
	}

	@Test
	void threeConnectionsThatAnsweredNothingAreEnough() {
		Call<String> call = post(RequestBody.of(CONTENT));
		for (int i = 0; i < 3; i++) {
			ScriptedConn connection = this.server.greeted();
			connection.awaitContent(1);
			connection.goAway(0, ErrorCode.NO_ERROR, "go away " + i);
		}
		ConnectionException failure = call.failure(ConnectionException.class);
		assertThat(failure.attempts()).hasSize(2);
		assertThat(failure.attempts().get(0)).hasMessageContaining("go away 0");
		assertThat(failure.attempts().get(1)).hasMessageContaining("go away 1");
		assertThat(failure).hasMessageContaining("go away 2").hasMessageContaining("attempt 3");
		assertThat(failure.isSafeToRetry()).isTrue();
		assertThat(this.server.accepted()).isEqualTo(3);
	}

	/** Some are turned away five times, by connections that have answered nothing yet. */
	@Test
	void aConnectionWhoseGoAwayKeepsSomeRequestsHasNotServedInVain() {
		int waiting = 12;
		List<Call<String>> calls = Call.many(waiting,
				() -> Transports.exchange(this.transport, request(RequestBody.of(CONTENT))));
		List<Runnable> answers = new ArrayList<>();
		// Never about the same number twice in a row: the pool would learn it and send no
		// more.
		for (int kept = 1; waiting > 0; kept = 4 - kept) {
			ScriptedConn connection = this.server.greeted();
			for (int i = 0; i < waiting; i++) {
				connection.awaitHead();
			}
			awaitOthersLeft();
			connection.goAway(2 * kept - 1, ErrorCode.NO_ERROR, "");
			for (int stream = 1; stream <= 2 * kept - 1; stream += 2) {
				int id = stream;
				answers.add(() -> connection.respond(id, 200));
			}
			waiting -= kept;
		}
		assertThat(calls).noneMatch(Call::isDone);
		answers.forEach(Runnable::run);
		assertThat(calls).allSatisfy((call) -> assertThat(call.result()).isEqualTo("200"));
		assertThat(this.server.accepted()).isEqualTo(6);
	}

	@Test
	void twentyAttemptsAreEnoughWhereOthersAreAnswered() {
		Call<String> warm = post(RequestBody.none());
		ScriptedConn connection = this.server.greeted();
		connection.respond(connection.awaitHead().streamId(), 200);
		warm.result();
		Call<String> call = post(RequestBody.none());
		for (int i = 0; i < 20; i++) {
			connection.rstStream(connection.awaitHead().streamId(), ErrorCode.REFUSED_STREAM);
		}
		StreamException failure = call.failure(StreamException.class);
		assertThat(failure.attempts()).hasSize(19);
		assertThat(connection.barrier()).noneMatch((frame) -> frame instanceof ClientFrame.Head);
		assertThat(failure.context().code()).isEqualTo(ErrorCode.REFUSED_STREAM);
		Transports.awaitRest(this.transport);
	}

	@Test
	void aServerThatEndsEachConnectionAfterTenRequestsCostsNobodyARequest() {
		try (ScriptedServer short10 = ScriptedServer.start()) {
			AtomicInteger answered = new AtomicInteger();
			Call<String> serving = Call.of(() -> {
				while (answered.get() < 100) {
					ScriptedConn connection = short10.greeted();
					for (int i = 0; i < 10; i++) {
						int stream = connection.awaitHead().streamId();
						if (i == 9) {
							connection.goAway(stream, ErrorCode.NO_ERROR, "");
						}
						connection.respond(stream, 200);
						answered.incrementAndGet();
					}
				}
				return "done";
			});
			List<Call<String>> calls = Call.many(10, () -> {
				for (int i = 0; i < 10; i++) {
					Transports.exchange(this.transport,
							Http2Request.builder("POST", short10.uri("/")).body(RequestBody.of(CONTENT)).build());
				}
				return "done";
			});
			calls.forEach((call) -> assertThat(call.result()).isEqualTo("done"));
			assertThat(serving.result()).isEqualTo("done");
			assertThat(answered).hasValue(100);
		}
	}

	/**
	 * Waits until the pool has heard of every GOAWAY before: callers may hear of one
	 * earlier than the pool does, and each connection tells on a loop of its own.
	 */
	private void awaitOthersLeft() {
		await().atMost(PATIENCE).until(() -> {
			PoolSnapshot pool = this.transport.snapshot().origins().get(0).pool();
			return pool != null && pool.open() == 1 && pool.dialling() == 0;
		});
	}

	private Http2Request request(RequestBody body) {
		return Http2Request.builder("POST", this.server.uri("/")).body(body).build();
	}

	private Call<String> post(RequestBody body) {
		return Call.of(() -> Transports.exchange(this.transport, request(body)));
	}

	/** Publishes one buffer. */
	private record OneBuffer(Flow.Subscriber<? super ByteBuffer> subscriber,
			byte[] content) implements Flow.Subscription {

		@Override
		public void request(long count) {
			this.subscriber.onNext(ByteBuffer.wrap(this.content));
			this.subscriber.onComplete();
		}

		@Override
		public void cancel() {
		}

	}

}
