package io.github.h2transport.frame;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

import io.github.h2transport.ErrorCode;
import org.junit.jupiter.api.Test;

import static io.github.h2transport.frame.Octets.EMPTY_SETTINGS;
import static io.github.h2transport.frame.Octets.counting;
import static io.github.h2transport.frame.Octets.frame;
import static io.github.h2transport.frame.Octets.join;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Octets that went wrong somewhere: whatever they are, the reader stays within its
 * contract.
 */
class FrameReaderMutationTests {

	private static final int ROUNDS = 30_000;

	private static final List<byte[]> FRAMES = List.of(frame(0, 0, 1, counting(40)), frame(0, 9, 1, "02 aabb 0000"),
			frame(0, 1, 3, ""), frame(1, 4, 1, "8889"), frame(1, 0x2c, 1, "01 00000003 ff 8889 00"),
			join(frame(1, 0, 5, counting(100)), frame(9, 0, 5, "88"), frame(9, 4, 5, "")), frame(2, 0, 1, "0000000301"),
			frame(3, 0, 1, "00000008"), frame(4, 0, 0, "0003 00000064 0004 0000ffff 0a0a 00000001"), frame(4, 1, 0, ""),
			frame(5, 4, 1, "00000002 82"), frame(6, 0, 0, "0102030405060708"),
			frame(7, 0, 0, join(new byte[8], counting(200))), frame(8, 0, 0, "00000001"), frame(8, 0, 1, "00000000"),
			frame(0x2a, 0xff, 9, counting(30)));

	/** The seed makes a failure repeatable; the round is in its message. */
	private final Random random = new Random(9113);

	@Test
	void mutatedOctetsThrowNothingButConnectionErrorsAndKeepLittle() {
		Map<ErrorCode, Integer> errors = new HashMap<>();
		int fine = 0;
		for (int round = 0; round < ROUNDS; round++) {
			byte[] octets = mutated(someFrames());
			RecordingHandler handler = new RecordingHandler();
			FrameReader reader = new FrameReader(Reading.MAX_FRAME_SIZE, handler);
			try {
				feedInPieces(reader, octets, round);
				fine++;
			}
			catch (ConnectionError ex) {
				errors.merge(ex.code(), 1, Integer::sum);
				assertThat(ex.getMessage()).isNotBlank();
				assertThat(reader.keptCapacity()).isZero();
			}
			assertThat(handler.calls()).as("round %d", round).doesNotContain("an empty piece");
		}
		// The mutations must reach both sides, else this proves nothing.
		assertThat(fine).isBetween(ROUNDS / 20, ROUNDS * 19 / 20);
		assertThat(errors).containsKeys(ErrorCode.PROTOCOL_ERROR, ErrorCode.FRAME_SIZE_ERROR,
				ErrorCode.FLOW_CONTROL_ERROR, ErrorCode.ENHANCE_YOUR_CALM);
	}

	private byte[] someFrames() {
		byte[] all = EMPTY_SETTINGS;
		for (int i = this.random.nextInt(6); i >= 0; i--) {
			all = join(all, FRAMES.get(this.random.nextInt(FRAMES.size())));
		}
		return all;
	}

	private byte[] mutated(byte[] octets) {
		byte[] result = octets;
		for (int i = this.random.nextInt(4); i > 0; i--) {
			int at = this.random.nextInt(result.length);
			byte[] head = Arrays.copyOf(result, at);
			byte[] tail = Arrays.copyOfRange(result, at, result.length);
			switch (this.random.nextInt(5)) {
				case 0 -> tail[0] ^= (byte) (1 << this.random.nextInt(8));
				case 1 -> tail[0] = (byte) this.random.nextInt(256);
				case 2 -> head = join(head, new byte[] { (byte) this.random.nextInt(256) });
				case 3 -> tail = Arrays.copyOfRange(tail, 1, tail.length);
				default -> tail = Arrays.copyOf(tail, this.random.nextInt(tail.length + 1));
			}
			result = join(head, tail);
			if (result.length == 0) {
				return result;
			}
		}
		return result;
	}

	private void feedInPieces(FrameReader reader, byte[] octets, int round) throws ConnectionError {
		for (int from = 0; from < octets.length;) {
			int to = Math.min(octets.length, from + 1 + this.random.nextInt(50));
			reader.read(ByteBuffer.wrap(octets, from, to - from));
			from = to;
			int mostKept = Math.min(Reading.MAX_FRAME_SIZE, Math.max(Leftover.LEAST_CAPACITY, 2 * from));
			assertThat(reader.keptCapacity()).as("round %d", round).isLessThanOrEqualTo(mostKept);
		}
	}

}
