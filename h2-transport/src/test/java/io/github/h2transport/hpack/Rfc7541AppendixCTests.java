package io.github.h2transport.hpack;

import java.nio.ByteBuffer;
import java.util.List;

import io.github.h2transport.HeaderField;
import org.junit.jupiter.api.Test;

import static io.github.h2transport.hpack.Block.decode;
import static io.github.h2transport.hpack.Block.encode;
import static io.github.h2transport.hpack.Block.fields;
import static org.assertj.core.api.Assertions.assertThat;

/** The examples of RFC 7541 appendix C, octet for octet. */
class Rfc7541AppendixCTests {

	private static final List<HeaderField> REQUEST_1 = fields(":method: GET", ":scheme: http", ":path: /",
			":authority: www.example.com");

	private static final List<HeaderField> REQUEST_2 = fields(":method: GET", ":scheme: http", ":path: /",
			":authority: www.example.com", "cache-control: no-cache");

	private static final List<HeaderField> REQUEST_3 = fields(":method: GET", ":scheme: https", ":path: /index.html",
			":authority: www.example.com", "custom-key: custom-value");

	private static final List<HeaderField> RESPONSE_1 = fields(":status: 302", "cache-control: private",
			"date: Mon, 21 Oct 2013 20:13:21 GMT", "location: https://www.example.com");

	private static final List<HeaderField> RESPONSE_2 = fields(":status: 307", "cache-control: private",
			"date: Mon, 21 Oct 2013 20:13:21 GMT", "location: https://www.example.com");

	private static final List<HeaderField> RESPONSE_3 = fields(":status: 200", "cache-control: private",
			"date: Mon, 21 Oct 2013 20:13:22 GMT", "location: https://www.example.com", "content-encoding: gzip",
			"set-cookie: foo=ASDJKHQKBZXOQWEOPIUAXQWEOIU; max-age=3600; version=1");

	@Test
	void integersOfC1AreWrittenAndRead() throws HpackException {
		assertInteger(5, 10, "0a");
		assertInteger(5, 1337, "1f9a0a");
		assertInteger(8, 42, "2a");
	}

	@Test
	void literalWithIndexingOfC21() throws HpackException {
		HpackDecoder decoder = new HpackDecoder(4096);
		assertThat(decode(decoder, "400a 6375 7374 6f6d 2d6b 6579 0d63 7573 746f 6d2d 6865 6164 6572"))
			.isEqualTo(fields("custom-key: custom-header"));
		assertThat(decoder.tableSize()).isEqualTo(55);
	}

	@Test
	void literalWithoutIndexingOfC22() throws HpackException {
		HpackDecoder decoder = new HpackDecoder(4096);
		assertThat(decode(decoder, "040c 2f73 616d 706c 652f 7061 7468")).isEqualTo(fields(":path: /sample/path"));
		assertThat(decoder.tableSize()).isZero();
	}

	@Test
	void neverIndexedLiteralOfC23() throws HpackException {
		HpackDecoder decoder = new HpackDecoder(4096);
		assertThat(decode(decoder, "1008 7061 7373 776f 7264 0673 6563 7265 74"))
			.isEqualTo(fields("!password: secret"));
		assertThat(decoder.tableSize()).isZero();
	}

	@Test
	void indexedFieldOfC24() throws HpackException {
		HpackDecoder decoder = new HpackDecoder(4096);
		assertThat(decode(decoder, "82")).isEqualTo(fields(":method: GET"));
		assertThat(decoder.tableSize()).isZero();
	}

	@Test
	void requestsWithoutHuffmanOfC3AreDecoded() throws HpackException {
		HpackDecoder decoder = new HpackDecoder(4096);
		assertThat(decode(decoder, "8286 8441 0f77 7777 2e65 7861 6d70 6c65 2e63 6f6d")).isEqualTo(REQUEST_1);
		assertThat(decoder.tableSize()).isEqualTo(57);
		assertThat(decode(decoder, "8286 84be 5808 6e6f 2d63 6163 6865")).isEqualTo(REQUEST_2);
		assertThat(decoder.tableSize()).isEqualTo(110);
		assertThat(decode(decoder, "8287 85bf 400a 6375 7374 6f6d 2d6b 6579 0c63 7573 746f 6d2d 7661 6c75 65"))
			.isEqualTo(REQUEST_3);
		assertThat(decoder.tableSize()).isEqualTo(164);
	}

