package io.github.h2transport.spring.calls;

import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

import io.github.h2transport.conn.ConnectionSnapshot;
import io.github.h2transport.spring.SharedHttp2Transport;
import io.github.h2transport.testkit.Content;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.http.MediaType;
import org.springframework.web.client.RestClient;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What has to work against every server, over h2c and TLS, with every body checked. A
 * subclass per server starts it.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class ServerCalls {

	/** A path that answers with {@link Content#ofSize} of {@link #GET_SIZE}. */
	static final String GET_PATH = "/content";

	static final int GET_SIZE = 20_000; // more than one DATA frame

	/** A path that answers a POST with its own content. */
	static final String ECHO_PATH = "/echo";

	static final int ECHO_SIZE = 1024 * 1024;

	static final int PARALLEL = 100;

	private ConfigurableApplicationContext application;

	/**
	 * Starts the servers.
	 */
	abstract void startServers();

	/**
	 * Stops the servers, also if only some were started.
	 */
	abstract void stopServers();

	/**
	 * Returns a URL of a server that allows 128 concurrent streams.
	 * @param scheme {@code http} or {@code https}
	 * @param path the path
	 * @return an absolute URL
	 */
	abstract URI uri(String scheme, String path);

	@BeforeAll
	void start() {
		startServers();
		this.application = ClientApplication.start();
	}

	@AfterAll
	void stop() {
		if (this.application != null) {
			this.application.close();
		}
		stopServers();
	}

	@ParameterizedTest
	@ValueSource(strings = { "http", "https" })
	void aGetDeliversTheWholeBody(String scheme) {
		assertThat(get(client(), scheme)).isEqualTo(Content.sha256(Content.ofSize(GET_SIZE)));
	}

	@ParameterizedTest
	@ValueSource(strings = { "http", "https" })
	void aPostOfOneMebibyteIsReadAndAnsweredWhole(String scheme) {
		byte[] content = Content.ofSize(ECHO_SIZE);

		byte[] answer = client().post()
			.uri(uri(scheme, ECHO_PATH))
			.contentType(MediaType.APPLICATION_OCTET_STREAM)
			.body(content)
			.retrieve()
			.body(byte[].class);

		assertThat(Content.sha256(answer)).isEqualTo(Content.sha256(content));
	}

	@ParameterizedTest
	@ValueSource(strings = { "http", "https" })
	void aHundredParallelCallsShareOneConnection(String scheme) throws Exception {
		RestClient client = client();
		ExecutorService callers = Executors.newFixedThreadPool(PARALLEL);
		try {
			List<Future<String>> calls = new ArrayList<>();
			for (int i = 0; i < PARALLEL; i++) {
				calls.add(callers.submit(() -> get(client, scheme)));
			}
			String expected = Content.sha256(Content.ofSize(GET_SIZE));
			for (Future<String> call : calls) {
				assertThat(call.get(30, TimeUnit.SECONDS)).isEqualTo(expected);
			}
		}
		finally {
			callers.shutdownNow();
		}
		assertThat(connections(scheme)).singleElement()
			.satisfies((connection) -> assertThat(connection.streamsOpened()).isGreaterThanOrEqualTo(PARALLEL));
	}

	RestClient client() {
		// A builder each time, as every injection point gets one: connections are shared.
		return this.application.getBean(RestClient.Builder.class).build();
	}

	private String get(RestClient client, String scheme) {
		return Content.sha256(client.get().uri(uri(scheme, GET_PATH)).retrieve().body(byte[].class));
	}

	private List<ConnectionSnapshot> connections(String scheme) {
		URI uri = uri(scheme, "/");
		return this.application.getBean(SharedHttp2Transport.class)
			.snapshot()
			.origins()
			.stream()
			.filter((origin) -> origin.key().origin().port() == uri.getPort())
			.flatMap((origin) -> origin.connections().stream())
			.toList();
	}

}
