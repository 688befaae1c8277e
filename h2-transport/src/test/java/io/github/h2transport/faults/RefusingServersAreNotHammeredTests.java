package io.github.h2transport.faults;

import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

import io.github.h2transport.CallCancelledException;
import io.github.h2transport.CallOptions;
import io.github.h2transport.ErrorCode;
import io.github.h2transport.Http2Exception;
import io.github.h2transport.Http2Request;
import io.github.h2transport.Http2Response;
import io.github.h2transport.RequestBody;
import io.github.h2transport.StreamException;
import io.github.h2transport.conn.ClientConn;
import io.github.h2transport.frame.Settings;
import io.github.h2transport.pool.ConnectionRequest;
import io.github.h2transport.pool.DefaultClientConnPool;
import io.github.h2transport.testkit.Call;
import io.github.h2transport.testkit.CallStyle;
import io.github.h2transport.testkit.DelegatingPool;
import io.github.h2transport.testkit.ScriptedServer;
import io.github.h2transport.testkit.ServedRequests;
import io.github.h2transport.testkit.Transports;
import io.github.h2transport.transport.Http2Transport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * A server that answers REFUSED_STREAM to all has had twenty requests for one call within
 * 10 to 83 ms. A call that is turned away goes again at once, then with pauses that grow.
 */
class RefusingServersAreNotHammeredTests {

	/** When each POST came, and how many of them are to be refused. */
	private final Queue<Long> posts = new ConcurrentLinkedQueue<>();

	private final AtomicInteger refusals = new AtomicInteger(Integer.MAX_VALUE);

	private final ServedRequests server = ScriptedServer.serving(Settings.builder().build(), (exchange) -> {
		if (exchange.method().equals("POST")) {
			this.posts.add(System.nanoTime());
			if (this.refusals.getAndDecrement() > 0) {
				exchange.reset(ErrorCode.REFUSED_STREAM);
				return;
			}
		}
		exchange.respond(200, new byte[0]);
	});

	private final Http2Transport transport = Transports.cleartext();

	/**
	 * The connection has answered something, so that it is not the connection's fault.
	 */
	@BeforeEach
	void warm() throws Exception {
		assertThat(Transports.exchange(this.transport, Http2Request.get(this.server.uri("/")))).isEqualTo("200");
	}

	@AfterEach
	void end() {
		this.transport.close();
		this.server.close();
	}

	@ParameterizedTest
	@EnumSource
	void theSecondReplayAndThoseBehindItWait(CallStyle style) {
		this.refusals.set(5);
		Call<Integer> call = style.begin(this.transport, post(Duration.ZERO));
		assertThat(call.result()).isEqualTo(200);
		assertThat(this.posts).hasSize(6);
		// None, then at least half of 50, 100, 200 and 400 ms.
		assertThat(call.took()).isGreaterThan(Duration.ofMillis(370));
		List<Long> times = List.copyOf(this.posts);
		assertThat(Duration.ofNanos(times.get(5) - times.get(4))).isGreaterThan(Duration.ofMillis(190));
	}

	@ParameterizedTest
	@EnumSource
	void aCallThatIsAlwaysTurnedAwayEndsByItsDeadlineWithWhatTheServerSaid(CallStyle style) {
		Call<Integer> call = style.begin(this.transport, post(Duration.ofSeconds(1)));
		StreamException failure = call.failure(StreamException.class);
		assertThat(failure.context().code()).isEqualTo(ErrorCode.REFUSED_STREAM);
		assertThat(failure.isSafeToRetry()).isTrue();
		assertThat(failure.attempts()).hasSize(this.posts.size() - 1);
		// It does not wait for a moment that would be too late.
		assertThat(call.took()).isLessThan(Duration.ofSeconds(5));
		assertThat(this.posts).hasSizeBetween(3, 7);
	}

	@Test
	void manyCallsTogetherAskFarLessOftenThanTwentyTimesEach() {
		Http2Request request = post(Duration.ofSeconds(2));
		List<Call<String>> calls = Call.many(20, () -> Transports.exchange(this.transport, request));
		assertThat(calls).allSatisfy((call) -> assertThat(call.outcome()).isInstanceOf(StreamException.class));
		assertThat(this.posts.size()).isBetween(20 * 3, 20 * 8);
	}

	@Test
	void anInterruptEndsThePause() {
		Call<Integer> call = CallStyle.BLOCKING.begin(this.transport, post(Duration.ZERO));
		// The fifth replay waits for 400 ms at least.
		await().until(() -> this.posts.size() >= 6);
		// Not before it has heard of the refusal.
		await()
			.until(() -> Transports.connections(this.transport).stream().allMatch((each) -> each.activeStreams() == 0));
		call.interrupt();
		Http2Exception failure = call.failure(CallCancelledException.class);
		assertThat(failure.isSafeToRetry()).isTrue();
		assertThat(failure.attempts()).hasSizeGreaterThanOrEqualTo(5);
		assertThat(call.endedInterrupted()).isTrue();
	}

	@Test
	void aCancelEndsThePauseAndNothingIsSentAnyMore() {
		CompletableFuture<Http2Response> call = this.transport.roundTripAsync(post(Duration.ZERO));
		await().until(() -> this.posts.size() >= 6);
		call.cancel(false);
		int sent = this.posts.size();
		await().during(Duration.ofMillis(1500)).atMost(Duration.ofSeconds(20)).until(() -> this.posts.size() == sent);
		assertThat(call).isCancelled();
	}

	/** The transport does not wait for a pause, and the pause does not outlive it. */
	@ParameterizedTest
	@EnumSource
	void theEndOfTheTransportEndsThePause(CallStyle style) {
		Call<Integer> call = style.begin(this.transport, post(Duration.ZERO));
		await().until(() -> this.posts.size() >= 6);
		this.transport.close();
		assertThat(call.outcome()).isInstanceOf(Http2Exception.class);
		assertThat(call.took()).isLessThan(Duration.ofSeconds(20));
	}

	/**
	 * A pool of the application that gives a connection that is dead, again and again.
	 */
	@ParameterizedTest
	@EnumSource
	void aPoolThatGivesDeadConnectionsOnlyIsNotAskedAThousandTimes(CallStyle style) {
		AtomicInteger asked = new AtomicInteger();
		AtomicReference<ClientConn> dead = new AtomicReference<>();
		try (Http2Transport unlucky = Http2Transport.builder().options(Transports.options((options) -> {
		})).connPool((dialer) -> new DelegatingPool(new DefaultClientConnPool(dialer, Transports.options((options) -> {
		}))) {

			@Override
			public CompletionStage<ClientConn> getClientConn(ConnectionRequest request) {
				asked.incrementAndGet();
				ClientConn known = dead.get();
				if (known != null) {
					return CompletableFuture.completedFuture(known);
				}
				return super.getClientConn(request).thenCompose((connection) -> {
					connection.close("dies between the pool and the request");
					dead.set(connection);
					return connection.whenClosed().thenApply((closed) -> connection);
				});
			}

		}).build()) {
			Call<Integer> call = style.begin(unlucky, post(Duration.ofSeconds(2)));
			assertThat(call.failure(Http2Exception.class).isSafeToRetry()).isTrue();
			assertThat(asked.get()).isBetween(20, 30);
		}
	}

	private Http2Request post(Duration responseTimeout) {
		CallOptions options = CallOptions.builder().responseTimeout(responseTimeout).build();
		return Http2Request.builder("POST", this.server.uri("/"))
			.body(RequestBody.of(new byte[5]))
			.options(options)
			.build();
	}

}
