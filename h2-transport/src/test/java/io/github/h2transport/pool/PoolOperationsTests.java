package io.github.h2transport.pool;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import io.github.h2transport.ConnectFailedException;
import io.github.h2transport.Http2Request;
import io.github.h2transport.InvalidRequestException;
import io.github.h2transport.Origin;
import io.github.h2transport.testkit.Call;
import io.github.h2transport.testkit.ClientFrame;
import io.github.h2transport.testkit.ScriptedConn;
import io.github.h2transport.testkit.ScriptedServer;
import io.github.h2transport.testkit.Transports;
import io.github.h2transport.transport.Http2Transport;
import io.github.h2transport.transport.TransportSnapshot;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * What can be done to a pool from outside, and what it shows of itself; over sockets.
 */
class PoolOperationsTests {

	private static final Duration SOON = Duration.ofSeconds(20);

	private final ScriptedServer server = ScriptedServer.start();

	@AfterEach
	void end() {
		this.server.close();
	}

	@Test
	void aWarmUpOpensTheMinimumAndTheFirstCallFindsIt() {
		try (Http2Transport transport = Transports.cleartext((options) -> options.minConnections(2))) {
			CompletableFuture<Void> warm = transport.warmUp(origin());
			ScriptedConn one = this.server.greeted(10);
			assertThat(warm).isNotDone();
			ScriptedConn two = this.server.greeted(10);
			assertThat(warm).succeedsWithin(SOON);
			Call<String> call = get(transport);
			// Which of the two was open first is up to the loops that they live on.
			await()
				.until(() -> Transports.connections(transport).stream().anyMatch((each) -> each.streamsOpened() > 0));
			for (ScriptedConn connection : List.of(one, two)) {
				if (connection.barrier().stream().anyMatch((frame) -> frame instanceof ClientFrame.Head)) {
					connection.respond(connection.awaitHead().streamId(), 200);
				}
			}
			assertThat(call.result()).isEqualTo("200");
			assertThat(this.server.accepted()).isEqualTo(2);
			this.server.close();
		}
	}

	@Test
	void aWarmUpTellsWhyItFailed() {
		this.server.stopListening();
		try (Http2Transport transport = Transports.cleartext()) {
			assertThat(transport.warmUp(origin())).failsWithin(SOON)
				.withThrowableThat()
				.withCauseInstanceOf(ConnectFailedException.class);
		}
		try (Http2Transport secure = Http2Transport.builder().build()) {
			assertThat(secure.warmUp(origin())).failsWithin(SOON)
				.withThrowableThat()
				.withCauseInstanceOf(InvalidRequestException.class);
		}
	}

	@Test
	void theMinimumStaysThoughItIsIdle() {
		try (Http2Transport transport = Transports
			.cleartext((options) -> options.minConnections(1).maxConnections(2).idleTimeout(Duration.ofMillis(200)))) {
			Call<String> first = get(transport);
			ScriptedConn one = this.server.greeted(1);
			int stream = one.awaitHead().streamId();
			one.await(ClientFrame.SettingsAck.class);
			Call<String> second = get(transport);
			ScriptedConn two = this.server.greeted(1);
			two.respond(two.awaitHead().streamId(), 200);
			one.respond(stream, 200);
			first.result();
			second.result();
			two.awaitEnd();
			two.close();
			await().until(() -> Transports.connections(transport).size() == 1);
			assertThat(one.barrier()).noneMatch((frame) -> frame instanceof ClientFrame.GoAway);
			this.server.close();
		}
	}

	@Test
	void aKeptConnectionThatIsSilentIsReplacedBeforeACallNeedsIt() {
		try (Http2Transport transport = Transports.cleartext((options) -> options.minConnections(1)
			.probeIdleAfter(Duration.ofMillis(200))
			.pingTimeout(Duration.ofSeconds(1)))) {
			CompletableFuture<Void> warm = transport.warmUp(origin());
			ScriptedConn one = this.server.greeted(10);
			assertThat(warm).succeedsWithin(SOON);
			// Nobody answers the PING, and nobody calls.
			this.server.greeted(10);
			one.await(ClientFrame.Ping.class);
			assertThat(transport.snapshot().totals().closed()).containsKey(EndReason.LOST);
			this.server.close();
		}
	}

	@Test
	void aKeptConnectionThatAnswersPingsLivesThoughItIsSilent() {
		try (Http2Transport transport = Transports.cleartext(
				(options) -> options.minConnections(1).probeIdleAfter(Duration.ofMillis(200)).pingTimeout(SOON))) {
			CompletableFuture<Void> warm = transport.warmUp(origin());
			ScriptedConn one = this.server.greeted(10);
			assertThat(warm).succeedsWithin(SOON);
			for (int i = 0; i < 3; i++) {
				one.pong(one.await(ClientFrame.Ping.class, (ping) -> !ping.ack()));
			}
			one.barrier();
			assertThat(this.server.accepted()).isEqualTo(1);
			this.server.close();
		}
	}

