package io.github.h2transport.faults;

import java.io.ByteArrayInputStream;
import java.net.URI;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;

import io.github.h2transport.CallOptions;
import io.github.h2transport.ErrorCode;
import io.github.h2transport.Headers;
import io.github.h2transport.Http2Exception;
import io.github.h2transport.Http2Request;
import io.github.h2transport.Http2Response;
import io.github.h2transport.Http2TimeoutException;
import io.github.h2transport.InvalidRequestException;
import io.github.h2transport.PoolException;
import io.github.h2transport.RequestBody;
import io.github.h2transport.TransportListener;
import io.github.h2transport.conn.ClientConn;
import io.github.h2transport.frame.Settings;
import io.github.h2transport.pool.ClientConnPool;
import io.github.h2transport.pool.ConnectionRequest;
import io.github.h2transport.pool.DefaultClientConnPool;
import io.github.h2transport.testkit.Call;
import io.github.h2transport.testkit.CallStyle;
import io.github.h2transport.testkit.ClientFrame;
import io.github.h2transport.testkit.Content;
import io.github.h2transport.testkit.DelegatingPool;
import io.github.h2transport.testkit.ScriptedConn;
import io.github.h2transport.testkit.ScriptedServer;
import io.github.h2transport.testkit.ServedRequests;
import io.github.h2transport.testkit.Transports;
import io.github.h2transport.transport.Http2Transport;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

/**
 * However a call ends, its content is closed once, its listener is told once, its stream
 * is over and its slot is free; and what belongs to the caller does not run on an event
 * loop, where it would hold up everybody else.
 */
@Timeout(120)
class WaysOutOfACallTests {

	private static final long SOON_SECONDS = 15;

	static Stream<Arguments> endings() {
		return Stream.of("BLOCKING_STREAM", "ASYNC_STREAM")
			.map(Form::valueOf)
			.flatMap((form) -> Arrays.stream(Ending.values())
				.filter((ending) -> !form.isBlocking() || !ending.isFromOutside())
				.flatMap((ending) -> Arrays.stream(Peer.values())
					.filter((peer) -> peer == Peer.CLEARTEXT || ending.isOnTheWire())
					.map((peer) -> Arguments.of(form, ending, peer))));
	}

	@ParameterizedTest
	@MethodSource("endings")
	void theContentIsClosedOnceAndTheListenerToldOnce(Form form, Ending ending, Peer peer) throws Exception {
		Source content = new Source(10);
		Listener listener = new Listener();
		try (ScriptedServer server = peer.start();
				Http2Transport transport = Peer.builder((options) -> options.acquireTimeout(ending.acquireTimeout()))
					.listener(listener)
					.connPool((dialer) -> ending.pool(new DefaultClientConnPool(dialer, Transports.options((any) -> {
					}))))
					.build()) {
			Http2Request.Builder request = ending.request(server)
				.body(RequestBody.ofInputStream(content, ending.declaredLength()));
			CompletableFuture<Http2Response> call = form.send(transport, request.build());
			ending.play(server, transport, call);
			Throwable failure = catchThrowable(() -> call.get(SOON_SECONDS, TimeUnit.SECONDS).close());
			ending.check((failure instanceof ExecutionException) ? failure.getCause() : failure);
			Awaitility.await().until(() -> content.closings.size() == 1);
			Awaitility.await().until(() -> listener.ends.size() == 1);
			Transports.awaitRest(transport);
			assertThat(content.closings).singleElement().satisfies((thread) -> {
				assertThat(thread).doesNotStartWith("h2-loop");
				if (form.isBlocking()) {
					assertThat(thread).isEqualTo("blocking-caller");
				}
			});
			assertThat(listener.ends).hasSize(1);
		}
		assertThat(content.closings).hasSize(1);
		assertThat(listener.ends).hasSize(1);
	}

