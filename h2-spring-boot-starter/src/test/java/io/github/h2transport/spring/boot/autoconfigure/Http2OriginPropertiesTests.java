package io.github.h2transport.spring.boot.autoconfigure;

import java.lang.reflect.RecordComponent;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import io.github.h2transport.Origin;
import io.github.h2transport.TransportOptions;
import io.github.h2transport.spring.Http1Fallback;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import org.springframework.boot.convert.DurationStyle;
import org.springframework.util.unit.DataSize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class Http2OriginPropertiesTests {

	private static final Origin MATCHED = new Origin("https", "api.example.com", 443);

	private static final Origin OTHER = new Origin("https", "other.example", 443);

	private final Map<String, String> values = new HashMap<>();

	@ParameterizedTest
	@CsvSource({ "allow-http, true, allowHttp", "single-use, true, singleUse",
			"strict-max-concurrent-streams, true, strictMaxConcurrentStreams",
			"retry-idempotent, true, retryIdempotent", "idle-timeout, 1m, idleTimeout",
			"connect-timeout, 3s, connectTimeout", "response-timeout, 4s, responseTimeout",
			"progress-timeout, 8s, progressTimeout", "read-timeout, 5s, readTimeout",
			"exchange-timeout, 6s, exchangeTimeout", "expect-continue-timeout, 7s, expectContinueTimeout",
			"ping-interval, 9s, pingInterval", "ping-timeout, 11s, pingTimeout",
			"probe-idle-after, 12s, probeIdleAfter", "write-stall-timeout, 13s, writeStallTimeout",
			"initial-window-size, 1MB, initialWindowSize", "max-window-size, 0B, maxWindowSize",
			"connection-window-size, 2MB, connectionWindowSize", "pool.max-connections, 2, maxConnections",
			"pool.min-connections, 3, minConnections", "pool.max-streams-per-connection, 4, maxStreamsPerConnection",
			"pool.max-requests-per-connection, 7, maxRequestsPerConnection", "pool.max-lifetime, 5m, maxLifetime",
			"pool.dns-refresh-interval, 60s, dnsRefreshInterval", "pool.spread-addresses, true, spreadAddresses",
			"pool.acquire-timeout, 12s, acquireTimeout", "pool.max-pending, 5, maxPending",
			"pool.max-single-use, 6, maxSingleUse" })
	void everyPropertySetsItsOptionForItsOriginAndNoOther(String name, String value, String option) {
		set("origins.payments.match", "*.example.com").set("origins.payments." + name, value);

		TransportOptions own = bound().forOrigin(MATCHED);

		assertThat(own).extracting(option).asString().isEqualToIgnoringCase(expected(value));
		assertThat(own).usingRecursiveComparison().ignoringFields(option).isEqualTo(TransportOptions.defaults());
		assertThat(bound().forOrigin(OTHER)).usingRecursiveComparison()
			.ignoringFields("origins")
			.isEqualTo(TransportOptions.defaults());
	}

	@Test
	void whatIsNotSetForAnOriginIsAsForAllOthers() {
		set("idle-timeout", "7s").set("pool.max-connections", "3");
		set("origins.payments.match", "api.example.com").set("origins.payments.pool.max-pending", "4");

		TransportOptions own = bound().forOrigin(MATCHED);

		assertThat(own.idleTimeout()).isEqualTo(Duration.ofSeconds(7));
		assertThat(own.maxConnections()).isEqualTo(3);
		assertThat(own.maxPending()).isEqualTo(4);
		assertThat(bound().forOrigin(OTHER).maxPending()).isEqualTo(10_000);
	}

	@Test
	void theMostSpecificPatternCountsWhateverItsName() {
		set("origins.a.match", "*").set("origins.a.pool.max-connections", "1");
		set("origins.b.match", "*.example.com").set("origins.b.pool.max-connections", "2");
		set("origins.c.match", "api.example.com,cdn.example").set("origins.c.pool.max-connections", "3");

		assertThat(bound().forOrigin(MATCHED).maxConnections()).isEqualTo(3);
		assertThat(bound().forOrigin(new Origin("https", "cdn.example", 443)).maxConnections()).isEqualTo(3);
		assertThat(bound().forOrigin(new Origin("https", "b.example.com", 443)).maxConnections()).isEqualTo(2);
		assertThat(bound().forOrigin(OTHER).maxConnections()).isEqualTo(1);
	}

	@Test
	void theFallbackIsByOriginToo() {
		set("fallback", "none").set("origins.old.match", "api.example.com").set("origins.old.fallback", "all");
		set("origins.cdn.match", "cdn.example").set("origins.cdn.idle-timeout", "1s");

		assertThat(properties().fallbacks().get(MATCHED)).isEqualTo(Http1Fallback.ALL);
		assertThat(properties().fallbacks().get(new Origin("https", "cdn.example", 443))).isEqualTo(Http1Fallback.NONE);
		assertThat(properties().fallbacks().get(OTHER)).isNull();
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', value = { "idle-timeout | -1s | It must not be negative",
			"pool.max-connections | 0 | It must be 1 to 10000.", "max-window-size | -1B | It must be 0 to 2147483647.",
			"match | api.example.com/path | A pattern must be", "match | api.example.com:0 | The port of a pattern" })
	void aBadValueIsRefusedWithItsFullName(String name, String value, String reason) {
		set("origins.payments.match", "api.example.com").set("origins.payments." + name, value);

		assertThatExceptionOfType(InvalidConfigurationPropertyValueException.class).isThrownBy(this::bound)
			.satisfies((failure) -> {
				assertThat(failure.getName()).isEqualTo("h2.transport.origins.payments." + name);
				assertThat(failure.getReason()).startsWith(reason);
			});
	}

	@Test
	void anEntryWithoutAPatternIsRefused() {
		set("origins.payments.idle-timeout", "1s");

		assertThatExceptionOfType(InvalidConfigurationPropertyValueException.class).isThrownBy(this::bound)
			.satisfies((failure) -> assertThat(failure.getName()).isEqualTo("h2.transport.origins.payments.match"));
	}

	@Test
	void twoEntriesWithTheSamePatternAreRefused() {
		set("origins.a.match", "api.example.com").set("origins.b.match", "API.example.com");

		assertThatExceptionOfType(InvalidConfigurationPropertyValueException.class).isThrownBy(this::bound)
			.satisfies((failure) -> assertThat(failure.getReason()).contains("the same pattern"));
	}

	@Test
	void thePropertiesOfAnOriginAreNamedLikeTheGeneralOnes() {
		List<String> general = Stream.of(Http2TransportProperties.class, Http2TransportProperties.Pool.class)
			.flatMap((type) -> Arrays.stream(type.getDeclaredFields()))
			.map((field) -> field.getName())
			.toList();
		List<String> own = Stream.of(Http2OriginProperties.class, Http2OriginProperties.Pool.class)
			.flatMap((type) -> Arrays.stream(type.getRecordComponents()))
			.map(RecordComponent::getName)
			.filter((name) -> !name.equals("match"))
			.toList();

		assertThat(general).containsAll(own);
	}

	private Http2OriginPropertiesTests set(String name, String value) {
		this.values.put("h2.transport." + name, value);
		return this;
	}

	private TransportOptions bound() {
		return properties().toTransportOptions();
	}

	private Http2TransportProperties properties() {
		return new Binder(new MapConfigurationPropertySource(this.values)).bindOrCreate("h2.transport",
				Http2TransportProperties.class);
	}

	/** As the options print what the property says. */
	private static String expected(String value) {
		if (value.matches("[0-9]+[KM]?B")) {
			return String.valueOf(DataSize.parse(value).toBytes());
		}
		return value.matches("[0-9]+[sm]") ? DurationStyle.detectAndParse(value).toString() : value;
	}

}
