package io.github.h2transport.hpack;

import java.nio.ByteBuffer;

/**
 * Decodes the header blocks that one peer sends on one connection, in the order of the
 * wire (RFC 7541 section 3.2). Confined to the loop.
 *
 * <p>
 * Memory is bounded by the table size and the length of the block; time is linear in the
 * length of the block. Entries of the tables are delivered as the same string instances
 * each time, and a block of indexed fields allocates nothing.
 */
public final class HpackDecoder {

	private final int maxTableSize;

	// owned by the loop
	private final DynamicTable table;

	private final BlockReader reader = new BlockReader();

	private boolean sizeUpdateRequired;

	// whether the peer made a size update that nobody had required
	private boolean sizeUpdateVolunteered;

	private long changes;

	/**
	 * Makes a decoder with an empty dynamic table.
	 * @param maxTableSize our SETTINGS_HEADER_TABLE_SIZE, in octets of RFC 7541 section
	 * 4.1, 0 or more
	 */
	public HpackDecoder(int maxTableSize) {
		if (maxTableSize < 0) {
			throw new IllegalArgumentException("maxTableSize must not be negative, but is " + maxTableSize);
		}
		this.maxTableSize = maxTableSize;
		// Not 4,096 first: a peer that uses a larger table without the size update of
		// section 4.2 is understood too, and keeping more than the peer does changes no
		// index.
		this.table = new DynamicTable(maxTableSize);
	}

	/**
	 * Makes the next block fail unless it starts with a size update: to be called when
	 * the peer has acknowledged a SETTINGS_HEADER_TABLE_SIZE below the one before (for
	 * the first SETTINGS: below 4,096), as RFC 9113 section 4.3.1 demands. A peer that
	 * made its size update before it acknowledged has done its duty.
	 */
	public void requireSizeUpdate() {
		this.changes++;
		this.sizeUpdateRequired = !this.sizeUpdateVolunteered;
		this.sizeUpdateVolunteered = false;
	}

	/**
	 * Decodes one whole header block. After an exception the tables of the two peers
	 * differ: the decoder must not be used any more.
	 * @param block the field block fragments put together, in the heap or not; is
	 * consumed
	 * @param sink gets the field lines in order
	 * @throws HpackException for anything that RFC 7541 calls a decoding error; the
	 * fields before it have been delivered
	 */
	public void decode(ByteBuffer block, FieldSink sink) throws HpackException {
		BlockReader in = this.reader;
		in.open(block);
		try {
			boolean atStart = true;
			while (in.hasMore()) {
				int first = in.octet();
				if ((first & 0xe0) == 0x20) {
					updateSize(first, atStart);
					continue;
				}
				if (this.sizeUpdateRequired) {
					throw new HpackException(in.position() - 1, "no size update after the maximum was reduced");
				}
				atStart = false;
				if (first >= 0x80) {
					indexed(first, sink);
				}
				else {
					literal(first, sink);
				}
			}
		}
		finally {
			in.close();
		}
	}

	/**
	 * Returns how often something has happened that may change what a block means. The
	 * same octets say the same as long as this number is the same.
	 * @return a number that only grows
	 */
	public long changes() {
		return this.changes;
	}

	/**
	 * Returns the size of the dynamic table.
	 * @return octets of RFC 7541 section 4.1
	 */
	public int tableSize() {
		return this.table.size();
	}

	/**
	 * Returns the largest size that the dynamic table may have now: our maximum, or less
	 * if the peer chose so.
	 * @return octets of RFC 7541 section 4.1
	 */
	public int tableCapacity() {
		return this.table.capacity();
	}

	private void indexed(int first, FieldSink sink) throws HpackException {
		int at = this.reader.position() - 1;
		int index = this.reader.integer(first, 7);
		if (index == 0) {
			throw new HpackException(at, "index 0"); // section 6.1
		}
		if (index <= StaticTable.LENGTH) {
			sink.field(StaticTable.name(index), StaticTable.value(index), false);
			return;
		}
		int dynamicIndex = dynamicIndex(index, at);
		sink.field(this.table.name(dynamicIndex), this.table.value(dynamicIndex), false);
	}

	private void literal(int first, FieldSink sink) throws HpackException {
		boolean toTable = first >= 0x40;
		boolean neverIndexed = (first & 0xf0) == 0x10;
		int at = this.reader.position() - 1;
		int nameIndex = this.reader.integer(first, toTable ? 6 : 4);
		String name = (nameIndex == 0) ? this.reader.string() : name(nameIndex, at);
		String value = this.reader.string();
		if (toTable) {
			this.changes++;
			this.table.add(name, value);
		}
		sink.field(name, value, neverIndexed);
	}

	private void updateSize(int first, boolean atStart) throws HpackException {
		int at = this.reader.position() - 1;
		int newSize = this.reader.integer(first, 5);
		if (!atStart) {
			throw new HpackException(at, "size update after a field"); // section 4.2
		}
		if (newSize > this.maxTableSize) { // section 6.3
			throw new HpackException(at,
					"size update to " + newSize + " octets, but the maximum is " + this.maxTableSize);
		}
		this.changes++;
		this.table.resize(newSize);
		this.sizeUpdateVolunteered |= !this.sizeUpdateRequired;
		this.sizeUpdateRequired = false;
	}

	private String name(int index, int at) throws HpackException {
		return (index <= StaticTable.LENGTH) ? StaticTable.name(index) : this.table.name(dynamicIndex(index, at));
	}

	private int dynamicIndex(int index, int at) throws HpackException {
		int dynamicIndex = index - StaticTable.LENGTH;
		if (dynamicIndex > this.table.count()) { // section 2.3.3
			throw new HpackException(at, "index " + index + ", but the tables have "
					+ (StaticTable.LENGTH + this.table.count()) + " entries");
		}
		return dynamicIndex;
	}

}
