package io.github.h2transport.conformance;

import io.github.h2transport.ErrorCode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static io.github.h2transport.conformance.TwoRequests.END_HEADERS;
import static io.github.h2transport.conformance.TwoRequests.IDLE;
import static io.github.h2transport.conformance.TwoRequests.NEIGHBOUR;
import static io.github.h2transport.conformance.TwoRequests.STREAM;
import static io.github.h2transport.frame.Octets.PUSH_PROMISE;
import static io.github.h2transport.frame.Octets.frame;

/** RFC 9113 sections 6.6 and 8.4: push is off. */
@Timeout(30)
@ExtendWith(ClosesPeers.class)
class Section6_6PushPromiseTests {

	/** Promised stream 2 with {@code :method: GET}. */
	private static final String PROMISE = "00000002 82";

	@ParameterizedTest
	@ValueSource(ints = { 0, NEIGHBOUR, STREAM, IDLE, 2 })
	void aPromiseIsAConnectionErrorOnAnyStream(int stream) throws Exception {
		new TwoRequests().receive(frame(PUSH_PROMISE, END_HEADERS, stream, PROMISE))
			.connectionError(ErrorCode.PROTOCOL_ERROR);
	}

	@Test
	void aPromiseOnAStreamThatWeResetIsAConnectionError() throws Exception {
		new TwoRequests().cancel()
			.receive(frame(PUSH_PROMISE, END_HEADERS, STREAM, PROMISE))
			.connectionError(ErrorCode.PROTOCOL_ERROR);
	}

	@Test
	void aPromiseIsAConnectionErrorBeforeItIsContinued() throws Exception {
		new TwoRequests().receive(frame(PUSH_PROMISE, 0, STREAM, PROMISE)).connectionError(ErrorCode.PROTOCOL_ERROR);
	}

	/** Padding beyond the frame, a promised stream 0, an odd one. */
	@ParameterizedTest
	@ValueSource(strings = { "09 00000002 82", "00 00000000 82", "00 00000005 82" })
	void aMalformedPromiseIsAConnectionErrorToo(String payload) throws Exception {
		new TwoRequests().receive(frame(PUSH_PROMISE, END_HEADERS | TwoRequests.PADDED, STREAM, payload))
			.connectionError(ErrorCode.PROTOCOL_ERROR);
	}

}
