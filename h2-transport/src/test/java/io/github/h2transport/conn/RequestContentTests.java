package io.github.h2transport.conn;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

import io.github.h2transport.CallCancelledException;
import io.github.h2transport.ConnectionException;
import io.github.h2transport.ErrorCode;
import io.github.h2transport.FailureContext;
import io.github.h2transport.Http2TimeoutException;
import io.github.h2transport.Initiator;
import io.github.h2transport.InvalidRequestException;
import io.github.h2transport.Phase;
import io.github.h2transport.testkit.peer.PeerFrame;
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
import static io.github.h2transport.testkit.peer.PeerFrame.windowUpdate;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/** RFC 9113 sections 5.2, 6.9 and 8.1: the content of requests. */
@Timeout(30)
class RequestContentTests {

	/** So long the server may end a stream itself that it has answered. */
	private static final Duration SERVERS_TURN = Duration.ofMillis(20);

	private static final int FRAME = 16_384;

	private final ScriptedPeer peer = new ScriptedPeer().greet();

	@Test
	void endStreamGoesOutWithTheLastOctets() throws Exception {
		this.peer.call(post("/a", new byte[FRAME + 10]));
		this.peer.expect(headers(1).with("content-length", "16394"), data(1, FRAME), data(1, 10).endStream());
	}

	@Test
	void contentArrivesAsItWasWritten() throws Exception {
		byte[] octets = new byte[50_000];
		new Random(7).nextBytes(octets);
		this.peer.call(post("/a", octets));
		this.peer.expect(headers(1), data(1, Arrays.copyOfRange(octets, 0, FRAME)),
				data(1, Arrays.copyOfRange(octets, FRAME, 2 * FRAME)),
				data(1, Arrays.copyOfRange(octets, 2 * FRAME, 3 * FRAME)),
				data(1, Arrays.copyOfRange(octets, 3 * FRAME, 50_000)).endStream());
	}

	@Test
	void contentOfUnknownLengthEndsWhenItsWriterCloses() throws Exception {
		Exchange call = this.peer.call(upload("/a"));
		try (UploadStream out = call.upload()) {
			out.write("one".getBytes());
			this.peer.expect(headers(1)).expectNothing().pause().expect(data(1, "one")).expectNothing();
			out.write("two".getBytes());
		}
		this.peer.expect(data(1, "two").endStream());
	}

	@Test
	void contentThatTurnsOutEmptyEndsWithAnEmptyFrame() throws Exception {
		Exchange call = this.peer.call(upload("/a"));
		call.upload().close();
		this.peer.expect(headers(1), data(1, 0).endStream());
	}

	@Test
	void framesAreNoLargerThanTheServerTakes() throws Exception {
		this.peer.send(settings(0x5, 20_000)).expect(settingsAck());
		this.peer.call(post("/a", new byte[30_000]));
		this.peer.expect(headers(1), data(1, 20_000), data(1, 10_000).endStream());
	}

	@Test
	void theOlderOfTwoUploadsGoesFirst() throws Exception {
		this.peer.holdCallsBack();
		this.peer.call(post("/a", new byte[2 * FRAME]));
		this.peer.call(post("/b", new byte[2 * FRAME]));
		this.peer.send(windowUpdate(0, 1_000_000));
		this.peer.expect(headers(1), headers(3), data(1, FRAME), data(1, FRAME).endStream(), data(3, FRAME),
				data(3, FRAME - 1), data(3, 1).endStream());
	}

	// ---- windows ----

	@Test
	void aFullStreamWindowStopsTheUploadUntilItIsUpdated() throws Exception {
		this.peer.send(settings(0x4, 10)).expect(settingsAck());
		this.peer.call(post("/a", new byte[25]));
		this.peer.expect(headers(1), data(1, 10)).expectNothing();
		this.peer.send(windowUpdate(1, 5)).expect(data(1, 5)).expectNothing();
		this.peer.send(windowUpdate(1, 100)).expect(data(1, 10).endStream());
	}

