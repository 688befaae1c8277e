package io.github.h2transport.spring.calls;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.List;

import io.github.h2transport.spring.ReactorServers;
import io.github.h2transport.spring.SharedHttp2Transport;
import io.github.h2transport.testkit.Call;
import io.github.h2transport.testkit.ForkedJvm;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.DisposableServer;
import reactor.netty.http.HttpProtocol;
import reactor.netty.http.server.HttpServerRoutes;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.io.AbstractResource;
import org.springframework.http.HttpMethod;
import org.springframework.http.MediaType;
import org.springframework.http.StreamingHttpOutputMessage;
import org.springframework.http.client.MultipartBodyBuilder;
import org.springframework.web.client.ResourceAccessException;
import org.springframework.web.client.RestClient;
import org.springframework.web.reactive.function.BodyInserters;
import org.springframework.web.reactive.function.client.WebClient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

/**
 * Content of requests: forms of parts, lengths that are right or wrong, an interrupted
 * caller.
 */
@Timeout(180)
class RequestContentCallsTests {

	private static DisposableServer server;

	private static ConfigurableApplicationContext application;

	private static final Deque<String> lengths = new ArrayDeque<>();

	@BeforeAll
	static void start() {
		server = ReactorServers.create()
			.host("127.0.0.1")
			.port(0)
			.protocol(HttpProtocol.H2C)
			.route(RequestContentCallsTests::routes)
			.bindNow();
		application = ApplicationKind.NONE.start(Application.class);
	}

	@AfterAll
	static void stop() {
		application.close();
		server.disposeNow();
	}

	private static void routes(HttpServerRoutes routes) {
		routes.post("/echo", (request, response) -> {
			lengths.add(String.valueOf(request.requestHeaders().get("content-length")));
			return response.header("x-type", String.valueOf(request.requestHeaders().get("content-type")))
				.sendString(request.receive().aggregate().asString());
		}).post("/sum", (request, response) -> {
			MessageDigest digest = LongContent.digest();
			long[] length = new long[1];
			return response.sendString(request.receive().asByteArray().doOnNext((piece) -> {
				digest.update(piece);
				length[0] += piece.length;
			}).then(Mono.fromCallable(() -> String.valueOf(length[0]))));
		})
			.post("/never", (request, response) -> Mono.never())
			.get("/never", (request, response) -> Mono.never())
			.get("/endless",
					(request, response) -> response.sendByteArray(Flux.generate((sink) -> sink.next(new byte[8192]))))
			.get("/hello", (request, response) -> response.sendString(Mono.just("hello")));
	}

	private static URI uri(String path) {
		return URI.create("http://127.0.0.1:" + server.port() + path);
	}

	private static RestClient rest() {
		return application.getBean(RestClient.Builder.class).build();
	}

	private static WebClient web() {
		return application.getBean(WebClient.Builder.class).build();
	}

	@ParameterizedTest
	@EnumSource
	void aFormOfPartsArrivesWhole(EitherClient client) {
		MultipartBodyBuilder form = new MultipartBodyBuilder();
		form.part("name", "Ada");
		form.part("file", new LongResource(3)).filename("long.bin");

		String echo;
		if (client == EitherClient.REST_CLIENT) {
			echo = rest().post()
				.uri(uri("/echo"))
				.contentType(MediaType.MULTIPART_FORM_DATA)
				.body(form.build())
				.retrieve()
				.body(String.class);
		}
		else {
			echo = web().mutate()
				.codecs((codecs) -> codecs.defaultCodecs().maxInMemorySize(1 << 20))
				.build()
				.post()
				.uri(uri("/echo"))
				.body(BodyInserters.fromMultipartData(form.build()))
				.retrieve()
				.bodyToMono(String.class)
				.block();
		}

		assertThat(echo).contains("name=\"name\"", "Ada", "filename=\"long.bin\"")
			.contains(new String(LongContent.piece(0), StandardCharsets.UTF_8).substring(0, 100));
	}

	@Test
	void filesOfAHundredMebibytesAsPartsNeedNoMemory() throws IOException {
		String output = ForkedJvm.run(SmallHeap.class,
				List.of("-Xmx64m", "-XX:+ExitOnOutOfMemoryError", "-Dserver=" + uri("/sum")));

		assertThat(output.lines().filter((line) -> line.startsWith("sent "))).as(output)
			.hasSize(2)
			.allSatisfy((line) -> assertThat(Long.parseLong(line.substring(5))).isBetween(
					(long) LongContent.PIECES * LongContent.PIECE,
					(long) LongContent.PIECES * LongContent.PIECE + 1000));
	}

	@ParameterizedTest
	@EnumSource
	void contentInMemoryHasItsLength(EitherClient client) {
		lengths.clear();

		client.in(application).send(new EitherClient.Request(HttpMethod.POST, uri("/echo")).body("content"));

		assertThat(lengths).containsExactly("7");
	}

