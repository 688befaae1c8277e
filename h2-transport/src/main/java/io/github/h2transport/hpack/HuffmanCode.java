package io.github.h2transport.hpack;

/**
 * The Huffman code of RFC 7541 appendix B, and encoding with it.
 *
 * <p>
 * The code is canonical: codes of equal length follow each other in the order of their
 * symbols, and the first code of a length continues where the shorter ones ended. So the
 * lengths alone tell everything.
 */
final class HuffmanCode {

	/** The symbol that ends a string; it must never be decoded (section 5.2). */
	static final int EOS = 256;

	static final int MAX_BITS = 30;

	/** What {@link #encodedLength} returns for a string that has no octets. */
	static final int NOT_OCTETS = -1;

	// 16 symbols a row; appendix B, column "len in bits"
	private static final byte[] BITS = {
			// 0x00
			13, 23, 28, 28, 28, 28, 28, 28, 28, 24, 30, 28, 28, 30, 28, 28,
			// 0x10
			28, 28, 28, 28, 28, 28, 30, 28, 28, 28, 28, 28, 28, 28, 28, 28,
			// space to /
			6, 10, 10, 12, 13, 6, 8, 11, 10, 10, 8, 11, 8, 6, 6, 6,
			// 0 to ?
			5, 5, 5, 6, 6, 6, 6, 6, 6, 6, 7, 8, 15, 6, 12, 10,
			// @ to O
			13, 6, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7,
			// P to _
			7, 7, 7, 7, 7, 7, 7, 7, 8, 7, 8, 13, 19, 13, 14, 6,
			// ` to o
			15, 5, 6, 5, 6, 5, 6, 6, 6, 5, 7, 7, 6, 6, 6, 5,
			// p to DEL
			6, 7, 6, 5, 5, 6, 7, 7, 7, 7, 7, 15, 11, 14, 13, 28,
			// 0x80
			20, 22, 20, 20, 22, 22, 22, 23, 22, 23, 23, 23, 23, 23, 24, 23,
			// 0x90
			24, 24, 22, 23, 24, 23, 23, 23, 23, 21, 22, 23, 22, 23, 23, 24,
			// 0xa0
			22, 21, 20, 22, 22, 23, 23, 21, 23, 22, 22, 24, 21, 22, 23, 23,
			// 0xb0
			21, 21, 22, 21, 23, 22, 23, 23, 20, 22, 22, 22, 23, 22, 22, 23,
			// 0xc0
			26, 26, 20, 19, 22, 23, 22, 25, 26, 26, 26, 27, 27, 26, 24, 25,
			// 0xd0
			19, 21, 26, 27, 27, 26, 27, 24, 21, 21, 26, 26, 28, 27, 27, 27,
			// 0xe0
			20, 24, 20, 21, 22, 21, 21, 23, 22, 22, 25, 25, 24, 24, 26, 23,
			// 0xf0
			26, 27, 26, 26, 27, 27, 27, 27, 27, 28, 27, 27, 27, 27, 27, 26,
			// EOS
			30 };

	private static final int[] CODES = canonicalCodes();

	private HuffmanCode() {
	}

	/**
	 * Returns the length of a symbol's code.
	 * @param symbol an octet, or {@link #EOS}
	 * @return 5 to 30 bits
	 */
	static int bits(int symbol) {
		return BITS[symbol];
	}

	/**
	 * Returns a symbol's code in the low bits.
	 * @param symbol an octet, or {@link #EOS}
	 * @return the code, its last bit at the right
	 */
	static int code(int symbol) {
		return CODES[symbol];
	}

	/**
	 * Returns how long a string gets, padding included.
	 * @param text the string, one char per octet
	 * @return its length in octets, {@link #NOT_OCTETS} if a char is above 255
	 */
	static int encodedLength(String text) {
		long bits = 0;
		int allChars = 0;
		for (int i = 0; i < text.length(); i++) {
			char c = text.charAt(i);
			allChars |= c;
			bits += BITS[c & 0xff];
		}
		return (allChars <= 0xff) ? Math.toIntExact((bits + 7) >>> 3) : NOT_OCTETS;
	}

	/**
	 * Appends a string's code, padded with ones (section 5.2).
	 * @param text the string, chars 0 to 255
	 * @param encodedLength what {@link #encodedLength} said
	 * @param out where to append
	 */
	static void encode(String text, int encodedLength, OctetSink out) {
		int at = out.reserve(encodedLength);
		byte[] octets = out.array();
		long pending = 0;
		// 7 bits at most are left over, 30 come: 37 fit well into the 64
		int pendingBits = 0;
		for (int i = 0; i < text.length(); i++) {
			int symbol = text.charAt(i);
			int bits = BITS[symbol];
			pending = (pending << bits) | CODES[symbol];
			pendingBits += bits;
			while (pendingBits >= 8) {
				pendingBits -= 8;
				octets[at++] = (byte) (pending >>> pendingBits);
			}
		}
		if (pendingBits > 0) {
			octets[at] = (byte) ((pending << (8 - pendingBits)) | (0xff >>> pendingBits));
		}
	}

	private static int[] canonicalCodes() {
		int[] codes = new int[BITS.length];
		int next = 0;
		for (int bits = 1; bits <= MAX_BITS; bits++) {
			next <<= 1;
			for (int symbol = 0; symbol < BITS.length; symbol++) {
				if (BITS[symbol] == bits) {
					codes[symbol] = next++;
				}
			}
		}
		return codes;
	}

}
