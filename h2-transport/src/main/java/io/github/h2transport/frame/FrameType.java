package io.github.h2transport.frame;

/**
 * The frame types of RFC 9113 section 6. Plain numbers and not an enum: a type is one
 * octet from the wire, and types that nobody knows yet are legal (section 5.5).
 */
public final class FrameType {

	/** Section 6.1. */
	public static final int DATA = 0x0;

	/** Section 6.2. */
	public static final int HEADERS = 0x1;

	/** Section 6.3, deprecated: read and ignored. */
	public static final int PRIORITY = 0x2;

	/** Section 6.4. */
	public static final int RST_STREAM = 0x3;

	/** Section 6.5. */
	public static final int SETTINGS = 0x4;

	/** Section 6.6. */
	public static final int PUSH_PROMISE = 0x5;

	/** Section 6.7. */
	public static final int PING = 0x6;

	/** Section 6.8. */
	public static final int GOAWAY = 0x7;

	/** Section 6.9. */
	public static final int WINDOW_UPDATE = 0x8;

	/** Section 6.10. */
	public static final int CONTINUATION = 0x9;

	private static final String[] NAMES = { "DATA", "HEADERS", "PRIORITY", "RST_STREAM", "SETTINGS", "PUSH_PROMISE",
			"PING", "GOAWAY", "WINDOW_UPDATE", "CONTINUATION" };

	private FrameType() {
	}

	/**
	 * Returns the RFC's name of a type, or the number in hexadecimal where it has none.
	 * @param type 0 to 255
	 * @return for example {@code WINDOW_UPDATE} or {@code 0x2a}
	 */
	public static String name(int type) {
		return (type >= 0 && type < NAMES.length) ? NAMES[type] : "0x" + Integer.toHexString(type);
	}

}
