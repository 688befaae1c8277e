package io.github.h2transport.faults;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

import io.github.h2transport.CallOptions;
import io.github.h2transport.Http2Request;
import io.github.h2transport.Http2TimeoutException;
import io.github.h2transport.RequestBody;
import io.github.h2transport.TlsOptions;
import io.github.h2transport.frame.Settings;
import io.github.h2transport.testkit.Call;
import io.github.h2transport.testkit.CallStyle;
import io.github.h2transport.testkit.Certificates;
import io.github.h2transport.testkit.ClientFrame;
import io.github.h2transport.testkit.ScriptedConn;
import io.github.h2transport.testkit.ScriptedServer;
import io.github.h2transport.testkit.TlsPeer;
import io.github.h2transport.testkit.Transports;
import io.github.h2transport.transport.Http2Transport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * A call with a connect timeout of 10 s failed after 269 ms, since one with 200 ms had
 * begun the dial. A dial belongs to nobody: it goes on for whoever has the most time.
 */
class EachCallWaitsByItsOwnConnectTimeoutTests {

	private static final Duration SHORT = Duration.ofSeconds(1);

	private static final Duration LONG = Duration.ofSeconds(20);

	private final Http2Transport transport = Transports.cleartext();

	@AfterEach
	void end() {
		this.transport.close();
	}

	private static Http2Request request(URI uri, Duration connectTimeout, boolean replayable) {
		CallOptions options = CallOptions.builder().connectTimeout(connectTimeout).build();
		RequestBody body = replayable ? RequestBody.none()
				: RequestBody.ofInputStream(new ByteArrayInputStream(new byte[3]), 3);
		return Http2Request.builder("POST", uri).body(body).options(options).build();
	}

	/** In both orders, whether or not the request leaves before SETTINGS have come. */
	@ParameterizedTest
	@CsvSource({ "BLOCKING,true,true", "BLOCKING,true,false", "BLOCKING,false,true", "BLOCKING,false,false",
			"ASYNCHRONOUS,true,true", "ASYNCHRONOUS,true,false", "ASYNCHRONOUS,false,true",
			"ASYNCHRONOUS,false,false" })
	void whereSettingsAreLate(CallStyle style, boolean impatientFirst, boolean replayable) {
		try (ScriptedServer server = ScriptedServer.start()) {
			Http2Request impatient = request(server.uri("/impatient"), SHORT, replayable);
			Http2Request patient = request(server.uri("/patient"), LONG, replayable);
			Call<Integer> first = style.begin(this.transport, impatientFirst ? impatient : patient);
			ScriptedConn connection = server.accept();
			connection.awaitPreface();
			Call<Integer> second = style.begin(this.transport, impatientFirst ? patient : impatient);
			Call<Integer> failing = impatientFirst ? first : second;
			Call<Integer> waiting = impatientFirst ? second : first;
			Http2TimeoutException failure = failing.failure(Http2TimeoutException.class);
			assertThat(failure).hasMessageContaining("connectTimeout of 1000 ms")
				.hasMessageContaining("exchanging the connection preface");
			assertThat(failing.took()).isLessThan(Duration.ofSeconds(10));
			assertThat(waiting.isDone()).isFalse();
			connection.settings(Settings.builder().build());
			int stream = connection
				.await(ClientFrame.Head.class, (head) -> "/patient".equals(head.fields().get(":path")))
				.streamId();
			connection.respond(stream, 200);
			assertThat(waiting.result()).isEqualTo(200);
			assertThat(server.accepted()).isEqualTo(1);
		}
	}

	/** The connection is given up by nobody's limit but the longest. */
	@ParameterizedTest
	@EnumSource
	void whereSettingsNeverCome(CallStyle style) {
		try (ScriptedServer server = ScriptedServer.start()) {
			Call<Integer> first = style.begin(this.transport, request(server.uri("/"), SHORT, true));
			ScriptedConn connection = server.accept();
			connection.awaitPreface();
			Call<Integer> second = style.begin(this.transport, request(server.uri("/"), Duration.ofMillis(2500), true));
			assertThat(first.failure(Http2TimeoutException.class)).hasMessageContaining("connectTimeout of 1000 ms");
			assertThat(second.failure(Http2TimeoutException.class)).hasMessageContaining("connectTimeout of 2500 ms");
			assertThat(second.took()).isBetween(Duration.ofMillis(2400), Duration.ofSeconds(15));
			connection.awaitEnd();
		}
	}

