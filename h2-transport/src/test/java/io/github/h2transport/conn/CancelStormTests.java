package io.github.h2transport.conn;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import io.github.h2transport.CallCancelledException;
import io.github.h2transport.ErrorCode;
import io.github.h2transport.FailureContext;
import io.github.h2transport.Headers;
import io.github.h2transport.Http2Exception;
import io.github.h2transport.Http2Request;
import io.github.h2transport.Initiator;
import io.github.h2transport.Phase;
import io.github.h2transport.protocol.RequestHead;
import io.github.h2transport.testkit.peer.PeerFrame;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static io.github.h2transport.conn.ScriptedPeer.get;
import static io.github.h2transport.conn.ScriptedPeer.upload;
import static io.github.h2transport.testkit.peer.PeerFrame.data;
import static io.github.h2transport.testkit.peer.PeerFrame.goAway;
import static io.github.h2transport.testkit.peer.PeerFrame.headers;
import static io.github.h2transport.testkit.peer.PeerFrame.rstStream;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Many calls are cancelled at once. Servers take many RST_STREAMs for an attack (RFC 9113
 * section 10.5, CVE-2023-44487) and would end the connection with all its streams.
 */
@Timeout(30)
class CancelStormTests {

	private static final Duration TICK = Duration.ofMillis(100);

	private final ScriptedPeer peer = new ScriptedPeer().greet();

	@Test
	void fewStreamsAreReset() throws Exception {
		List<Exchange> calls = calls(500);
		this.peer.rest();
		calls.forEach(CancelStormTests::cancel);
		List<PeerFrame> sent = this.peer.rest();
		assertThat(sent).hasSize(40).allMatch((frame) -> frame.type == PeerFrame.Type.RST_STREAM);
		assertThat(this.peer.connection().tryReserve()).isFalse();
		assertThat(this.peer.observer().take()).contains("draining");
	}

	@Test
	void aConnectionWhoseStreamsNobodyWantsIsClosed() throws Exception {
		List<Exchange> calls = calls(50);
		calls.forEach(CancelStormTests::cancel);
		this.peer.rest();
		this.peer.advance(TICK).expect(goAway(0, ErrorCode.NO_ERROR)).expectNothing();
		this.peer.endOfInput();
		assertThat(this.peer.isClosed()).isTrue();
	}

	@Test
	void theEndOfAStreamThatTheServerFinishesForNobodyIsToldOnce() throws Exception {
		List<Exchange> calls = calls(40);
		List<String> told = new ArrayList<>();
		Http2Request request = get("/told");
		assertThat(this.peer.connection().tryReserve()).isTrue();
		ClientStream last = this.peer.connection()
			.start(StreamPlan.of(RequestHead.of(request), request.body(), new CallTimes(0, 0, 0), null, 0,
					new StreamListener() {

						@Override
						public void wroteHeaders() {
						}

						@Override
						public void wroteRequest() {
						}

						@Override
						public void informational(int status, Headers headers) {
						}

						@Override
						public void firstByte(int status) {
						}

						@Override
						public void done(@Nullable Http2Exception failure) {
							told.add((failure != null) ? "failed" : "complete");
						}

					}));
		calls.forEach(CancelStormTests::cancel);
		last.cancel(ErrorCode.CANCEL,
				new CallCancelledException("left", null, FailureContext.of(Initiator.CALLER, Phase.RESPONSE_HEAD)));
		this.peer.rest();
		this.peer.send(headers(81).status(200).endStream());
		assertThat(told).containsExactly("failed");
	}

	@Test
	void aNeighbourIsUnhurt() throws Exception {
		Exchange neighbour = this.peer.call(get("/wanted"));
		List<Exchange> calls = calls(50);
		calls.forEach(CancelStormTests::cancel);
		this.peer.rest();
		this.peer.advance(TICK).expectNothing();
		// Streams that were not reset may go on; what they bring is thrown away.
		this.peer.send(headers(99).status(200), data(99, "nobody reads this"), headers(101).status(200).endStream());
		this.peer.send(headers(1).status(200), data(1, "read").endStream());
		assertThat(neighbour.text()).isEqualTo("read");
		this.peer.advance(TICK).expect(goAway(0, ErrorCode.NO_ERROR));
		this.peer.endOfInput();
		assertThat(this.peer.isClosed()).isTrue();
	}

	@Test
	void anUploadIsResetAllTheSame() throws Exception {
		Exchange uploading = this.peer.call(upload("/a"));
		List<Exchange> calls = calls(60);
		calls.forEach(CancelStormTests::cancel);
		this.peer.rest();
		cancel(uploading);
		this.peer.expect(rstStream(1, ErrorCode.CANCEL)).expectNothing();
	}

	private List<Exchange> calls(int count) throws Exception {
		List<Exchange> calls = new ArrayList<>();
		for (int i = 0; i < count; i++) {
			calls.add(this.peer.call(get("/" + i)));
		}
		this.peer.settle();
		return calls;
	}

	private static void cancel(Exchange call) {
		call.stream()
			.cancel(ErrorCode.CANCEL, new CallCancelledException("enough", null,
					FailureContext.of(Initiator.CALLER, Phase.RESPONSE_HEAD)));
	}

}
