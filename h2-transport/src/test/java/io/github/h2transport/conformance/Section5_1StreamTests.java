package io.github.h2transport.conformance;

import io.github.h2transport.ConnectionException;
import io.github.h2transport.ErrorCode;
import io.github.h2transport.StreamException;
import io.github.h2transport.conn.ConnectionState;
import io.github.h2transport.testkit.peer.Exchange;
import io.github.h2transport.testkit.peer.WirePeer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static io.github.h2transport.conformance.TwoRequests.END_HEADERS;
import static io.github.h2transport.conformance.TwoRequests.END_STREAM;
import static io.github.h2transport.conformance.TwoRequests.IDLE;
import static io.github.h2transport.conformance.TwoRequests.OK;
import static io.github.h2transport.conformance.TwoRequests.STREAM;
import static io.github.h2transport.frame.Octets.CONTINUATION;
import static io.github.h2transport.frame.Octets.DATA;
import static io.github.h2transport.frame.Octets.HEADERS;
import static io.github.h2transport.frame.Octets.PRIORITY;
import static io.github.h2transport.frame.Octets.RST_STREAM;
import static io.github.h2transport.frame.Octets.WINDOW_UPDATE;
import static io.github.h2transport.frame.Octets.frame;
import static io.github.h2transport.testkit.peer.PeerFrame.data;
import static io.github.h2transport.testkit.peer.PeerFrame.goAway;
import static io.github.h2transport.testkit.peer.PeerFrame.headers;
import static io.github.h2transport.testkit.peer.PeerFrame.rstStream;
import static io.github.h2transport.testkit.peer.PeerFrame.settings;
import static io.github.h2transport.testkit.peer.PeerFrame.settingsAck;
import static io.github.h2transport.testkit.peer.PeerFrame.windowUpdate;
import static io.github.h2transport.testkit.peer.WirePeer.get;
import static io.github.h2transport.testkit.peer.WirePeer.post;
import static io.github.h2transport.testkit.peer.WirePeer.upload;
import static org.assertj.core.api.Assertions.assertThat;

/** RFC 9113 section 5.1: what may happen on a stream in which state. */
@Timeout(30)
@ExtendWith(ClosesPeers.class)
class Section5_1StreamTests {

	private static final String FIVE_OCTETS = "00000000 0f";

	// ---- idle: a stream that we have not opened, or one of the server ----

	@ParameterizedTest
	@ValueSource(ints = { IDLE, 2, Integer.MAX_VALUE, Integer.MAX_VALUE - 1 })
	void headersOnAnIdleStreamAreAConnectionError(int stream) throws Exception {
		new TwoRequests().receive(frame(HEADERS, END_HEADERS, stream, OK)).connectionError(ErrorCode.PROTOCOL_ERROR);
	}

	@ParameterizedTest
	@ValueSource(ints = { IDLE, 2 })
	void headersInPiecesOnAnIdleStreamAreAConnectionError(int stream) throws Exception {
		new TwoRequests().receive(frame(HEADERS, 0, stream, OK), frame(CONTINUATION, END_HEADERS, stream, ""))
			.connectionError(ErrorCode.PROTOCOL_ERROR);
	}

	@ParameterizedTest
	@ValueSource(ints = { IDLE, 2 })
	void dataOnAnIdleStreamIsAConnectionError(int stream) throws Exception {
		new TwoRequests().receive(frame(DATA, END_STREAM, stream, "00")).connectionError(ErrorCode.PROTOCOL_ERROR);
	}

	@ParameterizedTest
	@ValueSource(ints = { IDLE, 2 })
	void priorityOnAnIdleStreamIsIgnored(int stream) throws Exception {
		new TwoRequests().receive(frame(PRIORITY, 0, stream, FIVE_OCTETS)).isIgnored();
	}

	// ---- half-closed (local): our request is complete ----

	@Test
	void anyFrameMayComeWhenOurRequestIsComplete() throws Exception {
		TwoRequests two = new TwoRequests();
		two.receive(frame(WINDOW_UPDATE, 0, STREAM, "00000001"), frame(PRIORITY, 0, STREAM, FIVE_OCTETS),
				frame(HEADERS, END_HEADERS, STREAM, OK), frame(DATA, 0, STREAM, "6f"),
				frame(WINDOW_UPDATE, 0, STREAM, "00000001"), frame(DATA, 0, STREAM, "6b"),
				frame(HEADERS, END_HEADERS | END_STREAM, STREAM, ""));
		assertThat(two.exchange().text()).isEqualTo("ok");
		two.neighbourIsUnhurt();
	}

