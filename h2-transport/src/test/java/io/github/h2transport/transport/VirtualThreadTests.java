package io.github.h2transport.transport;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

import io.github.h2transport.Http2Request;
import io.github.h2transport.Http2Response;
import io.github.h2transport.RequestBody;
import io.github.h2transport.frame.Settings;
import io.github.h2transport.testkit.Content;
import io.github.h2transport.testkit.ScriptedServer;
import io.github.h2transport.testkit.ServedRequests;
import io.github.h2transport.testkit.Transports;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Virtual threads call like any others: they park, and no carrier is held.
 */
@EnabledForJreRange(min = JRE.JAVA_21)
class VirtualThreadTests {

	private static final int CALLERS = 200;

	@Test
	void twoHundredVirtualThreadsGetTheirOwnAnswers() throws Exception {
		call(CALLERS, 100);
	}

	@Test
	void bodiesOfAMebibyteGoBothWays() throws Exception {
		call(20, 1 << 20);
	}

	private static void call(int callers, int size) throws Exception {
		Settings settings = Settings.builder().set(Settings.MAX_CONCURRENT_STREAMS, 64).build();
		ExecutorService threads = (ExecutorService) Executors.class.getMethod("newVirtualThreadPerTaskExecutor")
			.invoke(null);
		try (ServedRequests server = ScriptedServer.serving(settings,
				(exchange) -> exchange.respond(200, exchange.content()));
				Http2Transport transport = Transports.cleartext()) {
			List<Future<String>> calls = new ArrayList<>();
			for (int i = 0; i < callers; i++) {
				byte[] content = Content.ofSize(size + i);
				calls.add(threads.submit(() -> {
					Http2Request request = Http2Request.builder("POST", server.uri("/"))
						.body(RequestBody.ofWriter((out) -> out.write(content), content.length, true))
						.build();
					try (Http2Response response = transport.roundTrip(request)) {
						return Content.sha256(response.body().readAllBytes());
					}
				}));
			}
			for (int i = 0; i < callers; i++) {
				assertThat(calls.get(i).get(60, TimeUnit.SECONDS)).isEqualTo(Content.sha256(Content.ofSize(size + i)));
			}
			assertThat(server.violations()).isEmpty();
			Transports.awaitRest(transport);
		}
		finally {
			threads.shutdownNow();
		}
	}

}
