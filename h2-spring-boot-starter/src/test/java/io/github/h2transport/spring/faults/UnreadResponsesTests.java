package io.github.h2transport.spring.faults;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

import io.github.h2transport.testkit.Certificates;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.restclient.RestTemplateBuilder;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.web.server.servlet.context.ServletWebServerApplicationContext;
import org.springframework.boot.web.servlet.ServletRegistrationBean;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.io.DefaultResourceLoader;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.http.HttpMethod;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.RestTemplate;
import org.springframework.web.reactive.function.client.ClientResponse;
import org.springframework.web.reactive.function.client.WebClient;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Responses whose content nobody reads, from Tomcat exactly as Spring Boot starts it: it
 * ends a connection that resets a few streams in a row, with all the calls on it.
 */
@Timeout(180)
class UnreadResponsesTests {

	private static final int CALLS = 300;

	private static final int THREADS = 20;

	private static final int LENGTH = 1000;

	private static final int LARGE = 4 * 1024 * 1024;

	private static final Certificates CERTIFICATES = Certificates.localhost();

	private static ServerApplication cleartext;

	private static ServerApplication tls;

	private static ConfigurableApplicationContext client;

	@BeforeAll
	static void start() {
		cleartext = new ServerApplication("http");
		tls = new ServerApplication("https",
				"spring.ssl.bundle.pem.server.keystore.certificate=file:" + CERTIFICATES.certificate(),
				"spring.ssl.bundle.pem.server.keystore.private-key=file:" + CERTIFICATES.privateKey(),
				"server.ssl.bundle=server");
		client = new SpringApplicationBuilder(ClientConfiguration.class).web(WebApplicationType.NONE)
			.properties("h2.transport.allow-http=true",
					"spring.ssl.bundle.pem.servers.truststore.certificate=file:" + CERTIFICATES.certificate(),
					"spring.http.clients.ssl.bundle=servers")
			.resourceLoader(new DefaultResourceLoader(new FilteredClassLoader("reactor.netty")))
			.run();
	}

	@AfterAll
	static void stop() {
		Stream.of(client, cleartext.context, tls.context).forEach(ConfigurableApplicationContext::close);
	}

	/** Every way to leave a response unread that Spring's clients have. */
	static Stream<Arguments> ways() {
		RestClient restClient = client.getBean(RestClient.Builder.class).build();
		RestTemplate restTemplate = client.getBean(RestTemplateBuilder.class).build();
		WebClient webClient = client.getBean(WebClient.Builder.class).build();
		List<Arguments> ways = new ArrayList<>();
		for (ServerApplication server : List.of(cleartext, tls)) {
			String uri = server.uri + "/late";
			ways.add(way(server, "RestClient toBodilessEntity",
					() -> restClient.get().uri(uri).retrieve().toBodilessEntity()));
			ways.add(way(server, "RestClient exchange",
					() -> restClient.get().uri(uri).exchange((request, response) -> response.getStatusCode())));
			ways.add(way(server, "RestTemplate put", () -> {
				restTemplate.put(uri, "content");
				return true;
			}));
			ways.add(way(server, "RestTemplate delete", () -> {
				restTemplate.delete(uri);
				return true;
			}));
			ways.add(way(server, "RestTemplate execute", () -> {
				restTemplate.execute(uri, HttpMethod.GET, null, null);
				return true;
			}));
			ways.add(way(server, "WebClient toBodilessEntity",
					() -> webClient.get().uri(uri).retrieve().toBodilessEntity().block()));
			ways.add(way(server, "WebClient Void", () -> {
				webClient.get().uri(uri).retrieve().bodyToMono(Void.class).block();
				return true;
			}));
			ways.add(way(server, "WebClient releaseBody",
					() -> webClient.get().uri(uri).exchangeToMono(UnreadResponsesTests::release).block()));
			ways.add(way(server, "WebClient cancel", () -> {
				Flux<DataBuffer> content = webClient.get().uri(uri).retrieve().bodyToFlux(DataBuffer.class);
				content.take(1).blockLast();
				return true;
			}));
		}
		return ways.stream();
	}

	private static Mono<Boolean> release(ClientResponse response) {
		return response.releaseBody().thenReturn(true);
	}

	private static Arguments way(ServerApplication server, String name, Callable<?> call) {
		return Arguments.argumentSet(name + " over " + server.scheme, server, call);
	}

