package io.github.h2transport.spring.boot.autoconfigure;

import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Field;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import io.github.h2transport.PoolOptions;
import io.github.h2transport.TransportOptions;
import io.github.h2transport.spring.Http1Fallback;
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
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import org.springframework.boot.convert.DurationStyle;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Configuration;
import org.springframework.util.unit.DataSize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

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
	@CsvSource({ "allow-http, true, allowHttp", "single-use, true, singleUse", "idle-timeout, 1m, idleTimeout",
			"connect-timeout, 3s, connectTimeout", "response-timeout, 4s, responseTimeout",
			"progress-timeout, 8s, progressTimeout", "read-timeout, 5s, readTimeout",
			"exchange-timeout, 6s, exchangeTimeout", "expect-continue-timeout, 7s, expectContinueTimeout",
			"shutdown-timeout, 8s, shutdownTimeout", "ping-interval, 9s, pingInterval",
			"ping-timeout, 11s, pingTimeout", "probe-idle-after, 12s, probeIdleAfter",
			"write-stall-timeout, 13s, writeStallTimeout", "event-loops, 3, eventLoops",
			"strict-max-concurrent-streams, true, strictMaxConcurrentStreams", "user-agent, me/1, userAgent",
			"user-agent, '', userAgent", "trim-field-values, true, trimFieldValues",
			"max-header-list-size, 1MB, maxHeaderListSize", "initial-window-size, 1MB, initialWindowSize",
			"max-window-size, 0B, maxWindowSize", "connection-window-size, 2MB, connectionWindowSize",
			"max-frame-size, 32KB, maxFrameSize", "decoder-table-size, 8KB, decoderTableSize",
			"encoder-table-size, 0B, encoderTableSize", "pool.max-connections, 2, maxConnections",
			"pool.acquire-timeout, 12s, acquireTimeout", "pool.max-pending, 5, maxPending",
			"pool.max-single-use, 6, maxSingleUse", "pool.min-connections, 3, minConnections",
			"pool.max-streams-per-connection, 4, maxStreamsPerConnection",
			"pool.max-requests-per-connection, 7, maxRequestsPerConnection", "pool.max-lifetime, 5m, maxLifetime",
			"pool.dns-refresh-interval, 60s, dnsRefreshInterval", "pool.spread-addresses, true, spreadAddresses",
			"retry-idempotent, true, retryIdempotent" })
	void everyPropertySetsItsOptionAndNoOther(String name, String value, String option) {
		TransportOptions bound = bind(name, value);

		assertThat(bound).extracting(option).asString().isEqualToIgnoringCase(expected(value));
		assertThat(bound).usingRecursiveComparison().ignoringFields(option).isEqualTo(TransportOptions.defaults());
	}

	@Test
	void everyOptionHasAProperty() {
		List<String> options = Stream.of(TransportOptions.class, PoolOptions.class)
			.flatMap((type) -> Arrays.stream(type.getDeclaredFields()))
			.map(Field::getName)
			.toList();

		// The TLS identity comes from an SSL bundle.
		assertThat(options).filteredOn((option) -> !option.equals("tls"))
			.allSatisfy((option) -> assertThat(propertiesAndPoolProperties()).contains(option));
	}

	private static List<String> propertiesAndPoolProperties() {
		return Stream.of(Http2TransportProperties.class, Http2TransportProperties.Pool.class)
			.flatMap((type) -> Arrays.stream(type.getDeclaredFields()))
			.map(Field::getName)
			.toList();
	}

	/** As the options print what the property says. */
	private static String expected(String value) {
		if (value.matches("[0-9]+[KM]?B")) {
			return String.valueOf(DataSize.parse(value).toBytes());
		}
		return value.matches("[0-9]+[sm]") ? DurationStyle.detectAndParse(value).toString() : value;
	}

	@ParameterizedTest
	@CsvSource({ "none, NONE", "tls, TLS", "all, ALL" })
	void theFallbackIsBound(String value, Http1Fallback fallback) {
		assertThat(properties("fallback", value).getFallback()).isEqualTo(fallback);
		assertThat(properties("enabled", "true").getFallback()).as("by default").isEqualTo(Http1Fallback.ALL);
	}

	private static TransportOptions bind(String name, String value) {
		return properties(name, value).toTransportOptions();
	}

	private static Http2TransportProperties properties(String name, String value) {
		return new Binder(new MapConfigurationPropertySource(Map.of("h2.transport." + name, value)))
			.bindOrCreate("h2.transport", Http2TransportProperties.class);
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', value = { "idle-timeout | -1s | It must not be negative",
			"connect-timeout | 0s | It must be positive", "connect-timeout | -5s | It must not be negative",
			"response-timeout | -1s | It must not be negative", "read-timeout | -1s | It must not be negative",
			"exchange-timeout | -1s | It must not be negative", "expect-continue-timeout | 0s | It must be positive",
			"shutdown-timeout | -1s | It must not be negative", "ping-interval | -1s | It must not be negative",
			"ping-timeout | 0s | It must be positive", "probe-idle-after | -1s | It must not be negative",
			"write-stall-timeout | 0s | It must be positive", "event-loops | 0 | It must be 1 to 64.",
			"event-loops | 65 | It must be 1 to 64.", "max-header-list-size | 1023B | It must be 1024 to 16777216.",
			"max-header-list-size | 17MB | It must be 1024 to 16777216.",
			"initial-window-size | 65534B | It must be 65535 to 2147483647.",
			"initial-window-size | 2GB | It must be 65535 to 2147483647.",
			"max-window-size | -1B | It must be 0 to 2147483647.",
			"connection-window-size | 1KB | It must be 65535 to 2147483647.",
			"max-frame-size | 16383B | It must be 16384 to 16777215.",
			"max-frame-size | 16MB | It must be 16384 to 16777215.",
			"decoder-table-size | -1B | It must be 0 to 1048576.",
			"encoder-table-size | 2MB | It must be 0 to 1048576.", "pool.max-connections | 0 | It must be 1 to 10000.",
			"pool.max-connections | 10001 | It must be 1 to 10000.", "pool.acquire-timeout | 0s | It must be positive",
			"pool.max-pending | 0 | It must be 1 to 1000000.", "pool.max-single-use | 10001 | It must be 1 to 10000.",
			"pool.min-connections | -1 | It must be 0 to 10000.",
			"pool.max-streams-per-connection | 0 | It must be 1 to 1000.",
			"pool.max-requests-per-connection | -1 | It must be 0 to 1000000000.",
			"pool.max-lifetime | -1s | It must not be negative",
			"pool.dns-refresh-interval | -1s | It must not be negative" })
	void aValueOutOfRangeIsRefusedWithItsNameItselfAndTheRange(String name, String value, String reason) {
		assertThatExceptionOfType(InvalidConfigurationPropertyValueException.class).isThrownBy(() -> bind(name, value))
			.satisfies((failure) -> {
				assertThat(failure.getName()).isEqualTo("h2.transport." + name);
				assertThat(failure.getValue()).isNotNull();
				assertThat(failure.getReason()).startsWith(reason);
			});
	}

	@ParameterizedTest
	@CsvSource({ "h2.transport.idle-timeout, -1s, It must not be negative",
			"h2.transport.max-frame-size, 5KB, It must be 16384 to 16777215" })
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
			.contains("h2.transport.enabled", "h2.transport.allow-http", "h2.transport.fallback",
					"h2.transport.idle-timeout", "h2.transport.connect-timeout", "h2.transport.event-loops",
					"h2.transport.max-frame-size", "h2.transport.pool.max-connections",
					"h2.transport.pool.acquire-timeout", "management.endpoint.h2pool.access");
		assertThat(metadata.get("properties")).allSatisfy((property) -> {
			assertThat(property.path("description").asString("")).as(property.toString()).endsWith(".");
			// One depends on the machine, the others are empty.
			boolean without = List.of("h2.transport.event-loops", "h2.transport.origins", "h2.transport.proxy.host",
					"h2.transport.response-timeout", "h2.transport.user-agent", "h2.transport.proxy.port",
					"h2.transport.proxy.username", "h2.transport.proxy.password", "management.endpoint.h2pool.roles")
				.contains(property.get("name").asString());
			assertThat(property.has("defaultValue")).as(property.toString()).isEqualTo(!without);
		});
	}

	@Configuration(proxyBeanMethods = false)
	@ImportAutoConfiguration(Http2TransportAutoConfiguration.class)
	static class Minimal {

	}

}