	/** Over TLS the dial is still under way: both wait in the pool. */
	@ParameterizedTest
	@CsvSource({ "BLOCKING,true", "BLOCKING,false", "ASYNCHRONOUS,true", "ASYNCHRONOUS,false" })
	void whereTheHandshakeIsSlow(CallStyle style, boolean impatientFirst) throws Exception {
		CompletableFuture<Void> release = new CompletableFuture<>();
		Certificates certificates = Certificates.localhost();
		try (TlsPeer peer = TlsPeer.of(certificates).start(); Gate gate = new Gate(peer.port(), release)) {
			CallOptions.Builder options = CallOptions.builder().tls(TlsOptions.of(certificates.clientContext()));
			URI uri = URI.create("https://localhost:" + gate.port() + "/");
			Http2Request impatient = Http2Request.builder("GET", uri)
				.options(options.connectTimeout(SHORT).build())
				.build();
			Http2Request patient = Http2Request.builder("GET", uri)
				.options(options.connectTimeout(LONG).build())
				.build();
			Call<Integer> first = style.begin(this.transport, impatientFirst ? impatient : patient);
			await().until(() -> gate.connections() == 1);
			Call<Integer> second = style.begin(this.transport, impatientFirst ? patient : impatient);
			Call<Integer> failing = impatientFirst ? first : second;
			Call<Integer> waiting = impatientFirst ? second : first;
			Http2TimeoutException failure = failing.failure(Http2TimeoutException.class);
			assertThat(failure).hasMessageContaining("connectTimeout of 1000 ms").hasMessageContaining("TLS handshake");
			assertThat(failure.isSafeToRetry()).isTrue();
			assertThat(waiting.isDone()).isFalse();
			release.complete(null);
			assertThat(waiting.result()).isEqualTo(200);
			assertThat(gate.connections()).isEqualTo(1);
		}
	}

	/** Late comers do not keep a dead dial alive, and do not end with the first ones. */
	@Test
	void whoComesLateGetsADialOfItsOwn() throws Exception {
		try (ServerSocket silent = new ServerSocket(0)) {
			URI uri = URI.create("http://127.0.0.1:" + silent.getLocalPort() + "/");
			Http2Request request = request(uri, Duration.ofMillis(1500), false);
			Call<Integer> first = CallStyle.BLOCKING.begin(this.transport, request);
			silent.accept();
			await().pollDelay(Duration.ofSeconds(1)).until(() -> true);
			Call<Integer> second = CallStyle.BLOCKING.begin(this.transport,
					request(uri, Duration.ofMillis(1500), false));
			first.failure(Http2TimeoutException.class);
			silent.setSoTimeout(20_000);
			silent.accept();
			assertThat(second.isDone()).isFalse();
			second.failure(Http2TimeoutException.class);
			assertThat(second.took()).isGreaterThan(Duration.ofMillis(1400));
		}
	}

	/** A call whose limit has passed leaves the line; the others are served in order. */
	@Test
	void manyWithLimitsOfTheirOwn() {
		try (ScriptedServer server = ScriptedServer.start()) {
			List<Call<Integer>> impatient = IntStream.range(0, 10)
				.mapToObj((i) -> CallStyle.BLOCKING.begin(this.transport,
						request(server.uri("/impatient"), SHORT.plusMillis(20 * i), false)))
				.toList();
			List<Call<Integer>> patient = IntStream.range(0, 10)
				.mapToObj((i) -> CallStyle.BLOCKING.begin(this.transport, request(server.uri("/patient"), LONG, false)))
				.toList();
			ScriptedConn connection = server.accept();
			connection.awaitPreface();
			for (int i = 0; i < 10; i++) {
				assertThat(impatient.get(i).failure(Http2TimeoutException.class))
					.hasMessageContaining("connectTimeout of " + (1000 + 20 * i) + " ms");
			}
			connection.settings(Settings.builder().build());
			for (int i = 0; i < 10; i++) {
				connection.respond(connection.awaitHead().streamId(), 200);
			}
			assertThat(patient).allSatisfy((call) -> assertThat(call.result()).isEqualTo(200));
			assertThat(server.accepted()).isEqualTo(1);
		}
	}

	/** Lets octets through once it is released. */
	private static final class Gate implements AutoCloseable {

		private final ServerSocket listener = new ServerSocket(0);

		private final List<Socket> sockets = new CopyOnWriteArrayList<>();

		private volatile int connections;

		private Gate(int target, CompletableFuture<Void> release) throws IOException {
			daemon(() -> {
				for (;;) {
					Socket client = this.listener.accept();
					this.connections++;
					this.sockets.add(client);
					daemon(() -> {
						release.get(30, TimeUnit.SECONDS);
						Socket server = new Socket("127.0.0.1", target);
						this.sockets.add(server);
						daemon(() -> client.getInputStream().transferTo(server.getOutputStream()));
						return server.getInputStream().transferTo(client.getOutputStream());
					});
				}
			});
		}

		private static void daemon(Callable<?> work) {
			Thread thread = new Thread(() -> {
				try {
					work.call();
				}
				catch (Exception ex) {
					// Closed.
				}
			}, "gate");
			thread.setDaemon(true);
			thread.start();
		}

		private int port() {
			return this.listener.getLocalPort();
		}

		private int connections() {
			return this.connections;
		}

		@Override
		public void close() throws IOException {
			this.listener.close();
			for (Socket socket : this.sockets) {
				socket.close();
			}
		}

	}

}
