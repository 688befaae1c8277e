package io.github.h2transport.conformance;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

import io.github.h2transport.ErrorCode;
import io.github.h2transport.StreamException;
import io.github.h2transport.testkit.peer.Exchange;
import io.github.h2transport.testkit.peer.PeerFrame;
import io.github.h2transport.testkit.peer.ScriptedWriter;
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
import static io.github.h2transport.frame.Octets.DATA;
import static io.github.h2transport.frame.Octets.HEADERS;
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

/** RFC 9113 sections 5.2 and 6.9: flow control, both ways. */
@Timeout(30)
@ExtendWith(ClosesPeers.class)
class Section6_9FlowControlTests {

	private static final int INITIAL_WINDOW_SIZE = 0x4;

	private static final int DEFAULT_WINDOW = 65_535;

	private static final int MAX_WINDOW = Integer.MAX_VALUE;

	private static final int FRAME = 16_384;

	private final WirePeer peer = new WirePeer().greet();

	// ---- WINDOW_UPDATE frames ----

	@Test
	void anIncrementOfZeroForAStreamIsAStreamError() throws Exception {
		new TwoRequests().receive(frame(WINDOW_UPDATE, 0, STREAM, "00000000")).streamError(ErrorCode.PROTOCOL_ERROR);
	}

	@Test
	void anIncrementOfZeroForTheConnectionIsAConnectionError() throws Exception {
		new TwoRequests().receive(frame(WINDOW_UPDATE, 0, 0, "00000000")).connectionError(ErrorCode.PROTOCOL_ERROR);
	}

	@ParameterizedTest
	@ValueSource(strings = { "000001", "0000000001" })
	void anyOtherLengthThanFourIsAConnectionError(String payload) throws Exception {
		new TwoRequests().receive(frame(WINDOW_UPDATE, 0, STREAM, payload)).connectionError(ErrorCode.FRAME_SIZE_ERROR);
	}

	@ParameterizedTest
	@ValueSource(ints = { IDLE, 2 })
	void aWindowUpdateForAnIdleStreamIsAConnectionError(int stream) throws Exception {
		new TwoRequests().receive(frame(WINDOW_UPDATE, 0, stream, "00000001"))
			.connectionError(ErrorCode.PROTOCOL_ERROR);
	}

	@Test
	void aWindowUpdateForAStreamThatHasEndedIsIgnored() throws Exception {
		TwoRequests two = new TwoRequests().answer();
		two.receive(frame(WINDOW_UPDATE, 0, STREAM, "7fffffff"), frame(WINDOW_UPDATE, 0, STREAM, "00000000"))
			.neighbourIsUnhurt();
	}

	@Test
	void aStreamWindowMayReachTheMaximumAndNotExceedIt() throws Exception {
		TwoRequests two = new TwoRequests();
		two.receive(frame(WINDOW_UPDATE, 0, STREAM, "7fff0000"));
		two.peer().expectNothing();
		two.receive(frame(WINDOW_UPDATE, 0, STREAM, "00000001")).streamError(ErrorCode.FLOW_CONTROL_ERROR);
	}

	@Test
	void theConnectionWindowMayReachTheMaximumAndNotExceedIt() throws Exception {
		TwoRequests two = new TwoRequests();
		two.receive(frame(WINDOW_UPDATE, 0, 0, "7fff0000"));
		two.peer().expectNothing();
		two.receive(frame(WINDOW_UPDATE, 0, 0, "00000001")).connectionError(ErrorCode.FLOW_CONTROL_ERROR);
	}

	// ---- what we send ----

	@Test
	void noOctetIsSentBeyondTheStreamWindow() throws Exception {
		this.peer.send(settings(INITIAL_WINDOW_SIZE, 10)).expect(settingsAck());
		this.peer.call(post("/", new byte[25]));
		this.peer.expect(headers(1), data(1, 10)).expectNothing();
		this.peer.send(windowUpdate(1, 14)).expect(data(1, 14)).expectNothing();
		this.peer.send(windowUpdate(1, 1)).expect(data(1, 1).endStream());
	}