	@Test
	void aFullConnectionWindowStopsEveryUpload() throws Exception {
		this.peer.call(post("/a", new byte[65_535]));
		this.peer.settle();
		assertThat(contentOf(this.peer.rest(), 1)).isEqualTo(65_535);
		this.peer.call(post("/b", new byte[5]));
		this.peer.expect(headers(3)).expectNothing();
		this.peer.send(windowUpdate(3, 100)).expectNothing();
		this.peer.send(windowUpdate(0, 3)).expect(data(3, 3)).expectNothing();
		this.peer.send(windowUpdate(0, 100)).expect(data(3, 2).endStream());
	}

	@Test
	void endStreamNeedsNoWindow() throws Exception {
		this.peer.send(settings(0x4, 0)).expect(settingsAck());
		Exchange call = this.peer.call(upload("/a"));
		call.upload().close();
		this.peer.expect(headers(1), data(1, 0).endStream());
	}

	@Test
	void aLargerInitialWindowWakesTheUploads() throws Exception {
		this.peer.send(settings(0x4, 0)).expect(settingsAck());
		this.peer.call(post("/a", new byte[7]));
		this.peer.expect(headers(1)).expectNothing();
		this.peer.send(settings(0x4, 5)).expect(settingsAck(), data(1, 5)).expectNothing();
		this.peer.send(settings(0x4, 100)).expect(settingsAck(), data(1, 2).endStream());
	}

	@Test
	void aWindowMayBecomeNegative() throws Exception {
		// RFC 9113 section 6.9.2.
		this.peer.send(settings(0x4, 20)).expect(settingsAck());
		Exchange call = this.peer.call(post("/a", new byte[40]));
		this.peer.expect(headers(1), data(1, 20));
		this.peer.send(settings(0x4, 5)).expect(settingsAck()).expectNothing();
		assertThat(this.peer.connection().snapshot().streams().get(0).sendWindow()).isEqualTo(-15);
		assertThat(this.peer.connection().snapshot().streams().get(0).waitingFor())
			.isEqualTo(StreamSnapshot.WaitingFor.STREAM_WINDOW);
		this.peer.send(windowUpdate(1, 15)).expectNothing();
		this.peer.send(windowUpdate(1, 4)).expect(data(1, 4)).expectNothing();
		this.peer.send(rstStream(1, ErrorCode.CANCEL));
		assertThat(call.stream().isUploadStopped()).isTrue();
		this.peer.isAtRest();
	}

	@Test
	void aStreamWindowAboveTheMaximumEndsTheStream() throws Exception {
		// RFC 9113 section 6.9.1.
		this.peer.call(get("/a"));
		this.peer.send(windowUpdate(1, Integer.MAX_VALUE))
			.expect(headers(1).endStream(), rstStream(1, ErrorCode.FLOW_CONTROL_ERROR))
			.isAtRest();
	}

	@Test
	void aConnectionWindowAboveTheMaximumEndsTheConnection() {
		this.peer.send(windowUpdate(0, Integer.MAX_VALUE)).expect(goAway(0, ErrorCode.FLOW_CONTROL_ERROR));
	}

	@Test
	void anInitialWindowThatLiftsAStreamAboveTheMaximumEndsTheConnection() throws Exception {
		// RFC 9113 section 6.9.2.
		this.peer.call(upload("/a"));
		this.peer.send(windowUpdate(1, Integer.MAX_VALUE - 65_535)).expect(headers(1)).expectNothing();
		this.peer.send(settings(0x4, 65_536)).expect(goAway(0, ErrorCode.FLOW_CONTROL_ERROR));
	}

	// ---- writers ----

	@Test
	void aWriterWaitsWhileThreeChunksAreOnTheirWay() throws Exception {
		this.peer.send(settings(0x4, 0)).expect(settingsAck());
		Exchange call = this.peer.call(upload("/a"));
		UploadStream out = call.upload();
		Caller<Boolean> writer = Caller.of(() -> {
			out.write(new byte[3 * 32 * 1024]);
			out.close();
			return true;
		}).parked();
		this.peer.expect(headers(1)).expectNothing();
		assertThat(writer.isDone()).isFalse();
		this.peer.send(windowUpdate(1, 1_000_000), windowUpdate(0, 1_000_000));
		List<PeerFrame> frames = new ArrayList<>();
		await().until(() -> {
			frames.addAll(this.peer.rest());
			return frames.get(frames.size() - 1).endStream;
		});
		assertThat(contentOf(frames, 1)).isEqualTo(3 * 32 * 1024);
		assertThat(writer.result()).isTrue();
	}

