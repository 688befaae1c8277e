package io.github.h2transport.conn;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;

import io.github.h2transport.CallCancelledException;
import io.github.h2transport.ConnectionException;
import io.github.h2transport.ErrorCode;
import io.github.h2transport.frame.FrameWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static io.github.h2transport.conn.ScriptedPeer.get;
import static io.github.h2transport.conn.ScriptedPeer.post;
import static io.github.h2transport.testkit.peer.PeerFrame.data;
import static io.github.h2transport.testkit.peer.PeerFrame.goAway;
import static io.github.h2transport.testkit.peer.PeerFrame.headers;
import static io.github.h2transport.testkit.peer.PeerFrame.pingAck;
import static org.assertj.core.api.Assertions.assertThat;

/** RFC 9113 sections 5.4.1 and 6.8: how a connection ends, from either side. */
@Timeout(30)
class ConnectionEndTests {

	private final ScriptedPeer peer = new ScriptedPeer().greet();

	// ---- GOAWAY of the server ----

	@Test
	void goAwayFailsOnlyHigherStreamsAndSaysSafeToRetry() throws Exception {
		Exchange first = this.peer.call(get("/a"));
		Exchange second = this.peer.call(post("/b", new byte[3]));
		this.peer.send(goAway(1, ErrorCode.NO_ERROR));
		ConnectionException failure = second.failure(ConnectionException.class);
		assertThat(failure.isSafeToRetry()).isTrue();
		assertThat(failure.context().code()).isEqualTo(ErrorCode.NO_ERROR);
		this.peer.send(headers(1).status(200).endStream());
		first.hasStatus(200);
		this.peer.expect(headers(1).endStream(), headers(3), data(3, 3).endStream(), goAway(0, ErrorCode.NO_ERROR))
			.isAtRest();
	}

	@Test
	void goAwayTellsThePoolAndTakesNoNewRequest() throws Exception {
		this.peer.call(get("/a"));
		this.peer.send(goAway(1, ErrorCode.NO_ERROR));
		assertThat(this.peer.observer().take()).containsExactly("draining");
		assertThat(this.peer.connection().state()).isEqualTo(ConnectionState.DRAINING);
		assertThat(this.peer.connection().tryReserve()).isFalse();
	}

	@Test
	void aRequestQueuedBehindGoAwayGoesBackUnsent() throws Exception {
		this.peer.holdCallsBack();
		this.peer.connection().tryReserve();
		this.peer.loop().turn(() -> this.peer.connection().driver().goAway(0, ErrorCode.NO_ERROR, ""));
		Exchange late = this.peer.start(get("/late"));
		this.peer.settle();
		ConnectionException failure = late.failure(ConnectionException.class);
		assertThat(failure.isSafeToRetry()).isTrue();
		assertThat(late.stream().id()).isZero();
		this.peer.expect(goAway(0, ErrorCode.NO_ERROR)).expectNothing().isAtRest();
	}

	@Test
	void theSweepOfGoAwayCatchesARequestThatWasOpenedBeforeIt() throws Exception {
		this.peer.holdCallsBack();
		Exchange racing = this.peer.call(get("/racing"));
		// The request is encoded in the same turn that reads GOAWAY.
		this.peer.wire().deliver(this.peer.octetsOf(goAway(0, ErrorCode.NO_ERROR)));
		this.peer.settle();
		assertThat(racing.failure(ConnectionException.class).isSafeToRetry()).isTrue();
		this.peer.isAtRest();
	}

	@Test
	void aSecondGoAwayMayLowerTheLimit() throws Exception {
		// RFC 9113 section 6.8: first 2^31-1 as a warning, then the real one.
		Exchange first = this.peer.call(get("/a"));
		Exchange second = this.peer.call(get("/b"));
		this.peer.send(goAway(Integer.MAX_VALUE, ErrorCode.NO_ERROR));
		assertThat(this.peer.connection().activeStreams()).isEqualTo(2);
		this.peer.send(goAway(1, ErrorCode.NO_ERROR));
		assertThat(second.failure(ConnectionException.class).isSafeToRetry()).isTrue();
		this.peer.send(headers(1).status(200).endStream());
		first.hasStatus(200);
		this.peer.isAtRest();
	}

