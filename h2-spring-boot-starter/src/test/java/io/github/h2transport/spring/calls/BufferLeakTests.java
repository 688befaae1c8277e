package io.github.h2transport.spring.calls;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiConsumer;
import java.util.function.Function;

import io.github.h2transport.ErrorCode;
import io.github.h2transport.spring.CountingBufferFactory;
import io.github.h2transport.spring.Http2CallAttributes;
import io.github.h2transport.spring.Http2ClientHttpConnectorBuilder;
import io.github.h2transport.testkit.ScriptedConn;
import io.github.h2transport.testkit.ScriptedServer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import org.springframework.boot.http.client.autoconfigure.reactive.ClientHttpConnectorBuilderCustomizer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.http.MediaType;
import org.springframework.web.reactive.function.BodyInserters;
import org.springframework.web.reactive.function.client.WebClient;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Pooled buffers are given back however a call of {@code WebClient} ends, in both
 * directions.
 */
@Timeout(120)
class BufferLeakTests {

	private static final int PIECE = 1_000;

	private static final int PIECES = 30;

	private final ScriptedServer server = ScriptedServer.start();

	private static ConfigurableApplicationContext application;

	private static CountingBufferFactory buffers;

	/** Before the test. */
	private final int madeBefore = buffers.made();

	/** How a call ends before its time. */
	enum Ending {

		RESET((connection, call) -> connection.rstStream(1, ErrorCode.INTERNAL_ERROR)),

		CONNECTION_LOST((connection, call) -> connection.reset()),

		CONNECTION_CLOSED((connection, call) -> connection.close()),

		PROTOCOL_VIOLATION((connection, call) -> connection.raw(new byte[] { 0, 0, 0, 0, 0, 0, 0, 0, 0 })),

		CANCEL((connection, call) -> call.cancel(false)),

		/** Nothing more happens until the read timeout, or the response timeout. */
		SILENCE((connection, call) -> {
		});

		private final BiConsumer<ScriptedConn, CompletableFuture<?>> act;

		Ending(BiConsumer<ScriptedConn, CompletableFuture<?>> act) {
			this.act = act;
		}

	}

	@BeforeAll
	static void startApplication() {
		application = ClientApplication.run(Application.class, List.of("h2.transport.allow-http=true"));
		buffers = application.getBean(CountingBufferFactory.class);
	}

	@AfterAll
	static void stopApplication() {
		application.close();
	}

	@AfterEach
	void stop() {
		this.server.close();
	}

	@ParameterizedTest
	@EnumSource(Ending.class)
	void anAnswerThatIsCollectedAndBreaksOff(Ending ending) {
		breaksOff(ending, (answer) -> answer.bodyToMono(byte[].class));
	}

	@ParameterizedTest
	@EnumSource(Ending.class)
	void anAnswerThatIsReadPieceByPieceAndBreaksOff(Ending ending) {
		breaksOff(ending, (answer) -> answer.bodyToFlux(DataBuffer.class).doOnNext(DataBufferUtils::release).then());
	}

	@ParameterizedTest
	@EnumSource(Ending.class)
	void anAnswerWhoseReaderWaitsWhileItBreaksOff(Ending ending) {
		breaksOff(ending,
				(answer) -> answer.bodyToFlux(DataBuffer.class)
					.concatMap((buffer) -> Mono.never().doFinally((signal) -> DataBufferUtils.release(buffer)), 1)
					.doOnDiscard(DataBuffer.class, DataBufferUtils::release)
					.timeout(Duration.ofSeconds(2))
					.then());
	}

	@ParameterizedTest
	@EnumSource(Ending.class)
	void anUploadThatFindsNoWindowAndBreaksOff(Ending ending) {
		Flux<DataBuffer> content = Flux.range(0, 200).map((number) -> buffer());
		CompletableFuture<?> call = client().post()
			.uri(this.server.uri("/"))
			.attribute(Http2CallAttributes.RESPONSE_TIMEOUT, Duration.ofSeconds(5))
			.contentType(MediaType.APPLICATION_OCTET_STREAM)
			.body(BodyInserters.fromDataBuffers(content))
			.retrieve()
			.toBodilessEntity()
			.toFuture();
		ScriptedConn connection = this.server.greeted();
		connection.awaitHead();
		Awaitility.await().until(() -> made() >= 65);

		ending.act.accept(connection, call);

		endsWithoutALeak(call);
	}

	private void breaksOff(Ending ending, Function<WebClient.ResponseSpec, Mono<?>> reader) {
		CompletableFuture<?> call = reader
			.apply(client().get()
				.uri(this.server.uri("/"))
				.attribute(Http2CallAttributes.READ_TIMEOUT, Duration.ofSeconds(1))
				.retrieve())
			.toFuture();
		ScriptedConn connection = this.server.greeted();
		connection.awaitHead();
		connection.respondHead(1, 200);
		for (int i = 0; i < PIECES; i++) {
			connection.data(1, new byte[PIECE]);
		}
		Awaitility.await().until(() -> made() > 0);

		ending.act.accept(connection, call);

		endsWithoutALeak(call);
	}

	private void endsWithoutALeak(CompletableFuture<?> call) {
		Awaitility.await().until(call::isDone);
		assertThat(call).isCompletedExceptionally();
		Awaitility.await().untilAsserted(() -> assertThat(buffers.held()).isZero());
	}

	private int made() {
		return buffers.made() - this.madeBefore;
	}

	private WebClient client() {
		return application.getBean(WebClient.Builder.class).build();
	}

	private DataBuffer buffer() {
		DataBuffer buffer = buffers.allocateBuffer(PIECE);
		buffer.write(new byte[PIECE]);
		return buffer;
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

	}

}
