package io.github.h2transport.spring.boot.autoconfigure;

import org.junit.jupiter.api.Test;

import org.springframework.boot.SpringBootVersion;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.http.client.InetAddressFilter;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import static org.assertj.core.api.Assertions.assertThat;

class BootVersionAutoConfigurationTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(BootVersionAutoConfiguration.class,
				Http2TransportAutoConfiguration.class, Http2ImperativeClientAutoConfiguration.class));

	@Test
	void anOlderBootEndsTheStartWithOneClearLine() {
		this.runner.withClassLoader(new FilteredClassLoader(InetAddressFilter.class))
			.run((context) -> assertThat(context).getFailure()
				.isInstanceOf(IllegalStateException.class)
				.hasMessage("h2-spring-boot-starter needs Spring Boot 4.1 or newer, but this application runs on "
						+ "Spring Boot " + SpringBootVersion.getVersion()
						+ ": update Spring Boot, or remove the dependency"));
	}

	@Test
	void theVersionThatIsBuiltAgainstIsNewEnough() {
		this.runner.run((context) -> assertThat(context).hasNotFailed());
	}

	@Test
	void theClassThatTellsTheVersionsApartIsTheOneThatExists() {
		assertThat(BootVersionAutoConfiguration.CLASS_SINCE_4_1).isEqualTo(InetAddressFilter.class.getName());
	}

}
