package io.github.h2transport.conformance;

import java.util.concurrent.CompletableFuture;

import io.github.h2transport.ConnectionException;
import io.github.h2transport.ErrorCode;
import io.github.h2transport.Http2Request;
import io.github.h2transport.StreamException;
import io.github.h2transport.testkit.ClientFrame;
import io.github.h2transport.testkit.ScriptedConn;
import io.github.h2transport.testkit.ScriptedServer;
import io.github.h2transport.testkit.Transports;
import io.github.h2transport.testkit.peer.Exchange;
import io.github.h2transport.testkit.peer.WirePeer;
import io.github.h2transport.transport.Http2Transport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

import static io.github.h2transport.conformance.TwoRequests.END_HEADERS;
import static io.github.h2transport.conformance.TwoRequests.END_STREAM;
import static io.github.h2transport.conformance.TwoRequests.IDLE;
import static io.github.h2transport.conformance.TwoRequests.OK;
import static io.github.h2transport.conformance.TwoRequests.STREAM;
import static io.github.h2transport.frame.Octets.DATA;
import static io.github.h2transport.frame.Octets.HEADERS;
import static io.github.h2transport.frame.Octets.PING;
import static io.github.h2transport.frame.Octets.PRIORITY;
import static io.github.h2transport.frame.Octets.RST_STREAM;
import static io.github.h2transport.frame.Octets.WINDOW_UPDATE;
import static io.github.h2transport.frame.Octets.frame;
import static io.github.h2transport.testkit.peer.PeerFrame.data;
import static io.github.h2transport.testkit.peer.PeerFrame.goAway;
import static io.github.h2transport.testkit.peer.PeerFrame.headers;
import static io.github.h2transport.testkit.peer.PeerFrame.rstStream;
import static io.github.h2transport.testkit.peer.PeerFrame.settings;
import static io.github.h2transport.testkit.peer.PeerFrame.windowUpdate;
import static io.github.h2transport.testkit.peer.WirePeer.get;
import static io.github.h2transport.testkit.peer.WirePeer.post;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

/** RFC 9113 section 5.4: connection errors, stream errors, and connections that break. */
@Timeout(30)
@ExtendWith(ClosesPeers.class)
class Section5_4ErrorTests {

	// ---- section 5.4.1 ----

	@Test
	void goAwayIsReadBeforeTheEndOfTheConnectionAlsoOnASocket() throws Exception {
		try (ScriptedServer server = ScriptedServer.start(); Http2Transport transport = Transports.cleartext()) {
			CompletableFuture<Throwable> call = CompletableFuture
				.supplyAsync(() -> catchThrowable(() -> transport.roundTrip(Http2Request.get(server.uri("/")))));
			ScriptedConn connection = server.greeted();
			connection.awaitHead();
			// A peer that goes on sending: closing with unread input would reset it.
			connection.raw(frame(DATA, 0, 4, "00"));
			for (int i = 0; i < 20; i++) {
				connection.raw(frame(DATA, 0, 1, new byte[16_384]));
			}
			assertThat(connection.await(ClientFrame.GoAway.class).code()).isEqualTo(ErrorCode.PROTOCOL_ERROR);
			connection.awaitEnd();
			assertThat(call.get()).isInstanceOfSatisfying(ConnectionException.class,
					(failure) -> assertThat(failure.context().code()).isEqualTo(ErrorCode.PROTOCOL_ERROR));
		}
	}

	@Test
	void whatCameBeforeAConnectionErrorStillCounts() throws Exception {
		TwoRequests two = new TwoRequests();
		two.receive(frame(HEADERS, END_HEADERS | END_STREAM, STREAM, OK), frame(DATA, 0, 2, "00"),
				frame(PING, 0, 0, "0000000000000001"));
		two.exchange().hasStatus(200);
		two.connectionError(ErrorCode.PROTOCOL_ERROR);
	}

	@Test
	void anErrorOnAStreamThatCannotBeResetIsAConnectionError() throws Exception {
		new TwoRequests().receive(frame(WINDOW_UPDATE, 0, IDLE, "00000000")).connectionError(ErrorCode.PROTOCOL_ERROR);
	}

	// ---- section 5.4.2 ----

