package io.github.h2transport.spring.boot.autoconfigure;

import java.util.Map;

import org.assertj.core.api.AbstractStringAssert;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.SpringBootVersion;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.http.client.InetAddressFilter;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;
import org.springframework.core.io.DefaultResourceLoader;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;

/** What a user reads who has configured something that cannot be. */
@ExtendWith(OutputCaptureExtension.class)
class FailureAnalyzersTests {

	@Test
	void aNumberOutOfRangeIsShownWithTheRangeAndTheDefault(CapturedOutput output) {
		fails(application("h2.transport.pool.max-connections=0"));

		explains(output, "Invalid value '0' for configuration property 'h2.transport.pool.max-connections' (from ")
			.contains("It must be 1 to 10000.")
			.contains("Set 'h2.transport.pool.max-connections' to an allowed value, or remove it: its default is 8.");
	}

	@Test
	void aSizeIsShownAsItWasWrittenAndInOctets(CapturedOutput output) {
		fails(application("h2.transport.max-frame-size=5KB"));

		explains(output, "Invalid value '5KB' for configuration property 'h2.transport.max-frame-size'")
			.contains("That is 5120 octets. It must be 16384 to 16777215.")
			.contains("its default is 16KB.");
	}

	@Test
	void aPropertyWithoutADefaultIsExplainedToo(CapturedOutput output) {
		fails(application("h2.transport.event-loops=65"));

		explains(output, "It must be 1 to 64.")
			.contains("Set 'h2.transport.event-loops' to an allowed value, or remove it." + System.lineSeparator());
	}

	@Test
	void anEnvironmentVariableIsNamedAsTheOrigin(CapturedOutput output) {
		StandardEnvironment environment = new StandardEnvironment();
		environment.getPropertySources()
			.addFirst(new SystemEnvironmentPropertySource("test-systemEnvironment",
					Map.of("H2_TRANSPORT_IDLETIMEOUT", "-1s")));

		fails(builder(Everything.class).environment(environment).build());

		explains(output, "Invalid value '-1s' for configuration property 'h2.transport.idle-timeout' (from ")
			.contains("H2_TRANSPORT_IDLETIMEOUT")
			.contains("It must not be negative")
			.contains("its default is 50s.");
	}

	@ParameterizedTest
	@CsvSource({ "idle-timeout, soon, Duration", "max-frame-size, large, DataSize", "pool.max-connections, many, int",
			"fallback, http1, NONE" })
	void aValueOfTheWrongKindIsShownWithItsProperty(String name, String value, String expected, CapturedOutput output) {
		fails(application("h2.transport." + name + "=" + value));

		explains(output, "Property: h2.transport." + name).contains("Value: \"" + value + "\"").contains(expected);
	}

	@ParameterizedTest
	@ValueSource(strings = { "h2", "H2", "http2", "http-2", "HTTP/2", "h2-transport", "h2_transport" })
	void ourNameIsNoNameOfAFactoryOfBoot(String name, CapturedOutput output) {
		fails(application("spring.http.clients.imperative.factory=" + name));

		explains(output, "The configuration property 'spring.http.clients.imperative.factory' is '" + name + "' (from ")
			.contains("Remove 'spring.http.clients.imperative.factory': with h2-spring-boot-starter on the class path "
					+ "RestClient, RestTemplate and HTTP service groups run over HTTP/2 by themselves.")
			.contains("for example to jdk");
	}

	@Test
	void ourNameIsNoNameOfAConnectorOfBoot(CapturedOutput output) {
		fails(application("spring.http.clients.reactive.connector=h2"));

		explains(output, "The configuration property 'spring.http.clients.reactive.connector' is 'h2' (from ")
			.contains("WebClient and reactive HTTP service groups run over HTTP/2 by themselves");
	}

	@Test
	void anotherUnknownNameIsLeftToBoot(CapturedOutput output) {
		fails(application("spring.http.clients.imperative.factory=okhttp"));

		explains(output, "Property: spring.http.clients.imperative.factory").contains("The following values are valid")
			.doesNotContain("h2-spring-boot-starter on the class path");
	}

	@Test
	void aMissingHttpClientModuleIsNamedWithoutAStackTrace(CapturedOutput output) {
		fails(builder(VersionCheck.class)
			.resourceLoader(new DefaultResourceLoader(new FilteredClassLoader("org.springframework.boot.http.client")))
			.build());

		explains(output, "h2-spring-boot-starter needs spring-boot-http-client, which is not on the class path.")
			.contains("Remove its exclusion, or remove h2-spring-boot-starter.");
	}

	@Test
	void anOlderHttpClientModuleIsNamedWithoutAStackTrace(CapturedOutput output) {
		fails(builder(VersionCheck.class)
			.resourceLoader(new DefaultResourceLoader(new FilteredClassLoader(InetAddressFilter.class)))
			.build());

		explains(output,
				"h2-spring-boot-starter needs spring-boot-http-client 4.1 or newer, but the one on the class path is "
						+ "older than this application's Spring Boot " + SpringBootVersion.getVersion() + ".")
			.contains("Use the version that Spring Boot manages, or remove h2-spring-boot-starter.");
	}

	private AbstractStringAssert<?> explains(CapturedOutput output, String description) {
		return assertThat(output.getAll()).contains("APPLICATION FAILED TO START")
			.contains(description)
			.as("no stack trace")
			.doesNotContain("\tat io.github.h2transport", "\tat org.springframework");
	}

	private static void fails(SpringApplication application) {
		assertThatException().isThrownBy(() -> application.run().close());
	}

	private static SpringApplication application(String property) {
		return builder(Everything.class).properties(property).build();
	}

	private static SpringApplicationBuilder builder(Class<?> source) {
		return new SpringApplicationBuilder(source).web(WebApplicationType.NONE);
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Everything {

	}

	@Configuration(proxyBeanMethods = false)
	@ImportAutoConfiguration(BootVersionAutoConfiguration.class)
	static class VersionCheck {

	}

}
