package io.github.h2transport.frame;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

import io.github.h2transport.ErrorCode;

/**
 * What one SETTINGS frame says (RFC 9113 section 6.5.1): an immutable set of known
 * settings with legal values. A setting that the frame does not name is absent, which
 * means "as before" and not "the default". Values are unsigned 32-bit numbers.
 */
public final class Settings {

	/** Octets of the HPACK table that its sender's decoder offers (section 6.5.2). */
	public static final int HEADER_TABLE_SIZE = 0x1;

	/** Whether its sender takes PUSH_PROMISE, 0 or 1. */
	public static final int ENABLE_PUSH = 0x2;

	/** How many streams its receiver may have open at once; 0 is legal. */
	public static final int MAX_CONCURRENT_STREAMS = 0x3;

	/** Octets of the first flow-control window of each stream, 0 to 2^31-1. */
	public static final int INITIAL_WINDOW_SIZE = 0x4;

	/** Octets of the largest frame payload that its sender takes, 2^14 to 2^24-1. */
	public static final int MAX_FRAME_SIZE = 0x5;

	/** Octets of the largest field section that its sender takes; advice. */
	public static final int MAX_HEADER_LIST_SIZE = 0x6;

	/** Whether extended CONNECT may be used, 0 or 1 (RFC 8441 section 3). */
	public static final int ENABLE_CONNECT_PROTOCOL = 0x8;

	/** Whether its sender ignores PRIORITY frames, 0 or 1 (RFC 9218 section 2.1). */
	public static final int NO_RFC7540_PRIORITIES = 0x9;

	/** The smallest legal SETTINGS_MAX_FRAME_SIZE, and its value before any SETTINGS. */
	public static final int LEAST_MAX_FRAME_SIZE = 1 << 14;

	/** The largest legal SETTINGS_MAX_FRAME_SIZE: the length field has 24 bits. */
	public static final int MOST_MAX_FRAME_SIZE = (1 << 24) - 1;

	/** Each entry is a 16-bit id and a 32-bit value (section 6.5.1). */
	static final int ENTRY_LENGTH = 6;

	/**
	 * The RFCs define 8 settings, some peers add a few of their own and a GREASE value;
	 * more is a peer that makes us work for nothing.
	 */
	static final int MAX_ENTRIES = 32;

	private static final long ABSENT = -1;

	private static final long MAX_WINDOW_SIZE = (1L << 31) - 1;

	private static final long MAX_VALUE = (1L << 32) - 1;

	/** The index is the id; ids without a name are not defined. */
	private static final String[] NAMES = { "", "SETTINGS_HEADER_TABLE_SIZE", "SETTINGS_ENABLE_PUSH",
			"SETTINGS_MAX_CONCURRENT_STREAMS", "SETTINGS_INITIAL_WINDOW_SIZE", "SETTINGS_MAX_FRAME_SIZE",
			"SETTINGS_MAX_HEADER_LIST_SIZE", "", "SETTINGS_ENABLE_CONNECT_PROTOCOL", "SETTINGS_NO_RFC7540_PRIORITIES" };

	/** The index is the id. Never changed after construction. */
	private final long[] values;

	/** Below the value in force if a frame lowers it first and raises it again. */
	private final long leastHeaderTableSize;

	private Settings(long[] values, long leastHeaderTableSize) {
		this.values = values;
		this.leastHeaderTableSize = leastHeaderTableSize;
	}

	/**
	 * Reads the payload of a SETTINGS frame that a server sent. Of a repeated setting the
	 * last value counts, but each value must be legal (section 6.5.3: they are processed
	 * in order). Unknown settings are ignored, as section 6.5.2 demands.
	 * @param payload all of it; is consumed
	 * @return the known settings in it
	 * @throws ConnectionError FRAME_SIZE_ERROR if the length is no multiple of 6,
	 * ENHANCE_YOUR_CALM for more than 32 entries, FLOW_CONTROL_ERROR for a window above
	 * 2^31-1, PROTOCOL_ERROR for any other illegal value
	 */
	public static Settings parse(ByteBuffer payload) throws ConnectionError {
		checkLength(payload.remaining());
		long[] values = allAbsent();
		long leastHeaderTableSize = MAX_VALUE;
		while (payload.hasRemaining()) {
			int id = payload.getShort() & 0xffff;
			long value = payload.getInt() & MAX_VALUE;
			if (isKnown(id)) {
				checkReceived(id, value);
				values[id] = value;
				if (id == HEADER_TABLE_SIZE) {
					leastHeaderTableSize = Math.min(leastHeaderTableSize, value);
				}
			}
		}
		return new Settings(values, leastHeaderTableSize);
	}

	/**
	 * Checks what the frame header tells, so that a wrong frame fails before its payload
	 * arrives.
	 */
	static void checkLength(int length) throws ConnectionError {
		if (length % ENTRY_LENGTH != 0) {
			throw new ConnectionError(ErrorCode.FRAME_SIZE_ERROR,
					"SETTINGS of " + length + " octets, which is no multiple of " + ENTRY_LENGTH);
		}
		if (length > MAX_ENTRIES * ENTRY_LENGTH) {
			throw new ConnectionError(ErrorCode.ENHANCE_YOUR_CALM,
					"SETTINGS with " + length / ENTRY_LENGTH + " entries, more than " + MAX_ENTRIES);
		}
	}

