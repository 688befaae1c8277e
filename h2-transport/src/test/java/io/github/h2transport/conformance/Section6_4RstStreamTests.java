package io.github.h2transport.conformance;

import io.github.h2transport.ErrorCode;
import io.github.h2transport.Initiator;
import io.github.h2transport.StreamException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static io.github.h2transport.conformance.TwoRequests.IDLE;
import static io.github.h2transport.conformance.TwoRequests.STREAM;
import static io.github.h2transport.frame.Octets.RST_STREAM;
import static io.github.h2transport.frame.Octets.frame;
import static io.github.h2transport.testkit.peer.PeerFrame.headers;
import static io.github.h2transport.testkit.peer.WirePeer.get;
import static org.assertj.core.api.Assertions.assertThat;

/** RFC 9113 section 6.4. */
@Timeout(30)
@ExtendWith(ClosesPeers.class)
class Section6_4RstStreamTests {

	@Test
	void aResetEndsItsStreamAlone() throws Exception {
		TwoRequests two = new TwoRequests().receive(frame(RST_STREAM, 0, STREAM, "00000008"));
		StreamException failure = two.exchange().failure(StreamException.class);
		assertThat(failure.context().code()).isEqualTo(ErrorCode.CANCEL);
		assertThat(failure.context().initiator()).isEqualTo(Initiator.PEER);
		two.neighbourIsUnhurt();
	}

	@Test
	void aResetOnStream0IsAConnectionError() throws Exception {
		new TwoRequests().receive(frame(RST_STREAM, 0, 0, "00000000")).connectionError(ErrorCode.PROTOCOL_ERROR);
	}

	@ParameterizedTest
	@ValueSource(ints = { IDLE, 2 })
	void aResetOfAnIdleStreamIsAConnectionError(int stream) throws Exception {
		new TwoRequests().receive(frame(RST_STREAM, 0, stream, "00000000")).connectionError(ErrorCode.PROTOCOL_ERROR);
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "000000", "0000000000" })
	void aResetOfAnotherLengthThanFourIsAConnectionError(String payload) throws Exception {
		new TwoRequests().receive(frame(RST_STREAM, 0, STREAM, payload)).connectionError(ErrorCode.FRAME_SIZE_ERROR);
	}

}
