package io.github.h2transport.spring.faults;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

import com.sun.net.httpserver.HttpServer;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Mono;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.http.client.autoconfigure.reactive.ClientHttpConnectorBuilderCustomizer;
import org.springframework.boot.http.client.reactive.JdkClientHttpConnectorBuilder;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.io.DefaultResourceLoader;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.util.ReflectionUtils;
import org.springframework.web.reactive.function.client.WebClient;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Whoever asks for virtual threads gets them for calls of WebClient over HTTP/1.1 too, as
 * with Spring Boot's own builder.
 */
@EnabledForJreRange(min = JRE.JAVA_21)
class FallbackOnVirtualThreadsTests {

	/** The client of the JDK is what is left without these. */
	private static final ClassLoader JDK_CLIENT_ONLY = new FilteredClassLoader("reactor.netty", "org.eclipse.jetty",
			"org.apache.hc");

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void theClientForHttp1HasTheThreadsThatTheApplicationHasChosen(boolean virtual) throws Exception {
		HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
		server.createContext("/", (exchange) -> {
			exchange.sendResponseHeaders(204, -1);
			exchange.close();
		});
		server.start();
		try (ConfigurableApplicationContext application = application(virtual)) {
			HttpStatusCode status = application.getBean(WebClient.Builder.class)
				.build()
				.get()
				.uri("http://localhost:" + server.getAddress().getPort() + "/")
				.exchangeToMono((response) -> Mono.just(response.statusCode()))
				.block(Duration.ofSeconds(60));
			assertThat(status).isEqualTo(HttpStatus.NO_CONTENT);

			Optional<Executor> executor = application.getBean(MadeClients.class).executor.get();
			assertThat(executor.isPresent()).isEqualTo(virtual);
			if (virtual) {
				assertThat(CompletableFuture.supplyAsync(Thread::currentThread, executor.get())
					.thenApply(FallbackOnVirtualThreadsTests::isVirtual)
					.get(60, TimeUnit.SECONDS)).isTrue();
			}
		}
		finally {
			server.stop(0);
		}
	}

	private static ConfigurableApplicationContext application(boolean virtual) {
		return new SpringApplicationBuilder(Application.class).web(WebApplicationType.NONE)
			.resourceLoader(new DefaultResourceLoader(JDK_CLIENT_ONLY))
			.run("--spring.threads.virtual.enabled=" + virtual);
	}

	/** The method is younger than the oldest JDK that this is compiled for. */
	private static boolean isVirtual(Thread thread) {
		return Boolean.TRUE
			.equals(ReflectionUtils.invokeMethod(ReflectionUtils.findMethod(Thread.class, "isVirtual"), thread));
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import(MadeClients.class)
	static class Application {

	}

	/**
	 * Looks at the client of the JDK before it is used; its answers come on threads of
	 * the JDK.
	 */
	static class MadeClients implements ClientHttpConnectorBuilderCustomizer<JdkClientHttpConnectorBuilder> {

		private final AtomicReference<Optional<Executor>> executor = new AtomicReference<>();

		@Override
		public JdkClientHttpConnectorBuilder customize(JdkClientHttpConnectorBuilder builder) {
			return builder.withHttpClientCustomizer((client) -> this.executor.set(client.build().executor()));
		}

	}

}
