package io.github.h2transport.spring.boot.autoconfigure;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import io.github.h2transport.ConnectionKey;
import io.github.h2transport.Origin;
import io.github.h2transport.conn.ConnectionSnapshot;
import io.github.h2transport.conn.ConnectionState;
import io.github.h2transport.conn.StreamSnapshot;
import io.github.h2transport.spring.Http1Origins.Http1Origin;
import io.github.h2transport.transport.TransportSnapshot;
import io.github.h2transport.transport.TransportSnapshot.OriginSnapshot;
import org.json.JSONException;
import org.junit.jupiter.api.Test;
import org.skyscreamer.jsonassert.JSONAssert;
import org.skyscreamer.jsonassert.JSONCompareMode;

import org.springframework.boot.actuate.autoconfigure.endpoint.EndpointAutoConfiguration;
import org.springframework.boot.actuate.autoconfigure.endpoint.jackson.JacksonEndpointAutoConfiguration;
import org.springframework.boot.actuate.autoconfigure.endpoint.web.WebEndpointAutoConfiguration;
import org.springframework.boot.actuate.endpoint.jackson.EndpointJsonMapper;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import static org.assertj.core.api.Assertions.assertThat;

class H2PoolEndpointTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner().withConfiguration(AutoConfigurations
		.of(EndpointAutoConfiguration.class, WebEndpointAutoConfiguration.class, JacksonEndpointAutoConfiguration.class,
				Http2TransportAutoConfiguration.class, H2PoolEndpointAutoConfiguration.class));

	private final H2PoolEndpoint endpoint = new H2PoolEndpoint(H2PoolEndpointTests::snapshot,
			H2PoolEndpointTests::http1Origins);

	@Test
	void theJsonIsTheContract() {
		this.runner.withPropertyValues("management.endpoints.web.exposure.include=h2pool").run((context) -> {
			EndpointJsonMapper mapper = context.getBean(EndpointJsonMapper.class);
			assertJson(mapper.get().writeValueAsString(this.endpoint.h2pool(null)), CONTRACT);
		});
	}

	@Test
	void oneOriginIsSelectedByItsUrlWithOrWithoutItsDefaultPort() {
		assertThat(this.endpoint.h2pool("https://API.example.com").origins()).singleElement()
			.extracting(H2PoolDescriptor.OriginDescriptor::origin)
			.isEqualTo("https://api.example.com:443");
		assertThat(this.endpoint.h2pool("http://localhost:8080").origins()).hasSize(1);
		assertThat(this.endpoint.h2pool("http://localhost").origins()).isEmpty();
		assertThat(this.endpoint.h2pool("not a url").origins()).isEmpty();
	}

	@Test
	void anOriginOfTheFallbackIsSelectedToo() {
		assertThat(this.endpoint.h2pool("https://legacy.example.com").origins()).singleElement()
			.satisfies((origin) -> assertThat(origin.protocol()).isEqualTo("http/1.1"));
	}

	@Test
	void anOriginThatHasBothIsOneEntry() {
		H2PoolEndpoint both = new H2PoolEndpoint(H2PoolEndpointTests::snapshot,
				() -> List.of(new Http1Origin(snapshot().origins().get(0).key(), "changed its mind", Duration.ZERO,
						Duration.ofMinutes(5), 1)));

		assertThat(both.h2pool("https://api.example.com").origins()).singleElement().satisfies((origin) -> {
			assertThat(origin.connections()).hasSize(1);
			assertThat(origin.protocol()).isEqualTo("http/1.1");
		});
	}

	@Test
	void oneConnectionIsSelectedByItsId() {
		H2PoolDescriptor.ConnectionDescriptor connection = this.endpoint.connection("c2");

		assertThat(connection).isNotNull();
		assertThat(connection.protocol()).isEqualTo("h2c");
		assertThat(this.endpoint.connection("c99")).as("which is a 404").isNull();
	}

	@Test
	void oneConnectionIsShownWithItsLastFrames() {
		this.runner.withPropertyValues("management.endpoints.web.exposure.include=h2pool").run((context) -> {
			EndpointJsonMapper mapper = context.getBean(EndpointJsonMapper.class);
			assertThat(mapper.get().writeValueAsString(this.endpoint.connection("c2")))
				.contains("\"lastFrames\":[\"1.500 ms ago << 0x00000003 4 RST_STREAM CANCEL\"]");
		});
	}

	@Test
	void itIsThereOnlyIfItIsExposed() {
		this.runner.run((context) -> assertThat(context).doesNotHaveBean(H2PoolEndpoint.class));
		this.runner.withPropertyValues("management.endpoints.web.exposure.include=health,h2pool")
			.run((context) -> assertThat(context).hasSingleBean(H2PoolEndpoint.class));
		this.runner
			.withPropertyValues("management.endpoints.web.exposure.include=h2pool",
					"management.endpoint.h2pool.access=NONE")
			.run((context) -> assertThat(context).doesNotHaveBean(H2PoolEndpoint.class));
	}

	@Test
	void itGoesWithTheTransport() {
		this.runner.withPropertyValues("management.endpoints.web.exposure.include=h2pool", "h2.transport.enabled=false")
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(H2PoolEndpoint.class));
	}

	@Test
	void lookingDoesNotMakeATransport() {
		this.runner.withPropertyValues("management.endpoints.web.exposure.include=h2pool")
			.run((context) -> assertThat(context.getBean(H2PoolEndpoint.class).h2pool(null).origins()).isEmpty());
	}

	private static void assertJson(String actual, String expected) throws JSONException {
		JSONAssert.assertEquals(expected, actual, JSONCompareMode.NON_EXTENSIBLE);
	}

	private static TransportSnapshot snapshot() {
		ConnectionKey secure = new ConnectionKey(new Origin("https", "api.example.com", 443), null, null);
		ConnectionKey plain = new ConnectionKey(new Origin("http", "localhost", 8080), null, null);
		StreamSnapshot stream = new StreamSnapshot(2083, "HALF_CLOSED_LOCAL", "GET", Duration.ofNanos(31_000_001), 0,
				16384, 65535, 245760, null);
		ConnectionSnapshot first = new ConnectionSnapshot("c1", ConnectionState.OPEN, secure,
				new ConnectionSnapshot.Tls("TLSv1.3", "TLS_AES_256_GCM_SHA384", "h2"), "10.0.0.5:50122", "10.0.0.9:443",
				Duration.ofSeconds(192), Duration.ZERO, false, 1042, 128, 1, 983041, 16711681,
				new TreeMap<>(Map.of("ENABLE_PUSH", 0L)), new TreeMap<>(Map.of("MAX_CONCURRENT_STREAMS", 128L)), null,
				diagnostics(), List.of(stream));
		ConnectionSnapshot second = new ConnectionSnapshot("c2", ConnectionState.DRAINING, plain, null, null, null,
				Duration.ofMillis(5), Duration.ofMillis(2), true, 1, 100, 0, 65535, 65535, Map.of(), Map.of(),
				new ConnectionSnapshot.GoAway(7, "NO_ERROR", "bye"), diagnostics(), List.of());
		return new TransportSnapshot(
				List.of(new OriginSnapshot(secure, 0, List.of(first)), new OriginSnapshot(plain, 3, List.of(second))));
	}

	private static ConnectionSnapshot.Diagnostics diagnostics() {
		return new ConnectionSnapshot.Diagnostics(2085, 1, Duration.ofNanos(412_345), Duration.ofMillis(7),
				Duration.ZERO, null, null, List.of("1.500 ms ago << 0x00000003 4 RST_STREAM CANCEL"));
	}

	private static List<Http1Origin> http1Origins() {
		ConnectionKey legacy = new ConnectionKey(new Origin("https", "legacy.example.com", 443), null, null);
		return List.of(new Http1Origin(legacy, "The server does not offer HTTP/2", Duration.ofSeconds(10),
				Duration.ofSeconds(290), 3));
	}

	private static final String CONTRACT = """
			{ "origins": [
			  { "origin": "https://api.example.com:443", "pending": 0, "connections": [ {
			    "id": "c1", "state": "OPEN", "protocol": "h2",
			    "tls": { "version": "TLSv1.3", "cipher": "TLS_AES_256_GCM_SHA384", "alpn": "h2" },
			    "localAddress": "10.0.0.5:50122", "remoteAddress": "10.0.0.9:443", "proxy": null,
			    "age": "PT3M12S", "idle": "PT0S", "singleUse": false,
			    "streamsOpened": 1042, "activeStreams": 1, "maxConcurrentStreams": 128,
			    "sendWindow": 983041, "receiveWindow": 16711681,
			    "ownSettings": { "ENABLE_PUSH": 0 }, "peerSettings": { "MAX_CONCURRENT_STREAMS": 128 },
			    "goAway": null,
			    "diagnostics": { "nextStreamId": 2085, "pingsInFlight": 1, "pingRoundTrip": "PT0.000412S",
			      "lastRead": "PT0.007S", "writeStalled": "PT0S", "writeError": null, "endedBy": null,
			      "lastFrames": null },
			    "streams": [ { "id": 2083, "state": "HALF_CLOSED_LOCAL", "method": "GET", "age": "PT0.031S",
			      "sentBytes": 0, "receivedBytes": 16384, "sendWindow": 65535, "receiveWindow": 245760,
			      "waitingFor": null } ] } ], "protocol": "h2", "fallback": null },
			  { "origin": "http://localhost:8080", "pending": 3, "connections": [ {
			    "id": "c2", "state": "DRAINING", "protocol": "h2c", "tls": null,
			    "localAddress": null, "remoteAddress": null, "proxy": null,
			    "age": "PT0.005S", "idle": "PT0.002S", "singleUse": true,
			    "streamsOpened": 1, "activeStreams": 0, "maxConcurrentStreams": 100,
			    "sendWindow": 65535, "receiveWindow": 65535, "ownSettings": {}, "peerSettings": {},
			    "goAway": { "lastStreamId": 7, "code": "NO_ERROR", "debug": "bye" },
			    "diagnostics": { "nextStreamId": 2085, "pingsInFlight": 1, "pingRoundTrip": "PT0.000412S",
			      "lastRead": "PT0.007S", "writeStalled": "PT0S", "writeError": null, "endedBy": null,
			      "lastFrames": null },
			    "streams": [] } ], "protocol": "h2c", "fallback": null },
			  { "origin": "https://legacy.example.com:443", "pending": 0, "connections": [], "protocol": "http/1.1",
			    "fallback": { "reason": "The server does not offer HTTP/2", "age": "PT10S", "retryIn": "PT4M50S",
			      "calls": 3 } } ] }
			""";

}