	/** Of the application, that is: it has the response, or the true failure. */
	@ParameterizedTest
	@EnumSource(names = { "BLOCKING_STREAM", "ASYNC_STREAM" })
	void contentThatCannotBeClosedTakesNoResponseAway(Form form) throws Exception {
		for (Throwable failure : List.of(new IllegalStateException("cannot be closed"),
				new NoClassDefFoundError("cannot be closed"), new Exception("cannot be closed, and undeclared"))) {
			try (ScriptedServer server = ScriptedServer.start(); Http2Transport transport = Transports.cleartext()) {
				CompletableFuture<Http2Response> call = form.send(transport,
						post(server).body(RequestBody.ofInputStream(new ByteArrayInputStream(new byte[10]) {

							@Override
							public void close() {
								sneakyThrow(failure);
							}

						}, 10)).build());
				ScriptedConn connection = server.greeted();
				connection.awaitHead();
				connection.awaitContent(1);
				connection.respond(1, 201);
				try (Http2Response response = call.get(SOON_SECONDS, TimeUnit.SECONDS)) {
					assertThat(response.status()).isEqualTo(201);
				}
				Transports.awaitRest(transport);
				Http2Request refused = Http2Request.builder("POST", URI.create("ftp://127.0.0.1/"))
					.body(RequestBody.ofInputStream(new ByteArrayInputStream(new byte[10]) {

						@Override
						public void close() {
							sneakyThrow(failure);
						}

					}, 10))
					.build();
				assertThat(failure(form.send(transport, refused))).isInstanceOf(InvalidRequestException.class);
			}
		}
	}

	static Stream<Arguments> formsAndPeers() {
		return Arrays.stream(Form.values())
			.flatMap((form) -> Arrays.stream(Peer.values())
				.filter((peer) -> peer == Peer.CLEARTEXT || form.name().matches(".*(BYTES|PUBLISHER)"))
				.map((peer) -> Arguments.of(form, peer)));
	}

	/** As languages without checked exceptions do. */
	@ParameterizedTest
	@MethodSource("formsAndPeers")
	void anUndeclaredExceptionOfTheTrailersEndsTheCallAtOnce(Form form, Peer peer) throws Exception {
		Exception undeclared = new Exception("the caller's");
		endsWith(form, peer, undeclared, (request) -> request.body(form.body(new byte[10])).trailers(() -> {
			sneakyThrow(undeclared);
			return Headers.empty();
		}));
	}

	@ParameterizedTest
	@MethodSource("formsAndPeers")
	void anUndeclaredExceptionOfTheContentEndsTheCallAtOnce(Form form, Peer peer) throws Exception {
		Exception undeclared = new Exception("the caller's");
		RequestBody body = switch (form) {
			case BLOCKING_BYTES, ASYNC_BYTES -> null;
			case BLOCKING_PUBLISHER, ASYNC_PUBLISHER -> RequestBody.ofPublisher((subscriber) -> {
				sneakyThrow(undeclared);
			}, RequestBody.UNKNOWN_LENGTH, false);
			case BLOCKING_STREAM, ASYNC_STREAM -> RequestBody.ofInputStream(() -> {
				sneakyThrow(undeclared);
				return new ByteArrayInputStream(new byte[0]);
			}, RequestBody.UNKNOWN_LENGTH);
			default -> RequestBody.ofWriter((out) -> sneakyThrow(undeclared), RequestBody.UNKNOWN_LENGTH, true);
		};
		if (body != null) {
			endsWith(form, peer, undeclared, (request) -> request.body(body));
		}
	}

	private static void endsWith(Form form, Peer peer, Throwable thrown, Choice choice) throws Exception {
		Listener listener = new Listener();
		try (ScriptedServer server = peer.start(); Http2Transport transport = Peer.builder((options) -> {
		}).listener(listener).build()) {
			Http2Request.Builder request = post(server);
			choice.make(request);
			CompletableFuture<Http2Response> call = form.send(transport, request.build());
			ScriptedConn connection = server.greeted();
			Throwable failure = failure(call);
			// What a blocking call may not throw is the cause of what it throws.
			assertThat((failure instanceof Http2Exception) ? failure.getCause() : failure).isSameAs(thrown);
			Transports.awaitRest(transport);
			assertThat(connection.barrier())
				.noneMatch((frame) -> frame instanceof ClientFrame.Data data && data.endStream());
			Awaitility.await().until(() -> listener.ends.size() == 1);
		}
		assertThat(listener.ends).hasSize(1);
	}

