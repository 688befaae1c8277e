package io.github.h2transport.spring.boot.autoconfigure;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

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
	void withoutTheHttpClientModuleTheStartEndsWithOneClearLine() {
		this.runner.withClassLoader(new FilteredClassLoader("org.springframework.boot.http.client"))
			.run((context) -> assertThat(context).getFailure()
				.isInstanceOf(IllegalStateException.class)
				.hasMessage("h2-spring-boot-starter needs spring-boot-http-client, which is not on the class path: "
						+ "remove its exclusion, or remove h2-spring-boot-starter"));
	}

	@Test
	void anOlderHttpClientModuleEndsTheStartWithOneClearLine() {
		this.runner.withClassLoader(new FilteredClassLoader(InetAddressFilter.class))
			.run((context) -> assertThat(context).getFailure()
				.isInstanceOf(IllegalStateException.class)
				.hasMessage("h2-spring-boot-starter needs spring-boot-http-client 4.1 or newer, but the one on the "
						+ "class path is older than this application's Spring Boot " + SpringBootVersion.getVersion()
						+ ": use the version that Spring Boot manages, or remove h2-spring-boot-starter"));
	}

	@ParameterizedTest
	@ValueSource(strings = { "2.7.18", "3.5.13-SNAPSHOT", "4.0.0-RC1", "4.0.12" })
	void versionsBefore41AreTooOld(String version) {
		assertThat(UnsupportedBootException.isTooOld(version)).isTrue();
	}

	@ParameterizedTest
	@NullSource
	@ValueSource(strings = { "4.1.0", "4.1.0-SNAPSHOT", "4.2.0-M1", "4.10.3", "5.0.0", "10.0.0", "of our own" })
	void othersAreNot(String version) {
		assertThat(UnsupportedBootException.isTooOld(version)).isFalse();
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
