package io.github.h2transport.conformance;

import io.github.h2transport.ConnectionException;
import io.github.h2transport.ErrorCode;
import io.github.h2transport.StreamException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static io.github.h2transport.conformance.TwoRequests.END_HEADERS;
import static io.github.h2transport.conformance.TwoRequests.OK;
import static io.github.h2transport.conformance.TwoRequests.STREAM;
import static io.github.h2transport.frame.Octets.GOAWAY;
import static io.github.h2transport.frame.Octets.HEADERS;
import static io.github.h2transport.frame.Octets.RST_STREAM;
import static io.github.h2transport.frame.Octets.frame;
import static org.assertj.core.api.Assertions.assertThat;

/** RFC 9113 section 7. */
@Timeout(30)
@ExtendWith(ClosesPeers.class)
class Section7ErrorCodeTests {

	@ParameterizedTest
	@CsvSource({ "0, NO_ERROR", "1, PROTOCOL_ERROR", "2, INTERNAL_ERROR", "3, FLOW_CONTROL_ERROR",
			"4, SETTINGS_TIMEOUT", "5, STREAM_CLOSED", "6, FRAME_SIZE_ERROR", "7, REFUSED_STREAM", "8, CANCEL",
			"9, COMPRESSION_ERROR", "a, CONNECT_ERROR", "b, ENHANCE_YOUR_CALM", "c, INADEQUATE_SECURITY",
			"d, HTTP_1_1_REQUIRED" })
	void everyCodeOfTheRfcIsNamed(String code, String name) throws Exception {
		TwoRequests two = new TwoRequests().receive(frame(RST_STREAM, 0, STREAM, "0000000" + code));
		StreamException failure = two.exchange().failure(StreamException.class);
		assertThat(failure).hasMessageContaining(name);
		assertThat(failure.context().code()).hasToString(name);
		two.neighbourIsUnhurt();
	}

	/** Of all codes only REFUSED_STREAM says that nothing was done (section 8.7). */
	@ParameterizedTest
	@ValueSource(strings = { "0", "1", "2", "3", "4", "5", "6", "8", "9", "a", "b", "c", "d", "e", "f" })
	void anyCodeButRefusedStreamMeansThatTheRequestMayHaveRun(String code) throws Exception {
		TwoRequests two = new TwoRequests().receive(frame(RST_STREAM, 0, STREAM, "0000000" + code));
		assertThat(two.exchange().failure(StreamException.class).isSafeToRetry()).isFalse();
		two.neighbourIsUnhurt();
	}

	@Test
	void aRefusalBehindTheResponseHeadIsNotBelieved() throws Exception {
		TwoRequests two = new TwoRequests().receive(frame(HEADERS, END_HEADERS, STREAM, OK),
				frame(RST_STREAM, 0, STREAM, "00000007"));
		two.exchange().hasStatus(200);
		assertThat(two.exchange().bodyFailure()).isInstanceOfSatisfying(StreamException.class,
				(failure) -> assertThat(failure.isSafeToRetry()).isFalse());
		two.neighbourIsUnhurt();
	}

	@ParameterizedTest
	@ValueSource(strings = { "0000000e", "000000ff", "7fffffff", "80000000", "ffffffff" })
	void anUnknownCodeSurvivesAndTriggersNothing(String code) throws Exception {
		TwoRequests two = new TwoRequests().receive(frame(GOAWAY, 0, 0, "00000001" + code));
		ConnectionException failure = two.exchange().failure(ConnectionException.class);
		assertThat(failure.context().code()).isEqualTo(new ErrorCode(Integer.parseUnsignedInt(code, 16)));
		two.peer().expectNothing();
	}

}
