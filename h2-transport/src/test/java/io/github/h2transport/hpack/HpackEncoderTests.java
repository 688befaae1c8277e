package io.github.h2transport.hpack;

import java.util.ArrayList;
import java.util.List;

import io.github.h2transport.HeaderField;
import org.junit.jupiter.api.Test;

import static io.github.h2transport.hpack.Block.decode;
import static io.github.h2transport.hpack.Block.encode;
import static io.github.h2transport.hpack.Block.fields;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class HpackEncoderTests {

	private final HpackEncoder encoder = new HpackEncoder(4096);

	@Test
	void everyStaticEntryIsFound() {
		for (int index = 1; index <= 61; index++) {
			HeaderField field = new HeaderField(StaticTable.name(index), StaticTable.value(index));
			assertThat(encode(this.encoder, List.of(field))).isEqualTo("%02x".formatted(0x80 | index));
		}
		assertThat(this.encoder.tableSize()).isZero();
	}

	@Test
	void repeatedFieldIsIndexed() {
		encode(this.encoder, fields("a: b", "c: d"));
		assertThat(encode(this.encoder, fields("a: b", "c: d", "a: b"))).isEqualTo("bfbebf");
		assertThat(this.encoder.tableSize()).isEqualTo(2 * 34);
	}

	@Test
	void sensitiveFieldIsNeverIndexedEvenIfATableHasIt() { // section 7.1.3
		encode(this.encoder, fields("a: b"));
		assertThat(encode(this.encoder, fields("!a: b"))).isEqualTo("1f2f" + "0162");
		assertThat(encode(this.encoder, fields("!:method: GET"))).isEqualTo("12" + "03474554");
		assertThat(encode(this.encoder, fields("!authorization: x", "!authorization: x")))
			.isEqualTo("1f08" + "0178" + "1f08" + "0178");
		assertThat(encode(this.encoder, fields("!k: x"))).isEqualTo("10" + "016b" + "0178");
		assertThat(this.encoder.tableSize()).isEqualTo(34);
	}

	@Test
	void huffmanIsUsedOnlyWhereItIsShorter() {
		assertThat(encode(this.encoder, fields("age: 1"))).isEqualTo("0f06" + "0131");
		assertThat(encode(this.encoder, fields("age: 11"))).isEqualTo("0f06" + "023131"); // 2 octets either way
		assertThat(encode(this.encoder, fields("age: 111"))).isEqualTo("0f06" + "820843"); // 00001 00001 00001 1
		assertThat(encode(this.encoder, fields("age: \u00ff"))).isEqualTo("0f06" + "01ff");
	}

	@Test
	void lengthsValidatorsAndTimesStayOutOfTheTable() {
		encode(this.encoder, fields("content-length: 17", "range: bytes=0-5", "if-none-match: \"x\"",
				"if-modified-since: Mon, 21 Oct 2013 20:13:21 GMT", "date: Mon, 21 Oct 2013 20:13:21 GMT"));
		assertThat(this.encoder.tableSize()).isZero();
	}

	@Test
	void shortPathEntersTheTableAndALongOneDoesNot() {
		encode(this.encoder, fields(":path: /hello"));
		assertThat(encode(this.encoder, fields(":path: /hello"))).isEqualTo("be");
		int size = this.encoder.tableSize();
		encode(this.encoder, fields(":path: /" + "x".repeat(256)));
		assertThat(this.encoder.tableSize()).isEqualTo(size);
	}

	@Test
	void valueThatFillsTheTableStaysOut() {
		encode(this.encoder, fields("a: b", "big: " + "x".repeat(3072 - 32 - 3 + 1)));
		assertThat(this.encoder.tableSize()).isEqualTo(34);
		encode(this.encoder, fields("big: " + "x".repeat(3072 - 32 - 3)));
		assertThat(this.encoder.tableSize()).isEqualTo(34 + 3072);
	}

	@Test
	void valuesThatNeverRepeatDoNotPushTheSteadyFieldsOut() {
		String steady = "authorization: Bearer " + "x".repeat(1000);
		encode(this.encoder, fields(steady));
		encode(this.encoder, fields(steady));
		for (int i = 0; i < 100; i++) {
			encode(this.encoder, fields("x-request-id: 01234567-89ab-cdef-" + i));
		}
		assertThat(encode(this.encoder, fields(steady))).hasSize(2);
		// the first, and each 8th after it
		assertThat(this.encoder.tableSize() - 1045).isBetween(12 * 63, 14 * 63);
	}

	@Test
	void valueThatTurnsSteadyIsIndexedAgain() {
		for (int i = 0; i < 100; i++) {
			encode(this.encoder, fields("x-token: " + i));
		}
		List<String> blocks = new ArrayList<>();
		for (int i = 0; i < 10; i++) {
			blocks.add(encode(this.encoder, fields("x-token: steady")));
		}
		assertThat(blocks.get(9)).isEqualTo("be");
		encode(this.encoder, fields("x-token: next"));
		assertThat(encode(this.encoder, fields("x-token: next"))).as("after a repeated value at once").isEqualTo("be");
	}

	@Test
	void differentValuesOfOneNameInOneBlockAreAllIndexedInTheEnd() {
		List<HeaderField> cookies = fields("cookie: a=1", "cookie: b=2", "cookie: c=3", "cookie: d=4");
		for (int i = 0; i < 4; i++) {
			encode(this.encoder, cookies);
		}
		assertThat(encode(this.encoder, cookies)).hasSize(8);
	}

	@Test
	void sizesBelowTheInitialOneAreToldInTheFirstBlock() throws HpackException { // section 4.2
		assertThat(encode(new HpackEncoder(0), fields("a: b", "a: b"))).isEqualTo("20" + "0001610162" + "0001610162");
		assertThat(encode(new HpackEncoder(256), fields(":method: GET"))).isEqualTo("3fe101" + "82");
		assertThat(encode(new HpackEncoder(4096), fields(":method: GET"))).isEqualTo("82");
		assertThat(encode(new HpackEncoder(65536), fields(":method: GET"))).isEqualTo("82");
	}

	@Test
	void peerCanReduceTheTable() {
		encode(this.encoder, fields("a: b", "c: d"));
		this.encoder.peerTableSize(50);
		assertThat(this.encoder.tableSize()).isEqualTo(34);
		assertThat(encode(this.encoder, fields("c: d", "a: b"))).isEqualTo("3f13" + "be" + "40" + "0161" + "0162");
		assertThat(this.encoder.tableSize()).isEqualTo(34);
		assertThat(this.encoder.tableCapacity()).isEqualTo(50);
		assertThat(encode(this.encoder, fields("a: b"))).as("told once").isEqualTo("be");
	}

	@Test
	void smallestSizeBetweenTwoBlocksIsToldBeforeTheFinalOne() { // section 4.2
		encode(this.encoder, fields("a: b"));
		this.encoder.peerTableSize(100);
		this.encoder.peerTableSize(0);
		this.encoder.peerTableSize(70);
		this.encoder.peerTableSize(4096);
		assertThat(encode(this.encoder, fields("a: b"))).isEqualTo("20" + "3fe11f" + "40" + "0161" + "0162");
	}

	@Test
	void largerTableIsUsedUpToOurOwnCap() {
		HpackEncoder large = new HpackEncoder(8192);
		large.peerTableSize(0xffff_ffffL);
		assertThat(large.tableCapacity()).isEqualTo(8192);
		assertThat(encode(large, fields(":method: GET"))).isEqualTo("3fe13f" + "82");
		this.encoder.peerTableSize(65536);
		assertThat(this.encoder.tableCapacity()).isEqualTo(4096);
		assertThat(encode(this.encoder, fields(":method: GET"))).as("nothing changed").isEqualTo("82");
	}

	@Test
	void reductionThatDoesNotTouchUsIsToldNevertheless() { // RFC 9113 section 4.3.1
		this.encoder.peerTableSize(65536);
		this.encoder.peerTableSize(8192);
		assertThat(encode(this.encoder, fields(":method: GET"))).isEqualTo("3fe11f" + "82");
	}

	@Test
	void charThatIsNoOctetIsRefusedAndNothingIsWritten() {
		OctetSink out = new OctetSink(16);
		for (boolean sensitive : new boolean[] { false, true }) {
			assertThatIllegalArgumentException().isThrownBy(() -> this.encoder.encode("a", "\u0100", sensitive, out));
			assertThatIllegalArgumentException().isThrownBy(() -> this.encoder.encode("\u20ac", "a", sensitive, out));
			assertThatIllegalArgumentException()
				.isThrownBy(() -> this.encoder.encode("content-length", "\uffff", sensitive, out));
		}
		assertThat(out.length()).isZero();
		assertThat(this.encoder.tableSize()).isZero();
	}

	@Test
	void longStringsAndAllOctetsComeBack() throws HpackException {
		StringBuilder all = new StringBuilder();
		for (char c = 0; c < 256; c++) {
			all.append(c);
		}
		List<HeaderField> fields = List.of(new HeaderField("all", all.toString()),
				new HeaderField("long", "y".repeat(100_000)), new HeaderField("z".repeat(20_000), "", true));
		HpackDecoder decoder = new HpackDecoder(4096);
		assertThat(decode(decoder, encode(this.encoder, fields))).isEqualTo(fields);
		assertThat(decoder.tableSize()).isEqualTo(this.encoder.tableSize());
	}

	@Test
	void valuesWithTheSameHashAreToldApart() throws HpackException {
		HpackDecoder decoder = new HpackDecoder(4096);
		assertThat("Aa".hashCode()).isEqualTo("BB".hashCode());
		List<HeaderField> fields = fields("Aa: BB", "BB: Aa", "Aa: Aa", "BB: BB", "AaBB: x", "BBAa: x", "Aa: BB");
		for (int i = 0; i < 5; i++) {
			assertThat(decode(decoder, encode(this.encoder, fields))).isEqualTo(fields);
		}
	}

	@Test
	void entriesAreFoundAfterTheTableGrewAndTurnedRound() throws HpackException {
		HpackEncoder large = new HpackEncoder(1 << 20);
		HpackDecoder decoder = new HpackDecoder(1 << 20);
		large.peerTableSize(1 << 20);
		List<HeaderField> fields = new ArrayList<>();
		for (int i = 0; i < 1000; i++) {
			fields.add(new HeaderField("name-" + i, "value-" + i));
		}
		decode(decoder, encode(large, fields));
		// every one by its index: 62 to 126 in one octet, to 254 in two, to 1061 in three
		assertThat(encode(large, fields)).hasSize(2 * (65 + 2 * 128 + 3 * 807));
		assertThat(decode(decoder, encode(large, fields))).isEqualTo(fields);
		for (int round = 0; round < 50; round++) {
			List<HeaderField> more = fields("round-" + round + ": x", "name-" + (999 - round) + ": value-" + (999 - round));
			assertThat(decode(decoder, encode(large, more))).isEqualTo(more);
		}
	}

}
