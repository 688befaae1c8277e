package io.github.h2transport.conformance;

import java.net.URI;
import java.util.HexFormat;
import java.util.Map;

import io.github.h2transport.Headers;
import io.github.h2transport.Http2Request;
import io.github.h2transport.hpack.HpackDecoder;
import io.github.h2transport.hpack.HpackEncoder;
import io.github.h2transport.hpack.HpackException;
import io.github.h2transport.hpack.OctetSink;
import io.github.h2transport.testkit.peer.Exchange;
import io.github.h2transport.testkit.peer.WirePeer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

import static io.github.h2transport.conformance.Blocks.assertError;
import static io.github.h2transport.conformance.Blocks.decode;
import static io.github.h2transport.conformance.Blocks.encode;
import static io.github.h2transport.testkit.peer.WirePeer.get;
import static org.assertj.core.api.Assertions.assertThat;

/** RFC 7541 sections 5, 6 and 7: integers, strings, representations, secrets, limits. */
@Timeout(30)
@ExtendWith(ClosesPeers.class)
class Rfc7541Section5And6RepresentationTests {

	private final HpackDecoder decoder = new HpackDecoder(4096);

	private final HpackEncoder encoder = new HpackEncoder(4096);

	// ---- 5.1: integers ----

	@Test
	void integersAreThoseOfAppendixC1() throws Exception {
		// 10 and 1,337 with a prefix of 5 bits, as sizes of the table
		decode(this.decoder, "2a");
		assertThat(this.decoder.tableCapacity()).isEqualTo(10);
		decode(this.decoder, "3f9a0a");
		assertThat(this.decoder.tableCapacity()).isEqualTo(1337);
	}

	@Test
	void aPrefixOfOnesNeedsAnotherOctetAlsoForZero() throws Exception {
		decode(this.decoder, "3f00");
		assertThat(this.decoder.tableCapacity()).isEqualTo(31);
		decode(this.decoder, "3e");
		assertThat(this.decoder.tableCapacity()).isEqualTo(30);
	}

	@Test
	void integersAboveOurLimitInValueAreDecodingErrors() throws Exception {
		assertError("ff81ffffff07", "above 2^31-1"); // 127 + 2^31 - 127
		assertError("ffffffffff7f", "above 2^31-1");
		assertError("3fffffffffff7f", "continuation octets");
		assertError("00 7fffffffff7f", "above 2^31-1"); // the length of a name
	}

	@Test
	void integersAboveOurLimitInOctetsAreDecodingErrors() throws Exception {
		assertError("ff808080808000", "more than 5 continuation octets");
		assertError("3f80808080808080808080", "more than 5 continuation octets");
		assertError("00 ff80808080808080", "more than 5 continuation octets");
	}

	@Test
	void aFewNeedlessOctetsAreNoError() throws Exception {
		assertThat(decode(this.decoder, "1f888080 8000 0178")).containsExactly("!authorization: x");
	}

	@Test
	void blocksThatEndWithinARepresentationAreDecodingErrors() throws Exception {
		for (String cut : new String[] { "ff", "ff80", "3f", "7f", "40", "4001", "400161", "40016103", "4001610362",
				"4082", "40821c", "41", "0f", "10", "00017f" }) {
			assertError(cut, "");
		}
	}

	// ---- 5.2: strings ----

	@Test
	void huffmanPaddingOfUpTo7OnesIsLegal() throws Exception {
		// '0' has 5 bits, '&' has 8, 'X' 8, '%' 6
		assertThat(decode(this.decoder, "00016181 07 0001618 1f8 0001618 2fc57")).containsExactly("a: 0", "a: &",
				"a: X%");
	}

	@Test
	void huffmanPaddingWithAZeroIsADecodingError() throws Exception {
		for (String padded : new String[] { "06", "00", "03", "05" }) {
			assertError("00016181" + padded, "padding");
		}
	}

	@Test
	void huffmanPaddingOf8BitsOrMoreIsADecodingError() throws Exception {
		assertError("00016181 ff", "padding");
		assertError("00016182 07ff", "padding");
		assertError("00016182 f8ff", "padding");
		assertError("00016183 07ffff", "padding");
		assertError("00016183 07fffe", "padding");
	}

