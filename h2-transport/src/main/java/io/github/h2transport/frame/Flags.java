package io.github.h2transport.frame;

import java.util.StringJoiner;

/**
 * The flags of RFC 9113 section 6. One bit means different things on different frame
 * types; a bit that a type does not define is ignored on receipt (section 4.1).
 */
public final class Flags {

	/** On DATA and HEADERS: the sender's last frame for this stream. */
	public static final int END_STREAM = 0x1;

	/** On SETTINGS and PING: the answer to one of ours. */
	public static final int ACK = 0x1;

	/** On HEADERS, PUSH_PROMISE and CONTINUATION: the field block ends here. */
	public static final int END_HEADERS = 0x4;

	/** On DATA, HEADERS and PUSH_PROMISE: a pad length octet leads, padding trails. */
	public static final int PADDED = 0x8;

	/** On HEADERS: five octets of deprecated priority fields lead the field block. */
	public static final int PRIORITY = 0x20;

	/** Which bits a type defines; the index is the type. */
	private static final int[] DEFINED = { END_STREAM | PADDED, END_STREAM | END_HEADERS | PADDED | PRIORITY, 0, 0, ACK,
			END_HEADERS | PADDED, ACK, 0, 0, END_HEADERS };

	private Flags() {
	}

	/**
	 * Returns the RFC's names of the flags that are set.
	 * @param type the frame type, 0 to 255
	 * @param flags the flags octet, 0 to 255
	 * @return for example {@code END_STREAM|END_HEADERS}, bits without a name in
	 * hexadecimal at the end, empty for no flag
	 */
	public static String names(int type, int flags) {
		int defined = (type >= 0 && type < DEFINED.length) ? flags & DEFINED[type] : 0;
		boolean acknowledges = type == FrameType.SETTINGS || type == FrameType.PING;
		StringJoiner names = new StringJoiner("|");
		if ((defined & END_STREAM) != 0) {
			names.add(acknowledges ? "ACK" : "END_STREAM");
		}
		if ((defined & END_HEADERS) != 0) {
			names.add("END_HEADERS");
		}
		if ((defined & PADDED) != 0) {
			names.add("PADDED");
		}
		if ((defined & PRIORITY) != 0) {
			names.add("PRIORITY");
		}
		if (flags != defined) {
			names.add("0x" + Integer.toHexString(flags & ~defined));
		}
		return names.toString();
	}

}
