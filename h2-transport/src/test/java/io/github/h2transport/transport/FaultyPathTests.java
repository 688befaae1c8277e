package io.github.h2transport.transport;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

import io.github.h2transport.CallOptions;
import io.github.h2transport.ConnectionException;
import io.github.h2transport.Http2Exception;
import io.github.h2transport.Http2Request;
import io.github.h2transport.Http2Response;
import io.github.h2transport.Http2TimeoutException;
import io.github.h2transport.RequestBody;
import io.github.h2transport.TransportOptions;
import io.github.h2transport.frame.Settings;
import io.github.h2transport.testkit.Call;
import io.github.h2transport.testkit.Content;
import io.github.h2transport.testkit.FaultProxy;
import io.github.h2transport.testkit.ScriptedServer;
import io.github.h2transport.testkit.ServedExchange;
import io.github.h2transport.testkit.ServedRequests;
import io.github.h2transport.testkit.Transports;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Paths that lose, hold, delay, thin out and cut, with servers that are well: every call
 * ends in time, with a result or a typed error, and no content is taken for another or
 * for whole.
 */
class FaultyPathTests {

	private static final int SEED = 9113;

	private static final int LARGE = 2 << 20;

	private static final Duration PING_INTERVAL = Duration.ofMillis(300);

	private static final Duration PING_TIMEOUT = Duration.ofMillis(200);

	/** For calls that must not lose a connection that answers, however slowly. */
	private static final Duration PATIENT_PING_TIMEOUT = Duration.ofSeconds(3);

	/** A machine with more to do than this test; far from what is never reached. */
	private static final Duration SLACK = Duration.ofSeconds(8);

	private static final Duration NEVER_REACHED = Duration.ofSeconds(25);

	/** What answers to paths that begin with "/late" wait for. */
	private final CountDownLatch late = new CountDownLatch(1);

	private final AtomicInteger lateRequests = new AtomicInteger();

	private final ServedRequests server = ScriptedServer
		.serving(Settings.builder().set(Settings.MAX_CONCURRENT_STREAMS, 100).build(), this::answer);

	private final FaultProxy path = FaultProxy.to(this.server.port(), SEED);

	private Http2Transport transport = transport((options) -> {
	});

	@AfterEach
	void end() {
		this.late.countDown();
		this.path.close();
		this.server.close();
		this.transport.close();
		assertThat(this.server.violations()).isEmpty();
	}

	@Test
	void aBlackHoleUnderOpenStreamsIsFoundByPing() {
		this.transport = transport((options) -> options.pingInterval(PING_INTERVAL).pingTimeout(PATIENT_PING_TIMEOUT));
		List<Call<byte[]>> calls = lateCalls(10);
		this.path.blackHole();
		long start = System.nanoTime();
		for (Call<byte[]> call : calls) {
			assertThat(call.failure(ConnectionException.class)).hasMessageContaining("PING");
		}
		assertThat(since(start)).isLessThan(PING_INTERVAL.plus(PATIENT_PING_TIMEOUT).plus(SLACK));
		this.path.heal();
		assertThat(get("/1000", (call) -> {
		}).result()).isEqualTo(Content.ofSize(1000));
		assertThat(this.path.connections()).isEqualTo(2);
	}

	@Test
	void aBlackHoleThatCameWhileIdleCostsOneCallItsPing() {
		this.transport = transport((options) -> options.pingInterval(PING_INTERVAL).pingTimeout(PATIENT_PING_TIMEOUT));
		assertThat(get("/10", (call) -> {
		}).result()).hasSize(10);
		Transports.awaitRest(this.transport);
		this.path.blackHole();
		Call<byte[]> first = get("/20", (call) -> {
		});
		await().until(first::isWaiting);
		this.path.heal();
		// Its octets are gone; whether it ends with an error or on another connection is
		// the transport's choice, but not when.
		Throwable outcome = first.outcome();
		if (outcome != null) {
			assertThat(outcome).isInstanceOf(Http2Exception.class);
		}
		assertThat(first.took()).isLessThan(PING_INTERVAL.plus(PATIENT_PING_TIMEOUT).plus(SLACK));
		assertThat(get("/30", (call) -> {
		}).result()).hasSize(30);
	}

