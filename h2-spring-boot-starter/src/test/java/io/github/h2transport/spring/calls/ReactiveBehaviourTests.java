package io.github.h2transport.spring.calls;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

import io.github.h2transport.conn.ConnectionSnapshot;
import io.github.h2transport.spring.CountingBufferFactory;
import io.github.h2transport.spring.Http2ClientHttpConnectorBuilder;
import io.github.h2transport.spring.ReactorServers;
import io.github.h2transport.spring.SharedHttp2Transport;
import io.netty.buffer.Unpooled;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.reactivestreams.Subscription;
import reactor.core.Disposable;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.netty.DisposableServer;
import reactor.netty.http.HttpProtocol;
import reactor.netty.http.server.HttpServerRoutes;
import reactor.test.StepVerifier;

import org.springframework.boot.http.client.autoconfigure.reactive.ClientHttpConnectorBuilderCustomizer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.ParameterizedTypeReference;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.http.MediaType;
import org.springframework.http.codec.ServerSentEvent;
import org.springframework.web.client.RestClient;
import org.springframework.web.reactive.function.BodyInserters;
import org.springframework.web.reactive.function.client.WebClient;
import org.springframework.web.reactive.function.client.WebClientRequestException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowable;

/**
 * What WebClient users count on beside answers: demand, cancels, failures, released
 * buffers. The server tells what it saw.
 */
@Timeout(120)
class ReactiveBehaviourTests {

	private static final int PIECE = 16 * 1024;

	private static final Duration LIMIT = Duration.ofSeconds(20);

	/** Octets of the endless answer that the server could write. */
	private final AtomicLong written = new AtomicLong();

	/** Octets of uploads that arrived. */
	private final AtomicLong arrived = new AtomicLong();

	private final AtomicInteger cancelled = new AtomicInteger();

	private final Sinks.Many<String> events = Sinks.many().multicast().onBackpressureBuffer();

	private final List<String> cookieFields = Collections.synchronizedList(new ArrayList<>());

	private DisposableServer server;

	private ConfigurableApplicationContext application;

	private WebClient client;

	@BeforeEach
	void start() {
		this.server = ReactorServers.create()
			.host("127.0.0.1")
			.port(0)
			.protocol(HttpProtocol.H2C)
			.route(this::routes)
			.bindNow();
		this.application = ClientApplication.run(Application.class,
				List.of("h2.transport.allow-http=true", "spring.http.clients.read-timeout=10s"));
		this.client = this.application.getBean(WebClient.Builder.class)
			.baseUrl("http://127.0.0.1:" + this.server.port())
			.build();
	}

	@AfterEach
	void stop() {
		this.application.close();
		this.server.disposeNow();
	}

	private void routes(HttpServerRoutes routes) {
		routes.get("/hello", (request, response) -> {
			this.cookieFields.addAll(request.requestHeaders().getAll("cookie"));
			return response.sendString(Mono.just("hello"));
		})
			.get("/never", (request, response) -> Mono.<Void>never().doOnCancel(this.cancelled::incrementAndGet))
			.get("/endless",
					(request,
							response) -> response.send(Flux.<Integer>generate((sink) -> sink.next(PIECE))
								.doOnNext((size) -> this.written.addAndGet(size))
								.map((size) -> Unpooled.wrappedBuffer(new byte[size]))
								.doOnCancel(this.cancelled::incrementAndGet)))
			.get("/redirect", (request, response) -> response.status(302).header("location", "/hello").send())
			.get("/events",
					(request, response) -> response.sse()
						.sendString(this.events.asFlux().map((event) -> "data:" + event + "\n\n")))
			.post("/echo", (request, response) -> response.send(request.receive().retain()))
			.post("/swallow",
					(request, response) -> request.receive()
						.doOnNext((buffer) -> this.arrived.addAndGet(buffer.readableBytes()))
						.doOnError((failure) -> this.cancelled.incrementAndGet())
						.then(response.status(204).send()))
			.post("/refuse", (request, response) -> response.status(413).sendString(Mono.just("too large")));
	}

