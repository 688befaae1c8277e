package io.github.h2transport.spring.faults;

import java.time.Duration;

import io.github.h2transport.testkit.Call;
import io.github.h2transport.testkit.ScriptedConn;
import io.github.h2transport.testkit.ScriptedServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import reactor.core.publisher.Mono;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.client.RestClient;
import org.springframework.web.reactive.function.client.ExchangeFilterFunction;
import org.springframework.web.reactive.function.client.WebClient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** An application that forgets to close a response, and is stopped. */
@Timeout(120)
@ExtendWith(OutputCaptureExtension.class)
class LostResponsesTests {

	@Test
	void aRestClientThatDoesNotCloseDelaysNoStop(CapturedOutput output) {
		stopsSoonAfter(output,
				(context, uri) -> context.getBean(RestClient.Builder.class)
					.build()
					.get()
					.uri(uri)
					.exchange((request, response) -> response.getStatusCode(), false));
	}

	@Test
	void aFilterOfWebClientThatDropsTheResponseDelaysNoStop(CapturedOutput output) {
		ExchangeFilterFunction dropping = (request, next) -> next.exchange(request).then(Mono.empty());
		stopsSoonAfter(output,
				(context, uri) -> context.getBean(WebClient.Builder.class)
					.filter(dropping)
					.build()
					.get()
					.uri(uri)
					.retrieve()
					.bodyToMono(String.class)
					.onErrorComplete()
					.block());
	}

	private static void stopsSoonAfter(CapturedOutput output, Application application) {
		try (ScriptedServer server = ScriptedServer.start()) {
			ConfigurableApplicationContext context = new SpringApplicationBuilder(ClientConfiguration.class)
				.web(WebApplicationType.NONE)
				.properties("h2.transport.allow-http=true")
				.run();
			try {
				Call<Boolean> call = Call.of(() -> {
					application.call(context, server.uri("/lost").toString());
					return true;
				});
				ScriptedConn connection = server.greeted();
				connection.awaitHead();
				connection.respondHead(1, 200).data(1, new byte[1000]);
				call.result();

				await().pollInterval(Duration.ofMillis(20)).until(() -> {
					System.gc();
					return output.getAll().contains("A response was never closed: GET /lost");
				});
				long start = System.nanoTime();

				context.close();

				assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(8));
			}
			finally {
				context.close();
			}
		}
	}

	/** What an application does wrong. */
	@FunctionalInterface
	private interface Application {

		void call(ConfigurableApplicationContext context, String uri);

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class ClientConfiguration {

	}

}
