package io.github.h2transport.conformance;

import io.github.h2transport.ConnectionException;
import io.github.h2transport.ErrorCode;
import io.github.h2transport.PoolException;
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
import static io.github.h2transport.conformance.TwoRequests.NEIGHBOUR;
import static io.github.h2transport.conformance.TwoRequests.OK;
import static io.github.h2transport.conformance.TwoRequests.STREAM;
import static io.github.h2transport.frame.Octets.DATA;
import static io.github.h2transport.frame.Octets.GOAWAY;
import static io.github.h2transport.frame.Octets.HEADERS;
import static io.github.h2transport.frame.Octets.PING;
import static io.github.h2transport.frame.Octets.frame;
import static io.github.h2transport.frame.Octets.join;
import static io.github.h2transport.testkit.peer.PeerFrame.data;
import static io.github.h2transport.testkit.peer.PeerFrame.goAway;
import static io.github.h2transport.testkit.peer.PeerFrame.headers;
import static io.github.h2transport.testkit.peer.PeerFrame.pingAck;
import static io.github.h2transport.testkit.peer.PeerFrame.settings;
import static io.github.h2transport.testkit.peer.PeerFrame.settingsAck;
import static io.github.h2transport.testkit.peer.PeerFrame.windowUpdate;
import static io.github.h2transport.testkit.peer.WirePeer.get;
import static io.github.h2transport.testkit.peer.WirePeer.post;
import static org.assertj.core.api.Assertions.assertThat;

/** RFC 9113 section 6.8. */
@Timeout(30)
@ExtendWith(ClosesPeers.class)
class Section6_8GoAwayTests {

	private static final String NO_ERROR = "00000000";

	/** The neighbour on stream 1 is answered, and the connection ends. */
	private static void neighbourFinishes(TwoRequests two) throws Exception {
		two.receive(frame(HEADERS, END_HEADERS, NEIGHBOUR, OK), frame(DATA, END_STREAM, NEIGHBOUR, "66696e65"));
		two.neighbour().hasStatus(200);
		assertThat(two.neighbour().text()).isEqualTo("fine");
		two.peer().expect(goAway(0, ErrorCode.NO_ERROR)).expectNothing();
		assertThat(two.peer().isOutputFinished()).isTrue();
	}

	@ParameterizedTest
	@ValueSource(ints = { STREAM, 2 })
	void aGoAwayOnAStreamIsAConnectionError(int stream) throws Exception {
		new TwoRequests().receive(frame(GOAWAY, 0, stream, "00000000 00000000"))
			.connectionError(ErrorCode.PROTOCOL_ERROR);
	}

	@Test
	void aGoAwayThatIsTooShortIsAConnectionError() throws Exception {
		new TwoRequests().receive(frame(GOAWAY, 0, 0, "00000000 000000")).connectionError(ErrorCode.FRAME_SIZE_ERROR);
	}

	@Test
	void noStreamIsOpenedAfterAGoAway() throws Exception {
		TwoRequests two = new TwoRequests().receive(frame(GOAWAY, 0, 0, "7fffffff" + NO_ERROR));
		assertThat(two.peer().connection().tryReserve()).isFalse();
		assertThat(two.peer().connection().state()).isEqualTo(ConnectionState.DRAINING);
	}

	@Test
	void aRequestThatWasNotSentYetIsGivenBack() throws Exception {
		WirePeer peer = new WirePeer().greet();
		assertThat(peer.connection().tryReserve()).isTrue();
		peer.sendOctets(frame(GOAWAY, 0, 0, "7fffffff" + NO_ERROR)).expectNothing();
		Exchange late = peer.start(get("/late"));
		// It asks for another connection, and the peer's pool has none.
		late.failure(PoolException.class);
		peer.expect(goAway(0, ErrorCode.NO_ERROR)).expectNothing();
	}

	@Test
	void streamsAboveTheLastStreamAreSafeToSendAgain() throws Exception {
		TwoRequests two = new TwoRequests().receive(frame(GOAWAY, 0, 0, "00000001" + NO_ERROR));
		ConnectionException failure = two.exchange().failure(ConnectionException.class);
		assertThat(failure.isSafeToRetry()).isTrue();
		two.peer().expectNothing();
		neighbourFinishes(two);
	}

	@Test
	void streamsUpToTheLastStreamGoOnInBothDirections() throws Exception {
		WirePeer peer = new WirePeer().greet(settings(0x4, 2));
		Exchange call = peer.call(post("/", new byte[5]));
		peer.expect(headers(1), data(1, 2));
		peer.send(goAway(1, ErrorCode.NO_ERROR)).expectNothing();
		peer.send(windowUpdate(1, 3)).expect(data(1, 3).endStream());
		peer.send(headers(1).status(200).endStream());
		call.hasStatus(200);
		peer.expect(goAway(0, ErrorCode.NO_ERROR)).expectNothing();
	}

