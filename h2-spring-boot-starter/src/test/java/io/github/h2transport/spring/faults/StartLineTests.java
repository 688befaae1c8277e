package io.github.h2transport.spring.faults;

import java.util.regex.Pattern;
import java.util.stream.Stream;

import io.github.h2transport.spring.Http2ClientHttpRequestFactoryBuilder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.Banner;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.http.client.ClientHttpRequestFactoryBuilder;
import org.springframework.boot.http.client.JdkClientHttpRequestFactoryBuilder;
import org.springframework.boot.http.client.ReactorClientHttpRequestFactoryBuilder;
import org.springframework.boot.http.client.autoconfigure.ClientHttpRequestFactoryBuilderCustomizer;
import org.springframework.boot.http.client.autoconfigure.reactive.ClientHttpConnectorBuilderCustomizer;
import org.springframework.boot.http.client.reactive.ClientHttpConnectorBuilder;
import org.springframework.boot.http.client.reactive.ReactorClientHttpConnectorBuilder;
import org.springframework.boot.restclient.RestClientCustomizer;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.client.SimpleClientHttpRequestFactory;

import static org.assertj.core.api.Assertions.assertThat;

/** The line at the start says what is so, whatever the application has of its own. */
@Timeout(120)
@ExtendWith(OutputCaptureExtension.class)
class StartLineTests {

	private static final String LINE = "HTTP/2 (h2-transport";

	@Test
	void allClientsRunOnHttp2(CapturedOutput output) {
		start(Application.class).close();

		assertThat(line(output))
			.contains("RestClient.Builder, RestTemplateBuilder", "WebClient.Builder",
					"ClientHttpConnector run on HTTP/2")
			.doesNotContain("do not");
	}

	@Test
	void anotherClientThatIsChosenForBlockingCallsIsNamed(CapturedOutput output) {
		start(Application.class, "spring.http.clients.imperative.factory=jdk").close();

		assertThat(line(output)).matches(".*: WebClient.Builder.* run on HTTP/2 .*")
			.contains("RestClient.Builder, RestTemplateBuilder, ClientHttpRequestFactory do not, for "
					+ "spring.http.clients.imperative.factory is 'jdk'")
			.doesNotContain("set spring.http.clients.imperative.factory");
	}

	@Test
	void anotherClientThatIsChosenForReactiveCallsIsNamed(CapturedOutput output) {
		start(Application.class, "spring.http.clients.reactive.connector=jdk").close();

		assertThat(line(output)).contains("ClientHttpRequestFactory run on HTTP/2",
				"WebClient.Builder, ClientHttpConnector do not, for spring.http.clients.reactive.connector is 'jdk'");
	}

	@Test
	void buildersOfTheApplicationAreNamed(CapturedOutput output) {
		start(OwnBuilders.class).close();

		assertThat(line(output)).contains("No client that Spring Boot builds runs on HTTP/2",
				"RestClient.Builder, RestTemplateBuilder, ClientHttpRequestFactory do not, "
						+ "for the application has its own builder, 'blocking'",
				"WebClient.Builder, ClientHttpConnector do not, for the application has its own builder, 'reactive'");
	}

	@Test
	void aConfigurationThatIsLeftOutIsNamed(CapturedOutput output) {
		start(Application.class, "spring.autoconfigure.exclude=io.github.h2transport.spring.boot.autoconfigure."
				+ "Http2ImperativeClientAutoConfiguration")
			.close();

		assertThat(line(output)).contains("do not, for Http2ImperativeClientAutoConfiguration is left out");
	}

	@Test
	void aCustomizerThatMaySetARequestFactoryIsNamed(CapturedOutput output) {
		start(OwnFactory.class).close();

		assertThat(line(output)).contains("; a request factory that is set by 'own' wins over it");
	}

	@Test
	void nothingIsSaidIfAllIsSwitchedOff(CapturedOutput output) {
		start(OwnBuilders.class, "h2.transport.enabled=false").close();

		assertThat(output.getOut()).doesNotContain(LINE);
	}

	@Test
	void aChildContextDoesNotSayItAgain(CapturedOutput output) {
		ConfigurableApplicationContext child = new SpringApplicationBuilder(Application.class)
			.web(WebApplicationType.NONE)
			.bannerMode(Banner.Mode.OFF)
			.child(Application.class)
			.web(WebApplicationType.NONE)
			.run();
		((ConfigurableApplicationContext) child.getParent()).close();

		assertThat(Pattern.compile(LINE, Pattern.LITERAL).matcher(output.getOut()).results().count()).isEqualTo(1);
	}

	@Test
	void customizersOfOtherClientsAreNamed(CapturedOutput output) {
		start(Customizers.class).close();

		assertThat(output.getOut()).containsOnlyOnce("Without effect on calls over HTTP/2")
			.contains("'jdk' (JdkClientHttpRequestFactoryBuilder), 'reactor' (ReactorClientHttpRequestFactoryBuilder), "
					+ "'connector' (ReactorClientHttpConnectorBuilder);")
			.contains("WARN");
	}

	@Test
	void customizersOfOursAndOfAnyAreNoReasonToWarn(CapturedOutput output) {
		start(Application.class).close();
		start(OwnCustomizers.class).close();
		start(Customizers.class, "spring.http.clients.imperative.factory=jdk",
				"spring.http.clients.reactive.connector=jdk")
			.close();

		assertThat(output.getOut()).doesNotContain("Without effect on calls over HTTP/2");
	}

	private static String line(CapturedOutput output) {
		return output.getOut().lines().filter((each) -> each.contains(LINE)).findFirst().orElse("none");
	}

	private static ConfigurableApplicationContext start(Class<?> configuration, String... properties) {
		return new SpringApplicationBuilder(configuration).web(WebApplicationType.NONE)
			.bannerMode(Banner.Mode.OFF)
			// Above those of a file.
			.run(Stream.of(properties).map((each) -> "--" + each).toArray(String[]::new));
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

	}

	@Configuration(proxyBeanMethods = false)
	static class OwnBuilders extends Application {

		@Bean
		ClientHttpRequestFactoryBuilder<?> blocking() {
			return ClientHttpRequestFactoryBuilder.jdk();
		}

		@Bean
		ClientHttpConnectorBuilder<?> reactive() {
			return ClientHttpConnectorBuilder.jdk();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class OwnFactory extends Application {

		@Bean
		RestClientCustomizer own() {
			return (builder) -> builder.requestFactory(new SimpleClientHttpRequestFactory());
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Customizers extends Application {

		@Bean
		ClientHttpRequestFactoryBuilderCustomizer<JdkClientHttpRequestFactoryBuilder> jdk() {
			return (builder) -> builder;
		}

		@Bean
		ClientHttpRequestFactoryBuilderCustomizer<ReactorClientHttpRequestFactoryBuilder> reactor() {
			return (builder) -> builder;
		}

		@Bean
		ClientHttpConnectorBuilderCustomizer<ReactorClientHttpConnectorBuilder> connector() {
			return (builder) -> builder;
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class OwnCustomizers extends Application {

		@Bean
		ClientHttpRequestFactoryBuilderCustomizer<Http2ClientHttpRequestFactoryBuilder> ours() {
			return (builder) -> builder;
		}

		@Bean
		ClientHttpRequestFactoryBuilderCustomizer<?> any() {
			return new ClientHttpRequestFactoryBuilderCustomizer<ClientHttpRequestFactoryBuilder<?>>() {

				@Override
				public ClientHttpRequestFactoryBuilder<?> customize(ClientHttpRequestFactoryBuilder<?> builder) {
					return builder;
				}

			};
		}

	}

}
