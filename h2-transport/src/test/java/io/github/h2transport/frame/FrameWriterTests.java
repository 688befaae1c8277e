package io.github.h2transport.frame;

import java.nio.BufferOverflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

import io.github.h2transport.ErrorCode;
import org.junit.jupiter.api.Test;

import static io.github.h2transport.frame.Octets.counting;
import static io.github.h2transport.frame.Octets.hex;
import static io.github.h2transport.frame.Octets.join;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/** The octets of each frame, from RFC 9113 sections 3.4, 4.1 and 6. */
class FrameWriterTests {

	private static final int MAX_FRAME_SIZE = 16384;

	@Test
	void theClientPreface() {
		assertThat(written(FrameWriter.PREFACE_SIZE, FrameWriter::preface))
			.isEqualTo(hex("505249202a20485454502f322e300d0a0d0a534d0d0a0d0a"));
	}

	@Test
	void settings() {
		Settings settings = Settings.builder()
			.set(Settings.MAX_FRAME_SIZE, 16777215)
			.set(Settings.ENABLE_PUSH, 0)
			.set(Settings.HEADER_TABLE_SIZE, 0xffffffffL)
			.build();
		assertThat(written(FrameWriter.settingsSize(settings), (out) -> FrameWriter.settings(out, settings)))
			.isEqualTo(hex("000012 04 00 00000000 0001 ffffffff 0002 00000000 0005 00ffffff"));
	}

	@Test
	void emptySettings() {
		Settings settings = Settings.builder().build();
		assertThat(written(FrameWriter.settingsSize(settings), (out) -> FrameWriter.settings(out, settings)))
			.isEqualTo(hex("000000 04 00 00000000"));
	}

	@Test
	void settingsAck() {
		assertThat(written(FrameWriter.SETTINGS_ACK_SIZE, FrameWriter::settingsAck))
			.isEqualTo(hex("000000 04 01 00000000"));
	}

	@Test
	void ping() {
		assertThat(written(FrameWriter.PING_SIZE, (out) -> FrameWriter.ping(out, 0xff02030405060708L, false)))
			.isEqualTo(hex("000008 06 00 00000000 ff02030405060708"));
		assertThat(written(FrameWriter.PING_SIZE, (out) -> FrameWriter.ping(out, 1, true)))
			.isEqualTo(hex("000008 06 01 00000000 0000000000000001"));
	}

	@Test
	void rstStream() {
		assertThat(written(FrameWriter.RST_STREAM_SIZE, (out) -> FrameWriter.rstStream(out, 3, ErrorCode.CANCEL)))
			.isEqualTo(hex("000004 03 00 00000003 00000008"));
	}

	@Test
	void windowUpdate() {
		assertThat(written(FrameWriter.WINDOW_UPDATE_SIZE, (out) -> FrameWriter.windowUpdate(out, 0, 1)))
			.isEqualTo(hex("000004 08 00 00000000 00000001"));
		assertThat(
				written(FrameWriter.WINDOW_UPDATE_SIZE, (out) -> FrameWriter.windowUpdate(out, 0x7fffffff, 0x7fffffff)))
			.isEqualTo(hex("000004 08 00 7fffffff 7fffffff"));
	}

	@Test
	void goAway() {
		byte[] debug = "calm".getBytes(StandardCharsets.US_ASCII);
		assertThat(written(FrameWriter.goAwaySize(4),
				(out) -> FrameWriter.goAway(out, 0, ErrorCode.ENHANCE_YOUR_CALM, debug)))
			.isEqualTo(hex("00000c 07 00 00000000 00000000 0000000b 63616c6d"));
	}

	@Test
	void headersInOneFrame() {
		assertThat(written(FrameWriter.headersSize(2, MAX_FRAME_SIZE),
				(out) -> FrameWriter.headers(out, 1, hex("00 8286 00"), 1, 2, MAX_FRAME_SIZE, true)))
			.isEqualTo(hex("000002 01 05 00000001 8286"));
		assertThat(written(FrameWriter.headersSize(1, MAX_FRAME_SIZE),
				(out) -> FrameWriter.headers(out, 3, hex("82"), 0, 1, MAX_FRAME_SIZE, false)))
			.isEqualTo(hex("000001 01 04 00000003 82"));
	}

