package io.github.h2transport.spring.faults;

import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.BiFunction;

import com.github.tomakehurst.wiremock.WireMockServer;
import com.github.tomakehurst.wiremock.core.WireMockConfiguration;
import io.github.h2transport.Http2TimeoutException;
import io.github.h2transport.spring.boot.autoconfigure.H2PoolEndpoint;
import io.github.h2transport.testkit.Certificates;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;
import org.springframework.boot.http.client.FilteredHostException;
import org.springframework.boot.http.client.InetAddressFilter;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.io.DefaultResourceLoader;
import org.springframework.web.client.RestClient;
import org.springframework.web.reactive.function.client.WebClient;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

/**
 * A server that is well and has no HTTP/2: nobody is alarmed, limits that somebody has
 * set hold there too and are worded alike, and what our defaults would limit is not
 * limited.
 */
@Timeout(120)
@ExtendWith(OutputCaptureExtension.class)
class ServersWithoutHttp2Tests {

	private WireMockServer server;

	@BeforeEach
	void start() {
		this.server = new WireMockServer(WireMockConfiguration.options()
			.bindAddress("127.0.0.1")
			.dynamicPort()
			.dynamicHttpsPort()
			.http2TlsDisabled(true)
			.http2PlainDisabled(true)
			// Of what is compressed nobody sees the first octets before there are many.
			.gzipDisabled(true)
			.keystorePath(Certificates.localhost().keyStore().toString())
			.keystoreType("PKCS12")
			.keystorePassword(Certificates.PASSWORD)
			.keyManagerPassword(Certificates.PASSWORD));
		this.server.start();
		this.server.stubFor(get("/hello").willReturn(aResponse().withBody("hello")));
		this.server.stubFor(get("/slow").willReturn(aResponse().withBody("slow").withFixedDelay(20_000)));
		this.server.stubFor(
				get("/drip").willReturn(aResponse().withBody("x".repeat(100)).withChunkedDribbleDelay(50, 20_000)));
		this.server
			.stubFor(get("/silent").willReturn(aResponse().withBody("one,two").withChunkedDribbleDelay(2, 8_000)));
	}

	@AfterEach
	void stop() {
		this.server.stop();
	}

	private String https(String path) {
		return "https://localhost:" + this.server.httpsPort() + path;
	}

	private String http(String path) {
		return "http://localhost:" + this.server.port() + path;
	}

	@ParameterizedTest
	@EnumSource
	void aFallbackInUseIsInformationAndHealthIsUp(Style style, CapturedOutput output) {
		try (ConfigurableApplicationContext application = application(
				"management.endpoints.web.exposure.include=h2pool", "management.health.h2-transport.enabled=true")) {
			assertThat(style.get(application, https("/hello"))).isEqualTo("hello");
			assertThat(style.get(application, https("/hello"))).isEqualTo("hello");

			assertThat(application.getBean(H2PoolEndpoint.class).connection("diagnosis", null)).isNotNull()
				.asString()
				.contains("http1-fallback", "severity=info")
				.doesNotContain("critical", "calls fail");
			assertThat(application.getBean("h2TransportHealthIndicator", HealthIndicator.class).health().getStatus())
				.isEqualTo(Status.UP);
			assertThat(output.getOut().lines().filter((line) -> line.contains("is called over HTTP/1.1: "))).hasSize(1)
				.allMatch((line) -> line.contains("INFO") && line.contains("https://localhost:"));
		}
	}

	@ParameterizedTest
	@EnumSource
	void aReadTimeoutIsWordedAsOverHttp2(Style style) {
		try (ConfigurableApplicationContext application = application("spring.http.clients.read-timeout=500ms")) {
			for (String uri : List.of(http("/slow"), https("/slow"))) {
				Throwable failure = style.failure(application, uri);

				assertThat(failure).isExactlyInstanceOf(HttpTimeoutException.class)
					.hasCauseInstanceOf(Http2TimeoutException.class)
					.hasMessageMatching(
							"Timed out after \\d+ ms waiting for the response head of https?://localhost:\\d+ "
									+ "over HTTP/1.1; the limit is .*500 ms.*spring.http.clients.read-timeout.*");
			}
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "response-timeout", "exchange-timeout" })
	void aLimitThatSomebodyHasSetHoldsForBothVersions(String limit) {
		try (ConfigurableApplicationContext application = application("h2.transport." + limit + "=500ms")) {
			for (Style style : Style.values()) {
				Instant start = Instant.now();
				Throwable failure = style.failure(application, http("/slow"));

				assertThat(failure).isExactlyInstanceOf(HttpTimeoutException.class)
					.hasCauseInstanceOf(Http2TimeoutException.class)
					.hasMessageContaining("h2.transport." + limit)
					.hasMessageContaining("500 ms");
				assertThat(Duration.between(start, Instant.now())).isLessThan(Duration.ofSeconds(15));
			}
		}
	}

