package io.github.h2transport.spring.faults;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpConnectTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.function.BiFunction;

import com.sun.net.httpserver.HttpServer;
import io.github.h2transport.ConnectFailedException;
import io.github.h2transport.Http2TimeoutException;
import io.github.h2transport.InvalidRequestException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.restclient.RestTemplateBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.client.RestClient;
import org.springframework.web.reactive.function.client.WebClient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

/**
 * An application that calls {@code http} URLs goes on when nothing but the starter is
 * added: over HTTP/1.1, until it asks for HTTP/2 without TLS.
 */
@Timeout(120)
class HttpUrlsOutOfTheBoxTests {

	private HttpServer server;

	private URI uri;

	@BeforeEach
	void start() throws IOException {
		this.server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
		this.server.createContext("/", (exchange) -> {
			byte[] answer = exchange.getProtocol().getBytes(StandardCharsets.US_ASCII);
			exchange.sendResponseHeaders(200, answer.length);
			exchange.getResponseBody().write(answer);
			exchange.close();
		});
		this.server.start();
		this.uri = URI.create("http://localhost:" + this.server.getAddress().getPort() + "/orders");
	}

	@AfterEach
	void stop() {
		this.server.stop(0);
	}

	@ParameterizedTest
	@EnumSource
	void httpUrlsAreCalledOverHttp11WithoutAnySetting(Style style) {
		try (ConfigurableApplicationContext application = application()) {
			assertThat(style.get(application, this.uri)).isEqualTo("HTTP/1.1");
		}
	}

	@ParameterizedTest
	@EnumSource
	void oneOriginMayBeSaidToSpeakHttp2WhileTheOthersGoOn(Style style) {
		try (ConfigurableApplicationContext application = application(
				"h2.transport.origins.modern.match=modern.example.com",
				"h2.transport.origins.modern.allow-http=true")) {
			assertThat(style.get(application, this.uri)).isEqualTo("HTTP/1.1");
		}
	}

	@ParameterizedTest
	@EnumSource
	void oneOriginMayStayAtHttp11WhileTheOthersSpeakHttp2(Style style) {
		try (ConfigurableApplicationContext application = application("h2.transport.allow-http=true",
				"h2.transport.origins.old.match=localhost", "h2.transport.origins.old.allow-http=false")) {
			assertThat(style.get(application, this.uri)).isEqualTo("HTTP/1.1");
		}
	}

	@ParameterizedTest
	@EnumSource
	void anApplicationThatAllowsHttpLearnsHowToCallAServerThatSpeaksHttp11(Style style) {
		try (ConfigurableApplicationContext application = application("h2.transport.allow-http=true",
				"h2.transport.connect-timeout=2s")) {
			Throwable failure = style.failure(application, this.uri);

			assertThat(failure).isInstanceOfAny(ConnectFailedException.class, HttpConnectTimeoutException.class)
				.hasMessageContaining("h2.transport.allow-http=true")
				.hasMessageContaining("h2.transport.fallback=all")
				.hasMessageContaining("h2.transport.origins.<name>")
				.hasMessageContaining(this.uri.getAuthority());
			if (failure instanceof HttpConnectTimeoutException) {
				assertThat(failure).hasCauseInstanceOf(Http2TimeoutException.class);
			}
		}
	}

	@ParameterizedTest
	@EnumSource
	void whoeverTurnsTheFallbackOffLearnsOfBothWays(Style style) {
		try (ConfigurableApplicationContext application = application("h2.transport.fallback=tls")) {
			assertThat(style.failure(application, this.uri))
				.isInstanceOfAny(InvalidRequestException.class, IllegalArgumentException.class)
				.hasMessageContaining("h2.transport.allow-http=true")
				.hasMessageContaining("h2.transport.fallback=all");
		}
	}

	@Test
	void aRestTemplateIsServedToo() {
		try (ConfigurableApplicationContext application = application()) {
			assertThat(application.getBean(RestTemplateBuilder.class).build().getForObject(this.uri, String.class))
				.isEqualTo("HTTP/1.1");
		}
	}

	private static ConfigurableApplicationContext application(String... properties) {
		return new SpringApplicationBuilder(Application.class).web(WebApplicationType.NONE)
			.properties(properties)
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

		private final BiFunction<ConfigurableApplicationContext, URI, String> call;

		Style(BiFunction<ConfigurableApplicationContext, URI, String> call) {
			this.call = call;
		}

		String get(ConfigurableApplicationContext application, URI uri) {
			return this.call.apply(application, uri);
		}

		Throwable failure(ConfigurableApplicationContext application, URI uri) {
			Throwable failure = catchThrowable(() -> get(application, uri));
			assertThat(failure).as("the call must fail").isNotNull();
			Throwable cause = failure.getCause();
			// A caller's mistake may reach the caller as it is.
			return (cause != null && !(failure instanceof InvalidRequestException)) ? cause : failure;
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

	}

}
