package io.github.h2transport.conn;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;

import io.github.h2transport.CallCancelledException;
import io.github.h2transport.ConnectionException;
import io.github.h2transport.ErrorCode;
import io.github.h2transport.Http2Request;
import io.github.h2transport.Http2TimeoutException;
import io.github.h2transport.Initiator;
import io.github.h2transport.Phase;
import io.github.h2transport.RequestBody;
import io.github.h2transport.testkit.peer.PeerFrame;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static io.github.h2transport.conn.ScriptedPeer.get;
import static io.github.h2transport.conn.ScriptedPeer.post;
import static io.github.h2transport.conn.ScriptedPeer.upload;
import static io.github.h2transport.testkit.peer.PeerFrame.data;
import static io.github.h2transport.testkit.peer.PeerFrame.goAway;
import static io.github.h2transport.testkit.peer.PeerFrame.headers;
import static io.github.h2transport.testkit.peer.PeerFrame.ping;
import static io.github.h2transport.testkit.peer.PeerFrame.pingAck;
import static io.github.h2transport.testkit.peer.PeerFrame.rstStream;
import static org.assertj.core.api.Assertions.assertThat;

/** How a connection finds out whether its peer is still there (RFC 9113 section 6.7). */
@Timeout(30)
class LifeTests {

	private final ScriptedPeer peer = new ScriptedPeer().greet();

	// ---- after a long silence ----

	@Test
	void aRequestAfterALongSilenceWaitsForTheAnswerToAPing() throws Exception {
		this.peer.advance(Duration.ofSeconds(30)).expectNothing();
		Exchange call = this.peer.call(post("/a", new byte[0]));
		this.peer.expect(ping(1)).expectNothing();
		assertThat(this.peer.connection().isInDoubt()).isTrue();
		this.peer.send(pingAck(1)).expect(headers(1).endStream());
		assertThat(this.peer.connection().isInDoubt()).isFalse();
		this.peer.send(headers(1).status(200).endStream());
		call.hasStatus(200);
		this.peer.isAtRest();
	}

	@Test
	void contentThatIsThereBeforeTheAnswerGoesOutBehindItsHead() throws Exception {
		this.peer.advance(Duration.ofSeconds(30)).expectNothing();
		RequestBody repeatable = RequestBody.ofWriter((out) -> {
		}, RequestBody.UNKNOWN_LENGTH, true);
		Http2Request request = Http2Request.builder("POST", ScriptedPeer.ROOT.resolve("/a")).body(repeatable).build();
		UploadStream out = this.peer.call(request).upload();
		out.write(new byte[20_000]);
		this.peer.expect(ping(1)).expectNothing();
		this.peer.send(pingAck(1)).expect(headers(1), data(1));
		assertThat(this.peer.isClosed()).isFalse();
		out.close();
		this.peer.expect(data(1).endStream());
	}

	@Test
	void aRequestAfterAShortSilenceWaitsForNothing() throws Exception {
		this.peer.advance(Duration.ofMillis(29_999));
		this.peer.call(get("/a"));
		this.peer.expect(headers(1).endStream()).expectNothing();
	}

	@Test
	void anyFrameWillDo() throws Exception {
		this.peer.advance(Duration.ofSeconds(30));
		this.peer.call(get("/a"));
		this.peer.expect(ping(1));
		this.peer.send(PeerFrame.settings()).expect(PeerFrame.settingsAck(), headers(1).endStream());
	}

	@Test
	void aConnectionThatIsGoneHasSentNothingOfTheRequest() throws Exception {
		this.peer.advance(Duration.ofSeconds(40));
		Exchange first = this.peer.call(post("/a", new byte[10]));
		Exchange second = this.peer.call(get("/b"));
		this.peer.expect(ping(1)).expectNothing();
		this.peer.advance(Duration.ofSeconds(1)).expectNothing();
		assertThat(this.peer.connection().doubt()).isEqualTo(Doubt.ASKED);
		this.peer.advance(Duration.ofMillis(100)).expectNothing();
		for (Exchange call : List.of(first, second)) {
			ConnectionException failure = call.failure(ConnectionException.class);
			assertThat(failure)
				.hasMessage("No answer to a PING for 1100 ms on connection c1 to http://example.test:80; "
						+ "the request was not sent there");
			assertThat(failure.isSafeToRetry()).isTrue();
		}
		this.peer.isAtRest();
		this.peer.advance(Duration.ofMillis(3_900)).expectNothing();
		assertThat(this.peer.isClosed()).isFalse();
		this.peer.advance(Duration.ofMillis(100)).expectNothing();
		assertThat(this.peer.isClosed()).isTrue();
		assertThat(this.peer.observer().take()).containsExactly("slotsFreed", "doubted", "draining", "closed");
	}

