package io.github.h2transport.spring.calls;

import java.io.IOException;
import java.net.URI;
import java.time.Duration;

import io.github.h2transport.testkit.Certificates;
import io.github.h2transport.testkit.Content;
import io.github.h2transport.testkit.RealServer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import reactor.core.publisher.Flux;
import reactor.test.StepVerifier;

import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.web.client.ResourceAccessException;
import org.springframework.web.client.RestClient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/** The calls against a server in a process of its own, which can be killed. */
abstract class RealServerCalls extends ServerCalls {

	private @Nullable RealServer plain;

	private @Nullable RealServer secure;

	/**
	 * Describes the server.
	 * @return a builder without TLS
	 */
	abstract RealServer.Builder server();

	@Override
	void startServers() {
		this.plain = server().file(GET_PATH, GET_SIZE).start();
		this.secure = server().file(GET_PATH, GET_SIZE).tls(Certificates.localhost()).start();
	}

	@Override
	void stopServers() {
		if (this.plain != null) {
			this.plain.close();
		}
		if (this.secure != null) {
			this.secure.close();
		}
	}

	@Override
	URI uri(String scheme, String path) {
		RealServer server = "https".equals(scheme) ? this.secure : this.plain;
		assertThat(server).isNotNull();
		return server.uri(path);
	}

	@Test
	@Timeout(60)
	void aKilledServerEndsTheCallWithATypedErrorAndTheNextOneWorksAfterItsRestart() {
		try (RealServer mortal = server().file(GET_PATH, GET_SIZE).start()) {
			RestClient client = client();
			URI uri = mortal.uri(GET_PATH);
			assertThat(client.get().uri(uri).retrieve().body(byte[].class)).hasSize(GET_SIZE);
			mortal.kill();

			long start = System.nanoTime();
			assertThatExceptionOfType(ResourceAccessException.class)
				.isThrownBy(() -> client.get().uri(uri).retrieve().body(byte[].class))
				.withCauseInstanceOf(IOException.class);
			assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(20));

			mortal.restart();
			byte[] body = client.get().uri(uri).retrieve().body(byte[].class);
			assertThat(Content.sha256(body)).isEqualTo(Content.sha256(Content.ofSize(GET_SIZE)));
		}
	}

	@Test
	@Timeout(60)
	void aServerThatIsKilledInTheMiddleOfABodyIsAFailureAndNotItsEnd() {
		try (RealServer mortal = server().file("/large", 4 * 1024 * 1024).start()) {
			Flux<DataBuffer> body = webClient().get().uri(mortal.uri("/large")).retrieve().bodyToFlux(DataBuffer.class);

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
