package io.github.h2transport.spring.faults;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

import com.sun.net.httpserver.HttpServer;
import io.github.h2transport.TransportListener;
import io.github.h2transport.TransportOptions;
import io.github.h2transport.frame.Settings;
import io.github.h2transport.spring.Http1Fallback;
import io.github.h2transport.spring.Http1Origins;
import io.github.h2transport.spring.Http2ClientHttpConnectorBuilder;
import io.github.h2transport.spring.Http2ClientHttpRequestFactoryBuilder;
import io.github.h2transport.spring.SharedHttp2Transport;
import io.github.h2transport.spring.SharedIdentities;
import io.github.h2transport.spring.boot.autoconfigure.H2PoolEndpoint;
import io.github.h2transport.spring.metrics.Http2TransportMetrics;
import io.github.h2transport.spring.metrics.Http2TransportMetricsListener;
import io.github.h2transport.spring.metrics.OriginTags;
import io.github.h2transport.testkit.ScriptedServer;
import io.github.h2transport.testkit.ServedRequests;
import io.github.h2transport.transport.Http2Transport;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.Banner;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.context.annotation.ImportCandidates;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;
import org.springframework.boot.http.client.ClientHttpRequestFactoryBuilder;
import org.springframework.boot.http.client.reactive.ClientHttpConnectorBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.client.ClientHttpRequestFactory;
import org.springframework.http.client.JdkClientHttpRequestFactory;
import org.springframework.http.client.reactive.ClientHttpConnector;
import org.springframework.http.client.reactive.JdkClientHttpConnector;
import org.springframework.web.client.RestClient;
import org.springframework.web.reactive.function.client.WebClient;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Whatever part of ours an application leaves out or replaces, it starts and makes calls:
 * over HTTP/2 where it can, else by the client that Spring Boot would have taken.
 */
@Timeout(120)
class BackOffTests {

	private static final String OURS = "io.github.h2transport.spring.boot.autoconfigure.";

	private final ServedRequests http2 = ScriptedServer.serving(Settings.builder().build(),
			(exchange) -> exchange.respond(200, "over HTTP/2".getBytes()));

	private final HttpServer http1 = http1();

	@AfterEach
	void close() {
		this.http2.close();
		this.http1.stop(0);
	}

