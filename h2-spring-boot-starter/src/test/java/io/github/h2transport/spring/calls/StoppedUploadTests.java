package io.github.h2transport.spring.calls;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;

import io.github.h2transport.ErrorCode;
import io.github.h2transport.Initiator;
import io.github.h2transport.StreamException;
import io.github.h2transport.spring.SharedHttp2Transport;
import io.github.h2transport.testkit.Call;
import io.github.h2transport.testkit.ClientFrame;
import io.github.h2transport.testkit.ScriptedConn;
import io.github.h2transport.testkit.ScriptedServer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import reactor.core.publisher.Flux;

import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;
import org.springframework.http.MediaType;
import org.springframework.http.StreamingHttpOutputMessage;
import org.springframework.web.client.RestClient;
import org.springframework.web.reactive.function.BodyInserters;
import org.springframework.web.reactive.function.client.WebClient;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * RFC 9113 sections 5.4.2, 6.4 and 8.1: a server that wants no more of an upload stops
 * it, by RST_STREAM, by its answer, or by both. Uploads here have no end of their own.
 */
@Timeout(120)
class StoppedUploadTests {

	private static final byte[] PIECE = new byte[16 * 1024];

	private final AtomicBoolean stopped = new AtomicBoolean();

	private ConfigurableApplicationContext application;

	private ScriptedServer server;

	@BeforeEach
	void start() {
		this.application = ClientApplication.start();
		this.server = ScriptedServer.start();
	}

	@AfterEach
	void stop() {
		this.server.close();
		this.application.close();
	}

	@ParameterizedTest
	@EnumSource
	void aResetStopsTheUploadAndIsItsFailure(Style style) {
		Call<String> upload = upload(style);
		ScriptedConn connection = this.server.greeted();
		int stream = uploadingStream(connection);

		connection.rstStream(stream, ErrorCode.INTERNAL_ERROR);

		assertThat(upload.outcome()).hasRootCauseInstanceOf(StreamException.class)
			.rootCause()
			.isInstanceOfSatisfying(StreamException.class, (failure) -> {
				assertThat(failure.context().code()).isEqualTo(ErrorCode.INTERNAL_ERROR);
				assertThat(failure.context().initiator()).isEqualTo(Initiator.PEER);
				assertThat(failure.isSafeToRetry()).isFalse();
			});
		theUploadHasStoppedAndTheConnectionGoesOn(style, connection, stream);
	}

	@ParameterizedTest
	@EnumSource
	void anAnswerAndAResetWithoutErrorStopTheUploadAndTheAnswerIsDelivered(Style style) {
		Call<String> upload = upload(style);
		ScriptedConn connection = this.server.greeted();
		int stream = uploadingStream(connection);

		connection.respondHead(stream, 413)
			.lastData(stream, "too large".getBytes(StandardCharsets.US_ASCII))
			.rstStream(stream, ErrorCode.NO_ERROR);

		assertThat(upload.result()).isEqualTo("413 too large");
		theUploadHasStoppedAndTheConnectionGoesOn(style, connection, stream);
	}

	@ParameterizedTest
	@EnumSource
	void anAnswerAloneStopsTheUploadAndTheClientSaysSo(Style style) {
		Call<String> upload = upload(style);
		ScriptedConn connection = this.server.greeted();
		int stream = uploadingStream(connection);

		connection.respondHead(stream, 413).lastData(stream, "too large".getBytes(StandardCharsets.US_ASCII));

		assertThat(upload.result()).isEqualTo("413 too large");
		assertThat(connection.awaitReset(stream)).isEqualTo(ErrorCode.NO_ERROR);
		theUploadHasStoppedAndTheConnectionGoesOn(style, connection, stream);
	}

	/** The windows are full, so nothing but the server's word can end the wait. */
	private int uploadingStream(ScriptedConn connection) {
		int stream = connection.awaitHead().streamId();
		int received = 0;
		while (received < 65_535) {
			received += connection.await(ClientFrame.Data.class).octets().length;
		}
		return stream;
	}

	private void theUploadHasStoppedAndTheConnectionGoesOn(Style style, ScriptedConn connection, int stream) {
		Awaitility.await().untilTrue(this.stopped);
		// Content that is on its way would fill the window of the connection again.
		connection.windowUpdate(0, 65_535);
		assertThat(connection.barrier()).noneMatch(ClientFrame.Data.class::isInstance);

		Call<String> next = Call.of(() -> style.get(this.application, this.server.uri("/")));
		int second = connection.awaitHead().streamId();
		connection.respond(second, 200);

		assertThat(second).isGreaterThan(stream);
		assertThat(next.result()).isEqualTo("200");
		assertThat(this.server.accepted()).isEqualTo(1);
		assertThat(this.application.getBean(SharedHttp2Transport.class).snapshot().origins()).singleElement()
			.satisfies((origin) -> assertThat(origin.connections()).singleElement()
				.satisfies((snapshot) -> assertThat(snapshot.streams()).isEmpty()));
	}

	private Call<String> upload(Style style) {
		return Call.of(() -> style.upload(this.application, this.server.uri("/upload"), this.stopped));
	}

	/** Who uploads. */
	enum Style {

		REST_CLIENT {

			@Override
			String upload(ConfigurableApplicationContext application, URI uri, AtomicBoolean stopped) {
				StreamingHttpOutputMessage.Body endless = (out) -> {
					try {
						for (;;) {
							out.write(PIECE);
						}
					}
					finally {
						stopped.set(true);
					}
				};
				return application.getBean(RestClient.Builder.class)
					.build()
					.post()
					.uri(uri)
					.body(endless)
					.exchange((request, response) -> response.getStatusCode().value() + " "
							+ new String(response.getBody().readAllBytes(), StandardCharsets.US_ASCII));
			}

			@Override
			String get(ConfigurableApplicationContext application, URI uri) {
				return String.valueOf(application.getBean(RestClient.Builder.class)
					.build()
					.get()
					.uri(uri)
					.retrieve()
					.toBodilessEntity()
					.getStatusCode()
					.value());
			}

		},

		WEB_CLIENT {

			@Override
			String upload(ConfigurableApplicationContext application, URI uri, AtomicBoolean stopped) {
				Flux<DataBuffer> endless = Flux
					.<DataBuffer>generate((sink) -> sink.next(DefaultDataBufferFactory.sharedInstance.wrap(PIECE)))
					.doFinally((signal) -> stopped.set(true));
				return application.getBean(WebClient.Builder.class)
					.build()
					.post()
					.uri(uri)
					.contentType(MediaType.APPLICATION_OCTET_STREAM)
					.body(BodyInserters.fromDataBuffers(endless))
					.exchangeToMono((response) -> response.bodyToMono(String.class)
						.map((text) -> response.statusCode().value() + " " + text))
					.block(Duration.ofSeconds(30));
			}

			@Override
			String get(ConfigurableApplicationContext application, URI uri) {
				return application.getBean(WebClient.Builder.class)
					.build()
					.get()
					.uri(uri)
					.retrieve()
					.toBodilessEntity()
					.map((entity) -> String.valueOf(entity.getStatusCode().value()))
					.block(Duration.ofSeconds(30));
			}

		};

		abstract String upload(ConfigurableApplicationContext application, URI uri, AtomicBoolean stopped);

		abstract String get(ConfigurableApplicationContext application, URI uri);

	}

}
