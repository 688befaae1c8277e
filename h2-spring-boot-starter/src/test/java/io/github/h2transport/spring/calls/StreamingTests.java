package io.github.h2transport.spring.calls;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

import io.github.h2transport.spring.ReactorServers;
import io.github.h2transport.spring.SharedHttp2Transport;
import io.github.h2transport.testkit.Certificates;
import io.netty.buffer.Unpooled;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.DisposableServer;
import reactor.netty.http.Http2SslContextSpec;
import reactor.netty.http.HttpProtocol;
import reactor.netty.http.server.HttpServer;
import reactor.netty.http.server.HttpServerRoutes;

import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;
import org.springframework.http.MediaType;
import org.springframework.http.StreamingHttpOutputMessage;
import org.springframework.web.client.RestClient;
import org.springframework.web.reactive.function.BodyInserters;
import org.springframework.web.reactive.function.client.WebClient;

import static org.assertj.core.api.Assertions.assertThat;

/** Content that is larger than the heap, and content that nobody wants to its end. */
@Timeout(180)
class StreamingTests {

	private static DisposableServer plain;

	private static DisposableServer secure;

	private static ConfigurableApplicationContext application;

	@BeforeAll
	static void start() {
		HttpServer description = ReactorServers.create().host("127.0.0.1").port(0).route(StreamingTests::routes);
		Certificates certificates = Certificates.localhost();
		plain = description.protocol(HttpProtocol.H2C).bindNow();
		secure = description.protocol(HttpProtocol.H2)
			.secure((ssl) -> ssl.sslContext(Http2SslContextSpec.forServer(certificates.certificate().toFile(),
					certificates.privateKey().toFile())))
			.bindNow();
		application = ClientApplication.start();
	}

	@AfterAll
	static void stop() {
		application.close();
		plain.disposeNow();
		secure.disposeNow();
	}

	private static void routes(HttpServerRoutes routes) {
		routes
			.get("/long",
					(request,
							response) -> response.send(Flux.range(0, LongContent.PIECES)
								.map((index) -> Unpooled.wrappedBuffer(LongContent.piece(index)))))
			.post("/sum", (request, response) -> {
				MessageDigest digest = LongContent.digest();
				Mono<String> sum = request.receive()
					.asByteArray()
					.doOnNext(digest::update)
					.then(Mono.fromCallable(() -> LongContent.text(digest)));
				return response.sendString(sum);
			})
			.get("/endless",
					(request, response) -> response
						.send(Flux.generate((sink) -> sink.next(Unpooled.wrappedBuffer(new byte[LongContent.PIECE])))))
			.get("/hello", (request, response) -> response.sendString(Mono.just("hello")))
			.post("/refuse", (request, response) -> response.status(413).sendString(Mono.just("too large")));
	}

	private static String root(String scheme) {
		return scheme + "://localhost:" + ("https".equals(scheme) ? secure : plain).port();
	}

	@ParameterizedTest
	@ValueSource(strings = { "http", "https" })
	void anApplicationWithAHeapOf64MebibytesMoves100MebibytesEachWayBlockingAndReactive(String scheme)
			throws Exception {
		Process application = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
				"-Xmx64m", "-XX:+ExitOnOutOfMemoryError", "-cp", System.getProperty("java.class.path"),
				SmallHeap.class.getName(), root(scheme), "file:" + Certificates.localhost().certificate())
			.redirectErrorStream(true)
			.start();
		try {
			String output = new String(application.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
			assertThat(application.waitFor(1, TimeUnit.MINUTES)).isTrue();
			assertThat(output.lines().filter((line) -> line.startsWith("sum "))).as(output)
				.containsExactly("sum of blocking download " + LongContent.sum(),
						"sum of blocking upload " + LongContent.sum(), "sum of reactive download " + LongContent.sum(),
						"sum of reactive upload " + LongContent.sum());
		}
		finally {
			application.destroyForcibly();
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "http", "https" })
	void closingAnEndlessAnswerReturnsAtOnceAndTheConnectionGoesOn(String scheme) {
		RestClient client = application.getBean(RestClient.Builder.class).baseUrl(root(scheme)).build();
		for (int i = 0; i < 10; i++) {
			long start = System.nanoTime();
			int first = client.get().uri("/endless").exchange((request, response) -> {
				response.getBody().read(new byte[100_000]);
				return response.getStatusCode().value();
			});
			assertThat(first).isEqualTo(200);
			assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(5));
		}

