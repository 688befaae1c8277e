package io.github.h2transport.spring.calls;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import io.github.h2transport.ErrorCode;
import io.github.h2transport.TransportListener;
import io.github.h2transport.spring.metrics.Http2TransportMetrics;
import io.github.h2transport.testkit.Call;
import io.github.h2transport.testkit.ScriptedConn;
import io.github.h2transport.testkit.ScriptedServer;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.web.client.RestClient;

import static org.assertj.core.api.Assertions.assertThat;

/** The meters and the health of an application that makes calls. */
@Timeout(120)
class MetersTests {

	private final ScriptedServer server = ScriptedServer.start();

	@AfterEach
	void close() {
		this.server.close();
	}

	@Test
	void callsAreMetered() {
		try (ConfigurableApplicationContext application = start()) {
			MeterRegistry registry = application.getBean(MeterRegistry.class);
			Call<Integer> first = call(application);
			ScriptedConn one = this.server.greeted(1);
			int refused = one.awaitHead().streamId();
			one.rstStream(refused, ErrorCode.REFUSED_STREAM);
			int stream = one.awaitHead().streamId();
			one.barrier();
			Call<Integer> second = call(application);

			awaitValue(registry, "h2.transport.streams", Map.of("state", "active", "origin", origin()), 1);
			awaitValue(registry, "h2.transport.streams", Map.of("state", "pending", "origin", origin()), 1);
			awaitValue(registry, "h2.transport.connections", Map.of("state", "open", "origin", origin()), 1);
			one.goAway(stream, ErrorCode.ENHANCE_YOUR_CALM, "slow down").respondHead(stream, 200);
			one.lastData(stream, new byte[1_000]);
			assertThat(first.result()).isEqualTo(200);
			one.awaitEnd();
			one.close();
			ScriptedConn two = this.server.greeted(1);
			two.respond(two.awaitHead().streamId(), 204);
			assertThat(second.result()).isEqualTo(204);

			awaitValue(registry, "h2.transport.goaways", Map.of("code", "enhance-your-calm", "origin", origin()), 1);
			awaitValue(registry, "h2.transport.resets",
					Map.of("code", "refused-stream", "direction", "received", "origin", origin()), 1);
			awaitValue(registry, "h2.transport.replays", Map.of("reason", "refused-stream", "origin", origin()), 1);
			awaitValue(registry, "h2.transport.bytes", Map.of("direction", "received"), 1_000);
			awaitValue(registry, "h2.transport.connections.closed", Map.of("reason", "goaway"), 1);
			assertThat(registry.get("h2.transport.connect").tags("outcome", "success").timer().count()).isEqualTo(2);
			assertThat(registry.get("h2.transport.acquire").tags("outcome", "success").timer().count())
				.as("the refused attempt asked too")
				.isEqualTo(3);
		}
	}

	@Test
	void whatFailsIsMeteredToo() {
		this.server.stopListening();
		try (ConfigurableApplicationContext application = start()) {
			MeterRegistry registry = application.getBean(MeterRegistry.class);
			assertThat(call(application).outcome()).isInstanceOf(Exception.class);

			assertThat(registry.get("h2.transport.acquire").tags("outcome", "failure").timer().count()).isEqualTo(1);
			Awaitility.await()
				.untilAsserted(() -> assertThat(
						registry.get("h2.transport.connect").tags("outcome", "failure").timer().count())
					.isEqualTo(1));
		}
	}

	@Test
	void theObservationOfSpringIsUntouched() {
		List<String> withUs = meters("h2.transport.enabled=true");
		List<String> without = meters("h2.transport.enabled=false");

		assertThat(withUs).isNotEmpty().isEqualTo(without);
	}

	/** Name and tags of what is observed of one call. */
	private static List<String> meters(String property) {
		try (TomcatServer tomcat = TomcatServer.h2c(); ConfigurableApplicationContext application = start(property)) {
			application.getBean(RestClient.Builder.class)
				.baseUrl("http://127.0.0.1:" + tomcat.uri("/").getPort())
				.build()
				.get()
				.uri("/{what}", "protocol")
				.retrieve()
				.toEntity(String.class);
			List<String> found = new ArrayList<>();
			for (Meter meter : application.getBean(MeterRegistry.class).getMeters()) {
				if (meter.getId().getName().equals("http.client.requests")) {
					found.add(meter.getId().getTags().toString());
				}
			}
			return found;
		}
	}

	@Test
	void whoDisablesTheMetersHasNoListener() {
		try (ConfigurableApplicationContext application = start("management.metrics.enable.h2.transport=false")) {
			assertThat(application.getBeansOfType(TransportListener.class)).isEmpty();
			assertThat(application.getBeansOfType(Http2TransportMetrics.class)).isEmpty();
		}
	}

	private static void awaitValue(MeterRegistry registry, String name, Map<String, String> tags, double value) {
		Awaitility.await().atMost(Duration.ofSeconds(10)).untilAsserted(() -> {
			Meter meter = registry.get(name)
				.tags(tags.entrySet()
					.stream()
					.flatMap((tag) -> List.of(tag.getKey(), tag.getValue()).stream())
					.toArray(String[]::new))
				.meter();
			assertThat(meter.measure().iterator().next().getValue()).isEqualTo(value);
		});
	}

	private String origin() {
		return "http://127.0.0.1:" + this.server.port();
	}

	private Call<Integer> call(ConfigurableApplicationContext application) {
		RestClient client = application.getBean(RestClient.Builder.class).build();
		return Call
			.of(() -> client.get().uri(this.server.uri("/")).retrieve().toEntity(byte[].class).getStatusCode().value());
	}

	private static ConfigurableApplicationContext start(String... properties) {
		List<String> all = new ArrayList<>(
				List.of("h2.transport.pool.max-connections=1", "h2.transport.shutdown-timeout=0s"));
		all.addAll(List.of(properties));
		return ClientApplication.start(all.toArray(String[]::new));
	}

}
