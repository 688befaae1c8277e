package io.github.h2transport.pool;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

import io.github.h2transport.ErrorCode;
import io.github.h2transport.Http2Request;
import io.github.h2transport.Phase;
import io.github.h2transport.PoolException;
import io.github.h2transport.RequestBody;
import io.github.h2transport.frame.Settings;
import io.github.h2transport.testkit.Call;
import io.github.h2transport.testkit.ClientFrame;
import io.github.h2transport.testkit.ScriptedConn;
import io.github.h2transport.testkit.ScriptedServer;
import io.github.h2transport.testkit.ServedRequests;
import io.github.h2transport.testkit.Transports;
import io.github.h2transport.transport.Http2Transport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * More callers than streams: they wait in order, nobody is forgotten, and no limit is
 * exceeded (RFC 9113 section 5.1.2).
 */
class WaitingTests {

	private final ScriptedServer server = ScriptedServer.start();

	private final Http2Transport strict = Transports
		.cleartext((options) -> options.strictMaxConcurrentStreams(true).acquireTimeout(Duration.ofSeconds(20)));

	private final ScheduledExecutorService later = Executors.newScheduledThreadPool(2);

	@AfterEach
	void end() {
		// First the server, which would otherwise keep the transport waiting for its end.
		this.server.close();
		this.strict.close();
		this.later.shutdownNow();
	}

	@Test
	void strictServesThreeHundredCallersTenAtATimeOnOneConnection() {
		ScriptedConn connection = warm(10);
		List<Call<String>> calls = Call.many(300, () -> Transports.exchange(this.strict, get("/")));
		Transports.awaitPending(this.strict, 290);
		for (int round = 0; round < 30; round++) {
			List<Integer> streams = new ArrayList<>();
			for (int i = 0; i < 10; i++) {
				streams.add(connection.awaitHead().streamId());
			}
			// Nobody pushes in: all that arrives is what the limit allows.
			assertThat(connection.barrier()).noneMatch((frame) -> frame instanceof ClientFrame.Head);
			streams.forEach((stream) -> connection.respond(stream, 200));
		}
		calls.forEach((call) -> assertThat(call.result()).isEqualTo("200"));
		assertThat(this.server.accepted()).isEqualTo(1);
		Transports.awaitRest(this.strict);
	}

	/** 300 callers, 10 at a time on each of 8 connections: 4 rounds. */
	@Test
	void eightConnectionsServeThemInFourRounds() {
		try (Http2Transport growing = Transports.cleartext((options) -> options.maxConnections(8))) {
			Call<String> first = Call.of(() -> Transports.exchange(growing, get("/")));
			List<ScriptedConn> connections = new ArrayList<>();
			connections.add(this.server.greeted(10));
			connections.get(0).await(ClientFrame.SettingsAck.class);
			connections.get(0).respond(connections.get(0).awaitHead().streamId(), 200);
			first.result();
			List<Call<String>> calls = Call.many(300, () -> Transports.exchange(growing, get("/")));
			while (connections.size() < 8) {
				// They come together, not one after the other's SETTINGS.
				connections.add(this.server.accept());
			}
			for (ScriptedConn connection : connections.subList(1, 8)) {
				connection.greet(Settings.builder().set(Settings.MAX_CONCURRENT_STREAMS, 10).build());
			}
			Transports.awaitPending(growing, 220);
			for (int round = 1; round <= 3; round++) {
				for (ScriptedConn connection : connections) {
					List<Integer> streams = new ArrayList<>();
					for (int i = 0; i < 10; i++) {
						streams.add(connection.awaitHead().streamId());
					}
					assertThat(connection.barrier()).noneMatch((frame) -> frame instanceof ClientFrame.Head);
					streams.forEach((stream) -> connection.respond(stream, 200));
				}
			}
			// The last ones may be anywhere.
			for (int left = 300 - 3 * 80; left > 0;) {
				for (ScriptedConn connection : connections) {
					long arrived = connection.barrier()
						.stream()
						.filter((frame) -> frame instanceof ClientFrame.Head)
						.count();
					for (; arrived > 0; arrived--, left--) {
						connection.respond(connection.awaitHead().streamId(), 200);
					}
				}
			}
			calls.forEach((call) -> assertThat(call.result()).isEqualTo("200"));
			assertThat(this.server.accepted()).isEqualTo(8);
			Transports.awaitRest(growing);
			this.server.close();
		}
	}

