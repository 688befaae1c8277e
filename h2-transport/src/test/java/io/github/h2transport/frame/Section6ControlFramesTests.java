package io.github.h2transport.frame;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static io.github.h2transport.frame.Octets.GOAWAY;
import static io.github.h2transport.frame.Octets.PING;
import static io.github.h2transport.frame.Octets.PRIORITY;
import static io.github.h2transport.frame.Octets.RST_STREAM;
import static io.github.h2transport.frame.Octets.SETTINGS;
import static io.github.h2transport.frame.Octets.WINDOW_UPDATE;
import static io.github.h2transport.frame.Octets.counting;
import static io.github.h2transport.frame.Octets.frame;
import static io.github.h2transport.frame.Octets.header;
import static io.github.h2transport.frame.Octets.hex;
import static io.github.h2transport.frame.Octets.join;

/** RFC 9113 sections 6.3, 6.4, 6.5, 6.7, 6.8 and 6.9. */
class Section6ControlFramesTests {

	private static final byte[] PING_FRAME = frame(PING, 0, 0, "0000000000000001");

	@Test
	void priorityIsReportedAndNotShown() {
		Reading.of(frame(PRIORITY, 0, 5, "80000003 ff"), PING_FRAME)
			.sees("priority 5", "ping 0000000000000001")
			.endsWell();
	}

	@ParameterizedTest
	@ValueSource(ints = { 0, 4, 6 })
	void aWrongLengthOfPriorityEndsItsStreamAlone(int length) {
		Reading.of(frame(PRIORITY, 0, 5, counting(length)), PING_FRAME)
			.sees("streamError 5 FRAME_SIZE_ERROR PRIORITY of " + length + " octets instead of 5",
					"ping 0000000000000001")
			.endsWell();
	}

	@Test
	void rstStreamCarriesACode() {
		Reading.of(frame(RST_STREAM, 0, 1, "00000007"), frame(RST_STREAM, 0, 3, "fffffffe"))
			.sees("rstStream 1 REFUSED_STREAM", "rstStream 3 0xfffffffe")
			.endsWell();
	}

	@Test
	void pingCarriesEightOctets() {
		Reading.of(frame(PING, 0, 0, "ff02030405060708"), frame(PING, 1, 0, "0102030405060708"))
			.sees("ping ff02030405060708", "ping 0102030405060708 ACK")
			.endsWell();
	}

	@Test
	void goAwayMayCarryDebugData() {
		byte[] debug = counting(1000);
		Reading
			.of(frame(GOAWAY, 0, 0, "00000000 00000000"), frame(GOAWAY, 0, 0, "ffffffff 0000000b 63616c6d"),
					frame(GOAWAY, 0, 0, join(hex("00000001 00000063"), debug)))
			.sees("goAway 0 NO_ERROR []", "goAway 2147483647 ENHANCE_YOUR_CALM [63616c6d]",
					"goAway 1 0x63 " + RecordingHandler.show(debug))
			.endsWell();
	}

	@Test
	void windowUpdateIsForAStreamOrTheConnection() {
		Reading.of(frame(WINDOW_UPDATE, 0, 0, "00000001"), frame(WINDOW_UPDATE, 0, 7, "ffffffff"))
			.sees("windowUpdate 0 +1", "windowUpdate 7 +2147483647")
			.endsWell();
	}

	@ParameterizedTest
	@ValueSource(strings = { "00000000", "80000000" })
	void aWindowUpdateByNothingEndsItsStream(String increment) {
		Reading.of(frame(WINDOW_UPDATE, 0, 7, increment), PING_FRAME)
			.sees("streamError 7 PROTOCOL_ERROR WINDOW_UPDATE by 0", "ping 0000000000000001")
			.endsWell();
	}

	@ParameterizedTest
	@ValueSource(strings = { "00000000", "80000000" })
	void aWindowUpdateByNothingOnTheConnectionEndsIt(String increment) {
		Reading.of(frame(WINDOW_UPDATE, 0, 0, increment))
			.sees()
			.failsWith("PROTOCOL_ERROR: WINDOW_UPDATE by 0 on the connection");
	}

	@Test
	void settingsAndTheirAcknowledgementAreTold() {
		Reading.of(frame(SETTINGS, 1, 0, ""), frame(SETTINGS, 0, 0, "0004 7fffffff 0005 00ffffff"))
			.sees("settingsAck", "settings {SETTINGS_INITIAL_WINDOW_SIZE=2147483647, SETTINGS_MAX_FRAME_SIZE=16777215}")
			.endsWell();
	}

	@Test
	void anIllegalSettingEndsTheConnection() {
		Reading.of(frame(SETTINGS, 0, 0, "0004 80000000"))
			.sees()
			.failsWith("FLOW_CONTROL_ERROR: SETTINGS_INITIAL_WINDOW_SIZE of 2147483648 is not legal from a server");
	}

	@Test
	void anAcknowledgementIsEmpty() {
		Reading.of(header(6, SETTINGS, 1, 0)).sees().failsWith("FRAME_SIZE_ERROR: SETTINGS of 6 octets instead of 0");
	}

	@Test
	void settingsFailBeforeTheirPayloadArrives() {
		Reading.of(header(7, SETTINGS, 0, 0))
			.sees()
			.failsWith("FRAME_SIZE_ERROR: SETTINGS of 7 octets, which is no multiple of 6");
		Reading.of(header(198, SETTINGS, 0, 0))
			.sees()
			.failsWith("ENHANCE_YOUR_CALM: SETTINGS with 33 entries, more than 32");
	}

	@ParameterizedTest
	@CsvSource({ "3, 4, RST_STREAM", "6, 8, PING", "8, 4, WINDOW_UPDATE" })
	void aFixedLengthIsKept(int type, int length, String name) {
		int streamId = (type == PING) ? 0 : 1;
		for (int wrong : new int[] { 0, length - 1, length + 1 }) {
			Reading.of(header(wrong, type, 0, streamId))
				.sees()
				.failsWith("FRAME_SIZE_ERROR: " + name + " of " + wrong + " octets instead of " + length);
		}
	}

	@Test
	void goAwayNeedsItsFields() {
		Reading.of(header(7, GOAWAY, 0, 0))
			.sees()
			.failsWith("FRAME_SIZE_ERROR: GOAWAY of 7 octets, but its fields take 8");
	}

	@ParameterizedTest
	@CsvSource({ "4, 0, SETTINGS", "4, 1, SETTINGS", "6, 0, PING", "6, 1, PING", "7, 0, GOAWAY" })
	void whatBelongsToTheConnectionIsOnStream0(int type, int flags, String name) {
		Reading.of(header((type == SETTINGS) ? 0 : 8, type, flags, 1))
			.sees()
			.failsWith("PROTOCOL_ERROR: " + name + " on stream 1, but it belongs to the connection");
	}

	@ParameterizedTest
	@CsvSource({ "2, 5, PRIORITY", "2, 4, PRIORITY", "3, 4, RST_STREAM" })
	void whatBelongsToAStreamIsNotOnStream0(int type, int length, String name) {
		Reading.of(header(length, type, 0, 0))
			.sees()
			.failsWith("PROTOCOL_ERROR: " + name + " on stream 0, which is the connection");
	}

}