	@Test
	void aConnectionWhoseAnswerIsOverdueTakesNoRequestUntilAnythingArrives() throws Exception {
		Exchange sent = this.peer.call(get("/a"));
		this.peer.advance(Duration.ofMillis(10_100)).expect(headers(1).endStream(), ping(1));
		assertThat(this.peer.connection().tryReserve()).as("is only asked").isTrue();
		this.peer.connection().release();
		this.peer.observer().take();
		this.peer.advance(Duration.ofMillis(1_100)).expectNothing();
		assertThat(this.peer.connection().doubt()).isEqualTo(Doubt.OVERDUE);
		assertThat(this.peer.connection().canTakeNewRequest()).isFalse();
		assertThat(this.peer.connection().tryReserve()).isFalse();
		this.peer.send(headers(1).status(200).endStream());
		sent.hasStatus(200);
		assertThat(this.peer.connection().doubt()).isEqualTo(Doubt.NONE);
		assertThat(this.peer.observer().take()).containsExactly("doubted", "slotsFreed", "slotsFreed");
		Exchange next = this.peer.call(get("/b"));
		this.peer.expect(headers(3).endStream()).send(headers(3).status(200).endStream());
		next.hasStatus(200);
		this.peer.isAtRest();
	}

	@Test
	void aPingMayBeWaitedForWithoutEnd() throws Exception {
		CompletableFuture<Duration> measured = this.peer.connection().ping(Duration.ofSeconds(Long.MAX_VALUE));
		this.peer.settle().expect(ping(1));
		this.peer.advance(Duration.ofMillis(500));
		assertThat(measured).isNotDone();

		this.peer.send(pingAck(1));

		assertThat(measured).succeedsWithin(Duration.ofSeconds(5));
	}

	@Test
	void onALongPathAnAnswerHasFourRoundTrips() throws Exception {
		CompletableFuture<Duration> measured = this.peer.connection().ping(Duration.ofSeconds(5));
		this.peer.expect(ping(1));
		this.peer.advance(Duration.ofMillis(600)).send(pingAck(1));
		assertThat(measured).isCompletedWithValue(Duration.ofMillis(600));
		this.peer.call(get("/a"));
		this.peer.advance(Duration.ofMillis(10_100)).expect(headers(1).endStream(), ping(2));
		this.peer.advance(Duration.ofMillis(2_400));
		assertThat(this.peer.connection().doubt()).isEqualTo(Doubt.ASKED);
		this.peer.advance(Duration.ofMillis(100));
		assertThat(this.peer.connection().doubt()).isEqualTo(Doubt.OVERDUE);
	}

	@Test
	void aRequestThatComesWhileAStreamIsAskedAfterWaitsForTheAnswer() throws Exception {
		this.peer.call(get("/events"));
		this.peer.advance(Duration.ofMillis(10_100)).expect(headers(1).endStream(), ping(1));
		Exchange next = this.peer.call(post("/a", new byte[0]));
		this.peer.expectNothing();
		this.peer.send(pingAck(1)).expect(headers(3).endStream());
		this.peer.send(headers(3).status(200).endStream());
		next.hasStatus(200);
	}

	@Test
	void requestsThatMeetSilenceAreNoLifeHoweverManyThereAre() throws Exception {
		for (int tenths = 0; tenths < 100; tenths++) {
			this.peer.call(get("/a"));
			this.peer.advance(Duration.ofMillis(100)).expect(headers(1 + 2 * tenths).endStream()).expectNothing();
			if (tenths == 98) {
				break;
			}
		}
		this.peer.advance(Duration.ofMillis(200)).expect(ping(1)).expectNothing();
	}

