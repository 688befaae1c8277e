package io.github.h2transport.frame;

import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

import com.sun.management.ThreadMXBean;
import io.github.h2transport.ErrorCode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static io.github.h2transport.frame.Octets.CONTINUATION;
import static io.github.h2transport.frame.Octets.DATA;
import static io.github.h2transport.frame.Octets.EMPTY_SETTINGS;
import static io.github.h2transport.frame.Octets.GOAWAY;
import static io.github.h2transport.frame.Octets.HEADERS;
import static io.github.h2transport.frame.Octets.PING;
import static io.github.h2transport.frame.Octets.RST_STREAM;
import static io.github.h2transport.frame.Octets.WINDOW_UPDATE;
import static io.github.h2transport.frame.Octets.counting;
import static io.github.h2transport.frame.Octets.frame;
import static io.github.h2transport.frame.Octets.header;
import static io.github.h2transport.frame.Octets.join;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/** What the reader keeps, costs and promises to its handler. */
class FrameReaderTests {

	private static final int MAX_FRAME_SIZE = 16384;

	private static final byte[] PING_FRAME = frame(PING, 0, 0, "0000000000000001");

	private final RecordingHandler handler = new RecordingHandler();

	@ParameterizedTest
	@ValueSource(ints = { 0, 16383, 16777216 })
	void ourFrameSizeMustBeLegal(int maxFrameSize) {
		assertThatIllegalArgumentException().isThrownBy(() -> new FrameReader(maxFrameSize, this.handler));
	}

	@Test
	void ourFrameSizeMayBeLarger() throws ConnectionError {
		FrameReader reader = new FrameReader(MAX_FRAME_SIZE + 1, this.handler);
		byte[] payload = counting(MAX_FRAME_SIZE + 1);
		feed(reader, EMPTY_SETTINGS, frame(HEADERS, 4, 1, payload));
		assertThat(this.handler.calls()).last()
			.isEqualTo("headers 1 " + RecordingHandler.show(payload) + " END_HEADERS");
	}

	@Test
	void anAnnouncedLengthCostsNoMemory() throws ConnectionError {
		FrameReader reader = new FrameReader(MAX_FRAME_SIZE, this.handler);
		feed(reader, EMPTY_SETTINGS, header(MAX_FRAME_SIZE, HEADERS, 4, 1));
		assertThat(reader.keptCapacity()).isZero();
		feed(reader, new byte[10]);
		assertThat(reader.keptCapacity()).isEqualTo(64);
		feed(reader, new byte[90]);
		assertThat(reader.keptCapacity()).isEqualTo(200);
		feed(reader, new byte[MAX_FRAME_SIZE - 101]);
		assertThat(reader.keptCapacity()).isEqualTo(MAX_FRAME_SIZE);
		feed(reader, new byte[1]);
		assertThat(reader.keptCapacity()).isZero();
		assertThat(this.handler.calls()).hasSize(2);
	}

	@Test
	void payloadsOfDataAndUnknownFramesAreNeverKept() throws ConnectionError {
		FrameReader reader = new FrameReader(MAX_FRAME_SIZE, this.handler);
		feed(reader, EMPTY_SETTINGS);
		for (byte[] header : List.of(header(300, DATA, 0, 1), header(300, DATA, 8, 1), header(300, 0xbb, 0, 0))) {
			feed(reader, header);
			for (int i = 0; i < 300; i++) {
				assertThat(reader.isMidFrame()).isTrue();
				feed(reader, new byte[] { 5 });
				assertThat(reader.keptCapacity()).isZero();
			}
			assertThat(reader.isMidFrame()).isFalse();
		}
	}

	@Test
	void dataIsPassedOnAsItArrives() throws ConnectionError {
		List<Integer> pieces = new ArrayList<>();
		FrameReader reader = new FrameReader(MAX_FRAME_SIZE, new RecordingHandler() {

			@Override
			public void dataPiece(int streamId, ByteBuffer piece) {
				pieces.add(piece.remaining());
			}

		});
		byte[] frames = join(EMPTY_SETTINGS, frame(DATA, 0, 1, counting(10)), frame(DATA, 0, 1, counting(3)));
		feed(reader, Arrays.copyOf(frames, 9 + 9 + 4));
		assertThat(pieces).containsExactly(4);
		feed(reader, Arrays.copyOfRange(frames, 9 + 9 + 4, frames.length));
		assertThat(pieces).containsExactly(4, 6, 3);
	}

	@Test
	void aHandlerNeedNotReadWhatItIsLent() throws ConnectionError {
		RecordingHandler lazy = new RecordingHandler() {

			@Override
			public void dataPiece(int streamId, ByteBuffer piece) throws ConnectionError {
				record("piece");
			}

			@Override
			public void headers(int streamId, ByteBuffer fragment, boolean endStream, boolean endHeaders)
					throws ConnectionError {
				record("headers");
				fragment.get();
			}

			@Override
			public void goAway(int lastStreamId, ErrorCode code, ByteBuffer debugData) throws ConnectionError {
				record("goAway");
			}

		};
		feed(new FrameReader(MAX_FRAME_SIZE, lazy), EMPTY_SETTINGS, frame(DATA, 8, 1, "01 aabb 00"),
				frame(HEADERS, 0xc, 1, "01 8889 00"), frame(GOAWAY, 0, 0, "00000000 00000000 0101"), PING_FRAME);
		assertThat(lazy.calls()).containsExactly("settings {}", "dataStart 1 length=4", "piece", "dataEnd 1", "headers",
				"goAway", "ping 0000000000000001");
	}