	@Test
	void whatAWindowLeavesOfAChunkGoesOutTogetherWithTheNext() throws Exception {
		// Tomcat ends connections that bring many small frames.
		this.peer.send(settings(0x4, 32 * 1024 - 1)).expect(settingsAck());
		byte[] octets = new byte[3 * 32 * 1024];
		new Random(7).nextBytes(octets);
		UploadStream out = this.peer.call(upload("/a")).upload();
		Caller<Boolean> writer = Caller.of(() -> {
			out.write(octets);
			out.close();
			return true;
		}).parked();
		int sent = 2 * FRAME - 1;
		this.peer
			.expect(headers(1), data(1, Arrays.copyOfRange(octets, 0, FRAME)),
					data(1, Arrays.copyOfRange(octets, FRAME, sent)))
			.expectNothing();

		this.peer.send(windowUpdate(1, FRAME + 3000))
			.expect(data(1, Arrays.copyOfRange(octets, sent, sent + FRAME)),
					data(1, Arrays.copyOfRange(octets, sent + FRAME, sent + FRAME + 3000)));
		this.peer.send(windowUpdate(1, 1_000_000), windowUpdate(0, 1_000_000));
		List<PeerFrame> frames = new ArrayList<>();
		await().until(() -> {
			frames.addAll(this.peer.rest());
			return !frames.isEmpty() && frames.get(frames.size() - 1).endStream;
		});
		assertThat(writer.result()).isTrue();
		assertThat(contentOf(frames, 1)).isEqualTo(octets.length - sent - FRAME - 3000);
	}

	@Test
	void theLastFrameWaitsForMoreUntilTheWriterPauses() throws Exception {
		this.peer.send(settings(0x4, 32 * 1024 - 1)).expect(settingsAck());
		UploadStream out = this.peer.call(upload("/a")).upload();
		out.write(new byte[32 * 1024]);
		this.peer.expect(headers(1)).expectNothing();
		out.write(0);
		this.peer.expect(data(1, FRAME), data(1, FRAME - 1)).expectNothing();
		this.peer.send(windowUpdate(1, 100_000)).expectNothing();
		out.flush();
		this.peer.expectNothing().pause().pause().expect(data(1, 2)).expectNothing();
		this.peer.pause().expectNothing();
		out.write(new byte[10]);
		out.close();
		this.peer.expect(data(1, 10).endStream());
	}

	@Test
	void aWriterThatDripsIsLetThroughNowAndThen() throws Exception {
		UploadStream out = this.peer.call(upload("/a")).upload();
		out.write(0);
		this.peer.expect(headers(1));
		for (int i = 0; i < 9; i++) {
			out.write(0);
			this.peer.pause().expectNothing();
		}
		out.write(0);
		this.peer.pause().expect(data(1, 11)).expectNothing();
	}

	@Test
	void whatAWindowLeavesOfTheContentEndsIt() throws Exception {
		this.peer.send(settings(0x4, 32 * 1024 - 1)).expect(settingsAck());
		UploadStream out = this.peer.call(upload("/a")).upload();
		out.write(new byte[32 * 1024]);
		this.peer.pause().expect(headers(1), data(1, FRAME), data(1, FRAME - 1)).expectNothing();
		out.close();
		this.peer.send(windowUpdate(1, 100)).expect(data(1, 1).endStream());
	}

	@Test
	void contentOfDeclaredLengthEndsWithItsLastOctets() throws Exception {
		UploadStream out = this.peer.call(upload("/a", 5)).upload();
		out.write(new byte[5]);
		out.flush();
		this.peer.expect(headers(1)).expectNothing().pause().expect(data(1, 5).endStream());
		out.close();
		this.peer.expectNothing();
	}

	@Test
	void contentOfNoLengthIsNotWritten() throws Exception {
		Exchange call = this.peer.call(upload("/a", 0));
		this.peer.expect(headers(1).endStream()).expectNothing();
		assertThat(call.stream().hasUpload()).isFalse();
	}

	@Test
	void aWindowIsNotSpentDownToItsCrumbs() throws Exception {
		this.peer.send(settings(0x4, FRAME + 1)).expect(settingsAck());
		this.peer.call(post("/a", new byte[2 * FRAME]));
		this.peer.expect(headers(1), data(1, FRAME - 1023), data(1, 1024)).expectNothing();
		this.peer.send(windowUpdate(1, FRAME)).expect(data(1, FRAME - 1).endStream());
	}

