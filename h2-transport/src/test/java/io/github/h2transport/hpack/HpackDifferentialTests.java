package io.github.h2transport.hpack;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

import com.twitter.hpack.Decoder;
import com.twitter.hpack.Encoder;
import io.github.h2transport.HeaderField;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Compares with another implementation of RFC 7541, each way, over random header sections
 * and table sizes. Each run prints its seed; {@code -Dhpack.seed=N} repeats it.
 */
class HpackDifferentialTests {

	private static final int FIELDS = 200_000;

	private static final int NO_LIMIT = 1 << 30;

	private static final int[] TABLE_SIZES = { 0, 31, 33, 50, 100, 256, 1000, 4096, 5000, 65536 };

	private final long seed = Long.getLong("hpack.seed", System.nanoTime());

	private final Random random = new Random(this.seed);

	@BeforeEach
	void sayHowToRepeat(TestInfo test) {
		System.out.println(test.getTestMethod().orElseThrow().getName() + ": -Dhpack.seed=" + this.seed);
	}

	@Test
	void otherDecoderReadsWhatWeWrite() throws Exception {
		int fields = 0;
		for (int connection = 0; fields < FIELDS; connection++) {
			String place = "seed " + this.seed + ", connection " + connection;
			HpackEncoder encoder = new HpackEncoder(tableSize());
			Decoder decoder = new Decoder(NO_LIMIT, 4096);
			RandomFields source = new RandomFields(this.random);
			OctetSink out = new OctetSink(0);
			for (int block = 0; block < 60; block++) {
				for (int change = this.random.nextInt(12); change < 3; change++) {
					int size = tableSize();
					encoder.peerTableSize(size);
					decoder.setMaxHeaderTableSize(size);
				}
				List<HeaderField> sent = source.section(30);
				out.clear();
				encoder.beginBlock(out);
				for (HeaderField field : sent) {
					encoder.encode(field.name(), field.value(), field.sensitive(), out);
				}
				assertThat(received(decoder, out)).as(place).isEqualTo(sent);
				assertThat(encoder.tableSize()).as(place).isEqualTo(tableSize(decoder));
				assertThat(encoder.tableSize()).as(place).isLessThanOrEqualTo(encoder.tableCapacity());
				fields += sent.size();
			}
		}
	}

	@Test
	void weReadWhatTheOtherEncoderWrites() throws Exception {
		int fields = 0;
		for (int connection = 0; fields < FIELDS; connection++) {
			String place = "seed " + this.seed + ", connection " + connection;
			int max = tableSize();
			HpackDecoder decoder = new HpackDecoder(max);
			Encoder encoder = new Encoder(max);
			RandomFields source = new RandomFields(this.random);
			for (int block = 0; block < 60; block++) {
				ByteArrayOutputStream out = new ByteArrayOutputStream();
				for (int change = this.random.nextInt(12); change < 3; change++) {
					encoder.setMaxHeaderTableSize(out, this.random.nextInt(max + 1));
				}
				List<HeaderField> sent = source.section(30);
				for (HeaderField field : sent) {
					encoder.encodeHeader(out, octets(field.name()), octets(field.value()), field.sensitive());
				}
				assertThat(Block.decode(decoder, buffer(out.toByteArray()))).as(place).isEqualTo(sent);
				assertThat(decoder.tableSize()).as(place).isEqualTo(tableSize(encoder));
				fields += sent.size();
			}
		}
	}

	@Test
	void weReadWhatWeWrite() throws HpackException {
		for (int connection = 0; connection < 100; connection++) {
			String place = "seed " + this.seed + ", connection " + connection;
			HpackEncoder encoder = new HpackEncoder(tableSize());
			HpackDecoder decoder = new HpackDecoder(65536);
			decoder.decode(buffer(Block.octets("3fe11f")), (name, value, sensitive) -> {
			});
			RandomFields source = new RandomFields(this.random);
			for (int block = 0; block < 60; block++) {
				for (int change = this.random.nextInt(12); change < 3; change++) {
					encoder.peerTableSize(tableSize());
				}
				List<HeaderField> sent = source.section(30);
				assertThat(Block.decode(decoder, Block.encode(encoder, sent))).as(place).isEqualTo(sent);
				assertThat(decoder.tableSize()).as(place).isEqualTo(encoder.tableSize());
				assertThat(decoder.tableCapacity()).as(place).isEqualTo(encoder.tableCapacity());
			}
		}
	}

	private int tableSize() {
		return TABLE_SIZES[this.random.nextInt(TABLE_SIZES.length)];
	}

	private ByteBuffer buffer(byte[] octets) {
		return this.random.nextBoolean() ? ByteBuffer.wrap(octets)
				: ByteBuffer.allocateDirect(octets.length).put(octets).flip();
	}

	private static List<HeaderField> received(Decoder decoder, OctetSink block) throws IOException {
		List<HeaderField> fields = new ArrayList<>();
		ByteArrayInputStream in = new ByteArrayInputStream(block.array(), 0, block.length());
		decoder.decode(in, (name, value, sensitive) -> fields.add(new HeaderField(text(name), text(value), sensitive)));
		assertThat(in.available()).isZero();
		assertThat(decoder.endHeaderBlock()).as("truncated").isFalse();
		return fields;
	}

	// the other implementation shows the sizes of its tables only to its own tests
	private static int tableSize(Decoder decoder) throws ReflectiveOperationException {
		Method size = Decoder.class.getDeclaredMethod("size");
		size.setAccessible(true);
		return (int) size.invoke(decoder);
	}

	private static int tableSize(Encoder encoder) throws ReflectiveOperationException {
		Field size = Encoder.class.getDeclaredField("size");
		size.setAccessible(true);
		return size.getInt(encoder);
	}

	private static byte[] octets(String text) {
		return text.getBytes(StandardCharsets.ISO_8859_1);
	}

	private static String text(byte[] octets) {
		return new String(octets, StandardCharsets.ISO_8859_1);
	}

}
