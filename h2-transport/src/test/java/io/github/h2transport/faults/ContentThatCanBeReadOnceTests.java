package io.github.h2transport.faults;

import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import io.github.h2transport.ErrorCode;
import io.github.h2transport.Http2Exception;
import io.github.h2transport.Http2Request;
import io.github.h2transport.Http2Response;
import io.github.h2transport.RequestBody;
import io.github.h2transport.testkit.ClientFrame;
import io.github.h2transport.testkit.Content;
import io.github.h2transport.testkit.ScriptedConn;
import io.github.h2transport.testkit.ScriptedServer;
import io.github.h2transport.transport.Http2Transport;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

/**
 * A server closes an idle connection in the moment in which a request arrives, or refuses
 * it, and says that it has not processed it: small content is sent again, though it can
 * be read only once.
 */
class ContentThatCanBeReadOnceTests {

	private static final long SOON_SECONDS = 15;

	static Stream<Arguments> turnedAway() {
		return Arrays.stream(Form.values())
			.flatMap((form) -> Stream.of(Arguments.of(Peer.CLEARTEXT, form, 1, true),
					Arguments.of(Peer.CLEARTEXT, form, 20_000, false), Arguments.of(Peer.CLEARTEXT, form, 30_000, true),
					Arguments.of(Peer.TLS, form, 30_000, true)));
	}

	@ParameterizedTest
	@MethodSource("turnedAway")
	void smallContentIsSentAgain(Peer peer, Form form, int size, boolean goAway) throws Exception {
		byte[] content = Content.ofSize(size);
		try (Http2Transport transport = Peer.transport((options) -> {
		}); ScriptedServer server = peer.start()) {
			CompletableFuture<Http2Response> call = form.send(transport, post(server, form.body(content)));
			ScriptedConn connection = server.greeted();
			connection.awaitHead();
			assertThat(connection.awaitContent(1)).isEqualTo(content);
			ScriptedConn next = connection;
			if (goAway) {
				connection.goAway(0, ErrorCode.NO_ERROR, "idle");
				connection.close();
				next = server.greeted();
			}
			else {
				connection.rstStream(1, ErrorCode.REFUSED_STREAM);
			}
			ClientFrame.Head again = next.awaitHead();
			assertThat(next.awaitContent(again.streamId())).isEqualTo(content);
			next.respond(again.streamId(), 204);
			assertThat(call.get(SOON_SECONDS, TimeUnit.SECONDS).status()).isEqualTo(204);
		}
	}

	/** The first connection's window takes only a part of it. */
	@ParameterizedTest
	@EnumSource(names = { "BLOCKING_STREAM", "BLOCKING_WRITER", "ASYNC_STREAM", "ASYNC_WRITER" })
	void contentThatHadLeftInPartIsSentAgainAsAWhole(Form form) throws Exception {
		byte[] content = Content.ofSize(64 * 1024);
		try (Http2Transport transport = Peer.transport((options) -> {
		}); ScriptedServer server = ScriptedServer.start()) {
			CompletableFuture<Http2Response> call = form.send(transport, post(server, form.body(content)));
			ScriptedConn connection = server.greeted();
			connection.awaitHead();
			connection.await(ClientFrame.Data.class);
			connection.goAway(0, ErrorCode.NO_ERROR, "idle");
			ScriptedConn next = server.greeted();
			next.awaitHead();
			next.windowUpdate(0, 100_000).windowUpdate(1, 100_000);
			assertThat(next.awaitContent(1)).isEqualTo(content);
			next.respond(1, 204);
			assertThat(call.get(SOON_SECONDS, TimeUnit.SECONDS).status()).isEqualTo(204);
		}
	}

	@ParameterizedTest
	@EnumSource(names = { "BLOCKING_STREAM", "BLOCKING_WRITER", "BLOCKING_PUBLISHER", "ASYNC_STREAM", "ASYNC_WRITER",
			"ASYNC_PUBLISHER" })
	void largeContentIsNotKept(Form form) throws Exception {
		byte[] content = Content.ofSize(64 * 1024 + 1);
		try (Http2Transport transport = Peer.transport((options) -> {
		}); ScriptedServer server = ScriptedServer.start()) {
			CompletableFuture<Http2Response> call = form.send(transport, post(server, form.body(content)));
			ScriptedConn connection = server.greeted();
			connection.awaitHead();
			connection.windowUpdate(0, 100_000).windowUpdate(1, 100_000);
			connection.awaitContent(1);
			connection.goAway(0, ErrorCode.NO_ERROR, "idle");
			Throwable failure = catchThrowable(() -> call.get(SOON_SECONDS, TimeUnit.SECONDS));
			assertThat(failure).isInstanceOf(ExecutionException.class);
			assertThat(failure.getCause()).isInstanceOf(Http2Exception.class)
				.matches((cause) -> ((Http2Exception) cause).isSafeToRetry());
			assertThat(server.accepted()).isEqualTo(1);
		}
	}

	/** A connection that is lost without a word may have processed the request. */
	@ParameterizedTest
	@EnumSource(names = { "BLOCKING_STREAM", "ASYNC_WRITER", "ASYNC_PUBLISHER" })
	void contentOfARequestThatMayHaveBeenProcessedIsNotSentAgain(Form form) throws Exception {
		byte[] content = Content.ofSize(1000);
		try (Http2Transport transport = Peer.transport((options) -> {
		}); ScriptedServer server = ScriptedServer.start()) {
			CompletableFuture<Http2Response> call = form.send(transport, post(server, form.body(content)));
			ScriptedConn connection = server.greeted();
			connection.awaitHead();
			connection.awaitContent(1);
			connection.close();
			assertThat(catchThrowable(() -> call.get(SOON_SECONDS, TimeUnit.SECONDS)))
				.isInstanceOf(ExecutionException.class);
			assertThat(server.accepted()).isEqualTo(1);
		}
	}

	private static Http2Request post(ScriptedServer server, RequestBody body) {
		return Http2Request.builder("POST", server.uri("/")).body(body).build();
	}

}
