package io.github.h2transport.spring.diagnosis;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;
import java.util.function.Predicate;

import io.github.h2transport.ErrorCode;
import io.github.h2transport.Http2Request;
import io.github.h2transport.Http2Response;
import io.github.h2transport.RequestBody;
import io.github.h2transport.TransportOptions;
import io.github.h2transport.frame.Settings;
import io.github.h2transport.testkit.Call;
import io.github.h2transport.testkit.ScriptedConn;
import io.github.h2transport.testkit.ScriptedServer;
import io.github.h2transport.transport.Http2Transport;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Each finding in the situation that it is about, over sockets: a server that behaves in
 * some way, and what the diagnosis says of it.
 */
@Timeout(120)
class DiagnosisSituationTests {

	private final ScriptedServer server = ScriptedServer.start();

	private @Nullable Http2Transport transport;

	@AfterEach
	void close() {
		this.server.close();
		if (this.transport != null) {
			this.transport.close();
		}
	}

	@Test
	void nothingIsWrong() {
		transport((options) -> {
		});
		Call<Integer> call = get();
		ScriptedConn connection = this.server.greeted();
		connection.respond(connection.awaitHead().streamId(), 200);
		assertThat(call.result()).isEqualTo(200);

		Finding finding = await(FindingKind.FINE);

		assertThat(finding.severity()).isEqualTo(Severity.OK);
		assertThat(finding.summary()).startsWith("Nothing holds calls up: 1 connection, ");
	}

	@Test
	void requestsWaitWhileAllSlotsAreTaken() {
		transport((options) -> options.maxConnections(1));
		get();
		ScriptedConn connection = this.server.greeted(1);
		connection.awaitHead();
		connection.barrier();
		get();
		get();

		Finding finding = await(FindingKind.STREAM_LIMITED, (found) -> found.summary().startsWith("2 requests"));

		assertThat(finding.severity()).isEqualTo(Severity.WARNING);
		assertThat(finding.property()).isEqualTo("h2.transport.pool.max-connections");
		assertThat(finding.summary()).isEqualTo("2 requests wait: the only slot of 1 connection is taken, "
				+ "and there may be no more than 1 connection.");
		assertThat(finding.since()).isPositive();
		assertThat(finding.evidence()).containsEntry("pending", 2).containsEntry("slots", 1L);
	}

	@Test
	void requestsWaitForALimitOfOurOwn() {
		transport((options) -> options.maxConnections(1).maxStreamsPerConnection(1));
		get();
		ScriptedConn connection = this.server.greeted(100);
		connection.awaitHead();
		connection.barrier();
		get();

		assertThat(await(FindingKind.STREAM_LIMITED).property())
			.isEqualTo("h2.transport.pool.max-streams-per-connection");
	}

	@Test
	void connectionsForSingleRequestsAreAllInUse() {
		transport((options) -> options.singleUse(true).maxSingleUse(1));
		get();
		this.server.greeted(100).awaitHead();
		get();

		assertThat(await(FindingKind.STREAM_LIMITED).property()).isEqualTo("h2.transport.pool.max-single-use");
	}

	@Test
	void aServerAllowsNoStreamAtPresent() {
		transport((options) -> options.maxConnections(2));
		Call<Integer> first = get();
		ScriptedConn connection = this.server.greeted(1);
		connection.respond(connection.awaitHead().streamId(), 200);
		first.result();
		connection.settings(Settings.MAX_CONCURRENT_STREAMS, 0).barrier();
		get();

		Finding finding = await(FindingKind.STREAM_LIMITED);

		assertThat(finding.summary()).contains("the server allows no stream at present");
		assertThat(finding.property()).isNull();
	}

	@Test
	void theQueueIsNearlyFull() {
		transport((options) -> options.maxConnections(1).maxPending(5));
		get();
		ScriptedConn connection = this.server.greeted(1);
		connection.awaitHead();
		connection.barrier();
		for (int i = 0; i < 4; i++) {
			get();
		}

		Finding finding = await(FindingKind.QUEUE_NEARLY_FULL);

		assertThat(finding.severity()).isEqualTo(Severity.CRITICAL);
		assertThat(finding.evidence()).containsEntry("pending", 4).containsEntry("maxPending", 5);
		assertThat(findings()).extracting(Finding::kind).contains(FindingKind.STREAM_LIMITED);
	}

	@Test
	void anUploadWaitsForTheWindowOfItsStream() {
		transport((options) -> {
		});
		upload(RequestBody.of(new byte[100_000]));
		ScriptedConn connection = this.server.accept()
			.greet(Settings.builder().set(Settings.INITIAL_WINDOW_SIZE, 10).build());
		connection.awaitHead();

		Finding finding = await(FindingKind.WINDOW_LIMITED);

		assertThat(finding.since()).isGreaterThanOrEqualTo(Duration.ofSeconds(1));
		assertThat(finding.evidence()).containsEntry("waitForStreamWindow", 1L);
		assertThat((List<?>) finding.evidence().get("where")).asString().isEqualTo("[c1 stream 1 POST]");
	}