	@Test
	void requestsThatAreGivenUpBeforeTheNextOneComesAreNoLifeEither() throws Exception {
		this.peer.advance(Duration.ofMillis(1));
		for (int second = 0; second < 10; second++) {
			Exchange call = this.peer.call(get("/a"));
			this.peer.advance(Duration.ofMillis(500)).expect(headers(1 + 2 * second).endStream());
			call.stream()
				.cancel(ErrorCode.CANCEL, new CallCancelledException("enough", null,
						call.stream().context(Initiator.CALLER, Phase.IDLE)));
			this.peer.settle().expect(rstStream(1 + 2 * second, ErrorCode.CANCEL));
			this.peer.advance(Duration.ofMillis(500)).expectNothing();
		}
		this.peer.call(get("/a"));
		this.peer.advance(Duration.ofMillis(100)).expect(headers(21).endStream(), ping(1)).expectNothing();
	}

	@Test
	void aRequestMayLeaveWhileItWaits() throws Exception {
		this.peer.advance(Duration.ofSeconds(40));
		CallTimes times = new CallTimes(this.peer.in(Duration.ofSeconds(1)), 0, 0);
		Caller<?> waiting = this.peer.call(get("/a"), times).waiting();
		this.peer.expect(ping(1));
		this.peer.loop().passTime(Duration.ofSeconds(2));
		waiting.poke();
		assertThat(waiting.failure()).isInstanceOf(Http2TimeoutException.class);
		this.peer.send(pingAck(1)).expectNothing();
		this.peer.isAtRest();
	}

	@Test
	void aGoAwayInsteadOfAnAnswerSendsTheRequestElsewhere() throws Exception {
		this.peer.advance(Duration.ofSeconds(40));
		Exchange call = this.peer.call(post("/a", new byte[10]));
		this.peer.expect(ping(1));
		this.peer.send(goAway(0, ErrorCode.NO_ERROR));
		assertThat(call.failure(ConnectionException.class).isSafeToRetry()).isTrue();
	}

	@Test
	void aConnectionThatIsShutDownMeanwhileLetsTheRequestGo() throws Exception {
		this.peer.advance(Duration.ofSeconds(40));
		Exchange call = this.peer.call(get("/a"));
		this.peer.expect(ping(1));
		this.peer.connection().close("enough");
		this.peer.settle();
		assertThat(call.failure(ConnectionException.class).isSafeToRetry()).isTrue();
	}

	@Test
	void aGoAwayBesideTheAnswerIsHeardFirst() throws Exception {
		this.peer.advance(Duration.ofSeconds(40));
		Exchange call = this.peer.call(post("/a", new byte[10]));
		this.peer.expect(ping(1));
		this.peer.send(pingAck(1), goAway(0, ErrorCode.NO_ERROR)).expect(goAway(0, ErrorCode.NO_ERROR));
		assertThat(call.failure(ConnectionException.class).isSafeToRetry()).isTrue();
	}

	@Test
	void aCallThatBlocksNobodyIsEndedInTimeWhileItWaits() throws Exception {
		this.peer.advance(Duration.ofSeconds(40));
		Exchange call = lateCall(Duration.ofMillis(800));
		this.peer.expect(ping(1));
		this.peer.advance(Duration.ofMillis(900));
		assertThat(call.stream().failure()).isInstanceOf(Http2TimeoutException.class)
			.hasMessageContaining("h2.transport.response-timeout");
		this.peer.send(pingAck(1)).expectNothing();
		this.peer.isAtRest();
	}

	@Test
	void aCallThatBlocksNobodyIsEndedInTimeBehindAFullSocket() throws Exception {
		this.peer.room(0);
		this.peer.call(post("/a", new byte[10]));
		this.peer.settle();
		Exchange call = lateCall(Duration.ofSeconds(2));
		this.peer.advance(Duration.ofMillis(2_100));
		assertThat(call.stream().failure()).isInstanceOf(Http2TimeoutException.class);
		assertThat(this.peer.connection().activeStreams()).isEqualTo(1);
		this.peer.unlimitedRoom().expect(headers(1), data(1).endStream(), ping(1)).expectNothing();
	}