	@Test
	void nobodyWaitsPastADeadlineWhileAnswersAreHeld() {
		this.transport = transport((options) -> options.pingInterval(Duration.ZERO));
		assertThat(get("/10", (call) -> {
		}).result()).hasSize(10);
		this.path.toClient().hold();
		Random random = new Random(SEED);
		List<Duration> deadlines = new ArrayList<>();
		List<Call<byte[]>> calls = new ArrayList<>();
		// Fewer than the resets after which a connection is replaced.
		for (int i = 0; i < 30; i++) {
			Duration deadline = Duration.ofMillis(200 + random.nextInt(600));
			deadlines.add(deadline);
			calls.add(get("/" + i, (call) -> call.responseTimeout(deadline)));
		}
		for (int i = 0; i < calls.size(); i++) {
			calls.get(i).failure(Http2TimeoutException.class);
			assertThat(calls.get(i).took()).isBetween(deadlines.get(i), deadlines.get(i).plus(SLACK));
		}
		// What was held arrives late, for streams that are reset: nobody is confused.
		this.path.heal();
		assertThat(get("/5000", (call) -> {
		}).result()).isEqualTo(Content.ofSize(5000));
		Transports.awaitRest(this.transport);
		assertThat(this.path.connections()).isEqualTo(1);
	}

	@Test
	void requestsThatWaitForAConnectionOutliveIt() {
		this.transport = transport((options) -> options.strictMaxConcurrentStreams(true).maxConnections(1));
		List<Call<byte[]>> running = lateCalls(100);
		List<Call<byte[]>> queued = new ArrayList<>();
		for (int i = 0; i < 20; i++) {
			queued.add(get("/" + i, (call) -> {
			}));
		}
		await().until(() -> Transports.pending(this.transport) == 20);
		this.path.reset();
		for (Call<byte[]> call : running) {
			assertThat(call.failure(ConnectionException.class).isSafeToRetry()).isFalse();
		}
		for (int i = 0; i < queued.size(); i++) {
			assertThat(queued.get(i).result()).isEqualTo(Content.ofSize(i));
		}
		assertThat(this.path.connections()).isEqualTo(2);
	}

	@Test
	void aSlowDripIsBoundedByTheExchangeTimeout() {
		Duration limit = Duration.ofMillis(700);
		assertThat(get("/1", (call) -> {
		}).result()).hasSize(1);
		this.path.toClient().throttle(2000);
		Call<byte[]> call = get("/100000", (options) -> options.exchangeTimeout(limit));
		call.failure(Http2TimeoutException.class);
		assertThat(call.took()).isBetween(limit, limit.plus(SLACK));
		// The neighbours go on; the rest of that response comes to a stream that is
		// reset.
		this.path.heal();
		assertThat(get("/1000", (options) -> {
		}).result()).isEqualTo(Content.ofSize(1000));
	}

	@Test
	void anUploadSurvivesAPathThatTakesLittle() {
		byte[] content = Content.ofSize(LARGE);
		this.path.toServer().throttle(1 << 20);
		Call<byte[]> call = post("/echo", content);
		assertThat(Content.sha256(call.result())).isEqualTo(Content.sha256(content));
		assertThat(call.took()).isGreaterThan(Duration.ofMillis(1_500));
		assertThat(this.path.connections()).isEqualTo(1);
	}

