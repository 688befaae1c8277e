package io.github.h2transport.hpack;

import java.nio.ByteBuffer;
import java.util.List;

import io.github.h2transport.HeaderField;
import org.junit.jupiter.api.Test;

import static io.github.h2transport.hpack.Block.decode;
import static io.github.h2transport.hpack.Block.fields;
import static io.github.h2transport.hpack.Block.octets;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

class HpackDecoderTests {

	private final HpackDecoder decoder = new HpackDecoder(4096);

	@Test
	void emptyBlockHasNoFields() throws HpackException {
		assertThat(decode(this.decoder, "")).isEmpty();
	}

	@Test
	void everyStaticEntryCanBeNamedAndComesAsTheSameInstances() throws HpackException {
		for (int index = 1; index <= 61; index++) {
			HeaderField first = decode(this.decoder, "%02x".formatted(0x80 | index)).get(0);
			HeaderField second = decode(this.decoder, "%02x".formatted(0x80 | index)).get(0);
			assertThat(second.name()).isSameAs(first.name());
			assertThat(second.value()).isSameAs(first.value());
		}
		assertThat(decode(this.decoder, "81 90 bd"))
			.isEqualTo(fields(":authority: ", "accept-encoding: gzip, deflate", "www-authenticate: "));
	}

	@Test
	void dynamicEntryComesAsTheSameInstances() throws HpackException {
		HeaderField added = decode(this.decoder, "40 01 61 01 62").get(0);
		HeaderField found = decode(this.decoder, "be").get(0);
		assertThat(found).isEqualTo(new HeaderField("a", "b"));
		assertThat(found.name()).isSameAs(added.name());
		assertThat(found.value()).isSameAs(added.value());
	}

	@Test
	void namesAreDeliveredUnjudged() throws HpackException {
		assertThat(decode(this.decoder, "00 03 415f42 01 78")).isEqualTo(fields("A_B: x"));
		assertThat(decode(this.decoder, "00 00 00")).containsExactly(new HeaderField("", ""));
		assertThat(decode(this.decoder, "00 02 000a 01 ff")).containsExactly(new HeaderField("\0\n", "\u00ff"));
	}

	@Test
	void literalCanTakeItsNameFromTheDynamicTable() throws HpackException {
		assertThat(decode(this.decoder, "40 01 61 01 62  7e 01 63  0f2f 01 64  1f30 01 65"))
			.isEqualTo(fields("a: b", "a: c", "a: d", "!a: e"));
		assertThat(this.decoder.tableSize()).isEqualTo(2 * 34);
	}

	@Test
	void onlyNeverIndexedLiteralsAreSensitive() throws HpackException {
		assertThat(decode(this.decoder, "10 01 61 01 62  00 01 61 01 62  40 01 61 01 62 be 1f08 01 63"))
			.isEqualTo(fields("!a: b", "a: b", "a: b", "a: b", "!authorization: c"));
		assertThat(this.decoder.tableSize()).isEqualTo(34);
	}

	@Test
	void blocksOutsideTheHeapAndSlicesAreReadAndConsumed() throws HpackException {
		byte[] octets = octets("82 40 01 61 01 62");
		ByteBuffer direct = ByteBuffer.allocateDirect(20).put(3, octets).position(3).limit(9);
		ByteBuffer slice = ByteBuffer.allocate(20).put(5, octets).slice(5, 6);
		ByteBuffer readOnly = ByteBuffer.wrap(octets).asReadOnlyBuffer();
		for (ByteBuffer block : List.of(direct, slice, readOnly)) {
			assertThat(decode(this.decoder, block)).isEqualTo(fields(":method: GET", "a: b"));
			assertThat(block.hasRemaining()).isFalse();
		}
	}

	@Test
	void blockThatFailsIsConsumedToo() {
		ByteBuffer block = ByteBuffer.wrap(octets("80 82 82"));
		catchThrowableOfType(HpackException.class, () -> decode(this.decoder, block));
		assertThat(block.hasRemaining()).isFalse();
	}

	@Test
	void sizeUpdateAtTheStartEvictsAndBounds() throws HpackException { // sections 4.3 and 6.3
		decode(this.decoder, "40 01 61 01 62 40 01 63 01 64");
		assertThat(decode(this.decoder, "3f0f be")).isEqualTo(fields("c: d")); // 46 octets
		assertThat(this.decoder.tableSize()).isEqualTo(34);
		assertThat(this.decoder.tableCapacity()).isEqualTo(46);
		decode(this.decoder, "40 01 65 01 66");
		assertThat(this.decoder.tableSize()).isEqualTo(34);
	}

	@Test
	void severalSizeUpdatesMayStandAtTheStart() throws HpackException { // section 4.2
		decode(this.decoder, "40 01 61 01 62");
		assertThat(decode(this.decoder, "20 3fe11f 82")).isEqualTo(fields(":method: GET"));
		assertThat(this.decoder.tableSize()).isZero();
		assertThat(this.decoder.tableCapacity()).isEqualTo(4096);
	}

	@Test
	void sizeUpdateAfterAFieldIsAnError() {
		assertError("82 20", 1, "size update after a field");
		assertError("40 01 61 01 62 3fe11f", 5, "size update after a field");
	}

	@Test
	void sizeUpdateAboveOurSettingIsAnError() {
		assertError("3fe21f", 0, "size update to 4097 octets, but the maximum is 4096");
	}

