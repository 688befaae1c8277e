package io.github.h2transport.spring.boot.autoconfigure;

import java.security.NoSuchAlgorithmException;
import java.security.Principal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;

import javax.net.ssl.SSLContext;

import io.github.h2transport.ConnectionKey;
import io.github.h2transport.Origin;
import io.github.h2transport.TlsOptions;
import io.github.h2transport.conn.ConnectionSnapshot;
import io.github.h2transport.conn.ConnectionState;
import io.github.h2transport.conn.StreamSnapshot;
import io.github.h2transport.conn.Traffic;
import io.github.h2transport.pool.EndReason;
import io.github.h2transport.pool.PoolSnapshot;
import io.github.h2transport.pool.PoolTotals;
import io.github.h2transport.spring.Http1Origins.Http1Origin;
import io.github.h2transport.spring.boot.autoconfigure.H2PoolDescriptor.Paths;
import io.github.h2transport.transport.TransportSnapshot;
import io.github.h2transport.transport.TransportSnapshot.OriginSnapshot;
import org.json.JSONException;
import org.junit.jupiter.api.Test;
import org.skyscreamer.jsonassert.JSONAssert;
import org.skyscreamer.jsonassert.JSONCompareMode;

import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.annotation.ReflectiveRuntimeHintsRegistrar;
import org.springframework.aot.hint.predicate.RuntimeHintsPredicates;
import org.springframework.boot.actuate.autoconfigure.endpoint.EndpointAutoConfiguration;
import org.springframework.boot.actuate.autoconfigure.endpoint.jackson.JacksonEndpointAutoConfiguration;
import org.springframework.boot.actuate.autoconfigure.endpoint.web.WebEndpointAutoConfiguration;
import org.springframework.boot.actuate.endpoint.SecurityContext;
import org.springframework.boot.actuate.endpoint.jackson.EndpointJsonMapper;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;

