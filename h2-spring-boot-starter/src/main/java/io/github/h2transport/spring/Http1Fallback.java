package io.github.h2transport.spring;

/**
 * Which calls may go over HTTP/1.1 because HTTP/2 is not to be had.
 */
public enum Http1Fallback {

	/** None: such calls fail. */
	NONE,

	/** Calls of {@code https} origins that do not choose {@code h2} by ALPN. */
	TLS,

	/**
	 * These, and calls of {@code http} origins while cleartext HTTP/2 is not allowed.
	 */
	ALL

}