	@ParameterizedTest
	@MethodSource("formsAndPeers")
	void trailersAreNotAskedForOnAnEventLoop(Form form, Peer peer) throws Exception {
		try (ScriptedServer server = peer.start(); Http2Transport transport = Peer.transport((options) -> {
		})) {
			List<String> threads = new CopyOnWriteArrayList<>();
			ScriptedConn connection = null;
			for (int turn = 0; turn < 2; turn++) {
				CompletableFuture<Http2Response> call = form.send(transport,
						post(server).body(form.body(new byte[30_000])).trailers(() -> {
							threads.add(Thread.currentThread().getName());
							return Headers.of("x-checksum", "1");
						}).build());
				connection = (connection != null) ? connection : server.greeted();
				int stream = connection.awaitHead().streamId();
				assertThat(connection.awaitHead().fields().get("x-checksum")).isEqualTo("1");
				connection.respond(stream, 204);
				try (Http2Response response = call.get(SOON_SECONDS, TimeUnit.SECONDS)) {
					assertThat(response.status()).isEqualTo(204);
				}
			}
			assertThat(threads).hasSize(2).noneMatch((thread) -> thread.startsWith("h2-loop"));
			if (form.isBlocking() && form != Form.BLOCKING_PUBLISHER) {
				assertThat(threads).containsOnly("blocking-caller");
			}
			Transports.awaitRest(transport);
		}
	}

	static Stream<Arguments> publishers() {
		return Stream.of("BLOCKING_PUBLISHER", "ASYNC_PUBLISHER")
			.map(Form::valueOf)
			.flatMap((form) -> Arrays.stream(Peer.values()).map((peer) -> Arguments.of(form, peer)));
	}

	/** Reactive Streams 2.5: the second one is cancelled, the first one goes on. */
	@ParameterizedTest
	@MethodSource("publishers")
	void aPublisherThatSubscribesTwiceIsHeardOnce(Form form, Peer peer) throws Exception {
		AtomicInteger cancelled = new AtomicInteger();
		RequestBody twice = RequestBody.ofPublisher((subscriber) -> {
			subscriber.onSubscribe(new OnDemand(() -> {
				subscriber.onNext(ByteBuffer.wrap(new byte[10]));
				subscriber.onComplete();
			}, new AtomicInteger()));
			subscriber.onSubscribe(new OnDemand(() -> {
			}, cancelled));
		}, RequestBody.UNKNOWN_LENGTH, false);
		try (ScriptedServer server = peer.start(); Http2Transport transport = Peer.transport((options) -> {
		})) {
			CompletableFuture<Http2Response> call = form.send(transport, post(server).body(twice).build());
			ScriptedConn connection = server.greeted();
			connection.awaitHead();
			assertThat(connection.awaitContent(1)).hasSize(10);
			connection.respond(1, 204);
			call.get(SOON_SECONDS, TimeUnit.SECONDS).close();
			assertThat(cancelled).hasValue(1);
			Transports.awaitRest(transport);
		}
	}

	/** It may yet come; the call has its limits. */
	@ParameterizedTest
	@MethodSource("publishers")
	void aPublisherThatNeverSubscribesIsLeftAtTheTimeLimit(Form form, Peer peer) throws Exception {
		RequestBody never = RequestBody.ofPublisher((subscriber) -> {
		}, RequestBody.UNKNOWN_LENGTH, false);
		try (ScriptedServer server = peer.start(); Http2Transport transport = Peer.transport((options) -> {
		})) {
			CompletableFuture<Http2Response> call = form.send(transport,
					post(server).body(never)
						.options(CallOptions.builder().responseTimeout(Duration.ofSeconds(2)).build())
						.build());
			ScriptedConn connection = server.greeted();
			connection.awaitHead();
			assertThat(connection.awaitReset(1)).isEqualTo(ErrorCode.CANCEL);
			assertThat(failure(call)).isInstanceOf(Http2TimeoutException.class);
			Transports.awaitRest(transport);
		}
	}