	@Test
	void requestsWithHuffmanOfC4AreDecodedAndEncoded() throws HpackException {
		HpackDecoder decoder = new HpackDecoder(4096);
		HpackEncoder encoder = new HpackEncoder(4096);
		String first = "828684418cf1e3c2e5f23a6ba0ab90f4ff";
		assertThat(decode(decoder, first)).isEqualTo(REQUEST_1);
		assertThat(encode(encoder, REQUEST_1)).isEqualTo(first);
		assertThat(decoder.tableSize()).isEqualTo(encoder.tableSize()).isEqualTo(57);

		String second = "828684be5886a8eb10649cbf";
		assertThat(decode(decoder, second)).isEqualTo(REQUEST_2);
		assertThat(encode(encoder, REQUEST_2)).isEqualTo(second);
		assertThat(decoder.tableSize()).isEqualTo(encoder.tableSize()).isEqualTo(110);

		String third = "828785bf408825a849e95ba97d7f8925a849e95bb8e8b4bf";
		assertThat(decode(decoder, third)).isEqualTo(REQUEST_3);
		assertThat(encode(encoder, REQUEST_3)).isEqualTo(third);
		assertThat(decoder.tableSize()).isEqualTo(encoder.tableSize()).isEqualTo(164);
	}

	@Test
	void responsesWithoutHuffmanOfC5AreDecodedWithEvictions() throws HpackException {
		HpackDecoder decoder = new HpackDecoder(256);
		assertThat(decode(decoder, """
				4803 3330 3258 0770 7269 7661 7465 611d 4d6f 6e2c 2032 3120 4f63 7420 3230 3133 2032 303a 3133 3a32 3120
				474d 546e 1768 7474 7073 3a2f 2f77 7777 2e65 7861 6d70 6c65 2e63 6f6d""")).isEqualTo(RESPONSE_1);
		assertThat(decoder.tableSize()).isEqualTo(222);
		assertThat(decode(decoder, "4803 3330 37c1 c0bf")).isEqualTo(RESPONSE_2);
		assertThat(decoder.tableSize()).isEqualTo(222);
		assertThat(decode(decoder, """
				88c1 611d 4d6f 6e2c 2032 3120 4f63 7420 3230 3133 2032 303a 3133 3a32 3220 474d 54c0 5a04 677a 6970 7738
				666f 6f3d 4153 444a 4b48 514b 425a 584f 5157 454f 5049 5541 5851 5745 4f49 553b 206d 6178 2d61 6765 3d33
				3630 303b 2076 6572 7369 6f6e 3d31""")).isEqualTo(RESPONSE_3);
		assertThat(decoder.tableSize()).isEqualTo(215);
	}

	@Test
	void responsesWithHuffmanOfC6AreDecodedWithEvictions() throws HpackException {
		HpackDecoder decoder = new HpackDecoder(256);
		assertThat(decode(decoder, """
				4882 6402 5885 aec3 771a 4b61 96d0 7abe 9410 54d4 44a8 2005 9504 0b81 66e0 82a6 2d1b ff6e 919d 29ad 1718
				63c7 8f0b 97c8 e9ae 82ae 43d3""")).isEqualTo(RESPONSE_1);
		assertThat(decoder.tableSize()).isEqualTo(222);
		assertThat(decode(decoder, "4883 640e ffc1 c0bf")).isEqualTo(RESPONSE_2);
		assertThat(decoder.tableSize()).isEqualTo(222);
		assertThat(decode(decoder, """
				88c1 6196 d07a be94 1054 d444 a820 0595 040b 8166 e084 a62d 1bff c05a 839b d9ab 77ad 94e7 821d d7f2 e6c7
				b335 dfdf cd5b 3960 d5af 2708 7f36 72c1 ab27 0fb5 291f 9587 3160 65c0 03ed 4ee5 b106 3d50 07"""))
			.isEqualTo(RESPONSE_3);
		assertThat(decoder.tableSize()).isEqualTo(215);
	}

	@Test
	void evictedEntriesOfC5LeaveTheNewestInOrder() throws HpackException {
		HpackDecoder decoder = new HpackDecoder(256);
		decode(decoder, """
				4803 3330 3258 0770 7269 7661 7465 611d 4d6f 6e2c 2032 3120 4f63 7420 3230 3133 2032 303a 3133 3a32 3120
				474d 546e 1768 7474 7073 3a2f 2f77 7777 2e65 7861 6d70 6c65 2e63 6f6d""");
		decode(decoder, "4803 3330 37c1 c0bf");
		assertThat(decode(decoder, "be bf c0 c1")).isEqualTo(fields(":status: 307", "location: https://www.example.com",
				"date: Mon, 21 Oct 2013 20:13:21 GMT", "cache-control: private"));
	}

	private static void assertInteger(int prefixBits, int value, String hex) throws HpackException {
		OctetSink out = new OctetSink(0);
		PrefixInteger.write(0, prefixBits, value, out);
		assertThat(Block.hex(out)).isEqualTo(hex);
		BlockReader reader = new BlockReader();
		reader.open(ByteBuffer.wrap(Block.octets(hex)));
		assertThat(reader.integer(reader.octet(), prefixBits)).isEqualTo(value);
		assertThat(reader.hasMore()).isFalse();
	}

}
