package io.github.h2transport.conformance;

import java.util.concurrent.Callable;

import io.github.h2transport.ConnectionException;
import io.github.h2transport.ErrorCode;
import io.github.h2transport.Http2Exception;
import io.github.h2transport.StreamException;
import io.github.h2transport.testkit.peer.Exchange;
import io.github.h2transport.testkit.peer.WirePeer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static io.github.h2transport.testkit.peer.PeerFrame.goAway;
import static io.github.h2transport.testkit.peer.PeerFrame.headers;
import static io.github.h2transport.testkit.peer.PeerFrame.rstStream;
import static io.github.h2transport.testkit.peer.WirePeer.get;
import static io.github.h2transport.testkit.peer.WirePeer.post;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * RFC 9113 section 8.7: what was surely not processed. That only this is sent again is
 * tested with the round trip.
 */
@Timeout(30)
@ExtendWith(ClosesPeers.class)
class Section8_7ReliabilityTests {

	private final WirePeer peer = new WirePeer().greet();

	@Test
	void aRefusedStreamWasNotProcessed() throws Exception {
		Exchange call = this.peer.call(post("/a", new byte[10]));
		this.peer.send(rstStream(1, ErrorCode.REFUSED_STREAM));
		assertThat(call.failure(StreamException.class).isSafeToRetry()).isTrue();
		this.peer.isAtRest();
	}

	@Test
	void aStreamAboveTheLastOneOfGoAwayWasNotProcessed() throws Exception {
		Exchange processed = this.peer.call(get("/a"));
		Exchange unprocessed = this.peer.call(post("/b", new byte[10]));
		this.peer.send(goAway(1, ErrorCode.NO_ERROR));
		assertThat(unprocessed.failure(Http2Exception.class).isSafeToRetry()).isTrue();
		this.peer.send(headers(1).status(200).endStream());
		processed.hasStatus(200);
	}

	@ParameterizedTest
	@ValueSource(strings = { "NO_ERROR", "PROTOCOL_ERROR", "INTERNAL_ERROR", "FLOW_CONTROL_ERROR", "STREAM_CLOSED",
			"FRAME_SIZE_ERROR", "CANCEL", "ENHANCE_YOUR_CALM", "HTTP_1_1_REQUIRED" })
	void anyOtherResetMayHaveBeenProcessed(String code) throws Exception {
		Exchange call = this.peer.call(get("/a"));
		ErrorCode reason = (ErrorCode) ErrorCode.class.getField(code).get(null);
		this.peer.send(rstStream(1, reason));
		StreamException failure = call.failure(StreamException.class);
		assertThat(failure.isSafeToRetry()).isFalse();
		assertThat(failure.context().code()).isEqualTo(reason);
	}

	@Test
	void aRefusalAfterTheHeadWasProcessedAllTheSame() throws Exception {
		Exchange call = this.peer.call(get("/a"));
		this.peer.send(headers(1).status(200), rstStream(1, ErrorCode.REFUSED_STREAM));
		call.hasStatus(200);
		this.peer.isAtRest();
		assertThat(call.body()).satisfies((body) -> assertThat(failureOf(body::read).isSafeToRetry()).isFalse());
	}

	@Test
	void aLostConnectionMayHaveProcessedWhatWasSent() throws Exception {
		Exchange call = this.peer.call(get("/a"));
		this.peer.expect(headers(1).endStream()).endOfInput();
		assertThat(call.failure(ConnectionException.class).isSafeToRetry()).isFalse();
	}

	private static Http2Exception failureOf(Callable<?> read) throws Exception {
		try {
			throw new AssertionError("Not failed, but " + read.call());
		}
		catch (Http2Exception ex) {
			return ex;
		}
	}

}
