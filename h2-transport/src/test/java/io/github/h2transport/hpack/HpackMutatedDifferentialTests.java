package io.github.h2transport.hpack;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

import com.twitter.hpack.Decoder;
import io.github.h2transport.HeaderField;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Damaged blocks before our decoder and another one: what we accept the other accepts,
 * with the same fields. We may be stricter. Each run prints its seed;
 * {@code -Dhpack.seed=N} repeats it.
 */
class HpackMutatedDifferentialTests {

	private static final int BLOCKS = 100_000;

	private static final int BLOCKS_PER_CONNECTION = 20;

	private static final int TABLE_SIZE = 1000;

	private static final int NO_LIMIT = 1 << 30;

	/**
	 * Errors that the other one lets pass: RFC 7541 sections 4.2 and 5.2, and a block
	 * that is cut, where it waits for the rest.
	 */
	private static final String[] STRICTER = { "size update after a field", "Huffman string ends with illegal padding",
			"truncated ", " are left in the block" };

	private final long seed = Long.getLong("hpack.seed", System.nanoTime());

	private final Random random = new Random(this.seed);

	@Test
	void whatWeAcceptTheOtherAcceptsWithTheSameFields() {
		System.out.println("-Dhpack.seed=" + this.seed);
		Map<String, Integer> verdicts = new TreeMap<>();
		for (int i = 0; i < BLOCKS / BLOCKS_PER_CONNECTION; i++) {
			connection(verdicts);
		}
		System.out.println(verdicts);
		// The damage must reach both verdicts, else this proves nothing.
		assertThat(verdicts).containsKeys("both accept", "both refuse");
	}

	private void connection(Map<String, Integer> verdicts) {
		HpackEncoder encoder = new HpackEncoder(TABLE_SIZE);
		encoder.peerTableSize(TABLE_SIZE);
		HpackDecoder ours = new HpackDecoder(TABLE_SIZE);
		Decoder other = new Decoder(NO_LIMIT, TABLE_SIZE);
		RandomFields source = new RandomFields(this.random);
		OctetSink out = new OctetSink(0);
		for (int i = 0; i < BLOCKS_PER_CONNECTION; i++) {
			out.clear();
			encoder.beginBlock(out);
			for (HeaderField field : source.section(6)) {
				encoder.encode(field.name(), field.value(), field.sensitive(), out);
			}
			byte[] block = Arrays.copyOf(out.array(), out.length());
			if (this.random.nextInt(4) != 0) {
				block = damage(block);
			}
			Verdict we = ours(ours, block);
			Verdict they = other(other, block);
			String place = "seed " + this.seed + ", block " + HexFormat.of().formatHex(block) + ", we: " + we.refusal
					+ ", they: " + they.refusal;
			if (we.refusal == null && we.fields.stream().anyMatch((field) -> field.name().isEmpty())) {
				// A matter of HTTP, not of HPACK; the other one mixes them up.
				assertThat(they.refusal).as(place).isNotNull();
				verdicts.merge("the other is stricter: empty name", 1, Integer::sum);
				return;
			}
			if (we.refusal == null) {
				assertThat(they.refusal).as(place).isNull();
				assertThat(we.fields).as(place).isEqualTo(they.fields);
				verdicts.merge("both accept", 1, Integer::sum);
				continue;
			}
			if (they.refusal == null) {
				assertThat(we.refusal).as(place).containsAnyOf(STRICTER);
			}
			verdicts.merge((they.refusal != null) ? "both refuse" : "we are stricter: " + kind(we.refusal), 1,
					Integer::sum);
			// RFC 7541 section 3.2: an error ends the connection.
			return;
		}
	}

	/** Without the numbers. */
	private static String kind(String refusal) {
		return refusal.replaceAll("[0-9]+", "N");
	}

	private static Verdict ours(HpackDecoder decoder, byte[] block) {
		List<HeaderField> fields = new ArrayList<>();
		try {
			decoder.decode(ByteBuffer.wrap(block),
					(name, value, sensitive) -> fields.add(new HeaderField(name, value, sensitive)));
			return new Verdict(fields, null);
		}
		catch (HpackException ex) {
			return new Verdict(fields, String.valueOf(ex.getMessage()));
		}
	}

	/** The other one throws what it likes. */
	private static Verdict other(Decoder decoder, byte[] block) {
		List<HeaderField> fields = new ArrayList<>();
		ByteArrayInputStream in = new ByteArrayInputStream(block);
		try {
			decoder.decode(in,
					(name, value, sensitive) -> fields.add(new HeaderField(text(name), text(value), sensitive)));
			boolean left = decoder.endHeaderBlock() || in.available() > 0;
			return new Verdict(fields, left ? "octets are left" : null);
		}
		catch (IOException | RuntimeException ex) {
			return new Verdict(fields, String.valueOf(ex));
		}
	}

	private static String text(byte[] octets) {
		return new String(octets, StandardCharsets.ISO_8859_1);
	}

	private byte[] damage(byte[] block) {
		byte[] damaged = block;
		for (int times = 1 + this.random.nextInt(2); times > 0 && damaged.length > 0; times--) {
			int at = this.random.nextInt(damaged.length);
			switch (this.random.nextInt(6)) {
				case 0 -> damaged[at] ^= (byte) (1 << this.random.nextInt(8));
				case 1 -> damaged[at] = (byte) this.random.nextInt(256);
				case 2 -> damaged[at] = (byte) 0xff;
				case 3 -> damaged = Arrays.copyOf(damaged, at);
				case 4 -> damaged = Arrays.copyOfRange(damaged, at, damaged.length);
				default -> {
					byte[] longer = Arrays.copyOf(damaged, damaged.length + 1);
					System.arraycopy(damaged, at, longer, at + 1, damaged.length - at);
					longer[at] = (byte) this.random.nextInt(256);
					damaged = longer;
				}
			}
		}
		return damaged;
	}

	/** The fields, and why no more of them; the refusal is null for a good block. */
	private static final class Verdict {

		private final List<HeaderField> fields;

		private final @Nullable String refusal;

		Verdict(List<HeaderField> fields, @Nullable String refusal) {
			this.fields = fields;
			this.refusal = refusal;
		}

	}

}
