package io.github.h2transport.conformance;

import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;

import io.github.h2transport.ErrorCode;
import io.github.h2transport.Headers;
import io.github.h2transport.Http2Request;
import io.github.h2transport.Http2Response;
import io.github.h2transport.RequestBody;
import io.github.h2transport.StreamException;
import io.github.h2transport.testkit.Call;
import io.github.h2transport.testkit.ScriptedConn;
import io.github.h2transport.testkit.ScriptedServer;
import io.github.h2transport.testkit.Transports;
import io.github.h2transport.testkit.peer.Exchange;
import io.github.h2transport.testkit.peer.PeerFrame;
import io.github.h2transport.testkit.peer.WirePeer;
import io.github.h2transport.transport.Http2Transport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static io.github.h2transport.testkit.peer.PeerFrame.data;
import static io.github.h2transport.testkit.peer.PeerFrame.headers;
import static io.github.h2transport.testkit.peer.PeerFrame.rstStream;
import static io.github.h2transport.testkit.peer.PeerFrame.settings;
import static io.github.h2transport.testkit.peer.PeerFrame.settingsAck;
import static io.github.h2transport.testkit.peer.PeerFrame.windowUpdate;
import static io.github.h2transport.testkit.peer.WirePeer.get;
import static io.github.h2transport.testkit.peer.WirePeer.post;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/** RFC 9113 section 8.1: which frames make a message, and in which order. */
@Timeout(30)
@ExtendWith(ClosesPeers.class)
class Section8_1MessageFramingTests {

	private final WirePeer peer = new WirePeer().greet();

	private static Http2Request withTrailers(RequestBody body) {
		return Http2Request.builder("POST", URI.create("http://example.test/a"))
			.body(body)
			.trailers(() -> Headers.of("Checksum", "abc"))
			.build();
	}

	// ---- what we send ----

	@Test
	void aRequestIsHeadersThenContentThenTrailersAndOnlyTheLastFrameEndsTheStream() throws Exception {
		this.peer.call(withTrailers(RequestBody.of(new byte[20_000])));
		this.peer.expect(headers(1).with(":method", "POST"), data(1, 16_384), data(1, 3616),
				headers(1).with("checksum", "abc").endStream());
		this.peer.expectNothing();
	}

	@Test
	void trailersOfARequestWithoutContentFollowItsHead() throws Exception {
		this.peer.call(withTrailers(RequestBody.none()));
		this.peer.expect(headers(1).with(":method", "POST"), headers(1).with("checksum", "abc").endStream());
	}

	@Test
	void aRequestWithoutContentAndTrailersIsOneFrame() throws Exception {
		this.peer.call(get("/a"));
		this.peer.call(post("/b", new byte[0]));
		this.peer.expect(headers(1).endStream(), headers(3).endStream()).expectNothing();
	}

	// ---- what we receive ----

	@Test
	void aResponseIsInterimHeadsThenHeadThenContentThenTrailers() throws Exception {
		Exchange call = this.peer.call(get("/a"));
		this.peer.send(headers(1).status(103), headers(1).status(102), headers(1).status(200).with("a", "b"),
				data(1, "con"), data(1, "tent"), headers(1).with("checksum", "1").endStream());
		Http2Response response = call.response();
		assertThat(response.status()).isEqualTo(200);
		assertThat(response.headers()).isEqualTo(Headers.of("a", "b"));
		assertThat(call.text()).isEqualTo("content");
		assertThat(response.trailers()).isEqualTo(Headers.of("checksum", "1"));
		this.peer.isAtRest();
	}

	@Test
	void trailersMayFollowTheHeadAtOnceAndMayBeEmpty() throws Exception {
		Exchange call = this.peer.call(get("/a"));
		Exchange empty = this.peer.call(get("/b"));
		this.peer.send(headers(1).status(200), headers(1).with("grpc-status", "5").endStream());
		this.peer.send(headers(3).status(200), headers(3).endStream());
		assertThat(call.text()).isEmpty();
		assertThat(call.response().trailers()).isEqualTo(Headers.of("grpc-status", "5"));
		assertThat(empty.text()).isEmpty();
		assertThat(empty.response().trailers()).isEqualTo(Headers.empty());
		this.peer.isAtRest();
	}

	@Test
	void aSecondHeaderSectionThatDoesNotEndTheStreamIsMalformed() throws Exception {
		brokenBody("without END_STREAM", headers(1).with("checksum", "1"));
		brokenBody("pseudo-header", headers(1).status(200));
		brokenBody("pseudo-header", headers(1).status(103));
	}

	@Test
	void trailersWithPseudoFieldsAreMalformed() throws Exception {
		brokenBody("in trailers", headers(1).status(200).endStream());
		brokenBody("in trailers", headers(1).with("checksum", "1").with(":status", "200").endStream());
		brokenBody("in trailers", headers(1).with(":path", "/").endStream());
	}

	/** The head is good, some content too, and then comes this. */
	private static void brokenBody(String words, PeerFrame frame) throws Exception {
		WirePeer peer = new WirePeer().greet();
		Exchange call = peer.call(get("/a"));
		Exchange neighbour = peer.call(get("/b"));
		peer.expect(headers(1).endStream(), headers(3).endStream());
		peer.send(headers(1).status(200), data(1, "some"), frame.with("x-probe", "kept"));
		peer.expect(rstStream(1, ErrorCode.PROTOCOL_ERROR));
		Http2Response response = call.response();
		assertThat(call.text(4)).isEqualTo("some");
		assertThatExceptionOfType(StreamException.class).isThrownBy(() -> response.body().read())
			.withMessageContaining(words)
			.matches((failure) -> ErrorCode.PROTOCOL_ERROR.equals(failure.context().code()));
		assertThat(response.trailers()).isNull();
		peer.send(headers(3).status(200).with("x-probe", "kept").endStream());
		assertThat(neighbour.response().headers().get("x-probe")).isEqualTo("kept");
		peer.isAtRest().expectNothing();
	}