	@Test
	void aWriterThatIsInterruptedCancelsItsStream() throws Exception {
		this.peer.send(settings(0x4, 0)).expect(settingsAck());
		Exchange call = this.peer.call(upload("/a"));
		UploadStream out = call.upload();
		Caller<Boolean> writer = Caller.of(() -> {
			out.write(new byte[4 * 32 * 1024]);
			return true;
		}).parked();
		this.peer.expect(headers(1));
		Throwable failure = writer.interrupt().failure();
		assertThat(failure).isInstanceOfSatisfying(CallCancelledException.class,
				(cancelled) -> assertThat(cancelled.context().phase()).isEqualTo(Phase.REQUEST_BODY));
		this.peer.expect(rstStream(1, ErrorCode.CANCEL)).isAtRest();
	}

	@Test
	void aWriterThatWaitsTooLongTimesOut() throws Exception {
		this.peer.send(settings(0x4, 0)).expect(settingsAck());
		Exchange call = this.peer.call(upload("/a"), new CallTimes(this.peer.in(Duration.ofSeconds(60)), 0, 0));
		UploadStream out = call.upload();
		Caller<Boolean> writer = Caller.of(() -> {
			out.write(new byte[4 * 32 * 1024]);
			return true;
		}).parked();
		this.peer.expect(headers(1));
		this.peer.loop().passTime(Duration.ofSeconds(60));
		assertThat(writer.poke().failure()).isInstanceOf(Http2TimeoutException.class)
			.hasMessageContaining("60000 ms")
			.hasMessageContaining("sending the request body");
		this.peer.expect(rstStream(1, ErrorCode.CANCEL)).isAtRest();
	}

	@Test
	void aWriterIsWokenWhenItsConnectionEnds() throws Exception {
		this.peer.send(settings(0x4, 0)).expect(settingsAck());
		Exchange call = this.peer.call(upload("/a"));
		UploadStream out = call.upload();
		Caller<Boolean> writer = Caller.of(() -> {
			out.write(new byte[4 * 32 * 1024]);
			return true;
		}).parked();
		this.peer.endOfInput();
		assertThat(writer.failure()).isInstanceOf(UploadStream.Stopped.class);
		assertThat(call.failure(ConnectionException.class).context().phase()).isEqualTo(Phase.REQUEST_BODY);
	}

	@Test
	void moreContentThanDeclaredIsRefused() throws Exception {
		Exchange call = this.peer.call(upload("/a", 5));
		UploadStream out = call.upload();
		out.write(new byte[5]);
		assertThatExceptionOfType(InvalidRequestException.class).isThrownBy(() -> out.write(1))
			.withMessageContaining("more than the 5 octets");
		this.peer.expect(headers(1).with("content-length", "5")).expectNothing();
	}

	@Test
	void lessContentThanDeclaredIsRefused() throws Exception {
		Exchange call = this.peer.call(upload("/a", 5));
		UploadStream out = call.upload();
		out.write(new byte[4]);
		assertThatExceptionOfType(InvalidRequestException.class).isThrownBy(out::close)
			.withMessageContaining("fewer than the 5 octets");
		this.peer.expect(headers(1)).expectNothing();
	}

	@Test
	void aWritersArrayIsItsOwnAgainWhenWriteReturns() throws Exception {
		this.peer.send(settings(0x4, 0)).expect(settingsAck());
		Exchange call = this.peer.call(upload("/a"));
		byte[] octets = "before".getBytes();
		UploadStream out = call.upload();
		out.write(octets);
		out.close();
		Arrays.fill(octets, (byte) '!');
		this.peer.send(windowUpdate(1, 100)).expect(headers(1), data(1, "before").endStream());
	}

	// ---- answers before the end of the content ----

	@Test
	void anEarlyRefusalStopsTheUploadAndEndsWithoutError() throws Exception {
		// RFC 9113 section 8.1; what the server says must still be read.
		this.peer.send(settings(0x4, 10)).expect(settingsAck());
		Exchange call = this.peer.call(post("/a", new byte[100]));
		this.peer.expect(headers(1), data(1, 10));
		this.peer.send(headers(1).status(413), windowUpdate(1, 1000)).expectNothing();
		this.peer.send(data(1, "too large").endStream()).expectNothing();
		// The server would end the stream itself, if it cared.
		this.peer.advance(SERVERS_TURN).expect(rstStream(1, ErrorCode.NO_ERROR));
		call.hasStatus(413);
		assertThat(call.text()).isEqualTo("too large");
		this.peer.isAtRest().expectNothing();
	}

