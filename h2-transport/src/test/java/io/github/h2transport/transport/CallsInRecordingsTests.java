package io.github.h2transport.transport;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;

import io.github.h2transport.CallOptions;
import io.github.h2transport.ErrorCode;
import io.github.h2transport.Http2Request;
import io.github.h2transport.PoolException;
import io.github.h2transport.RequestBody;
import io.github.h2transport.TlsOptions;
import io.github.h2transport.testkit.Call;
import io.github.h2transport.testkit.Certificates;
import io.github.h2transport.testkit.ClientFrame;
import io.github.h2transport.testkit.ScriptedConn;
import io.github.h2transport.testkit.ScriptedServer;
import io.github.h2transport.testkit.TlsPeer;
import io.github.h2transport.testkit.Transports;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * What a recording of the JDK Flight Recorder tells about calls: how long they waited,
 * and what was sent again; and about TLS.
 */
@Timeout(120)
class CallsInRecordingsTests {

	private static final Duration ACQUIRE_TIMEOUT = Duration.ofSeconds(2);

	@TempDir
	private Path folder;

	@Test
	void aTlsHandshakeIsRecordedWithItsTime() throws Exception {
		try (TlsPeer peer = TlsPeer.of(Certificates.localhost()).start();
				Http2Transport transport = Transports.cleartext()) {
			List<RecordedEvent> events = recorded("TlsHandshake", () -> {
				CallOptions trusting = CallOptions.builder()
					.tls(TlsOptions.of(Certificates.localhost().clientContext()))
					.build();
				for (int i = 0; i < 2; i++) {
					Http2Request request = Http2Request.builder("GET", peer.uri("/bytes/10")).options(trusting).build();
					assertThat(Transports.exchange(transport, request)).startsWith("200 ");
				}
				return null;
			});
			assertThat(events).singleElement().satisfies((event) -> {
				assertThat(event.getString("origin")).isEqualTo("https://localhost:" + peer.port());
				assertThat(event.getString("connection")).isEqualTo("c1");
				assertThat(event.getDuration("took")).isPositive().isLessThan(Duration.ofSeconds(20));
			});
		}
	}

	@Test
	void waitsForAConnectionAreRecordedWhetherTheyEndWellOrNot() throws Exception {
		try (ScriptedServer server = ScriptedServer.start();
				Http2Transport transport = Transports
					.cleartext((options) -> options.strictMaxConcurrentStreams(true).acquireTimeout(ACQUIRE_TIMEOUT))) {
			// Before the recording: whether it waits for a new connection depends on
			// who is quicker. From now on the only slot is taken.
			Call<String> first = get(transport, server);
			ScriptedConn connection = server.greeted(1);
			int stream = connection.awaitHead().streamId();
			connection.await(ClientFrame.SettingsAck.class);
			List<RecordedEvent> events = recorded("SlotWait", () -> {
				get(transport, server).failure(PoolException.class);
				Call<String> second = get(transport, server);
				await().until(() -> transport.snapshot().origins().get(0).pending() == 1);
				// It is in the queue, and about to wait.
				await().until(second::isWaiting);
				connection.respond(stream, 200);
				assertThat(first.result()).isEqualTo("200");
				connection.respond(connection.awaitHead().streamId(), 200);
				assertThat(second.result()).isEqualTo("200");
				Transports.awaitRest(transport);
				// This one finds a connection at once.
				Call<String> third = get(transport, server);
				connection.respond(connection.awaitHead().streamId(), 200);
				assertThat(third.result()).isEqualTo("200");
				return null;
			});
			assertThat(events).extracting((event) -> event.getString("origin"))
				.containsOnly("http://127.0.0.1:" + server.port());
			// A recording keeps the order of each thread only.
			assertThat(events).extracting((event) -> event.getBoolean("success"))
				.containsExactlyInAnyOrder(true, false);
			assertThat(events).filteredOn((event) -> !event.getBoolean("success"))
				.allSatisfy((event) -> assertThat(event.getDuration("took")).isGreaterThanOrEqualTo(ACQUIRE_TIMEOUT));
			server.close();
		}
	}

	@Test
	void aReplayIsRecordedWithItsReason() throws Exception {
		try (ScriptedServer server = ScriptedServer.start(); Http2Transport transport = Transports.cleartext()) {
			List<RecordedEvent> events = recorded("Replay", () -> {
				Call<String> call = Call.of(() -> Transports.exchange(transport,
						Http2Request.builder("POST", server.uri("/secret")).body(RequestBody.of(new byte[5])).build()));
				ScriptedConn connection = server.greeted();
				connection.rstStream(connection.awaitHead().streamId(), ErrorCode.REFUSED_STREAM);
				connection.respond(connection.awaitHead().streamId(), 200);
				assertThat(call.result()).isEqualTo("200");
				return null;
			});
			assertThat(events).singleElement().satisfies((event) -> {
				assertThat(event.getString("origin")).isEqualTo("http://127.0.0.1:" + server.port());
				assertThat(event.getString("method")).isEqualTo("POST");
				assertThat(event.getString("reason")).contains("REFUSED_STREAM");
				assertThat(event.toString()).doesNotContain("/secret");
			});
			server.close();
		}
	}

	private static Call<String> get(Http2Transport transport, ScriptedServer server) {
		return Call.of(() -> Transports.exchange(transport, Http2Request.get(server.uri("/"))));
	}

	private List<RecordedEvent> recorded(String name, Callable<?> life) throws Exception {
		Path file = this.folder.resolve("test.jfr");
		try (Recording recording = new Recording()) {
			recording.enable("io.github.h2transport." + name);
			recording.start();
			life.call();
			recording.stop();
			recording.dump(file);
		}
		// Others are on as well, unless told otherwise.
		return RecordingFile.readAllEvents(file)
			.stream()
			.filter((event) -> event.getEventType().getName().equals("io.github.h2transport." + name))
			.toList();
	}

}
