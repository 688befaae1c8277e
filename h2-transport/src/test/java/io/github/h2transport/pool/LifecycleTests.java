package io.github.h2transport.pool;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;

import io.github.h2transport.ConnectionKey;
import io.github.h2transport.ErrorCode;
import io.github.h2transport.Http2Exception;
import io.github.h2transport.Http2Request;
import io.github.h2transport.PoolException;
import io.github.h2transport.TransportOptions;
import io.github.h2transport.conn.ClientConn;
import io.github.h2transport.conn.ConnObserver;
import io.github.h2transport.conn.ConnectionSnapshot;
import io.github.h2transport.conn.Dialer;
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

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * How connections and transports end: idle, used up, told to go, shut down.
 */
class LifecycleTests {

	private final ScriptedServer server = ScriptedServer.start();

	@AfterEach
	void end() {
		this.server.close();
	}

	@Test
	void aConnectionThatIsIdleForTooLongSaysGoodbyeAndTheNextCallDials() {
		try (Http2Transport transport = Transports
			.cleartext((options) -> options.idleTimeout(Duration.ofMillis(300)))) {
			ScriptedConn connection = answer(transport, 200);
			assertThat(connection.await(ClientFrame.GoAway.class).code()).isEqualTo(ErrorCode.NO_ERROR);
			connection.awaitEnd();
			connection.close();
			await().until(() -> Transports.connections(transport).isEmpty());
			answer(transport, 204);
			assertThat(this.server.accepted()).isEqualTo(2);
			this.server.close();
		}
	}

	@Test
	void aConnectionInUseIsNotIdle() {
		try (Http2Transport transport = Transports
			.cleartext((options) -> options.idleTimeout(Duration.ofMillis(200)))) {
			Call<String> call = get(transport);
			ScriptedConn connection = this.server.greeted();
			connection.awaitHead();
			await().pollDelay(Duration.ofMillis(600)).until(() -> true);
			connection.respond(1, 200);
			assertThat(call.result()).isEqualTo("200");
			this.server.close();
		}
	}

	@Test
	void anIdleTimeoutOfZeroMeansNever() {
		try (Http2Transport transport = Transports.cleartext((options) -> options.idleTimeout(Duration.ZERO))) {
			ScriptedConn connection = answer(transport, 200);
			await().pollDelay(Duration.ofMillis(400)).until(() -> true);
			assertThat(connection.barrier()).noneMatch((frame) -> frame instanceof ClientFrame.GoAway);
			this.server.close();
		}
	}

	@Test
	void closingIdleConnectionsSparesThoseInUse() {
		try (Http2Transport transport = Transports.cleartext()) {
			Call<String> call = get(transport);
			ScriptedConn connection = this.server.greeted();
			connection.awaitHead();
			transport.closeIdleConnections();
			connection.respond(1, 200);
			assertThat(call.result()).isEqualTo("200");
			Transports.awaitRest(transport);
			transport.closeIdleConnections();
			connection.awaitEnd();
			this.server.close();
		}
	}

	@Test
	void aGoAwayOnAnIdleConnectionClosesItAtOnce() {
		try (Http2Transport transport = Transports.cleartext()) {
			ScriptedConn connection = answer(transport, 200);
			connection.goAway(Integer.MAX_VALUE, ErrorCode.NO_ERROR, "");
			connection.awaitEnd();
			connection.close();
			await().until(() -> Transports.connections(transport).isEmpty());
			answer(transport, 200);
			this.server.close();
		}
	}

	@Test
	void aGracefulGoAwayLetsStreamsFinishWhileNewOnesGoElsewhere() {
		try (Http2Transport transport = Transports.cleartext()) {
			Call<String> running = get(transport);
			ScriptedConn connection = this.server.greeted();
			connection.awaitHead();
			// RFC 9113 section 6.8: first the highest id, later the real one.
			connection.goAway(Integer.MAX_VALUE, ErrorCode.NO_ERROR, "");
			connection.barrier();
			answer(transport, 204);
			connection.goAway(1, ErrorCode.NO_ERROR, "").respondHead(1, 200).lastData(1, "whole".getBytes());
			assertThat(running.result()).isEqualTo("200 whole");
			connection.awaitEnd();
			assertThat(this.server.accepted()).isEqualTo(2);
			this.server.close();
		}
	}

	@Test
	void singleUseGivesEachRequestItsOwnConnectionAndClosesIt() {
		try (Http2Transport transport = Transports.cleartext((options) -> options.singleUse(true))) {
			for (int i = 0; i < 3; i++) {
				ScriptedConn connection = answer(transport, 200);
				assertThat(connection.await(ClientFrame.GoAway.class).code()).isEqualTo(ErrorCode.NO_ERROR);
				connection.awaitEnd();
				connection.close();
			}
			await().until(() -> Transports.connections(transport).isEmpty());
			assertThat(this.server.accepted()).isEqualTo(3);
		}
	}