	@Test
	void noOctetIsSentBeyondTheConnectionWindow() throws Exception {
		this.peer.send(settings(INITIAL_WINDOW_SIZE, MAX_WINDOW)).expect(settingsAck());
		this.peer.call(post("/", new byte[DEFAULT_WINDOW + 2]));
		this.peer.expect(headers(1), data(1, FRAME), data(1, FRAME), data(1, FRAME), data(1, FRAME - 1))
			.expectNothing();
		this.peer.send(windowUpdate(1, 0x7000)).expectNothing();
		this.peer.send(windowUpdate(0, 1)).expect(data(1, 1)).expectNothing();
		this.peer.send(windowUpdate(0, 5)).expect(data(1, 1).endStream());
	}

	@Test
	void onlyDataIsFlowControlled() throws Exception {
		this.peer.send(settings(INITIAL_WINDOW_SIZE, 0)).expect(settingsAck());
		Exchange blocked = this.peer.call(post("/", new byte[1]));
		this.peer.call(get("/"));
		this.peer.send(PeerFrame.ping(1));
		this.peer.expect(headers(1), headers(3).endStream(), PeerFrame.pingAck(1)).expectNothing();
		blocked.cancel();
		this.peer.expect(rstStream(1, ErrorCode.CANCEL)).expectNothing();
	}

	@Test
	void anEmptyFrameThatEndsTheStreamNeedsNoWindow() throws Exception {
		this.peer.send(settings(INITIAL_WINDOW_SIZE, 4)).expect(settingsAck());
		Exchange call = this.peer.call(upload("/"));
		ScriptedWriter out = call.upload();
		out.write(new byte[4]);
		this.peer.expect(headers(1)).await(data(1, 4)).expectNothing();
		this.peer.send(settings(INITIAL_WINDOW_SIZE, 0)).expect(settingsAck());
		out.end();
		this.peer.expect(data(1, 0).endStream());
	}

	@Test
	void aSmallerInitialWindowReachesOpenStreamsAndMayMakeThemNegative() throws Exception {
		// The example of section 6.9.2: 60 KB sent, then 16 KB announced, is minus 44 KB.
		this.peer.send(windowUpdate(0, 1 << 20), settings(INITIAL_WINDOW_SIZE, 60 * 1024)).expect(settingsAck());
		this.peer.call(post("/", new byte[60 * 1024 + 1]));
		assertThat(contentOf(this.peer.rest())).isEqualTo(60 * 1024);
		this.peer.send(settings(INITIAL_WINDOW_SIZE, 16 * 1024)).expect(settingsAck()).expectNothing();
		this.peer.send(windowUpdate(1, 44 * 1024)).expectNothing();
		this.peer.send(windowUpdate(1, 1)).expect(data(1, 1).endStream());
	}

	@Test
	void aLargerInitialWindowReachesOpenStreams() throws Exception {
		this.peer.send(settings(INITIAL_WINDOW_SIZE, 1)).expect(settingsAck());
		this.peer.call(post("/", new byte[5]));
		this.peer.expect(headers(1), data(1, 1)).expectNothing();
		this.peer.send(settings(INITIAL_WINDOW_SIZE, 5)).expect(settingsAck(), data(1, 4).endStream());
	}

	@Test
	void anInitialWindowDoesNotReachTheConnection() throws Exception {
		this.peer.call(post("/", new byte[DEFAULT_WINDOW + 1]));
		assertThat(contentOf(this.peer.rest())).isEqualTo(DEFAULT_WINDOW);
		this.peer.send(settings(INITIAL_WINDOW_SIZE, 1 << 20)).expect(settingsAck()).expectNothing();
		this.peer.send(windowUpdate(0, 1)).expect(data(1, 1).endStream());
	}

	@Test
	void anInitialWindowThatLiftsAnOpenStreamAboveTheMaximumIsAConnectionError() throws Exception {
		TwoRequests two = new TwoRequests();
		two.receive(frame(WINDOW_UPDATE, 0, STREAM, "00000001"), frame(0x4, 0, 0, "0004 7fffffff"))
			.connectionError(ErrorCode.FLOW_CONTROL_ERROR);
	}

