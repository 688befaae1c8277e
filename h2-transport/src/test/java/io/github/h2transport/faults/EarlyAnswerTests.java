package io.github.h2transport.faults;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import io.github.h2transport.ErrorCode;
import io.github.h2transport.Http2Request;
import io.github.h2transport.Http2Response;
import io.github.h2transport.testkit.Call;
import io.github.h2transport.testkit.ClientFrame;
import io.github.h2transport.testkit.ScriptedConn;
import io.github.h2transport.testkit.ScriptedServer;
import io.github.h2transport.testkit.Transports;
import io.github.h2transport.transport.Http2Transport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A server that answers an upload in full before it has read it, gives no more credit and
 * does not reset the stream, which RFC 9113 section 8.1 leaves to it: the answer is there
 * at once, and the stream does not keep its slot.
 */
class EarlyAnswerTests {

	private static final byte[] CONTENT = new byte[100_000];

	/** Far below the limits of a call, and far above what a busy machine needs. */
	private static final long SOON_SECONDS = 15;

	static Stream<Arguments> forms() {
		return Arrays.stream(Form.values())
			.flatMap((form) -> Stream.of(Arguments.of(Peer.CLEARTEXT, form, Use.READ),
					Arguments.of(Peer.CLEARTEXT, form, Use.CLOSE), Arguments.of(Peer.CLEARTEXT, form, Use.NONE),
					Arguments.of(Peer.TLS, form, Use.NONE)));
	}

	@ParameterizedTest
	@MethodSource("forms")
	void theAnswerIsThereAndTheSlotIsFree(Peer peer, Form form, Use use) throws Exception {
		try (Http2Transport transport = Peer
			.transport((options) -> options.strictMaxConcurrentStreams(true).maxConnections(1));
				ScriptedServer server = peer.start()) {
			CompletableFuture<Http2Response> call = post(transport, form, server);
			ScriptedConn connection = server.greeted(1);
			connection.awaitHead();
			connection.respondHead(1, 202).lastData(1, "enough".getBytes(StandardCharsets.US_ASCII));
			Http2Response response = call.get(SOON_SECONDS, TimeUnit.SECONDS);
			assertThat(response.status()).isEqualTo(202);
			use.of(response);
			assertThat(connection.awaitReset(1)).isEqualTo(ErrorCode.NO_ERROR);
			Call<String> next = Call.of(() -> Transports.exchange(transport, Http2Request.get(server.uri("/next"))));
			connection.respond(connection.awaitHead().streamId(), 204);
			assertThat(next.result()).isEqualTo("204");
			assertThat(server.accepted()).isEqualTo(1);
			if (use == Use.NONE) {
				// What had arrived can still be read.
				assertThat(response.body().readAllBytes()).hasSize(6);
			}
		}
	}

	/** The server's own RST_STREAM spares ours, which servers count. */
	@ParameterizedTest
	@EnumSource
	void theServersOwnResetSparesOurs(Form form) throws Exception {
		try (Http2Transport transport = Transports.cleartext(); ScriptedServer server = ScriptedServer.start()) {
			CompletableFuture<Http2Response> call = post(transport, form, server);
			ScriptedConn connection = server.greeted();
			connection.awaitHead();
			connection.respondHead(1, 202)
				.lastData(1, "enough".getBytes(StandardCharsets.US_ASCII))
				.rstStream(1, ErrorCode.NO_ERROR);
			try (Http2Response response = call.get(SOON_SECONDS, TimeUnit.SECONDS)) {
				assertThat(response.body().readAllBytes()).hasSize(6);
			}
			Transports.awaitRest(transport);
			assertThat(connection.barrier()).noneMatch((frame) -> frame instanceof ClientFrame.RstStream);
		}
	}

	/** More of them than servers bear of other resets: these are due, and always sent. */
	@Test
	void manyEarlyAnswersLeaveNoSlotTaken() throws Exception {
		int calls = 60;
		try (Http2Transport transport = Transports.cleartext((options) -> options.maxConnections(1));
				ScriptedServer server = ScriptedServer.start()) {
			for (int i = 0; i < calls; i++) {
				post(transport, Form.ASYNC_BYTES, server);
			}
			ScriptedConn connection = server.greeted(1000);
			for (int i = 0; i < calls; i++) {
				int stream = connection.awaitHead().streamId();
				connection.respond(stream, 202);
				assertThat(connection.awaitReset(stream)).isEqualTo(ErrorCode.NO_ERROR);
			}
			Transports.awaitRest(transport);
		}
	}

	private static CompletableFuture<Http2Response> post(Http2Transport transport, Form form, ScriptedServer server) {
		return form.send(transport, Http2Request.builder("POST", server.uri("/")).body(form.body(CONTENT)).build());
	}

	/** What becomes of the response. */
	enum Use {

		READ, CLOSE, NONE;

		void of(Http2Response response) throws Exception {
			if (this != NONE) {
				assertThat(response.body().readNBytes(6)).hasSize(6);
			}
			if (this == CLOSE) {
				response.close();
			}
		}

	}

}