class H2PoolEndpointTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner().withConfiguration(AutoConfigurations
		.of(EndpointAutoConfiguration.class, WebEndpointAutoConfiguration.class, JacksonEndpointAutoConfiguration.class,
				Http2TransportAutoConfiguration.class, H2PoolEndpointAutoConfiguration.class));

	private final List<String> drained = new ArrayList<>();

	private final H2PoolEndpoint endpoint = endpoint(H2PoolEndpointTests::http1Origins);

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
		H2PoolEndpoint both = endpoint(() -> List.of(new Http1Origin(snapshot().origins().get(0).key(),
				"changed its mind", Duration.ZERO, Duration.ofMinutes(5), 1)));

		assertThat(both.h2pool("https://api.example.com").origins()).singleElement().satisfies((origin) -> {
			assertThat(origin.connections()).hasSize(1);
			assertThat(origin.protocol()).isEqualTo("http/1.1");
		});
	}

	@Test
	void oneConnectionIsSelectedByItsId() {
		assertThat(this.endpoint.connection("c2", null)).isInstanceOfSatisfying(
				H2PoolDescriptor.ConnectionDescriptor.class,
				(connection) -> assertThat(connection.protocol()).isEqualTo("h2c"));
		assertThat(this.endpoint.connection("c99", null)).as("which is a 404").isNull();
	}

	@Test
	void oneConnectionIsShownWithItsLastFrames() {
		this.runner.withPropertyValues("management.endpoints.web.exposure.include=h2pool").run((context) -> {
			EndpointJsonMapper mapper = context.getBean(EndpointJsonMapper.class);
			assertThat(mapper.get().writeValueAsString(this.endpoint.connection("c2", null)))
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

	@Test
	void whatDrainsIsToldByItsIds() {
		assertThat(this.endpoint.drain("c1")).isEqualTo(new DrainDescriptor(List.of("c1")));
		assertThat(this.endpoint.drainOrigin("http://localhost:8080")).isEqualTo(new DrainDescriptor(List.of("c2")));
		assertThat(this.drained).containsExactly("c1", "c2");
	}

	@Test
	void whatIsNotThereCannotBeDrained() {
		assertThat(this.endpoint.drain("c99")).as("which is a 404").isNull();
		assertThat(this.endpoint.drainOrigin("https://elsewhere")).isNull();
		assertThat(this.endpoint.drain("diagnosis")).isNull();
		assertThat(this.drained).isEmpty();
	}

	@Test
	void theBundleAndTheGroupsThatUseItAreNamedWhereKnown() {
		TlsOptions partner = TlsOptions.of(defaultContext(), null, null);
		PoolClients clients = new PoolClients((tls) -> (tls == partner) ? "partner" : null,
				Map.of("orders", PoolClients.Group.of("https://api.example.com/v1", "partner"), "stock",
						PoolClients.Group.of("https://api.example.com:443", "partner"), "open",
						PoolClients.Group.of("https://api.example.com", null), "broken",
						PoolClients.Group.of("not a url", null), "none", PoolClients.Group.of(null, null)));
		Origin api = new Origin("https", "api.example.com", 443);

		ConnectionKey withBundle = new ConnectionKey(api, partner, null);
		assertThat(clients.sslBundle(withBundle)).isEqualTo("partner");
		assertThat(clients.serviceGroups(withBundle)).containsExactly("orders", "stock");
		ConnectionKey without = new ConnectionKey(api, null, null);
		assertThat(clients.sslBundle(without)).isNull();
		assertThat(clients.serviceGroups(without)).containsExactly("open");
	}

	@Test
	void pathsAreShownOnlyToWhomThePropertyAllows() {
		this.runner.withPropertyValues("management.endpoints.web.exposure.include=h2pool")
			.run((context) -> assertThat(pathsSeenBy(context, SecurityContext.NONE)).containsOnlyNulls());
		this.runner
			.withPropertyValues("management.endpoints.web.exposure.include=h2pool",
					"management.endpoint.h2pool.show-paths=when-authorized", "management.endpoint.h2pool.roles=ADMIN")
			.run((context) -> {
				assertThat(pathsSeenBy(context, SecurityContext.NONE)).containsOnlyNulls();
				assertThat(pathsSeenBy(context, user("USER"))).containsOnlyNulls();
				assertThat(pathsSeenBy(context, user("ADMIN"))).containsExactly("/orders/17");
			});
		this.runner
			.withPropertyValues("management.endpoints.web.exposure.include=h2pool",
					"management.endpoint.h2pool.show-paths=always")
			.run((context) -> assertThat(pathsSeenBy(context, SecurityContext.NONE)).containsExactly("/orders/17"));
	}

	private List<String> pathsSeenBy(ApplicationContext context, SecurityContext user) {
		H2PoolEndpointProperties properties = context.getBean(H2PoolEndpointProperties.class);
		assertThat(context.getBean(H2PoolEndpointWebExtension.class)).isNotNull();
		H2PoolEndpointWebExtension extension = new H2PoolEndpointWebExtension(this.endpoint, properties.getShowPaths(),
				properties.getRoles());
		return extension.h2pool(user, null)
			.origins()
			.stream()
			.flatMap((origin) -> origin.connections().stream())
			.flatMap((connection) -> connection.streams().stream())
			.map(H2PoolDescriptor.StreamDescriptor::path)
			.toList();
	}

	private static SecurityContext user(String role) {
		return new SecurityContext() {

			@Override
			public Principal getPrincipal() {
				return () -> "somebody";
			}

			@Override
			public boolean isUserInRole(String asked) {
				return asked.equals(role);
			}

		};
	}

	@Test
	void theDiagnosisHasAnEntryForEachOriginAndTheWorstFirst() {
		this.runner.withPropertyValues("management.endpoints.web.exposure.include=h2pool").run((context) -> {
			EndpointJsonMapper mapper = context.getBean(EndpointJsonMapper.class);
			assertJson(mapper.get().writeValueAsString(this.endpoint.connection("diagnosis", null)), DIAGNOSIS);
		});
	}

	@Test
	void theDiagnosisOfOneOriginIsSelected() {
		assertThat(this.endpoint.connection("diagnosis", "https://api.example.com"))
			.isInstanceOfSatisfying(DiagnosisDescriptor.class, (diagnosis) -> {
				assertThat(diagnosis.severity()).isEqualTo("info");
				assertThat(diagnosis.origins()).hasSize(1);
			});
		assertThat(this.endpoint.connection("diagnosis", "https://elsewhere"))
			.isEqualTo(new DiagnosisDescriptor("ok", "No connection, and no request waits for one.", List.of()));
	}

	private H2PoolEndpoint endpoint(Supplier<List<Http1Origin>> http1Origins) {
		return new H2PoolEndpoint(H2PoolEndpointTests::snapshot, http1Origins, this.drained::add, PoolClients.UNKNOWN,
				Paths.HIDDEN);
	}

	private static SSLContext defaultContext() {
		try {
			return SSLContext.getDefault();
		}
		catch (NoSuchAlgorithmException ex) {
			throw new IllegalStateException(ex);
		}
	}

	@Test
	void whatItAnswersIsKnownAheadOfTime() {
		RuntimeHints hints = new RuntimeHints();
		new ReflectiveRuntimeHintsRegistrar().registerRuntimeHints(hints, H2PoolEndpoint.class,
				H2PoolEndpointWebExtension.class);

		assertThat(List.of(H2PoolDescriptor.class, H2PoolDescriptor.StreamDescriptor.class,
				H2PoolDescriptor.LimitsDescriptor.class, DiagnosisDescriptor.FindingDescriptor.class,
				DrainDescriptor.class))
			.allMatch((type) -> RuntimeHintsPredicates.reflection().onType(type).test(hints));
	}

	private static void assertJson(String actual, String expected) throws JSONException {
		JSONAssert.assertEquals(expected, actual, JSONCompareMode.NON_EXTENSIBLE);
	}

	private static TransportSnapshot snapshot() {
		ConnectionKey secure = new ConnectionKey(new Origin("https", "api.example.com", 443), null, null);
		ConnectionKey plain = new ConnectionKey(new Origin("http", "localhost", 8080), null, null);
		StreamSnapshot stream = new StreamSnapshot(2083, "HALF_CLOSED_LOCAL", "GET", "/orders/17",
				Duration.ofNanos(31_000_001), 0, 16384, 4096, 65535, 245760, StreamSnapshot.WaitingFor.APPLICATION,
				Duration.ofMillis(12));
		ConnectionSnapshot first = new ConnectionSnapshot("c1", ConnectionState.OPEN, secure,
				new ConnectionSnapshot.Tls("TLSv1.3", "TLS_AES_256_GCM_SHA384", "h2"), "10.0.0.5:50122", "10.0.0.9:443",
				Duration.ofSeconds(192), Duration.ZERO, false, 1042, 128, 1, 983041, 16711681,
				new TreeMap<>(Map.of("ENABLE_PUSH", 0L)), new TreeMap<>(Map.of("MAX_CONCURRENT_STREAMS", 128L)), null,
				diagnostics(), List.of(stream));
		ConnectionSnapshot second = new ConnectionSnapshot("c2", ConnectionState.DRAINING, plain, null, null, null,
				Duration.ofMillis(5), Duration.ofMillis(2), true, 1, 100, 0, 65535, 65535, Map.of(), Map.of(),
				new ConnectionSnapshot.GoAway(7, "NO_ERROR", "bye"), diagnostics(), List.of());
		return new TransportSnapshot(
				List.of(new OriginSnapshot(secure, 0, List.of(first), pool()),
						new OriginSnapshot(plain, 3, List.of(second))),
				new PoolTotals(3, 1, Map.of(EndReason.GOAWAY, 1L), 2, 1, 4), new Traffic(20, 16384));
	}

	private static PoolSnapshot pool() {
		return new PoolSnapshot(1, 0, 0, Duration.ZERO, null, Duration.ZERO, new PoolSnapshot.Limits(8, 1000, 10000),
				Map.of("c1", EndReason.ADDRESS_GONE), new PoolSnapshot.Recent(Duration.ofMinutes(1), 1, 0, 0, 1,
						"GOAWAY NO_ERROR on connection c0", Duration.ofMillis(1500)),
				new PoolTotals(2, 0, Map.of(EndReason.MAX_LIFETIME, 1L), 2, 1, 4));
	}

	private static ConnectionSnapshot.Diagnostics diagnostics() {
		return new ConnectionSnapshot.Diagnostics(2085, 1, Duration.ofNanos(412_345), false, Duration.ofMillis(7),
				Duration.ZERO, null, 20, 16384, null, List.of("1.500 ms ago << 0x00000003 4 RST_STREAM CANCEL"));
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
			      "inDoubt": false, "sentBytes": 20, "receivedBytes": 16384,
			      "lastRead": "PT0.007S", "writeStalled": "PT0S", "writeError": null, "endedBy": null,
			      "lastFrames": null },
			    "streams": [ { "id": 2083, "state": "HALF_CLOSED_LOCAL", "method": "GET", "age": "PT0.031S",
			      "sentBytes": 0, "receivedBytes": 16384, "sendWindow": 65535, "receiveWindow": 245760,
			      "waitingFor": "application not reading", "path": null, "unreadBytes": 4096,
			      "waiting": "PT0.012S" } ] } ], "protocol": "h2", "fallback": null,
			    "sslBundle": null, "serviceGroups": [],
			    "pool": { "open": 1, "dialling": 0, "oldestWait": "PT0S", "dialFailure": null, "retryIn": "PT0S",
			      "limits": { "maxConnections": 8, "maxStreamsPerConnection": 1000, "maxPending": 10000 },
			      "leaving": { "c1": "address-gone" },
			      "recent": { "over": "PT1M", "goAways": 1, "calmed": 0, "lost": 0, "replays": 1,
			        "latest": "GOAWAY NO_ERROR on connection c0", "latestAgo": "PT1.5S" },
			      "totals": { "opened": 2, "dialsFailed": 0, "closed": { "max-lifetime": 1 }, "waits": 2,
			        "replays": 1, "pendingHighWater": 4 } } },
			  { "origin": "http://localhost:8080", "pending": 3, "connections": [ {
			    "id": "c2", "state": "DRAINING", "protocol": "h2c", "tls": null,
			    "localAddress": null, "remoteAddress": null, "proxy": null,
			    "age": "PT0.005S", "idle": "PT0.002S", "singleUse": true,
			    "streamsOpened": 1, "activeStreams": 0, "maxConcurrentStreams": 100,
			    "sendWindow": 65535, "receiveWindow": 65535, "ownSettings": {}, "peerSettings": {},
			    "goAway": { "lastStreamId": 7, "code": "NO_ERROR", "debug": "bye" },
			    "diagnostics": { "nextStreamId": 2085, "pingsInFlight": 1, "pingRoundTrip": "PT0.000412S",
			      "inDoubt": false, "sentBytes": 20, "receivedBytes": 16384,
			      "lastRead": "PT0.007S", "writeStalled": "PT0S", "writeError": null, "endedBy": null,
			      "lastFrames": null },
			    "streams": [] } ], "protocol": "h2c", "fallback": null,
			    "sslBundle": null, "serviceGroups": [], "pool": null },
			  { "origin": "https://legacy.example.com:443", "pending": 0, "connections": [], "protocol": "http/1.1",
			    "fallback": { "reason": "The server does not offer HTTP/2", "age": "PT10S", "retryIn": "PT4M50S",
			      "calls": 3 }, "sslBundle": null, "serviceGroups": [], "pool": null } ],
			  "totals": { "opened": 3, "dialsFailed": 1, "closed": { "goaway": 1 }, "waits": 2, "replays": 1,
			    "pendingHighWater": 4 },
			  "traffic": { "sentBytes": 20, "receivedBytes": 16384 } }
			""";

	private static final String DIAGNOSIS = """
			{ "severity": "info", "summary": "Nothing holds calls up.", "origins": [
			  { "origin": "https://api.example.com:443", "sslBundle": null, "severity": "info", "findings": [ {
			    "kind": "address-gone", "severity": "info", "origin": "https://api.example.com:443",
			    "summary": "1 connection leads to an address that the name does not have any more.",
			    "since": null, "evidence": { "connections": [ "c1 to 10.0.0.9:443" ] },
			    "advice": "Nothing need be done: they go as soon as others stand in for them and their streams are over. The refresh interval says how soon such a change is seen.",
			    "property": "h2.transport.pool.dns-refresh-interval" } ] },
			  { "origin": "https://legacy.example.com:443", "sslBundle": null, "severity": "info", "findings": [ {
			    "kind": "http1-fallback", "severity": "info", "origin": "https://legacy.example.com:443",
			    "summary": "Calls go over HTTP/1.1, since the server did not agree to HTTP/2.", "since": "PT10S",
			    "evidence": { "reason": "The server does not offer HTTP/2", "calls": 3, "retryIn": "PT4M50S" },
			    "advice": "If the server should speak HTTP/2, look at its ALPN settings and at proxies that end TLS on the way. Without the fallback such calls would fail.",
			    "property": "h2.transport.fallback" } ] },
			  { "origin": "http://localhost:8080", "sslBundle": null, "severity": "ok", "findings": [ {
			    "kind": "fine", "severity": "ok", "origin": "http://localhost:8080",
			    "summary": "Nothing holds calls up: 1 connection, 0 active streams, 3 waiting requests.",
			    "since": null, "evidence": { "connections": 1, "activeStreams": 0, "pending": 3 },
			    "advice": "There is nothing to do.",
			    "property": null } ] } ] }
			""";

}