	@Test
	void aConnectionIsDrainedByItsName() {
		try (Http2Transport transport = Transports.cleartext()) {
			Call<String> running = get(transport);
			ScriptedConn one = this.server.greeted();
			int stream = one.awaitHead().streamId();
			CompletableFuture<Integer> drained = transport.drain("c1");
			Call<String> other = get(transport);
			ScriptedConn two = this.server.greeted();
			two.respond(two.awaitHead().streamId(), 201);
			assertThat(other.result()).isEqualTo("201");
			assertThat(drained).isNotDone();
			one.respond(stream, 200);
			assertThat(running.result()).isEqualTo("200");
			one.awaitEnd();
			one.close();
			assertThat(drained).succeedsWithin(SOON).isEqualTo(1);
			assertThat(transport.drain("c99")).isCompletedWithValue(0);
			assertThat(transport.snapshot().totals().closed()).containsEntry(EndReason.DRAINED, 1L);
			this.server.close();
		}
	}

	@Test
	void anOriginIsDrainedWithAllItsConnections() {
		try (Http2Transport transport = Transports.cleartext()) {
			List<Call<String>> calls = new ArrayList<>();
			List<ScriptedConn> connections = new ArrayList<>();
			for (int i = 0; i < 3; i++) {
				calls.add(get(transport));
				ScriptedConn connection = this.server.greeted(1);
				connection.awaitHead();
				connection.await(ClientFrame.SettingsAck.class);
				connections.add(connection);
			}
			CompletableFuture<Integer> drained = transport.drain(origin());
			assertThat(transport.drain(new Origin("http", "elsewhere", 80))).isCompletedWithValue(0);
			for (ScriptedConn connection : connections) {
				connection.respond(1, 200);
				connection.awaitEnd();
				connection.close();
			}
			calls.forEach((call) -> assertThat(call.result()).isEqualTo("200"));
			assertThat(drained).succeedsWithin(SOON).isEqualTo(3);
		}
	}

	@Test
	void anOldConnectionGivesWayToANewOneWithoutAGap() {
		try (Http2Transport transport = Transports.cleartext((options) -> options.maxLifetime(Duration.ofSeconds(3)))) {
			Call<String> running = get(transport);
			ScriptedConn old = this.server.greeted();
			int stream = old.awaitHead().streamId();
			// Nobody has to ask for it.
			ScriptedConn next = this.server.greeted();
			// The next one must not be too old itself before it has its call.
			await().until(() -> Transports.connections(transport)
				.stream()
				.anyMatch((connection) -> connection.state().name().equals("DRAINING")));
			Call<String> call = get(transport);
			next.respond(next.awaitHead().streamId(), 201);
			assertThat(call.result()).isEqualTo("201");
			old.respond(stream, 200);
			assertThat(running.result()).isEqualTo("200");
			old.awaitEnd();
			old.close();
			await().until(() -> transport.snapshot().totals().closed().containsKey(EndReason.MAX_LIFETIME));
			this.server.close();
		}
	}

	@Test
	void theSnapshotShowsWhoWaitsAndTheTotals() {
		try (Http2Transport transport = Transports.cleartext((options) -> options.strictMaxConcurrentStreams(true))) {
			Call<String> running = get(transport);
			ScriptedConn connection = this.server.greeted(1);
			connection.awaitHead();
			connection.await(ClientFrame.SettingsAck.class);
			List<Call<String>> waiting = Call.many(2,
					() -> Transports.exchange(transport, Http2Request.get(this.server.uri("/"))));
			Transports.awaitPending(transport, 2);
			await().until(() -> transport.snapshot()
				.origins()
				.get(0)
				.oldestWait()
				.compareTo(Duration.ofNanos(TimeUnit.MILLISECONDS.toNanos(5))) > 0);
			connection.respond(1, 200);
			connection.respond(connection.awaitHead().streamId(), 200);
			connection.respond(connection.awaitHead().streamId(), 200);
			running.result();
			waiting.forEach(Call::result);
			Transports.awaitRest(transport);
			TransportSnapshot snapshot = transport.snapshot();
			// The first one waited for its dial.
			assertThat(snapshot.totals().waits()).isEqualTo(3);
			assertThat(snapshot.totals().pendingHighWater()).isEqualTo(2);
			assertThat(snapshot.totals().opened()).isEqualTo(1);
			assertThat(snapshot.totals().closed()).isEmpty();
			assertThat(snapshot.origins().get(0).oldestWait()).isZero();
			connection.close();
			await().until(() -> transport.snapshot().totals().closed().equals(java.util.Map.of(EndReason.LOST, 1L)));
		}
	}

	private Origin origin() {
		return Origin.of(this.server.uri("/"));
	}

	private Call<String> get(Http2Transport transport) {
		return Call.of(() -> Transports.exchange(transport, Http2Request.get(this.server.uri("/"))));
	}

}
