package io.github.h2transport.transport;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

import io.github.h2transport.Http2Request;
import io.github.h2transport.Http2Response;
import io.github.h2transport.pool.EndReason;
import io.github.h2transport.testkit.RealServer;
import io.github.h2transport.testkit.Transports;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Thousands of responses are given up half read, among others that are wanted. A server
 * that took the resets for an attack would end connections with all that runs on them.
 */
class CancelStormRealServerTests {

	private static final int SIZE = 100_000;

	private static final int CALLERS = 8;

	/** Every one of these is wanted. */
	private static final int WANTED = 25;

	@Test
	void fiveThousandCancelsHurtNobody() throws Exception {
		try (RealServer server = RealServer.nghttpd().file("/large", SIZE).start();
				Http2Transport transport = Transports.cleartext((options) -> options.initialWindowSize(65_535))) {
			ExecutorService callers = Executors.newFixedThreadPool(CALLERS);
			List<Future<?>> all = new ArrayList<>();
			for (int i = 0; i < CALLERS; i++) {
				all.add(callers.submit(() -> {
					for (int call = 0; call < 5_000 / CALLERS; call++) {
						call(transport, server, call % WANTED == 0);
					}
					return null;
				}));
			}
			for (Future<?> caller : all) {
				caller.get(120, TimeUnit.SECONDS);
			}
			callers.shutdown();
			assertThat(transport.snapshot().totals().closed().keySet()).contains(EndReason.TOO_MANY_RESETS)
				.doesNotContain(EndReason.GOAWAY, EndReason.LOST);
			Transports.awaitRest(transport);
		}
	}

	private static void call(Http2Transport transport, RealServer server, boolean wanted) throws Exception {
		try (Http2Response response = transport.roundTrip(Http2Request.get(server.uri("/large")))) {
			assertThat(response.status()).isEqualTo(200);
			if (wanted) {
				assertThat(response.body().readAllBytes()).hasSize(SIZE);
			}
		}
	}

}
