package io.github.h2transport.frame;

import org.junit.jupiter.api.Test;

import static io.github.h2transport.frame.Octets.DATA;
import static io.github.h2transport.frame.Octets.counting;
import static io.github.h2transport.frame.Octets.frame;
import static io.github.h2transport.frame.Octets.header;
import static io.github.h2transport.frame.Octets.hex;
import static io.github.h2transport.frame.Octets.join;

/** RFC 9113 section 6.1. */
class Section6_1DataTests {

	private static final int END_STREAM = 0x1;

	private static final int PADDED = 0x8;

	@Test
	void theOctetsArePassedOn() {
		Reading.of(frame(DATA, 0, 1, "010203"), frame(DATA, END_STREAM, 3, "0405"))
			.sees("dataStart 1 length=3", "data 1 [010203]", "dataEnd 1", "dataStart 3 length=2 END_STREAM",
					"data 3 [0405]", "dataEnd 3 END_STREAM")
			.endsWell();
	}

	@Test
	void anEmptyFrameHasNoPiece() {
		Reading.of(frame(DATA, END_STREAM, 1, ""))
			.sees("dataStart 1 length=0 END_STREAM", "dataEnd 1 END_STREAM")
			.endsWell();
	}

	@Test
	void paddingCountsForFlowControlAndIsNotShown() {
		Reading.of(frame(DATA, PADDED | END_STREAM, 1, "03 0102 000000"))
			.sees("dataStart 1 length=6 END_STREAM", "data 1 [0102]", "dataEnd 1 END_STREAM")
			.endsWell();
	}

	@Test
	void paddingMayBeAbsentThoughFlagged() {
		Reading.of(frame(DATA, PADDED, 1, "00 0102"))
			.sees("dataStart 1 length=3", "data 1 [0102]", "dataEnd 1")
			.endsWell();
	}

	@Test
	void paddingMayFillTheFrame() {
		Reading.of(frame(DATA, PADDED, 1, "02 0000"), frame(DATA, PADDED, 1, "00"))
			.sees("dataStart 1 length=3", "dataEnd 1", "dataStart 1 length=1", "dataEnd 1")
			.endsWell();
	}

	@Test
	void theLongestPaddingIs255Octets() {
		Reading.of(frame(DATA, PADDED, 1, join(hex("ff 01"), counting(255))))
			.sees("dataStart 1 length=257", "data 1 [01]", "dataEnd 1")
			.endsWell();
	}

	@Test
	void paddingAsLongAsThePayloadIsAProtocolError() {
		Reading.of(frame(DATA, PADDED, 1, "03 0000"))
			.sees()
			.failsWith("PROTOCOL_ERROR: DATA on stream 1 has 3 octets of padding where 2 are left");
	}

	@Test
	void paddingLongerThanThePayloadIsAProtocolErrorAsSoonAsItIsAnnounced() {
		Reading.of(join(header(3, DATA, PADDED, 1), hex("ff")))
			.sees()
			.failsWith("PROTOCOL_ERROR: DATA on stream 1 has 255 octets of padding where 2 are left");
	}

	@Test
	void aPaddedFrameNeedsItsPadLength() {
		Reading.of(frame(DATA, PADDED, 1, ""))
			.sees()
			.failsWith("FRAME_SIZE_ERROR: DATA of 0 octets, but its fields take 1");
	}

	@Test
	void stream0CarriesNoData() {
		Reading.of(header(1, DATA, 0, 0)).sees().failsWith("PROTOCOL_ERROR: DATA on stream 0, which is the connection");
	}

}