	@Test
	void theWaitCanBeTurnedOff() throws Exception {
		ScriptedPeer trusting = new ScriptedPeer((options) -> options.probeIdleAfter(Duration.ZERO)).greet();
		trusting.advance(Duration.ofSeconds(45));
		trusting.call(get("/a"));
		trusting.expect(headers(1).endStream()).expectNothing();
	}

	// ---- after a request that has timed out ----

	@Test
	void aRequestThatTimesOutPutsItsConnectionOnTrial() throws Exception {
		Exchange late = lateCall(Duration.ofSeconds(2));
		this.peer.expect(headers(1).endStream());
		this.peer.advance(Duration.ofSeconds(3)).expect(rstStream(1, ErrorCode.CANCEL), ping(1)).expectNothing();
		assertThat(late.failure(Http2TimeoutException.class)).isNotNull();
		assertThat(this.peer.connection().isInDoubt()).isTrue();
		Exchange next = this.peer.call(post("/b", new byte[1]));
		this.peer.expectNothing();
		this.peer.advance(Duration.ofMillis(5_100)).expectNothing();
		assertThat(this.peer.isClosed()).as("though no stream was open").isTrue();
		assertThat(next.failure(ConnectionException.class).isSafeToRetry()).isTrue();
	}

	@Test
	void aServerThatIsOnlySlowKeepsItsConnection() throws Exception {
		lateCall(Duration.ofSeconds(2));
		this.peer.advance(Duration.ofSeconds(3))
			.expect(headers(1).endStream(), rstStream(1, ErrorCode.CANCEL), ping(1));
		Exchange next = this.peer.call(get("/b"));
		this.peer.send(pingAck(1)).expect(headers(3).endStream());
		this.peer.send(headers(3).status(200).endStream());
		next.hasStatus(200);
		this.peer.advance(Duration.ofSeconds(6)).isAtRest();
		assertThat(this.peer.isClosed()).isFalse();
	}

	@Test
	void withoutAPingIntervalATimeoutSaysNothingAboutTheConnection() throws Exception {
		ScriptedPeer quiet = new ScriptedPeer((options) -> options.pingInterval(Duration.ZERO)).greet();
		Exchange call = quiet.call(get("/a"), new CallTimes(quiet.in(Duration.ofSeconds(2)), 0, 0));
		call.stream().onResponse(() -> {
		});
		quiet.advance(Duration.ofSeconds(3))
			.expect(headers(1).endStream(), rstStream(1, ErrorCode.CANCEL))
			.expectNothing();
		assertThat(quiet.connection().isInDoubt()).isFalse();
	}

	@Test
	void aServerThatHasJustSentSomethingIsNotTried() throws Exception {
		lateCall(Duration.ofSeconds(2));
		this.peer.call(get("/b"));
		this.peer.advance(Duration.ofMillis(1_900)).expect(headers(1).endStream(), headers(3).endStream());
		this.peer.send(headers(3).status(200), data(3, "x"));
		this.peer.advance(Duration.ofMillis(200)).expect(rstStream(1, ErrorCode.CANCEL)).expectNothing();
		assertThat(this.peer.connection().isInDoubt()).isFalse();
	}

	// ---- no more PINGs than servers bear ----

	@Test
	void pingsGetRareWhileTheServerSendsNothing() throws Exception {
		this.peer.call(get("/events"));
		assertThat(pings(Duration.ofMinutes(25))).containsExactly(10, 10, 20, 300, 300, 300, 300);
	}

	@Test
	void whatWeSendDoesNotMakeThemFrequentAgain() throws Exception {
		UploadStream out = this.peer.call(upload("/a")).upload();
		assertThat(pings(Duration.ofSeconds(45))).containsExactly(10, 10, 20);
		out.write(1);
		out.flush();
		this.peer.call(get("/b"));
		assertThat(pings(Duration.ofSeconds(200))).isEmpty();
	}

