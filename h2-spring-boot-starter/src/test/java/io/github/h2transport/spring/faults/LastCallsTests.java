package io.github.h2transport.spring.faults;

import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

import io.github.h2transport.ConnectionException;
import io.github.h2transport.frame.Settings;
import io.github.h2transport.spring.SharedHttp2Transport;
import io.github.h2transport.testkit.ScriptedServer;
import io.github.h2transport.testkit.ServedRequests;
import jakarta.annotation.PreDestroy;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.boot.Banner;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ApplicationListener;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.core.env.Environment;
import org.springframework.web.client.RestClient;
import org.springframework.web.reactive.function.client.WebClient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;

/**
 * Applications say good-bye: they deregister, flush and acknowledge while they stop. The
 * transport is the last thing to go, so that such calls get their answers.
 */
@Timeout(120)
@ExtendWith(OutputCaptureExtension.class)
class LastCallsTests {

	private final CountDownLatch released = new CountDownLatch(1);

	private final ServedRequests server = ScriptedServer.serving(Settings.builder().build(), (exchange) -> {
		if (exchange.path().equals("/held")) {
			await(this.released);
		}
		exchange.respond(200, exchange.path().getBytes());
	});

	@AfterEach
	void close() {
		this.released.countDown();
		this.server.close();
	}

	@Test
	void beansCallWhileTheyAreDestroyed() {
		List<String> answers = Answers.NEW.get();
		start(EarlyBean.class, Goodbyes.class).close();

		assertThat(answers).contains("early bean: /bye /bye", "injected client: /bye /bye");
	}

	@Test
	void lifecyclesOfAnyPhaseAndListenersOfTheEndCall() {
		List<String> answers = Answers.NEW.get();
		start(EarlyBean.class, Goodbyes.class).close();

		assertThat(answers).contains("end of the context: /bye /bye", "phase 1000: /bye /bye", "phase 0: /bye /bye",
				"phase -1000: /bye /bye", "phase " + Integer.MIN_VALUE + ": /bye /bye");
	}

	@Test
	void beansCallWhenTheStartHasFailed() {
		List<String> answers = Answers.NEW.get();

		assertThatException().isThrownBy(() -> start(EarlyBean.class, Goodbyes.class, FailsAtTheEnd.class));

		assertThat(answers).contains("early bean: /bye /bye", "injected client: /bye /bye");
		Awaitility.await().until(() -> loops() == 0);
	}

	@Test
	void aChildContextSaysGoodbyeAndItsParentGoesOn() {
		List<String> answers = Answers.NEW.get();
		SpringApplicationBuilder parent = builder(Empty.class);
		ConfigurableApplicationContext child = parent.child(EarlyBean.class, Goodbyes.class)
			.web(WebApplicationType.NONE)
			.run();
		ConfigurableApplicationContext above = (ConfigurableApplicationContext) child.getParent();
		assertThat(above).isNotNull();

		child.close();
		assertThat(answers).contains("early bean: /bye /bye", "phase -1000: /bye /bye");
		assertThat(both(above, "bye")).as("the parent's").isEqualTo("/bye /bye");

		above.close();
		assertThat(loops()).isZero();
	}

	@Test
	void aParentThatClosesTakesItsChildrenFirst() {
		List<String> answers = Answers.NEW.get();
		ConfigurableApplicationContext child = builder(Empty.class).child(EarlyBean.class, Goodbyes.class)
			.web(WebApplicationType.NONE)
			.run();

		((ConfigurableApplicationContext) child.getParent()).close();

		assertThat(child.isActive()).isFalse();
		assertThat(answers).contains("early bean: /bye /bye", "phase -1000: /bye /bye");
		assertThat(loops()).isZero();
	}

