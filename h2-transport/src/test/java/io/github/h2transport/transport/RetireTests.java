package io.github.h2transport.transport;

import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

import javax.net.ssl.SSLContext;

import io.github.h2transport.CallOptions;
import io.github.h2transport.Http2Request;
import io.github.h2transport.TlsOptions;
import io.github.h2transport.frame.Settings;
import io.github.h2transport.testkit.Call;
import io.github.h2transport.testkit.ClientFrame;
import io.github.h2transport.testkit.ScriptedConn;
import io.github.h2transport.testkit.ScriptedServer;
import io.github.h2transport.testkit.ServedRequests;
import io.github.h2transport.testkit.Transports;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * TLS identities that are replaced while calls run. In cleartext they keep connections
 * apart, too, which is all that matters here.
 */
class RetireTests {

	private final Http2Transport transport = Transports.cleartext();

	private final TlsOptions old = identity();

	@AfterEach
	void end() {
		this.transport.close();
	}

	@Test
	void aRunningStreamFinishesAndTheNextCallDialsAnew() {
		try (ScriptedServer server = ScriptedServer.start()) {
			Call<String> running = get(server, this.old);
			ScriptedConn first = server.greeted();
			first.awaitHead();

			this.transport.retire(this.old);

			Call<String> next = get(server, this.old);
			ScriptedConn second = server.greeted();
			second.awaitHead();
			second.respond(1, 201);
			assertThat(next.result()).isEqualTo("201");
			second.awaitEnd();
			first.respond(1, 200);
			assertThat(running.result()).isEqualTo("200");
			first.awaitEnd();
		}
	}

	@Test
	void otherConnectionsStay() {
		try (ScriptedServer server = ScriptedServer.start()) {
			Call<String> call = get(server, this.old);
			ScriptedConn connection = server.greeted();
			connection.awaitHead();
			connection.respond(1, 200);
			call.result();

			this.transport.retire(identity());

			Call<String> next = get(server, this.old);
			connection.awaitHead();
			connection.respond(3, 200);
			assertThat(next.result()).isEqualTo("200");
			assertThat(server.accepted()).isEqualTo(1);
		}
	}

	@Test
	void noCallOfManyFailsHoweverOftenItHappensAndNoOldConnectionIsLeft() {
		try (ServedRequests server = ScriptedServer.serving(
				Settings.builder().set(Settings.MAX_CONCURRENT_STREAMS, 100).build(),
				(exchange) -> exchange.respond(200, exchange.content()))) {
			AtomicReference<TlsOptions> current = new AtomicReference<>(this.old);
			AtomicInteger answered = new AtomicInteger();
			AtomicBoolean over = new AtomicBoolean();
			List<Call<String>> callers = new ArrayList<>();
			for (int i = 0; i < 8; i++) {
				callers.add(Call.of(() -> {
					while (!over.get()) {
						Http2Request request = Http2Request.builder("GET", server.uri("/"))
							.options(CallOptions.builder().tls(current.get()).build())
							.build();
						try (var response = this.transport.roundTrip(request)) {
							assertThat(response.status()).isEqualTo(200);
							answered.incrementAndGet();
						}
					}
					return "all answered";
				}));
			}
			for (int i = 0; i < 30; i++) {
				int enough = answered.get() + 20;
				Awaitility.await().until(() -> answered.get() > enough || callers.stream().anyMatch(Call::isDone));
				this.transport.retire(current.getAndSet(identity()));
			}
			over.set(true);
			callers.forEach((caller) -> assertThat(caller.result()).isEqualTo("all answered"));
			assertThat(server.violations()).isEmpty();
			Awaitility.await()
				.untilAsserted(() -> assertThat(this.transport.snapshot().origins())
					.allMatch((origin) -> origin.key().tls() == current.get()));
		}
	}

	@Test
	void theMinimumOfARetiredIdentityIsNotOpenedAgain() {
		try (ScriptedServer server = ScriptedServer.start();
				Http2Transport keeping = Transports.cleartext((options) -> options.minConnections(2))) {
			Call<String> first = get(keeping, server, this.old);
			List<ScriptedConn> kept = List.of(server.greeted(), server.greeted());
			kept.forEach((connection) -> connection.await(ClientFrame.SettingsAck.class));
			answer(kept);
			assertThat(first.result()).isEqualTo("200");

			keeping.retire(this.old);

			kept.forEach(ScriptedConn::awaitEnd);
			kept.forEach(ScriptedConn::close);
			// A late call gets what it needs and no more.
			Call<String> late = get(keeping, server, this.old);
			ScriptedConn third = server.greeted();
			third.respond(third.awaitHead().streamId(), 200);
			assertThat(late.result()).isEqualTo("200");
			third.awaitEnd();
			assertThat(server.accepted()).isEqualTo(3);
		}
	}

	/** Which of them has got the request is up to the loops that they live on. */
	private static void answer(List<ScriptedConn> connections) {
		Awaitility.await().until(() -> {
			for (ScriptedConn connection : connections) {
				if (connection.barrier().stream().anyMatch((frame) -> frame instanceof ClientFrame.Head)) {
					connection.respond(connection.awaitHead().streamId(), 200);
					return true;
				}
			}
			return false;
		});
	}

	private Call<String> get(ScriptedServer server, TlsOptions tls) {
		return get(this.transport, server, tls);
	}

	private static Call<String> get(Http2Transport transport, ScriptedServer server, TlsOptions tls) {
		return Call.of(() -> {
			Http2Request request = Http2Request.builder("GET", server.uri("/"))
				.options(CallOptions.builder().tls(tls).build())
				.build();
			try (var response = transport.roundTrip(request)) {
				return String.valueOf(response.status());
			}
		});
	}

	private static TlsOptions identity() {
		try {
			return TlsOptions.of(SSLContext.getDefault());
		}
		catch (NoSuchAlgorithmException ex) {
			throw new IllegalStateException(ex);
		}
	}

}
