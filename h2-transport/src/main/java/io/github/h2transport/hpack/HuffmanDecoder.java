package io.github.h2transport.hpack;

import java.util.Arrays;

/**
 * Decodes Huffman strings (RFC 7541 section 5.2), 8 bits a step.
 *
 * <p>
 * All tables lie in one array, 256 entries each; the first one is where every symbol
 * starts. An entry says for the next 8 bits either which symbol they begin with and how
 * many of them belong to it, or in which table the symbol goes on. Nearly every symbol of
 * real fields ends in the first table.
 */
final class HuffmanDecoder {

	/** The string contains the end-of-string symbol. */
	static final int CONTAINS_EOS = -1;

	/** What follows the last symbol is no legal padding. */
	static final int BAD_PADDING = -2;

	private static final int STEP_BITS = 8;

	private static final int TABLE_SIZE = 1 << STEP_BITS;

	private static final short EOS_ENTRY = Short.MIN_VALUE;

	// symbol ends here: bits of this step << 8 | symbol; goes on: minus the start of the next table
	private static final short[] ENTRIES = buildTables();

	private HuffmanDecoder() {
	}

	/**
	 * Returns how much room a string may need at most.
	 * @param encodedLength octets on the wire
	 * @return octets after decoding; no code is shorter than 5 bits
	 */
	static int maxDecodedLength(int encodedLength) {
		return (int) (encodedLength * 8L / 5);
	}

	/**
	 * Decodes a whole string.
	 * @param in where the octets are
	 * @param from the first one
	 * @param to the end, exclusive
	 * @param out gets the symbols from index 0; has room for
	 * {@link #maxDecodedLength(int)}
	 * @return how many symbols, or {@link #CONTAINS_EOS} or {@link #BAD_PADDING}
	 */
	static int decode(byte[] in, int from, int to, byte[] out) {
		short[] entries = ENTRIES;
		int length = 0;
		int table = 0;
		int pending = 0;
		int pendingBits = 0;
		for (int i = from; i < to; i++) {
			// at most 7 bits are left over; older ones fall off at the left unseen
			pending = (pending << 8) | (in[i] & 0xff);
			pendingBits += 8;
			do {
				int entry = entries[table + ((pending >>> (pendingBits - STEP_BITS)) & 0xff)];
				if (entry >= 0) {
					out[length++] = (byte) entry;
					pendingBits -= entry >>> 8;
					table = 0;
				}
				else {
					if (entry == EOS_ENTRY) {
						return CONTAINS_EOS;
					}
					table = -entry;
					pendingBits -= STEP_BITS;
				}
			}
			while (pendingBits >= STEP_BITS);
		}
		// The last symbols have fewer than 8 bits to look at; ones fill up, as padding does.
		while (pendingBits > 0) {
			int entry = entries[table + (((pending << (8 - pendingBits)) | (0xff >>> pendingBits)) & 0xff)];
			if (entry < 0 || (entry >>> 8) > pendingBits) {
				break;
			}
			out[length++] = (byte) entry;
			pendingBits -= entry >>> 8;
			table = 0;
		}
		// Section 5.2: padding is shorter than 8 bits (a symbol under way has used 8 already) and all ones.
		int ones = (1 << pendingBits) - 1;
		return (table == 0 && (pending & ones) == ones) ? length : BAD_PADDING;
	}

	private static short[] buildTables() {
		// a guess that is doubled when it does not suffice
		short[] entries = new short[16 * TABLE_SIZE];
		int used = TABLE_SIZE;
		for (int symbol = 0; symbol <= HuffmanCode.EOS; symbol++) {
			int code = HuffmanCode.code(symbol);
			int bitsLeft = HuffmanCode.bits(symbol);
			int table = 0;
			while (bitsLeft > STEP_BITS) {
				int slot = table + ((code >>> (bitsLeft - STEP_BITS)) & 0xff);
				if (entries[slot] == 0) {
					if (used == entries.length) {
						entries = Arrays.copyOf(entries, 2 * entries.length);
					}
					entries[slot] = (short) -used;
					used += TABLE_SIZE;
				}
				table = -entries[slot];
				bitsLeft -= STEP_BITS;
			}
			short entry = (symbol == HuffmanCode.EOS) ? EOS_ENTRY : (short) (bitsLeft << 8 | symbol);
			int free = STEP_BITS - bitsLeft;
			int first = table + ((code << free) & 0xff);
			Arrays.fill(entries, first, first + (1 << free), entry);
		}
		return Arrays.copyOf(entries, used);
	}

}
