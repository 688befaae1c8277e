package io.github.h2transport.frame;

import java.nio.ByteBuffer;

import io.github.h2transport.ErrorCode;
import org.junit.jupiter.api.Test;

import static io.github.h2transport.frame.Octets.counting;

/** What the writer writes, the reader reads. */
class FrameRoundTripTests {

	private final ByteBuffer out = ByteBuffer.allocate(100_000);

	@Test
	void controlFrames() {
		Settings settings = Settings.builder()
			.set(Settings.MAX_CONCURRENT_STREAMS, 0xffffffffL)
			.set(Settings.ENABLE_PUSH, 0)
			.build();
		FrameWriter.settings(this.out, settings);
		FrameWriter.settingsAck(this.out);
		FrameWriter.ping(this.out, Long.MIN_VALUE, false);
		FrameWriter.ping(this.out, Long.MAX_VALUE, true);
		FrameWriter.rstStream(this.out, 0x7fffffff, ErrorCode.of(0xffffffff));
		FrameWriter.windowUpdate(this.out, 0, 0x7fffffff);
		FrameWriter.windowUpdate(this.out, 1, 1);
		FrameWriter.goAway(this.out, 0x7fffffff, ErrorCode.HTTP_1_1_REQUIRED, new byte[] { 1, 2, 3 });
		Reading.fromTheStart(Octets.written(this.out))
			.sees("settings " + settings, "settingsAck", "ping 8000000000000000", "ping 7fffffffffffffff ACK",
					"rstStream 2147483647 0xffffffff", "windowUpdate 0 +2147483647", "windowUpdate 1 +1",
					"goAway 2147483647 HTTP_1_1_REQUIRED [010203]")
			.endsWell();
	}

	@Test
	void aLargestGoAwayFitsTheSmallestFrameSize() {
		byte[] debug = counting(FrameWriter.MAX_GOAWAY_DEBUG);
		FrameWriter.goAway(this.out, 0, ErrorCode.NO_ERROR, debug);
		Reading.of(Octets.written(this.out)).sees("goAway 0 NO_ERROR " + RecordingHandler.show(debug)).endsWell();
	}

	@Test
	void aMessage() {
		byte[] block = counting(Reading.MAX_FRAME_SIZE + 2);
		byte[] data = counting(100);
		FrameWriter.headers(this.out, 1, block, 0, block.length, Reading.MAX_FRAME_SIZE, false);
		FrameWriter.dataHeader(this.out, 1, data.length, false);
		this.out.put(data);
		FrameWriter.dataHeader(this.out, 1, 0, true);
		byte[] first = ByteBuffer.allocate(Reading.MAX_FRAME_SIZE).put(block, 0, Reading.MAX_FRAME_SIZE).array();
		Reading.of(Octets.written(this.out))
			.sees("headers 1 " + RecordingHandler.show(first), "continuation 1 [4041] END_HEADERS",
					"dataStart 1 length=100", "data 1 " + RecordingHandler.show(data), "dataEnd 1",
					"dataStart 1 length=0 END_STREAM", "dataEnd 1 END_STREAM")
			.endsWell();
	}

}
