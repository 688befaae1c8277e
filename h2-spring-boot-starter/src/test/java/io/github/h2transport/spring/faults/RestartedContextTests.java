package io.github.h2transport.spring.faults;

import io.github.h2transport.frame.Settings;
import io.github.h2transport.spring.SharedHttp2Transport;
import io.github.h2transport.spring.boot.autoconfigure.H2PoolEndpoint;
import io.github.h2transport.testkit.ScriptedServer;
import io.github.h2transport.testkit.ServedRequests;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import org.springframework.boot.Banner;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.client.RestClient;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A context that is stopped and started again, as by CRaC or by a test, goes on counting.
 */
@Timeout(120)
class RestartedContextTests {

	private static final int CONTENT = 1000;

	private final ServedRequests server = ScriptedServer.serving(Settings.builder().build(),
			(exchange) -> exchange.respond(200, new byte[CONTENT]));

	@AfterEach
	void close() {
		this.server.close();
	}

	@Test
	void metersAndTotalsGoOn() {
		try (ConfigurableApplicationContext application = new SpringApplicationBuilder(Application.class)
			.web(WebApplicationType.NONE)
			.bannerMode(Banner.Mode.OFF)
			.logStartupInfo(false)
			.properties("h2.transport.allow-http=true", "management.endpoints.web.exposure.include=h2pool")
			.run()) {
			MeterRegistry meters = application.getBean(MeterRegistry.class);
			H2PoolEndpoint endpoint = application.getBean(H2PoolEndpoint.class);
			for (int start = 1; start <= 3; start++) {
				call(application);

				long octets = (long) start * CONTENT;
				assertThat(endpoint.h2pool(null).traffic().receivedBytes()).isEqualTo(octets);
				assertThat(endpoint.h2pool(null).totals().opened()).isEqualTo(start);
				Awaitility.await()
					.untilAsserted(() -> assertThat(
							meters.get("h2.transport.bytes").tag("direction", "received").functionCounter().count())
						.isEqualTo(octets));
				application.stop();
				assertThat(application.getBean(SharedHttp2Transport.class).snapshot().traffic().receivedOctets())
					.isEqualTo(octets);
				application.start();
				assertThat(endpoint.h2pool(null).traffic().receivedBytes()).as("before a new call").isEqualTo(octets);
			}
			assertThat(endpoint.h2pool(null).totals().closed().values().stream().mapToLong(Long::longValue).sum())
				.isEqualTo(3);
		}
	}

	private void call(ConfigurableApplicationContext application) {
		application.getBean(RestClient.Builder.class)
			.build()
			.get()
			.uri(this.server.uri("/"))
			.retrieve()
			.body(byte[].class);
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

		@Bean
		SimpleMeterRegistry meters() {
			return new SimpleMeterRegistry();
		}

	}

}