	@ParameterizedTest
	@MethodSource("publishers")
	void aPublisherThatIsCompleteWithoutASubscriptionIsEmpty(Form form, Peer peer) throws Exception {
		RequestBody empty = RequestBody.ofPublisher(Flow.Subscriber::onComplete, RequestBody.UNKNOWN_LENGTH, false);
		try (ScriptedServer server = peer.start(); Http2Transport transport = Peer.transport((options) -> {
		})) {
			CompletableFuture<Http2Response> call = form.send(transport, post(server).body(empty).build());
			ScriptedConn connection = server.greeted();
			connection.awaitHead();
			assertThat(connection.awaitContent(1)).isEmpty();
			connection.respond(1, 204);
			call.get(SOON_SECONDS, TimeUnit.SECONDS).close();
			Transports.awaitRest(transport);
		}
	}

	/** Reactive Streams 2.13: the publisher hears of it too. */
	@ParameterizedTest
	@MethodSource("publishers")
	void aPublisherThatPublishesNothingAsABufferEndsTheCallAtOnce(Form form, Peer peer) throws Exception {
		AtomicReference<Throwable> thrown = new AtomicReference<>();
		RequestBody bad = RequestBody.ofPublisher((subscriber) -> subscriber.onSubscribe(
				new OnDemand(() -> new Thread(() -> thrown.set(catchThrowable(() -> subscriber.onNext(null)))).start(),
						new AtomicInteger())),
				RequestBody.UNKNOWN_LENGTH, false);
		try (ScriptedServer server = peer.start(); Http2Transport transport = Peer.transport((options) -> {
		})) {
			CompletableFuture<Http2Response> call = form.send(transport, post(server).body(bad).build());
			ScriptedConn connection = server.greeted();
			connection.awaitHead();
			assertThat(connection.awaitReset(1)).isEqualTo(ErrorCode.CANCEL);
			assertThat(failure(call)).isInstanceOf(NullPointerException.class);
			Awaitility.await().until(() -> thrown.get() instanceof NullPointerException);
			Transports.awaitRest(transport);
		}
	}

	/** A stage that is not the future behind it does not hear of its cancel. */
	@ParameterizedTest
	@EnumSource(names = { "BLOCKING_BYTES", "ASYNC_BYTES" })
	void aConnectionThatComesTooLateIsGivenBack(Form form) throws Exception {
		AtomicReference<CompletableFuture<ClientConn>> late = new AtomicReference<>();
		AtomicReference<ClientConnPool> real = new AtomicReference<>();
		try (ScriptedServer server = ScriptedServer.start();
				Http2Transport transport = Http2Transport.builder()
					.options(Transports.options((options) -> options.acquireTimeout(Duration.ofMillis(200))))
					.connPool((dialer) -> {
						real.set(new DefaultClientConnPool(dialer, Transports.options((options) -> {
						})));
						return new DelegatingPool(real.get()) {

							@Override
							public CompletionStage<ClientConn> getClientConn(ConnectionRequest request) {
								CompletableFuture<ClientConn> future = new CompletableFuture<>();
								late.set(future);
								super.getClientConn(request).whenComplete((connection, failure) -> future
									.completeOnTimeout(connection, 600, TimeUnit.MILLISECONDS));
								return future.minimalCompletionStage();
							}

						};
					})
					.build()) {
			CompletableFuture<Http2Response> call = form.send(transport, Http2Request.get(server.uri("/")));
			assertThat(failure(call)).isInstanceOf(PoolException.class);
			server.greeted();
			assertThat(late.get().get(SOON_SECONDS, TimeUnit.SECONDS)).isNotNull();
			Transports.awaitRest(transport);
		}
	}

	@ParameterizedTest
	@EnumSource(names = { "BLOCKING_BYTES", "ASYNC_BYTES" })
	void aPoolThatGivesNothingFailsTheCallAsAPool(Form form) throws Exception {
		try (Http2Transport transport = Http2Transport.builder().options(Transports.options((options) -> {
		})).connPool((dialer) -> new DelegatingPool(new DefaultClientConnPool(dialer, Transports.options((options) -> {
		}))) {

			@Override
			public CompletionStage<ClientConn> getClientConn(ConnectionRequest request) {
				return CompletableFuture.completedFuture(null);
			}

		}).build()) {
			CompletableFuture<Http2Response> call = form.send(transport,
					Http2Request.get(URI.create("http://127.0.0.1:9/")));
			assertThat(failure(call)).isInstanceOf(PoolException.class);
		}
	}