	@Test
	void aRequestBesideASilentStreamIsSentUnaskedRatherThanWithOnePingTooMany() throws Exception {
		this.peer.call(get("/events"));
		assertThat(pings(Duration.ofSeconds(80))).containsExactly(10, 10, 20);
		this.peer.call(post("/a", new byte[0]));
		this.peer.expect(headers(3).endStream()).expectNothing();
		this.peer.advance(Duration.ofSeconds(240)).expectNothing();
	}

	@Test
	void withNoPingLeftSilenceAlonePutsTheConnectionInDoubt() throws Exception {
		this.peer.call(get("/events"));
		this.peer.send(headers(1).status(200));
		pings(Duration.ofSeconds(42));
		assertThat(this.peer.connection().doubt()).isEqualTo(Doubt.NONE);
		this.peer.observer().take();
		this.peer.advance(Duration.ofSeconds(9)).expectNothing();
		assertThat(this.peer.connection().doubt()).isEqualTo(Doubt.SILENT);
		assertThat(this.peer.connection().isInDoubt()).isTrue();
		assertThat(this.peer.connection().canTakeNewRequest()).as("though others are better").isTrue();
		assertThat(this.peer.observer().take()).containsExactly("doubted");
		this.peer.advance(Duration.ofSeconds(100)).expectNothing();
		assertThat(this.peer.isClosed()).isFalse();
		this.peer.send(data(1, "x"));
		assertThat(this.peer.connection().doubt()).isEqualTo(Doubt.NONE);
		assertThat(this.peer.observer().take()).containsExactly("slotsFreed");
	}

	@Test
	void aTimeoutCostsNoPingThatRunningStreamsWouldPayFor() throws Exception {
		this.peer.call(get("/events"));
		assertThat(pings(Duration.ofSeconds(42))).containsExactly(10, 10, 20);
		lateCall(Duration.ofSeconds(2));
		this.peer.expect(headers(3).endStream());
		this.peer.advance(Duration.ofSeconds(3)).expect(rstStream(3, ErrorCode.CANCEL)).expectNothing();
		assertThat(this.peer.connection().doubt()).isEqualTo(Doubt.SILENT);
	}

	@Test
	void aSilentConnectionWithoutStreamsIsNoLongerInDoubt() throws Exception {
		this.peer.call(get("/events"));
		pings(Duration.ofSeconds(42));
		this.peer.advance(Duration.ofSeconds(10));
		assertThat(this.peer.connection().doubt()).isEqualTo(Doubt.SILENT);
		this.peer.send(rstStream(1, ErrorCode.CANCEL)).advance(Duration.ofSeconds(11));
		assertThat(this.peer.connection().doubt()).isEqualTo(Doubt.NONE);
	}

	@Test
	void aRequestIntoASilenceIsAskedAfterSoonerThanTheSilenceItself() throws Exception {
		this.peer.call(get("/events"));
		assertThat(pings(Duration.ofSeconds(21))).containsExactly(10, 10);
		this.peer.call(get("/a"));
		this.peer.advance(Duration.ofSeconds(9)).expect(headers(3).endStream()).expectNothing();
		this.peer.advance(Duration.ofMillis(300)).expect(ping(3)).expectNothing();
	}

	@Test
	void aCallThatTimesOutBeforeItCouldBeSentPutsItsConnectionInDoubt() throws Exception {
		this.peer.room(0);
		this.peer.call(post("/a", new byte[10]));
		this.peer.settle();
		lateCall(Duration.ofSeconds(2));
		this.peer.advance(Duration.ofMillis(2_100));
		assertThat(this.peer.connection().doubt()).isEqualTo(Doubt.ASKED);
		this.peer.advance(Duration.ofMillis(1_100));
		assertThat(this.peer.connection().tryReserve()).isFalse();
	}

