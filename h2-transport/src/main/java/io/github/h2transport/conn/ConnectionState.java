package io.github.h2transport.conn;

/**
 * The life of a connection, in this order.
 */
public enum ConnectionState {

	/** Resolving, connecting, or in the TLS handshake. */
	CONNECTING,

	/** Takes new streams. */
	OPEN,

	/** Takes no new stream; the open ones may finish. */
	DRAINING,

	/** Ended. */
	CLOSED

}