	@ParameterizedTest
	@EnumSource
	void theLimitOfTheWholeExchangeEndsContentThatDrips(Style style) {
		try (ConfigurableApplicationContext application = application("h2.transport.exchange-timeout=1s")) {
			Instant start = Instant.now();
			Throwable failure = catchThrowable(() -> style.get(application, http("/drip")));

			assertThat(failure).hasStackTraceContaining("h2.transport.exchange-timeout");
			assertThat(Duration.between(start, Instant.now())).isLessThan(Duration.ofSeconds(15));
		}
	}

	@ParameterizedTest
	@EnumSource
	void contentThatIsSilentForLongerThanItsReadTimeoutFails(Style style) {
		try (ConfigurableApplicationContext application = application("h2.transport.read-timeout=500ms")) {
			Instant start = Instant.now();
			Throwable failure = catchThrowable(() -> style.get(application, http("/silent")));

			assertThat(failure).hasStackTraceContaining("Timed out after ")
				.hasStackTraceContaining(
						"over HTTP/1.1; the limit is readTimeout of 500 ms (h2.transport.read-timeout)");
			assertThat(Duration.between(start, Instant.now())).isLessThan(Duration.ofSeconds(15));
		}
	}

	/** It is silent for 400 ms, fifty times. */
	@ParameterizedTest
	@EnumSource
	void contentThatKeepsComingIsReadToItsEnd(Style style) {
		try (ConfigurableApplicationContext application = application("h2.transport.read-timeout=10s")) {
			assertThat(style.get(application, http("/drip"))).hasSize(100);
		}
	}

	@ParameterizedTest
	@EnumSource
	void aHostThatTheAddressFilterRefusesIsSaidAsSpringBootDoes(Style style) {
		for (String uri : List.of(http("/hello"), https("/hello"))) {
			for (String allowHttp : List.of("false", "true")) {
				try (ConfigurableApplicationContext application = application(Refusing.class,
						"h2.transport.allow-http=" + allowHttp)) {
					Throwable failure = catchThrowable(() -> style.get(application, uri));

					// RestClient and WebClient wrap what the request factory throws.
					assertThat(List.of(failure, causeOf(failure), causeOf(causeOf(failure))))
						.as(uri + " with allow-http=" + allowHttp)
						.hasAtLeastOneElementOfType(FilteredHostException.class);
				}
			}
		}
	}

	private static Throwable causeOf(Throwable failure) {
		return (failure.getCause() != null) ? failure.getCause() : failure;
	}

	@Test
	void http2AloneThrowsTheRefusalItself() {
		try (ConfigurableApplicationContext application = application(Refusing.class)) {
			assertThat(catchThrowable(() -> Style.BLOCKING.get(application, https("/hello"))))
				.isInstanceOf(FilteredHostException.class);
			assertThat(Style.REACTIVE.failure(application, https("/hello"))).isInstanceOf(FilteredHostException.class);
		}
	}

	private static ConfigurableApplicationContext application(String... properties) {
		return application(Application.class, properties);
	}

	private static ConfigurableApplicationContext application(Class<?> type, String... properties) {
		return new SpringApplicationBuilder(type).web(WebApplicationType.NONE)
			.properties("spring.http.clients.ssl.bundle=servers",
					"spring.ssl.bundle.pem.servers.truststore.certificate=file:"
							+ Certificates.localhost().certificate())
			.properties(properties)
			.resourceLoader(new DefaultResourceLoader(
					new FilteredClassLoader("reactor.netty", "org.apache.hc", "org.eclipse.jetty.client")))
			.run();
	}

	private enum Style {

		BLOCKING((application, uri) -> application.getBean(RestClient.Builder.class)
			.build()
			.get()
			.uri(uri)
			.retrieve()
			.body(String.class)),

		REACTIVE((application, uri) -> application.getBean(WebClient.Builder.class)
			.build()
			.get()
			.uri(uri)
			.retrieve()
			.bodyToMono(String.class)
			.block());

		private final BiFunction<ConfigurableApplicationContext, String, String> call;

		Style(BiFunction<ConfigurableApplicationContext, String, String> call) {
			this.call = call;
		}

		String get(ConfigurableApplicationContext application, String uri) {
			return this.call.apply(application, uri);
		}

		Throwable failure(ConfigurableApplicationContext application, String uri) {
			Throwable failure = catchThrowable(() -> get(application, uri));
			assertThat(failure).as("the call must fail").isNotNull();
			return failure.getCause();
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Refusing {

		@Bean
		InetAddressFilter noLoopback() {
			return (address) -> !address.isLoopbackAddress();
		}

	}

}