	@Test
	void aCancelBeforeTheHeadResetsTheStreamAndTheConnectionGoesOn() {
		Disposable call = this.client.get().uri("/never").retrieve().toBodilessEntity().subscribe();
		Awaitility.await().until(() -> activeStreams() == 1);

		call.dispose();

		Awaitility.await().untilAsserted(() -> assertThat(activeStreams()).isZero());
		theConnectionGoesOn();
	}

	@Test
	void aCancelWhileItWaitsForAConnectionLeavesTheQueue() throws IOException {
		try (ServerSocket silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			URI uri = URI.create("https://127.0.0.1:" + silent.getLocalPort() + "/");
			Disposable call = this.client.get().uri(uri).retrieve().toBodilessEntity().subscribe();
			Awaitility.await().until(() -> pending(uri) == 1);

			call.dispose();

			Awaitility.await().untilAsserted(() -> assertThat(pending(uri)).isZero());
		}
	}

	@Test
	void aCancelOfTheBodyResetsTheStreamAndGivesTheCreditBack() {
		for (int i = 0; i < 20; i++) {
			StepVerifier.create(endless().take(3).doOnNext(DataBufferUtils::release))
				.expectNextCount(3)
				.verifyComplete();
		}

		Awaitility.await().untilAsserted(() -> assertThat(activeStreams()).isZero());
		theConnectionGoesOn();
	}

	@Test
	void aResponseThatNobodySubscribesToIsReleasedByTheCancel() {
		Disposable call = this.client.get().uri("/endless").exchangeToMono((response) -> Mono.never()).subscribe();
		Awaitility.await().until(() -> this.written.get() > 0);

		call.dispose();

		Awaitility.await().untilAsserted(() -> assertThat(activeStreams()).isZero());
		theConnectionGoesOn();
	}

	@Test
	void whatIsRequestedIsWhatTheServerMaySend() {
		AtomicLong read = new AtomicLong();
		BaseSubscriber<DataBuffer> reader = new BaseSubscriber<>() {

			@Override
			protected void hookOnSubscribe(Subscription subscription) {
				subscription.request(1);
			}

			@Override
			protected void hookOnNext(DataBuffer buffer) {
				read.addAndGet(buffer.readableByteCount());
			}

		};
		endless().subscribe(reader);
		Awaitility.await().until(() -> read.get() > 0);
		// The stream's window is full when the server has sent all that it may.
		Awaitility.await().until(() -> connection().streams().get(0).receiveWindow() == 0);
		long received = connection().streams().get(0).receivedBytes();

		Awaitility.await()
			.during(Duration.ofMillis(300))
			.untilAsserted(() -> assertThat(connection().streams().get(0).receivedBytes()).isEqualTo(received));
		reader.request(Long.MAX_VALUE);
		Awaitility.await().until(() -> read.get() > 4 * received);
		reader.cancel();
		Awaitility.await().untilAsserted(() -> assertThat(activeStreams()).isZero());
	}

	@Test
	void aFailureOfTheRequestBodyComesOutAsItIs() {
		IllegalStateException failure = new IllegalStateException("torn");
		for (int i = 0; i < 50; i++) {
			Flux<String> body = Flux.just("a", "b").concatWith(Flux.error(failure));
			Mono<String> answer = this.client.post()
				.uri("/swallow")
				.body(body, String.class)
				.retrieve()
				.bodyToMono(String.class);

			assertThatExceptionOfType(WebClientRequestException.class).isThrownBy(() -> answer.block(LIMIT))
				.satisfies((actual) -> assertThat(actual.getCause()).isSameAs(failure));
		}
		Awaitility.await().untilAsserted(() -> assertThat(activeStreams()).isZero());
		theConnectionGoesOn();
	}

