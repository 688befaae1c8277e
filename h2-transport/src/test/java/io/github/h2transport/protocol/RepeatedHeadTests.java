package io.github.h2transport.protocol;

import java.nio.ByteBuffer;
import java.util.HexFormat;

import io.github.h2transport.Headers;
import io.github.h2transport.hpack.HpackDecoder;
import io.github.h2transport.hpack.HpackException;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * RFC 7541 section 3.2: what a block means depends on its octets and on the table, so the
 * same octets mean the same as long as the table has not changed.
 */
class RepeatedHeadTests {

	/** {@code :status: 200}, and {@code a: b} as a literal without indexing. */
	private static final String PLAIN = "88 00 01 61 01 62";

	/** {@code :status: 200}, and {@code a: b} into the table. */
	private static final String ADDING = "88 40 01 61 01 62";

	/** {@code :status: 200}, and {@code c: d} into the table. */
	private static final String ADDING_ANOTHER = "88 40 01 63 01 64";

	/** {@code :status: 200}, and whatever is the newest entry of the table. */
	private static final String NEWEST = "88 be";

	private final HpackDecoder decoder = new HpackDecoder(4096);

	private final HeaderSection section = new HeaderSection(16_384);

	private final RepeatedHead repeated = new RepeatedHead(this.decoder);

	@Test
	void theSameOctetsGiveTheSameSection() throws Exception {
		Headers first = decoded(PLAIN);

		assertThat(isRecalled(PLAIN)).isTrue();
		assertThat(this.section.status()).isEqualTo(200);
		assertThat(this.section.fault()).isNull();
		assertThat(this.section.headers()).isSameAs(first).isEqualTo(Headers.of("a", "b"));
		assertThat(this.section.listSize()).isEqualTo(7 + 3 + 32 + 1 + 1 + 32);
	}

	@Test
	void otherOctetsAreDecoded() throws Exception {
		decoded(PLAIN);

		assertThat(isRecalled("88 00 01 61 01 63")).isFalse();
		assertThat(isRecalled(PLAIN + " 88")).isFalse();
		assertThat(isRecalled("88")).isFalse();
	}

	@Test
	void aBlockThatChangesTheTableIsDecodedEachTime() throws Exception {
		decoded(ADDING);

		assertThat(isRecalled(ADDING)).isFalse();
	}

	@Test
	void anIndexIsLookedUpAgainWhenTheTableHasChanged() throws Exception {
		decoded(ADDING);
		assertThat(decoded(NEWEST)).isEqualTo(Headers.of("a", "b"));
		assertThat(isRecalled(NEWEST)).isTrue();
		decoded(ADDING_ANOTHER);

		assertThat(isRecalled(NEWEST)).isFalse();
		assertThat(decoded(NEWEST)).isEqualTo(Headers.of("c", "d"));
	}

	@Test
	void anIndexIsLookedUpAgainWhenTheTableWasEmptied() throws Exception {
		decoded(ADDING);
		decoded(NEWEST);
		decoded("20 3f e1 1f 88");

		assertThat(isRecalled(NEWEST)).isFalse();
		assertThatExceptionOfType(HpackException.class).isThrownBy(() -> decoded(NEWEST));
	}

	@Test
	void aSizeUpdateThatIsDueIsMissedInARepeatedBlockToo() throws Exception {
		decoded(PLAIN);
		this.decoder.requireSizeUpdate();

		assertThat(isRecalled(PLAIN)).isFalse();
		assertThatExceptionOfType(HpackException.class).isThrownBy(() -> decoded(PLAIN));
	}

	@Test
	void aBlockIsConsumedIfItIsRecalledOnly() throws Exception {
		decoded(PLAIN);
		ByteBuffer same = octets(PLAIN);
		ByteBuffer other = octets(NEWEST);

		this.repeated.recall(same, this.section);
		this.repeated.recall(other, this.section);

		assertThat(same.remaining()).isZero();
		assertThat(other.remaining()).isEqualTo(2);
	}

	private Headers decoded(String hex) throws HpackException {
		ByteBuffer block = octets(hex);
		long before = this.decoder.changes();
		this.section.begin(HeaderSection.Kind.RESPONSE);
		this.decoder.decode(block, this.section);
		this.repeated.remember(block.rewind(), before, this.section);
		return this.section.headers();
	}

	private boolean isRecalled(String hex) {
		this.section.begin(HeaderSection.Kind.RESPONSE);
		return this.repeated.recall(octets(hex), this.section);
	}

	private static ByteBuffer octets(String hex) {
		return ByteBuffer.wrap(HexFormat.ofDelimiter(" ").parseHex(hex));
	}

}
