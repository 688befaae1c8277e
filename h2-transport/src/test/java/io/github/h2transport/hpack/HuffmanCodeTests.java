package io.github.h2transport.hpack;

import java.nio.charset.StandardCharsets;
import java.util.Random;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** RFC 7541 section 5.2 and appendix B. */
class HuffmanCodeTests {

	@Test
	void codesAreThoseOfAppendixB() {
		assertCode('0', 0x0, 5);
		assertCode('t', 0x9, 5);
		assertCode(' ', 0x14, 6);
		assertCode('u', 0x2d, 6);
		assertCode(':', 0x5c, 7);
		assertCode('z', 0x7b, 7);
		assertCode('&', 0xf8, 8);
		assertCode('Z', 0xfd, 8);
		assertCode('!', 0x3f8, 10);
		assertCode('|', 0x7fc, 11);
		assertCode('#', 0xffa, 12);
		assertCode('~', 0x1ffd, 13);
		assertCode('}', 0x3ffd, 14);
		assertCode('{', 0x7ffe, 15);
		assertCode('\\', 0x7fff0, 19);
		assertCode(128, 0xfffe6, 20);
		assertCode(153, 0x1fffdc, 21);
		assertCode(129, 0x3fffd2, 22);
		assertCode(1, 0x7fffd8, 23);
		assertCode(9, 0xffffea, 24);
		assertCode(199, 0x1ffffec, 25);
		assertCode(192, 0x3ffffe0, 26);
		assertCode(203, 0x7ffffde, 27);
		assertCode(2, 0xfffffe2, 28);
		assertCode(249, 0xffffffe, 28);
		assertCode(22, 0x3ffffffe, 30);
		assertCode(HuffmanCode.EOS, 0x3fffffff, 30);
	}

	@Test
	void codeIsComplete() {
		long sum = 0;
		for (int symbol = 0; symbol <= HuffmanCode.EOS; symbol++) {
			sum += 1L << (HuffmanCode.MAX_BITS - HuffmanCode.bits(symbol));
		}
		assertThat(sum).isEqualTo(1L << HuffmanCode.MAX_BITS);
	}

	@Test
	void everyPairOfOctetsComesBack() {
		for (int first = 0; first < 256; first++) {
			for (int second = 0; second < 256; second++) {
				assertRoundTrip("" + (char) first + (char) second);
			}
		}
	}

	@Test
	void longRandomStringsComeBack() {
		Random random = new Random(7541);
		for (int round = 0; round < 200; round++) {
			StringBuilder text = new StringBuilder();
			for (int i = random.nextInt(3000); i > 0; i--) {
				text.append((char) random.nextInt(256));
			}
			assertRoundTrip(text.toString());
		}
	}

	@Test
	void anyPaddingUpToSevenOnesIsAccepted() {
		assertThat(decode("07")).isEqualTo("0"); // 00000 111
		assertThat(decode("f8")).isEqualTo("&"); // no padding
		assertThat(decode("")).isEmpty();
		// the code of '0' eight times fills 5 octets; 7 times leave 5 bits, 3 times 1 bit
		assertThat(decode("0000 0000 1f")).isEqualTo("0000000");
		assertThat(decode("0001")).isEqualTo("000");
		// 'X' has 8 bits and '%' 6: 2 bits of padding after two octets
		assertThat(decode("fc57")).isEqualTo("X%");
	}

	@Test
	void paddingWithAZeroIsAnError() {
		assertThat(decode("06")).isEqualTo("bad padding");
		assertThat(decode("00")).isEqualTo("bad padding");
		assertThat(decode("03")).isEqualTo("bad padding");
	}

	@Test
	void paddingOfEightBitsOrMoreIsAnError() {
		assertThat(decode("ff")).isEqualTo("bad padding");
		assertThat(decode("07ff")).isEqualTo("bad padding");
		assertThat(decode("f8ff")).isEqualTo("bad padding");
		assertThat(decode("ffffff")).isEqualTo("bad padding");
	}

	@Test
	void symbolCutInTheMiddleIsAnError() {
		assertThat(decode("fffe")).isEqualTo("bad padding"); // begins a symbol of 19 bits or more
	}

	@Test
	void endOfStringSymbolIsAnError() {
		assertThat(decode("ffffffff")).isEqualTo("EOS");
		assertThat(decode("07ffffffff")).isEqualTo("EOS");
		assertThat(decode("fffffffc00")).isEqualTo("EOS");
	}

	private static void assertCode(int symbol, int code, int bits) {
		assertThat(HuffmanCode.code(symbol)).as("code of %s", symbol).isEqualTo(code);
		assertThat(HuffmanCode.bits(symbol)).as("bits of %s", symbol).isEqualTo(bits);
	}

	private static void assertRoundTrip(String text) {
		OctetSink out = new OctetSink(0);
		int length = HuffmanCode.encodedLength(text);
		HuffmanCode.encode(text, length, out);
		assertThat(out.length()).isEqualTo(length);
		assertThat(decode(Block.hex(out))).isEqualTo(text);
	}

	private static String decode(String hex) {
		byte[] octets = Block.octets(hex);
		byte[] symbols = new byte[HuffmanDecoder.maxDecodedLength(octets.length)];
		int length = HuffmanDecoder.decode(octets, 0, octets.length, symbols);
		return switch (length) {
			case HuffmanDecoder.CONTAINS_EOS -> "EOS";
			case HuffmanDecoder.BAD_PADDING -> "bad padding";
			default -> new String(symbols, 0, length, StandardCharsets.ISO_8859_1);
		};
	}

}
