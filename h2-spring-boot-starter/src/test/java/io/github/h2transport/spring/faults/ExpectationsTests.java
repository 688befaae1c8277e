package io.github.h2transport.spring.faults;

import java.io.IOException;
import java.time.Duration;

import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.web.server.servlet.context.ServletWebServerApplicationContext;
import org.springframework.boot.web.servlet.ServletRegistrationBean;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.client.RestClient;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tomcat compares the value of {@code Expect} by case, and Java's own client writes it
 * with a capital letter, which arrives here through a gateway.
 */
@Timeout(120)
class ExpectationsTests {

	@ParameterizedTest
	@ValueSource(strings = { "100-continue", "100-Continue" })
	void tomcatLetsTheContentGoHoweverTheExpectationIsWritten(String value) {
		try (ConfigurableApplicationContext application = new SpringApplicationBuilder(Application.class)
			.web(WebApplicationType.SERVLET)
			.properties("server.port=0", "server.address=127.0.0.1", "server.http2.enabled=true",
					"h2.transport.allow-http=true", "h2.transport.expect-continue-timeout=30s")
			.run()) {
			int port = ((ServletWebServerApplicationContext) application).getWebServer().getPort();
			RestClient client = application.getBean(RestClient.Builder.class).build();
			long start = System.nanoTime();

			String answer = client.post()
				.uri("http://127.0.0.1:" + port + "/echo")
				.header("Expect", value)
				.body("content")
				.retrieve()
				.body(String.class);

			assertThat(answer).isEqualTo("content");
			assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(20));
		}
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

		@Bean
		ServletRegistrationBean<Echo> registration() {
			return new ServletRegistrationBean<>(new Echo(), "/echo");
		}

	}

	static final class Echo extends HttpServlet {

		private static final long serialVersionUID = 1L;

		@Override
		protected void doPost(HttpServletRequest request, HttpServletResponse response) throws IOException {
			response.getOutputStream().write(request.getInputStream().readAllBytes());
		}

	}

}
