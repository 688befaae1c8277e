package io.github.h2transport.spring.calls;

import java.net.URI;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import io.github.h2transport.conn.ConnectionSnapshot;
import io.github.h2transport.spring.SharedHttp2Transport;
import io.github.h2transport.testkit.Content;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.http.client.reactive.ClientHttpRequest;
import org.springframework.web.client.RestClient;
import org.springframework.web.reactive.function.BodyInserter;
import org.springframework.web.reactive.function.BodyInserters;
import org.springframework.web.reactive.function.client.WebClient;

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

	static final String NO_CONTENT_PATH = "/no-content";

	static final String NOT_MODIFIED_PATH = "/not-modified";

	private static final int SLICE = 8192;

	private static final Duration LIMIT = Duration.ofSeconds(30);

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

	/**
	 * Returns the paths whose answers have no content, with their status codes.
	 * @return pairs such as {@code /no-content 204}
	 */
	Stream<String> emptyAnswers() {
		return Stream.of(NO_CONTENT_PATH + " 204", NOT_MODIFIED_PATH + " 304");
	}

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

	@ParameterizedTest
	@ValueSource(strings = { "http", "https" })
	void aReactiveGetDeliversTheWholeBody(String scheme) {
		assertThat(sha256(reactiveGet(scheme))).isEqualTo(Content.sha256(Content.ofSize(GET_SIZE)));
	}

	@ParameterizedTest
	@ValueSource(strings = { "http", "https" })
	void aReactivePostOfOneValueIsReadAndAnsweredWhole(String scheme) {
		byte[] content = Content.ofSize(ECHO_SIZE);

		assertThat(sha256(reactivePost(scheme, BodyInserters.fromValue(content)))).isEqualTo(Content.sha256(content));
	}

	@ParameterizedTest
	@ValueSource(strings = { "http", "https" })
	void aReactivePostOfAStreamIsReadAndAnsweredWhole(String scheme) {
		byte[] content = Content.ofSize(ECHO_SIZE);
		Flux<DataBuffer> stream = Flux.range(0, ECHO_SIZE / SLICE)
			.map((slice) -> DefaultDataBufferFactory.sharedInstance
				.wrap(ByteBuffer.wrap(content, slice * SLICE, SLICE)));

		assertThat(sha256(reactivePost(scheme, BodyInserters.fromDataBuffers(stream))))
			.isEqualTo(Content.sha256(content));
	}

	@ParameterizedTest
	@ValueSource(strings = { "http", "https" })
	void aHundredReactiveCallsShareOneConnection(String scheme) {
		List<String> sums = Flux.range(0, PARALLEL)
			.flatMap((call) -> joined(reactiveGet(scheme)), PARALLEL)
			.map(Content::sha256)
			.collectList()
			.block(LIMIT);

		assertThat(sums).hasSize(PARALLEL).containsOnly(Content.sha256(Content.ofSize(GET_SIZE)));
		assertThat(connections(scheme)).hasSize(1);
	}

	@ParameterizedTest
	@ValueSource(strings = { "http", "https" })
	void headAndAnswersWithoutContentEndAtOnce(String scheme) {
		ResponseEntity<Void> head = client().head().uri(uri(scheme, GET_PATH)).retrieve().toBodilessEntity();
		ResponseEntity<byte[]> reactiveHead = webClient().head()
			.uri(uri(scheme, GET_PATH))
			.retrieve()
			.toEntity(byte[].class)
			.block(LIMIT);
		assertThat(head.getHeaders().getContentLength()).isEqualTo(GET_SIZE);
		assertThat(reactiveHead).isNotNull();
		assertThat(reactiveHead.getHeaders().getContentLength()).isEqualTo(GET_SIZE);
		assertThat(reactiveHead.getBody()).isNull();
		emptyAnswers().map((answer) -> answer.split(" ")).forEach((answer) -> {
			ResponseEntity<byte[]> reactive = webClient().get()
				.uri(uri(scheme, answer[0]))
				.retrieve()
				.toEntity(byte[].class)
				.block(LIMIT);
			assertThat(reactive).isNotNull();
			assertThat(reactive.getStatusCode().value()).isEqualTo(Integer.parseInt(answer[1]));
			assertThat(reactive.getBody()).isNull();
			assertThat(client().get().uri(uri(scheme, answer[0])).retrieve().toEntity(byte[].class))
				.satisfies((entity) -> assertThat(entity.getStatusCode()).isEqualTo(reactive.getStatusCode()))
				.satisfies((entity) -> assertThat(entity.getBody()).isNull());
		});
		assertThat(connections(scheme)).hasSize(1);
	}

	private Flux<DataBuffer> reactiveGet(String scheme) {
		return webClient().get().uri(uri(scheme, GET_PATH)).retrieve().bodyToFlux(DataBuffer.class);
	}

	private Flux<DataBuffer> reactivePost(String scheme, BodyInserter<?, ? super ClientHttpRequest> body) {
		return webClient().post()
			.uri(uri(scheme, ECHO_PATH))
			.contentType(MediaType.APPLICATION_OCTET_STREAM)
			.body(body)
			.retrieve()
			.bodyToFlux(DataBuffer.class);
	}

	private static String sha256(Flux<DataBuffer> body) {
		byte[] whole = joined(body).block(LIMIT);
		assertThat(whole).isNotNull();
		return Content.sha256(whole);
	}

	private static Mono<byte[]> joined(Flux<DataBuffer> body) {
		return DataBufferUtils.join(body).map((buffer) -> {
			byte[] octets = new byte[buffer.readableByteCount()];
			buffer.read(octets);
			return octets;
		});
	}

	WebClient webClient() {
		return this.application.getBean(WebClient.Builder.class).build();
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