	@Test
	void headersWithoutAFieldBlock() {
		assertThat(written(FrameWriter.headersSize(0, MAX_FRAME_SIZE),
				(out) -> FrameWriter.headers(out, 1, new byte[0], 0, 0, MAX_FRAME_SIZE, false)))
			.isEqualTo(hex("000000 01 04 00000001"));
	}

	@Test
	void aFieldBlockOfTheMaximumSizeIsOneFrame() {
		byte[] block = counting(MAX_FRAME_SIZE);
		assertThat(written(FrameWriter.headersSize(block.length, MAX_FRAME_SIZE),
				(out) -> FrameWriter.headers(out, 1, block, 0, block.length, MAX_FRAME_SIZE, true)))
			.isEqualTo(join(hex("004000 01 05 00000001"), block));
	}

	@Test
	void aLargerFieldBlockIsContinuedAndOnlyHeadersHasEndStream() {
		byte[] first = counting(MAX_FRAME_SIZE);
		byte[] second = new byte[MAX_FRAME_SIZE];
		byte[] block = join(first, second, hex("aa"));
		assertThat(written(FrameWriter.headersSize(block.length, MAX_FRAME_SIZE),
				(out) -> FrameWriter.headers(out, 1, block, 0, block.length, MAX_FRAME_SIZE, true)))
			.isEqualTo(join(hex("004000 01 01 00000001"), first, hex("004000 09 00 00000001"), second,
					hex("000001 09 04 00000001 aa")));
	}

	@Test
	void theHeaderOfData() {
		assertThat(written(FrameWriter.FRAME_HEADER_SIZE, (out) -> FrameWriter.dataHeader(out, 5, 0xffffff, false)))
			.isEqualTo(hex("ffffff 00 00 00000005"));
		assertThat(written(FrameWriter.FRAME_HEADER_SIZE, (out) -> FrameWriter.dataHeader(out, 5, 0, true)))
			.isEqualTo(hex("000000 00 01 00000005"));
	}

	@Test
	void whatWouldBreakTheRfcIsRefusedAndWritesNothing() {
		byte[] none = new byte[0];
		refused((out) -> FrameWriter.rstStream(out, 0, ErrorCode.CANCEL));
		refused((out) -> FrameWriter.rstStream(out, -1, ErrorCode.CANCEL));
		refused((out) -> FrameWriter.windowUpdate(out, 1, 0));
		refused((out) -> FrameWriter.windowUpdate(out, 1, -1));
		refused((out) -> FrameWriter.windowUpdate(out, -1, 1));
		refused((out) -> FrameWriter.goAway(out, -1, ErrorCode.NO_ERROR, none));
		refused((out) -> FrameWriter.goAway(out, 0, ErrorCode.NO_ERROR, new byte[16377]));
		refused((out) -> FrameWriter.headers(out, 0, none, 0, 0, MAX_FRAME_SIZE, true));
		refused((out) -> FrameWriter.headers(out, 1, none, 0, 0, 0, true));
		refused((out) -> FrameWriter.headers(out, 1, none, 0, 0, 16777216, true));
		refused((out) -> FrameWriter.dataHeader(out, 0, 1, true));
		refused((out) -> FrameWriter.dataHeader(out, 1, -1, true));
		refused((out) -> FrameWriter.dataHeader(out, 1, 16777216, true));
		refused((out) -> FrameWriter.headersSize(1, 16383));
	}

	@Test
	void aBufferWithoutRoomOverflows() {
		assertThatExceptionOfType(BufferOverflowException.class)
			.isThrownBy(() -> FrameWriter.ping(ByteBuffer.allocate(FrameWriter.PING_SIZE - 1), 1, false));
	}

	/** Writes into exactly the announced room, of a heap and of a direct buffer. */
	private static byte[] written(int size, Consumer<ByteBuffer> frame) {
		ByteBuffer heap = ByteBuffer.allocate(size);
		ByteBuffer direct = ByteBuffer.allocateDirect(size);
		frame.accept(heap);
		frame.accept(direct);
		assertThat(heap.hasRemaining()).as("announced more than was written").isFalse();
		assertThat(Octets.written(direct)).isEqualTo(Octets.written(heap));
		return Octets.written(heap);
	}

	private static void refused(Consumer<ByteBuffer> frame) {
		ByteBuffer out = ByteBuffer.allocate(20_000);
		assertThatIllegalArgumentException().isThrownBy(() -> frame.accept(out));
		assertThat(out.position()).isZero();
	}

}
