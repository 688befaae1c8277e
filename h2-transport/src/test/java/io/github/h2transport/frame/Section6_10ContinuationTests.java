package io.github.h2transport.frame;

import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static io.github.h2transport.frame.Octets.CONTINUATION;
import static io.github.h2transport.frame.Octets.HEADERS;
import static io.github.h2transport.frame.Octets.PING;
import static io.github.h2transport.frame.Octets.PUSH_PROMISE;
import static io.github.h2transport.frame.Octets.frame;
import static io.github.h2transport.frame.Octets.header;
import static io.github.h2transport.frame.Octets.join;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * RFC 9113 section 6.10, and the limits against endless header blocks (section 10.5.1).
 */
class Section6_10ContinuationTests {

	private static final int END_HEADERS = 0x4;

	private static final byte[] PING_FRAME = frame(PING, 0, 0, "0000000000000001");

	@Test
	void aHeaderBlockMayBeSpreadOverFrames() {
		Reading
			.of(frame(HEADERS, 0x1, 1, "88"), frame(CONTINUATION, 0, 1, "89"),
					frame(CONTINUATION, END_HEADERS, 1, "8a8b"), PING_FRAME)
			.sees("headers 1 [88] END_STREAM", "continuation 1 [89]", "continuation 1 [8a8b] END_HEADERS",
					"ping 0000000000000001")
			.endsWell();
	}

	@Test
	void aPromiseMayBeContinued() {
		Reading.of(frame(PUSH_PROMISE, 0, 1, "00000002"), frame(CONTINUATION, END_HEADERS, 1, "82"), PING_FRAME)
			.sees("pushPromise 1 promises 2", "continuation 1 [82] END_HEADERS", "ping 0000000000000001")
			.endsWell();
	}

	@ParameterizedTest
	@ValueSource(ints = { 0, 1, 2, 3, 4, 5, 6, 7, 8, 0xa, 0xff })
	void nothingElseComesInsideAHeaderBlock(int type) {
		String name = FrameType.name(type);
		Reading.of(frame(HEADERS, 0, 1, "88"), header(8, type, 0, 1))
			.sees("headers 1 [88]")
			.failsWith("PROTOCOL_ERROR: " + name + " on stream 1 inside the header block of stream 1");
		Reading.of(frame(HEADERS, 0, 1, "88"), frame(CONTINUATION, 0, 1, "89"), header(8, type, 0, 0))
			.sees("headers 1 [88]", "continuation 1 [89]")
			.failsWith("PROTOCOL_ERROR: " + name + " on stream 0 inside the header block of stream 1");
	}

	@Test
	void aHeaderBlockIsContinuedOnItsOwnStream() {
		Reading.of(frame(HEADERS, 0, 1, "88"), header(1, CONTINUATION, END_HEADERS, 3))
			.sees("headers 1 [88]")
			.failsWith("PROTOCOL_ERROR: CONTINUATION on stream 3 inside the header block of stream 1");
	}

	@Test
	void aContinuationNeedsAHeaderBlock() {
		Reading.of(header(1, CONTINUATION, END_HEADERS, 1))
			.sees()
			.failsWith("PROTOCOL_ERROR: CONTINUATION on stream 1 without a header block to continue");
	}

	@Test
	void aCompleteHeaderBlockIsNotContinued() {
		String error = "PROTOCOL_ERROR: CONTINUATION on stream 1 without a header block to continue";
		Reading.of(frame(HEADERS, END_HEADERS, 1, "88"), header(1, CONTINUATION, 0, 1))
			.sees("headers 1 [88] END_HEADERS")
			.failsWith(error);
		Reading.of(frame(HEADERS, 0, 1, "88"), frame(CONTINUATION, END_HEADERS, 1, "89"), header(1, CONTINUATION, 0, 1))
			.sees("headers 1 [88]", "continuation 1 [89] END_HEADERS")
			.failsWith(error);
	}

	@Test
	void stream0IsNotContinued() {
		Reading.of(header(1, CONTINUATION, 0, 0))
			.sees()
			.failsWith("PROTOCOL_ERROR: CONTINUATION on stream 0 without a header block to continue");
	}

	@Test
	void sixteenContinuationsAreRead() {
		Reading reading = Reading.of(frame(HEADERS, 0, 1, ""), continuations(15),
				frame(CONTINUATION, END_HEADERS, 1, "89"), PING_FRAME);
		reading.endsWell();
		assertThat(reading.calls()).hasSize(18).last().isEqualTo("ping 0000000000000001");
	}

	@Test
	void aSeventeenthContinuationIsTooMuch() {
		Reading reading = Reading.of(frame(HEADERS, 0, 1, ""), continuations(16),
				header(1, CONTINUATION, END_HEADERS, 1));
		reading.failsWith("ENHANCE_YOUR_CALM: More than 16 CONTINUATION frames in a header block of stream 1");
		assertThat(reading.calls()).hasSize(17);
	}

	@Test
	void eachHeaderBlockHasItsOwnSixteen() {
		byte[] block = join(frame(HEADERS, 0, 1, ""), continuations(15), frame(CONTINUATION, END_HEADERS, 1, "89"));
		Reading.of(block, block, block).endsWell();
	}

	@Test
	void anEmptyContinuationIsFineAtTheEnd() {
		Reading.of(frame(HEADERS, 0, 1, "88"), frame(CONTINUATION, END_HEADERS, 1, ""))
			.sees("headers 1 [88]", "continuation 1 [] END_HEADERS")
			.endsWell();
	}

	@Test
	void anEmptyContinuationBeforeTheEndOnlyCosts() {
		Reading.of(frame(HEADERS, 0, 1, "88"), frame(CONTINUATION, 0, 1, ""))
			.sees("headers 1 [88]")
			.failsWith("ENHANCE_YOUR_CALM: An empty CONTINUATION on stream 1 that is not the last of its header block");
	}

	private static byte[] continuations(int count) {
		return join(IntStream.range(0, count).mapToObj((i) -> frame(CONTINUATION, 0, 1, "88")).toArray(byte[][]::new));
	}

}