	@Test
	void singleUseConnectionsAreBoundedAndOpenedInParallel() {
		try (Http2Transport transport = Transports.cleartext((options) -> options.singleUse(true).maxSingleUse(3))) {
			List<Call<String>> calls = Call.many(7,
					() -> Transports.exchange(transport, Http2Request.get(this.server.uri("/"))));
			List<ScriptedConn> open = new ArrayList<>();
			for (int i = 0; i < 3; i++) {
				ScriptedConn connection = this.server.greeted();
				connection.awaitHead();
				open.add(connection);
			}
			Transports.awaitPending(transport, 4);
			assertThat(Transports.connections(transport)).hasSize(3)
				.allSatisfy((connection) -> assertThat(connection.singleUse()).isTrue());
			for (int i = 0; i < 7; i++) {
				ScriptedConn connection = open.remove(0);
				connection.respond(1, 200);
				connection.awaitEnd();
				connection.close();
				if (i < 4) {
					ScriptedConn next = this.server.greeted();
					next.awaitHead();
					open.add(next);
				}
			}
			calls.forEach((call) -> assertThat(call.result()).isEqualTo("200"));
			assertThat(this.server.accepted()).isEqualTo(7);
		}
	}

	@Test
	void singleUseRetriesOnAConnectionOfItsOwn() {
		try (Http2Transport transport = Transports.cleartext((options) -> options.singleUse(true))) {
			Call<String> call = get(transport);
			ScriptedConn first = this.server.greeted();
			first.awaitHead();
			first.rstStream(1, ErrorCode.REFUSED_STREAM);
			ScriptedConn second = this.server.greeted();
			second.respond(second.awaitHead().streamId(), 200);
			assertThat(call.result()).isEqualTo("200");
			this.server.close();
		}
	}

	@Test
	void aRoundRobinPoolOfTheUserWorks() {
		TransportOptions options = Transports.options((builder) -> {
		});
		RoundRobin[] pool = new RoundRobin[1];
		try (Http2Transport transport = Http2Transport.builder()
			.options(options)
			.connPool((dialer) -> pool[0] = new RoundRobin(dialer, 3))
			.build();
				ServedRequests served = ScriptedServer.serving(Settings.builder().build(),
						(exchange) -> exchange.respond(200, String.valueOf(exchange.connection()).getBytes()))) {
			List<Call<String>> calls = Call.many(30,
					() -> Transports.exchange(transport, Http2Request.get(served.uri("/"))));
			calls.forEach((call) -> assertThat(call.result()).startsWith("200 "));
			assertThat(Transports.connections(transport)).hasSize(3);
			assertThat(Transports.connections(transport)).extracting(ConnectionSnapshot::streamsOpened)
				.containsOnly(10L);
			Transports.awaitRest(transport);
		}
		assertThat(pool[0].closed).hasValue(1);
	}

	@Test
	void shutdownTellsTheServerAndLetsRunningStreamsFinish() {
		Http2Transport transport = Transports.cleartext();
		Call<String> running = get(transport);
		ScriptedConn connection = this.server.greeted();
		connection.awaitHead();
		CompletableFuture<Void> done = transport.shutdown(Duration.ofSeconds(20));
		PoolException refused = get(transport).failure(PoolException.class);
		assertThat(refused).hasMessageContaining("closed");
		assertThat(done).isNotDone();
		connection.respondHead(1, 200).lastData(1, "finished".getBytes());
		assertThat(running.result()).isEqualTo("200 finished");
		// Some servers close the connection on GOAWAY, so it follows the last stream.
		assertThat(connection.await(ClientFrame.GoAway.class).code()).isEqualTo(ErrorCode.NO_ERROR);
		connection.awaitEnd();
		connection.close();
		assertThat(done).succeedsWithin(Duration.ofSeconds(20));
		assertThat(Transports.connections(transport)).isEmpty();
	}

	@Test
	void shutdownIsBoundedEvenIfNobodyAnswersOrReads() {
		Http2Transport transport = Transports.cleartext();
		Call<String> running = get(transport);
		ScriptedConn connection = this.server.greeted();
		connection.awaitHead();
		long start = System.nanoTime();
		CompletableFuture<Void> done = transport.shutdown(Duration.ofMillis(300));
		assertThat(done).succeedsWithin(Duration.ofSeconds(20));
		assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThan(Duration.ofMillis(250));
		running.failure(Http2Exception.class);
		// On a busy machine the bound may come before the event loop.
		await().until(() -> Transports.connections(transport).isEmpty());
	}

