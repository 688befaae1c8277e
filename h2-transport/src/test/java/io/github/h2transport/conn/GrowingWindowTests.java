package io.github.h2transport.conn;

import java.io.IOException;
import java.time.Duration;
import java.util.function.UnaryOperator;

import io.github.h2transport.CallCancelledException;
import io.github.h2transport.ErrorCode;
import io.github.h2transport.FailureContext;
import io.github.h2transport.Initiator;
import io.github.h2transport.Phase;
import io.github.h2transport.TransportOptions;
import io.github.h2transport.conn.SimulatedPath.Reader;
import io.github.h2transport.testkit.peer.PeerFrame;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static io.github.h2transport.conn.ScriptedPeer.get;
import static io.github.h2transport.testkit.peer.PeerFrame.data;
import static io.github.h2transport.testkit.peer.PeerFrame.headers;
import static io.github.h2transport.testkit.peer.PeerFrame.windowUpdate;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * RFC 9113 section 5.2: a path of 50 ms, on a clock that a test moves. A fixed window
 * carries one window in a round trip, however fast the path is.
 */
@Timeout(60)
class GrowingWindowTests {

	private static final int WINDOW = 256 * 1024;

	private static final int MAX_WINDOW = 16 * 1024 * 1024;

	private static final Duration ROUND_TRIP = Duration.ofMillis(50);

	private static final Duration SECOND = Duration.ofSeconds(1);

	/** 40 MB in a second, so that 2 MB are on their way. */
	private static final int FAST = 40_000;

	/** 2 MB in a second: the initial window is more than enough. */
	private static final int SLOW = 2_000;

	private static final int EVERYTHING = Integer.MAX_VALUE;

	private ScriptedPeer peer = new ScriptedPeer().greet();

	private SimulatedPath path(int octetsPerTick) {
		return new SimulatedPath(this.peer, ROUND_TRIP, octetsPerTick);
	}

	private void options(UnaryOperator<TransportOptions.Builder> options) {
		this.peer = new ScriptedPeer(options).greet();
	}

	private static long octetsInASecond(SimulatedPath path, Reader reader) throws Exception {
		long before = reader.octets();
		path.run(SECOND);
		return reader.octets() - before;
	}

	@Test
	void aFixedWindowIsAllThatARoundTripBrings() throws Exception {
		options((all) -> all.maxWindowSize(0));
		SimulatedPath path = path(FAST);
		Reader reader = path.call(EVERYTHING);
		path.run(SECOND);
		assertThat(octetsInASecond(path, reader)).isLessThan(21 * WINDOW);
		assertThat(path.pings()).isEmpty();
	}

	@Test
	void aWindowGrowsUntilThePathIsFull() throws Exception {
		SimulatedPath path = path(FAST);
		Reader reader = path.call(EVERYTHING);
		path.run(SECOND);
		assertThat(octetsInASecond(path, reader)).isGreaterThan(1000 * FAST * 95 / 100);
		// Twice what is on its way, for the half that is not announced yet.
		assertThat(reader.window()).isEqualTo(4 * 1024 * 1024);
		// It was there after some round trips already.
		assertThat(path.updates()).isLessThan(60);
	}

	@Test
	void aWindowThatIsLargeEnoughStays() throws Exception {
		SimulatedPath path = path(SLOW);
		Reader reader = path.call(EVERYTHING);
		path.run(SECOND.multipliedBy(30));
		assertThat(reader.window()).isEqualTo(WINDOW);
	}

	@Test
	void queuesBeforeThePathDoNotMakeTheWindowGrow() throws Exception {
		// 250 KB are on their way. All that a larger window sends waits in a queue, and
		// every PING behind it.
		SimulatedPath path = path(5_000);
		Reader reader = path.call(EVERYTHING);
		path.run(SECOND.multipliedBy(60));
		assertThat(reader.window()).isLessThanOrEqualTo(4 * WINDOW);
	}

	@Test
	void aSlowReaderKeepsItsWindowAndItsBufferSmall() throws Exception {
		SimulatedPath path = path(FAST);
		Reader reader = path.call(1_000);
		for (int i = 0; i < 100; i++) {
			path.run(Duration.ofMillis(100));
			assertThat(reader.window()).isEqualTo(WINDOW);
			assertThat(reader.buffered()).isLessThanOrEqualTo(WINDOW);
		}
	}