	@Test
	void sizeUpdateThatIsRequiredMustBeTheFirst() throws HpackException { // RFC 9113 section 4.3.1
		this.decoder.requireSizeUpdate();
		assertThat(decode(this.decoder, "20 82")).isEqualTo(fields(":method: GET"));
		assertThat(decode(this.decoder, "82")).isEqualTo(fields(":method: GET"));
		this.decoder.requireSizeUpdate();
		assertError("82", 0, "no size update after the maximum was reduced");
	}

	@Test
	void indexZeroIsAnError() { // section 6.1
		assertError("82 80", 1, "index 0");
	}

	@Test
	void indexBeyondTheTablesIsAnError() throws HpackException { // section 2.3.3
		assertError("be", 0, "index 62, but the tables have 61 entries");
		assertError("7e 01 62", 0, "index 62");
		assertError("0f2f 01 62", 0, "index 62");
		assertError("ff 80 ff ff ff 07", 0, "index 2147483647");
		decode(this.decoder, "40 01 61 01 62");
		assertError("bf", 0, "index 63, but the tables have 62 entries");
	}

	@Test
	void evictedEntryCannotBeNamed() throws HpackException {
		decode(this.decoder, "40 01 61 01 62");
		assertError("20 be", 1, "index 62, but the tables have 61 entries");
	}

	@Test
	void entryLargerThanTheTableEmptiesIt() throws HpackException { // section 4.4
		HpackDecoder small = new HpackDecoder(40);
		decode(small, "40 01 61 01 62");
		assertThat(decode(small, "40 01 61 08 3132333435363738")).isEqualTo(fields("a: 12345678"));
		assertThat(small.tableSize()).isZero();
	}

	@Test
	void nameOfAnEntryThatIsEvictedByItsOwnLiteralSurvives() throws HpackException { // section 4.4
		HpackDecoder small = new HpackDecoder(40);
		decode(small, "40 01 61 01 62");
		assertThat(decode(small, "7e 02 6364 be")).isEqualTo(fields("a: cd", "a: cd"));
		assertThat(small.tableSize()).isEqualTo(35);
	}

	@Test
	void tableOfSizeZeroTakesNothing() throws HpackException {
		HpackDecoder none = new HpackDecoder(0);
		assertThat(decode(none, "40 01 61 01 62")).isEqualTo(fields("a: b"));
		assertThat(none.tableSize()).isZero();
	}

	@Test
	void manySmallEntriesStayInOrder() throws HpackException {
		for (int i = 0; i < 200; i++) {
			decode(this.decoder, "40 01 61 02 %04x".formatted(0x3000 + i));
		}
		assertThat(this.decoder.tableSize()).isEqualTo(117 * 35); // 4096 / 35 is 117
		for (int i = 0; i <= 126 - 62; i++) { // indexes of one octet
			assertThat(decode(this.decoder, "%02x".formatted(0x80 + 62 + i)))
				.isEqualTo(decode(this.decoder, "00 01 61 02 %04x".formatted(0x3000 + 199 - i)));
		}
		assertThat(decode(this.decoder, "ff33")) // 127 + 51 = 178: the oldest
			.isEqualTo(decode(this.decoder, "00 01 61 02 %04x".formatted(0x3000 + 199 - 116)));
		assertError("ff34", 0, "index 179, but the tables have 178 entries");
	}

	@Test
	void integerAboveTheLimitIsAnError() { // section 5.1
		assertError("ff 81 ff ff ff 07", 5, "integer above 2^31-1");
		assertError("ff ff ff ff ff 7f", 5, "integer above 2^31-1");
	}

	@Test
	void integerWithTooManyOctetsIsAnError() {
		assertError("ff 80 80 80 80 80 00", 5, "integer of more than 5 continuation octets");
		assertError("00 7f 80 80 80 80 80 80 80 80", 6, "integer of more than 5 continuation octets");
	}

	@Test
	void integerWithSomeNeedlessOctetsIsAccepted() throws HpackException {
		assertThat(decode(this.decoder, "1f 88 80 80 80 00 01 78")).isEqualTo(fields("!authorization: x"));
	}

	@Test
	void truncatedBlockIsAnError() {
		assertError("ff", 1, "truncated within an integer");
		assertError("ff80", 2, "truncated within an integer");
		assertError("3f", 1, "truncated within an integer");
		assertError("40", 1, "truncated before a string");
		assertError("41", 1, "truncated before a string");
		assertError("40 01 61", 3, "truncated before a string");
		assertError("40 02 61", 1, "string of 2 octets, but only 1 are left");
		assertError("40 01 61 7f", 4, "truncated within an integer");
		assertError("40 01 61 03 6262", 3, "string of 3 octets, but only 2 are left");
		assertError("40 01 61 ff 80 ff ff ff 07", 3, "string of 2147483647 octets, but only 0 are left");
	}

	@Test
	void badHuffmanStringIsAnError() { // section 5.2
		assertError("00 81 06 00", 1, "Huffman string ends with illegal padding");
		assertError("00 01 61 84 ffffffff", 3, "Huffman string contains EOS");
		assertError("00 01 61 82 07ff", 3, "Huffman string ends with illegal padding");
	}

	@Test
	void messageNamesThePlaceAndNoTextOfThePeer() {
		HpackException error = error("00 06 736563726574 06 736563726574 80");
		assertThat(error.position()).isEqualTo(15);
		assertThat(error).hasMessage("header block, octet 15: index 0");
	}

	private void assertError(String hex, int position, String reason) {
		HpackException error = error(hex);
		assertThat(error).as(hex).isNotNull();
		assertThat(error).as(hex).hasMessageContaining(reason);
		assertThat(error.position()).as(hex).isEqualTo(position);
	}

	private HpackException error(String hex) {
		return catchThrowableOfType(HpackException.class, () -> decode(this.decoder, hex));
	}

}