	@Test
	void whatStillRunsIsWaitedForAndSaid(CapturedOutput output) throws Exception {
		ConfigurableApplicationContext application = start(Empty.class);
		List<CompletableFuture<String>> running = hold(application);

		CompletableFuture<Void> closed = CompletableFuture.runAsync(application::close, LastCallsTests::onAThread);
		Awaitility.await()
			.until(() -> output.getOut()
				.contains("Waiting up to 10 s for 2 calls to " + this.server.uri("").toString()));
		assertThat(closed).isNotDone();
		this.released.countDown();

		for (CompletableFuture<String> call : running) {
			assertThat(call.get(20, TimeUnit.SECONDS)).isEqualTo("/held");
		}
		closed.get(20, TimeUnit.SECONDS);
		assertThat(output.getOut()).doesNotContain("without an answer");
	}

	@ParameterizedTest
	@ValueSource(strings = { "100ms", "0s" })
	void whatRunsForLongerEndsWithTrueWords(String timeout, CapturedOutput output) throws Exception {
		ConfigurableApplicationContext application = start(new String[] { "h2.transport.shutdown-timeout=" + timeout },
				Empty.class);
		List<CompletableFuture<String>> running = hold(application);

		application.close();

		for (CompletableFuture<String> call : running) {
			assertThatException().isThrownBy(() -> call.get(20, TimeUnit.SECONDS))
				.havingRootCause()
				.withMessageContaining("The transport was closed meanwhile");
			ConnectionException ours = ours(call);
			assertThat(ours.isSafeToRetry()).isFalse();
		}
		assertThat(output.getOut()).contains("Ended 2 calls to " + this.server.uri("") + " without an answer");
	}

	@Test
	void nothingIsSaidIfNothingRuns(CapturedOutput output) {
		ConfigurableApplicationContext application = start(Empty.class);
		assertThat(both(application, "bye")).isEqualTo("/bye /bye");

		application.close();

		assertThat(output.getOut()).doesNotContain("Waiting up to").doesNotContain("without an answer");
	}

	@Test
	void aContextThatIsOnlyStoppedRefusesCallsUntilItIsStarted() {
		try (ConfigurableApplicationContext application = start(Empty.class)) {
			assertThat(both(application, "bye")).isEqualTo("/bye /bye");
			application.stop();
			assertThatException().isThrownBy(() -> both(application, "bye"))
				.withMessageContaining("The transport is closed");
			application.start();
			assertThat(both(application, "bye")).isEqualTo("/bye /bye");
		}
	}

	private static ConnectionException ours(CompletableFuture<String> call) {
		Throwable failure = call.handle((answer, thrown) -> thrown).join();
		while (failure != null && !(failure instanceof ConnectionException)) {
			failure = failure.getCause();
		}
		assertThat(failure).isNotNull();
		return (ConnectionException) failure;
	}

	/** One call of each style that gets no answer before it is released. */
	private List<CompletableFuture<String>> hold(ConfigurableApplicationContext application) {
		RestClient blocking = application.getBean(RestClient.Builder.class).build();
		WebClient reactive = application.getBean(WebClient.Builder.class).build();
		URI uri = this.server.uri("/held");
		List<CompletableFuture<String>> running = List.of(
				CompletableFuture.supplyAsync(() -> blocking.get().uri(uri).retrieve().body(String.class),
						LastCallsTests::onAThread),
				reactive.get().uri(uri).retrieve().bodyToMono(String.class).toFuture());
		Awaitility.await().until(() -> this.server.requests() == 2);
		return running;
	}

	/** The common pool has one thread on a small machine. */
	private static void onAThread(Runnable task) {
		new Thread(task, "last-calls").start();
	}

	private ConfigurableApplicationContext start(Class<?>... sources) {
		return start(new String[0], sources);
	}

	private ConfigurableApplicationContext start(String[] properties, Class<?>... sources) {
		return builder(sources).properties(properties).run();
	}

	private SpringApplicationBuilder builder(Class<?>... sources) {
		return new SpringApplicationBuilder(sources).web(WebApplicationType.NONE)
			.bannerMode(Banner.Mode.OFF)
			.logStartupInfo(false)
			.properties("h2.transport.allow-http=true", "server=" + this.server.uri("/"));
	}