	@ParameterizedTest
	@ValueSource(ints = { 20, 50 })
	void aLongWayChangesNothingButTheTime(int millis) {
		this.path.toServer().delay(Duration.ofMillis(millis));
		this.path.toClient().delay(Duration.ofMillis(millis));
		List<Call<byte[]>> calls = new ArrayList<>();
		for (int i = 0; i < 20; i++) {
			calls.add(get("/" + i * 5_000, (call) -> {
			}));
		}
		byte[] content = Content.ofSize(300_000);
		assertThat(Content.sha256(post("/echo", content).result())).isEqualTo(Content.sha256(content));
		for (int i = 0; i < calls.size(); i++) {
			assertThat(Content.sha256(calls.get(i).result())).isEqualTo(Content.sha256(Content.ofSize(i * 5_000)));
			assertThat(calls.get(i).took()).isGreaterThanOrEqualTo(Duration.ofMillis(2L * millis));
		}
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void aResponseThatIsCutIsNeverWhole(boolean reset) throws Exception {
		this.path.toClient().throttle(200_000);
		CountDownLatch head = new CountDownLatch(1);
		Call<byte[]> call = Call.of(() -> {
			try (Http2Response response = this.transport.roundTrip(Http2Request.get(this.path.uri("/" + LARGE)))) {
				head.countDown();
				return response.body().readAllBytes();
			}
		});
		head.await();
		if (reset) {
			this.path.reset();
		}
		else {
			this.path.finish();
		}
		call.failure(ConnectionException.class);
		assertThat(call.took()).isLessThan(NEVER_REACHED.dividedBy(2));
	}

	/** The same seed brings the same faults in the same order. */
	@ParameterizedTest
	@ValueSource(longs = { 1, 2, 3 })
	void whateverHappensCallsEndInTimeAndContentIsTrue(long seed) {
		Duration deadline = Duration.ofSeconds(2);
		this.transport = transport((options) -> options.pingInterval(PING_INTERVAL)
			.pingTimeout(PING_TIMEOUT)
			.connectTimeout(Duration.ofSeconds(1))
			.exchangeTimeout(deadline));
		AtomicReference<String> over = new AtomicReference<>();
		AtomicInteger answered = new AtomicInteger();
		List<Call<String>> callers = new ArrayList<>();
		for (int i = 0; i < 10; i++) {
			Random sizes = new Random(seed + i);
			callers.add(Call.of(() -> {
				while (over.get() == null) {
					callOnce(sizes.nextInt(60_000), deadline, answered);
				}
				return over.get();
			}));
		}
		Random faults = new Random(seed);
		for (int step = 0; step < 12; step++) {
			int before = answered.get();
			fault(faults.nextInt(8));
			long until = System.nanoTime() + Duration.ofMillis(100 + faults.nextInt(200)).toNanos();
			await().pollInterval(Duration.ofMillis(5)).until(() -> System.nanoTime() - until >= 0);
			this.path.heal();
			await().atMost(NEVER_REACHED).pollInterval(Duration.ofMillis(5)).until(() -> answered.get() > before);
		}
		over.set("over");
		callers.forEach((caller) -> assertThat(caller.result()).isEqualTo("over"));
		Transports.awaitRest(this.transport);
	}

	private void fault(int number) {
		switch (number) {
			case 0 -> this.path.blackHole();
			case 1 -> this.path.toServer().drop();
			case 2 -> this.path.toClient().hold();
			case 3 -> this.path.toServer().hold();
			case 4 -> this.path.toClient().throttle(50_000);
			case 5 -> this.path.toServer().delay(Duration.ofMillis(30));
			case 6 -> this.path.reset();
			default -> this.path.finish();
		}
	}

	private void callOnce(int size, Duration deadline, AtomicInteger answered) throws IOException {
		byte[] content = Content.ofSize(size);
		Http2Request request = (size % 2 == 0)
				? Http2Request.builder("POST", this.path.uri("/echo")).body(RequestBody.of(content)).build()
				: Http2Request.get(this.path.uri("/" + size));
		long start = System.nanoTime();
		try (Http2Response response = this.transport.roundTrip(request)) {
			assertThat(Content.sha256(response.body().readAllBytes())).isEqualTo(Content.sha256(content));
			answered.incrementAndGet();
		}
		catch (Http2Exception ex) {
			// Typed is all that is asked for.
		}
		assertThat(since(start)).isLessThan(deadline.plus(SLACK));
	}

	private void answer(ServedExchange exchange) {
		if (exchange.path().equals("/echo")) {
			exchange.respond(200, exchange.content());
			return;
		}
		if (exchange.path().equals("/late")) {
			this.lateRequests.incrementAndGet();
			try {
				this.late.await();
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
			exchange.respond(200, new byte[0]);
			return;
		}
		exchange.respond(200, Content.ofSize(Integer.parseInt(exchange.path().substring(1))));
	}

	private List<Call<byte[]>> lateCalls(int count) {
		List<Call<byte[]>> calls = new ArrayList<>();
		for (int i = 0; i < count; i++) {
			calls.add(get("/late", (call) -> {
			}));
		}
		await().until(() -> this.lateRequests.get() == count);
		return calls;
	}

	private Call<byte[]> get(String target, Consumer<CallOptions.Builder> choice) {
		CallOptions.Builder options = CallOptions.builder();
		choice.accept(options);
		return call(Http2Request.builder("GET", this.path.uri(target)).options(options.build()).build());
	}

	private Call<byte[]> post(String target, byte[] content) {
		return call(Http2Request.builder("POST", this.path.uri(target)).body(RequestBody.of(content)).build());
	}

	private Call<byte[]> call(Http2Request request) {
		return Call.of(() -> {
			try (Http2Response response = this.transport.roundTrip(request)) {
				assertThat(response.status()).isEqualTo(200);
				return response.body().readAllBytes();
			}
		});
	}

	private Http2Transport transport(Consumer<TransportOptions.Builder> choice) {
		if (this.transport != null) {
			this.transport.close();
		}
		return Transports.cleartext((options) -> {
			options.responseTimeout(NEVER_REACHED).readTimeout(NEVER_REACHED);
			choice.accept(options);
		});
	}

	private static Duration since(long nanos) {
		return Duration.ofNanos(System.nanoTime() - nanos);
	}

}