	@Test
	void aStreamThatTheServerMayHaveSeenIsNotSafeToRetry() throws Exception {
		Exchange call = this.peer.call(get("/a"));
		this.peer.send(goAway(1, ErrorCode.INTERNAL_ERROR)).endOfInput();
		ConnectionException failure = call.failure(ConnectionException.class);
		assertThat(failure.isSafeToRetry()).isFalse();
		assertThat(failure).hasMessageContaining("GOAWAY INTERNAL_ERROR");
	}

	@Test
	void goAwayDuringAResponseBodyLetsItFinish() throws Exception {
		Exchange call = this.peer.call(get("/a"));
		this.peer.send(headers(1).status(200), data(1, "one "), goAway(1, ErrorCode.NO_ERROR));
		this.peer.send(data(1, "two").endStream());
		call.hasStatus(200);
		assertThat(call.text()).isEqualTo("one two");
		this.peer.isAtRest();
	}

	@Test
	void goAwayWithoutStreamsClosesAtOnce() {
		this.peer.send(goAway(0, ErrorCode.NO_ERROR)).expect(goAway(0, ErrorCode.NO_ERROR));
		assertThat(this.peer.wire().isOutputFinished()).isTrue();
		this.peer.endOfInput();
		assertThat(this.peer.wire().isClosed()).isTrue();
		assertThat(this.peer.observer().take()).containsExactly("draining", "closed");
	}

	// ---- our own end ----

	@Test
	void shutdownLetsStreamsFinishAndThenCloses() throws Exception {
		Exchange call = this.peer.call(get("/a"));
		this.peer.connection().shutdown("enough");
		// Some servers close the connection on GOAWAY, so it follows the last stream.
		this.peer.expect(headers(1).endStream()).expectNothing();
		assertThat(this.peer.wire().isOutputFinished()).isFalse();
		this.peer.send(headers(1).status(200).endStream());
		call.hasStatus(200);
		this.peer.expect(goAway(0, ErrorCode.NO_ERROR)).expectNothing();
		assertThat(this.peer.wire().isOutputFinished()).isTrue();
	}

	@Test
	void closingReadsOnUntilTheServerHasClosedToo() throws Exception {
		Exchange call = this.peer.call(get("/a"));
		this.peer.connection().close("stop");
		this.peer.expect(headers(1).endStream(), goAway(0, ErrorCode.NO_ERROR));
		assertThat(call.failure(ConnectionException.class)).hasCauseInstanceOf(CallCancelledException.class);
		assertThat(this.peer.wire().isOutputFinished()).isTrue();
		this.peer.send(headers(1).status(200), data(1, 1000));
		assertThat(this.peer.wire().isClosed()).isFalse();
		this.peer.endOfInput();
		assertThat(this.peer.wire().isClosed()).isTrue();
		assertThat(this.peer.connection().state()).isEqualTo(ConnectionState.CLOSED);
		assertThat(this.peer.resources().connections()).isEmpty();
	}

	@Test
	void closingReadsOnForASecondAtMost() {
		this.peer.connection().close("stop");
		this.peer.expect(goAway(0, ErrorCode.NO_ERROR));
		this.peer.advance(Duration.ofMillis(999));
		assertThat(this.peer.wire().isClosed()).isFalse();
		this.peer.advance(Duration.ofMillis(1));
		assertThat(this.peer.wire().isClosed()).isTrue();
	}

	@Test
	void closingReadsOnForAMebibyteAtMost() {
		this.peer.connection().close("stop");
		this.peer.expect(goAway(0, ErrorCode.NO_ERROR));
		this.peer.sendOctets(new byte[1024 * 1024]);
		assertThat(this.peer.wire().isClosed()).isFalse();
		this.peer.sendOctets(new byte[1]);
		assertThat(this.peer.wire().isClosed()).isTrue();
	}

	@Test
	void theOutputIsEndedOnlyWhenGoAwayIsOut() {
		this.peer.wire().room(5);
		this.peer.connection().close("stop");
		this.peer.settle();
		assertThat(this.peer.wire().isOutputFinished()).isFalse();
		this.peer.wire().unlimitedRoom();
		this.peer.expect(goAway(0, ErrorCode.NO_ERROR));
		this.peer.advance(Duration.ofMillis(100));
		assertThat(this.peer.wire().isOutputFinished()).isTrue();
	}

