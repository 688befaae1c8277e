package io.github.h2transport.spring.faults;

import java.io.File;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;

import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.Banner;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;

/** Other jars with configuration metadata may come first on the class path. */
@Timeout(120)
@ExtendWith(OutputCaptureExtension.class)
class OtherMetadataTests {

	@ParameterizedTest
	@ValueSource(strings = { "{\"properties\": [{\"name\": \"other\", \"defaultValue\": 1}]}", "{}", "no JSON", "" })
	void theExplanationOfABadValueHasTheDefaultAllTheSame(String metadata, @TempDir Path folder, CapturedOutput output)
			throws Exception {
		Files.createDirectories(folder.resolve("META-INF"));
		Files.writeString(folder.resolve("META-INF/spring-configuration-metadata.json"), metadata);

		start(folder);

		assertThat(output.getAll()).contains("Invalid value '0' for configuration property")
			.contains("its default is 8.");
	}

	private static void start(Path first) throws Exception {
		List<URL> urls = new ArrayList<>(List.of(first.toUri().toURL()));
		for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
			urls.add(Path.of(entry).toUri().toURL());
		}
		Thread thread = Thread.currentThread();
		ClassLoader before = thread.getContextClassLoader();
		try (URLClassLoader loader = new URLClassLoader(urls.toArray(URL[]::new),
				ClassLoader.getPlatformClassLoader())) {
			thread.setContextClassLoader(loader);
			Callable<?> application = (Callable<?>) loader.loadClass(Application.class.getName())
				.getConstructor()
				.newInstance();
			assertThat(application.call()).isEqualTo("failed");
		}
		finally {
			thread.setContextClassLoader(before);
		}
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	public static class Application implements Callable<String> {

		@Override
		public String call() throws IOException {
			try {
				new SpringApplicationBuilder(Application.class).web(WebApplicationType.NONE)
					.bannerMode(Banner.Mode.OFF)
					.logStartupInfo(false)
					.properties("h2.transport.pool.max-connections=0")
					.run()
					.close();
				return "started";
			}
			catch (RuntimeException ex) {
				return "failed";
			}
		}

	}

}
