package io.github.h2transport.frame;

import io.github.h2transport.ErrorCode;

/**
 * A fault for which the whole connection must end (RFC 9113 section 5.4.1): whoever
 * drives the connection sends a GOAWAY with the code and closes. It has no stack trace,
 * because its cause stands in the peer's octets and not in our calls, and a hostile peer
 * must not make us collect one for each connection.
 */
public final class ConnectionError extends Exception {

	private static final long serialVersionUID = 1L;

	private final transient ErrorCode code;

	/**
	 * Creates the error.
	 * @param code what the GOAWAY will say
	 * @param message what was wrong, with the offending numbers, for the reader of a log
	 */
	public ConnectionError(ErrorCode code, String message) {
		super(message, null, false, false);
		this.code = code;
	}

	/**
	 * Returns the code for the GOAWAY frame.
	 * @return one of RFC 9113 section 7
	 */
	public ErrorCode code() {
		return this.code;
	}

	@Override
	@SuppressWarnings("OverrideThrowableToString") // the code, not the class
	public String toString() {
		return this.code + ": " + getMessage();
	}

}
