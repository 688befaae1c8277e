package io.github.h2transport.transport;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

import io.github.h2transport.Http2Request;
import io.github.h2transport.frame.Settings;
import io.github.h2transport.testkit.Call;
import io.github.h2transport.testkit.ScriptedConn;
import io.github.h2transport.testkit.ScriptedServer;
import io.github.h2transport.testkit.ServedRequests;
import io.github.h2transport.testkit.Transports;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** Connections that are taken out of use while calls run. */
class RetireTests {

	private final Http2Transport transport = Transports.cleartext();

	@AfterEach
	void end() {
		this.transport.close();
	}

	@Test
	void aRunningStreamFinishesAndTheNextCallDialsAnew() {
		try (ScriptedServer server = ScriptedServer.start()) {
			Call<String> running = get(server);
			ScriptedConn first = server.greeted();
			first.awaitHead();

			this.transport.retire((key) -> key.origin().port() == server.port());

			Call<String> next = get(server);
			ScriptedConn second = server.greeted();
			second.awaitHead();
			second.respond(1, 201);
			assertThat(next.result()).isEqualTo("201");
			first.respond(1, 200);
			assertThat(running.result()).isEqualTo("200");
			first.awaitEnd();
		}
	}

	@Test
	void otherConnectionsStay() {
		try (ScriptedServer server = ScriptedServer.start()) {
			Call<String> call = get(server);
			ScriptedConn connection = server.greeted();
			connection.awaitHead();
			connection.respond(1, 200);
			call.result();

			this.transport.retire((key) -> key.origin().port() != server.port());

			Call<String> next = get(server);
			connection.awaitHead();
			connection.respond(3, 200);
			assertThat(next.result()).isEqualTo("200");
			assertThat(server.accepted()).isEqualTo(1);
		}
	}

	@Test
	void noCallOfManyFailsHoweverOftenItHappens() {
		try (ServedRequests server = ScriptedServer.serving(
				Settings.builder().set(Settings.MAX_CONCURRENT_STREAMS, 100).build(),
				(exchange) -> exchange.respond(200, exchange.content()))) {
			AtomicInteger answered = new AtomicInteger();
			AtomicBoolean over = new AtomicBoolean();
			List<Call<String>> callers = new ArrayList<>();
			for (int i = 0; i < 8; i++) {
				callers.add(Call.of(() -> {
					while (!over.get()) {
						Http2Request request = Http2Request.get(server.uri("/"));
						try (var response = this.transport.roundTrip(request)) {
							assertThat(response.status()).isEqualTo(200);
							answered.incrementAndGet();
						}
					}
					return "all answered";
				}));
			}
			for (int i = 1; i <= 30; i++) {
				int enough = i * 50;
				Awaitility.await().until(() -> answered.get() > enough);
				this.transport.retire((key) -> true);
			}
			over.set(true);
			callers.forEach((caller) -> assertThat(caller.result()).isEqualTo("all answered"));
			assertThat(server.connections()).isGreaterThan(5);
			assertThat(server.violations()).isEmpty();
		}
	}

	private Call<String> get(ScriptedServer server) {
		return Call.of(() -> {
			try (var response = this.transport.roundTrip(Http2Request.get(server.uri("/")))) {
				return String.valueOf(response.status());
			}
		});
	}

}
