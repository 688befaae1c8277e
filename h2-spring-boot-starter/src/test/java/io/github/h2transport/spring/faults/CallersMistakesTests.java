package io.github.h2transport.spring.faults;

import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.function.Consumer;
import java.util.stream.Stream;

import io.github.h2transport.InvalidRequestException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.Banner;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.restclient.RestTemplateBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.RestTemplate;
import org.springframework.web.reactive.function.client.WebClient;
import org.springframework.web.reactive.function.client.WebClientRequestException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

/**
 * Frameworks repeat calls that failed in input or output, some for a minute. A request
 * that cannot be sent as it is must not look like that.
 */
@Timeout(120)
class CallersMistakesTests {

	private static ConfigurableApplicationContext application;

	@BeforeAll
	static void start() {
		application = new SpringApplicationBuilder(Application.class).web(WebApplicationType.NONE)
			.bannerMode(Banner.Mode.OFF)
			.logStartupInfo(false)
			.properties("h2.transport.fallback=tls", "h2.transport.origins.all.match=all.invalid",
					"h2.transport.origins.all.fallback=all")
			.run();
	}

	@AfterAll
	static void stop() {
		application.close();
	}

	static Stream<Arguments> mistakes() {
		return Stream.of(Arguments.of("http://localhost:1/", none(), "Unsupported scheme http"),
				Arguments.of("ftp://localhost/file", none(), "Unsupported scheme ftp"),
				Arguments.of("ftp://all.invalid/file", none(), "Unsupported scheme ftp"),
				Arguments.of("/relative", none(), "scheme"), Arguments.of("https:///path", none(), "host"),
				Arguments.of("https://under_score/", none(), "host"),
				Arguments.of("https://localhost:1/", field("bad name", "value"), "bad name"),
				Arguments.of("https://localhost:1/", field("X-Split", "a\r\nb"), "x-split"),
				Arguments.of("https://localhost:1/", field("Host", "a b"), "host"));
	}

	private static Consumer<HttpHeaders> none() {
		return (headers) -> {
		};
	}

	private static Consumer<HttpHeaders> field(String name, String value) {
		return (headers) -> headers.set(name, value);
	}

	@ParameterizedTest
	@MethodSource("mistakes")
	void blockingClientsThrowAnIllegalArgument(String uri, Consumer<HttpHeaders> headers, String words) {
		RestClient client = application.getBean(RestClient.Builder.class).build();
		assertMistake(
				catchThrowable(() -> client.get().uri(URI.create(uri)).headers(headers).retrieve().toBodilessEntity()),
				words);
		assertMistake(catchThrowable(() -> client.post()
			.uri(URI.create(uri))
			.headers(headers)
			.body("content")
			.retrieve()
			.body(String.class)), words);
		RestTemplate template = application.getBean(RestTemplateBuilder.class).build();
		assertMistake(catchThrowable(() -> template.execute(URI.create(uri), HttpMethod.GET,
				(request) -> headers.accept(request.getHeaders()), null)), words);
	}

	/** What {@code WebClient} learns late it wraps, whatever it is and whoever's. */
	@ParameterizedTest
	@MethodSource("mistakes")
	void reactiveClientsSignalAnIllegalArgument(String uri, Consumer<HttpHeaders> headers, String words) {
		WebClient client = application.getBean(WebClient.Builder.class).build();
		Throwable failure = catchThrowable(() -> client.post()
			.uri(URI.create(uri))
			.headers(headers)
			.bodyValue("content")
			.retrieve()
			.toBodilessEntity()
			.block(Duration.ofSeconds(20)));
		assertMistake((failure instanceof WebClientRequestException) ? failure.getCause() : failure, words);
	}

	@ParameterizedTest
	@ValueSource(strings = { "ftp://localhost/file", "ftp://all.invalid/file", "/relative", "https:///path" })
	void aTargetThatNobodyCanCallIsRefusedAtOnceByReactiveClientsToo(String uri) {
		WebClient client = application.getBean(WebClient.Builder.class).build();
		assertThat(catchThrowable(
				() -> client.get().uri(URI.create(uri)).retrieve().toBodilessEntity().block(Duration.ofSeconds(20))))
			.isExactlyInstanceOf(IllegalArgumentException.class);
	}

	private static void assertMistake(Throwable failure, String words) {
		assertThat(failure).isExactlyInstanceOf(IllegalArgumentException.class)
			.hasMessageContaining(words)
			.hasCauseInstanceOf(InvalidRequestException.class);
		assertThat(failure.getCause()).isInstanceOf(IOException.class).hasMessage(failure.getMessage());
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

	}

}
