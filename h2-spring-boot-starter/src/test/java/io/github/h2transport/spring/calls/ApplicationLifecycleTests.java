package io.github.h2transport.spring.calls;

import java.io.File;
import java.io.IOException;
import java.lang.ref.WeakReference;
import java.net.ConnectException;
import java.net.Socket;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.github.h2transport.spring.SharedHttp2Transport;
import io.github.h2transport.spring.boot.autoconfigure.H2PoolEndpoint;
import io.github.h2transport.testkit.Certificates;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.JRE;
import org.junit.jupiter.api.condition.OS;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.web.server.servlet.context.ServletWebServerApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.client.RestClient;
import org.springframework.web.reactive.function.client.WebClient;

import static org.assertj.core.api.Assertions.assertThat;

/** What an application has of the transport before, between and after its calls. */
@Timeout(120)
class ApplicationLifecycleTests {

	@Test
	void thereIsNoThreadAndNoTransportBeforeTheFirstCall() {
		Set<String> before = ownThreads();
		try (TomcatServer server = TomcatServer.h2c();
				ConfigurableApplicationContext application = ClientApplication
					.start("management.endpoints.web.exposure.include=h2pool")) {
			RestClient client = application.getBean(RestClient.Builder.class).build();
			application.getBean(WebClient.Builder.class).build();
			assertThat(application.getBean(H2PoolEndpoint.class).h2pool(null).origins()).isEmpty();
			assertThat(ownThreads()).as("with clients, and looked at by the endpoint").isEqualTo(before);

			client.get().uri(server.uri("/protocol")).retrieve().toBodilessEntity();

			assertThat(ownThreads()).as("after a call").hasSizeGreaterThan(before.size());
		}
	}

	@Test
	@EnabledOnOs(OS.LINUX)
	void nothingIsLeftWhenTheApplicationIsClosed() throws IOException {
		Certificates certificates = Certificates.localhost();
		try (TomcatServer plain = TomcatServer.h2c(); TomcatServer tls = TomcatServer.tls(certificates)) {
			callAll(plain, tls); // what the JVM opens once, and keeps
			Set<Thread> before = Thread.getAllStackTraces().keySet();
			long socketsBefore = sockets();

			callAll(plain, tls);

			Awaitility.await()
				.untilAsserted(() -> assertThat(Thread.getAllStackTraces().keySet())
					.filteredOn((thread) -> !before.contains(thread) && !isOfTheTest(thread))
					.isEmpty());
			Awaitility.await().untilAsserted(() -> assertThat(sockets()).isLessThanOrEqualTo(socketsBefore));
		}
	}

	private static void callAll(TomcatServer plain, TomcatServer tls) {
		try (ConfigurableApplicationContext application = ClientApplication.start()) {
			RestClient blocking = application.getBean(RestClient.Builder.class).build();
			WebClient reactive = application.getBean(WebClient.Builder.class).build();
			for (TomcatServer server : List.of(plain, tls)) {
				URI uri = server.uri(TomcatServer.ECHO_PATH);
				assertThat(blocking.post().uri(uri).body("blocking").retrieve().body(String.class))
					.isEqualTo("blocking");
				assertThat(reactive.post().uri(uri).bodyValue("reactive").retrieve().bodyToMono(String.class).block())
					.isEqualTo("reactive");
			}
		}
	}

	private static boolean isOfTheTest(Thread thread) {
		return thread.getName().startsWith("http-nio-") || thread.getName().startsWith("awaitility")
				|| thread.getName().startsWith("https-") || thread.getName().startsWith("Catalina-");
	}

	/** Sockets and what selectors wait on. */
	private static long sockets() throws IOException {
		try (Stream<Path> open = Files.list(Path.of("/proc/self/fd"))) {
			return open.map(ApplicationLifecycleTests::target)
				.filter((target) -> target.startsWith("socket:") || target.contains("eventpoll"))
				.count();
		}
	}

	private static String target(Path descriptor) {
		try {
			return Files.readSymbolicLink(descriptor).toString();
		}
		catch (IOException ex) {
			return ""; // closed meanwhile
		}
	}

	/**
	 * A web request that was accepted before the end may still make new calls: the
	 * transport stops after the web server.
	 */
	@Test
	void aWebRequestThatIsRunningAtTheEndCanStillMakeCalls() throws Exception {
		try (TomcatServer server = TomcatServer.h2c()) {
			ConfigurableApplicationContext application = new SpringApplicationBuilder(WebApplication.class)
				.properties("server.port=0", "h2.transport.allow-http=true", "server=" + server.uri(""))
				.run();
			int port = ((ServletWebServerApplicationContext) application).getWebServer().getPort();
			SharedHttp2Transport transport = application.getBean(SharedHttp2Transport.class);
			CompletableFuture<HttpResponse<String>> outer = HttpClient.newHttpClient()
				.sendAsync(HttpRequest.newBuilder(URI.create("http://localhost:" + port + "/outer")).build(),
						HttpResponse.BodyHandlers.ofString());
			Awaitility.await()
				.until(() -> transport.snapshot()
					.origins()
					.stream()
					.flatMap((origin) -> origin.connections().stream())
					.anyMatch((connection) -> connection.activeStreams() == 1));

			CompletableFuture<Void> closed = CompletableFuture.runAsync(application::close);
			Awaitility.await().until(() -> isRefused(port));
			assertThat(closed).isNotDone();
			assertThat(transport.isRunning()).isTrue();
			server.release();

			assertThat(outer.get(20, TimeUnit.SECONDS).body()).isEqualTo("held, then HTTP/2.0");
			closed.get(20, TimeUnit.SECONDS);
			assertThat(transport.isRunning()).isFalse();
		}
	}

