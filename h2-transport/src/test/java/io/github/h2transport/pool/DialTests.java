package io.github.h2transport.pool;

import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import io.github.h2transport.AddressFilter;
import io.github.h2transport.CallCancelledException;
import io.github.h2transport.CallOptions;
import io.github.h2transport.ConnectFailedException;
import io.github.h2transport.Http2Request;
import io.github.h2transport.PoolException;
import io.github.h2transport.RequestBody;
import io.github.h2transport.TlsOptions;
import io.github.h2transport.frame.Settings;
import io.github.h2transport.testkit.Call;
import io.github.h2transport.testkit.Certificates;
import io.github.h2transport.testkit.ClientFrame;
import io.github.h2transport.testkit.ScriptedConn;
import io.github.h2transport.testkit.ScriptedServer;
import io.github.h2transport.testkit.TrackedStream;
import io.github.h2transport.testkit.Transports;
import io.github.h2transport.transport.Http2Transport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * When the pool dials, and who is told of a dial that fails.
 */
class DialTests {

	private final ScriptedServer server = ScriptedServer.start();

	private final Http2Transport transport = Transports.cleartext();

	@AfterEach
	void end() {
		// First the server, which would otherwise keep the transport waiting for its end.
		this.server.close();
		this.transport.close();
	}

	@Test
	void fiftyColdCallersShareOneDial() {
		List<Call<String>> calls = Call.many(50, this::get);
		ScriptedConn connection = this.server.greeted();
		for (int i = 0; i < 50; i++) {
			connection.respond(connection.awaitHead().streamId(), 200);
		}
		calls.forEach((call) -> assertThat(call.result()).isEqualTo("200"));
		assertThat(this.server.accepted()).isEqualTo(1);
		Transports.awaitRest(this.transport);
	}

	@Test
	void theFirstWaitersCancelDoesNotKillTheDial() throws Exception {
		// A filter that takes its time holds the dial up.
		Gate gate = new Gate();
		Call<String> first = Call.of(() -> Transports.exchange(this.transport, gate.request(this.server)));
		gate.awaitVisitor();
		Call<String> second = Call.of(() -> Transports.exchange(this.transport, gate.request(this.server)));
		Transports.awaitPending(this.transport, 2);
		first.interrupt().failure(CallCancelledException.class);
		gate.open();
		ScriptedConn connection = this.server.greeted();
		connection.respond(connection.awaitHead().streamId(), 200);
		assertThat(second.result()).isEqualTo("200");
		assertThat(gate.visits()).isEqualTo(1);
		assertThat(connection.barrier()).noneMatch((frame) -> frame instanceof ClientFrame.Head);
		Transports.awaitRest(this.transport);
	}

	@Test
	void aFailedDialFailsAllWaitersAndTheNextCallDialsAgain() throws Exception {
		Gate gate = new Gate();
		int port = this.server.port();
		Http2Request request = gate.request(this.server);
		this.server.stopListening();
		List<Call<String>> calls = Call.many(10, () -> Transports.exchange(this.transport, request));
		gate.awaitVisitor();
		Transports.awaitPending(this.transport, 10);
		gate.open();
		for (Call<String> call : calls) {
			assertThat(call.failure(ConnectFailedException.class)).hasMessageContaining(String.valueOf(port));
		}
		assertThat(gate.visits()).isEqualTo(1);
		Call.of(() -> Transports.exchange(this.transport, request)).failure(ConnectFailedException.class);
		assertThat(gate.visits()).isEqualTo(2);
	}

	@Test
	void aServerThatRefusesFurtherConnectionsIsNotHammered() throws Exception {
		Gate gate = new Gate();
		gate.open();
		Call<String> running = Call.of(() -> Transports.exchange(this.transport, gate.request(this.server)));
		ScriptedConn connection = this.server.greeted(1);
		connection.awaitHead();
		connection.await(ClientFrame.SettingsAck.class);
		this.server.stopListening();
		Call<String> waiting = Call.of(() -> Transports.exchange(this.transport, gate.request(this.server)));
		Transports.awaitPending(this.transport, 1);
		await().until(() -> gate.visits() >= 2);
		await().pollDelay(Duration.ofMillis(300)).until(() -> true);
		// Some more if the machine stands still for a while; without a pause hundreds.
		assertThat(gate.visits()).isLessThanOrEqualTo(20);
		// The waiting request is served by the connection that there is.
		connection.respond(1, 200);
		assertThat(running.result()).isEqualTo("200");
		connection.respond(connection.awaitHead().streamId(), 201);
		assertThat(waiting.result()).isEqualTo("201");
	}

