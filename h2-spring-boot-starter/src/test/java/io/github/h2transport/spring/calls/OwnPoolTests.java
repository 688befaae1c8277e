package io.github.h2transport.spring.calls;

import java.net.ConnectException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

import examples.RoundRobinPool;
import io.github.h2transport.ConnectionKey;
import io.github.h2transport.Http2Request;
import io.github.h2transport.TransportListener;
import io.github.h2transport.conn.ConnectionSnapshot;
import io.github.h2transport.conn.ConnectionState;
import io.github.h2transport.pool.ClientConnPool;
import io.github.h2transport.spring.SharedHttp2Transport;
import io.github.h2transport.spring.boot.autoconfigure.H2PoolEndpoint;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.annotation.Order;
import org.springframework.web.client.ResourceAccessException;
import org.springframework.web.client.RestClient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/** The pool of docs/custom-pool.md and listeners, as beans of an application. */
@Timeout(120)
class OwnPoolTests {

	private static final int CONNECTIONS = 3;

	private static final List<String> HEARD = new CopyOnWriteArrayList<>();

	private TomcatServer server;

	private ConfigurableApplicationContext application;

	@BeforeEach
	void start() {
		HEARD.clear();
		this.server = TomcatServer.h2c();
		this.application = ClientApplication.run(Application.class,
				List.of("h2.transport.allow-http=true", "management.endpoints.web.exposure.include=h2pool"));
	}

	@AfterEach
	void stop() {
		this.application.close();
		this.server.close();
	}

	@Test
	void callsGoRoundItsConnectionsAndTheEndpointShowsThem() {
		call();
		Awaitility.await().until(() -> connections().stream().allMatch((each) -> each.state() == ConnectionState.OPEN));
		for (int i = 0; i < 8; i++) {
			call();
		}

		assertThat(connections()).hasSize(CONNECTIONS)
			.allSatisfy((connection) -> assertThat(connection.streamsOpened()).isBetween(2L, 4L));
		assertThat(this.application.getBean(H2PoolEndpoint.class).h2pool(null).origins()).singleElement()
			.satisfies((origin) -> assertThat(origin.connections()).hasSize(CONNECTIONS));
	}

	@Test
	void aHundredParallelCallsWaitForASlotWhereTheyMust() throws Exception {
		ExecutorService callers = Executors.newFixedThreadPool(100);
		try {
			List<Future<String>> calls = new ArrayList<>();
			for (int i = 0; i < 100; i++) {
				calls.add(callers.submit(() -> call()));
			}
			for (Future<String> call : calls) {
				assertThat(call.get(30, TimeUnit.SECONDS)).isEqualTo("HTTP/2.0");
			}
		}
		finally {
			callers.shutdownNow();
		}
		assertThat(connections()).hasSize(CONNECTIONS);
	}

	@Test
	void aConnectionThatIsGoneIsReplaced() {
		call();
		Awaitility.await().until(() -> connections().size() == CONNECTIONS);
		this.application.getBean(SharedHttp2Transport.class).get().closeIdleConnections();
		Awaitility.await().until(() -> connections().isEmpty());

		assertThat(call()).isEqualTo("HTTP/2.0");

		assertThat(connections()).isNotEmpty();
	}

	@Test
	void aServerThatCannotBeReachedFailsTheCall() {
		assertThatExceptionOfType(ResourceAccessException.class)
			.isThrownBy(() -> call(URI.create("http://localhost:1/")))
			.withCauseExactlyInstanceOf(ConnectException.class);
	}

	@Test
	void listenersHearInTheirOrderAlsoIfOneThrows() {
		call();

		Awaitility.await().until(() -> HEARD.stream().filter((event) -> event.endsWith("done")).count() == 2);
		assertThat(HEARD).filteredOn((event) -> !event.contains("opened"))
			.containsExactly("first asks", "second asks", "first done", "second done");
		assertThat(HEARD).contains("first opened http://localhost:" + this.server.uri("/").getPort());
	}

	private String call() {
		return call(this.server.uri("/protocol"));
	}

	private String call(URI uri) {
		return this.application.getBean(RestClient.Builder.class).build().get().uri(uri).retrieve().body(String.class);
	}

	private List<ConnectionSnapshot> connections() {
		return this.application.getBean(SharedHttp2Transport.class)
			.snapshot()
			.origins()
			.stream()
			.flatMap((origin) -> origin.connections().stream())
			.toList();
	}

	@Configuration(proxyBeanMethods = false)
	@Import(ClientApplication.class)
	static class Application {

		@Bean
		ClientConnPool.Factory connPool() {
			return (dialer) -> new RoundRobinPool(dialer, CONNECTIONS);
		}

		@Bean
		@Order(2)
		TransportListener second() {
			return new Recorder("second");
		}

		@Bean
		@Order(1)
		TransportListener first() {
			return new Recorder("first");
		}

	}

	/** Keeps what it hears; the first one also throws when a call begins. */
	private record Recorder(String name) implements TransportListener {

		@Override
		public void getConnection(Http2Request request) {
			keep("asks");
		}

		@Override
		public void done(Http2Request request, @Nullable Throwable failure) {
			keep("done");
		}

		@Override
		public void connectionOpened(String connectionId, ConnectionKey key) {
			keep("opened " + key);
		}

		private void keep(String event) {
			HEARD.add(this.name + " " + event);
			if (event.equals("asks") && this.name.equals("first")) {
				throw new IllegalStateException("a listener that fails");
			}
		}

	}

}
