package io.github.h2transport.transport;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.function.UnaryOperator;

import io.github.h2transport.CallOptions;
import io.github.h2transport.ErrorCode;
import io.github.h2transport.Http2Request;
import io.github.h2transport.Http2Response;
import io.github.h2transport.Http2TimeoutException;
import io.github.h2transport.Phase;
import io.github.h2transport.RequestBody;
import io.github.h2transport.frame.Settings;
import io.github.h2transport.TransportOptions;
import io.github.h2transport.testkit.Call;
import io.github.h2transport.testkit.ClientFrame;
import io.github.h2transport.testkit.ScriptedConn;
import io.github.h2transport.testkit.ScriptedServer;
import io.github.h2transport.testkit.Transports;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Every call ends by its deadline, wherever it is at that time, and leaves nothing
 * behind.
 */
class DeadlineTests {

	/** Where nothing has to happen before it is over. */
	private static final Duration SHORT = Duration.ofMillis(300);

	/** Where the server has to see the request by then, on a busy machine too. */
	private static final Duration ENOUGH = Duration.ofMillis(2_500);

	/** Far from both the limits and the tests' patience. */
	private static final Duration SOON = Duration.ofSeconds(8);

	private final ScriptedServer server = ScriptedServer.start();

	private final Http2Transport transport = Transports
		.cleartext((options) -> options.strictMaxConcurrentStreams(true));

	@AfterEach
	void end() {
		// First the server, which would otherwise keep the transport waiting for its end.
		this.server.close();
		this.transport.close();
	}

	@Test
	void theResponseTimeoutCoversTheDial() {
		Call<String> call = call(responseTimeout(SHORT));
		this.server.accept();
		endsInTime(call, SHORT);
	}

	@Test
	void theResponseTimeoutCoversTheQueueAndSaysSo() {
		Call<String> first = call((request) -> request);
		ScriptedConn connection = this.server.greeted(1);
		connection.awaitHead();
		connection.await(ClientFrame.SettingsAck.class);
		Call<String> queued = call(responseTimeout(SHORT));
		Http2TimeoutException failure = endsInTime(queued, SHORT);
		assertThat(failure.context().phase()).isEqualTo(Phase.POOL);
		assertThat(failure.isSafeToRetry()).isTrue();
		assertThat(failure).hasMessageContaining("waiting for a connection");
		connection.respond(1, 200);
		assertThat(first.result()).isEqualTo("200");
		assertThat(connection.barrier()).noneMatch((frame) -> frame instanceof ClientFrame.Head);
		Transports.awaitRest(this.transport);
	}

	@Test
	void theResponseTimeoutCoversTheWaitForTheHead() {
		Call<String> call = call(responseTimeout(ENOUGH));
		ScriptedConn connection = this.server.greeted();
		connection.awaitHead();
		Http2TimeoutException failure = endsInTime(call, ENOUGH);
		assertThat(failure.context().phase()).isEqualTo(Phase.RESPONSE_HEAD);
		assertThat(failure.isSafeToRetry()).isFalse();
		assertThat(connection.awaitReset(1).name()).isEqualTo("CANCEL");
		Transports.awaitRest(this.transport);
	}

	@Test
	void anInterimResponseDoesNotStopTheClock() {
		Call<String> call = call(responseTimeout(ENOUGH));
		ScriptedConn connection = this.server.greeted();
		connection.awaitHead();
		connection.respondHead(1, 103);
		endsInTime(call, ENOUGH);
	}

	@Test
	void theResponseTimeoutCoversAnUploadThatFindsNoWindow() {
		Call<String> call = call((request) -> responseTimeout(ENOUGH).apply(request)
			.body(RequestBody.ofInputStream(() -> new ByteArrayInputStream(new byte[1_000_000]), 1_000_000)));
		ScriptedConn connection = this.server.greeted();
		connection.awaitHead();
		assertThat(endsInTime(call, ENOUGH).context().phase()).isEqualTo(Phase.REQUEST_BODY);
		assertThat(connection.awaitReset(1).name()).isEqualTo("CANCEL");
		Transports.awaitRest(this.transport);
	}

