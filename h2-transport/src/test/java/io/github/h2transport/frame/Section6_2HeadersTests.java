package io.github.h2transport.frame;

import org.junit.jupiter.api.Test;

import static io.github.h2transport.frame.Octets.HEADERS;
import static io.github.h2transport.frame.Octets.PUSH_PROMISE;
import static io.github.h2transport.frame.Octets.counting;
import static io.github.h2transport.frame.Octets.frame;
import static io.github.h2transport.frame.Octets.header;

/** RFC 9113 sections 6.2 (HEADERS) and 6.6 (PUSH_PROMISE). */
class Section6_2HeadersTests {

	private static final int END_STREAM = 0x1;

	private static final int END_HEADERS = 0x4;

	private static final int PADDED = 0x8;

	private static final int PRIORITY = 0x20;

	@Test
	void theFieldBlockIsPassedOn() {
		Reading.of(frame(HEADERS, END_HEADERS, 1, "88"), frame(HEADERS, END_HEADERS | END_STREAM, 3, "8889"))
			.sees("headers 1 [88] END_HEADERS", "headers 3 [8889] END_STREAM END_HEADERS")
			.endsWell();
	}

	@Test
	void aLargeFieldBlockIsPassedOnWhole() {
		byte[] block = counting(5000);
		Reading.of(frame(HEADERS, END_HEADERS, 1, block))
			.sees("headers 1 " + RecordingHandler.show(block) + " END_HEADERS")
			.endsWell();
	}

	@Test
	void theFieldBlockMayBeEmpty() {
		Reading.of(frame(HEADERS, END_HEADERS, 1, "")).sees("headers 1 [] END_HEADERS").endsWell();
	}

	@Test
	void paddingIsRemoved() {
		Reading.of(frame(HEADERS, END_HEADERS | PADDED, 1, "02 88 0000")).sees("headers 1 [88] END_HEADERS").endsWell();
	}

	@Test
	void priorityFieldsAreRemoved() {
		Reading.of(frame(HEADERS, END_HEADERS | PRIORITY, 1, "80000003 ff 88"))
			.sees("headers 1 [88] END_HEADERS")
			.endsWell();
	}

	@Test
	void paddingAndPriorityFieldsAreRemoved() {
		Reading.of(frame(HEADERS, END_HEADERS | PADDED | PRIORITY, 1, "01 00000003 ff 88 00"))
			.sees("headers 1 [88] END_HEADERS")
			.endsWell();
	}

	@Test
	void paddingMayLeaveNoFieldBlock() {
		Reading
			.of(frame(HEADERS, END_HEADERS | PADDED, 1, "02 0000"),
					frame(HEADERS, END_HEADERS | PADDED | PRIORITY, 1, "01 00000003 ff 00"))
			.sees("headers 1 [] END_HEADERS", "headers 1 [] END_HEADERS")
			.endsWell();
	}

	@Test
	void paddingThatExceedsTheRestIsAProtocolError() {
		Reading.of(frame(HEADERS, END_HEADERS | PADDED, 1, "03 0000"))
			.sees()
			.failsWith("PROTOCOL_ERROR: HEADERS on stream 1 has 3 octets of padding where 2 are left");
	}

	@Test
	void paddingCannotReachIntoThePriorityFields() {
		Reading.of(frame(HEADERS, END_HEADERS | PADDED | PRIORITY, 1, "02 00000003 ff 88"))
			.sees()
			.failsWith("PROTOCOL_ERROR: HEADERS on stream 1 has 2 octets of padding where 1 are left");
	}

	@Test
	void aPaddedFrameNeedsItsPadLength() {
		Reading.of(header(0, HEADERS, END_HEADERS | PADDED, 1))
			.sees()
			.failsWith("FRAME_SIZE_ERROR: HEADERS of 0 octets, but its fields take 1");
	}

	@Test
	void aPrioritisedFrameNeedsItsPriorityFields() {
		Reading.of(header(4, HEADERS, END_HEADERS | PRIORITY, 1))
			.sees()
			.failsWith("FRAME_SIZE_ERROR: HEADERS of 4 octets, but its fields take 5");
		Reading.of(header(5, HEADERS, END_HEADERS | PADDED | PRIORITY, 1))
			.sees()
			.failsWith("FRAME_SIZE_ERROR: HEADERS of 5 octets, but its fields take 6");
	}

	@Test
	void stream0HasNoHeaders() {
		Reading.of(header(1, HEADERS, END_HEADERS, 0))
			.sees()
			.failsWith("PROTOCOL_ERROR: HEADERS on stream 0, which is the connection");
	}

	@Test
	void aPromiseIsReportedWithoutItsFieldBlock() {
		Reading
			.of(frame(PUSH_PROMISE, END_HEADERS, 1, "80000002 8284"),
					frame(PUSH_PROMISE, END_HEADERS | PADDED, 3, "01 00000004 00"))
			.sees("pushPromise 1 promises 2", "pushPromise 3 promises 4")
			.endsWell();
	}

	@Test
	void aPromiseOnStream0IsAProtocolError() {
		Reading.of(header(4, PUSH_PROMISE, END_HEADERS, 0))
			.sees()
			.failsWith("PROTOCOL_ERROR: PUSH_PROMISE on stream 0, which is the connection");
	}

	@Test
	void aPromiseOfStream0IsAProtocolError() {
		Reading.of(frame(PUSH_PROMISE, END_HEADERS, 1, "80000000"))
			.sees()
			.failsWith("PROTOCOL_ERROR: PUSH_PROMISE on stream 1 promises stream 0");
	}

	@Test
	void aPromiseNeedsThePromisedStream() {
		Reading.of(header(3, PUSH_PROMISE, END_HEADERS, 1))
			.sees()
			.failsWith("FRAME_SIZE_ERROR: PUSH_PROMISE of 3 octets, but its fields take 4");
		Reading.of(header(4, PUSH_PROMISE, END_HEADERS | PADDED, 1))
			.sees()
			.failsWith("FRAME_SIZE_ERROR: PUSH_PROMISE of 4 octets, but its fields take 5");
	}

	@Test
	void paddingOfAPromiseCannotExceedTheRest() {
		Reading.of(frame(PUSH_PROMISE, END_HEADERS | PADDED, 1, "02 00000002 00"))
			.sees()
			.failsWith("PROTOCOL_ERROR: PUSH_PROMISE on stream 1 has 2 octets of padding where 1 are left");
	}

}
