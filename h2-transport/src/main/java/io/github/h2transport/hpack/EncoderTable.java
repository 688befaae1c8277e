package io.github.h2transport.hpack;

/**
 * The encoder's dynamic table with an index over it, and the judgement which values are
 * worth an entry.
 *
 * <p>
 * Entries carry ascending numbers. For each hash the index knows the newest entry, and
 * for each entry the next older one of the same hash. Evicting is always the oldest, so
 * it needs no work here: a chain ends at the first number that is evicted.
 */
final class EncoderTable {

	// A search that gives up costs some octets, never correctness; it bounds what values
	// chosen to collide can cost.
	private static final int MAX_STEPS = 16;

	// A value that was never repeated condemns its successors, but each 8th of them may
	// prove the contrary.
	private static final int CHANCE_EVERY = 8;

	private static final byte REPEATED = -1;

	// owned by the loop, like all state here
	private final DynamicTable table;

	// by hash: number of the newest entry, 0 for none
	private long[] newestByField;

	private long[] newestByName;

	// by slot: number of the next older entry of the same hash
	private long[] olderByField;

	private long[] olderByName;

	// by slot: REPEATED, or how many other values of the name were turned away since
	private byte[] turnedAway;

	EncoderTable(int capacity) {
		this.table = new DynamicTable(capacity);
		int slots = this.table.slots();
		this.newestByField = new long[slots];
		this.newestByName = new long[slots];
		this.olderByField = new long[slots];
		this.olderByName = new long[slots];
		this.turnedAway = new byte[slots];
	}

	int size() {
		return this.table.size();
	}

	int capacity() {
		return this.table.capacity();
	}

	void resize(int capacity) {
		this.table.resize(capacity);
	}

	/**
	 * Finds a field and remembers that it was repeated.
	 * @param name the name
	 * @param value the value
	 * @return its index in the dynamic table from 1, 0 if it was not found
	 */
	int find(String name, String value) {
		DynamicTable entries = this.table;
		long added = entries.added();
		long evicted = added - entries.count();
		long number = this.newestByField[bucket(fieldHash(name, value))];
		for (int step = 0; number > evicted && step < MAX_STEPS; step++) {
			int index = (int) (added - number + 1);
			int slot = entries.slot(index);
			if (entries.value(index).equals(value) && entries.name(index).equals(name)) {
				this.turnedAway[slot] = REPEATED;
				return index;
			}
			number = this.olderByField[slot];
		}
		return 0;
	}

	/**
	 * Finds the newest entry with a name.
	 * @param name the name
	 * @return its index in the dynamic table from 1, 0 if it was not found
	 */
	int find(String name) {
		DynamicTable entries = this.table;
		long added = entries.added();
		long evicted = added - entries.count();
		long number = this.newestByName[bucket(name.hashCode())];
		for (int step = 0; number > evicted && step < MAX_STEPS; step++) {
			int index = (int) (added - number + 1);
			if (entries.name(index).equals(name)) {
				return index;
			}
			number = this.olderByName[entries.slot(index)];
		}
		return 0;
	}

	/**
	 * Decides whether a value that is not in the table should enter it. Yes, unless the
	 * newest entry of the same name was never used again: then the values of this name
	 * probably differ each time (ids, traces, clocks) and would only push the steady
	 * fields out.
	 * @param sameName index of the newest entry with the name, 0 if there is none
	 * @return whether to add it
	 */
	boolean deserves(int sameName) {
		if (sameName == 0) {
			return true;
		}
		int slot = this.table.slot(sameName);
		return this.turnedAway[slot] == REPEATED || ++this.turnedAway[slot] >= CHANCE_EVERY;
	}

	/**
	 * Adds a field.
	 * @param name the name, chars 0 to 255
	 * @param value the value, chars 0 to 255
	 */
	void add(String name, String value) {
		long before = this.table.added();
		this.table.add(name, value);
		if (this.table.added() == before) {
			return;
		}
		if (this.table.slots() != this.turnedAway.length) {
			indexAgain();
		}
		else {
			index(1);
		}
		this.turnedAway[this.table.slot(1)] = 0;
	}

	private void index(int index) {
		int slot = this.table.slot(index);
		long number = this.table.added() - index + 1;
		String name = this.table.name(index);
		int byField = bucket(fieldHash(name, this.table.value(index)));
		this.olderByField[slot] = this.newestByField[byField];
		this.newestByField[byField] = number;
		int byName = bucket(name.hashCode());
		this.olderByName[slot] = this.newestByName[byName];
		this.newestByName[byName] = number;
	}

	private void indexAgain() {
		byte[] oldTurnedAway = this.turnedAway;
		int slots = this.table.slots();
		this.newestByField = new long[slots];
		this.newestByName = new long[slots];
		this.olderByField = new long[slots];
		this.olderByName = new long[slots];
		this.turnedAway = new byte[slots];
		for (int index = this.table.count(); index >= 1; index--) {
			int slot = this.table.slot(index);
			this.turnedAway[slot] = oldTurnedAway[slot & (oldTurnedAway.length - 1)];
			index(index);
		}
	}

	private int bucket(int hash) {
		// The hashes of similar strings differ in a pattern; the golden ratio spreads
		// them, best in the upper bits.
		return (hash * 0x9e3779b9) >>> Integer.numberOfLeadingZeros(this.newestByField.length - 1);
	}

	private static int fieldHash(String name, String value) {
		return 31 * name.hashCode() + value.hashCode();
	}

}