	private static long loops() {
		return Thread.getAllStackTraces()
			.keySet()
			.stream()
			.filter((each) -> each.getName().startsWith("h2-loop"))
			.count();
	}

	/** The same call by both kinds of clients. */
	private static String both(ListableBeanFactory application, String path) {
		String base = application.getBean(Environment.class).getRequiredProperty("server");
		String blocking = application.getBean(RestClient.Builder.class)
			.build()
			.get()
			.uri(base + path)
			.retrieve()
			.body(String.class);
		return blocking + " " + reactive(application.getBean(WebClient.Builder.class), base + path);
	}

	private static String reactive(WebClient.Builder builder, String uri) {
		return builder.build().get().uri(uri).retrieve().bodyToMono(String.class).block(Duration.ofSeconds(20));
	}

	private static void await(CountDownLatch latch) {
		try {
			latch.await();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	/** What the beans of the latest application were answered while it stopped. */
	static final class Answers {

		private static volatile List<String> latest = new ArrayList<>();

		static final Supplier<List<String>> NEW = () -> {
			latest = new CopyOnWriteArrayList<>();
			return latest;
		};

		static void of(String who, ListableBeanFactory application) {
			String answer;
			try {
				answer = both(application, "bye");
			}
			catch (RuntimeException ex) {
				answer = ex.toString();
			}
			latest.add(who + ": " + answer);
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Empty {

	}

	/** The first bean of all, which asks for its clients late. */
	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class EarlyBean {

		private final ListableBeanFactory application;

		EarlyBean(ListableBeanFactory application) {
			this.application = application;
		}

		@PreDestroy
		void sayGoodbye() {
			Answers.of("early bean", this.application);
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Goodbyes {

		@Bean
		InjectedClient injectedClient(RestClient.Builder blocking, WebClient.Builder reactive,
				Environment environment) {
			return new InjectedClient(blocking.build(), reactive, environment.getRequiredProperty("server") + "bye");
		}

		@Bean
		ApplicationListener<ContextClosedEvent> atTheEnd(ListableBeanFactory application) {
			return (event) -> Answers.of("end of the context", application);
		}

		@Bean
		Phase late(ListableBeanFactory application) {
			return new Phase(1000, application);
		}

		@Bean
		Phase usual(ListableBeanFactory application) {
			return new Phase(0, application);
		}

		@Bean
		Phase negative(ListableBeanFactory application) {
			return new Phase(-1000, application);
		}

		@Bean
		Phase lowest(ListableBeanFactory application) {
			return new Phase(Integer.MIN_VALUE, application);
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class FailsAtTheEnd {

		@Bean
		SmartInitializingSingleton failing(ListableBeanFactory application) {
			return () -> {
				both(application, "bye");
				throw new IllegalStateException("no start");
			};
		}

	}

	static class InjectedClient {

		private final RestClient blocking;

		private final WebClient.Builder reactive;

		private final String uri;

		InjectedClient(RestClient blocking, WebClient.Builder reactive, String uri) {
			this.blocking = blocking;
			this.reactive = reactive;
			this.uri = uri;
		}

		@PreDestroy
		void sayGoodbye() {
			String answer;
			try {
				answer = this.blocking.get().uri(this.uri).retrieve().body(String.class) + " "
						+ reactive(this.reactive, this.uri);
			}
			catch (RuntimeException ex) {
				answer = ex.toString();
			}
			Answers.latest.add("injected client: " + answer);
		}

	}

	/** As a container of message listeners, which finishes what it has taken. */
	static class Phase implements SmartLifecycle {

		private final int phase;

		private final ListableBeanFactory application;

		private volatile boolean running;

		Phase(int phase, ListableBeanFactory application) {
			this.phase = phase;
			this.application = application;
		}

		@Override
		public void start() {
			this.running = true;
		}

		@Override
		public void stop() {
			Answers.of("phase " + this.phase, this.application);
			this.running = false;
		}

		@Override
		public boolean isRunning() {
			return this.running;
		}

		@Override
		public int getPhase() {
			return this.phase;
		}

	}

}