	/** A stream is silent for hours, with a word now and then, and calls beside it. */
	@ParameterizedTest
	@ValueSource(longs = { 1, 2, 3, 4, 5 })
	void aGrpcServerNeverFindsThemTooMany(long seed) throws Exception {
		Random random = new Random(seed);
		GrpcPingCount count = new GrpcPingCount();
		this.peer.call(get("/events"));
		this.peer.send(headers(1).status(200));
		for (int second = 0; second < 4 * 3600; second++) {
			this.peer.advance(Duration.ofSeconds(1));
			int chance = random.nextInt(1200);
			if (chance == 0) {
				this.peer.send(data(1, "x"));
				count.sent();
			}
			if (chance == 1) {
				this.peer.call(get("/answered"));
			}
			for (PeerFrame frame : this.peer.rest()) {
				if (frame.type == PeerFrame.Type.HEADERS && frame.streamId > 1) {
					this.peer.send(headers(frame.streamId).status(200).endStream());
					count.sent();
				}
				if (frame.isPing()) {
					assertThat(count.isTooMany(second)).as("the PING after %d s", second).isFalse();
					this.peer.send(frame.acknowledged());
				}
			}
		}
		assertThat(count.pings()).isGreaterThan(40);
	}

	@Test
	void aServerThatHadTooManyGetsFewerOnItsNextConnections() throws Exception {
		this.peer.call(get("/events"));
		pings(Duration.ofSeconds(11));
		this.peer.send(goAway(1, ErrorCode.ENHANCE_YOUR_CALM));
		PingBackOff backOff = this.peer.resources().pingBackOff();
		assertThat(backOff.doublings(this.peer.connection().key().origin())).isEqualTo(1);
		ScriptedPeer next = new ScriptedPeer(this.peer.resources()).greet();
		next.call(get("/events"));
		assertThat(pings(next, Duration.ofSeconds(90))).containsExactly(20, 20, 40);
	}

	@Test
	void aServerThatWasNeverPingedComplainsOfSomethingElse() throws Exception {
		this.peer.call(get("/a"));
		this.peer.send(goAway(1, ErrorCode.ENHANCE_YOUR_CALM));
		assertThat(this.peer.resources().pingBackOff().doublings(this.peer.connection().key().origin())).isZero();
	}

	@Test
	void whatTheServerSendsMakesThemFrequentAgain() throws Exception {
		this.peer.call(get("/events"));
		assertThat(pings(Duration.ofSeconds(85))).containsExactly(10, 10, 20);
		// gRPC servers count from their own latest HEADERS or DATA on.
		this.peer.send(headers(1).status(200), data(1, "x"));
		assertThat(pings(Duration.ofSeconds(45))).containsExactly(10, 10, 20);
	}

	@Test
	void pingsOfOthersCountToo() throws Exception {
		this.peer.call(get("/events"));
		this.peer.expect(headers(1).endStream());
		for (int i = 1; i <= 2; i++) {
			CompletableFuture<Duration> measured = this.peer.connection().ping(Duration.ofSeconds(5));
			this.peer.expect(ping(i)).send(pingAck(i));
			assertThat(measured).isCompleted();
		}
		assertThat(pings(Duration.ofSeconds(325))).containsExactly(20, 300);
	}

	@Test
	void aProbeOfTheWindowCountsToo() throws Exception {
		Exchange call = this.peer.call(get("/large"));
		this.peer.send(headers(1).status(200));
		for (int i = 0; i < 10; i++) {
			this.peer.send(data(1, 16_000));
		}
		assertThat(call.body().readNBytes(160_000)).hasSize(160_000);
		List<PeerFrame> probes = this.peer.rest().stream().filter(PeerFrame::isPing).toList();
		assertThat(probes).hasSize(1);
		this.peer.send(probes.get(0).acknowledged());
		assertThat(pings(Duration.ofSeconds(335))).containsExactly(10, 20, 300);
	}

	@Test
	void somebodysPingThatIsOnItsWayWillDo() throws Exception {
		this.peer.call(get("/events"));
		this.peer.expect(headers(1).endStream());
		this.peer.advance(Duration.ofSeconds(9));
		CompletableFuture<Duration> measured = this.peer.connection().ping(Duration.ofSeconds(30));
		this.peer.expect(ping(1));
		this.peer.advance(Duration.ofMillis(1_100)).expectNothing();
		assertThat(this.peer.isClosed()).isFalse();
		this.peer.advance(Duration.ofMillis(5_100));
		assertThat(this.peer.isClosed()).isTrue();
		assertThat(measured).isCompletedExceptionally();
	}