	@Test
	void anInitialWindowIsInForceForTheFramesBehindIt() throws Exception {
		// The window is 0 when the update comes, so the maximum is not exceeded.
		Exchange call = this.peer.call(upload("/"));
		this.peer.expect(headers(1));
		this.peer.send(settings(INITIAL_WINDOW_SIZE, 0), windowUpdate(1, MAX_WINDOW))
			.expect(settingsAck())
			.expectNothing();
		call.upload().write(new byte[1]);
		this.peer.await(data(1, 1));
	}

	@Test
	void anInitialWindowIsJudgedByWhatCameBeforeIt() throws Exception {
		// Raised to the maximum, lowered again, and only then more credit.
		this.peer.call(upload("/"));
		this.peer.expect(headers(1));
		this.peer
			.send(settings(INITIAL_WINDOW_SIZE, MAX_WINDOW), settings(INITIAL_WINDOW_SIZE, 0), windowUpdate(1, 100))
			.expect(settingsAck(), settingsAck())
			.expectNothing();
	}

	@Test
	void aStreamThatIsLiftedAboveTheMaximumBehindNewSettingsIsAStreamError() throws Exception {
		TwoRequests two = new TwoRequests();
		two.receive(frame(0x4, 0, 0, "0004 7fffffff"), frame(WINDOW_UPDATE, 0, STREAM, "00000001"));
		two.peer().expect(settingsAck());
		two.streamError(ErrorCode.FLOW_CONTROL_ERROR);
	}

	/** A server that keeps the books, and gives and takes credit at random. */
	@ParameterizedTest
	@ValueSource(longs = { 1, 2, 3, 4, 5, 6, 7, 8 })
	void noWindowIsEverExceeded(long seed) throws Exception {
		Random random = new Random(seed);
		int[] left = { 90_000, 40_000, 70_000 };
		long[] granted = new long[left.length];
		long initial = DEFAULT_WINDOW;
		long connection = DEFAULT_WINDOW;
		for (int octets : left) {
			this.peer.call(post("/", new byte[octets]));
		}
		for (int turn = 0; left[0] + left[1] + left[2] > 0; turn++) {
			assertThat(turn).as("turns").isLessThan(10_000);
			for (PeerFrame frame : this.peer.rest()) {
				if (frame.isData()) {
					int stream = frame.streamId() / 2;
					left[stream] -= frame.length();
					granted[stream] -= frame.length();
					connection -= frame.length();
					assertThat(initial + granted[stream]).as("window of stream %d", frame.streamId()).isNotNegative();
					assertThat(connection).as("window of the connection").isNotNegative();
				}
			}
			int credit = 1 + random.nextInt(5000);
			switch (random.nextInt(3)) {
				case 0 -> {
					int stream = random.nextInt(left.length);
					granted[stream] += credit;
					this.peer.send(windowUpdate(2 * stream + 1, credit));
				}
				case 1 -> {
					connection += credit;
					this.peer.send(windowUpdate(0, credit));
				}
				default -> {
					initial = random.nextInt(2 * DEFAULT_WINDOW);
					this.peer.send(settings(INITIAL_WINDOW_SIZE, initial));
				}
			}
		}
		this.peer.settle();
	}

	// ---- what we receive ----

	@Test
	void contentBeyondAStreamWindowIsAStreamError() throws Exception {
		TwoRequests two = new TwoRequests(new WirePeer((options) -> options.initialWindowSize(DEFAULT_WINDOW)).greet());
		two.receive(frame(HEADERS, END_HEADERS, STREAM, OK));
		for (int i = 0; i < 3; i++) {
			two.receive(frame(DATA, 0, STREAM, new byte[FRAME]));
		}
		two.receive(frame(DATA, 0, STREAM, new byte[FRAME - 1]));
		two.peer().expectNothing();
		two.receive(frame(DATA, 0, STREAM, "00"));
		two.peer().expect(rstStream(STREAM, ErrorCode.FLOW_CONTROL_ERROR)).expectNothing();
		two.exchange().hasStatus(200);
		assertThat(two.exchange().text(DEFAULT_WINDOW)).hasSize(DEFAULT_WINDOW);
		assertThat(two.exchange().bodyFailure()).isInstanceOfSatisfying(StreamException.class,
				(failure) -> assertThat(failure.context().code()).isEqualTo(ErrorCode.FLOW_CONTROL_ERROR));
		two.neighbourIsUnhurt();
	}