	/** Also with content for which a thread is needed, and in every moment. */
	@ParameterizedTest
	@EnumSource(names = { "ASYNC_BYTES", "ASYNC_STREAM", "ASYNC_WRITER", "ASYNC_PUBLISHER" })
	void aCallThatStartsAsTheTransportEndsFailsWithATypedFailure(Form form) throws Exception {
		for (int round = 0; round < 8; round++) {
			try (ScriptedServer server = ScriptedServer.start()) {
				Http2Transport ending = Transports.cleartext();
				CompletableFuture<Http2Response> first = form.send(ending,
						post(server).body(form.body(new byte[10])).build());
				server.greeted().awaitHead();
				CountDownLatch over = new CountDownLatch(1);
				List<Throwable> failures = new CopyOnWriteArrayList<>();
				Thread calling = new Thread(() -> {
					while (over.getCount() > 0) {
						Source content = new Source(10);
						failures
							.add(failure(form.send(ending,
									post(server).body((form == Form.ASYNC_STREAM)
											? RequestBody.ofInputStream(content, 10) : form.body(new byte[10]))
										.build())));
						if (form == Form.ASYNC_STREAM) {
							Awaitility.await().until(() -> content.closings.size() == 1);
						}
					}
				});
				calling.start();
				ending.close();
				over.countDown();
				calling.join(SOON_SECONDS * 1000);
				assertThat(calling.isAlive()).isFalse();
				failures.add(failure(first));
				assertThat(failures).allSatisfy((failure) -> assertThat(failure).isInstanceOf(Http2Exception.class));
			}
		}
	}

	static Stream<Arguments> fromOutside() {
		return Arrays.stream(CodeOfTheCallerTests.Outside.values())
			.flatMap((outside) -> Stream.of("ASYNC_BYTES", "ASYNC_STREAM", "ASYNC_WRITER", "ASYNC_PUBLISHER")
				.map(Form::valueOf)
				.map((form) -> Arguments.of(outside, form)));
	}

	@ParameterizedTest
	@MethodSource("fromOutside")
	void aResultThatIsCompletedFromOutsideResetsTheStream(CodeOfTheCallerTests.Outside outside, Form form)
			throws Exception {
		Listener listener = new Listener();
		try (ScriptedServer server = ScriptedServer.start();
				Http2Transport transport = Http2Transport.builder().options(Transports.options((options) -> {
				})).listener(listener).build()) {
			CompletableFuture<Http2Response> call = form.send(transport,
					post(server).body(form.body(Content.ofSize(200_000))).build());
			ScriptedConn connection = server.greeted();
			connection.awaitHead();
			outside.complete(call);
			assertThat(connection.awaitReset(1)).isEqualTo(ErrorCode.CANCEL);
			Transports.awaitRest(transport);
			Awaitility.await().until(() -> listener.ends.size() == 1);
		}
		assertThat(listener.ends).hasSize(1);
	}

	/** No attempt is made for a call that is over. */
	@ParameterizedTest
	@EnumSource(CodeOfTheCallerTests.Outside.class)
	void aResultThatIsCompletedFromOutsideBetweenTwoAttemptsEndsTheCall(CodeOfTheCallerTests.Outside outside)
			throws Exception {
		Listener listener = new Listener();
		try (ScriptedServer server = ScriptedServer.start();
				Http2Transport transport = Http2Transport.builder().options(Transports.options((options) -> {
				})).listener(listener).build()) {
			CompletableFuture<Http2Response> call = transport.roundTripAsync(Http2Request.get(server.uri("/refused")));
			ScriptedConn connection = server.greeted();
			// The second refusal is followed by a pause.
			for (int refused = 0; refused < 2; refused++) {
				connection.rstStream(connection.awaitHead().streamId(), ErrorCode.REFUSED_STREAM);
				int told = refused + 1;
				Awaitility.await().pollInterval(Duration.ofMillis(1)).until(() -> listener.retries.get() == told);
			}
			outside.complete(call);
			Awaitility.await().until(() -> listener.ends.size() == 1);
			Transports.awaitRest(transport);
			assertThat(call).isDone();
		}
		assertThat(listener.ends).hasSize(1);
	}