	@Test
	void contentThatIsWrittenBitByBitHasNoneUnlessItIsDeclared() {
		lengths.clear();

		rest().post().uri(uri("/echo")).body((out) -> out.write(65)).retrieve().toBodilessEntity();
		rest().post()
			.uri(uri("/echo"))
			.contentLength(1)
			.body((StreamingHttpOutputMessage.Body) (out) -> out.write(65))
			.retrieve()
			.toBodilessEntity();
		web().post().uri(uri("/echo")).body(Flux.just("a", "b"), String.class).retrieve().toBodilessEntity().block();

		assertThat(lengths).containsExactly("null", "1", "null");
	}

	@ParameterizedTest
	@EnumSource
	void aDeclaredLengthThatIsWrongIsAClearFailure(EitherClient client) {
		for (long declared : new long[] { 6, 8 }) {
			Throwable failure = (client == EitherClient.REST_CLIENT)
					? catchThrowable(() -> rest().post()
						.uri(uri("/echo"))
						.contentLength(declared)
						.body((out) -> out.write("content".getBytes(StandardCharsets.UTF_8)))
						.retrieve()
						.toBodilessEntity())
					: catchThrowable(() -> web().post()
						.uri(uri("/echo"))
						.contentLength(declared)
						.body(BodyInserters.fromPublisher(Flux.just("con", "tent"), String.class))
						.retrieve()
						.toBodilessEntity()
						.block());

			assertThat(failure).as("declared " + declared).isNotNull();
			assertThat(failure.getCause()).isNotNull();
			assertThat(failure.getCause().getMessage()).containsIgnoringCase("content-length")
				.contains(String.valueOf(declared));
		}
		assertThat(client.in(application).text(uri("/hello"))).as("the connection goes on").isEqualTo("hello");
	}

	@Test
	void anInterruptedCallerResetsItsStreamWhereverItWaits() {
		List<Call<String>> calls = List.of(Call.of(() -> rest().get().uri(uri("/never")).retrieve().body(String.class)),
				Call.of(() -> rest().post().uri(uri("/never")).body((out) -> {
					for (;;) {
						out.write(new byte[8192]);
					}
				}).retrieve().body(String.class)),
				Call.of(() -> rest().get().uri(uri("/endless")).exchange((request, response) -> {
					response.getBody().read();
					return new String(response.getBody().readAllBytes(), StandardCharsets.UTF_8);
				})));
		Awaitility.await().until(() -> activeStreams() == 3);

		calls.forEach(Call::interrupt);

		calls.forEach((call) -> assertThat(call.failure(Throwable.class)).as("what RestClient makes of an IOException")
			.isInstanceOf(ResourceAccessException.class));
		Awaitility.await().until(() -> activeStreams() == 0);
		assertThat(rest().get().uri(uri("/hello")).retrieve().body(String.class)).isEqualTo("hello");
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

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

	}

	/** A file, as far as the converters can tell, that is made while it is read. */
	private static final class LongResource extends AbstractResource {

		private final int pieces;

		private LongResource(int pieces) {
			this.pieces = pieces;
		}

		@Override
		public long contentLength() {
			return (long) this.pieces * LongContent.PIECE;
		}

		@Override
		public String getFilename() {
			return "long.bin";
		}

		@Override
		public String getDescription() {
			return "long content";
		}

		@Override
		public InputStream getInputStream() {
			return new SequenceInputStream(Collections.enumeration(new java.util.AbstractList<InputStream>() {

				@Override
				public InputStream get(int index) {
					return new ByteArrayInputStream(LongContent.piece(index));
				}

				@Override
				public int size() {
					return LongResource.this.pieces;
				}

			}));
		}

	}

	/** Sends a part that is larger than its heap, blocking and reactive. */
	static final class SmallHeap {

		private SmallHeap() {
		}

		public static void main(String[] arguments) {
			URI target = URI.create(System.getProperty("server"));
			try (ConfigurableApplicationContext context = ClientApplication.run(Application.class,
					List.of("h2.transport.allow-http=true"))) {
				MultipartBodyBuilder form = new MultipartBodyBuilder();
				form.part("file", new LongResource(LongContent.PIECES)).filename("long.bin");
				System.out.println("sent " + context.getBean(RestClient.Builder.class)
					.build()
					.post()
					.uri(target)
					.contentType(MediaType.MULTIPART_FORM_DATA)
					.body(form.build())
					.retrieve()
					.body(String.class));
				System.out.println("sent " + context.getBean(WebClient.Builder.class)
					.build()
					.post()
					.uri(target)
					.body(BodyInserters.fromMultipartData(form.build()))
					.retrieve()
					.bodyToMono(String.class)
					.block());
			}
		}

	}

}