	@Test
	void contentBeyondTheConnectionWindowIsAConnectionError() throws Exception {
		WirePeer small = new WirePeer((options) -> options.connectionWindowSize(DEFAULT_WINDOW)).greetWithoutUpdate();
		TwoRequests two = new TwoRequests(small).cancel();
		// What nobody wants is given back, but only behind what was read in one go.
		two.receive(frame(DATA, 0, STREAM, new byte[FRAME]));
		small.expectNothing();
		two.receive(frame(DATA, 0, STREAM, new byte[FRAME]), frame(DATA, 0, STREAM, new byte[FRAME]),
				frame(DATA, 0, STREAM, new byte[FRAME]), frame(DATA, 0, STREAM, new byte[FRAME]));
		small.expect(windowUpdate(0, 3 * FRAME), goAway(0, ErrorCode.FLOW_CONTROL_ERROR)).expectNothing();
	}

	/** DATA that is ignored or in error counts for the connection all the same. */
	@ParameterizedTest
	@ValueSource(strings = { "reset", "before the head", "padding" })
	void everyDataFrameCountsForTheConnection(String kind) throws Exception {
		TwoRequests two = new TwoRequests();
		if (kind.equals("reset")) {
			two.cancel();
		}
		if (kind.equals("padding")) {
			two.receive(frame(HEADERS, END_HEADERS, STREAM, OK));
		}
		long window = two.peer().receiveWindow();
		byte[] payload = new byte[1000];
		if (kind.equals("padding")) {
			payload[0] = (byte) 255;
		}
		two.receive(frame(DATA, kind.equals("padding") ? 0x8 : 0, STREAM, payload));
		assertThat(two.peer().receiveWindow()).isEqualTo(window - 1000);
		if (kind.equals("padding")) {
			two.receive(frame(DATA, END_STREAM, STREAM, ""));
			assertThat(two.exchange().text()).hasSize(744);
		}
		else if (!kind.equals("reset")) {
			two.peer().expect(rstStream(STREAM, ErrorCode.PROTOCOL_ERROR));
		}
		two.neighbourIsUnhurt();
	}

	@Test
	void creditIsGivenBackForWhatIsIgnored() throws Exception {
		WirePeer small = new WirePeer((options) -> options.connectionWindowSize(DEFAULT_WINDOW)).greetWithoutUpdate();
		TwoRequests two = new TwoRequests(small).cancel();
		for (int i = 0; i < 50; i++) {
			two.receive(frame(DATA, 0, STREAM, new byte[FRAME]), frame(DATA, 0, STREAM, new byte[FRAME]));
			small.expect(windowUpdate(0, 2 * FRAME));
		}
		two.neighbourIsUnhurt();
	}

	@Test
	void aStreamThatWasResetGetsNoCredit() throws Exception {
		TwoRequests two = new TwoRequests().receive(frame(HEADERS, END_HEADERS, STREAM, OK));
		List<byte[]> content = new ArrayList<>();
		for (int i = 0; i < 15; i++) {
			content.add(frame(DATA, 0, STREAM, new byte[FRAME]));
		}
		two.receive(content.toArray(byte[][]::new));
		two.peer().expectNothing();
		two.receive(frame(0x3, 0, STREAM, "00000008"));
		assertThat(two.exchange().text(15 * FRAME)).hasSize(15 * FRAME);
		two.neighbourIsUnhurt();
	}

	private static int contentOf(List<PeerFrame> frames) {
		return frames.stream().filter(PeerFrame::isData).mapToInt(PeerFrame::length).sum();
	}

}