	/** Also the code that hears of a result is code of the application. */
	@Test
	void theListenerOfAnAsynchronousCallHasBeenToldOfAFailureBeforeTheResult() {
		Listener listener = new Listener();
		try (Http2Transport transport = Http2Transport.builder().options(Transports.options((options) -> {
		})).listener(listener).build()) {
			for (int i = 0; i < 100; i++) {
				CompletableFuture<Integer> told = transport
					.roundTripAsync(Http2Request.get(URI.create("ftp://127.0.0.1/")))
					.handle((response, failure) -> listener.ends.size());
				assertThat(told.join()).isEqualTo(i + 1);
			}
		}
	}

	/** In every moment, while the connection, the response or the writer comes. */
	@ParameterizedTest
	@EnumSource(names = { "ASYNC_BYTES", "ASYNC_STREAM", "ASYNC_PUBLISHER" })
	void resultsThatAreCompletedAtAnyMomentLeaveNothingBehind(Form form) throws Exception {
		int calls = 1_000;
		Listener listener = new Listener();
		AtomicInteger closed = new AtomicInteger();
		AtomicInteger answered = new AtomicInteger();
		Random random = new Random(1);
		try (ServedRequests server = ScriptedServer.serving(Settings.builder().build(),
				(exchange) -> exchange.respond(200, new byte[0]));
				Http2Transport transport = Http2Transport.builder().options(Transports.options((options) -> {
				})).listener(listener).build()) {
			for (int i = 0; i < calls; i++) {
				RequestBody body = (form == Form.ASYNC_STREAM)
						? RequestBody.ofInputStream(new ByteArrayInputStream(new byte[10]) {

							@Override
							public void close() {
								closed.incrementAndGet();
							}

						}, 10) : form.body(new byte[10]);
				CompletableFuture<Http2Response> call = form.send(transport,
						Http2Request.builder("POST", server.uri("/")).body(body).build());
				for (int spins = random.nextInt(20_000); spins > 0; spins--) {
					Thread.onSpinWait();
				}
				if (!call.completeExceptionally(new CancellationException("enough"))) {
					call.get(SOON_SECONDS, TimeUnit.SECONDS).close();
					answered.incrementAndGet();
				}
			}
			Awaitility.await().untilAsserted(() -> assertThat(listener.ends).hasSize(calls));
			Awaitility.await()
				.untilAsserted(() -> assertThat(closed).hasValue((form == Form.ASYNC_STREAM) ? calls : 0));
			Transports.awaitRest(transport);
		}
		// Both were seen, so that some came close to each other.
		assertThat(answered.get()).isBetween(1, calls - 1);
		assertThat(listener.ends).hasSize(calls);
	}

	/** In the queue, between two attempts, and while the response is awaited. */
	@ParameterizedTest
	@EnumSource
	void anInterruptedCallClosesItsContentOnceAndTellsItsListener(Moment moment) throws Exception {
		Source content = new Source(10);
		Listener listener = new Listener();
		AtomicInteger asked = new AtomicInteger();
		try (ScriptedServer server = ScriptedServer.start();
				Http2Transport transport = Http2Transport.builder().options(Transports.options((options) -> {
				}))
					.listener(listener)
					.connPool((dialer) -> new DelegatingPool(
							new DefaultClientConnPool(dialer, Transports.options((options) -> {
							}))) {

						@Override
						public CompletionStage<ClientConn> getClientConn(ConnectionRequest request) {
							asked.incrementAndGet();
							return (moment == Moment.IN_THE_QUEUE) ? new CompletableFuture<>()
									: super.getClientConn(request);
						}

					})
					.build()) {
			Call<Integer> call = CallStyle.BLOCKING.begin(transport,
					post(server).body(RequestBody.ofInputStream(content, 10)).build());
			if (moment != Moment.IN_THE_QUEUE) {
				ScriptedConn connection = server.greeted();
				// The second one is followed by a pause.
				int refusals = (moment == Moment.BETWEEN_ATTEMPTS) ? 2 : 0;
				for (int refused = 0; refused < refusals; refused++) {
					int stream = connection.awaitHead().streamId();
					connection.awaitContent(stream);
					connection.rstStream(stream, ErrorCode.REFUSED_STREAM);
					int told = refused + 1;
					Awaitility.await().pollInterval(Duration.ofMillis(1)).until(() -> listener.retries.get() == told);
				}
				if (refusals == 0) {
					connection.awaitContent(connection.awaitHead().streamId());
				}
			}
			Awaitility.await().pollInterval(Duration.ofMillis(1)).until(() -> asked.get() > 0 && call.isWaiting());
			assertThat(call.interrupt().failure(Http2Exception.class)).isNotNull();
			assertThat(content.closings).containsExactly("test-call");
			assertThat(listener.ends).hasSize(1);
			Transports.awaitRest(transport);
		}
		assertThat(listener.ends).hasSize(1);
	}

