package io.github.h2transport.conn;

/**
 * Whether a connection's peer is known to be there, as far as a pool has to know.
 */
public enum Doubt {

	/** There is no reason for any. */
	NONE,

	/**
	 * The peer is being asked by PING. Requests that are given to the connection wait for
	 * the answer before they are sent; others are the better choice.
	 */
	ASKED,

	/**
	 * The peer was silent for longer than {@code ping-interval} while streams were open,
	 * and has had so many PINGs that one more might cost them their connection. Requests
	 * that are given to the connection are sent; a fresh one is the better choice.
	 */
	SILENT,

	/**
	 * The answer to a PING is overdue, by 1 s and four round trips. The connection takes
	 * no request until anything arrives on it, and needs not be counted: it ends if
	 * nothing does.
	 */
	OVERDUE

}
