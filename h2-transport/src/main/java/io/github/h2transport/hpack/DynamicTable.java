package io.github.h2transport.hpack;

import org.jspecify.annotations.Nullable;

/**
 * The dynamic table (RFC 7541 sections 2.3.2 and 4): first in, first out, bounded by the
 * size of section 4.1. A ring: the n-th entry ever added lies in slot n modulo the number
 * of slots, so that adding and evicting move nothing.
 */
final class DynamicTable {

	/** Section 4.1: what an entry counts beside its octets. */
	static final int ENTRY_OVERHEAD = 32;

	// doubled when needed: an idle connection should not pay for a full table
	private static final int INITIAL_SLOTS = 4;

	// owned by the encoder or decoder it belongs to, like all state here
	private @Nullable String[] names = new String[INITIAL_SLOTS];

	private @Nullable String[] values = new String[INITIAL_SLOTS];

	private int capacity;

	private int size;

	private int count;

	private long added;

	/**
	 * Makes an empty table.
	 * @param capacity the largest size, in octets of section 4.1
	 */
	DynamicTable(int capacity) {
		this.capacity = capacity;
	}

	int capacity() {
		return this.capacity;
	}

	/**
	 * Returns the sum of the sizes of the entries.
	 * @return octets of section 4.1, 0 to the capacity
	 */
	int size() {
		return this.size;
	}

	int count() {
		return this.count;
	}

	/**
	 * Returns how many entries were ever added; the newest entry carries this number.
	 * @return a number that only grows
	 */
	long added() {
		return this.added;
	}

	/**
	 * Returns the number of slots.
	 * @return a power of two; changes only while an entry is added
	 */
	int slots() {
		return this.names.length;
	}

	/**
	 * Returns the name of an entry.
	 * @param index 1 for the newest, to {@link #count()}
	 * @return the instance that was added
	 */
	@SuppressWarnings("NullAway") // slots of living entries are filled
	String name(int index) {
		return this.names[slot(index)];
	}

	/**
	 * Returns the value of an entry.
	 * @param index 1 for the newest, to {@link #count()}
	 * @return the instance that was added
	 */
	@SuppressWarnings("NullAway") // slots of living entries are filled
	String value(int index) {
		return this.values[slot(index)];
	}

	/**
	 * Returns where an entry lies.
	 * @param index 1 for the newest, to {@link #count()}
	 * @return its slot, until it is evicted or the slots are doubled
	 */
	int slot(int index) {
		return (int) (this.added - index + 1) & (this.names.length - 1);
	}

	/**
	 * Changes the largest size, evicting what does not fit any more (section 4.3).
	 * @param newCapacity octets of section 4.1
	 */
	void resize(int newCapacity) {
		this.capacity = newCapacity;
		evictTo(newCapacity);
	}

	/**
	 * Adds an entry, evicting old ones first. An entry larger than the table empties it
	 * and is not added; that is no error (section 4.4).
	 * @param name the name, chars 0 to 255
	 * @param value the value, chars 0 to 255
	 */
	void add(String name, String value) {
		long entrySize = sizeOf(name, value);
		if (entrySize > this.capacity) {
			evictTo(0);
			return;
		}
		evictTo(this.capacity - (int) entrySize);
		if (this.count == this.names.length) {
			doubleSlots();
		}
		this.added++;
		this.count++;
		this.size += (int) entrySize;
		int slot = slot(1);
		this.names[slot] = name;
		this.values[slot] = value;
	}

	/**
	 * Returns the size of an entry (section 4.1).
	 * @param name the name, one char per octet
	 * @param value the value, one char per octet
	 * @return its size in octets
	 */
	static long sizeOf(String name, String value) {
		return (long) name.length() + value.length() + ENTRY_OVERHEAD;
	}

	private void evictTo(int limit) {
		while (this.size > limit) {
			int slot = slot(this.count);
			this.size -= (int) sizeOf(name(this.count), value(this.count));
			this.names[slot] = null;
			this.values[slot] = null;
			this.count--;
		}
	}

	private void doubleSlots() {
		@Nullable String[] newNames = new String[2 * this.names.length];
		@Nullable String[] newValues = new String[newNames.length];
		for (int index = 1; index <= this.count; index++) {
			int newSlot = (int) (this.added - index + 1) & (newNames.length - 1);
			newNames[newSlot] = name(index);
			newValues[newSlot] = value(index);
		}
		this.names = newNames;
		this.values = newValues;
	}

}
