package io.github.h2transport.conn;

import java.time.Duration;

import io.github.h2transport.CallCancelledException;
import io.github.h2transport.ConnectionException;
import io.github.h2transport.ErrorCode;
import io.github.h2transport.FailureContext;
import io.github.h2transport.Initiator;
import io.github.h2transport.Phase;
import io.github.h2transport.StreamException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static io.github.h2transport.conn.ScriptedPeer.get;
import static io.github.h2transport.conn.ScriptedPeer.post;
import static io.github.h2transport.conn.ScriptedPeer.upload;
import static io.github.h2transport.testkit.peer.PeerFrame.data;
import static io.github.h2transport.testkit.peer.PeerFrame.goAway;
import static io.github.h2transport.testkit.peer.PeerFrame.headers;
import static io.github.h2transport.testkit.peer.PeerFrame.rstStream;
import static io.github.h2transport.testkit.peer.PeerFrame.settings;
import static io.github.h2transport.testkit.peer.PeerFrame.settingsAck;
import static org.assertj.core.api.Assertions.assertThat;

/** RFC 9113 section 5.1: a slot is given back exactly once, however a stream ends. */
@Timeout(30)
class StreamLifeTests {

	private final ScriptedPeer peer = new ScriptedPeer().greet();

	private CallCancelledException leaving() {
		return new CallCancelledException("the caller left", null,
				FailureContext.of(Initiator.CALLER, Phase.RESPONSE_HEAD));
	}

	@Test
	void aResponseWithoutContentEndsTheStream() throws Exception {
		Exchange call = this.peer.call(get("/a"));
		this.peer.expect(headers(1).with(":method", "GET").with(":path", "/a").endStream());
		this.peer.send(headers(1).status(204).endStream());
		call.hasStatus(204);
		assertThat(this.peer.observer().take()).containsExactly("slotsFreed");
		this.peer.isAtRest().expectNothing();
	}

	@Test
	void streamIdsAreOddAndGrowInTheOrderOfTheWire() throws Exception {
		this.peer.call(get("/a"));
		this.peer.call(get("/b"));
		this.peer.call(get("/c"));
		this.peer.expect(headers(1).with(":path", "/a").endStream(), headers(3).with(":path", "/b").endStream(),
				headers(5).with(":path", "/c").endStream());
		assertThat(this.peer.connection().activeStreams()).isEqualTo(3);
	}

	@Test
	void ourEndFirstThenTheirs() throws Exception {
		this.peer.call(post("/a", new byte[10]));
		this.peer.expect(headers(1), data(1, 10).endStream());
		assertThat(this.peer.connection().activeStreams()).isEqualTo(1);
		this.peer.send(headers(1).status(200).endStream()).isAtRest();
	}

	@Test
	void theirEndFirstThenOurs() throws Exception {
		Exchange call = this.peer.call(upload("/a"));
		this.peer.expect(headers(1));
		this.peer.send(headers(1).status(200).endStream());
		assertThat(this.peer.connection().activeStreams()).isEqualTo(1);
		call.upload().close();
		this.peer.expect(data(1, 0).endStream()).isAtRest();
	}

	@Test
	void theirResetEndsAnOpenStream() throws Exception {
		Exchange call = this.peer.call(upload("/a"));
		this.peer.expect(headers(1)).send(rstStream(1, ErrorCode.CANCEL));
		assertThat(call.failure(StreamException.class).context().code()).isEqualTo(ErrorCode.CANCEL);
		this.peer.isAtRest().expectNothing();
	}

	@Test
	void ourResetEndsAnOpenStream() throws Exception {
		Exchange call = this.peer.call(upload("/a"));
		this.peer.expect(headers(1));
		call.stream().cancel(ErrorCode.CANCEL, leaving());
		this.peer.expect(rstStream(1, ErrorCode.CANCEL)).isAtRest();
	}

	@Test
	void crossingResetsReleaseTheSlotOnce() throws Exception {
		this.peer.wire().room(0);
		Exchange call = this.peer.call(get("/a"));
		call.stream().cancel(ErrorCode.CANCEL, leaving());
		this.peer.call(get("/b"));
		this.peer.wire().unlimitedRoom();
		this.peer.expect(headers(1).endStream(), rstStream(1, ErrorCode.CANCEL), headers(3).endStream());
		this.peer.send(rstStream(1, ErrorCode.CANCEL), headers(1).status(200).endStream());
		assertThat(this.peer.connection().activeStreams()).isEqualTo(1);
		this.peer.send(headers(3).status(200).endStream()).isAtRest();
	}

