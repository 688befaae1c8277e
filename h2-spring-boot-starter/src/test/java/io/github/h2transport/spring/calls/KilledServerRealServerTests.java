package io.github.h2transport.spring.calls;

import java.io.IOException;
import java.net.URI;
import java.time.Duration;

import io.github.h2transport.testkit.Content;
import io.github.h2transport.testkit.RealServer;
import io.github.h2transport.testkit.ServerKind;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import reactor.core.publisher.Flux;
import reactor.test.StepVerifier;

import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.web.client.ResourceAccessException;
import org.springframework.web.client.RestClient;
import org.springframework.web.reactive.function.client.WebClient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/** What users see when a server in a process of its own is killed. */
@Timeout(120)
class KilledServerRealServerTests {

	private static final String PATH = "/content";

	private static final int SIZE = 20_000;

	private static ConfigurableApplicationContext application;

	@BeforeAll
	static void start() {
		application = ClientApplication.start();
	}

	@AfterAll
	static void stop() {
		application.close();
	}

	@ParameterizedTest
	@EnumSource(ServerKind.class)
	void theCallEndsWithATypedErrorAndTheNextOneWorksAfterTheRestart(ServerKind kind) {
		try (RealServer mortal = RealServer.of(kind).file(PATH, SIZE).start()) {
			RestClient client = application.getBean(RestClient.Builder.class).build();
			URI uri = mortal.uri(PATH);
			assertThat(client.get().uri(uri).retrieve().body(byte[].class)).hasSize(SIZE);
			mortal.kill();

			long start = System.nanoTime();
			assertThatExceptionOfType(ResourceAccessException.class)
				.isThrownBy(() -> client.get().uri(uri).retrieve().body(byte[].class))
				.withCauseInstanceOf(IOException.class);
			assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(20));

			mortal.restart();
			byte[] body = client.get().uri(uri).retrieve().body(byte[].class);
			assertThat(Content.sha256(body)).isEqualTo(Content.sha256(Content.ofSize(SIZE)));
		}
	}

	@ParameterizedTest
	@EnumSource(ServerKind.class)
	void aKillInTheMiddleOfABodyIsAFailureAndNotItsEnd(ServerKind kind) {
		try (RealServer mortal = RealServer.of(kind).file("/large", 4 * 1024 * 1024).start()) {
			Flux<DataBuffer> body = application.getBean(WebClient.Builder.class)
				.build()
				.get()
				.uri(mortal.uri("/large"))
				.retrieve()
				.bodyToFlux(DataBuffer.class);

			StepVerifier.create(body, 1)
				.expectNextCount(1)
				.then(mortal::kill)
				.thenRequest(Long.MAX_VALUE)
				.thenConsumeWhile((buffer) -> true)
				.expectErrorSatisfies((failure) -> assertThat(failure).hasCauseInstanceOf(IOException.class))
				.verify(Duration.ofSeconds(30));
		}
	}

}
