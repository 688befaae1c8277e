package io.github.h2transport.spring.faults;

import java.time.Duration;
import java.util.List;

import io.github.h2transport.Http2TimeoutException;
import io.github.h2transport.testkit.Call;
import io.github.h2transport.testkit.ScriptedConn;
import io.github.h2transport.testkit.ScriptedServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.client.RestClient;
import org.springframework.web.reactive.function.client.WebClient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

/**
 * A stream of events that falls silent: the default read timeout lets it, one that
 * somebody has set does not, whichever way it was set.
 */
@Timeout(60)
class SilentEventsTests {

	private final ScriptedServer server = ScriptedServer.start();

	@AfterEach
	void close() {
		this.server.close();
	}

	@ParameterizedTest
	@ValueSource(strings = { "spring.http.clients.read-timeout", "h2.transport.read-timeout" })
	void aLimitThatSomebodySetEndsItForRestClient(String property) {
		try (ConfigurableApplicationContext application = start(property + "=1s")) {
			RestClient client = application.getBean(RestClient.Builder.class).build();
			Call<String> events = Call
				.of(() -> client.get().uri(this.server.uri("/events")).retrieve().body(String.class));
			silence();

			assertThat(catchThrowable(events::result)).hasStackTraceContaining(Http2TimeoutException.class.getName());
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "spring.http.clients.read-timeout", "h2.transport.read-timeout" })
	void aLimitThatSomebodySetEndsItForWebClient(String property) {
		try (ConfigurableApplicationContext application = start(property + "=1s")) {
			WebClient client = application.getBean(WebClient.Builder.class).build();
			Call<List<String>> events = Call.of(() -> client.get()
				.uri(this.server.uri("/events"))
				.retrieve()
				.bodyToFlux(String.class)
				.collectList()
				.block(Duration.ofSeconds(30)));
			silence();

			assertThat(catchThrowable(events::result)).hasStackTraceContaining(Http2TimeoutException.class.getName());
		}
	}

	/** One event, and no more. */
	private void silence() {
		ScriptedConn connection = this.server.greeted();
		int stream = connection.awaitHead().streamId();
		connection.respondHead(stream, 200, "content-type", "text/event-stream");
		connection.data(stream, "data: first\n\n".getBytes());
	}

	private static ConfigurableApplicationContext start(String property) {
		return new SpringApplicationBuilder(Application.class).web(WebApplicationType.NONE)
			.properties("h2.transport.allow-http=true", property)
			.run();
	}

	/** Nothing but the starter. */
	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

	}

}
