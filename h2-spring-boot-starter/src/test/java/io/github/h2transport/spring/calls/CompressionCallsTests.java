package io.github.h2transport.spring.calls;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.zip.GZIPOutputStream;

import io.github.h2transport.spring.CountingBufferFactory;
import io.github.h2transport.spring.Http2ClientHttpConnectorBuilder;
import io.github.h2transport.spring.ReactorServers;
import io.github.h2transport.spring.SharedHttp2Transport;
import io.github.h2transport.testkit.Content;
import io.netty.buffer.Unpooled;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
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
import reactor.test.StepVerifier;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.http.client.autoconfigure.reactive.ClientHttpConnectorBuilderCustomizer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.http.HttpMethod;
import org.springframework.http.ResponseEntity;
import org.springframework.web.client.RestClient;
import org.springframework.web.reactive.function.client.WebClient;

import static org.assertj.core.api.Assertions.assertThat;

/** Responses in gzip, which nobody but us sees. */
@Timeout(120)
class CompressionCallsTests {

	private static final byte[] CONTENT = Content.ofSize(200_000);

	private static final byte[] ENCODED = gzip(CONTENT);

	private static final int BOMB_PIECE = 1024 * 1024; // decoded

	private static final AtomicReference<String> accepted = new AtomicReference<>("");

	private static final AtomicLong bombPieces = new AtomicLong();

	private static DisposableServer server;

	private static ConfigurableApplicationContext application;

	@BeforeAll
	static void start() {
		server = ReactorServers.create()
			.host("127.0.0.1")
			.port(0)
			.protocol(HttpProtocol.H2C)
			.route(CompressionCallsTests::routes)
			.bindNow();
		application = ApplicationKind.NONE.start(Application.class);
	}

	@AfterAll
	static void stop() {
		application.close();
		server.disposeNow();
	}

	@AfterEach
	void everyStreamEndsAndEveryBufferIsReleased() {
		Awaitility.await()
			.untilAsserted(() -> assertThat(application.getBean(SharedHttp2Transport.class).snapshot().origins())
				.flatExtracting((origin) -> origin.connections())
				.allSatisfy((connection) -> assertThat(connection.streams()).isEmpty()));
		Awaitility.await()
			.untilAsserted(() -> assertThat(application.getBean(CountingBufferFactory.class).held()).isZero());
	}

	private static void routes(HttpServerRoutes routes) {
		byte[] bombMember = gzip(new byte[BOMB_PIECE]);
		routes.get("/gzip", (request, response) -> {
			accepted.set(String.valueOf(request.requestHeaders().get("accept-encoding")));
			boolean wanted = accepted.get().contains("gzip");
			if (wanted) {
				response.header("content-encoding", "gzip");
			}
			byte[] content = wanted ? ENCODED : CONTENT;
			return response.header("content-length", String.valueOf(content.length)).sendByteArray(Mono.just(content));
		}).head("/gzip", (request, response) -> {
			accepted.set(String.valueOf(request.requestHeaders().get("accept-encoding")));
			return response.header("content-encoding", "gzip").header("content-length", "77").send();
		})
			.get("/redirect", (request, response) -> response.status(302).header("location", "/gzip").send())
			.get("/plain", (request, response) -> response.sendString(Mono.just("plain")))
			.get("/empty", (request, response) -> response.header("content-encoding", "gzip").send())
			.get("/204", (request, response) -> response.status(204).header("content-encoding", "gzip").send())
			.get("/304", (request, response) -> response.status(304).header("content-encoding", "gzip").send())
			.get("/cut",
					(request, response) -> response.header("content-encoding", "gzip")
						.sendByteArray(Mono.just(Arrays.copyOf(ENCODED, ENCODED.length / 2))))
			.get("/wrong",
					(request, response) -> response.header("content-encoding", "gzip")
						.sendString(Mono.just("not in gzip at all")))
			.get("/bomb",
					(request, response) -> response.header("content-encoding", "gzip")
						.send(Flux.<Integer>generate((sink) -> sink.next(1))
							.doOnNext((piece) -> bombPieces.incrementAndGet())
							.map((piece) -> Unpooled.wrappedBuffer(bombMember))));
	}

