package io.github.h2transport.frame;

import org.junit.jupiter.api.Test;

import static io.github.h2transport.frame.Octets.DATA;
import static io.github.h2transport.frame.Octets.PING;
import static io.github.h2transport.frame.Octets.counting;
import static io.github.h2transport.frame.Octets.frame;
import static io.github.h2transport.frame.Octets.header;
import static io.github.h2transport.frame.Octets.hex;

/** RFC 9113 sections 4.1, 4.2 and 5.5: frame header, frame size, unknown frames. */
class Section4FrameFormatTests {

	@Test
	void aFrameOfTheMaximumSizeIsRead() {
		byte[] payload = counting(16384);
		Reading.of(frame(DATA, 0, 1, payload))
			.sees("dataStart 1 length=16384", "data 1 " + RecordingHandler.show(payload), "dataEnd 1")
			.endsWell();
	}

	@Test
	void aLargerFrameFailsWithItsHeader() {
		Reading.of(header(16385, DATA, 0, 1))
			.sees()
			.failsWith("FRAME_SIZE_ERROR: DATA on stream 1 has 16385 octets, "
					+ "more than our SETTINGS_MAX_FRAME_SIZE of 16384");
	}

	@Test
	void aLargerFrameOfUnknownTypeFailsToo() {
		Reading.of(header(0xffffff, 0x2a, 0, 0))
			.sees()
			.failsWith("FRAME_SIZE_ERROR: 0x2a on stream 0 has 16777215 octets, "
					+ "more than our SETTINGS_MAX_FRAME_SIZE of 16384");
	}

	@Test
	void theReservedBitIsIgnored() {
		Reading.of(hex("000004 08 00 80000003 80000005"), hex("000008 06 00 80000000 0000000000000001"))
			.sees("windowUpdate 3 +5", "ping 0000000000000001")
			.endsWell();
	}

	@Test
	void theHighestStreamIdIsRead() {
		Reading.of(frame(DATA, 1, 0x7fffffff, "00"))
			.sees("dataStart 2147483647 length=1 END_STREAM", "data 2147483647 [00]", "dataEnd 2147483647 END_STREAM")
			.endsWell();
	}

	@Test
	void flagsThatATypeDoesNotDefineAreIgnored() {
		Reading.of(frame(PING, 0xfe, 0, "0000000000000001"), frame(DATA, 0xf6, 1, "aa"))
			.sees("ping 0000000000000001", "dataStart 1 length=1", "data 1 [aa]", "dataEnd 1")
			.endsWell();
	}

	@Test
	void unknownFramesAreReportedAndSkippedOnAnyStream() {
		Reading
			.of(frame(0xa, 0xff, 0, counting(300)), frame(0xff, 0, 7, ""), frame(0x10, 0, 0x7fffffff, "01"),
					frame(PING, 0, 0, "0000000000000001"))
			.sees("unknown 0xa 0 length=300", "unknown 0xff 7 length=0", "unknown 0x10 2147483647 length=1",
					"ping 0000000000000001")
			.endsWell();
	}

	@Test
	void octetsMayEndAnywhere() {
		Reading.of(hex("000008 06 00 00000000 000000000000")).sees().endsMidFrame();
		Reading.of(hex("0000")).sees().endsMidFrame();
		Reading.of(header(5, 0xa, 0, 0)).sees("unknown 0xa 0 length=5").endsMidFrame();
		Reading.of(header(2, DATA, 0, 1)).sees("dataStart 1 length=2").endsMidFrame();
		Reading.of(header(2, DATA, 8, 1)).sees().endsMidFrame();
	}

}