	@Test
	void theEndOfStringSymbolIsADecodingError() throws Exception {
		assertError("00016184 ffffffff", "EOS");
		assertError("00016184 fffffffc", "EOS");
		assertError("00016185 07ffffffff", "EOS");
		assertError("00 84 ffffffff 00", "EOS");
	}

	@Test
	void stringsLongerThanTheBlockAreDecodingErrorsAndAllocateNothing() throws Exception {
		assertError("000261", "only 1 are left");
		assertError("000161 ff80ffffff07", "string of 2147483647 octets");
		assertError("00 7f80ffffff07", "string of 2147483647 octets");
	}

	@Test
	void emptyStringsAreLegal() throws Exception {
		assertThat(decode(this.decoder, "00 01 61 00 00 01 61 80")).containsExactly("a: ", "a: ");
	}

	// ---- 6: representations ----

	@Test
	void indexZeroIsADecodingError() throws Exception { // section 6.1
		assertError("80", "index 0");
		assertError("88 80", "index 0");
	}

	@Test
	void onlyLiteralsWithIncrementalIndexingEnterTheTable() throws Exception { // section
																				// 6.2
		assertThat(decode(this.decoder, "4001610131 0001620132 1001630133 5c0134 0f0d0135 1f0d0136 be"))
			.containsExactly("a: 1", "b: 2", "!c: 3", "content-length: 4", "content-length: 5", "!content-length: 6",
					"content-length: 4");
		assertThat(this.decoder.tableSize()).isEqualTo(34 + 14 + 1 + 32);
	}

	@Test
	void everyPatternOfTheFirstOctetIsDefined() throws Exception {
		// No first octet is "unknown": each begins a field, a size update or an error.
		HpackDecoder fresh = new HpackDecoder(4096);
		for (int first = 0; first < 256; first++) {
			try {
				decode(fresh, "%02x".formatted(first));
			}
			catch (HpackException ex) {
				assertThat(ex.getMessage()).containsPattern("truncated|index|size update");
			}
		}
	}

	// ---- 7.1: secrets ----

	@Test
	void neverIndexedFieldsReachTheCallerAsSuch() throws Exception { // section 6.2.3
		WirePeer peer = new WirePeer().greet();
		Exchange call = peer.call(get("/a"));
		peer.settle().sendOctets(Frames.response(1, "88 10 03 6b6579 01 78 00 01 61 01 62"));
		assertThat(call.response().headers().isSensitive(0)).isTrue();
		assertThat(call.response().headers().isSensitive(1)).isFalse();
	}

	@Test
	void sensitiveFieldsAreNeverIndexedLiteralsEvenIfATableHasThem() {
		encode(this.encoder, "x-key: secret");
		int size = this.encoder.tableSize();
		for (int i = 0; i < 3; i++) {
			assertThat(encode(this.encoder, "!x-key: secret")).startsWith("1f2f");
			assertThat(encode(this.encoder, "!authorization: secret")).startsWith("1f08");
			assertThat(encode(this.encoder, "!:method: GET")).startsWith("12");
		}
		assertThat(this.encoder.tableSize()).isEqualTo(size);
	}

	@Test
	void credentialsAndCookiesOfARequestAreNeverIndexed() throws Exception { // 7.1.3
		// 0x1f is a literal that is never indexed, whose name is in the static table.
		Map<String, String> names = Map.of("authorization", "1f08", "cookie", "1f11", "proxy-authorization", "1f22");
		WirePeer peer = new WirePeer().greet();
		for (int i = 0; i < 2; i++) {
			for (Map.Entry<String, String> name : names.entrySet()) {
				peer.call(Http2Request.builder("GET", URI.create("http://example.test/"))
					.headers(Headers.of(name.getKey(), "secret"))
					.build());
				assertThat(HexFormat.of().formatHex(peer.takeOctets())).as(name.getKey()).contains(name.getValue());
			}
		}
	}

	// ---- 7.3: memory ----

	@Test
	void theTableNeverHoldsMoreThanItsSize() throws Exception {
		HpackDecoder small = new HpackDecoder(200);
		for (int i = 0; i < 1000; i++) {
			decode(small, "40 02 %04x 04 31323334".formatted(0x6100 + i));
			assertThat(small.tableSize()).isLessThanOrEqualTo(200);
		}
	}

}