	@Test
	void aSlowReaderBesideAFastOneKeepsItsWindow() throws Exception {
		SimulatedPath path = path(FAST);
		Reader slow = path.call(1_000);
		Reader fast = path.call(EVERYTHING);
		path.run(SECOND.multipliedBy(3));
		assertThat(fast.window()).isGreaterThanOrEqualTo(8 * WINDOW);
		assertThat(slow.window()).isEqualTo(WINDOW);
		assertThat(this.peer.resources().budget().buffered()).isLessThanOrEqualTo(WINDOW);
	}

	@Test
	void theWindowOfAReaderThatHasBecomeSlowShrinksToItsStart() throws Exception {
		SimulatedPath path = path(FAST);
		Reader reader = path.call(EVERYTHING);
		path.run(SECOND);
		long most = reader.window();
		assertThat(most).isGreaterThan(WINDOW);
		reader.octetsPerTick(1_000);
		path.run(SECOND);
		assertThat(reader.buffered()).isLessThanOrEqualTo(most);
		path.run(SECOND.multipliedBy(29));
		assertThat(reader.window()).isEqualTo(WINDOW);
		assertThat(reader.buffered()).isLessThanOrEqualTo(WINDOW);
		assertThat(this.peer.resources().budget().reserved()).isZero();
	}

	@Test
	void theNextStreamBeginsWithWhatWasLearnt() throws Exception {
		SimulatedPath path = path(FAST);
		int octets = 8 * 1024 * 1024;
		Reader first = path.call(EVERYTHING);
		Duration firstTook = path.timeFor(first, octets);
		cancel(first);
		path.run(SECOND);
		Reader second = path.call(EVERYTHING);
		Duration secondTook = path.timeFor(second, octets);
		assertThat(firstTook).isLessThan(ROUND_TRIP.multipliedBy(14));
		// At the full speed of the path it takes 210 ms and a round trip for the request.
		assertThat(secondTook).isLessThan(ROUND_TRIP.multipliedBy(7)).isLessThan(firstTook.minus(ROUND_TRIP));
	}

	@Test
	void whereBodiesAreLargeTheNextStreamIsOpenedWithALargeWindow() throws Exception {
		Exchange first = this.peer.call(get("/a"));
		this.peer.send(headers(1).status(200));
		growOnce(first);
		this.peer.send(data(1, "more").endStream()).rest();
		Exchange second = this.peer.call(get("/b"));
		this.peer.expect(headers(3).endStream(), windowUpdate(3, WINDOW)).expectNothing();
		assertThat(second.stream().receiveWindow().available()).isEqualTo(2 * WINDOW);
		assertThat(this.peer.resources().budget().reserved()).isEqualTo(WINDOW);
		this.peer.send(headers(3).status(200).endStream());
		assertThat(this.peer.resources().budget().reserved()).isZero();
	}

	@Test
	void afterAFewSmallBodiesNoLargeWindowIsAnnounced() throws Exception {
		Exchange first = this.peer.call(get("/a"));
		this.peer.send(headers(1).status(200));
		growOnce(first);
		this.peer.send(data(1, "more").endStream()).rest();
		for (int id = 3; id < 3 + 2 * 8; id += 2) {
			this.peer.call(get("/b"));
			this.peer.expect(headers(id).endStream(), windowUpdate(id, WINDOW)).expectNothing();
			this.peer.send(headers(id).status(200).endStream());
		}
		this.peer.call(get("/c"));
		this.peer.expect(headers(19).endStream()).expectNothing();
	}

	@Test
	void pingsAreFewAndSpaced() throws Exception {
		SimulatedPath path = path(FAST);
		path.call(EVERYTHING);
		path.call(EVERYTHING);
		path.run(SECOND.multipliedBy(8));
		assertThat(path.pings()).hasSizeBetween(1, 4);
		for (int i = 1; i < path.pings().size(); i++) {
			assertThat(path.pings().get(i) - path.pings().get(i - 1)).isGreaterThanOrEqualTo(300);
		}
	}

	@Test
	void theRoundTripIsShown() throws Exception {
		SimulatedPath path = path(FAST);
		path.call(EVERYTHING);
		path.run(SECOND);
		assertThat(this.peer.connection().snapshot().diagnostics().pingRoundTrip()).isBetween(ROUND_TRIP,
				ROUND_TRIP.multipliedBy(3));
	}

