package io.github.h2transport.transport;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import io.github.h2transport.Http2Request;
import io.github.h2transport.Http2Response;
import io.github.h2transport.frame.Settings;
import io.github.h2transport.testkit.ScriptedServer;
import io.github.h2transport.testkit.ServedRequests;
import io.github.h2transport.testkit.Transports;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Servers count the RST_STREAMs of a connection (RFC 9113 section 10.5, CVE-2023-44487);
 * here a server counts what arrives.
 */
class ManyCancelsTests {

	/** Below the strictest server that is known: 50 in 10 s. */
	private static final int MOST_RESETS = 40;

	private static final int CONNECTIONS = 4;

	private static final int STREAMS = 100;

	/** Of each hundred calls one is wanted. */
	private static final int WANTED = 100;

	@Test
	void aStormOverSeveralConnectionsStaysBelowWhatServersBearOnEachAndHurtsNobodyElse() throws Exception {
		CountDownLatch answer = new CountDownLatch(1);
		try (ServedRequests server = ScriptedServer
			.serving(Settings.builder().set(Settings.MAX_CONCURRENT_STREAMS, STREAMS).build(), (exchange) -> {
				if (exchange.path().equals("/wanted")) {
					pass(answer);
					exchange.respond(200, new byte[0]);
				}
			}); Http2Transport transport = Transports.cleartext((options) -> options.maxConnections(CONNECTIONS))) {
			List<CompletableFuture<Http2Response>> wanted = new ArrayList<>();
			int wave = CONNECTIONS * STREAMS;
			for (int expected = wave; expected <= 3 * wave; expected += wave) {
				List<CompletableFuture<Http2Response>> unwanted = new ArrayList<>();
				for (int i = 0; i < wave; i++) {
					boolean keep = i % WANTED == 0;
					(keep ? wanted : unwanted)
						.add(transport.roundTripAsync(Http2Request.get(server.uri(keep ? "/wanted" : "/"))));
				}
				int all = expected;
				await().until(() -> server.requests() == all);
				unwanted.forEach((call) -> call.cancel(true));
			}
			answer.countDown();
			for (CompletableFuture<Http2Response> call : wanted) {
				assertThat(call.get(20, TimeUnit.SECONDS).status()).isEqualTo(200);
			}
			Transports.awaitRest(transport);
			assertThat(server.resets()).isPositive();
			assertThat(server.mostResets()).isLessThanOrEqualTo(MOST_RESETS);
			assertThat(server.connections()).isGreaterThan(CONNECTIONS);
			assertThat(server.violations()).isEmpty();
		}
	}

	private static void pass(CountDownLatch latch) {
		try {
			latch.await();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

}