	@ParameterizedTest
	@MethodSource("ways")
	void manyCallsWhoseResponsesNobodyReadLeaveTheirConnectionInPeace(ServerApplication server, Callable<?> call)
			throws Exception {
		call.call();
		server.connections.clear();

		assertThat(failures(List.of(call))).isEmpty();

		assertThat(server.connections).hasSize(1);
	}

	/** Too much is left for a drain, so that streams must be reset. */
	static Stream<Arguments> downloads() {
		RestClient restClient = client.getBean(RestClient.Builder.class).build();
		WebClient webClient = client.getBean(WebClient.Builder.class).build();
		List<Arguments> downloads = new ArrayList<>();
		for (ServerApplication server : List.of(cleartext, tls)) {
			for (String path : List.of("/large", "/declared")) {
				String uri = server.uri + path;
				downloads.add(way(server, "RestClient " + path,
						() -> restClient.get().uri(uri).exchange((request, response) -> response.getBody().read())));
				downloads.add(way(server, "WebClient " + path, () -> {
					Flux<DataBuffer> content = webClient.get().uri(uri).retrieve().bodyToFlux(DataBuffer.class);
					content.take(1).blockLast();
					return true;
				}));
			}
		}
		return downloads.stream();
	}

	@ParameterizedTest
	@MethodSource("downloads")
	void largeDownloadsThatAreClosedEarlyFailNoCallNorAnyBesideThem(ServerApplication server, Callable<?> call)
			throws Exception {
		RestClient neighbour = client.getBean(RestClient.Builder.class).build();

		assertThat(
				failures(List.of(call, () -> neighbour.get().uri(server.uri + "/late").retrieve().body(byte[].class))))
			.isEmpty();
	}

	private static List<String> failures(List<Callable<?>> kinds) throws InterruptedException {
		ExecutorService threads = Executors.newFixedThreadPool(THREADS);
		List<String> failures = new ArrayList<>();
		try {
			List<Future<?>> calls = new ArrayList<>();
			for (int i = 0; i < CALLS; i++) {
				calls.add(threads.submit(kinds.get(i % kinds.size())));
			}
			for (Future<?> one : calls) {
				try {
					one.get();
				}
				catch (ExecutionException ex) {
					failures.add(String.valueOf(ex.getCause()));
				}
			}
		}
		finally {
			threads.shutdownNow();
			threads.awaitTermination(10, TimeUnit.SECONDS);
		}
		return failures;
	}

	/** A client with nothing but the starter. */
	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class ClientConfiguration {

	}

	/** A server with nothing but Boot. */
	static final class ServerApplication {

		private final String scheme;

		private final ConfigurableApplicationContext context;

		private final String uri;

		private final Set<Integer> connections;

		ServerApplication(String scheme, String... properties) {
			this.scheme = scheme;
			this.context = new SpringApplicationBuilder(ServerConfiguration.class).web(WebApplicationType.SERVLET)
				.properties("server.port=0", "server.address=127.0.0.1", "server.http2.enabled=true")
				.properties(properties)
				.run();
			int port = ((ServletWebServerApplicationContext) this.context).getWebServer().getPort();
			this.uri = scheme + "://localhost:" + port;
			this.connections = this.context.getBean(Answers.class).connections;
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class ServerConfiguration {

		@Bean
		Answers answers() {
			return new Answers();
		}

		@Bean
		ServletRegistrationBean<Answers> registration(Answers answers) {
			return new ServletRegistrationBean<>(answers, "/late", "/large", "/declared");
		}

	}

	static final class Answers extends HttpServlet {

		private final Set<Integer> connections = ConcurrentHashMap.newKeySet();

		@Override
		protected void service(HttpServletRequest request, HttpServletResponse response) throws IOException {
			this.connections.add(request.getRemotePort());
			request.getInputStream().readAllBytes();
			if (request.getServletPath().equals("/late")) {
				response.flushBuffer();
				LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
				response.getOutputStream().write(new byte[LENGTH]);
				return;
			}
			if (request.getServletPath().equals("/declared")) {
				response.setContentLength(LARGE);
			}
			byte[] piece = new byte[64 * 1024];
			for (int sent = 0; sent < LARGE; sent += piece.length) {
				response.getOutputStream().write(piece);
			}
		}

	}

}
