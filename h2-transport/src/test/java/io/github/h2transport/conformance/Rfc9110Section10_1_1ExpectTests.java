package io.github.h2transport.conformance;

import java.net.URI;
import java.time.Duration;

import io.github.h2transport.Headers;
import io.github.h2transport.Http2Request;
import io.github.h2transport.RequestBody;
import io.github.h2transport.testkit.Call;
import io.github.h2transport.testkit.ClientFrame;
import io.github.h2transport.testkit.ScriptedConn;
import io.github.h2transport.testkit.ScriptedServer;
import io.github.h2transport.testkit.Transports;
import io.github.h2transport.testkit.peer.WirePeer;
import io.github.h2transport.transport.Http2Transport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/** RFC 9110 section 10.1.1: {@code expect: 100-continue}. */
@Timeout(30)
@ExtendWith(ClosesPeers.class)
class Rfc9110Section10_1_1ExpectTests {

	private final WirePeer peer = new WirePeer().greet();

	@ParameterizedTest
	@ValueSource(strings = { "100-continue", "100-Continue" })
	void withoutContentThereIsNoExpectation(String expectation) throws Exception {
		this.peer.call(request(URI.create("http://example.test/a"), expectation, RequestBody.none()));
		assertThat(this.peer.rest().get(0).fields()).doesNotContain("expect", "100-continue");
	}

	@Test
	void withContentTheExpectationIsSent() throws Exception {
		this.peer.call(request(URI.create("http://example.test/a"), "100-continue", RequestBody.of(new byte[1])));
		assertThat(this.peer.rest().get(0).fields()).containsSequence("expect", "100-continue");
	}

	@Test
	void whatHasNoContentIsNotHeldBackEither() throws Exception {
		try (Http2Transport transport = Transports
			.cleartext((options) -> options.expectContinueTimeout(Duration.ofMinutes(1)));
				ScriptedServer server = ScriptedServer.start()) {
			Http2Request request = Http2Request.builder("POST", server.uri("/"))
				.headers(Headers.of("expect", "100-continue"))
				.trailers(() -> Headers.of("checksum", "abc"))
				.build();
			Call<String> call = Call.of(() -> Transports.exchange(transport, request));
			ScriptedConn connection = server.greeted();
			ClientFrame.Head head = connection.awaitHead();
			assertThat(head.fields().contains("expect")).isFalse();
			assertThat(connection.awaitHead().endStream()).isTrue();
			connection.respond(head.streamId(), 204);
			assertThat(call.result()).isEqualTo("204");
		}
	}

	@Test
	void a100ThatNobodyExpectsChangesNothing() throws Exception {
		try (Http2Transport transport = Transports.cleartext(); ScriptedServer server = ScriptedServer.start()) {
			Call<String> call = Call.of(() -> Transports.exchange(transport, Http2Request.get(server.uri("/"))));
			ScriptedConn connection = server.greeted();
			int stream = connection.awaitHead().streamId();
			connection.respondHead(stream, 100).respond(stream, 204);
			assertThat(call.result()).isEqualTo("204");
		}
	}

	@Test
	void a417IsGivenToTheCallerAndNotRepeated() throws Exception {
		try (Http2Transport transport = Transports
			.cleartext((options) -> options.expectContinueTimeout(Duration.ofMinutes(1)));
				ScriptedServer server = ScriptedServer.start()) {
			Call<String> call = Call.of(() -> Transports.exchange(transport,
					request(server.uri("/"), "100-continue", RequestBody.of(new byte[10]))));
			ScriptedConn connection = server.greeted();
			connection.respond(connection.awaitHead().streamId(), 417);
			assertThat(call.result()).isEqualTo("417");
			assertThat(connection.barrier()).noneMatch(ClientFrame.Head.class::isInstance);
		}
	}

	private static Http2Request request(URI uri, String expectation, RequestBody body) {
		return Http2Request.builder("POST", uri).headers(Headers.of("Expect", expectation)).body(body).build();
	}

}
