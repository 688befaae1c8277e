package io.github.h2transport.spring.faults;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.function.BiFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import io.github.h2transport.Http2TimeoutException;
import io.github.h2transport.frame.Settings;
import io.github.h2transport.testkit.ScriptedServer;
import io.github.h2transport.testkit.ServedRequests;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import org.springframework.boot.Banner;
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
 * A call that was cut off by a limit says which one, how long it is, who has set it, and
 * how long the call itself took.
 */
@Timeout(120)
class LimitsInMessagesTests {

	private static final String CLIENTS = "the client's own; in Spring its read timeout";

	private static final Pattern TIMED_OUT = Pattern.compile("Timed out after (\\d+) ms");

	private static final Pattern SILENT = Pattern.compile("the peer has sent nothing for (\\d+) ms");

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
		exchange.respond(200, new byte[0]);
	});

	@AfterEach
	void close() {
		this.closed.countDown();
		this.server.close();
	}

	static Stream<Arguments> limits() {
		BiFunction<ConfigurableApplicationContext, URI, Object> restClient = (application, uri) -> application
			.getBean(RestClient.Builder.class)
			.build()
			.get()
			.uri(uri)
			.retrieve()
			.toBodilessEntity();
		BiFunction<ConfigurableApplicationContext, URI, Object> webClient = (application, uri) -> application
			.getBean(WebClient.Builder.class)
			.build()
			.get()
			.uri(uri)
			.retrieve()
			.toBodilessEntity()
			.block(Duration.ofSeconds(30));
		BiFunction<ConfigurableApplicationContext, URI, Object> template = (application, uri) -> application
			.getBean(RestTemplateBuilder.class)
			.readTimeout(Duration.ofMillis(1200))
			.build()
			.getForEntity(uri, String.class);
		List<String> clients = List.of("spring.http.clients.read-timeout=1200ms", "h2.transport.response-timeout=30s");
		List<String> ours = List.of("h2.transport.response-timeout=1200ms");
		List<String> exchanges = List.of("h2.transport.exchange-timeout=1200ms");
		return Stream.of(Arguments.of("RestClient", restClient, clients, "responseTimeout of 1200 ms (" + CLIENTS),
				Arguments.of("WebClient", webClient, clients, "responseTimeout of 1200 ms (" + CLIENTS),
				Arguments.of("RestTemplateBuilder", template, List.of(), "responseTimeout of 1200 ms (" + CLIENTS),
				Arguments.of("RestClient", restClient, ours,
						"responseTimeout of 1200 ms (h2.transport.response-timeout)"),
				Arguments.of("WebClient", webClient, ours,
						"responseTimeout of 1200 ms (h2.transport.response-timeout)"),
				Arguments.of("RestClient", restClient, exchanges,
						"exchangeTimeout of 1200 ms (h2.transport.exchange-timeout)"),
				Arguments.of("WebClient", webClient, exchanges,
						"exchangeTimeout of 1200 ms (h2.transport.exchange-timeout)"));
	}

	@ParameterizedTest(name = "{0}, {2}")
	@MethodSource("limits")
	void theLimitThatCountsIsNamedWithItsValue(String name,
			BiFunction<ConfigurableApplicationContext, URI, Object> call, List<String> properties, String limit) {
		try (ConfigurableApplicationContext application = start(properties)) {
			call.apply(application, this.server.uri("/"));
			long idleSince = System.nanoTime();
			// Longer than the call, so that it could be taken for the call's own silence.
			Awaitility.await().until(() -> System.nanoTime() - idleSince > Duration.ofMillis(2500).toNanos());
			long begun = System.nanoTime();

			Throwable failure = catchThrowable(() -> call.apply(application, this.server.uri("/silent")));

			long took = Duration.ofNanos(System.nanoTime() - begun).toMillis();
			assertThat(failure).rootCause().isInstanceOf(Http2TimeoutException.class);
			String message = rootMessage(failure);
			assertThat(message).contains("; the limit is " + limit);
			assertThat(number(TIMED_OUT, message)).isBetween(1200L, took);
			assertThat(number(SILENT, message)).isLessThanOrEqualTo(took);
		}
	}

	private static long number(Pattern pattern, String message) {
		Matcher matcher = pattern.matcher(message);
		assertThat(matcher.find()).as(message).isTrue();
		return Long.parseLong(matcher.group(1));
	}

	private static String rootMessage(Throwable failure) {
		Throwable root = failure;
		while (root.getCause() != null) {
			root = root.getCause();
		}
		return String.valueOf(root.getMessage());
	}

	private static ConfigurableApplicationContext start(List<String> properties) {
		return new SpringApplicationBuilder(Application.class).web(WebApplicationType.NONE)
			.bannerMode(Banner.Mode.OFF)
			.logStartupInfo(false)
			.properties("h2.transport.allow-http=true")
			.properties(properties.toArray(String[]::new))
			.run();
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

	}

}