	@Test
	void anInterimResponseThatEndsTheStreamIsMalformed() throws Exception {
		assertThat(Rejection.of(headers(1).status(103).endStream())).hasMessageContaining("interim response");
		assertThat(Rejection.of(headers(1).status(100).endStream())).hasMessageContaining("interim response");
	}

	@Test
	void contentBeforeAnyHeadIsMalformed() throws Exception {
		assertThat(Rejection.of(data(1, "x"))).hasMessageContaining("before the response head");
		assertThat(Rejection.of(data(1, "x").endStream())).hasMessageContaining("before the response head");
		assertThat(Rejection.of(data(1, 0).endStream())).hasMessageContaining("before the response head");
	}

	@Test
	void contentAfterAnInterimResponseIsMalformed() throws Exception {
		assertThat(Rejection.of(headers(1).status(103), data(1, "x").endStream()))
			.hasMessageContaining("before the response head");
		assertThat(Rejection.of(headers(1).status(100), data(1, "x"), headers(1).status(200).endStream()))
			.hasMessageContaining("before the response head");
	}

	// ---- a response before the end of its request ----

	@Test
	void aResetWithNoErrorAfterACompleteResponseKeepsTheResponse() throws Exception {
		this.peer.send(settings(0x4, 10)).expect(settingsAck());
		Exchange call = this.peer.call(post("/a", new byte[100]));
		this.peer.expect(headers(1), data(1, 10));
		this.peer.send(headers(1).status(200), data(1, "enough").endStream(), rstStream(1, ErrorCode.NO_ERROR));
		call.hasStatus(200);
		assertThat(call.text()).isEqualTo("enough");
		this.peer.send(windowUpdate(0, 1000)).expectNothing().isAtRest();
		Exchange next = this.peer.call(get("/b"));
		this.peer.send(headers(3).status(204).endStream());
		next.hasStatus(204);
	}

	@Test
	void aResetWithNoErrorBeforeTheEndOfTheResponseIsAFailure() throws Exception {
		Exchange call = this.peer.call(get("/a"));
		this.peer.send(headers(1).status(200), data(1, "cut"), rstStream(1, ErrorCode.NO_ERROR));
		InputStream body = call.response().body();
		assertThat(body.readNBytes(3)).hasSize(3);
		assertThatExceptionOfType(StreamException.class).isThrownBy(body::read)
			.matches((failure) -> ErrorCode.NO_ERROR.equals(failure.context().code()) && !failure.isSafeToRetry());
		this.peer.isAtRest();
	}

	@Test
	void anEarlyRefusalIsDeliveredEndsTheUploadAndLeavesTheConnection() throws Exception {
		this.peer.send(settings(0x4, 10)).expect(settingsAck());
		Exchange call = this.peer.call(post("/a", new byte[100]));
		this.peer.expect(headers(1), data(1, 10));
		this.peer.send(headers(1).status(413), data(1, "too large").endStream(), windowUpdate(1, 1000));
		call.hasStatus(413);
		assertThat(call.text()).isEqualTo("too large");
		this.peer.expect(rstStream(1, ErrorCode.NO_ERROR)).expectNothing().isAtRest();
		Exchange next = this.peer.call(get("/b"));
		this.peer.expect(headers(3).endStream()).send(headers(3).status(200).endStream());
		next.hasStatus(200);
	}

	@Test
	void anEarlySuccessLetsTheRequestGoOn() throws Exception {
		this.peer.send(settings(0x4, 10)).expect(settingsAck());
		Exchange call = this.peer.call(post("/a", new byte[20]));
		this.peer.expect(headers(1), data(1, 10)).send(headers(1).status(200), data(1, "early").endStream());
		call.hasStatus(200);
		this.peer.send(windowUpdate(1, 100)).expect(data(1, 10).endStream());
		assertThat(call.text()).isEqualTo("early");
		this.peer.isAtRest();
	}

	@ParameterizedTest
	@CsvSource({ "200,true", "200,false", "413,true", "413,false" })
	void aCallerThatStillWritesGetsTheEarlyResponse(int status, boolean written) throws Exception {
		RequestBody endless = written ? RequestBody.ofWriter((out) -> {
			for (;;) {
				out.write(new byte[10_000]);
			}
		}, RequestBody.UNKNOWN_LENGTH, false) : RequestBody.of(new byte[1_000_000]);
		try (Http2Transport transport = Transports.cleartext(); ScriptedServer server = ScriptedServer.start()) {
			Call<String> call = Call.of(() -> Transports.exchange(transport,
					Http2Request.builder("POST", server.uri("/a")).body(endless).build()));
			ScriptedConn connection = server.greeted();
			int stream = connection.awaitHead().streamId();
			connection.respondHead(stream, status).lastData(stream, "enough".getBytes(StandardCharsets.US_ASCII));
			connection.rstStream(stream, ErrorCode.NO_ERROR);
			assertThat(call.result()).isEqualTo(status + " enough");
			Call<String> next = Call.of(() -> Transports.exchange(transport, Http2Request.get(server.uri("/b"))));
			connection.respond(connection.awaitHead().streamId(), 204);
			assertThat(next.result()).isEqualTo("204");
			assertThat(server.accepted()).isEqualTo(1);
		}
	}

}