	private static boolean isRefused(int port) throws IOException {
		try (Socket socket = new Socket("localhost", port)) {
			return false;
		}
		catch (ConnectException ex) {
			return true;
		}
	}

	@Test
	void aPausedContextKeepsItsConnectionsAndGoesOn() {
		try (TomcatServer server = TomcatServer.h2c();
				ConfigurableApplicationContext application = ClientApplication.start()) {
			RestClient client = application.getBean(RestClient.Builder.class).build();
			String first = connectionOf(application, client, server);

			application.pause();
			assertThat(connectionOf(application, client, server)).as("while paused").isEqualTo(first);
			application.restart();

			assertThat(connectionOf(application, client, server)).as("after the pause").isEqualTo(first);
		}
	}

	@Test
	void aContextThatIsStoppedLeavesNothingAndCallsAgainAfterItsStart() {
		Set<String> before = ownThreads();
		try (TomcatServer server = TomcatServer.h2c();
				ConfigurableApplicationContext application = ClientApplication.start()) {
			RestClient client = application.getBean(RestClient.Builder.class).build();
			connectionOf(application, client, server);

			application.stop();
			Awaitility.await().untilAsserted(() -> assertThat(ownThreads()).isEqualTo(before));
			application.start();

			assertThat(connectionOf(application, client, server)).isNotEmpty();
		}
	}

	private static String connectionOf(ConfigurableApplicationContext application, RestClient client,
			TomcatServer server) {
		assertThat(client.get().uri(server.uri("/protocol")).retrieve().body(String.class)).isEqualTo("HTTP/2.0");
		return application.getBean(SharedHttp2Transport.class)
			.snapshot()
			.origins()
			.get(0)
			.connections()
			.get(0)
			.localAddress()
			.toString();
	}

	/**
	 * As developer tools do it at each change: a new loader, the old one is garbage.
	 * Newer versions of Java hold on to it by soft references of their own, until memory
	 * is short, which no test can wait for.
	 */
	@Test
	@EnabledForJreRange(max = JRE.JAVA_18)
	void theClassLoaderOfAClosedApplicationIsGarbage() throws Exception {
		try (TomcatServer plain = TomcatServer.h2c(); TomcatServer tls = TomcatServer.tls(Certificates.localhost())) {
			WeakReference<ClassLoader> loader = runInALoaderOfItsOwn(
					plain.uri("/protocol") + " " + tls.uri("/protocol") + " " + Certificates.localhost().certificate());

			// Java 17 holds on to the type of a component that a record was last linked
			// with to compare (JDK-8078641), whosever record it was.
			assertThat(new Replacing(this)).isEqualTo(new Replacing(this));
			Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> {
				System.gc();
				return loader.get() == null;
			});
		}
	}

	/** On a thread of its own, whose thread-local variables end with it. */
	private static WeakReference<ClassLoader> runInALoaderOfItsOwn(String argument) throws Exception {
		List<URL> urls = new ArrayList<>();
		for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
			// Spring Boot starts Reactor Netty's threads then, which hold on to it.
			if (!entry.contains("spring-boot-reactor-netty")) {
				urls.add(Path.of(entry).toUri().toURL());
			}
		}
		// Logging frameworks hang themselves into the JVM's; that is not ours to undo.
		System.setProperty("org.springframework.boot.logging.LoggingSystem", "none");
		try (URLClassLoader loader = new URLClassLoader(urls.toArray(URL[]::new),
				ClassLoader.getPlatformClassLoader())) {
			@SuppressWarnings("unchecked")
			Function<String, String> caller = (Function<String, String>) loader.loadClass(Caller.class.getName())
				.getConstructor()
				.newInstance();
			CompletableFuture<String> answers = new CompletableFuture<>();
			Thread thread = new Thread(() -> answers.complete(caller.apply(argument)), "restarted");
			thread.setContextClassLoader(loader);
			thread.start();
			assertThat(answers.get(30, TimeUnit.SECONDS)).isEqualTo("HTTP/2.0 HTTP/2.0");
			thread.join();
			return new WeakReference<>(loader);
		}
		finally {
			System.clearProperty("org.springframework.boot.logging.LoggingSystem");
		}
	}

	private static Set<String> ownThreads() {
		return Thread.getAllStackTraces()
			.keySet()
			.stream()
			.map(Thread::getName)
			.filter((name) -> name.startsWith("h2-"))
			.collect(Collectors.toCollection(TreeSet::new));
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@RestController
	static class WebApplication {

		private final RestClient client;

		WebApplication(RestClient.Builder builder, Environment environment) {
			this.client = builder.baseUrl(environment.getRequiredProperty("server")).build();
		}

		@GetMapping("/outer")
		String outer() {
			this.client.get().uri("/held").retrieve().toBodilessEntity();
			return "held, then " + this.client.get().uri("/protocol").retrieve().body(String.class);
		}

	}

	record Replacing(ApplicationLifecycleTests component) {

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	public static class Caller implements Function<String, String> {

		@Override
		public String apply(String argument) {
			String[] arguments = argument.split(" ");
			SpringApplicationBuilder builder = new SpringApplicationBuilder(Caller.class).web(WebApplicationType.NONE)
				.registerShutdownHook(false)
				.properties("h2.transport.allow-http=true", "spring.http.clients.ssl.bundle=servers",
						"spring.ssl.bundle.pem.servers.truststore.certificate=file:" + arguments[2]);
			try (ConfigurableApplicationContext application = builder.run()) {
				RestClient client = application.getBean(RestClient.Builder.class).build();
				return client.get().uri(arguments[0]).retrieve().body(String.class) + " "
						+ client.get().uri(arguments[1]).retrieve().body(String.class);
			}
		}

	}

}