	@Test
	void cancellingTwiceSendsOneReset() throws Exception {
		Exchange call = this.peer.call(get("/a"));
		call.stream().cancel(ErrorCode.CANCEL, leaving());
		call.stream().cancel(ErrorCode.CANCEL, leaving());
		this.peer.expect(headers(1).endStream(), rstStream(1, ErrorCode.CANCEL)).expectNothing().isAtRest();
	}

	@Test
	void moreResetsThanServersBearRetireTheConnection() throws Exception {
		for (int i = 0; i < 40; i++) {
			this.peer.call(get("/a")).stream().cancel(ErrorCode.CANCEL, leaving());
			this.peer.expect(headers(2 * i + 1).endStream(), rstStream(2 * i + 1, ErrorCode.CANCEL)).expectNothing();
		}
		assertThat(this.peer.connection().canTakeNewRequest()).isTrue();
		Exchange running = this.peer.call(get("/running"));
		Exchange last = this.peer.call(get("/a"));
		this.peer.expect(headers(81).endStream(), headers(83).endStream());
		last.stream().cancel(ErrorCode.CANCEL, leaving());
		// One more would be too many, so the server may finish it for nobody.
		this.peer.expectNothing();
		assertThat(this.peer.connection().canTakeNewRequest()).isFalse();
		assertThat(this.peer.connection().state()).isEqualTo(ConnectionState.DRAINING);
		this.peer.send(headers(81).status(200).endStream());
		running.hasStatus(200);
		this.peer.advance(Duration.ofMillis(100)).expect(goAway(0, ErrorCode.NO_ERROR));
	}

	@Test
	void aRequestThatWasNotYetEncodedIsCancelledAndUsesNoId() throws Exception {
		this.peer.holdCallsBack();
		Exchange first = this.peer.call(get("/a"));
		Exchange second = this.peer.call(get("/b"));
		first.stream().cancel(ErrorCode.CANCEL, leaving());
		assertThat(this.peer.connection().activeStreams()).isEqualTo(1);
		this.peer.expect(headers(1).with(":path", "/b").endStream()).expectNothing();
		assertThat(first.stream().id()).isZero();
		this.peer.send(headers(1).status(200).endStream());
		second.hasStatus(200);
		this.peer.isAtRest();
	}

	@Test
	void aSlotThatWasNotUsedIsGivenBack() {
		assertThat(this.peer.connection().tryReserve()).isTrue();
		this.peer.connection().release();
		assertThat(this.peer.observer().take()).containsExactly("slotsFreed");
		this.peer.isAtRest();
	}

	// ---- RFC 9113 section 8.7: what may be sent again ----

	@Test
	void aRefusedStreamIsSafeToRetry() throws Exception {
		Exchange call = this.peer.call(get("/a"));
		this.peer.send(rstStream(1, ErrorCode.REFUSED_STREAM));
		assertThat(call.failure(StreamException.class).isSafeToRetry()).isTrue();
		this.peer.isAtRest();
	}

	@Test
	void aStreamThatWasResetWithAnyOtherCodeIsNotSafeToRetry() throws Exception {
		Exchange call = this.peer.call(get("/a"));
		this.peer.send(rstStream(1, ErrorCode.INTERNAL_ERROR));
		StreamException failure = call.failure(StreamException.class);
		assertThat(failure.isSafeToRetry()).isFalse();
		assertThat(failure.context().phase()).isEqualTo(Phase.RESPONSE_HEAD);
		assertThat(failure.context().initiator()).isEqualTo(Initiator.PEER);
		assertThat(failure.context().streamId()).isEqualTo(1);
	}

	@Test
	void aRefusalAfterTheResponseHeadIsNotSafeToRetry() throws Exception {
		Exchange call = this.peer.call(get("/a"));
		this.peer.send(headers(1).status(200), data(1, "half"), rstStream(1, ErrorCode.REFUSED_STREAM));
		call.hasStatus(200);
		assertThat(call.text(4)).isEqualTo("half");
		Throwable failure = Caller.of(() -> call.body().read()).failure();
		assertThat(failure).isInstanceOfSatisfying(StreamException.class, (stream) -> {
			assertThat(stream.isSafeToRetry()).isFalse();
			assertThat(stream.context().phase()).isEqualTo(Phase.RESPONSE_BODY);
		});
		this.peer.isAtRest();
	}

