package io.github.h2transport.spring.boot.autoconfigure;

import java.io.File;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Predicate;
import java.util.regex.Pattern;

import io.github.h2transport.spring.Http2ClientHttpRequestFactoryBuilder;
import org.junit.jupiter.api.Test;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.http.client.ClientHttpRequestFactoryBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;

/** Starts an application on a class path that has only what the starter brings. */
class WithoutOptionalJarsTests {

	private static final Pattern OPTIONAL = Pattern.compile(
			"(spring-boot-(actuator|health|micrometer|starter-actuator|starter-micrometer|tomcat|jetty|reactor-netty|netty|web|"
					+ "webmvc|servlet|test)|spring-web(flux|mvc)|spring-test|reactor|reactive-streams|netty|jetty|undertow|tomcat|micrometer-core|"
					+ "micrometer-jakarta|wiremock).*\\.jar");

	/** What the one dependency spring-boot-webclient brings. */
	private static final Pattern WEB_CLIENT = Pattern
		.compile("(spring-boot-webclient|spring-webflux|reactor-core|reactive-streams).*\\.jar");

	@Test
	void theApplicationStartsAndUsesHttp2() throws Exception {
		assertThat(start((jar) -> !OPTIONAL.matcher(jar).matches())).isEqualTo(
				List.of(Http2ClientHttpRequestFactoryBuilder.class.getName(), "actuator false", "reactor false"));
	}

	@Test
	void webClientNeedsNeitherAWebServerNorReactorNetty() throws Exception {
		assertThat(start((jar) -> !OPTIONAL.matcher(jar).matches() || WEB_CLIENT.matcher(jar).matches()))
			.isEqualTo(List.of(Http2ClientHttpRequestFactoryBuilder.class.getName(), "actuator false", "reactor true",
					"io.github.h2transport.spring.Http2ClientHttpConnectorBuilder", "netty false", "server false"));
	}

	private static Object start(Predicate<String> wanted) throws Exception {
		List<URL> jars = new ArrayList<>();
		for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
			Path path = Path.of(entry);
			if (wanted.test(path.getFileName().toString())) {
				jars.add(path.toUri().toURL());
			}
		}
		Thread thread = Thread.currentThread();
		ClassLoader before = thread.getContextClassLoader();
		try (URLClassLoader loader = new URLClassLoader(jars.toArray(URL[]::new),
				ClassLoader.getPlatformClassLoader())) {
			thread.setContextClassLoader(loader);
			Callable<?> application = (Callable<?>) loader.loadClass(Application.class.getName())
				.getConstructor()
				.newInstance();
			return application.call();
		}
		finally {
			thread.setContextClassLoader(before);
		}
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	public static class Application implements Callable<List<String>> {

		@Override
		public List<String> call() throws ClassNotFoundException {
			try (ConfigurableApplicationContext context = new SpringApplicationBuilder(Application.class)
				.web(WebApplicationType.NONE)
				.run()) {
				List<String> found = new ArrayList<>(
						List.of(context.getBean(ClientHttpRequestFactoryBuilder.class).getClass().getName(),
								"actuator " + present("org.springframework.boot.actuate.endpoint.annotation.Endpoint"),
								"reactor " + present("reactor.core.scheduler.NonBlocking")));
				if (present("org.springframework.web.reactive.function.client.WebClient")) {
					// By name: without Reactor nothing of it can be loaded.
					Object builder = context.getBean("http2ClientHttpConnectorBuilder");
					assertThat(context.getBeansOfType(
							Class.forName("org.springframework.web.reactive.function.client.WebClient$Builder")))
						.hasSize(1);
					found.addAll(List.of(builder.getClass().getName(),
							"netty " + present("reactor.netty.http.client.HttpClient"),
							"server " + present("org.springframework.boot.web.server.WebServer")));
				}
				return found;
			}
		}

		private static boolean present(String name) {
			try {
				Class.forName(name, false, Application.class.getClassLoader());
				return true;
			}
			catch (ClassNotFoundException ex) {
				return false;
			}
		}

	}

}