		assertThat(client.get().uri("/hello").retrieve().body(String.class)).isEqualTo("hello");
		Awaitility.await().untilAsserted(() -> assertThat(activeStreams()).isZero());
		assertThat(application.getBean(SharedHttp2Transport.class)
			.snapshot()
			.origins()
			.stream()
			.filter((origin) -> origin.key().origin().toString().startsWith(root(scheme)))).singleElement()
			.satisfies((origin) -> assertThat(origin.connections()).hasSize(1));
	}

	@Test
	void anEarlyAnswerStopsABlockingUpload() {
		RestClient client = application.getBean(RestClient.Builder.class).baseUrl(root("http")).build();
		AtomicLong written = new AtomicLong();

		int status = client.post().uri("/refuse").body((StreamingHttpOutputMessage.Body) (out) -> {
			byte[] piece = new byte[LongContent.PIECE];
			// Ends by the exception that write throws when nobody wants more.
			for (;;) {
				out.write(piece);
				written.addAndGet(piece.length);
			}
		}).exchange((request, response) -> response.getStatusCode().value());

		assertThat(status).isEqualTo(413);
		assertThat(client.get().uri("/hello").retrieve().body(String.class)).isEqualTo("hello");
	}

	private static int activeStreams() {
		return application.getBean(SharedHttp2Transport.class)
			.snapshot()
			.origins()
			.stream()
			.flatMap((origin) -> origin.connections().stream())
			.mapToInt((connection) -> connection.streams().size())
			.sum();
	}

	/**
	 * The application with the small heap: its arguments are the server and its
	 * certificate.
	 */
	static final class SmallHeap {

		private SmallHeap() {
		}

		public static void main(String[] arguments) throws IOException {
			try (ConfigurableApplicationContext context = ClientApplication.run(ClientApplication.class,
					List.of("h2.transport.allow-http=true", "spring.http.clients.ssl.bundle=servers",
							"spring.ssl.bundle.pem.servers.truststore.certificate=" + arguments[1]))) {
				RestClient blocking = context.getBean(RestClient.Builder.class).baseUrl(arguments[0]).build();
				WebClient reactive = context.getBean(WebClient.Builder.class).baseUrl(arguments[0]).build();
				System.out.println("sum of blocking download " + download(blocking));
				System.out.println("sum of blocking upload " + upload(blocking));
				System.out.println("sum of reactive download " + download(reactive));
				System.out.println("sum of reactive upload " + upload(reactive));
			}
		}

		private static String download(RestClient client) {
			return client.get().uri("/long").exchange((request, response) -> {
				MessageDigest digest = LongContent.digest();
				InputStream body = response.getBody();
				byte[] piece = new byte[LongContent.PIECE];
				for (int length = body.read(piece); length >= 0; length = body.read(piece)) {
					digest.update(piece, 0, length);
				}
				return LongContent.text(digest);
			});
		}

		private static String upload(RestClient client) {
			return client.post().uri("/sum").body((StreamingHttpOutputMessage.Body) (out) -> {
				for (int i = 0; i < LongContent.PIECES; i++) {
					out.write(LongContent.piece(i));
				}
			}).retrieve().body(String.class);
		}

		private static String download(WebClient client) {
			MessageDigest digest = LongContent.digest();
			return client.get().uri("/long").retrieve().bodyToFlux(DataBuffer.class).doOnNext((buffer) -> {
				try (DataBuffer.ByteBufferIterator parts = buffer.readableByteBuffers()) {
					parts.forEachRemaining(digest::update);
				}
				DataBufferUtils.release(buffer);
			}).then(Mono.fromCallable(() -> LongContent.text(digest))).block();
		}

		private static String upload(WebClient client) {
			Flux<DataBuffer> content = Flux.range(0, LongContent.PIECES)
				.map((index) -> DefaultDataBufferFactory.sharedInstance.wrap(LongContent.piece(index)));
			return client.post()
				.uri("/sum")
				.contentType(MediaType.APPLICATION_OCTET_STREAM)
				.body(BodyInserters.fromDataBuffers(content))
				.retrieve()
				.bodyToMono(String.class)
				.block();
		}

	}

}