	@Test
	void aRaisedLimitLetsTheNextOnesThrough() {
		ScriptedConn connection = warm(1);
		List<Call<String>> calls = Call.many(5, () -> Transports.exchange(this.strict, get("/")));
		Transports.awaitPending(this.strict, 4);
		connection.settings(Settings.MAX_CONCURRENT_STREAMS, 3);
		Transports.awaitPending(this.strict, 2);
		connection.settings(Settings.MAX_CONCURRENT_STREAMS, 100);
		for (int i = 0; i < 5; i++) {
			connection.respond(connection.awaitHead().streamId(), 200);
		}
		calls.forEach((call) -> assertThat(call.result()).isEqualTo("200"));
		Transports.awaitRest(this.strict);
	}

	@Test
	void callersAreServedInTheOrderInWhichTheyCame() {
		ScriptedConn connection = warm(1);
		List<Call<String>> calls = new ArrayList<>();
		calls.add(Call.of(() -> Transports.exchange(this.strict, get("/0"))));
		ClientFrame.Head head = connection.awaitHead();
		for (int i = 1; i <= 20; i++) {
			String path = "/" + i;
			calls.add(Call.of(() -> Transports.exchange(this.strict, get(path))));
			Transports.awaitPending(this.strict, i);
		}
		for (int i = 0; i <= 20; i++) {
			assertThat(head.path()).isEqualTo("/" + i);
			connection.respond(head.streamId(), 200);
			head = (i < 20) ? connection.awaitHead() : head;
		}
		calls.forEach((call) -> assertThat(call.result()).isEqualTo("200"));
	}

	@Test
	void aCallerThatLeavesTheQueueLetsTheNextOneThrough() {
		ScriptedConn connection = warm(1);
		Call<String> running = Call.of(() -> Transports.exchange(this.strict, get("/running")));
		ClientFrame.Head head = connection.awaitHead();
		Call<String> leaving = Call.of(() -> Transports.exchange(this.strict, get("/leaving")));
		Transports.awaitPending(this.strict, 1);
		Call<String> staying = Call.of(() -> Transports.exchange(this.strict, get("/staying")));
		Transports.awaitPending(this.strict, 2);
		leaving.interrupt().outcome();
		connection.respond(head.streamId(), 200);
		ClientFrame.Head next = connection.awaitHead();
		assertThat(next.path()).isEqualTo("/staying");
		connection.respond(next.streamId(), 200);
		assertThat(running.result()).isEqualTo("200");
		assertThat(staying.result()).isEqualTo("200");
		Transports.awaitRest(this.strict);
	}

	@Test
	void aSlotIsFreedHoweverAStreamEnds() {
		ScriptedConn connection = warm(1);
		for (String end : List.of("answer", "reset", "refused", "cancel", "malformed", "early answer", "answer")) {
			RequestBody body = end.equals("early answer")
					? RequestBody.ofWriter((out) -> out.write(new byte[200_000]), 200_000, false) : RequestBody.none();
			Call<String> call = Call.of(() -> Transports.exchange(this.strict,
					Http2Request.builder("POST", this.server.uri("/")).body(body).build()));
			int stream = connection.awaitHead().streamId();
			switch (end) {
				case "reset" -> connection.rstStream(stream, ErrorCode.INTERNAL_ERROR);
				case "refused" -> {
					connection.rstStream(stream, ErrorCode.REFUSED_STREAM);
					connection.respond(connection.awaitHead().streamId(), 200);
				}
				case "cancel" -> {
					call.interrupt();
					connection.awaitReset(stream);
				}
				case "malformed" -> {
					connection.respond(stream, 7);
					connection.awaitReset(stream);
				}
				case "early answer" -> {
					connection.respond(stream, 400);
					connection.awaitReset(stream);
				}
				default -> connection.respond(stream, 200);
			}
			call.outcome();
			Transports.awaitRest(this.strict);
		}
		assertThat(this.server.accepted()).isEqualTo(1);
	}

