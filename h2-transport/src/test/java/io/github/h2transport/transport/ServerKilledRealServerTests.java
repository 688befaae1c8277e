package io.github.h2transport.transport;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

import io.github.h2transport.Http2Exception;
import io.github.h2transport.Http2Request;
import io.github.h2transport.testkit.Call;
import io.github.h2transport.testkit.RealServer;
import io.github.h2transport.testkit.ServerKind;
import io.github.h2transport.testkit.Transports;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * A server dies under load without a goodbye and comes back on its port.
 */
class ServerKilledRealServerTests {

	private static final int CALLERS = 20;

	private static final int SIZE = 200_000;

	@ParameterizedTest
	@EnumSource(ServerKind.class)
	void everyCallEndsTypedAndCallsSucceedAfterARestart(ServerKind kind) throws Exception {
		try (RealServer server = RealServer.of(kind).file("/file", SIZE).start();
				Http2Transport transport = Transports.cleartext()) {
			for (int round = 0; round < 3; round++) {
				AtomicInteger answered = new AtomicInteger();
				List<Call<Integer>> calls = new ArrayList<>();
				for (int i = 0; i < CALLERS; i++) {
					calls.add(Call.of(() -> {
						for (;;) {
							assertThat(Transports.exchange(transport, Http2Request.get(server.uri("/file"))))
								.hasSize(SIZE + "200 ".length());
							answered.incrementAndGet();
						}
					}));
				}
				await().until(() -> answered.get() > 5 * CALLERS);
				long killed = System.nanoTime();
				server.kill();
				for (Call<Integer> call : calls) {
					call.failure(Http2Exception.class);
				}
				assertThat(Duration.ofNanos(System.nanoTime() - killed)).isLessThan(Duration.ofSeconds(10));
				Transports.awaitRest(transport);
				server.restart();
				assertThat(Transports.exchange(transport, Http2Request.get(server.uri("/file"))))
					.hasSize(SIZE + "200 ".length());
			}
		}
	}

	/** Nobody closes the connection, and nobody answers: only a deadline helps. */
	@ParameterizedTest
	@EnumSource(ServerKind.class)
	void aServerThatHangsIsFoundOutByPing(ServerKind kind) throws Exception {
		try (RealServer server = RealServer.of(kind).file("/file", 10).start();
				Http2Transport transport = Transports
					.cleartext((options) -> options.pingInterval(Duration.ofMillis(300))
						.pingTimeout(Duration.ofMillis(300)))) {
			Transports.exchange(transport, Http2Request.get(server.uri("/file")));
			server.suspend();
			Call<String> call = Call.of(() -> Transports.exchange(transport, Http2Request.get(server.uri("/file"))));
			assertThat(call.failure(Http2Exception.class)).hasMessageContaining("PING");
			assertThat(call.took()).isLessThan(Duration.ofSeconds(10));
			server.resume();
			assertThat(Transports.exchange(transport, Http2Request.get(server.uri("/file")))).startsWith("200 ");
		}
	}

}