	private static byte[] gzip(byte[] content) {
		ByteArrayOutputStream encoded = new ByteArrayOutputStream();
		try (GZIPOutputStream gzip = new GZIPOutputStream(encoded)) {
			gzip.write(content);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		return encoded.toByteArray();
	}

	private static URI uri(String path) {
		return URI.create("http://127.0.0.1:" + server.port() + path);
	}

	@ParameterizedTest
	@EnumSource
	void gzipIsAskedForAndUndone(EitherClient client) {
		for (String path : new String[] { "/gzip", "/redirect" }) {
			accepted.set("");

			ResponseEntity<byte[]> answer = client.in(application).get(uri(path));

			assertThat(accepted).hasValue("gzip");
			assertThat(answer.getBody()).isEqualTo(CONTENT);
			assertThat(answer.getHeaders().headerNames()).doesNotContain("content-encoding", "content-length");
		}
		assertThat(client.in(application).text(uri("/plain"))).isEqualTo("plain");
	}

	@ParameterizedTest
	@EnumSource
	void whoeverNamesAnEncodingGetsWhatTheServerSends(EitherClient client) {
		ResponseEntity<byte[]> encoded = client.in(application)
			.get(uri("/gzip"), (headers) -> headers.set("Accept-Encoding", "br, gzip"));

		assertThat(accepted).hasValue("br, gzip");
		assertThat(encoded.getBody()).isEqualTo(ENCODED);
		assertThat(encoded.getHeaders().getFirst("content-encoding")).isEqualTo("gzip");
		assertThat(encoded.getHeaders().getContentLength()).isEqualTo(ENCODED.length);

		ResponseEntity<byte[]> range = client.in(application)
			.get(uri("/gzip"), (headers) -> headers.set("Range", "bytes=0-"));
		assertThat(accepted).hasValue("null");
		assertThat(range.getBody()).isEqualTo(CONTENT);
	}

	@ParameterizedTest
	@EnumSource
	void answersWithoutContentStayAsTheyAre(EitherClient client) {
		ResponseEntity<byte[]> head = client.in(application)
			.send(new EitherClient.Request(HttpMethod.HEAD, uri("/gzip")));
		assertThat(accepted).hasValue("null");
		assertThat(head.getBody()).isNull();
		assertThat(head.getHeaders().getContentLength()).isEqualTo(77);
		assertThat(head.getHeaders().getFirst("content-encoding")).isEqualTo("gzip");

		assertThat(client.in(application).get(uri("/empty")).getBody()).isNullOrEmpty();
		for (int status : new int[] { 204, 304 }) {
			ResponseEntity<byte[]> answer = client.in(application).get(uri("/" + status));
			assertThat(answer.getStatusCode().value()).isEqualTo(status);
			assertThat(answer.getBody()).isNull();
			assertThat(answer.getHeaders().getFirst("content-encoding")).isEqualTo("gzip");
		}
	}

	@ParameterizedTest
	@EnumSource
	void contentThatIsCutOrNotInGzipIsAnIoException(EitherClient client) {
		assertThat(client.in(application).failure(new EitherClient.Request(HttpMethod.GET, uri("/cut"))))
			.isInstanceOf(EOFException.class)
			.hasMessageContaining("ends too early");
		assertThat(client.in(application).failure(new EitherClient.Request(HttpMethod.GET, uri("/wrong"))))
			.isInstanceOf(IOException.class)
			.hasMessageContaining("not in gzip format");
	}

	@Test
	void anEndlessBombIsReadAsFarAsSomebodyWantsIt() {
		RestClient blocking = application.getBean(RestClient.Builder.class).build();
		long read = blocking.get().uri(uri("/bomb")).exchange((request, response) -> {
			InputStream body = response.getBody();
			body.skipNBytes(3L * BOMB_PIECE);
			return 3L * BOMB_PIECE;
		});
		assertThat(read).isEqualTo(3L * BOMB_PIECE);

		Flux<DataBuffer> reactive = application.getBean(WebClient.Builder.class)
			.build()
			.get()
			.uri(uri("/bomb"))
			.retrieve()
			.bodyToFlux(DataBuffer.class);
		StepVerifier.create(reactive.doOnNext((buffer) -> {
			assertThat(buffer.readableByteCount()).isLessThanOrEqualTo(8192);
			DataBufferUtils.release(buffer);
		}), 500).expectNextCount(500).thenCancel().verify(Duration.ofSeconds(30));
		assertThat(application.getBean(CountingBufferFactory.class).held()).isZero();
	}

	@ParameterizedTest
	@EnumSource
	void thePropertySwitchesItOff(EitherClient client) {
		try (ConfigurableApplicationContext other = ApplicationKind.NONE.start(Application.class,
				"h2.transport.compression=false")) {
			ResponseEntity<byte[]> answer = client.in(other).get(uri("/gzip"));

			assertThat(accepted).hasValue("null");
			assertThat(answer.getBody()).isEqualTo(CONTENT);
			assertThat(new String(
					client.in(other).get(uri("/gzip"), (headers) -> headers.set("Accept-Encoding", "gzip")).getBody(),
					StandardCharsets.ISO_8859_1))
				.hasSize(ENCODED.length);
		}
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

		@Bean
		CountingBufferFactory buffers() {
			return new CountingBufferFactory();
		}

		@Bean
		ClientHttpConnectorBuilderCustomizer<Http2ClientHttpConnectorBuilder> countingBuffers(
				CountingBufferFactory buffers) {
			return (builder) -> builder.withCustomizer((connector) -> connector.setBufferFactory(buffers));
		}

	}

}