	@Test
	void aLimitOfZeroMeansWaitingAndNeverDialling() {
		try (Http2Transport growing = Transports.cleartext()) {
			Call<String> first = Call.of(() -> Transports.exchange(growing, get("/")));
			ScriptedConn connection = this.server.accept();
			connection.awaitPreface();
			// Sent before the limit was known (RFC 9113 section 6.5.2).
			int stream = connection.awaitHead().streamId();
			connection.settings(Settings.MAX_CONCURRENT_STREAMS, 0).rstStream(stream, ErrorCode.REFUSED_STREAM);
			Transports.awaitPending(growing, 1);
			List<Call<String>> others = Call.many(5, () -> Transports.exchange(growing, get("/")));
			Transports.awaitPending(growing, 6);
			assertThat(connection.barrier()).noneMatch((frame) -> frame instanceof ClientFrame.Head);
			assertThat(Transports.connections(growing)).hasSize(1);
			connection.settings(Settings.MAX_CONCURRENT_STREAMS, 10);
			for (int i = 0; i < 6; i++) {
				connection.respond(connection.awaitHead().streamId(), 200);
			}
			assertThat(first.result()).isEqualTo("200");
			others.forEach((call) -> assertThat(call.result()).isEqualTo("200"));
			assertThat(this.server.accepted()).isEqualTo(1);
			this.server.close();
		}
	}

	@Test
	void aLimitThatIsLoweredWhileStreamsRunHoldsForTheNextOnes() {
		ScriptedConn connection = warm(10);
		List<Call<String>> calls = Call.many(30, () -> Transports.exchange(this.strict, get("/")));
		Transports.awaitPending(this.strict, 20);
		List<Integer> running = new ArrayList<>();
		for (int i = 0; i < 10; i++) {
			running.add(connection.awaitHead().streamId());
		}
		connection.settings(Settings.MAX_CONCURRENT_STREAMS, 3);
		connection.barrier();
		int answered = 0;
		while (answered < 30) {
			connection.respond(running.remove(0), 200);
			answered++;
			connection.barrier();
			int expected = Math.min((running.size() < 3) ? 3 - running.size() : 0, 30 - answered - running.size());
			for (int i = 0; i < expected; i++) {
				running.add(connection.awaitHead().streamId());
			}
			assertThat(connection.barrier()).noneMatch((frame) -> frame instanceof ClientFrame.Head);
		}
		calls.forEach((call) -> assertThat(call.result()).isEqualTo("200"));
		assertThat(this.server.accepted()).isEqualTo(1);
		Transports.awaitRest(this.strict);
	}

	@Test
	void aLimitThatGoesUpAndDownIsFollowed() {
		ScriptedConn connection = warm(1);
		List<Call<String>> calls = Call.many(40, () -> Transports.exchange(this.strict, get("/")));
		Transports.awaitPending(this.strict, 39);
		Deque<Integer> running = new ArrayDeque<>();
		int left = 40;
		for (int limit : List.of(1, 5, 2, 0, 8, 3, 1, 0, 2, 50)) {
			connection.settings(Settings.MAX_CONCURRENT_STREAMS, limit);
			connection.barrier();
			for (int answers = 0; answers < 4; answers++) {
				while (running.size() < Math.min(limit, left)) {
					running.add(connection.awaitHead().streamId());
				}
				assertThat(connection.barrier()).as("within %d", limit)
					.noneMatch((frame) -> frame instanceof ClientFrame.Head);
				if (!running.isEmpty()) {
					connection.respond(running.remove(), 200);
					left--;
				}
			}
			// Whoever takes the place of the last one is told only now.
			while (running.size() < Math.min(limit, left)) {
				running.add(connection.awaitHead().streamId());
			}
		}
		running.forEach((stream) -> connection.respond(stream, 200));
		calls.forEach((call) -> assertThat(call.result()).isEqualTo("200"));
		assertThat(this.server.accepted()).isEqualTo(1);
		Transports.awaitRest(this.strict);
	}