	@Test
	void uploadsWaitForTheWindowOfTheConnection() {
		transport((options) -> {
		});
		upload(RequestBody.of(new byte[100_000]));
		ScriptedConn connection = this.server.accept()
			.greet(Settings.builder().set(Settings.INITIAL_WINDOW_SIZE, 1_000_000).build());
		connection.awaitHead();

		Finding finding = await(FindingKind.WINDOW_LIMITED);

		assertThat(finding.evidence()).containsEntry("waitForConnectionWindow", 1L);
		assertThat(finding.evidence()).containsEntry("sentBytes", 65_535L);
	}

	@Test
	void uploadsStarveAndNewCallsGoElsewhere() {
		transport((options) -> {
		});
		upload(RequestBody.of(new byte[100_000]));
		Settings settings = Settings.builder().set(Settings.INITIAL_WINDOW_SIZE, 1_000_000).build();
		this.server.accept().greet(settings).awaitHead();

		Finding finding = await(FindingKind.UPLOADS_STARVE);

		assertThat(finding.severity()).isEqualTo(Severity.CRITICAL);
		assertThat(finding.summary())
			.startsWith("The server has given no credit of the connection's window to 1 upload for ");
		assertThat(finding.since()).isGreaterThanOrEqualTo(Duration.ofSeconds(5));
		Awaitility.await().untilAsserted(() -> {
			assertThat(get().isDone()).isFalse();
			assertThat(this.server.accepted()).isGreaterThan(1);
		});
		ScriptedConn second = this.server.accept().greet(settings);
		second.respond(second.awaitHead().streamId(), 200);
	}

	@Test
	void theApplicationDoesNotReadAResponse() throws Exception {
		Http2Transport reading = transport((options) -> {
		});
		Call<Http2Response> call = Call.of(() -> reading.roundTrip(Http2Request.get(this.server.uri("/large"))));
		ScriptedConn connection = this.server.greeted();
		int stream = connection.awaitHead().streamId();
		connection.respondHead(stream, 200).data(stream, new byte[5_000]);
		try (Http2Response response = call.result()) {

			Finding finding = await(FindingKind.SLOW_READER);

			assertThat(finding.summary())
				.isEqualTo("The application does not read 1 response; 5000 octets wait for it.");
			assertThat(finding.since()).isGreaterThanOrEqualTo(Duration.ofSeconds(1));
			response.body().readNBytes(5_000);
			await(FindingKind.FINE);
		}
	}

	@Test
	void aServerDoesNotTakeWhatIsWritten() {
		transport((options) -> {
		});
		upload(RequestBody.of(new byte[64 * 1024 * 1024]));
		this.server.accept()
			.greet(Settings.builder().set(Settings.INITIAL_WINDOW_SIZE, Integer.MAX_VALUE).build())
			.windowUpdate(0, Integer.MAX_VALUE - 65_535);

		Finding finding = await(FindingKind.SOCKET_STALLED);

		assertThat(finding.severity()).isEqualTo(Severity.CRITICAL);
		assertThat(finding.property()).isEqualTo("h2.transport.write-stall-timeout");
	}

	@Test
	void aServerAnswersNoPing() {
		transport((options) -> options.pingInterval(Duration.ofSeconds(1)).pingTimeout(Duration.ofSeconds(30)));
		get();
		ScriptedConn connection = this.server.greeted();
		connection.awaitHead();

		Finding finding = await(FindingKind.PING_UNANSWERED);

		assertThat(finding.severity()).isEqualTo(Severity.CRITICAL);
		assertThat(finding.evidence()).containsEntry("pingsInFlight", 1).containsEntry("activeStreams", 1);
	}

	@Test
	void nobodyListensThere() {
		this.server.stopListening();
		transport((options) -> {
		});
		assertThat(get().outcome()).isNotNull();

		Finding finding = await(FindingKind.DIAL_FAILING);

		assertThat(finding.severity()).isEqualTo(Severity.CRITICAL);
		assertThat(finding.evidence().get("lastFailure")).asString().contains("refused");
	}

	@Test
	void aHandshakeTakesLong() throws IOException {
		try (ServerSocket silent = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
			Http2Transport secure = transport((options) -> options.connectTimeout(Duration.ofSeconds(30)));
			URI uri = URI.create("https://127.0.0.1:" + silent.getLocalPort() + "/");
			Call.of(() -> secure.roundTrip(Http2Request.get(uri)).status());

			Finding finding = await(FindingKind.DIAL_SLOW);

			assertThat(finding.summary())
				.isEqualTo("1 request waits for a connection that is still being established.");
		}
	}