	private static void checkReceived(int id, long value) throws ConnectionError {
		// Section 6.5.2: a server must not set it to 1, and a client must refuse that.
		boolean pushFromServer = id == ENABLE_PUSH && value == 1;
		if (!isLegal(id, value) || pushFromServer) {
			ErrorCode code = (id == INITIAL_WINDOW_SIZE) ? ErrorCode.FLOW_CONTROL_ERROR : ErrorCode.PROTOCOL_ERROR;
			throw new ConnectionError(code, NAMES[id] + " of " + value + " is not legal from a server");
		}
	}

	private static boolean isKnown(int id) {
		return id >= 0 && id < NAMES.length && !NAMES[id].isEmpty();
	}

	private static boolean isLegal(int id, long value) {
		return switch (id) {
			case ENABLE_PUSH, ENABLE_CONNECT_PROTOCOL, NO_RFC7540_PRIORITIES -> value == 0 || value == 1;
			case INITIAL_WINDOW_SIZE -> value >= 0 && value <= MAX_WINDOW_SIZE;
			case MAX_FRAME_SIZE -> value >= LEAST_MAX_FRAME_SIZE && value <= MOST_MAX_FRAME_SIZE;
			default -> value >= 0 && value <= MAX_VALUE;
		};
	}

	private static long[] allAbsent() {
		long[] values = new long[NAMES.length];
		Arrays.fill(values, ABSENT);
		return values;
	}

	public static Builder builder() {
		return new Builder();
	}

	/**
	 * Returns the value of a setting.
	 * @param id one of the constants; others are always absent
	 * @param absent what to return if the frame does not name it
	 * @return the value, 0 to 2^32-1, or {@code absent}
	 */
	public long get(int id, long absent) {
		return has(id) ? this.values[id] : absent;
	}

	/**
	 * Returns whether the frame names a setting.
	 * @param id one of the constants; others are always absent
	 * @return false for "as before"
	 */
	public boolean has(int id) {
		return isKnown(id) && this.values[id] != ABSENT;
	}

	/**
	 * Returns the smallest SETTINGS_HEADER_TABLE_SIZE that the frame names. An encoder
	 * has to signal it even if a larger value follows (RFC 7541 section 4.2).
	 * @param absent what to return if the frame does not name it
	 * @return the value, 0 to 2^32-1, or {@code absent}
	 */
	public long leastHeaderTableSize(long absent) {
		return has(HEADER_TABLE_SIZE) ? this.leastHeaderTableSize : absent;
	}

	/**
	 * Returns the number of settings that are not absent.
	 * @return 0 to 8
	 */
	public int size() {
		int size = 0;
		for (long value : this.values) {
			size += (value != ABSENT) ? 1 : 0;
		}
		return size;
	}

	/**
	 * Returns the settings by their names in the RFCs, for example
	 * {@code SETTINGS_MAX_FRAME_SIZE}.
	 * @return an unmodifiable map, ordered by id, without the absent ones
	 */
	public Map<String, Long> toMap() {
		Map<String, Long> map = new LinkedHashMap<>();
		for (int id = 0; id < this.values.length; id++) {
			if (this.values[id] != ABSENT) {
				map.put(NAMES[id], this.values[id]);
			}
		}
		return Collections.unmodifiableMap(map);
	}

	/**
	 * Returns what holds after this frame.
	 * @param earlier what held before it
	 * @return the settings of both; where both name one, the value of this frame
	 */
	public Settings after(Settings earlier) {
		long[] merged = earlier.values.clone();
		for (int id = 0; id < merged.length; id++) {
			if (this.values[id] != ABSENT) {
				merged[id] = this.values[id];
			}
		}
		return new Settings(merged, has(HEADER_TABLE_SIZE) ? this.leastHeaderTableSize : earlier.leastHeaderTableSize);
	}

	/** Writes the payload, ordered by id. */
	void writeTo(ByteBuffer out) {
		for (int id = 0; id < this.values.length; id++) {
			if (this.values[id] != ABSENT) {
				out.putShort((short) id).putInt((int) this.values[id]);
			}
		}
	}

	@Override
	public boolean equals(Object other) {
		return other instanceof Settings settings && Arrays.equals(this.values, settings.values)
				&& this.leastHeaderTableSize == settings.leastHeaderTableSize;
	}

	@Override
	public int hashCode() {
		return Arrays.hashCode(this.values);
	}

	@Override
	public String toString() {
		return toMap().toString();
	}

	/** Collects settings that we send. Not thread-safe. */
	public static final class Builder {

		/** Confined to the caller. */
		private final long[] values = allAbsent();

		private Builder() {
		}

		/**
		 * Adds a setting or replaces it.
		 * @param id one of the constants
		 * @param value within the range of section 6.5.2
		 * @return this builder
		 * @throws IllegalArgumentException if the id is not known or the value not legal
		 */
		public Builder set(int id, long value) {
			if (!isKnown(id)) {
				throw new IllegalArgumentException("There is no setting 0x" + Integer.toHexString(id));
			}
			if (!isLegal(id, value)) {
				throw new IllegalArgumentException(NAMES[id] + " of " + value + " is not legal");
			}
			this.values[id] = value;
			return this;
		}

		public Settings build() {
			long tableSize = this.values[HEADER_TABLE_SIZE];
			return new Settings(this.values.clone(), (tableSize != ABSENT) ? tableSize : MAX_VALUE);
		}

	}

}