	@Test
	void theAcquireTimeoutNamesItsPropertyAndTheQueue() {
		try (Http2Transport impatient = Transports.cleartext(
				(options) -> options.strictMaxConcurrentStreams(true).acquireTimeout(Duration.ofMillis(2_500)))) {
			// The dial for the first one has to be over by then too.
			Call<String> running = Call.of(() -> Transports.exchange(impatient, get("/")));
			ScriptedConn connection = this.server.greeted(1);
			connection.awaitHead();
			connection.await(ClientFrame.SettingsAck.class);
			Call<String> waiting = Call.of(() -> Transports.exchange(impatient, get("/")));
			PoolException failure = waiting.failure(PoolException.class);
			assertThat(failure.reason()).isEqualTo(PoolException.Reason.ACQUIRE_TIMEOUT);
			assertThat(failure).hasMessageContaining("2500 ms")
				.hasMessageContaining("h2.transport.pool.acquire-timeout");
			assertThat(failure.context().phase()).isEqualTo(Phase.POOL);
			assertThat(failure.isSafeToRetry()).isTrue();
			connection.respond(1, 200);
			assertThat(running.result()).isEqualTo("200");
			Transports.awaitRest(impatient);
			this.server.close();
		}
	}

	@Test
	void aFullQueueFailsAtOnceAndSaysWhatThereIs() {
		try (Http2Transport small = Transports
			.cleartext((options) -> options.strictMaxConcurrentStreams(true).maxPending(3))) {
			Call<String> running = Call.of(() -> Transports.exchange(small, get("/")));
			ScriptedConn connection = this.server.greeted(1);
			connection.awaitHead();
			connection.await(ClientFrame.SettingsAck.class);
			List<Call<String>> waiting = Call.many(3, () -> Transports.exchange(small, get("/")));
			Transports.awaitPending(small, 3);
			PoolException failure = Call.of(() -> Transports.exchange(small, get("/"))).failure(PoolException.class);
			assertThat(failure.reason()).isEqualTo(PoolException.Reason.QUEUE_FULL);
			assertThat(failure.pending()).isEqualTo(3);
			assertThat(failure).hasMessageContaining("full")
				.hasMessageContaining("3 requests wait")
				.hasMessageContaining("max-pending")
				.hasMessageContaining("1 of at most 1 connections")
				.hasMessageContaining("1 of 1 streams");
			connection.respond(1, 200);
			for (int i = 0; i < 3; i++) {
				connection.respond(connection.awaitHead().streamId(), 200);
			}
			assertThat(running.result()).isEqualTo("200");
			waiting.forEach((call) -> assertThat(call.result()).isEqualTo("200"));
			this.server.close();
		}
	}