	@Test
	void aResetDuringTheUploadSaysSo() throws Exception {
		Exchange call = this.peer.call(upload("/a"));
		this.peer.send(rstStream(1, ErrorCode.ENHANCE_YOUR_CALM));
		assertThat(call.failure(StreamException.class).context().phase()).isEqualTo(Phase.REQUEST_BODY);
	}

	@Test
	void aResetAfterTheWholeResponseHurtsNobody() throws Exception {
		// RFC 9113 section 8.1: RST_STREAM(NO_ERROR) after a complete response.
		Exchange call = this.peer.call(upload("/a"));
		this.peer.send(headers(1).status(200), data(1, "done").endStream(), rstStream(1, ErrorCode.NO_ERROR));
		call.hasStatus(200);
		assertThat(call.text()).isEqualTo("done");
		assertThat(call.stream().isUploadStopped()).isTrue();
		this.peer.isAtRest();
	}

	// ---- limits ----

	@Test
	void theServersLimitBindsReservations() {
		this.peer.send(settings(0x3, 2)).expect(settingsAck());
		assertThat(this.peer.connection().tryReserve()).isTrue();
		assertThat(this.peer.connection().tryReserve()).isTrue();
		assertThat(this.peer.connection().tryReserve()).isFalse();
		assertThat(this.peer.connection().canTakeNewRequest()).isFalse();
	}

	@Test
	void aLoweredLimitSendsQueuedRequestsBack() throws Exception {
		this.peer.holdCallsBack();
		Exchange first = this.peer.call(get("/a"));
		Exchange second = this.peer.call(get("/b"));
		this.peer.wire().deliver(this.peer.octetsOf(settings(0x3, 1)));
		this.peer.expect(headers(1).with(":path", "/a").endStream(), settingsAck()).expectNothing();
		ConnectionException failure = second.failure(ConnectionException.class);
		assertThat(failure.isSafeToRetry()).isTrue();
		assertThat(failure.context().streamId()).isZero();
		this.peer.send(headers(1).status(200).endStream());
		first.hasStatus(200);
		this.peer.isAtRest();
	}

	@Test
	void aRaisedLimitTellsThePool() {
		this.peer.send(settings(0x3, 1)).observer().take();
		this.peer.send(settings(0x3, 5));
		assertThat(this.peer.observer().take()).containsExactly("slotsFreed");
		assertThat(this.peer.connection().maxConcurrentStreams()).isEqualTo(5);
		this.peer.send(settings(0x3, 4));
		assertThat(this.peer.observer().take()).isEmpty();
	}

	@Test
	void aLimitOfZeroIsAWishToWait() {
		this.peer.send(settings(0x3, 0));
		assertThat(this.peer.connection().tryReserve()).isFalse();
		assertThat(this.peer.connection().state()).isEqualTo(ConnectionState.OPEN);
		this.peer.send(settings(0x3, 1));
		assertThat(this.peer.connection().tryReserve()).isTrue();
	}

	@Test
	void aSingleUseConnectionServesOneRequestAndCloses() throws Exception {
		ScriptedPeer single = new ScriptedPeer((options) -> options.singleUse(true)).greet();
		Exchange call = single.call(get("/a"));
		assertThat(single.connection().tryReserve()).isFalse();
		single.send(headers(1).status(200).endStream());
		call.hasStatus(200);
		single.expect(headers(1).endStream(), goAway(0, ErrorCode.NO_ERROR));
		assertThat(single.wire().isOutputFinished()).isTrue();
	}

	@Test
	void aSingleUseConnectionWhoseCallerLeftClosesToo() throws Exception {
		ScriptedPeer single = new ScriptedPeer((options) -> options.singleUse(true)).greet();
		assertThat(single.connection().tryReserve()).isTrue();
		single.connection().release();
		single.expect(goAway(0, ErrorCode.NO_ERROR));
		assertThat(single.connection().tryReserve()).isFalse();
	}

}
