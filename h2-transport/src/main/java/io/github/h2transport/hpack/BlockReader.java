package io.github.h2transport.hpack;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * Reads the primitive types of RFC 7541 section 5 from one header block. Reused for block
 * after block, so that its arrays are allocated once.
 */
final class BlockReader {

	// 35 bits, more than any length or index here has; the bound of section 5.1 on the
	// octets
	private static final int MAX_CONTINUATION_OCTETS = 5;

	// what real blocks need; an array that grew beyond for one block is not kept for the
	// connection's life
	private static final int KEPT_OCTETS = 4096;

	// enough for the first head of many servers: an idle connection should not pay for a
	// long one
	private static final int SMALLEST_OCTETS = 64;

	private static final byte[] NOTHING = new byte[0];

	// owned by the decoder, like all state here
	private byte[] octets = NOTHING;

	private int start;

	private int position;

	private int end;

	// blocks that lie outside the heap are copied here: one bulk copy beats many single
	// reads
	private byte[] copy = NOTHING;

	private byte[] symbols = NOTHING;

	/**
	 * Starts on a block.
	 * @param block the whole block; its position is moved to its limit
	 */
	void open(ByteBuffer block) {
		int length = block.remaining();
		if (block.hasArray()) {
			this.octets = block.array();
			this.start = block.arrayOffset() + block.position();
			block.position(block.limit());
		}
		else {
			this.copy = room(this.copy, length);
			block.get(this.copy, 0, length);
			this.octets = this.copy;
			this.start = 0;
		}
		this.position = this.start;
		this.end = this.start + length;
	}

	/** Ends a block: lets go of its array, and of own arrays that grew large. */
	void close() {
		this.octets = NOTHING;
		if (this.copy.length > KEPT_OCTETS) {
			this.copy = NOTHING;
		}
		if (this.symbols.length > KEPT_OCTETS) {
			this.symbols = NOTHING;
		}
	}

	boolean hasMore() {
		return this.position < this.end;
	}

	/**
	 * Returns where the next octet lies.
	 * @return octets from the start of the block
	 */
	int position() {
		return this.position - this.start;
	}

	/**
	 * Takes the next octet; there must be one.
	 * @return 0 to 255
	 */
	int octet() {
		return this.octets[this.position++] & 0xff;
	}

	/**
	 * Takes the rest of an integer whose first octet is taken (section 5.1).
	 * @param firstOctet the octet that holds the prefix
	 * @param prefixBits the size of the prefix, 1 to 8
	 * @return the integer, 0 to 2^31-1
	 * @throws HpackException if it is larger, too long or truncated
	 */
	int integer(int firstOctet, int prefixBits) throws HpackException {
		int prefixMax = (1 << prefixBits) - 1;
		int prefix = firstOctet & prefixMax;
		return (prefix < prefixMax) ? prefix : continuation(prefixMax);
	}

	/**
	 * Takes a string literal (section 5.2).
	 * @return the string, one char per octet
	 * @throws HpackException if it is truncated or not correctly coded
	 */
	String string() throws HpackException {
		int at = position();
		if (!hasMore()) {
			throw new HpackException(at, "truncated before a string");
		}
		int first = octet();
		int length = integer(first, 7);
		if (length > this.end - this.position) {
			throw new HpackException(at, "string of " + length + " octets, but only " + (this.end - this.position)
					+ " are left in the block");
		}
		int from = this.position;
		this.position += length;
		if ((first & 0x80) == 0) {
			return new String(this.octets, from, length, StandardCharsets.ISO_8859_1);
		}
		this.symbols = room(this.symbols, HuffmanDecoder.maxDecodedLength(length));
		int decoded = HuffmanDecoder.decode(this.octets, from, from + length, this.symbols);
		if (decoded < 0) {
			throw new HpackException(at, (decoded == HuffmanDecoder.CONTAINS_EOS) ? "Huffman string contains EOS"
					: "Huffman string ends with illegal padding");
		}
		return new String(this.symbols, 0, decoded, StandardCharsets.ISO_8859_1);
	}

	private int continuation(int prefixMax) throws HpackException {
		long value = prefixMax;
		for (int i = 0; i < MAX_CONTINUATION_OCTETS; i++) {
			if (!hasMore()) {
				throw new HpackException(position(), "truncated within an integer");
			}
			int octet = octet();
			value += (long) (octet & 0x7f) << (7 * i);
			if (octet < 0x80) {
				if (value > Integer.MAX_VALUE) {
					throw new HpackException(position() - 1, "integer above 2^31-1");
				}
				return (int) value;
			}
		}
		throw new HpackException(position() - 1,
				"integer of more than " + MAX_CONTINUATION_OCTETS + " continuation octets");
	}

	private static byte[] room(byte[] array, int needed) {
		if (needed <= array.length) {
			return array;
		}
		// Doubled, so that a row of ever longer strings does not allocate for each of
		// them.
		return new byte[Math.max(needed, Math.max(SMALLEST_OCTETS, 2 * array.length))];
	}

}