	@Test
	void aPeerThatTakesNothingIsClosedAfterTheLinger() {
		this.peer.wire().room(0);
		this.peer.connection().close("stop");
		this.peer.settle().advance(Duration.ofSeconds(1));
		assertThat(this.peer.wire().isClosed()).isTrue();
		assertThat(this.peer.connection().writer().isIdle()).isTrue();
		assertThat(this.peer.connection().sendHalf().buffer().capacity()).isZero();
	}

	@Test
	void nothingIsWrittenAfterTheEndOfTheOutput() throws Exception {
		// A reader that comes late still takes what has arrived, which would give credit
		// back.
		Exchange call = this.peer.call(get("/a"));
		this.peer.expect(headers(1).endStream());
		this.peer.send(headers(1).status(200), data(1, 16_384), data(1, 16_384), data(1, 16_384), data(1, 16_384),
				data(1, 16_384), data(1, 16_384), data(1, 16_384), data(1, 16_384));
		this.peer.connection().close("stop");
		this.peer.expect(goAway(0, ErrorCode.NO_ERROR));
		call.hasStatus(200);
		assertThat(call.text(8 * 16_384)).hasSize(8 * 16_384);
		this.peer.expectNothing();
		assertThat(this.peer.wire().isClosed()).as("closed with unread input").isFalse();
	}

	@Test
	void closeIfIdleSparesAConnectionWithStreams() throws Exception {
		this.peer.call(get("/a"));
		this.peer.connection().closeIfIdle();
		this.peer.expect(headers(1).endStream()).expectNothing();
		this.peer.send(headers(1).status(200).endStream());
		this.peer.connection().closeIfIdle();
		this.peer.expect(goAway(0, ErrorCode.NO_ERROR));
		assertThat(this.peer.connection().tryReserve()).isFalse();
	}

	// ---- failures ----

	@Test
	void anEndOfInputFailsOpenStreams() throws Exception {
		Exchange waiting = this.peer.call(get("/a"));
		Exchange reading = this.peer.call(get("/b"));
		this.peer.send(headers(3).status(200), data(3, "half")).endOfInput();
		ConnectionException failure = waiting.failure(ConnectionException.class);
		assertThat(failure.isSafeToRetry()).isFalse();
		assertThat(failure).hasMessageContaining("the server closed it");
		reading.hasStatus(200);
		assertThat(reading.text(4)).isEqualTo("half");
		assertThat(Caller.of(() -> reading.body().read()).failure()).isInstanceOf(ConnectionException.class);
		assertThat(this.peer.wire().isClosed()).isTrue();
	}

	@Test
	void aCompleteResponseSurvivesTheEndOfItsConnection() throws Exception {
		Exchange call = this.peer.call(get("/a"));
		this.peer.send(headers(1).status(200), data(1, "all of it").endStream()).endOfInput();
		call.hasStatus(200);
		assertThat(call.text()).isEqualTo("all of it");
	}

	@Test
	void aRequestThatWasNotWrittenWhenTheConnectionBrokeIsSafeToRetry() throws Exception {
		this.peer.holdCallsBack();
		this.peer.connection().tryReserve();
		this.peer.endOfInput();
		Exchange late = this.peer.start(get("/late"));
		this.peer.settle();
		assertThat(late.failure(ConnectionException.class).isSafeToRetry()).isTrue();
	}

	@Test
	void aProtocolErrorIsToldToTheServerAndToTheCallers() throws Exception {
		Exchange call = this.peer.call(get("/a"));
		this.peer.send(headers(2).status(200)).expect(headers(1).endStream(), goAway(0, ErrorCode.PROTOCOL_ERROR));
		ConnectionException failure = call.failure(ConnectionException.class);
		assertThat(failure.context().code()).isEqualTo(ErrorCode.PROTOCOL_ERROR);
		assertThat(failure).hasMessageContaining("stream 2").hasMessageContaining("idle");
	}

	@Test
	void framesBehindAProtocolErrorAreDiscarded() throws Exception {
		this.peer.call(get("/a"));
		this.peer.send(data(5, "idle"), pingAck(1), headers(1).status(200).endStream())
			.expect(headers(1).endStream(), goAway(0, ErrorCode.PROTOCOL_ERROR))
			.expectNothing();
	}