	// ---- half-closed (remote): the response is complete, the request is not ----

	private static Exchange answeredUpload(WirePeer peer) throws Exception {
		peer.send(settings(0x4, 0)).expect(settingsAck());
		Exchange call = peer.call(post("/", new byte[3]));
		peer.expect(headers(1)).expectNothing();
		peer.send(headers(1).status(200).endStream());
		call.hasStatus(200);
		return call;
	}

	@ParameterizedTest
	@ValueSource(ints = { DATA, HEADERS })
	void contentAfterTheEndOfAResponseIsAStreamErrorWhileWeStillSend(int type) throws Exception {
		WirePeer peer = new WirePeer().greet();
		answeredUpload(peer);
		Exchange neighbour = peer.call(get("/neighbour"));
		peer.expect(headers(3).endStream());
		peer.sendOctets(frame(type, END_HEADERS, 1, (type == DATA) ? "00" : OK));
		peer.expect(rstStream(1, ErrorCode.STREAM_CLOSED)).expectNothing();
		peer.send(headers(3).status(200).endStream());
		neighbour.hasStatus(200);
		peer.isAtRest();
	}

	@Test
	void creditMayComeAfterTheEndOfAResponse() throws Exception {
		WirePeer peer = new WirePeer().greet();
		answeredUpload(peer);
		peer.sendOctets(frame(PRIORITY, 0, 1, FIVE_OCTETS)).expectNothing();
		peer.send(windowUpdate(1, 2)).expect(data(1, 2));
		peer.send(windowUpdate(1, 2)).expect(data(1, 1).endStream());
		peer.expectNothing().isAtRest();
	}

	@Test
	void aResetMayComeAfterTheEndOfAResponse() throws Exception {
		WirePeer peer = new WirePeer().greet();
		Exchange call = answeredUpload(peer);
		peer.send(rstStream(1, ErrorCode.NO_ERROR)).expectNothing().isAtRest();
		assertThat(call.text()).isEmpty();
	}

	// ---- closed by END_STREAM of both sides ----

	@ParameterizedTest
	@ValueSource(ints = { DATA, HEADERS })
	void contentAfterTheEndOfAnExchangeIsAConnectionError(int type) throws Exception {
		new TwoRequests().answer()
			.receive(frame(type, END_HEADERS, STREAM, (type == DATA) ? "00" : OK))
			.connectionError(ErrorCode.STREAM_CLOSED);
	}

	@Test
	void otherFramesAfterTheEndOfAnExchangeAreIgnored() throws Exception {
		new TwoRequests().answer()
			.receive(frame(WINDOW_UPDATE, 0, STREAM, "00000001"), frame(RST_STREAM, 0, STREAM, "00000000"),
					frame(PRIORITY, 0, STREAM, FIVE_OCTETS), frame(0x2a, 0xff, STREAM, "00"))
			.neighbourIsUnhurt();
	}

	// ---- closed by our RST_STREAM ----

	@Test
	void anyFrameMayComeAfterOurReset() throws Exception {
		TwoRequests two = new TwoRequests().cancel();
		two.receive(frame(HEADERS, END_HEADERS, STREAM, OK), frame(DATA, 0, STREAM, "00"),
				frame(WINDOW_UPDATE, 0, STREAM, "00000001"), frame(PRIORITY, 0, STREAM, FIVE_OCTETS),
				frame(DATA, END_STREAM, STREAM, "00"), frame(RST_STREAM, 0, STREAM, "00000008"));
		two.neighbourIsUnhurt();
	}

	@Test
	void weSendNothingAfterOurReset() throws Exception {
		WirePeer peer = new WirePeer().greet();
		peer.send(settings(0x4, 2)).expect(settingsAck());
		Exchange call = peer.call(post("/", new byte[3]));
		peer.expect(headers(1), data(1, 2));
		peer.send(headers(1).status(200));
		for (int i = 0; i < 8; i++) {
			peer.send(data(1, 16_384));
		}
		call.close();
		peer.await(rstStream(1, ErrorCode.CANCEL)).expectNothing();
		peer.send(windowUpdate(1, 100), data(1, 16_384).endStream()).expectNothing().isAtRest();
	}

