package io.github.h2transport.conformance;

import io.github.h2transport.ErrorCode;
import io.github.h2transport.StreamException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static io.github.h2transport.conformance.TwoRequests.END_HEADERS;
import static io.github.h2transport.conformance.TwoRequests.IDLE;
import static io.github.h2transport.conformance.TwoRequests.NEIGHBOUR;
import static io.github.h2transport.conformance.TwoRequests.OK;
import static io.github.h2transport.conformance.TwoRequests.STREAM;
import static io.github.h2transport.frame.Octets.CONTINUATION;
import static io.github.h2transport.frame.Octets.HEADERS;
import static io.github.h2transport.frame.Octets.RST_STREAM;
import static io.github.h2transport.frame.Octets.SETTINGS;
import static io.github.h2transport.frame.Octets.counting;
import static io.github.h2transport.frame.Octets.frame;
import static io.github.h2transport.testkit.peer.PeerFrame.settingsAck;
import static org.assertj.core.api.Assertions.assertThat;

/** RFC 9113 section 5.5: what we do not know is ignored. */
@Timeout(30)
@ExtendWith(ClosesPeers.class)
class Section5_5ExtensionTests {

	@ParameterizedTest
	@ValueSource(ints = { 0, NEIGHBOUR, STREAM, IDLE, 2, Integer.MAX_VALUE })
	void framesOfUnknownTypesAreDiscardedOnAnyStream(int stream) throws Exception {
		new TwoRequests()
			.receive(frame(0xa, 0, stream, counting(300)), frame(0x10, 0xff, stream, ""), frame(0xff, 1, stream, "00"))
			.isIgnored();
	}

	@Test
	void framesOfUnknownTypesAreDiscardedOnAStreamThatHasEnded() throws Exception {
		new TwoRequests().answer().receive(frame(0xc, 0, STREAM, counting(9))).neighbourIsUnhurt();
	}

	@ParameterizedTest
	@CsvSource({ "10, 3", "255, 0" })
	void aFrameOfUnknownTypeInsideAFieldBlockIsAConnectionError(int type, int stream) throws Exception {
		new TwoRequests()
			.receive(frame(HEADERS, 0, STREAM, OK), frame(type, 0, stream, ""),
					frame(CONTINUATION, END_HEADERS, STREAM, ""))
			.connectionError(ErrorCode.PROTOCOL_ERROR);
	}

	@Test
	void unknownSettingsAreIgnoredAndAcknowledged() throws Exception {
		TwoRequests two = new TwoRequests()
			.receive(frame(SETTINGS, 0xfe, 0, "0000 ffffffff 0007 00000001 0a0a 12345678 ffff 00000000"));
		two.peer().expect(settingsAck());
		two.isIgnored();
	}

	@Test
	void anUnknownErrorCodeIsKeptAndHasNoSpecialMeaning() throws Exception {
		TwoRequests two = new TwoRequests().receive(frame(RST_STREAM, 0xff, STREAM, "fffffffe"));
		StreamException failure = two.exchange().failure(StreamException.class);
		assertThat(failure.context().code()).isEqualTo(new ErrorCode(0xffff_fffe));
		assertThat(failure.isSafeToRetry()).isFalse();
		two.neighbourIsUnhurt();
	}

}