	/** When a blocking call is interrupted. */
	enum Moment {

		IN_THE_QUEUE, AWAITING_THE_RESPONSE, BETWEEN_ATTEMPTS

	}

	private static Http2Request.Builder post(ScriptedServer server) {
		return Http2Request.builder("POST", server.uri("/"));
	}

	private static Throwable failure(CompletableFuture<Http2Response> call) {
		Throwable failure = catchThrowable(() -> call.get(SOON_SECONDS, TimeUnit.SECONDS));
		assertThat(failure).isInstanceOf(ExecutionException.class);
		return failure.getCause();
	}

	@SuppressWarnings("unchecked")
	private static <T extends Throwable> void sneakyThrow(Throwable failure) throws T {
		throw (T) failure;
	}

	/** Completes a request. */
	private interface Choice {

		void make(Http2Request.Builder request);

	}

	/** How a call comes to its end. */
	enum Ending {

		ANSWERED {
			@Override
			void play(ScriptedServer server, Http2Transport transport, CompletableFuture<Http2Response> call) {
				ScriptedConn connection = server.greeted();
				connection.awaitHead();
				connection.awaitContent(1);
				connection.respond(1, 204);
			}

			@Override
			void check(@Nullable Throwable failure) {
				assertThat(failure).isNull();
			}
		},

		RESET {
			@Override
			void play(ScriptedServer server, Http2Transport transport, CompletableFuture<Http2Response> call) {
				ScriptedConn connection = server.greeted();
				connection.awaitHead();
				connection.awaitContent(1);
				connection.rstStream(1, ErrorCode.INTERNAL_ERROR);
			}
		},

		REFUSED_AND_SENT_AGAIN {
			@Override
			void play(ScriptedServer server, Http2Transport transport, CompletableFuture<Http2Response> call) {
				ScriptedConn connection = server.greeted();
				connection.awaitHead();
				connection.awaitContent(1);
				connection.rstStream(1, ErrorCode.REFUSED_STREAM);
				int again = connection.awaitHead().streamId();
				assertThat(connection.awaitContent(again)).hasSize(10);
				connection.respond(again, 204);
			}

			@Override
			void check(@Nullable Throwable failure) {
				assertThat(failure).isNull();
			}
		},

		CONNECTION_LOST {
			@Override
			void play(ScriptedServer server, Http2Transport transport, CompletableFuture<Http2Response> call) {
				ScriptedConn connection = server.greeted();
				connection.awaitHead();
				connection.close();
			}
		},

		WRONG_LENGTH {
			@Override
			long declaredLength() {
				return 11;
			}

			@Override
			void play(ScriptedServer server, Http2Transport transport, CompletableFuture<Http2Response> call) {
				server.greeted();
			}
		},

		INVALID_REQUEST {
			@Override
			Http2Request.Builder request(ScriptedServer server) {
				return Http2Request.builder("POST", URI.create("ftp://127.0.0.1/"));
			}
		},

		INVALID_FIELD {
			@Override
			Http2Request.Builder request(ScriptedServer server) {
				return super.request(server).headers(Headers.of("a b", "c"));
			}
		},

		PROXY_UNKNOWN {
			@Override
			Http2Request.Builder request(ScriptedServer server) {
				return super.request(server).options(CallOptions.builder().proxy((origin) -> {
					throw new NoClassDefFoundError("no proxies today");
				}).build());
			}
		},

		POOL_THROWS {
			@Override
			ClientConnPool pool(ClientConnPool real) {
				return new DelegatingPool(real) {

					@Override
					public CompletionStage<ClientConn> getClientConn(ConnectionRequest request) {
						throw new StackOverflowError("no pool today");
					}

				};
			}
		},

