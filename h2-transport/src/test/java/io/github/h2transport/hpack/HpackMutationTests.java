package io.github.h2transport.hpack;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;

import io.github.h2transport.HeaderField;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

/**
 * Blocks that were damaged on purpose. Each run prints its seed;
 * {@code -Dhpack.seed=N} repeats it.
 */
class HpackMutationTests {

	private static final int BLOCKS = 200_000;

	private static final int BLOCKS_PER_CONNECTION = 100;

	private final long seed = Long.getLong("hpack.seed", System.nanoTime());

	private final Random random = new Random(this.seed);

	@BeforeEach
	void sayHowToRepeat(TestInfo test) {
		System.out.println(test.getTestMethod().orElseThrow().getName() + ": -Dhpack.seed=" + this.seed);
	}

	@Test
	@Timeout(60)
	void damagedBlockIsDecodedOrRefusedAndNothingElse() {
		int refused = 0;
		HpackEncoder encoder = new HpackEncoder(1000);
		HpackDecoder decoder = new HpackDecoder(1000);
		RandomFields source = new RandomFields(this.random);
		OctetSink out = new OctetSink(0);
		for (int i = 0; i < BLOCKS; i++) {
			if (i % BLOCKS_PER_CONNECTION == 0) {
				encoder = new HpackEncoder(1000);
				decoder = new HpackDecoder(1000);
				source = new RandomFields(this.random);
			}
			out.clear();
			encoder.beginBlock(out);
			for (HeaderField field : source.section(6)) {
				encoder.encode(field.name(), field.value(), field.sensitive(), out);
			}
			byte[] block = damage(Arrays.copyOf(out.array(), out.length()));
			refused += accepts(decoder, block) ? 0 : 1;
		}
		// else the damage does not reach what it should
		assertThat(refused).isBetween(BLOCKS / 10, BLOCKS * 99 / 100);
	}

	@Test
	@Timeout(60)
	void noiseIsDecodedOrRefusedAndNothingElse() {
		HpackDecoder decoder = new HpackDecoder(4096);
		for (int i = 0; i < BLOCKS; i++) {
			byte[] block = new byte[this.random.nextInt(64)];
			this.random.nextBytes(block);
			accepts(decoder, block);
		}
	}

	private boolean accepts(HpackDecoder decoder, byte[] block) {
		int[] fields = { 0 };
		try {
			decoder.decode(ByteBuffer.wrap(block), (name, value, sensitive) -> fields[0]++);
			return true;
		}
		catch (HpackException ex) {
			assertThat(ex.position()).isBetween(0, block.length);
			return false;
		}
		catch (RuntimeException | Error ex) {
			return fail("seed " + this.seed + ", block " + HexFormat.of().formatHex(block), ex);
		}
		finally {
			if (fields[0] > block.length || decoder.tableSize() > decoder.tableCapacity() || decoder.tableSize() < 0) {
				fail("seed " + this.seed + ": " + fields[0] + " fields, table of " + decoder.tableSize() + " octets");
			}
		}
	}

	private byte[] damage(byte[] block) {
		byte[] damaged = block;
		for (int times = 1 + this.random.nextInt(3); times > 0 && damaged.length > 0; times--) {
			int at = this.random.nextInt(damaged.length);
			switch (this.random.nextInt(5)) {
				case 0 -> damaged[at] ^= (byte) (1 << this.random.nextInt(8));
				case 1 -> damaged[at] = (byte) this.random.nextInt(256);
				case 2 -> damaged[at] = (byte) 0xff;
				case 3 -> damaged = Arrays.copyOf(damaged, at);
				default -> damaged = Arrays.copyOfRange(damaged, at, damaged.length);
			}
		}
		return damaged;
	}

}