	@Test
	void aCancelStopsTheUploadAndReleasesItsBuffers() {
		AtomicInteger stopped = new AtomicInteger();
		Disposable call = upload("/swallow", endlessUpload().doOnCancel(stopped::incrementAndGet)).subscribe();
		Awaitility.await().until(() -> this.arrived.get() > 10 * PIECE);

		call.dispose();

		Awaitility.await().untilAsserted(() -> assertThat(stopped).hasValue(1));
		Awaitility.await().untilAsserted(() -> assertThat(buffers().held()).isZero());
		Awaitility.await().untilAsserted(() -> assertThat(activeStreams()).isZero());
		theConnectionGoesOn();
	}

	@Test
	void anEarlyAnswerStopsTheUploadAndReleasesItsBuffers() {
		AtomicInteger stopped = new AtomicInteger();

		Mono<Integer> status = upload("/refuse", endlessUpload().doOnCancel(stopped::incrementAndGet));

		assertThat(status.block(LIMIT)).isEqualTo(413);
		Awaitility.await().untilAsserted(() -> assertThat(stopped).hasValue(1));
		Awaitility.await().untilAsserted(() -> assertThat(buffers().held()).isZero());
		Awaitility.await().untilAsserted(() -> assertThat(activeStreams()).isZero());
		theConnectionGoesOn();
	}

	@Test
	void everyBufferOfAnAnswerAndAnUploadIsReleased() {
		Flux<DataBuffer> content = Flux.range(0, 100).map((piece) -> buffer());

		Integer octets = this.client.post()
			.uri("/echo")
			.contentType(MediaType.APPLICATION_OCTET_STREAM)
			.body(BodyInserters.fromDataBuffers(content))
			.retrieve()
			.bodyToFlux(byte[].class)
			.reduce(0, (sum, piece) -> sum + piece.length)
			.block(LIMIT);

		assertThat(octets).isEqualTo(100 * PIECE);
		assertThat(buffers().made()).as("pieces up, pieces down").isGreaterThan(150);
		Awaitility.await().untilAsserted(() -> assertThat(buffers().held()).isZero());
	}

	@Test
	void failuresAreTheTypesOfOtherClients() throws IOException {
		assertThat(failure(URI.create("http://127.0.0.1:" + closedPort() + "/")))
			.isExactlyInstanceOf(ConnectException.class);
		WebClient hasty = this.application.getBean(WebClient.Builder.class)
			.clientConnector(this.application.getBean(Http2ClientHttpConnectorBuilder.class)
				.withCallOptions((options) -> options.responseTimeout(Duration.ofMillis(200)))
				.build())
			.build();
		assertThat(catchThrowable(() -> hasty.get()
			.uri("http://127.0.0.1:" + this.server.port() + "/never")
			.retrieve()
			.toBodilessEntity()
			.block(LIMIT))).isInstanceOf(WebClientRequestException.class)
			.cause()
			.isExactlyInstanceOf(HttpTimeoutException.class);
		assertThat(catchThrowable(
				() -> this.client.get().uri(URI.create("ftp://127.0.0.1/")).retrieve().toBodilessEntity().block(LIMIT)))
			.isInstanceOf(IllegalArgumentException.class)
			.hasMessageContaining("ftp");
	}

	@Test
	void aBlockingCallInACallbackIsRefusedClearly() {
		RestClient blocking = this.application.getBean(RestClient.class);
		Mono<String> reactive = this.client.get().uri("/hello").retrieve().bodyToMono(String.class);

		Throwable inReactor = catchThrowable(() -> reactive.map((text) -> reactive.block()).block(LIMIT));
		Throwable inRestClient = catchThrowable(() -> reactive
			.map((text) -> blocking.get()
				.uri("http://127.0.0.1:" + this.server.port() + "/hello")
				.retrieve()
				.toBodilessEntity())
			.block(LIMIT));

		assertThat(inReactor).isInstanceOf(IllegalStateException.class).hasMessageContaining("block");
		assertThat(inRestClient).isInstanceOf(IllegalStateException.class)
			.hasMessageContaining("blocking call on the event loop");
		theConnectionGoesOn();
	}