	private static HttpServer http1() {
		try {
			HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
			server.createContext("/", (exchange) -> {
				byte[] content = "over HTTP/1.1".getBytes();
				exchange.sendResponseHeaders(200, content.length);
				exchange.getResponseBody().write(content);
				exchange.close();
			});
			server.start();
			return server;
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	static List<String> autoConfigurations() {
		return StreamSupport
			.stream(ImportCandidates.load(AutoConfiguration.class, BackOffTests.class.getClassLoader()).spliterator(),
					false)
			.filter((name) -> name.startsWith(OURS))
			.toList();
	}

	@ParameterizedTest
	@MethodSource("autoConfigurations")
	void anApplicationMayExcludeEachAutoConfiguration(String excluded) {
		assertThat(autoConfigurations()).hasSizeGreaterThan(7);
		try (ConfigurableApplicationContext application = start(Application.class,
				"spring.autoconfigure.exclude=" + excluded)) {
			boolean transport = !excluded.equals(OURS + "Http2TransportAutoConfiguration");
			assertBlocking(application, transport && !excluded.equals(OURS + "Http2ImperativeClientAutoConfiguration"));
			assertReactive(application, transport && !excluded.equals(OURS + "Http2ReactiveClientAutoConfiguration"));
			assertThat(application.getBeansOfType(H2PoolEndpoint.class)).as("endpoint")
				.hasSize((transport && !excluded.equals(OURS + "H2PoolEndpointAutoConfiguration")) ? 1 : 0);
			assertThat(application.getBeansOfType(Http2TransportMetrics.class)).as("meters")
				.hasSize((transport && !excluded.equals(OURS + "Http2TransportMetricsAutoConfiguration")) ? 1 : 0);
			assertThat(application.containsBean("h2TransportHealthIndicator")).as("health")
				.isEqualTo(transport && !excluded.equals(OURS + "Http2TransportHealthAutoConfiguration"));
		}
	}

	static Stream<Arguments> replacements() {
		return Stream
			.of(Application.class, OwnTransport.class, OwnSharedTransport.class, OwnHttp1Origins.class,
					OwnIdentities.class, OwnFactoryBuilder.class, OwnConnectorBuilder.class, OwnFactory.class,
					OwnConnector.class, OwnHealth.class, OwnMeters.class, OwnRestClientBuilder.class)
			.flatMap((replacement) -> Stream.of(Arguments.of(replacement, true, ""),
					Arguments.of(replacement, false, ""),
					Arguments.of(replacement, true, OURS + "Http2TransportAutoConfiguration")));
	}

	@ParameterizedTest
	@MethodSource("replacements")
	void anApplicationMayReplaceEachBean(Class<?> replacement, boolean enabled, String excluded) {
		boolean ours = enabled && excluded.isEmpty();
		try (ConfigurableApplicationContext application = start(replacement, "h2.transport.enabled=" + enabled,
				"spring.autoconfigure.exclude=" + excluded)) {
			assertBlocking(application, ours && replacement != OwnFactoryBuilder.class);
			assertReactive(application, ours && replacement != OwnConnectorBuilder.class);
			boolean transport = ours || replacement == OwnTransport.class
					|| (replacement == OwnSharedTransport.class && application.containsBean("http2Transport"));
			assertThat(application.getBeansOfType(H2PoolEndpoint.class)).as("endpoint").hasSize(transport ? 1 : 0);
			assertThat(application.containsBean("h2TransportHealthIndicator")).as("health")
				.isEqualTo(transport || replacement == OwnHealth.class);
			application.getBeansOfType(H2PoolEndpoint.class).values().forEach((endpoint) -> endpoint.h2pool(null));
			if (application.containsBean("h2TransportHealthIndicator")) {
				assertThat(application.getBean("h2TransportHealthIndicator", HealthIndicator.class).health())
					.isNotNull();
			}
		}
	}

	/** The endpoint, the meters and health go by the transport that is there. */
	@ParameterizedTest
	@MethodSource("booleans")
	void aTransportOfTheApplicationIsWatchedLikeOurs(boolean enabled) {
		try (ConfigurableApplicationContext application = start(OwnTransport.class,
				"h2.transport.enabled=" + enabled)) {
			Http2Transport own = application.getBean(Http2Transport.class);
			RestClient client = RestClient.builder()
				.requestFactory(Http2ClientHttpRequestFactoryBuilder.of(own).build())
				.build();
			URI uri = this.http2.uri("/");
			assertThat(client.get().uri(uri).retrieve().body(String.class)).isEqualTo("over HTTP/2");

			assertThat(application.getBean(H2PoolEndpoint.class).h2pool(null).origins()).singleElement()
				.satisfies((origin) -> assertThat(origin.connections()).hasSize(1));
			assertThat(application.getBean("h2TransportHealthIndicator", HealthIndicator.class).health()).isNotNull()
				.returns(Status.UP, Health::getStatus);
			MeterRegistry meters = application.getBean(MeterRegistry.class);
			assertThat(meters.get("h2.transport.bytes").tag("direction", "received").functionCounter().count())
				.isPositive();
			assertThat(meters.get("h2.transport.connect").timer().count()).isEqualTo(1);
		}
	}

	static Stream<Boolean> booleans() {
		return Stream.of(true, false);
	}

	@Test
	void neitherConfigurationNorBeanOfOursIsNeededToSwitchEverythingOff() {
		try (ConfigurableApplicationContext application = start(Application.class,
				"spring.autoconfigure.exclude=" + String.join(",", autoConfigurations()))) {
			assertBlocking(application, false);
			assertReactive(application, false);
		}
	}

	private void assertBlocking(ConfigurableApplicationContext application, boolean overHttp2) {
		assertThat(application
			.getBean(ClientHttpRequestFactoryBuilder.class) instanceof Http2ClientHttpRequestFactoryBuilder)
			.as("blocking clients run over HTTP/2")
			.isEqualTo(overHttp2);
		assertThat(application.getBeansOfType(ClientHttpRequestFactory.class)).hasSize(1);
		RestClient client = application.getBean(RestClient.Builder.class).build();
		assertThat(client.get().uri(uri(overHttp2)).retrieve().body(String.class)).isEqualTo(answer(overHttp2));
	}

	private void assertReactive(ConfigurableApplicationContext application, boolean overHttp2) {
		assertThat(application.getBean(ClientHttpConnectorBuilder.class) instanceof Http2ClientHttpConnectorBuilder)
			.as("reactive clients run over HTTP/2")
			.isEqualTo(overHttp2);
		boolean own = !application.getBeansOfType(JdkClientHttpConnector.class).isEmpty();
		WebClient client = application.getBean(WebClient.Builder.class).build();
		assertThat(client.get()
			.uri(uri(overHttp2 && !own))
			.retrieve()
			.bodyToMono(String.class)
			.block(Duration.ofSeconds(20))).isEqualTo(answer(overHttp2 && !own));
	}

	private URI uri(boolean overHttp2) {
		return overHttp2 ? this.http2.uri("/")
				: URI.create("http://127.0.0.1:" + this.http1.getAddress().getPort() + "/");
	}

	private static String answer(boolean overHttp2) {
		return overHttp2 ? "over HTTP/2" : "over HTTP/1.1";
	}

	private static ConfigurableApplicationContext start(Class<?> configuration, String... properties) {
		List<String> all = new ArrayList<>(
				List.of("h2.transport.allow-http=true", "management.endpoints.web.exposure.include=h2pool,health",
						"management.health.h2-transport.enabled=true"));
		all.addAll(List.of(properties));
		return new SpringApplicationBuilder(configuration).web(WebApplicationType.NONE)
			.bannerMode(Banner.Mode.OFF)
			.logStartupInfo(false)
			// Above those of a file.
			.run(all.stream().map((each) -> "--" + each).toArray(String[]::new));
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

		@Bean
		SimpleMeterRegistry meters() {
			return new SimpleMeterRegistry();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class OwnTransport extends Application {

		@Bean
		Http2Transport own(ObjectProvider<TransportListener> listeners) {
			return Http2Transport.builder()
				.options(TransportOptions.builder().allowHttp(true).build())
				.listeners(listeners.orderedStream().toList())
				.build();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class OwnSharedTransport extends Application {

		@Bean
		SharedHttp2Transport own() {
			return new SharedHttp2Transport(TransportOptions.builder().allowHttp(true).build(),
					(options) -> Http2Transport.builder().options(options).build(), Duration.ofSeconds(1));
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class OwnHttp1Origins extends Application {

		@Bean
		Http1Origins own() {
			return new Http1Origins(Http1Fallback.NONE);
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class OwnIdentities extends Application {

		@Bean
		SharedIdentities own() {
			return new SharedIdentities();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class OwnFactoryBuilder extends Application {

		@Bean
		ClientHttpRequestFactoryBuilder<?> own() {
			return ClientHttpRequestFactoryBuilder.jdk();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class OwnConnectorBuilder extends Application {

		@Bean
		ClientHttpConnectorBuilder<?> own() {
			return ClientHttpConnectorBuilder.jdk();
		}

	}

	/** Which Spring Boot's {@code RestClient.Builder} does not use. */
	@Configuration(proxyBeanMethods = false)
	static class OwnFactory extends Application {

		@Bean
		ClientHttpRequestFactory own() {
			return new JdkClientHttpRequestFactory();
		}

	}

	/** Which Spring Boot's {@code WebClient.Builder} uses. */
	@Configuration(proxyBeanMethods = false)
	static class OwnConnector extends Application {

		@Bean
		ClientHttpConnector own() {
			return new JdkClientHttpConnector();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class OwnHealth extends Application {

		@Bean
		HealthIndicator h2TransportHealthIndicator() {
			return () -> Health.up().build();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class OwnMeters extends Application {

		@Bean
		OriginTags ownTags() {
			return new OriginTags();
		}

		@Bean
		Http2TransportMetricsListener ownListener(MeterRegistry registry, OriginTags origins) {
			return new Http2TransportMetricsListener(registry, origins);
		}

		@Bean
		Http2TransportMetrics ownMeters(ObjectProvider<SharedHttp2Transport> shared, OriginTags origins) {
			return new Http2TransportMetrics(() -> shared.getObject().snapshot(), origins);
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class OwnRestClientBuilder extends Application {

		@Bean
		RestClient.Builder own(ClientHttpRequestFactoryBuilder<?> builder) {
			return RestClient.builder().requestFactory(builder.build());
		}

	}

}