	@Test
	void aStreamIsResetOnceHoweverManyErrorsItHas() throws Exception {
		TwoRequests two = new TwoRequests();
		two.receive(frame(DATA, 0, STREAM, "00"), frame(WINDOW_UPDATE, 0, STREAM, "00000000"),
				frame(PRIORITY, 0, STREAM, "00"), frame(HEADERS, END_HEADERS, STREAM, ""));
		two.receive(frame(DATA, 0, STREAM, "00"), frame(PRIORITY, 0, STREAM, "00"));
		assertThat(two.streamError(ErrorCode.PROTOCOL_ERROR)).hasMessageContaining("before the response head");
	}

	@Test
	void aGoodResponseBehindAStreamErrorIsTooLate() throws Exception {
		TwoRequests two = new TwoRequests();
		two.receive(frame(HEADERS, END_HEADERS, STREAM, ""), frame(HEADERS, END_HEADERS, STREAM, OK),
				frame(DATA, END_STREAM, STREAM, "00"));
		two.streamError(ErrorCode.PROTOCOL_ERROR);
	}

	@Test
	void aStreamErrorEndsTheUploadToo() throws Exception {
		WirePeer peer = new WirePeer().greet(settings(0x4, 2));
		Exchange call = peer.call(post("/", new byte[5]));
		peer.expect(headers(1), data(1, 2));
		peer.send(headers(1).status(101), windowUpdate(1, 100));
		peer.expect(rstStream(1, ErrorCode.PROTOCOL_ERROR)).expectNothing();
		call.failure(StreamException.class);
		peer.isAtRest();
	}

	@Test
	void aResetIsNotAnsweredByAReset() throws Exception {
		TwoRequests two = new TwoRequests();
		two.receive(frame(RST_STREAM, 0, STREAM, "00000001"), frame(RST_STREAM, 0, STREAM, "00000001"));
		two.receive(frame(RST_STREAM, 0, STREAM, "00000001"));
		assertThat(two.exchange().failure(StreamException.class).context().code()).isEqualTo(ErrorCode.PROTOCOL_ERROR);
		two.neighbourIsUnhurt();
	}

	@Test
	void aResetBehindAStreamErrorOfTheSameReadIsNotAnsweredEither() throws Exception {
		TwoRequests two = new TwoRequests();
		two.receive(frame(DATA, 0, STREAM, "00"), frame(RST_STREAM, 0, STREAM, "00000008"));
		assertThat(two.exchange().failure(StreamException.class).context().code()).isEqualTo(ErrorCode.PROTOCOL_ERROR);
		two.neighbourIsUnhurt();
	}

	// ---- section 5.4.3 ----

	@Test
	void requestsOfAConnectionThatBreaksAreNotSafeToRetry() throws Exception {
		WirePeer peer = new WirePeer().greet();
		Exchange waiting = peer.call(get("/"));
		Exchange reading = peer.call(get("/"));
		peer.expect(headers(1).endStream(), headers(3).endStream());
		peer.send(headers(3).status(200), data(3, "half")).endOfInput();
		assertThat(waiting.failure(ConnectionException.class).isSafeToRetry()).isFalse();
		assertThat(reading.text(4)).isEqualTo("half");
		assertThat(reading.bodyFailure()).isInstanceOfSatisfying(ConnectionException.class,
				(failure) -> assertThat(failure.isSafeToRetry()).isFalse());
	}

	@Test
	void aConnectionThatEndsInTheMiddleOfAFrameIsBroken() throws Exception {
		TwoRequests two = new TwoRequests();
		two.receive(frame(HEADERS, END_HEADERS, STREAM, OK), new byte[] { 0, 0, 5, 0 });
		two.peer().endOfInput();
		assertThat(two.exchange().bodyFailure()).isInstanceOf(ConnectionException.class);
	}

	@Test
	void ourOwnEndIsToldToTheServer() throws Exception {
		WirePeer peer = new WirePeer().greet();
		peer.call(get("/"));
		peer.expect(headers(1).endStream());
		peer.connection().close("enough");
		peer.expect(goAway(0, ErrorCode.NO_ERROR)).expectNothing();
		peer.sendOctets(frame(RST_STREAM, 0, 1, "00000000")).expectNothing();
	}

}