	@Test
	void aBodyThatCanBeSentOnceWaitsForTheStreamLimit() {
		TrackedStream content = new TrackedStream(new byte[10]);
		Call<String> call = Call.of(() -> Transports.exchange(this.transport,
				Http2Request.builder("POST", this.server.uri("/"))
					.body(RequestBody.ofInputStream(content, 10))
					.build()));
		ScriptedConn connection = this.server.accept();
		connection.awaitPreface();
		Transports.awaitPending(this.transport, 1);
		assertThat(content.wasRead()).isFalse();
		connection.settings(Settings.MAX_CONCURRENT_STREAMS, 1);
		assertThat(connection.awaitContent(connection.awaitHead().streamId())).hasSize(10);
		connection.respond(1, 200);
		assertThat(call.result()).isEqualTo("200");
	}

	@Test
	void whoMayNotDialFailsAtOnce() {
		Http2Request cached = Http2Request.builder("GET", this.server.uri("/"))
			.options(CallOptions.builder().onlyCachedConnection(true).build())
			.build();
		Call.of(() -> Transports.exchange(this.transport, cached)).failure(PoolException.class);
		assertThat(this.server.accepted()).isZero();
		Call<String> dials = Call.of(this::get);
		ScriptedConn connection = this.server.greeted();
		connection.respond(connection.awaitHead().streamId(), 200);
		assertThat(dials.result()).isEqualTo("200");
		Call<String> reuses = Call.of(() -> Transports.exchange(this.transport, cached));
		connection.respond(connection.awaitHead().streamId(), 200);
		assertThat(reuses.result()).isEqualTo("200");
	}

	@Test
	void callsOfDifferentTlsIdentitiesNeverShareAConnection() {
		TlsOptions one = TlsOptions.of(Certificates.localhost().clientContext());
		TlsOptions same = TlsOptions.of(one.context());
		List<ScriptedConn> connections = new ArrayList<>();
		for (TlsOptions tls : new TlsOptions[] { null, one, same }) {
			Call<String> call = Call.of(() -> Transports.exchange(this.transport, with(tls)));
			ScriptedConn connection = this.server.greeted();
			connection.respond(connection.awaitHead().streamId(), 200);
			assertThat(call.result()).isEqualTo("200");
			connections.add(connection);
		}
		Call<String> again = Call.of(() -> Transports.exchange(this.transport, with(one)));
		connections.get(1).respond(connections.get(1).awaitHead().streamId(), 204);
		assertThat(again.result()).isEqualTo("204");
		assertThat(this.server.accepted()).isEqualTo(3);
		assertThat(this.transport.snapshot().origins()).hasSize(3);
	}

	private Http2Request with(TlsOptions tls) {
		return Http2Request.builder("GET", this.server.uri("/"))
			.options(CallOptions.builder().tls(tls).build())
			.build();
	}

	private String get() throws Exception {
		return Transports.exchange(this.transport, Http2Request.get(this.server.uri("/")));
	}

	/** An address filter that counts dials, and holds them up until it is opened. */
	private static final class Gate implements AddressFilter {

		private final AtomicInteger visits = new AtomicInteger();

		private final CountDownLatch closed = new CountDownLatch(1);

		@Override
		public boolean accepts(String host, InetAddress address) {
			this.visits.incrementAndGet();
			try {
				return this.closed.await(20, TimeUnit.SECONDS);
			}
			catch (InterruptedException ex) {
				return false;
			}
		}

		private Http2Request request(ScriptedServer server) {
			return Http2Request.builder("GET", server.uri("/"))
				.options(CallOptions.builder().addressFilter(this).build())
				.build();
		}

		private void awaitVisitor() {
			await().pollInterval(Duration.ofMillis(2)).until(() -> this.visits.get() > 0);
		}

		private void open() {
			this.closed.countDown();
		}

		private int visits() {
			return this.visits.get();
		}

	}

}