	@Test
	void smallResponsesCostNoPingAndNoUpdate() throws Exception {
		for (int i = 0; i < 50; i++) {
			int id = 2 * i + 1;
			Exchange call = this.peer.call(get("/"));
			this.peer.send(headers(id).status(200), data(id, 10_000), data(id, 10_000).endStream());
			assertThat(call.body().readAllBytes()).hasSize(20_000);
			assertThat(call.stream().growth()).isNull();
			this.peer.expect(headers(id).endStream()).expectNothing();
		}
	}

	@Test
	void noWindowGrowsWhenMemoryIsShort() throws Exception {
		this.peer.resources().budget().add(Integer.MAX_VALUE);
		SimulatedPath path = path(FAST);
		Reader reader = path.call(EVERYTHING);
		path.run(SECOND);
		assertThat(reader.window()).isEqualTo(WINDOW);
		assertThat(this.peer.resources().budget().reserved()).isZero();
	}

	@Test
	void whatWindowsHaveGrownByIsReservedUntilTheStreamEnds() throws Exception {
		SimulatedPath path = path(FAST);
		Reader first = path.call(EVERYTHING);
		Reader second = path.call(EVERYTHING);
		path.run(SECOND);
		assertThat(this.peer.resources().budget().reserved()).isEqualTo(first.window() + second.window() - 2 * WINDOW)
			.isPositive();
		cancel(first);
		path.run(SECOND);
		assertThat(this.peer.resources().budget().reserved()).isEqualTo(second.window() - WINDOW);
		this.peer.endOfInput();
		assertThat(this.peer.resources().budget().reserved()).isZero();
	}

	@Test
	void theWindowNeverGrowsBeyondItsMaximum() throws Exception {
		options((all) -> all.maxWindowSize(3 * WINDOW));
		SimulatedPath path = path(FAST);
		Reader reader = path.call(EVERYTHING);
		path.run(SECOND);
		assertThat(reader.window()).isEqualTo(3 * WINDOW);
	}

	@Test
	void norBeyondTheWindowOfTheConnection() throws Exception {
		options((all) -> all.connectionWindowSize(2 * WINDOW).maxWindowSize(MAX_WINDOW));
		SimulatedPath path = path(FAST);
		Reader reader = path.call(EVERYTHING);
		path.run(SECOND);
		assertThat(reader.window()).isEqualTo(2 * WINDOW);
	}

	@Test
	void theLargerWindowIsInForceBeforeThePeerHearsOfIt() throws Exception {
		// RFC 9113 section 6.9: or the first octets that use it would be an error.
		Exchange call = this.peer.call(get("/"));
		this.peer.send(headers(1).status(200));
		growOnce(call);
		this.peer.expect(windowUpdate(1, WINDOW / 2 + WINDOW)).expectNothing();
		sendWindow();
		sendWindow();
		this.peer.expectNothing();
		this.peer.send(data(1, 1)).expect(PeerFrame.rstStream(1, ErrorCode.FLOW_CONTROL_ERROR));
	}

	@Test
	void aStreamThatEndsByItselfGivesBackWhatItHasGrownBy() throws Exception {
		Exchange call = this.peer.call(get("/"));
		this.peer.send(headers(1).status(200));
		growOnce(call);
		assertThat(this.peer.resources().budget().reserved()).isEqualTo(WINDOW);
		this.peer.send(data(1, 1).endStream());
		assertThat(this.peer.resources().budget().reserved()).isZero();
		call.response().close();
		this.peer.isAtRest();
	}

	/** A window that is read within a round trip. */
	private void growOnce(Exchange call) throws IOException {
		sendWindow();
		assertThat(call.body().readNBytes(WINDOW / 2)).hasSize(WINDOW / 2);
		this.peer.expect(headers(1).endStream(), windowUpdate(1, WINDOW / 2));
		PeerFrame ping = this.peer.rest().get(0);
		this.peer.loop().passTime(ROUND_TRIP);
		this.peer.send(PeerFrame.pingAck(ping.value));
		this.peer.wire().beforeWrite(() -> assertThat(call.stream().receiveWindow().available()).isEqualTo(2 * WINDOW));
		assertThat(call.body().readNBytes(WINDOW / 2)).hasSize(WINDOW / 2);
		this.peer.settle();
		this.peer.wire().beforeWrite(null);
	}

	private void sendWindow() {
		for (int sent = 0; sent < WINDOW; sent += 16_384) {
			this.peer.send(data(1, 16_384));
		}
	}

	private static void cancel(Reader reader) {
		reader.stream()
			.cancel(ErrorCode.CANCEL,
					new CallCancelledException("left", null, FailureContext.of(Initiator.CALLER, Phase.RESPONSE_BODY)));
	}

}
