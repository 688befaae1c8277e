package io.github.h2transport.hpack;

/**
 * The static table (RFC 7541 section 2.3.1 and appendix A). Entries are counted from 1;
 * those of one name follow each other, which the search relies on.
 */
final class StaticTable {

	static final int LENGTH = 61;

	static final int PATH = 4;

	// name and value by turns, from index 1
	private static final String[] FIELDS = { ":authority", "", ":method", "GET", ":method", "POST", ":path", "/",
			":path", "/index.html", ":scheme", "http", ":scheme", "https", ":status", "200", ":status", "204",
			":status", "206", ":status", "304", ":status", "400", ":status", "404", ":status", "500", "accept-charset",
			"", "accept-encoding", "gzip, deflate", "accept-language", "", "accept-ranges", "", "accept", "",
			"access-control-allow-origin", "", "age", "", "allow", "", "authorization", "", "cache-control", "",
			"content-disposition", "", "content-encoding", "", "content-language", "", "content-length", "",
			"content-location", "", "content-range", "", "content-type", "", "cookie", "", "date", "", "etag", "",
			"expect", "", "expires", "", "from", "", "host", "", "if-match", "", "if-modified-since", "",
			"if-none-match", "", "if-range", "", "if-unmodified-since", "", "last-modified", "", "link", "", "location",
			"", "max-forwards", "", "proxy-authenticate", "", "proxy-authorization", "", "range", "", "referer", "",
			"refresh", "", "retry-after", "", "server", "", "set-cookie", "", "strict-transport-security", "",
			"transfer-encoding", "", "user-agent", "", "vary", "", "via", "", "www-authenticate", "" };

	// 52 names in 256 slots: nearly every search ends at the first slot
	private static final int SLOTS = 256;

	private static final String[] NAMES = new String[LENGTH + 1];

	private static final String[] VALUES = new String[LENGTH + 1];

	// the first entry of each name, 0 for a free slot
	private static final byte[] FIRST_BY_HASH = new byte[SLOTS];

	static {
		NAMES[0] = "";
		VALUES[0] = "";
		for (int index = 1; index <= LENGTH; index++) {
			NAMES[index] = FIELDS[2 * index - 2];
			VALUES[index] = FIELDS[2 * index - 1];
			if (!NAMES[index].equals(NAMES[index - 1])) {
				int slot = slot(NAMES[index]);
				while (FIRST_BY_HASH[slot] != 0) {
					slot = (slot + 1) % SLOTS;
				}
				FIRST_BY_HASH[slot] = (byte) index;
			}
		}
	}

	private StaticTable() {
	}

	/**
	 * Returns the name of an entry.
	 * @param index 1 to {@link #LENGTH}
	 * @return always the same instance
	 */
	static String name(int index) {
		return NAMES[index];
	}

	/**
	 * Returns the value of an entry.
	 * @param index 1 to {@link #LENGTH}
	 * @return always the same instance
	 */
	static String value(int index) {
		return VALUES[index];
	}

	/**
	 * Finds the first entry with a name.
	 * @param name the name, in any case; only the lower-case ones of the table match
	 * @return its index, 0 if there is none
	 */
	static int indexOf(String name) {
		int slot = slot(name);
		int index = FIRST_BY_HASH[slot];
		while (index != 0 && !NAMES[index].equals(name)) {
			slot = (slot + 1) % SLOTS;
			index = FIRST_BY_HASH[slot];
		}
		return index;
	}

	/**
	 * Finds the entry with a value among those of one name.
	 * @param nameIndex the first entry of the name, from {@link #indexOf(String)}
	 * @param value the value
	 * @return its index, 0 if there is none
	 */
	static int indexOf(int nameIndex, String value) {
		String name = NAMES[nameIndex];
		int index = nameIndex;
		do {
			if (VALUES[index].equals(value)) {
				return index;
			}
			index++;
		}
		// the same instance: the compiler keeps one string per literal
		while (index <= LENGTH && NAMES[index] == name);
		return 0;
	}

	private static int slot(String name) {
		int hash = name.hashCode();
		return (hash ^ (hash >>> 8) ^ (hash >>> 16)) & (SLOTS - 1);
	}

}