	@Test
	void anEarlyRefusalStopsAWriterThatWaits() throws Exception {
		this.peer.send(settings(0x4, 0)).expect(settingsAck());
		Exchange call = this.peer.call(upload("/a"));
		UploadStream out = call.upload();
		Caller<Boolean> writer = Caller.of(() -> {
			out.write(new byte[4 * 32 * 1024]);
			return true;
		}).parked();
		this.peer.send(headers(1).status(413).endStream());
		assertThat(writer.failure()).isInstanceOf(UploadStream.Stopped.class);
		this.peer.advance(SERVERS_TURN).expect(headers(1), rstStream(1, ErrorCode.NO_ERROR)).isAtRest();
		call.hasStatus(413);
	}

	@Test
	void anEarlySuccessLetsTheUploadGoOn() throws Exception {
		this.peer.send(settings(0x4, 10)).expect(settingsAck());
		Exchange call = this.peer.call(post("/a", new byte[20]));
		this.peer.expect(headers(1), data(1, 10));
		this.peer.send(headers(1).status(200), data(1, "echo").endStream()).expectNothing();
		call.hasStatus(200);
		assertThat(call.text()).isEqualTo("echo");
		this.peer.send(windowUpdate(1, 10)).expect(data(1, 10).endStream()).isAtRest();
	}

	@Test
	void closingACompleteResponseGivesUpTheRestOfTheUpload() throws Exception {
		this.peer.send(settings(0x4, 10)).expect(settingsAck());
		Exchange call = this.peer.call(post("/a", new byte[20]));
		this.peer.send(headers(1).status(200).endStream());
		call.response().close();
		this.peer.advance(SERVERS_TURN).expect(headers(1), data(1, 10), rstStream(1, ErrorCode.NO_ERROR)).isAtRest();
	}

	@Test
	void aCompleteResponseThatNobodyClosesGivesUpTheRestOfTheUploadToo() throws Exception {
		this.peer.send(settings(0x4, 10)).expect(settingsAck());
		this.peer.call(post("/a", new byte[20]));
		this.peer.send(headers(1).status(200).endStream());
		this.peer.advance(SERVERS_TURN.minusMillis(1)).expect(headers(1), data(1, 10)).expectNothing();
		this.peer.advance(Duration.ofMillis(1)).expect(rstStream(1, ErrorCode.NO_ERROR)).isAtRest();
	}

	@Test
	void aResetStopsTheUpload() throws Exception {
		this.peer.send(settings(0x4, 10)).expect(settingsAck());
		this.peer.call(post("/a", new byte[20]));
		this.peer.send(rstStream(1, ErrorCode.CANCEL), windowUpdate(1, 100)).expect(headers(1), data(1, 10));
		this.peer.expectNothing().isAtRest();
		assertThat(this.peer.connection().sendHalf().uploading()).isZero();
	}

	@Test
	void aCancelledUploadSendsNoOctetMore() throws Exception {
		this.peer.send(settings(0x4, 10)).expect(settingsAck());
		Exchange call = this.peer.call(post("/a", new byte[20]));
		this.peer.wire().room(0);
		this.peer.send(windowUpdate(1, 100));
		call.stream()
			.cancel(ErrorCode.CANCEL,
					new CallCancelledException("left", null, FailureContext.of(Initiator.CALLER, Phase.REQUEST_BODY)));
		this.peer.wire().unlimitedRoom();
		List<PeerFrame> frames = new ArrayList<>(this.peer.rest());
		assertThat(frames).last().matches(rstStream(1, ErrorCode.CANCEL)::describes);
		this.peer.isAtRest();
	}

	private static int contentOf(List<PeerFrame> frames, int streamId) {
		return frames.stream()
			.filter((frame) -> frame.type == PeerFrame.Type.DATA && frame.streamId == streamId)
			.mapToInt(PeerFrame::length)
			.sum();
	}

}
