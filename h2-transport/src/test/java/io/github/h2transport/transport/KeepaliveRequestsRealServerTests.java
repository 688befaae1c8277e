package io.github.h2transport.transport;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;

import io.github.h2transport.Headers;
import io.github.h2transport.Http2Request;
import io.github.h2transport.Http2Response;
import io.github.h2transport.RequestBody;
import io.github.h2transport.TransportOptions;
import io.github.h2transport.testkit.Content;
import io.github.h2transport.testkit.GatewayKind;
import io.github.h2transport.testkit.RealServer;
import io.github.h2transport.testkit.Upstream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * nginx retires a connection after {@code keepalive_requests} with a GOAWAY in the middle
 * of the traffic. No request may fail of it, and no POST is executed twice (RFC 9113
 * sections 6.8 and 8.7). The system property {@code keepalive.calls} asks for more calls.
 */
class KeepaliveRequestsRealServerTests {

	private static final int CALLERS = 50;

	@ParameterizedTest
	@ValueSource(ints = { 10, 100, 1000 })
	void noRequestFailsWhenConnectionsAreRetired(int keepaliveRequests) throws Exception {
		int requests = Integer.getInteger("keepalive.calls", 60 * keepaliveRequests / 10 + 3_000);
		byte[] upload = Content.ofSize(100);
		AtomicInteger left = new AtomicInteger(requests);
		ConcurrentLinkedQueue<Throwable> failures = new ConcurrentLinkedQueue<>();
		AtomicInteger answered = new AtomicInteger();
		try (Upstream upstream = Upstream.start();
				RealServer server = RealServer.gateway(GatewayKind.NGINX, upstream)
					.keepaliveRequests(keepaliveRequests)
					.start();
				Http2Transport transport = Http2Transport.builder()
					.options(TransportOptions.builder().allowHttp(true).build())
					.build()) {
			ExecutorService callers = Executors.newFixedThreadPool(CALLERS);
			List<Future<?>> running = new ArrayList<>();
			for (int i = 0; i < CALLERS; i++) {
				running.add(callers.submit(() -> {
					for (int n = left.getAndDecrement(); n > 0; n = left.getAndDecrement()) {
						boolean post = n % 2 == 0;
						Http2Request request = post ? Http2Request.builder("POST", server.uri("/echo"))
							.headers(Headers.of("request-number", String.valueOf(n)))
							.body(RequestBody.of(upload))
							.build() : Http2Request.get(server.uri("/100"));
						try (Http2Response response = transport.roundTrip(request)) {
							assertThat(response.status()).isEqualTo(200);
							assertThat(response.body().readAllBytes()).isEqualTo(upload);
							answered.incrementAndGet();
						}
						catch (Exception | AssertionError ex) {
							failures.add(ex);
						}
					}
				}));
			}
			for (Future<?> caller : running) {
				caller.get();
			}
			callers.shutdown();
			assertThat(failures).isEmpty();
			assertThat(upstream.executed()).isEqualTo(requests / 2);
			assertThat(upstream.executedTwice()).isEmpty();
		}
		assertThat(answered).hasValue(requests);
	}

}
