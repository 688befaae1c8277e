package io.github.h2transport.hpack;

/**
 * Encodes the header blocks of one connection, in the order of the wire (RFC 7541 section
 * 3.2). Owned by its connection's loop.
 *
 * <p>
 * A block is {@link #beginBlock} followed by {@link #encode} for each field. How a field
 * is written:
 * <ul>
 * <li>sensitive: as a never-indexed literal, always (section 7.1.3);
 * <li>in a table: as its index, one octet mostly, without allocation;
 * <li>of a name whose values hardly repeat or are as short as an index, too large for the
 * table, or like the last one of its name that was never repeated: as a literal without
 * indexing;
 * <li>else: as a literal with incremental indexing.
 * </ul>
 * Strings are Huffman-coded where that is shorter.
 */
public final class HpackEncoder {

	// RFC 9113 section 6.5.2: what a peer has that says nothing
	private static final int INITIAL_PEER_TABLE_SIZE = 4096;

	private static final int INCREMENTAL = 0x40;

	private static final int WITHOUT_INDEXING = 0x00;

	private static final int NEVER_INDEXED = 0x10;

	// Beyond this a path carries ids or a query: hardly repeated, and worth the table
	// space of five other fields.
	private static final int MAX_INDEXED_PATH = 256;

	// Static names whose values are told apart by each message: lengths, positions,
	// validators and times. The name
	// costs an octet or two anyway, so an entry would save little and push steady fields
	// out.
	// One bit for each entry of the static table.
	private static final long UNSTEADY_NAMES = indexesOf("age", "content-length", "content-range", "date", "etag",
			"expires", "if-match", "if-modified-since", "if-none-match", "if-range", "if-unmodified-since",
			"last-modified", "range", "retry-after");

	private final int maxTableSize;

	// owned by the loop
	private final EncoderTable table;

	private long peerTableSize = INITIAL_PEER_TABLE_SIZE;

	private boolean sizeUpdatePending;

	private int smallestPendingSize;

	/**
	 * Makes an encoder with an empty dynamic table.
	 * @param maxTableSize the most that we use of the peer's table, in octets of RFC 7541
	 * section 4.1, 0 or more
	 */
	public HpackEncoder(int maxTableSize) {
		if (maxTableSize < 0) {
			throw new IllegalArgumentException("maxTableSize must not be negative, but is " + maxTableSize);
		}
		this.maxTableSize = maxTableSize;
		int size = Math.min(maxTableSize, INITIAL_PEER_TABLE_SIZE);
		this.table = new EncoderTable(size);
		this.smallestPendingSize = size;
		// A peer starts with the size its SETTINGS say; that we use less must be said
		// (section 4.2).
		this.sizeUpdatePending = size < INITIAL_PEER_TABLE_SIZE;
	}

	/**
	 * Takes over the peer's SETTINGS_HEADER_TABLE_SIZE, between two blocks. The next
	 * block starts with the size updates that section 4.2 asks for: the smallest size
	 * since the last block, if it was smaller, and the final one. There is one also if
	 * the peer reduced a size that we do not use up, since RFC 9113 section 4.3.1 lets
	 * the peer insist on it.
	 * @param settingsHeaderTableSize the value of the setting, 0 to 2^32-1
	 */
	public void peerTableSize(long settingsHeaderTableSize) {
		if (settingsHeaderTableSize < 0 || settingsHeaderTableSize > 0xffff_ffffL) {
			throw new IllegalArgumentException(
					"SETTINGS_HEADER_TABLE_SIZE must be 0 to 2^32-1, but is " + settingsHeaderTableSize);
		}
		int size = (int) Math.min(this.maxTableSize, settingsHeaderTableSize);
		if (size != this.table.capacity() || settingsHeaderTableSize < this.peerTableSize) {
			this.smallestPendingSize = this.sizeUpdatePending ? Math.min(this.smallestPendingSize, size) : size;
			this.sizeUpdatePending = true;
			this.table.resize(size);
		}
		this.peerTableSize = settingsHeaderTableSize;
	}

	/**
	 * Starts a block: writes the pending size updates, the only place where they may
	 * stand.
	 * @param out where to append
	 */
	public void beginBlock(OctetSink out) {
		if (this.sizeUpdatePending) {
			int size = this.table.capacity();
			if (this.smallestPendingSize < size) {
				PrefixInteger.write(0x20, 5, this.smallestPendingSize, out);
			}
			PrefixInteger.write(0x20, 5, size, out);
			this.sizeUpdatePending = false;
		}
	}