	@Test
	void shutdownFailsThoseWhoWait() {
		Http2Transport transport = Transports.cleartext((options) -> options.strictMaxConcurrentStreams(true));
		Call<String> running = get(transport);
		ScriptedConn connection = this.server.greeted(1);
		connection.awaitHead();
		connection.await(ClientFrame.SettingsAck.class);
		Call<String> waiting = get(transport);
		Transports.awaitPending(transport, 1);
		transport.shutdown(Duration.ofMillis(1));
		assertThat(waiting.failure(PoolException.class)).hasMessageContaining("closed");
		running.failure(Http2Exception.class);
	}

	@Test
	void aSecondShutdownDoesNotDelayTheFirst() {
		Http2Transport transport = Transports.cleartext();
		Call<String> running = get(transport);
		ScriptedConn connection = this.server.greeted();
		connection.awaitHead();
		CompletableFuture<Void> first = transport.shutdown(Duration.ofSeconds(60));
		CompletableFuture<Void> second = transport.shutdown(Duration.ofSeconds(60));
		connection.respond(1, 200);
		assertThat(running.result()).isEqualTo("200");
		connection.awaitEnd();
		connection.close();
		assertThat(first).succeedsWithin(Duration.ofSeconds(20));
		assertThat(second).succeedsWithin(Duration.ofSeconds(20));
	}

	@Test
	void aClosedTransportLeavesNoThreadBehind() {
		List<Thread> before = threads();
		Http2Transport transport = Transports.cleartext((options) -> options.eventLoops(3));
		ScriptedConn connection = answer(transport, 200);
		assertThat(threads()).filteredOn((thread) -> !before.contains(thread)).hasSizeGreaterThanOrEqualTo(3);
		Call<String> closing = Call.of(() -> {
			transport.close();
			return "closed";
		});
		connection.awaitEnd();
		connection.close();
		assertThat(closing.result()).isEqualTo("closed");
		await().untilAsserted(() -> assertThat(before).containsAll(threads()));
		assertThat(get(transport).failure(PoolException.class)).hasMessageContaining("closed");
	}

	private static List<Thread> threads() {
		return Thread.getAllStackTraces()
			.keySet()
			.stream()
			.filter((thread) -> thread.getName().startsWith("h2-"))
			.toList();
	}

	private ScriptedConn answer(Http2Transport transport, int status) {
		Call<String> call = get(transport);
		ScriptedConn connection = this.server.greeted();
		connection.respond(connection.awaitHead().streamId(), status);
		assertThat(call.result()).isEqualTo(String.valueOf(status));
		return connection;
	}

	private Call<String> get(Http2Transport transport) {
		return Call.of(() -> Transports.exchange(transport, Http2Request.get(this.server.uri("/"))));
	}

	/** What a user might write: N connections, taken in turn. Guarded by itself. */
	private static final class RoundRobin implements ClientConnPool, ConnObserver {

		private final Dialer dialer;

		private final int size;

		private final AtomicInteger closed = new AtomicInteger();

		private final List<CompletableFuture<ClientConn>> ring = new ArrayList<>();

		private final List<CompletableFuture<ClientConn>> dialled = new ArrayList<>();

		private final List<ClientConn> order = new ArrayList<>();

		private int next;

		private RoundRobin(Dialer dialer, int size) {
			this.dialer = dialer;
			this.size = size;
		}

		@Override
		public CompletionStage<ClientConn> getClientConn(ConnectionRequest request) {
			CompletableFuture<ClientConn> chosen;
			synchronized (this) {
				if (this.ring.size() < this.size) {
					CompletableFuture<ClientConn> coming = new CompletableFuture<>();
					this.ring.add(coming);
					this.dialled.add(coming);
					this.order.add(this.dialer.dial(request.key(), request.connectTimeout(), false, this));
				}
				chosen = this.ring.get(this.next++ % this.size % this.ring.size());
			}
			return chosen.thenApply((connection) -> {
				if (!connection.tryReserve()) {
					throw new IllegalStateException("full");
				}
				return connection;
			});
		}

		@Override
		public synchronized void opened(ClientConn connection) {
			this.dialled.get(this.order.indexOf(connection)).complete(connection);
		}

		@Override
		public void slotsFreed(ClientConn connection) {
		}

		@Override
		public void draining(ClientConn connection) {
		}

		@Override
		public synchronized void closed(ClientConn connection, Http2Exception cause) {
			this.dialled.get(this.order.indexOf(connection)).completeExceptionally(cause);
		}

		@Override
		public void markDead(ClientConn connection) {
			connection.doNotReuse();
		}

		@Override
		public int pending(ConnectionKey key) {
			return 0;
		}

		@Override
		public void close() {
			this.closed.incrementAndGet();
		}

	}

}