	/** Cold: the limit is unknown at first, so some requests are refused and repeated. */
	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void growingServesThreeHundredCallersWithinItsConnections(boolean cold) throws Exception {
		Settings limit = Settings.builder().set(Settings.MAX_CONCURRENT_STREAMS, 10).build();
		try (Http2Transport growing = Transports.cleartext((options) -> options.maxConnections(4));
				ServedRequests busy = ScriptedServer.serving(limit, (exchange) -> this.later
					.schedule(() -> exchange.respond(200, exchange.content()), 5, TimeUnit.MILLISECONDS))) {
			if (!cold) {
				Transports.exchange(growing, Http2Request.get(busy.uri("/")));
			}
			List<Call<String>> calls = Call.many(300, () -> Transports.exchange(growing,
					Http2Request.builder("POST", busy.uri("/")).body(RequestBody.of("hello".getBytes())).build()));
			calls.forEach((call) -> assertThat(call.result()).isEqualTo("200 hello"));
			assertThat(busy.violations()).isEmpty();
			assertThat(busy.mostActive()).isLessThanOrEqualTo(10);
			assertThat(busy.connections()).isBetween(2, 4);
			assertThat(busy.requests()).isEqualTo(cold ? 300 : 301);
			Transports.awaitRest(growing);
		}
	}

	@Test
	void aFurtherConnectionIsOpenedOnlyWhenSomebodyWouldWait() {
		try (Http2Transport growing = Transports.cleartext((options) -> options.maxConnections(2))) {
			Call<String> first = Call.of(() -> Transports.exchange(growing, get("/")));
			ScriptedConn one = this.server.greeted(2);
			one.awaitHead();
			one.await(ClientFrame.SettingsAck.class);
			Call<String> second = Call.of(() -> Transports.exchange(growing, get("/")));
			one.awaitHead();
			assertThat(Transports.connections(growing)).hasSize(1);
			Call<String> third = Call.of(() -> Transports.exchange(growing, get("/")));
			ScriptedConn two = this.server.greeted(2);
			two.awaitHead();
			two.await(ClientFrame.SettingsAck.class);
			Call<String> fourth = Call.of(() -> Transports.exchange(growing, get("/")));
			two.awaitHead();
			Call<String> fifth = Call.of(() -> Transports.exchange(growing, get("/")));
			Transports.awaitPending(growing, 1);
			assertThat(Transports.connections(growing)).hasSize(2);
			two.respond(1, 200);
			// The waiting one takes the slot that comes free first, wherever that is.
			assertThat(two.awaitHead().streamId()).isEqualTo(5);
			two.respond(3, 200).respond(5, 200);
			one.respond(1, 200).respond(3, 200);
			for (Call<String> call : List.of(first, second, third, fourth, fifth)) {
				assertThat(call.result()).isEqualTo("200");
			}
			assertThat(this.server.accepted()).isEqualTo(2);
			this.server.close();
		}
	}

	@Test
	void aFurtherConnectionGetsNoMoreThanThePeerIsKnownToAllow() {
		try (Http2Transport growing = Transports.cleartext((options) -> options.maxConnections(2))) {
			Call<String> first = Call.of(() -> Transports.exchange(growing, get("/")));
			ScriptedConn one = this.server.greeted(2);
			one.respond(one.awaitHead().streamId(), 200);
			one.await(ClientFrame.SettingsAck.class);
			assertThat(first.result()).isEqualTo("200");
			Call.many(54, () -> Transports.exchange(growing, get("/")));
			ScriptedConn two = this.server.accept();
			two.awaitPreface();
			// Two run on each connection, though the second one's SETTINGS are missing.
			Transports.awaitPending(growing, 50);
			two.settings(Settings.MAX_CONCURRENT_STREAMS, 2);
			assertThat(two.barrier()).filteredOn((frame) -> frame instanceof ClientFrame.Head).hasSize(2);
			this.server.close();
		}
	}

	private ScriptedConn warm(int limit) {
		Call<String> call = Call.of(() -> Transports.exchange(this.strict, get("/")));
		ScriptedConn connection = this.server.greeted(limit);
		connection.await(ClientFrame.SettingsAck.class);
		connection.respond(connection.awaitHead().streamId(), 200);
		assertThat(call.result()).isEqualTo("200");
		Transports.awaitRest(this.strict);
		return connection;
	}

	private Http2Request get(String path) {
		return Http2Request.get(this.server.uri(path));
	}

}