	@Test
	void theReservedBitOfTheLastStreamIsIgnored() throws Exception {
		TwoRequests two = new TwoRequests().receive(frame(GOAWAY, 0, 0, "80000001" + NO_ERROR));
		assertThat(two.exchange().failure(ConnectionException.class).isSafeToRetry()).isTrue();
		neighbourFinishes(two);
	}

	@Test
	void aSecondGoAwayMayLowerTheLastStream() throws Exception {
		TwoRequests two = new TwoRequests().receive(frame(GOAWAY, 0, 0, "7fffffff" + NO_ERROR));
		two.peer().expectNothing();
		assertThat(two.peer().connection().activeStreams()).isEqualTo(2);
		two.receive(frame(GOAWAY, 0, 0, "00000001" + NO_ERROR));
		assertThat(two.exchange().failure(ConnectionException.class).isSafeToRetry()).isTrue();
		neighbourFinishes(two);
	}

	/** What was given up may be running elsewhere by now, so it stays given up. */
	@Test
	void aSecondGoAwayThatRaisesTheLastStreamIsIgnored() throws Exception {
		TwoRequests two = new TwoRequests().receive(frame(GOAWAY, 0, 0, "00000001" + NO_ERROR),
				frame(GOAWAY, 0, 0, "00000003" + NO_ERROR));
		assertThat(two.exchange().failure(ConnectionException.class).isSafeToRetry()).isTrue();
		two.receive(frame(HEADERS, END_HEADERS | END_STREAM, STREAM, OK));
		neighbourFinishes(two);
	}

	@Test
	void aGoAwayThatRaisesTheLastStreamDoesNotHideWhatTheFirstOneGaveUp() throws Exception {
		// The end of the connection comes before the sweep of either.
		WirePeer peer = new WirePeer().greet();
		Exchange call = peer.call(get("/"));
		peer.settle();
		peer.sendOctets(join(frame(GOAWAY, 0, 0, "00000000" + NO_ERROR), frame(GOAWAY, 0, 0, "7fffffff" + NO_ERROR),
				frame(DATA, 0, 2, "00")));
		assertThat(call.failure(ConnectionException.class).isSafeToRetry()).isTrue();
	}

	@Test
	void aGoAwayThatTakesNothingBackSaysThatTheLastStreamMayHaveRun() throws Exception {
		TwoRequests two = new TwoRequests().receive(frame(GOAWAY, 0, 0, "00000003 00000002"));
		two.peer().endOfInput();
		assertThat(two.exchange().failure(ConnectionException.class).isSafeToRetry()).isFalse();
		assertThat(two.neighbour().failure(ConnectionException.class).isSafeToRetry()).isFalse();
	}

	@Test
	void anEvenLastStreamAndAnUnknownCodeAreLegal() throws Exception {
		TwoRequests two = new TwoRequests().receive(frame(GOAWAY, 0, 0, "00000002 fffffffe"));
		ConnectionException failure = two.exchange().failure(ConnectionException.class);
		assertThat(failure.isSafeToRetry()).isTrue();
		assertThat(failure.context().code()).isEqualTo(new ErrorCode(0xffff_fffe));
		neighbourFinishes(two);
	}

	@Test
	void theConnectionStaysInOrderAfterAGoAway() throws Exception {
		TwoRequests two = new TwoRequests();
		two.receive(frame(GOAWAY, 0, 0, "00000001" + NO_ERROR), frame(0x4, 0, 0, ""),
				frame(PING, 0, 0, "0000000000000009"),
				// The server may have begun to answer before it gave the stream up.
				frame(HEADERS, END_HEADERS, STREAM, OK + "40 04 6b657074 03 796573"), frame(DATA, 0, STREAM, "00"));
		two.peer().expect(settingsAck(), pingAck(9)).expectNothing();
		two.receive(frame(HEADERS, END_HEADERS | END_STREAM, NEIGHBOUR, OK + "be"));
		assertThat(two.neighbour().response().headers().get("kept")).isEqualTo("yes");
		two.peer().expect(goAway(0, ErrorCode.NO_ERROR)).expectNothing();
	}

	@Test
	void weSayGoAwayBeforeWeClose() throws Exception {
		TwoRequests two = new TwoRequests();
		two.peer().connection().shutdown("enough");
		two.peer().expectNothing();
		two.receive(frame(HEADERS, END_HEADERS | END_STREAM, STREAM, OK));
		two.peer().expectNothing();
		neighbourFinishes(two);
	}

}
