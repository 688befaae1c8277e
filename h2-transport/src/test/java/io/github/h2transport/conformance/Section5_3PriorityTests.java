package io.github.h2transport.conformance;

import io.github.h2transport.ErrorCode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static io.github.h2transport.conformance.TwoRequests.END_HEADERS;
import static io.github.h2transport.conformance.TwoRequests.END_STREAM;
import static io.github.h2transport.conformance.TwoRequests.IDLE;
import static io.github.h2transport.conformance.TwoRequests.OK;
import static io.github.h2transport.conformance.TwoRequests.PADDED;
import static io.github.h2transport.conformance.TwoRequests.STREAM;
import static io.github.h2transport.frame.Octets.HEADERS;
import static io.github.h2transport.frame.Octets.PRIORITY;
import static io.github.h2transport.frame.Octets.counting;
import static io.github.h2transport.frame.Octets.frame;

/** RFC 9113 sections 5.3 and 6.3: priorities, which are deprecated. */
@Timeout(30)
@ExtendWith(ClosesPeers.class)
class Section5_3PriorityTests {

	private static final int PRIORITY_FLAG = 0x20;

	@Test
	void priorityIsIgnored() throws Exception {
		new TwoRequests()
			.receive(frame(PRIORITY, 0, STREAM, "80000001 ff"), frame(PRIORITY, 0xff, STREAM, "00000003 00"))
			.isIgnored();
	}

	@Test
	void priorityFieldsOfHeadersAreIgnored() throws Exception {
		TwoRequests two = new TwoRequests();
		two.receive(frame(HEADERS, END_HEADERS | END_STREAM | PADDED | PRIORITY_FLAG, STREAM,
				"02 80000003 ff" + OK + "0000"));
		two.exchange().hasStatus(200);
		two.neighbourIsUnhurt();
	}

	@Test
	void priorityOnStream0IsAConnectionError() throws Exception {
		new TwoRequests().receive(frame(PRIORITY, 0, 0, "00000000 00")).connectionError(ErrorCode.PROTOCOL_ERROR);
	}

	@ParameterizedTest
	@ValueSource(ints = { 0, 4, 6 })
	void priorityOfAnotherLengthIsAStreamError(int length) throws Exception {
		new TwoRequests().receive(frame(PRIORITY, 0, STREAM, counting(length))).streamError(ErrorCode.FRAME_SIZE_ERROR);
	}

	/** A stream that was never opened cannot be reset. */
	@ParameterizedTest
	@ValueSource(ints = { IDLE, 2 })
	void priorityOfAnotherLengthOnAnIdleStreamIsAConnectionError(int stream) throws Exception {
		new TwoRequests().receive(frame(PRIORITY, 0, stream, counting(4))).connectionError(ErrorCode.FRAME_SIZE_ERROR);
	}

	/** Nothing may be sent on a stream that is closed. */
	@Test
	void priorityOfAnotherLengthOnAClosedStreamIsIgnored() throws Exception {
		new TwoRequests().answer().receive(frame(PRIORITY, 0, STREAM, counting(4))).neighbourIsUnhurt();
	}

}