	@Test
	void serverSentEventsComeOneByOne() {
		Flux<String> events = this.client.get()
			.uri("/events")
			.accept(MediaType.TEXT_EVENT_STREAM)
			.retrieve()
			.bodyToFlux(new ParameterizedTypeReference<ServerSentEvent<String>>() {
			})
			.map((event) -> String.valueOf(event.data()));

		StepVerifier.create(events)
			.then(() -> Awaitility.await().until(() -> this.events.currentSubscriberCount() == 1))
			.then(() -> this.events.tryEmitNext("one").orThrow())
			.expectNext("one")
			.then(() -> this.events.tryEmitNext("two").orThrow())
			.expectNext("two")
			.thenCancel()
			.verify(LIMIT);
		Awaitility.await().untilAsserted(() -> assertThat(activeStreams()).isZero());
	}

	@Test
	void cookiesGoOutAsOneFieldAndARedirectKeepsThem() {
		assertThat(this.client.get()
			.uri("/redirect")
			.cookie("a", "1")
			.cookie("b", "2")
			.retrieve()
			.bodyToMono(String.class)
			.block(LIMIT)).isEqualTo("hello");
		assertThat(this.cookieFields).containsExactly("a=1; b=2");
	}

	private void theConnectionGoesOn() {
		assertThat(this.client.get().uri("/hello").retrieve().bodyToMono(String.class).block(LIMIT)).isEqualTo("hello");
		assertThat(connection().streamsOpened()).isGreaterThan(1);
	}

	private Flux<DataBuffer> endless() {
		return this.client.get().uri("/endless").retrieve().bodyToFlux(DataBuffer.class);
	}

	private Flux<DataBuffer> endlessUpload() {
		return Flux.generate((sink) -> sink.next(buffer()));
	}

	private DataBuffer buffer() {
		DataBuffer buffer = buffers().allocateBuffer(PIECE);
		buffer.write(new byte[PIECE]);
		return buffer;
	}

	private Mono<Integer> upload(String path, Flux<DataBuffer> content) {
		return this.client.post()
			.uri(path)
			.contentType(MediaType.APPLICATION_OCTET_STREAM)
			.body(BodyInserters.fromDataBuffers(content))
			.exchangeToMono((response) -> response.releaseBody().thenReturn(response.statusCode().value()));
	}

	private Throwable failure(URI uri) {
		Throwable failure = catchThrowable(() -> this.client.get().uri(uri).retrieve().toBodilessEntity().block(LIMIT));
		assertThat(failure).isInstanceOf(WebClientRequestException.class);
		return failure.getCause();
	}

	private static int closedPort() throws IOException {
		try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			return socket.getLocalPort();
		}
	}

	private CountingBufferFactory buffers() {
		return this.application.getBean(CountingBufferFactory.class);
	}

	private int activeStreams() {
		return connections().stream().mapToInt((connection) -> connection.streams().size()).sum();
	}

	private int pending(URI uri) {
		return this.application.getBean(SharedHttp2Transport.class)
			.snapshot()
			.origins()
			.stream()
			.filter((origin) -> origin.key().origin().port() == uri.getPort())
			.mapToInt((origin) -> origin.pending())
			.sum();
	}

	private ConnectionSnapshot connection() {
		assertThat(connections()).hasSize(1);
		return connections().get(0);
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
		CountingBufferFactory buffers() {
			return new CountingBufferFactory();
		}

		@Bean
		ClientHttpConnectorBuilderCustomizer<Http2ClientHttpConnectorBuilder> countBuffers(
				CountingBufferFactory buffers) {
			return (builder) -> builder.withCustomizer((connector) -> connector.setBufferFactory(buffers));
		}

		@Bean
		RestClient restClient(RestClient.Builder builder) {
			return builder.build();
		}

	}

}
