package io.github.h2transport.conformance;

import io.github.h2transport.ErrorCode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static io.github.h2transport.conformance.TwoRequests.END_HEADERS;
import static io.github.h2transport.conformance.TwoRequests.END_STREAM;
import static io.github.h2transport.conformance.TwoRequests.NEIGHBOUR;
import static io.github.h2transport.conformance.TwoRequests.OK;
import static io.github.h2transport.conformance.TwoRequests.PADDED;
import static io.github.h2transport.conformance.TwoRequests.STREAM;
import static io.github.h2transport.frame.Octets.CONTINUATION;
import static io.github.h2transport.frame.Octets.HEADERS;
import static io.github.h2transport.frame.Octets.counting;
import static io.github.h2transport.frame.Octets.frame;
import static org.assertj.core.api.Assertions.assertThat;

/** RFC 9113 sections 6.2 and 6.10: HEADERS and CONTINUATION. */
@Timeout(30)
@ExtendWith(ClosesPeers.class)
class Section6_2HeadersFrameTests {

	@Test
	void headersOnStream0AreAConnectionError() throws Exception {
		new TwoRequests().receive(frame(HEADERS, END_HEADERS, 0, OK)).connectionError(ErrorCode.PROTOCOL_ERROR);
	}

	@Test
	void paddingIsNotPartOfTheFieldBlock() throws Exception {
		TwoRequests two = new TwoRequests();
		two.receive(frame(HEADERS, END_HEADERS | END_STREAM | PADDED, STREAM, "03" + OK + "00ff80"));
		two.exchange().hasStatus(200);
		two.neighbourIsUnhurt();
	}

	/** More than what is left behind the pad length, and behind the priority fields. */
	@ParameterizedTest
	@CsvSource({ "c, 02 88", "c, 01", "2c, 02 00000000 00 88" })
	void paddingThatExceedsTheRestIsAConnectionError(String flags, String payload) throws Exception {
		new TwoRequests().receive(frame(HEADERS, Integer.parseInt(flags, 16), STREAM, payload))
			.connectionError(ErrorCode.PROTOCOL_ERROR);
	}

	@Test
	void endStreamMayStandOnHeadersThatAreContinued() throws Exception {
		TwoRequests two = new TwoRequests();
		two.receive(frame(HEADERS, END_STREAM, STREAM, OK), frame(CONTINUATION, END_HEADERS, STREAM, ""));
		two.exchange().hasStatus(200);
		two.neighbourIsUnhurt();
	}

	// ---- section 6.10 ----

	@Test
	void aFieldBlockMayBeCutAnywhere() throws Exception {
		TwoRequests two = new TwoRequests();
		// 0x00 0x01 'a' 0x02 'bc', a literal field.
		two.receive(frame(HEADERS, END_STREAM, STREAM, ""), frame(CONTINUATION, 0, STREAM, OK + "00"),
				frame(CONTINUATION, 0, STREAM, "01"), frame(CONTINUATION, 0, STREAM, "61 02 62"),
				frame(CONTINUATION, END_HEADERS, STREAM, "63"));
		assertThat(two.exchange().response().headers().get("a")).isEqualTo("bc");
		two.neighbourIsUnhurt();
	}

	/** Each type on the same stream, on another one and on the connection. */
	@ParameterizedTest
	@CsvSource({ "0, 3", "0, 1", "1, 3", "1, 1", "2, 3", "3, 3", "3, 1", "4, 0", "5, 3", "6, 0", "7, 0", "8, 3", "8, 0",
			"9, 1", "9, 0", "42, 3" })
	void anythingElseInsideAFieldBlockIsAConnectionError(int type, int stream) throws Exception {
		new TwoRequests().receive(frame(HEADERS, 0, STREAM, OK), frame(type, END_HEADERS, stream, counting(8)))
			.connectionError(ErrorCode.PROTOCOL_ERROR);
	}

	@ParameterizedTest
	@CsvSource({ "0", "1", "3", "5" })
	void aContinuationOfNothingIsAConnectionError(int stream) throws Exception {
		new TwoRequests().receive(frame(CONTINUATION, END_HEADERS, stream, OK))
			.connectionError(ErrorCode.PROTOCOL_ERROR);
	}

	@Test
	void aContinuationBehindEndHeadersIsAConnectionError() throws Exception {
		new TwoRequests()
			.receive(frame(HEADERS, 0, STREAM, OK), frame(CONTINUATION, END_HEADERS, STREAM, ""),
					frame(CONTINUATION, END_HEADERS, STREAM, ""))
			.connectionError(ErrorCode.PROTOCOL_ERROR);
	}

	@Test
	void aFieldBlockOfAStreamThatEndedMustNotBeInterruptedEither() throws Exception {
		new TwoRequests().cancel()
			.receive(frame(HEADERS, 0, STREAM, OK), frame(HEADERS, END_HEADERS, NEIGHBOUR, OK))
			.connectionError(ErrorCode.PROTOCOL_ERROR);
	}

}
