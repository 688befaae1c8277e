package io.github.h2transport.transport;

import io.github.h2transport.ConnectionException;
import io.github.h2transport.ErrorCode;
import io.github.h2transport.Http2Exception;
import io.github.h2transport.Http2Request;
import io.github.h2transport.RequestBody;
import io.github.h2transport.testkit.Call;
import io.github.h2transport.testkit.ClientFrame;
import io.github.h2transport.testkit.ScriptedConn;
import io.github.h2transport.testkit.ScriptedServer;
import io.github.h2transport.testkit.Transports;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * RFC 9110 section 9.2.2: an idempotent request may be repeated if its connection is lost
 * before a response could be read. Off unless asked for.
 */
class IdempotentRetryTests {

	private final ScriptedServer server = ScriptedServer.start();

	private final Http2Transport transport = Transports.cleartext((options) -> options.retryIdempotent(true));

	@AfterEach
	void end() {
		this.server.close();
		this.transport.close();
	}

	@ParameterizedTest
	@ValueSource(strings = { "GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE" })
	void anIdempotentRequestIsRepeatedWhenItsReusedConnectionIsLost(String method) {
		ScriptedConn used = used(this.transport);
		Call<String> call = call(this.transport, method);
		used.awaitHead();
		used.reset();
		ScriptedConn next = this.server.greeted();
		assertThat(next.awaitHead().method()).isEqualTo(method);
		next.respond(1, 204);
		assertThat(call.result()).isEqualTo("204");
		assertThat(this.server.accepted()).isEqualTo(2);
	}

	@ParameterizedTest
	@ValueSource(strings = { "POST", "PATCH" })
	void othersAreNot(String method) {
		ScriptedConn used = used(this.transport);
		Call<String> call = call(this.transport, method);
		used.awaitHead();
		used.reset();
		assertThat(call.failure(ConnectionException.class).isSafeToRetry()).isFalse();
		assertThat(this.server.accepted()).isEqualTo(1);
	}

	@Test
	void withoutTheOptionNoneIs() {
		try (Http2Transport cautious = Transports.cleartext()) {
			ScriptedConn used = used(cautious);
			Call<String> call = call(cautious, "GET");
			used.awaitHead();
			used.reset();
			call.failure(ConnectionException.class);
			assertThat(this.server.accepted()).isEqualTo(1);
		}
	}

	@Test
	void aConnectionThatNeverAnsweredIsNoReasonToTryAnother() {
		Call<String> call = call(this.transport, "GET");
		ScriptedConn fresh = this.server.greeted();
		fresh.awaitHead();
		fresh.barrier();
		fresh.reset();
		call.failure(ConnectionException.class);
		assertThat(this.server.accepted()).isEqualTo(1);
	}

	@Test
	void aServerThatHasBegunToAnswerIsNotAskedAgain() {
		ScriptedConn used = used(this.transport);
		Call<String> call = call(this.transport, "GET");
		int stream = used.awaitHead().streamId();
		used.respondHead(stream, 103);
		used.barrier();
		used.reset();
		call.failure(ConnectionException.class);
		assertThat(this.server.accepted()).isEqualTo(1);
	}

	@Test
	void aResetOfTheStreamIsAnAnswer() {
		ScriptedConn used = used(this.transport);
		Call<String> call = call(this.transport, "GET");
		used.rstStream(used.awaitHead().streamId(), ErrorCode.INTERNAL_ERROR);
		call.failure(Http2Exception.class);
		assertThat(used.barrier()).noneMatch((frame) -> frame instanceof ClientFrame.Head);
	}

	@Test
	void contentThatWasReadOnceIsNotRepeated() {
		ScriptedConn used = used(this.transport);
		Call<String> call = Call.of(() -> Transports.exchange(this.transport,
				Http2Request.builder("PUT", this.server.uri("/"))
					.body(RequestBody.ofWriter((out) -> out.write(1), 1, false))
					.build()));
		used.awaitContent(used.awaitHead().streamId());
		used.reset();
		call.failure(ConnectionException.class);
		assertThat(this.server.accepted()).isEqualTo(1);
	}

	@Test
	void threeRepetitionsAreEnough() {
		ScriptedConn connection = used(this.transport);
		Call<String> call = call(this.transport, "GET");
		for (int i = 0; i < 3; i++) {
			connection.awaitHead();
			connection.reset();
			// The next one answers somebody else first.
			connection = this.server.greeted();
			Call<String> other = call(this.transport, "HEAD");
			ClientFrame.Head head = connection.await(ClientFrame.Head.class,
					(candidate) -> candidate.method().equals("HEAD"));
			connection.respond(head.streamId(), 200);
			other.result();
		}
		connection.awaitHead();
		connection.reset();
		assertThat(call.failure(ConnectionException.class).attempts()).hasSize(3);
	}

	private ScriptedConn used(Http2Transport by) {
		Call<String> first = call(by, "GET");
		ScriptedConn connection = this.server.greeted();
		connection.respond(connection.awaitHead().streamId(), 200);
		assertThat(first.result()).isEqualTo("200");
		return connection;
	}

	private Call<String> call(Http2Transport by, String method) {
		return Call.of(() -> Transports.exchange(by, Http2Request.builder(method, this.server.uri("/")).build()));
	}

}