	@Test
	void aServerComplainsOfUs() {
		transport((options) -> {
		});
		Call<Integer> call = get();
		ScriptedConn connection = this.server.greeted();
		connection.respond(connection.awaitHead().streamId(), 200);
		call.result();
		connection.goAway(1, ErrorCode.ENHANCE_YOUR_CALM, "too_many_pings");
		connection.awaitEnd();
		connection.close();

		Finding finding = await(FindingKind.SERVER_PUNISHES, (found) -> connections() == 0);

		assertThat(finding.severity()).isEqualTo(Severity.CRITICAL);
		assertThat(finding.evidence().get("said")).asString().contains("too_many_pings");
		assertThat(finding.since()).isNotNull();
	}

	@Test
	void aServerRetiresConnectionsOften() {
		transport((options) -> options.maxConnections(3));
		ScriptedConn busy = busyConnection();
		for (int i = 0; i < 5; i++) {
			Call<Integer> call = get();
			ScriptedConn connection = this.server.greeted();
			int stream = connection.awaitHead().streamId();
			connection.goAway(stream, ErrorCode.NO_ERROR, "").respond(stream, 200);
			assertThat(call.result()).isEqualTo(200);
			connection.awaitEnd();
			connection.close();
		}

		Finding finding = await(FindingKind.REQUESTS_TURNED_AWAY);

		assertThat(finding.evidence()).containsEntry("goAways", 5);
		assertThat(finding.severity()).isEqualTo(Severity.WARNING);
		busy.close();
	}

	@Test
	void connectionsAreLost() {
		transport((options) -> options.maxConnections(3));
		ScriptedConn busy = busyConnection();
		for (int i = 0; i < 3; i++) {
			Call<Integer> call = get();
			ScriptedConn connection = this.server.greeted();
			connection.awaitHead();
			connection.reset();
			assertThat(call.outcome()).isNotNull();
		}

		Finding finding = await(FindingKind.CONNECTIONS_LOST);

		assertThat(finding.evidence()).containsEntry("lost", 3).containsKey("latest");
		busy.close();
	}

	/** Both take five seconds, so they share them. */
	@Test
	void aServerTakesItsTimeAndSoDoesAnApplication() {
		transport((options) -> {
		});
		CountDownLatch stopped = new CountDownLatch(1);
		get();
		ScriptedConn connection = this.server.greeted();
		connection.awaitHead();
		upload(RequestBody.ofWriter((out) -> {
			out.write(new byte[10]);
			out.flush();
			try {
				stopped.await();
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
		}, -1, false));
		connection.awaitHead();

		Finding server = await(FindingKind.SERVER_SLOW);
		Finding application = await(FindingKind.SLOW_WRITER);

		assertThat(server.summary()).isEqualTo("1 request had no answer for up to 5 s.");
		assertThat(server.evidence()).containsEntry("where", List.of("c1 stream 1 GET"));
		assertThat(application.evidence()).containsEntry("sentBytes", 10L);
		assertThat(application.severity()).isEqualTo(Severity.INFO);
		stopped.countDown();
	}

	/** A connection that takes no further request and keeps its pool. */
	private ScriptedConn busyConnection() {
		get();
		ScriptedConn busy = this.server.greeted(1);
		busy.awaitHead();
		busy.barrier();
		return busy;
	}

	private Http2Transport transport(Consumer<TransportOptions.Builder> choice) {
		TransportOptions.Builder options = TransportOptions.builder()
			.allowHttp(true)
			.shutdownTimeout(Duration.ofMillis(1));
		choice.accept(options);
		Http2Transport made = Http2Transport.builder().options(options.build()).build();
		this.transport = made;
		return made;
	}

	private Http2Transport transport() {
		assertThat(this.transport).isNotNull();
		return this.transport;
	}

	private Call<Integer> get() {
		Http2Transport used = transport();
		return Call.of(() -> {
			try (Http2Response response = used.roundTrip(Http2Request.get(this.server.uri("/")))) {
				return response.status();
			}
		});
	}

	private void upload(RequestBody body) {
		Http2Transport used = transport();
		Call.of(() -> used.roundTrip(Http2Request.builder("POST", this.server.uri("/")).body(body).build()).status());
	}

	private int connections() {
		return transport().snapshot().origins().stream().mapToInt((origin) -> origin.connections().size()).sum();
	}

	private List<Finding> findings() {
		List<Finding> all = new ArrayList<>();
		transport().snapshot().origins().forEach((origin) -> all.addAll(Diagnosis.of(origin.key(), origin, null)));
		return all;
	}

	private Finding await(FindingKind kind) {
		return await(kind, (found) -> true);
	}

	private Finding await(FindingKind kind, Predicate<Finding> fits) {
		return Awaitility.await()
			.pollInterval(Duration.ofMillis(20))
			.atMost(Duration.ofSeconds(30))
			.until(() -> findings().stream().filter((found) -> found.kind() == kind && fits.test(found)).findFirst(),
					Optional::isPresent)
			.orElseThrow();
	}

}