	// ---- connections that are kept though they are idle ----

	@Test
	void aKeptConnectionIsAskedWhileItIsIdleAndThenRarely() {
		this.peer.connection().keepIdle(true);
		assertThat(pings(Duration.ofMinutes(20))).containsExactly(30, 30, 60, 300, 300, 300);
		this.peer.isAtRest();
	}

	@Test
	void aKeptConnectionWhosePeerIsGoneEndsBeforeAnybodyNeedsIt() {
		this.peer.connection().keepIdle(true);
		this.peer.advance(Duration.ofMillis(30_100)).expect(ping(1)).expectNothing();
		this.peer.advance(Duration.ofSeconds(5));
		assertThat(this.peer.isClosed()).isFalse();
		this.peer.advance(Duration.ofMillis(100));
		assertThat(this.peer.isClosed()).isTrue();
		assertThat(this.peer.observer().take()).containsExactly("doubted", "draining", "closed");
	}

	@Test
	void aRequestToAKeptConnectionThatIsAskedWaitsForThatAnswer() throws Exception {
		this.peer.connection().keepIdle(true);
		this.peer.advance(Duration.ofMillis(30_100)).expect(ping(1));
		Exchange call = this.peer.call(post("/a", new byte[0]));
		this.peer.expectNothing();
		this.peer.send(pingAck(1)).expect(headers(1).endStream());
		this.peer.send(headers(1).status(200).endStream());
		call.hasStatus(200);
	}

	@Test
	void aKeptConnectionIsNotAskedWithoutAProbeTime() {
		ScriptedPeer trusting = new ScriptedPeer((options) -> options.probeIdleAfter(Duration.ZERO)).greet();
		trusting.connection().keepIdle(true);
		trusting.advance(Duration.ofHours(1)).expectNothing();
	}

	@Test
	void aServerThatHasComplainedOfPingsGetsNoneWhileNothingRuns() {
		this.peer.connection().keepIdle(true);
		pings(Duration.ofSeconds(70));
		this.peer.send(goAway(0, ErrorCode.ENHANCE_YOUR_CALM));
		ScriptedPeer next = new ScriptedPeer(this.peer.resources()).greet();
		next.connection().keepIdle(true);
		next.advance(Duration.ofHours(1)).expectNothing();
		assertThat(next.isClosed()).isFalse();
	}

	/** A call that does not block and whose response must be there so soon. */
	private Exchange lateCall(Duration timeout) throws IOException {
		Exchange call = this.peer.call(get("/a"), new CallTimes(this.peer.in(timeout), 0, 0));
		call.stream().onResponse(() -> {
		});
		return call;
	}

	private List<Integer> pings(Duration time) {
		return pings(this.peer, time);
	}

	/** Answers every PING at once; returns the seconds between them. */
	private static List<Integer> pings(ScriptedPeer peer, Duration time) {
		List<Integer> gaps = new ArrayList<>();
		long tenths = 0;
		for (long passed = 0; passed < time.toMillis(); passed += 100) {
			peer.advance(Duration.ofMillis(100));
			tenths++;
			for (PeerFrame frame : peer.rest()) {
				if (frame.isPing()) {
					gaps.add((int) (tenths / 10));
					tenths = 0;
					peer.send(frame.acknowledged());
				}
			}
		}
		return gaps;
	}

	/**
	 * How gRPC servers count unless told otherwise: after each of their own HEADERS or
	 * DATA the first PING is free; each further one within five minutes of the one before
	 * is a strike; the third strike ends the connection.
	 */
	private static final class GrpcPingCount {

		private static final int MOST_STRIKES = 2;

		private static final int MIN_SECONDS = 300;

		private boolean free = true;

		private int strikes;

		private int last;

		private int pings;

		void sent() {
			this.free = true;
			this.strikes = 0;
		}

		boolean isTooMany(int second) {
			this.pings++;
			if (!this.free && second - this.last < MIN_SECONDS) {
				this.strikes++;
			}
			this.free = false;
			this.last = second;
			return this.strikes > MOST_STRIKES;
		}

		int pings() {
			return this.pings;
		}

	}

}
