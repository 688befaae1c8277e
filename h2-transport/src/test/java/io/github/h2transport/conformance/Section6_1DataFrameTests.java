package io.github.h2transport.conformance;

import io.github.h2transport.ErrorCode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static io.github.h2transport.conformance.TwoRequests.END_HEADERS;
import static io.github.h2transport.conformance.TwoRequests.END_STREAM;
import static io.github.h2transport.conformance.TwoRequests.OK;
import static io.github.h2transport.conformance.TwoRequests.PADDED;
import static io.github.h2transport.conformance.TwoRequests.STREAM;
import static io.github.h2transport.frame.Octets.DATA;
import static io.github.h2transport.frame.Octets.HEADERS;
import static io.github.h2transport.frame.Octets.frame;
import static org.assertj.core.api.Assertions.assertThat;

/** RFC 9113 section 6.1. */
@Timeout(30)
@ExtendWith(ClosesPeers.class)
class Section6_1DataFrameTests {

	@Test
	void dataOnStream0IsAConnectionError() throws Exception {
		new TwoRequests().receive(frame(DATA, 0, 0, "00")).connectionError(ErrorCode.PROTOCOL_ERROR);
	}

	@Test
	void paddingIsNotContent() throws Exception {
		TwoRequests two = new TwoRequests();
		two.receive(frame(HEADERS, END_HEADERS, STREAM, OK), frame(DATA, PADDED, STREAM, "03 6f 000000"),
				frame(DATA, PADDED, STREAM, "00 6b"), frame(DATA, PADDED | END_STREAM, STREAM, "02 0000"));
		assertThat(two.exchange().text()).isEqualTo("ok");
		two.neighbourIsUnhurt();
	}

	@Test
	void paddingOtherThanZeroIsIgnored() throws Exception {
		TwoRequests two = new TwoRequests();
		two.receive(frame(HEADERS, END_HEADERS, STREAM, OK), frame(DATA, PADDED | END_STREAM, STREAM, "02 6f6b ffff"));
		assertThat(two.exchange().text()).isEqualTo("ok");
		two.neighbourIsUnhurt();
	}

	/** As long as the payload, and longer. */
	@ParameterizedTest
	@ValueSource(strings = { "03 0000", "01", "ff 0000" })
	void paddingThatFillsThePayloadOrMoreIsAConnectionError(String payload) throws Exception {
		new TwoRequests().receive(frame(HEADERS, END_HEADERS, STREAM, OK), frame(DATA, PADDED, STREAM, payload))
			.connectionError(ErrorCode.PROTOCOL_ERROR);
	}

	@Test
	void paddingIsJudgedAlsoOnAStreamThatNobodyWants() throws Exception {
		new TwoRequests().cancel()
			.receive(frame(DATA, PADDED, STREAM, "03 0000"))
			.connectionError(ErrorCode.PROTOCOL_ERROR);
	}

	@Test
	void dataBeforeTheResponseHeadIsAStreamError() throws Exception {
		new TwoRequests().receive(frame(DATA, 0, STREAM, "00")).streamError(ErrorCode.PROTOCOL_ERROR);
	}

}
