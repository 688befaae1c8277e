package io.github.h2transport.spring.faults;

import java.io.File;
import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import javax.tools.ToolProvider;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.util.StringUtils;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * An application whose Spring Boot is too old is told so, and nothing else: not that a
 * bean which two versions of a module define could not be registered.
 */
@ExtendWith(OutputCaptureExtension.class)
class AnOlderSpringBootTests {

	private static final String LINE = "h2-spring-boot-starter needs Spring Boot 4.1 or newer, but this application runs on ";

	@ParameterizedTest
	@ValueSource(strings = { "3.5.0", "4.0.9" })
	void theVersionIsAllThatTheApplicationIsTold(String version, @TempDir Path classes, CapturedOutput output)
			throws Exception {
		String failure = start(version, classes);

		assertThat(failure)
			.isEqualTo(LINE + "Spring Boot " + version + ": update Spring Boot, or remove the dependency");
		assertThat(output.getOut())
			.contains("APPLICATION FAILED TO START", "Update Spring Boot, or remove the dependency.")
			.doesNotContain("could not be registered", "\tat ");
		assertThat(StringUtils.countOccurrencesOf(output.getOut(), LINE)).isEqualTo(1);
	}

	@ParameterizedTest
	@ValueSource(strings = "4.10.3")
	void aVersionThatIsNewEnoughIsNotToBlame(String version, @TempDir Path classes, CapturedOutput output)
			throws Exception {
		assertThat(start(version, classes)).contains("'twice'");
		assertThat(output.getOut()).contains("could not be registered").doesNotContain(LINE);
	}

	@Test
	void withoutTwoBeansOfANameTheApplicationOfTheseTestsStarts() {
		SpringApplication.run(Sound.class, "--spring.main.web-application-type=none").close();
	}

	/** Starts the application with a Spring Boot that calls itself otherwise. */
	private static String start(String version, Path classes) throws Exception {
		compileVersion(version, classes);
		List<URL> path = new ArrayList<>();
		path.add(url(classes.toFile()));
		for (String each : System.getProperty("java.class.path").split(File.pathSeparator)) {
			path.add(url(new File(each)));
		}
		Thread current = Thread.currentThread();
		ClassLoader before = current.getContextClassLoader();
		try (URLClassLoader apart = new URLClassLoader(path.toArray(URL[]::new),
				ClassLoader.getPlatformClassLoader())) {
			current.setContextClassLoader(apart);
			return (String) apart.loadClass(OldApplication.class.getName()).getMethod("start").invoke(null);
		}
		finally {
			current.setContextClassLoader(before);
		}
	}

	private static URL url(File file) throws MalformedURLException {
		return file.toURI().toURL();
	}

	private static void compileVersion(String version, Path classes) throws IOException {
		Path source = Files.writeString(classes.resolve("SpringBootVersion.java"), """
				package org.springframework.boot;
				public final class SpringBootVersion {
					public static String getVersion() {
						return "%s";
					}
				}
				""".formatted(version));
		assertThat(ToolProvider.getSystemJavaCompiler()
			.run(null, null, null, "-proc:none", "-d", classes.toString(), source.toString())).isZero();
	}

	/** What is made anew with all of Spring by another class loader. */
	public static final class OldApplication {

		private OldApplication() {
		}

		public static String start() {
			SpringApplication application = new SpringApplication(Broken.class);
			application.setRegisterShutdownHook(false);
			try {
				application.run("--spring.main.web-application-type=none").close();
				return "started";
			}
			catch (RuntimeException ex) {
				return String.valueOf(ex.getMessage());
			}
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Sound {

	}

	/** Two beans of a name, as two versions of one auto-configuration define them. */
	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import({ One.class, Other.class })
	static class Broken {

	}

	@Configuration(proxyBeanMethods = false)
	static class One {

		@Bean("twice")
		String one() {
			return "one";
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Other {

		@Bean("twice")
		String other() {
			return "other";
		}

	}

}
