package io.github.h2transport.spring.faults;

import java.time.Duration;

import io.github.h2transport.Http2TimeoutException;
import io.github.h2transport.TransportOptions;
import io.github.h2transport.spring.Http2ClientHttpRequestFactory;
import io.github.h2transport.testkit.ScriptedServer;
import io.github.h2transport.transport.Http2Transport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import org.springframework.boot.restclient.RestTemplateBuilder;
import org.springframework.http.client.BufferingClientHttpRequestFactory;
import org.springframework.web.client.ResourceAccessException;
import org.springframework.web.client.RestTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/** Spring Boot sets the timeouts of a factory that an application makes itself. */
@Timeout(60)
class FactorySettersTests {

	@Test
	void aFactoryOfTheApplicationGetsTheTimeoutsOfTheBuilder() {
		try (Http2Transport transport = transport()) {
			RestTemplate template = new RestTemplateBuilder()
				.requestFactory(() -> new Http2ClientHttpRequestFactory(transport))
				.connectTimeout(Duration.ofSeconds(3))
				.readTimeout(Duration.ofSeconds(7))
				.build();

			assertThat(((Http2ClientHttpRequestFactory) template.getRequestFactory()).getCallOptions())
				.satisfies((options) -> {
					assertThat(options.connectTimeout()).isEqualTo(Duration.ofSeconds(3));
					assertThat(options.responseTimeout()).isEqualTo(Duration.ofSeconds(7));
					assertThat(options.readTimeout()).isEqualTo(Duration.ofSeconds(7));
				});
		}
	}

	@Test
	void theTimeoutEndsACallAlsoOfAWrappedFactory() {
		try (ScriptedServer silent = ScriptedServer.start(); Http2Transport transport = transport()) {
			RestTemplate template = new RestTemplateBuilder()
				.requestFactory(
						() -> new BufferingClientHttpRequestFactory(new Http2ClientHttpRequestFactory(transport)))
				.readTimeout(Duration.ofMillis(300))
				.build();

			assertThatExceptionOfType(ResourceAccessException.class)
				.isThrownBy(() -> template.getForObject(silent.uri("/"), String.class))
				.havingRootCause()
				.isInstanceOf(Http2TimeoutException.class)
				.withMessageContaining("300 ms");
		}
	}

	private static Http2Transport transport() {
		return Http2Transport.builder()
			.options(TransportOptions.builder().allowHttp(true).shutdownTimeout(Duration.ofMillis(100)).build())
			.build();
	}

}