	@Test
	void aWriteThatFailsEndsTheConnectionWithItsCause() throws Exception {
		IOException broken = new IOException("Broken pipe");
		this.peer.wire().failWrites(broken);
		Exchange call = this.peer.call(get("/a"));
		this.peer.settle();
		assertThat(call.failure(ConnectionException.class)).hasRootCause(broken);
		assertThat(this.peer.observer().take()).contains("draining", "closed");
		assertThat(this.peer.connection().writer().isIdle()).isTrue();
	}

	@Test
	void whatTheServerSaidBeforeAWriteFailedStillCounts() throws Exception {
		Exchange first = this.peer.call(get("/a"));
		Exchange second = this.peer.call(post("/b", new byte[3]));
		this.peer.settle();
		// Arrived, but not read yet when the next request meets the closed socket.
		this.peer.wire().deliver(this.peer.octetsOf(headers(1).status(200).endStream(), goAway(1, ErrorCode.NO_ERROR)));
		this.peer.wire().failWrites(new IOException("Broken pipe"));
		this.peer.connection().submit(new ConnOps.Ping(1));
		this.peer.loop().turnUntilQuiet();
		first.hasStatus(200);
		assertThat(second.failure(ConnectionException.class).isSafeToRetry()).isTrue();
		assertThat(this.peer.wire().isClosed()).isTrue();
	}

	@Test
	void aReadThatFailsEndsTheConnectionWithItsCause() throws Exception {
		Exchange call = this.peer.call(get("/a"));
		IOException broken = new IOException("Connection reset");
		this.peer.wire().failReads(broken);
		this.peer.settle();
		assertThat(call.failure(ConnectionException.class)).hasRootCause(broken);
	}

	@Test
	void aFaultOfOursInTheDrainFailsTheConnectionAndNotTheCaller() throws Exception {
		Error fault = new AssertionError("a fault in the wire");
		this.peer.wire().failWrites(fault);
		Exchange call = this.peer.call(get("/a"));
		this.peer.settle();
		assertThat(call.failure(ConnectionException.class)).hasRootCause(fault);
		assertThat(this.peer.connection().writer().isIdle()).as("the counter is not swallowed").isTrue();
	}

	@Test
	void aFaultOfOursWhileReadingFailsTheConnectionAndNotTheLoop() throws Exception {
		Exchange call = this.peer.call(get("/a"));
		RuntimeException fault = new IllegalStateException("a fault in the wire");
		this.peer.wire().failReads(fault);
		this.peer.settle();
		assertThat(call.failure(ConnectionException.class)).hasRootCause(fault);
	}

	@Test
	void theEndOfTheLoopFailsItsConnectionsWithItsCause() throws Exception {
		Exchange call = this.peer.call(get("/a"));
		RuntimeException fault = new IllegalStateException("the loop is gone");
		this.peer.loop().end(fault);
		assertThat(call.failure(ConnectionException.class)).hasRootCause(fault);
		assertThat(this.peer.observer().take()).contains("closed");
	}

	@Test
	void aRequestAfterTheEndOfTheLoopFailsAtOnce() throws Exception {
		this.peer.connection().tryReserve();
		this.peer.loop().end(new IllegalStateException("the loop is gone"));
		Exchange late = this.peer.start(get("/late"));
		assertThat(late.failure(ConnectionException.class).isSafeToRetry()).isTrue();
		assertThat(this.peer.connection().writer().isIdle()).isTrue();
	}

	@Test
	void debugDataOfGoAwayIsShownEscaped() throws Exception {
		Exchange call = this.peer.call(get("/a"));
		byte[] debug = "too\nmany".getBytes(StandardCharsets.US_ASCII);
		ByteBuffer frame = ByteBuffer.allocate(64);
		FrameWriter.goAway(frame, 0, ErrorCode.ENHANCE_YOUR_CALM, debug);
		this.peer.sendOctets(Arrays.copyOf(frame.array(), frame.position()));
		assertThat(call.failure(ConnectionException.class).getMessage()).contains("ENHANCE_YOUR_CALM")
			.contains("too")
			.doesNotContain("\n");
	}

}