	@Test
	void theResponseTimeoutCoversAnUploadOfBytesThatFindsNoWindow() {
		Call<String> call = call(
				(request) -> responseTimeout(ENOUGH).apply(request).body(RequestBody.of(new byte[1_000_000])));
		ScriptedConn connection = this.server.greeted();
		connection.awaitHead();
		endsInTime(call, ENOUGH);
		assertThat(connection.awaitReset(1).name()).isEqualTo("CANCEL");
		Transports.awaitRest(this.transport);
	}

	@Test
	void theResponseTimeoutCoversAnUploadThatTricklesAndNeverHasToWait() {
		// The source gives an octet whenever the server has got the one before.
		Semaphore turn = new Semaphore(1);
		Call<String> call = call(
				(request) -> responseTimeout(ENOUGH).apply(request).body(RequestBody.ofWriter((out) -> {
					while (true) {
						turn.acquireUninterruptibly();
						out.write(1);
						out.flush();
					}
				}, RequestBody.UNKNOWN_LENGTH, false)));
		ScriptedConn connection = this.server.greeted();
		connection.awaitHead();
		ClientFrame frame = connection.next();
		long start = System.nanoTime();
		while (!(frame instanceof ClientFrame.RstStream) && System.nanoTime() - start < SOON.toNanos()) {
			if (frame instanceof ClientFrame.Data data) {
				connection.windowUpdate(0, data.octets().length).windowUpdate(1, data.octets().length);
				turn.release();
			}
			frame = connection.next();
		}
		assertThat(frame).isEqualTo(new ClientFrame.RstStream(1, ErrorCode.CANCEL));
		assertThat(endsInTime(call, ENOUGH).context().phase()).isEqualTo(Phase.REQUEST_BODY);
	}

	@Test
	void theReadTimeoutRunsBetweenOctets() throws Exception {
		Call<Http2Response> call = response(CallOptions.builder().readTimeout(ENOUGH));
		ScriptedConn connection = this.server.greeted();
		connection.awaitHead();
		connection.respondHead(1, 200).data(1, new byte[3]);
		InputStream body = call.result().body();
		assertThat(body.readNBytes(3)).hasSize(3);
		Call<Integer> read = Call.of(body::read);
		Http2TimeoutException failure = read.failure(Http2TimeoutException.class);
		assertThat(read.took()).isBetween(ENOUGH.minusMillis(50), SOON);
		assertThat(failure.context().phase()).isEqualTo(Phase.RESPONSE_BODY);
		assertThat(connection.awaitReset(1).name()).isEqualTo("CANCEL");
		// Not the end of the body: a cut body is never taken for a whole one.
		Call.of(body::read).failure(Http2TimeoutException.class);
		Transports.awaitRest(this.transport);
	}

	@Test
	void octetsRestartTheReadTimeout() throws Exception {
		Duration limit = Duration.ofSeconds(3);
		Call<Http2Response> call = response(CallOptions.builder().readTimeout(limit));
		ScriptedConn connection = this.server.greeted();
		connection.awaitHead();
		connection.respondHead(1, 200);
		InputStream body = call.result().body();
		long start = System.nanoTime();
		while (System.nanoTime() - start < limit.toNanos() * 3 / 2) {
			Call<Integer> read = Call.of(body::read);
			await().pollInterval(Duration.ofMillis(100)).pollDelay(Duration.ofMillis(400)).until(read::isWaiting);
			connection.data(1, new byte[1]);
			assertThat(read.result()).isZero();
		}
		connection.lastData(1, new byte[0]);
		assertThat(body.read()).isEqualTo(-1);
	}

	@Test
	void aReadTimeoutThatSomebodySetIsForEventStreamsToo() throws Exception {
		Call<Http2Response> call = response(CallOptions.builder().readTimeout(SHORT));
		ScriptedConn connection = this.server.greeted();
		connection.awaitHead();
		connection.respondHead(1, 200, "content-type", "text/event-stream;charset=utf-8");
		Call<Integer> read = Call.of(call.result().body()::read);
		assertThat(read.failure(Http2TimeoutException.class)).hasMessageContaining("readTimeout of 300 ms");
		assertThat(read.took()).isLessThan(SOON);
	}

	@Test
	void theDefaultReadTimeoutIsNotForEventStreams() {
		assertThat(TransportOptions.defaults().hasReadTimeout()).isFalse();
		assertThat(TransportOptions.builder().readTimeout(TransportOptions.defaults().readTimeout()).build())
			.matches(TransportOptions::hasReadTimeout, "has a limit of its own, though it is as long");
	}