		NO_CONNECTION {
			@Override
			ClientConnPool pool(ClientConnPool real) {
				return new DelegatingPool(real) {

					@Override
					public CompletionStage<ClientConn> getClientConn(ConnectionRequest request) {
						return new CompletableFuture<>();
					}

				};
			}
		},

		CONNECTION_REFUSED {
			@Override
			Http2Request.Builder request(ScriptedServer server) {
				server.stopListening();
				return super.request(server);
			}
		},

		TRANSPORT_CLOSED {
			@Override
			void play(ScriptedServer server, Http2Transport transport, CompletableFuture<Http2Response> call) {
				server.greeted().awaitHead();
				transport.close();
			}
		},

		CANCELLED(CancellationException.class) {
			@Override
			void play(ScriptedServer server, Http2Transport transport, CompletableFuture<Http2Response> call) {
				server.greeted().awaitHead();
				call.cancel(true);
			}
		},

		CANCELLED_WITHOUT_A_CONNECTION(CancellationException.class) {
			@Override
			ClientConnPool pool(ClientConnPool real) {
				return NO_CONNECTION.pool(real);
			}

			@Override
			void play(ScriptedServer server, Http2Transport transport, CompletableFuture<Http2Response> call) {
				call.cancel(true);
			}
		},

		OR_TIMEOUT(java.util.concurrent.TimeoutException.class) {
			@Override
			void play(ScriptedServer server, Http2Transport transport, CompletableFuture<Http2Response> call) {
				server.greeted().awaitHead();
				call.orTimeout(1, TimeUnit.MILLISECONDS);
			}
		};

		/** What a result is completed with from outside, {@code null} by us. */
		private final @Nullable Class<? extends Throwable> fromOutside;

		Ending() {
			this.fromOutside = null;
		}

		Ending(Class<? extends Throwable> fromOutside) {
			this.fromOutside = fromOutside;
		}

		boolean isFromOutside() {
			return this.fromOutside != null;
		}

		Duration acquireTimeout() {
			return (this == NO_CONNECTION) ? Duration.ofMillis(300) : Duration.ofSeconds(SOON_SECONDS);
		}

		/** Whether it could differ with TLS. */
		boolean isOnTheWire() {
			return this == ANSWERED || this == REFUSED_AND_SENT_AGAIN || this == CONNECTION_LOST || this == CANCELLED;
		}

		long declaredLength() {
			return 10;
		}

		Http2Request.Builder request(ScriptedServer server) {
			return post(server);
		}

		ClientConnPool pool(ClientConnPool real) {
			return real;
		}

		void play(ScriptedServer server, Http2Transport transport, CompletableFuture<Http2Response> call) {
		}

		void check(@Nullable Throwable failure) {
			assertThat(failure).isInstanceOf((this.fromOutside != null) ? this.fromOutside : Http2Exception.class);
		}

	}

	/** Says by whom it was closed. */
	private static final class Source extends ByteArrayInputStream {

		private final List<String> closings = new CopyOnWriteArrayList<>();

		private Source(int length) {
			super(new byte[length]);
		}

		@Override
		public void close() {
			this.closings.add(Thread.currentThread().getName());
		}

	}

	/** Takes notes of ends and repetitions. */
	private static final class Listener implements TransportListener {

		private final List<String> ends = new CopyOnWriteArrayList<>();

		private final AtomicInteger retries = new AtomicInteger();

		@Override
		public void retried(Http2Request request, Http2Exception cause) {
			this.retries.incrementAndGet();
		}

		@Override
		public void done(Http2Request request, @Nullable Throwable failure) {
			this.ends.add(String.valueOf(failure));
		}

	}

	/** Does something when it is first asked for more. */
	private static final class OnDemand implements Flow.Subscription {

		private final AtomicReference<Runnable> action;

		private final AtomicInteger cancelled;

		private OnDemand(Runnable action, AtomicInteger cancelled) {
			this.action = new AtomicReference<>(action);
			this.cancelled = cancelled;
		}

		@Override
		public void request(long n) {
			Runnable first = this.action.getAndSet(null);
			if (first != null) {
				first.run();
			}
		}

		@Override
		public void cancel() {
			this.cancelled.incrementAndGet();
		}

	}

}
