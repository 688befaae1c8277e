package io.github.h2transport.transport;

import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

import io.github.h2transport.Http2Request;
import io.github.h2transport.Http2Response;
import io.github.h2transport.Origin;
import io.github.h2transport.RequestBody;
import io.github.h2transport.TransportOptions;
import io.github.h2transport.pool.PoolTotals;
import io.github.h2transport.testkit.Content;
import io.github.h2transport.testkit.RealServer;
import io.github.h2transport.testkit.ServerKind;
import io.github.h2transport.testkit.Transports;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * RFC 9113 section 5.1.2: real servers with few and with many streams a connection. A
 * stream too many would be refused and come back, and is counted.
 */
class StreamLimitRealServerTests {

	private static final byte[] CONTENT = Content.ofSize(1_000);

	/** The limit, and how many connections may help. */
	@ParameterizedTest
	@CsvSource({ "NGHTTPD, 1, 1", "NGHTTPD, 1, 8", "NGHTTPD, 10, 1", "NGHTTPD, 10, 8", "NGHTTPD, 100, 1",
			"NGHTTPD, 100, 8", "NGINX, 10, 1", "NGINX, 10, 8" })
	void threeHundredCallersAreServedWithinTheLimit(ServerKind kind, int limit, int connections) throws Exception {
		try (RealServer server = RealServer.of(kind).maxConcurrentStreams(limit).start();
				Http2Transport transport = Transports.cleartext((options) -> options.maxConnections(connections))) {
			// Its limit is known from here on.
			transport.warmUp(Origin.of(server.uri("/"))).get(20, TimeUnit.SECONDS);
			callAll(server, transport, 300);
			PoolTotals totals = transport.snapshot().totals();
			assertThat(totals.replays()).isZero();
			assertThat(totals.opened()).isBetween(1L, (long) connections);
			assertThat(totals.dialsFailed()).isZero();
			assertThat(totals.closed()).isEmpty();
			assertThat(totals.waits()).isLessThanOrEqualTo(300);
			Transports.awaitRest(transport);
		}
	}

	@Test
	void strictKeepsToOneConnection() throws Exception {
		try (RealServer server = RealServer.nghttpd().maxConcurrentStreams(1).start();
				Http2Transport transport = cold((options) -> options.strictMaxConcurrentStreams(true))) {
			callAll(server, transport, 100);
			assertThat(transport.snapshot().totals().opened()).isEqualTo(1);
			Transports.awaitRest(transport);
		}
	}

	/** Nothing is known of the server when all come at once. */
	@ParameterizedTest
	@CsvSource({ "1", "10", "100" })
	void aColdStartLosesNobody(int limit) throws Exception {
		try (RealServer server = RealServer.nghttpd().maxConcurrentStreams(limit).start();
				Http2Transport transport = cold((options) -> {
				})) {
			callAll(server, transport, 300);
			assertThat(transport.snapshot().totals().opened()).isLessThanOrEqualTo(8);
			Transports.awaitRest(transport);
		}
	}

	private static Http2Transport cold(Consumer<TransportOptions.Builder> choice) {
		return Transports.cleartext(choice);
	}

	private static void callAll(RealServer server, Http2Transport transport, int callers) throws Exception {
		ConcurrentLinkedQueue<Throwable> failures = new ConcurrentLinkedQueue<>();
		ExecutorService threads = Executors.newFixedThreadPool(callers);
		for (int i = 0; i < callers; i++) {
			threads.execute(() -> {
				Http2Request request = Http2Request.builder("POST", server.uri("/echo"))
					.body(RequestBody.of(CONTENT))
					.build();
				try (Http2Response response = transport.roundTrip(request)) {
					assertThat(response.status()).isEqualTo(200);
					assertThat(response.body().readAllBytes()).isEqualTo(CONTENT);
				}
				catch (Exception | AssertionError ex) {
					failures.add(ex);
				}
			});
		}
		threads.shutdown();
		assertThat(threads.awaitTermination(60, TimeUnit.SECONDS)).isTrue();
		assertThat(failures).isEmpty();
	}

}