	@Test
	void theExchangeTimeoutEndsAnEventStreamToo() throws Exception {
		Call<Http2Response> call = response(CallOptions.builder().exchangeTimeout(ENOUGH));
		ScriptedConn connection = this.server.greeted();
		connection.awaitHead();
		connection.respondHead(1, 200, "content-type", "text/event-stream");
		Call<Integer> read = Call.of(call.result().body()::read);
		read.failure(Http2TimeoutException.class);
		assertThat(read.took()).isLessThan(SOON);
	}

	@Test
	void theExchangeTimeoutEndsADripThatNeverPauses() throws Exception {
		Call<Http2Response> call = response(CallOptions.builder().exchangeTimeout(ENOUGH));
		ScriptedConn connection = this.server.greeted();
		connection.awaitHead();
		connection.respondHead(1, 200);
		InputStream body = call.result().body();
		Call<Integer> reads = Call.of(() -> {
			while (body.read() >= 0) {
				// There is always one more octet on its way, and never more than the
				// window.
				connection.data(1, new byte[1]);
			}
			return -1;
		});
		connection.data(1, new byte[100]);
		reads.failure(Http2TimeoutException.class);
		assertThat(reads.took()).isLessThan(SOON);
		assertThat(connection.awaitReset(1).name()).isEqualTo("CANCEL");
	}

	@Test
	void theExchangeTimeoutSparesABodyThatIsThereInTime() throws Exception {
		Call<Http2Response> call = response(CallOptions.builder().exchangeTimeout(ENOUGH));
		ScriptedConn connection = this.server.greeted();
		connection.awaitHead();
		connection.respondHead(1, 200).lastData(1, new byte[10]);
		Http2Response response = call.result();
		await().pollDelay(ENOUGH.plusMillis(100)).until(() -> true);
		assertThat(response.body().readAllBytes()).hasSize(10);
	}

	@Test
	void aTimeoutLeavesItsNeighboursAlone() {
		Call<String> patient = call((request) -> request);
		ScriptedConn connection = this.server.greeted();
		assertThat(connection.awaitHead().streamId()).isEqualTo(1);
		endsInTime(call(responseTimeout(ENOUGH)), ENOUGH);
		connection.awaitReset(3);
		connection.respond(1, 200);
		assertThat(patient.result()).isEqualTo("200");
		assertThat(this.server.accepted()).isEqualTo(1);
	}

	@Test
	void limitsWithoutAnEndAreNoOverflow() {
		Duration forever = Duration.ofSeconds(Long.MAX_VALUE);
		Call<String> call = call((request) -> request.options(CallOptions.builder()
			.connectTimeout(forever)
			.responseTimeout(forever)
			.readTimeout(forever)
			.exchangeTimeout(forever)
			.build()));
		ScriptedConn connection = this.server.greeted();
		connection.awaitHead();
		connection.respondHead(1, 200).lastData(1, "late".getBytes());
		assertThat(call.result()).isEqualTo("200 late");
	}

	@Test
	void settingsDoNotCountAsAnAnswer() {
		Call<String> call = call(responseTimeout(ENOUGH));
		ScriptedConn connection = this.server.greeted();
		connection.awaitHead();
		connection.settings(Settings.INITIAL_WINDOW_SIZE, 100_000);
		connection.barrier();
		endsInTime(call, ENOUGH);
	}

	private static UnaryOperator<Http2Request.Builder> responseTimeout(Duration limit) {
		return (request) -> request.options(CallOptions.builder().responseTimeout(limit).build());
	}

	private Call<String> call(UnaryOperator<Http2Request.Builder> choice) {
		Http2Request request = choice.apply(Http2Request.builder("POST", this.server.uri("/"))).build();
		return Call.of(() -> Transports.exchange(this.transport, request));
	}

	private Call<Http2Response> response(CallOptions.Builder options) {
		Http2Request request = Http2Request.builder("GET", this.server.uri("/")).options(options.build()).build();
		return Call.of(() -> this.transport.roundTrip(request));
	}

	private static Http2TimeoutException endsInTime(Call<String> call, Duration limit) {
		Http2TimeoutException failure = call.failure(Http2TimeoutException.class);
		assertThat(call.took()).isBetween(limit.minusMillis(50), SOON);
		return failure;
	}

}