	// ---- closed by their RST_STREAM ----

	@Test
	void weSendNothingAfterTheirReset() throws Exception {
		WirePeer peer = new WirePeer().greet();
		peer.send(settings(0x4, 2)).expect(settingsAck());
		Exchange call = peer.call(post("/", new byte[3]));
		peer.expect(headers(1), data(1, 2));
		peer.send(headers(1).status(200), data(1, "half"), rstStream(1, ErrorCode.INTERNAL_ERROR));
		peer.send(windowUpdate(1, 100)).expectNothing();
		assertThat(call.text(4)).isEqualTo("half");
		assertThat(call.bodyFailure()).isInstanceOf(StreamException.class);
		call.cancel();
		peer.expectNothing().isAtRest();
	}

	/** The RFC would let us end the connection; a server that errs here hurts nobody. */
	@Test
	void framesAfterTheirResetAreIgnored() throws Exception {
		TwoRequests two = new TwoRequests().receive(frame(RST_STREAM, 0, STREAM, "00000002"));
		assertThat(two.exchange().failure(StreamException.class).context().code()).isEqualTo(ErrorCode.INTERNAL_ERROR);
		two.receive(frame(HEADERS, END_HEADERS, STREAM, OK), frame(DATA, END_STREAM, STREAM, "00"),
				frame(WINDOW_UPDATE, 0, STREAM, "00000001"), frame(RST_STREAM, 0, STREAM, "00000002"));
		two.neighbourIsUnhurt();
	}

	// ---- section 5.1.1: stream ids ----

	@Test
	void ourStreamIdsAreOddAndGrow() throws Exception {
		WirePeer peer = new WirePeer().greet();
		for (int id = 1; id < 20; id += 2) {
			peer.call(upload("/"));
			peer.expect(headers(id));
		}
		peer.expectNothing();
	}

	@Test
	void aStreamIdIsNotUsedAgain() throws Exception {
		WirePeer peer = new WirePeer().greet();
		Exchange first = peer.call(get("/"));
		peer.expect(headers(1).endStream());
		first.cancel();
		peer.expect(rstStream(1, ErrorCode.CANCEL));
		peer.call(get("/"));
		peer.send(rstStream(3, ErrorCode.REFUSED_STREAM)).expect(headers(3).endStream());
		peer.call(get("/"));
		peer.expect(headers(5).endStream()).expectNothing();
	}

	// ---- section 5.1.2: how many streams ----

	@Test
	void neverMoreStreamsAreOpenThanTheServerAllows() throws Exception {
		WirePeer peer = new WirePeer().greet(settings(0x3, 2));
		Exchange first = peer.call(get("/"));
		peer.call(upload("/"));
		assertThat(peer.connection().tryReserve()).as("a third stream").isFalse();
		peer.expect(headers(1).endStream(), headers(3));
		// Half-closed streams count.
		peer.send(headers(3).status(200).endStream());
		assertThat(peer.connection().tryReserve()).isFalse();
		peer.send(headers(1).status(200).endStream());
		first.hasStatus(200);
		assertThat(peer.connection().tryReserve()).isTrue();
	}

	@Test
	void aLimitBelowTheOpenStreamsEndsNoneOfThem() throws Exception {
		TwoRequests two = new TwoRequests();
		two.receive(frame(0x4, 0, 0, "0003 00000000"));
		two.peer().expect(settingsAck()).expectNothing();
		assertThat(two.peer().connection().tryReserve()).isFalse();
		two.receive(frame(0x4, 0, 0, "0003 00000003"));
		two.peer().expect(settingsAck());
		two.isIgnored();
	}

	@Test
	void aRefusedStreamIsSafeToSendAgain() throws Exception {
		TwoRequests two = new TwoRequests().receive(frame(RST_STREAM, 0, STREAM, "00000007"));
		assertThat(two.exchange().failure(StreamException.class).isSafeToRetry()).isTrue();
		two.neighbourIsUnhurt();
	}

}
