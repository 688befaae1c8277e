package io.github.h2transport.spring.boot.autoconfigure;

import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.Map;

import io.github.h2transport.TransportOptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;

@ExtendWith(OutputCaptureExtension.class)
class Http2TransportPropertiesTests {

	@Test
	void theDefaultsAreThoseOfTheTransport() {
		TransportOptions bound = new Binder(new MapConfigurationPropertySource(Map.of()))
			.bindOrCreate("h2.transport", Http2TransportProperties.class)
			.toTransportOptions();
		TransportOptions defaults = TransportOptions.defaults();

		assertThat(bound).usingRecursiveComparison().isEqualTo(defaults);
		assertThat(bound.idleTimeout()).isEqualTo(Duration.ofSeconds(50));
	}

	@ParameterizedTest
	@CsvSource({ "h2.transport.idle-timeout, -1s, It must be zero or more",
			"h2.transport.connect-timeout, 0s, It must be more than zero",
			"h2.transport.connect-timeout, -5s, It must be more than zero",
			"h2.transport.pool.max-connections, 0, It must be 1 to 10000",
			"h2.transport.pool.max-connections, 10001, It must be 1 to 10000",
			"h2.transport.pool.acquire-timeout, 0s, It must be more than zero" })
	void aBadValueEndsTheStartWithItsNameValueAndReason(String name, String value, String reason,
			CapturedOutput output) {
		SpringApplication application = new SpringApplicationBuilder(Minimal.class).web(WebApplicationType.NONE)
			.properties(name + "=" + value)
			.build();

		assertThatException().isThrownBy(application::run);

		assertThat(output).contains("APPLICATION FAILED TO START")
			.containsPattern("Invalid value '.+' for configuration property '" + name + "'")
			.contains(reason);
	}

	@Test
	void everyPropertyIsDescribed() throws IOException {
		JsonNode metadata;
		try (InputStream in = Http2TransportProperties.class
			.getResourceAsStream("/META-INF/spring-configuration-metadata.json")) {
			metadata = JsonMapper.shared().readTree(in);
		}

		assertThat(metadata.get("properties")).extracting((property) -> property.get("name").asString())
			.contains("h2.transport.enabled", "h2.transport.allow-http", "h2.transport.single-use",
					"h2.transport.idle-timeout", "h2.transport.connect-timeout",
					"h2.transport.strict-max-concurrent-streams", "h2.transport.pool.max-connections",
					"h2.transport.pool.acquire-timeout", "management.endpoint.h2pool.access");
		assertThat(metadata.get("properties")).allSatisfy((property) -> {
			assertThat(property.path("description").asString("")).as(property.toString()).endsWith(".");
			assertThat(property.has("defaultValue")).as(property.toString()).isTrue();
		});
	}

	@Configuration(proxyBeanMethods = false)
	@ImportAutoConfiguration(Http2TransportAutoConfiguration.class)
	static class Minimal {

	}

}