	@Test
	void anErrorOfTheHandlerStopsTheReader() throws ConnectionError {
		ConnectionError error = new ConnectionError(ErrorCode.ENHANCE_YOUR_CALM, "enough");
		RecordingHandler strict = new RecordingHandler() {

			@Override
			void record(String call) throws ConnectionError {
				super.record(call);
				if (call.startsWith("rstStream")) {
					throw error;
				}
			}

		};
		FrameReader reader = new FrameReader(MAX_FRAME_SIZE, strict);
		ByteBuffer in = ByteBuffer.wrap(join(EMPTY_SETTINGS, frame(RST_STREAM, 0, 1, "00000000"), PING_FRAME));
		assertThatExceptionOfType(ConnectionError.class).isThrownBy(() -> reader.read(in)).isSameAs(error);
		assertThat(in.hasRemaining()).isFalse();
		ByteBuffer more = ByteBuffer.wrap(PING_FRAME);
		assertThatExceptionOfType(ConnectionError.class).isThrownBy(() -> reader.read(more)).isSameAs(error);
		assertThat(more.hasRemaining()).isFalse();
		assertThat(strict.calls()).containsExactly("settings {}", "rstStream 1 NO_ERROR");
	}

	@Test
	void afterAFaultNothingIsKept() throws ConnectionError {
		FrameReader reader = new FrameReader(MAX_FRAME_SIZE, this.handler);
		feed(reader, EMPTY_SETTINGS);
		assertThatExceptionOfType(ConnectionError.class).isThrownBy(() -> feed(reader, header(9, PING, 0, 0)));
		assertThatExceptionOfType(ConnectionError.class).isThrownBy(() -> feed(reader, new byte[5]));
		assertThat(reader.keptCapacity()).isZero();
	}

	@Test
	void aConnectionErrorHasACodeAndNoStackTrace() {
		ConnectionError error = new ConnectionError(ErrorCode.PROTOCOL_ERROR, "no");
		assertThat(error.code()).isEqualTo(ErrorCode.PROTOCOL_ERROR);
		assertThat(error).hasMessage("no").hasToString("PROTOCOL_ERROR: no");
		assertThat(error.getStackTrace()).isEmpty();
	}

	@Test
	void theListenerSeesEachHeaderBeforeTheHandlerAlsoOneThatBreaksARule() throws ConnectionError {
		FrameReader reader = new FrameReader(MAX_FRAME_SIZE, this.handler, (length, type, flags,
				streamId) -> this.handler.calls().add(FrameLog.received(length, type, flags, streamId)));
		feed(reader, EMPTY_SETTINGS, frame(DATA, 0x9, 1, "01 aa 00"), frame(0x2a, 1, 0, ""));
		assertThatExceptionOfType(ConnectionError.class).isThrownBy(() -> feed(reader, header(1, CONTINUATION, 0, 1)));
		assertThat(this.handler.calls()).containsExactly("<< 0x00000000 0 SETTINGS", "settings {}",
				"<< 0x00000001 3 DATA END_STREAM|PADDED", "dataStart 1 length=3 END_STREAM", "data 1 [aa]",
				"dataEnd 1 END_STREAM", "<< 0x00000000 0 0x2a 0x1", "unknown 0x2a 0 length=0",
				"<< 0x00000001 1 CONTINUATION");
	}

	@Test
	void framesCostNoObjects() throws ConnectionError {
		ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
		FrameReader reader = new FrameReader(MAX_FRAME_SIZE, new SilentHandler());
		feed(reader, EMPTY_SETTINGS);
		ByteBuffer in = ByteBuffer.allocateDirect(2000);
		in.put(join(frame(HEADERS, 0x24, 1, "00000003 ff 88"), frame(HEADERS, 0, 1, "88"),
				frame(CONTINUATION, 4, 1, "89"), frame(DATA, 9, 1, join(new byte[] { 5 }, counting(500))),
				frame(WINDOW_UPDATE, 0, 0, "00000001"), frame(RST_STREAM, 0, 1, "00000008"), PING_FRAME,
				frame(0x10, 0, 0, "0000")));
		in.flip();
		long least = Long.MAX_VALUE;
		for (int round = 0; round < 20; round++) {
			long before = threads.getCurrentThreadAllocatedBytes();
			for (int i = 0; i < 1000; i++) {
				reader.read(in.rewind());
			}
			least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
		}
		assertThat(least).as("octets for 8,000 frames").isLessThan(8_000);
	}

	private static void feed(FrameReader reader, byte[]... octets) throws ConnectionError {
		reader.read(ByteBuffer.wrap(join(octets)));
	}

}
