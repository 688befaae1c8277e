package io.github.h2transport.spring.faults;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CountDownLatch;

import io.github.h2transport.Http2TimeoutException;
import io.github.h2transport.frame.Settings;
import io.github.h2transport.spring.SharedHttp2Transport;
import io.github.h2transport.spring.boot.autoconfigure.H2PoolEndpoint;
import io.github.h2transport.spring.boot.autoconfigure.TransportOptionsCustomizer;
import io.github.h2transport.testkit.ScriptedServer;
import io.github.h2transport.testkit.ServedRequests;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.Banner;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.cloud.context.environment.EnvironmentChangeEvent;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.MapPropertySource;
import org.springframework.web.client.RestClient;
import org.springframework.web.reactive.function.client.WebClient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;

/**
 * An operator changes properties while the application runs, as with
 * {@code /actuator/refresh}: what can change does, and the log says what cannot.
 */
@Timeout(120)
@ExtendWith(OutputCaptureExtension.class)
class ChangedPropertiesTests {

	private final CountDownLatch closed = new CountDownLatch(1);

	private final ServedRequests server = ScriptedServer.serving(Settings.builder().build(), (exchange) -> {
		if (exchange.path().equals("/silent")) {
			try {
				this.closed.await();
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
		}
		exchange.respond(200, "answer".getBytes());
	});

	private ConfigurableApplicationContext application;

	@BeforeEach
	void start() {
		this.application = new SpringApplicationBuilder(Application.class).web(WebApplicationType.NONE)
			.bannerMode(Banner.Mode.OFF)
			.logStartupInfo(false)
			.properties("h2.transport.allow-http=true", "h2.transport.idle-timeout=40s",
					"h2.transport.shutdown-timeout=100ms", "management.endpoints.web.exposure.include=h2pool")
			.run();
		assertThat(answer()).isEqualTo("answer");
	}

	@AfterEach
	void close() {
		this.closed.countDown();
		this.application.close();
		this.server.close();
	}

	@Test
	void aTimeLimitCountsForTheNextCall(CapturedOutput output) {
		change(Map.of("h2.transport.response-timeout", "300ms"));

		assertThatException()
			.isThrownBy(() -> this.application.getBean(RestClient.Builder.class)
				.build()
				.get()
				.uri(this.server.uri("/silent"))
				.retrieve()
				.body(String.class))
			.havingRootCause()
			.isInstanceOf(Http2TimeoutException.class)
			.withMessageContaining("300 ms");
		assertThatException()
			.isThrownBy(() -> this.application.getBean(WebClient.Builder.class)
				.build()
				.get()
				.uri(this.server.uri("/silent"))
				.retrieve()
				.bodyToMono(String.class)
				.block(Duration.ofSeconds(20)))
			.havingRootCause()
			.isInstanceOf(Http2TimeoutException.class)
			.withMessageContaining("300 ms");
		assertThat(output.getOut()).contains("Changed while running: h2.transport.response-timeout")
			.doesNotContain("WARN");
		assertThat(this.server.connections()).as("the connection stays").isEqualTo(1);
	}

	@Test
	void limitsOfThePoolAndOriginsCountAtOnce(CapturedOutput output) {
		change(Map.of("h2.transport.pool.max-connections", "3", "h2.transport.origins.test.match", "127.0.0.1",
				"h2.transport.origins.test.pool.max-pending", "7", "h2.transport.origins.test.read-timeout", "9s"));

		assertThat(this.application.getBean(H2PoolEndpoint.class).h2pool(null).origins()).singleElement()
			.satisfies((origin) -> {
				assertThat(origin.pool()).isNotNull();
				assertThat(origin.pool().limits().maxConnections()).isEqualTo(3);
				assertThat(origin.pool().limits().maxPending()).isEqualTo(7);
			});
		assertThat(answer()).isEqualTo("answer");
		SharedHttp2Transport transport = this.application.getBean(SharedHttp2Transport.class);
		assertThat(transport.options().idleTimeout()).as("what was there stays").isEqualTo(Duration.ofSeconds(40));
		assertThat(transport.options().exchangeTimeout()).as("what a bean has set stays")
			.isEqualTo(Duration.ofSeconds(77));
		assertThat(output.getOut()).contains("Changed while running: h2.transport.origins.test.");
	}

	@Test
	void whatNeedsARestartIsNamedInOneWarning(CapturedOutput output) {
		change(Map.of("h2.transport.event-loops", "3", "h2.transport.fallback", "none", "h2.transport.read-timeout",
				"5s"));

		assertThat(output.getOut()).containsOnlyOnce("WARN")
			.contains("Changed, but in full only after a restart of the application: "
					+ "h2.transport.event-loops, h2.transport.fallback")
			.contains("Changed while running: h2.transport.read-timeout");
		assertThat(answer()).isEqualTo("answer");
	}

	@Test
	void anInvalidValueChangesNothingAndIsNamed(CapturedOutput output) {
		change(Map.of("h2.transport.pool.max-connections", "0", "h2.transport.read-timeout", "5s"));
		change(Map.of("h2.transport.pool.max-connections", "many", "h2.transport.read-timeout", "5s"));

		assertThat(output.getOut())
			.contains("so nothing was changed: h2.transport.pool.max-connections is '0'. It must")
			.contains("so nothing was changed: Failed to bind properties under 'h2.transport.pool.max-connections'")
			.contains("many");
		assertThat(this.application.getBean(SharedHttp2Transport.class).options().readTimeout())
			.isEqualTo(Duration.ofSeconds(60));
		assertThat(answer()).isEqualTo("answer");

		change(Map.of("h2.transport.read-timeout", "5s"));
		assertThat(this.application.getBean(SharedHttp2Transport.class).options().readTimeout())
			.isEqualTo(Duration.ofSeconds(5));
	}

	@Test
	void nothingIsSaidOfOtherProperties(CapturedOutput output) {
		change(Map.of("other", "value"));

		assertThat(output.getOut()).doesNotContain("Changed");
	}

	private void change(Map<String, Object> values) {
		this.application.getEnvironment().getPropertySources().remove("changed");
		this.application.getEnvironment().getPropertySources().addFirst(new MapPropertySource("changed", values));
		this.application.publishEvent(new EnvironmentChangeEvent(this.application, values.keySet()));
	}

	private String answer() {
		return this.application.getBean(RestClient.Builder.class)
			.build()
			.get()
			.uri(this.server.uri("/"))
			.retrieve()
			.body(String.class);
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

		@Bean
		TransportOptionsCustomizer exchanges() {
			return (options) -> options.exchangeTimeout(Duration.ofSeconds(77));
		}

	}

}