	/**
	 * Appends one field line to the block.
	 * @param name the name, chars 0 to 255, written as it is
	 * @param value the value, chars 0 to 255, written as it is
	 * @param sensitive whether the field must not enter a table on any hop
	 * @param out where to append
	 * @throws IllegalArgumentException if a char is above 255; nothing was written then
	 */
	public void encode(String name, String value, boolean sensitive, OctetSink out) {
		int nameIndex = StaticTable.indexOf(name);
		if (sensitive) {
			literal(NEVER_INDEXED, 4, nameIndexOrDynamic(nameIndex, name), name, value, out);
			return;
		}
		if (nameIndex != 0) {
			int index = StaticTable.indexOf(nameIndex, value);
			if (index != 0) {
				PrefixInteger.write(0x80, 7, index, out);
				return;
			}
		}
		if (!mayEnterTable(nameIndex, name, value)) {
			literal(WITHOUT_INDEXING, 4, nameIndexOrDynamic(nameIndex, name), name, value, out);
			return;
		}
		int index = this.table.find(name, value);
		if (index != 0) {
			PrefixInteger.write(0x80, 7, StaticTable.LENGTH + index, out);
			return;
		}
		int sameName = this.table.find(name);
		if (nameIndex == 0 && sameName != 0) {
			nameIndex = StaticTable.LENGTH + sameName;
		}
		if (this.table.deserves(sameName)) {
			literal(INCREMENTAL, 6, nameIndex, name, value, out);
			this.table.add(name, value);
		}
		else {
			literal(WITHOUT_INDEXING, 4, nameIndex, name, value, out);
		}
	}

	/**
	 * Returns the size of the dynamic table.
	 * @return octets of RFC 7541 section 4.1
	 */
	public int tableSize() {
		return this.table.size();
	}

	/**
	 * Returns the largest size that the dynamic table may have now.
	 * @return octets of RFC 7541 section 4.1: our cap or the peer's setting, whichever is
	 * less
	 */
	public int tableCapacity() {
		return this.table.capacity();
	}

	private boolean mayEnterTable(int nameIndex, String name, String value) {
		if ((UNSTEADY_NAMES >>> nameIndex & 1) != 0
				|| (nameIndex == StaticTable.PATH && value.length() > MAX_INDEXED_PATH)) {
			return false;
		}
		// A quarter is left to the others: an entry that fills the table would push out
		// all that it then has to push
		// it out again.
		int capacity = this.table.capacity();
		return DynamicTable.sizeOf(name, value) <= capacity - (capacity >> 2);
	}

	private int nameIndexOrDynamic(int staticIndex, String name) {
		if (staticIndex != 0) {
			return staticIndex;
		}
		int index = this.table.find(name);
		return (index != 0) ? StaticTable.LENGTH + index : 0;
	}

	private static void literal(int pattern, int prefixBits, int nameIndex, String name, String value, OctetSink out) {
		int huffmanName = (nameIndex == 0) ? huffmanLength(name, "name") : 0;
		int huffmanValue = huffmanLength(value, "value");
		PrefixInteger.write(pattern, prefixBits, nameIndex, out);
		if (nameIndex == 0) {
			string(name, huffmanName, out);
		}
		string(value, huffmanValue, out);
	}

	private static int huffmanLength(String text, String what) {
		int length = HuffmanCode.encodedLength(text);
		if (length == HuffmanCode.NOT_OCTETS) {
			throw new IllegalArgumentException("a field " + what + " has a char above 255, which is no octet");
		}
		return length;
	}

	private static void string(String text, int huffmanLength, OctetSink out) {
		int length = text.length();
		if (huffmanLength < length) {
			PrefixInteger.write(0x80, 7, huffmanLength, out);
			HuffmanCode.encode(text, huffmanLength, out);
			return;
		}
		PrefixInteger.write(0x00, 7, length, out);
		int at = out.reserve(length);
		byte[] octets = out.array();
		for (int i = 0; i < length; i++) {
			octets[at + i] = (byte) text.charAt(i);
		}
	}

	private static long indexesOf(String... staticNames) {
		long bits = 0;
		for (String name : staticNames) {
			bits |= 1L << StaticTable.indexOf(name);
		}
		return bits;
	}

}
