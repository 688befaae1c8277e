package io.github.h2transport;

/**
 * An HTTP/2 error code as carried by RST_STREAM and GOAWAY (RFC 9113 section 7). A record
 * and not an enum, because codes that this version does not know must survive on their
 * way to the caller.
 *
 * @param value the code as an unsigned 32-bit number
 */
public record ErrorCode(int value) {

	public static final ErrorCode NO_ERROR = new ErrorCode(0x0);

	public static final ErrorCode PROTOCOL_ERROR = new ErrorCode(0x1);

	public static final ErrorCode INTERNAL_ERROR = new ErrorCode(0x2);

	public static final ErrorCode FLOW_CONTROL_ERROR = new ErrorCode(0x3);

	public static final ErrorCode SETTINGS_TIMEOUT = new ErrorCode(0x4);

	public static final ErrorCode STREAM_CLOSED = new ErrorCode(0x5);

	public static final ErrorCode FRAME_SIZE_ERROR = new ErrorCode(0x6);

	public static final ErrorCode REFUSED_STREAM = new ErrorCode(0x7);

	public static final ErrorCode CANCEL = new ErrorCode(0x8);

	public static final ErrorCode COMPRESSION_ERROR = new ErrorCode(0x9);

	public static final ErrorCode CONNECT_ERROR = new ErrorCode(0xa);

	public static final ErrorCode ENHANCE_YOUR_CALM = new ErrorCode(0xb);

	public static final ErrorCode INADEQUATE_SECURITY = new ErrorCode(0xc);

	public static final ErrorCode HTTP_1_1_REQUIRED = new ErrorCode(0xd);

	private static final ErrorCode[] KNOWN = { NO_ERROR, PROTOCOL_ERROR, INTERNAL_ERROR, FLOW_CONTROL_ERROR,
			SETTINGS_TIMEOUT, STREAM_CLOSED, FRAME_SIZE_ERROR, REFUSED_STREAM, CANCEL, COMPRESSION_ERROR, CONNECT_ERROR,
			ENHANCE_YOUR_CALM, INADEQUATE_SECURITY, HTTP_1_1_REQUIRED };

	private static final String[] NAMES = { "NO_ERROR", "PROTOCOL_ERROR", "INTERNAL_ERROR", "FLOW_CONTROL_ERROR",
			"SETTINGS_TIMEOUT", "STREAM_CLOSED", "FRAME_SIZE_ERROR", "REFUSED_STREAM", "CANCEL", "COMPRESSION_ERROR",
			"CONNECT_ERROR", "ENHANCE_YOUR_CALM", "INADEQUATE_SECURITY", "HTTP_1_1_REQUIRED" };

	/**
	 * Returns the code for a number from the wire.
	 * @param value any 32-bit number
	 * @return the shared constant where the RFC names the code, else a new value
	 */
	public static ErrorCode of(int value) {
		return (value >= 0 && value < KNOWN.length) ? KNOWN[value] : new ErrorCode(value);
	}

	/**
	 * Returns the RFC's name, or the number in hexadecimal where it has none.
	 * @return for example {@code REFUSED_STREAM} or {@code 0x2a}
	 */
	public String name() {
		return (this.value >= 0 && this.value < NAMES.length) ? NAMES[this.value]
				: "0x" + Integer.toHexString(this.value);
	}

	@Override
	public String toString() {
		return name();
	}

}
