package io.github.h2transport.conn;

import java.io.IOException;
import java.net.SocketAddress;
import java.nio.ByteBuffer;

import io.github.h2transport.frame.ConnectionError;
import org.jspecify.annotations.Nullable;

/**
 * Octets to and from the peer, never blocking: a socket, TLS over a socket, or memory in
 * tests.
 */
interface Wire {

	/**
	 * Moves the set-up on. Loop only.
	 * @return whether application octets may flow now
	 * @throws IOException if the peer is not who it should be, or does not speak HTTP/2
	 */
	boolean establish() throws IOException;

	/**
	 * Reads what is there. Loop only.
	 * @param into where to
	 * @return how many octets, 0 if none are there, -1 at the end
	 * @throws IOException if the wire is of no use any more
	 * @throws ConnectionError if the peer does what HTTP/2 forbids; the wire can still
	 * carry a GOAWAY
	 */
	int read(ByteBuffer into) throws IOException, ConnectionError;

	/**
	 * Returns whether {@link #read} has more without a new event of the socket.
	 * @return whether octets are kept inside
	 */
	boolean hasBuffered();

	/**
	 * Writes what the socket takes. Loop only.
	 * @param from octets to send; consumed as far as they are taken over
	 * @param inPieces whether the peer gets the first octets while the others are still
	 * being copied, for more system calls: what a peer wants that has to answer before
	 * anything else may be sent
	 * @return whether everything is with the operating system; otherwise call again when
	 * writable, also with an empty buffer
	 */
	boolean write(ByteBuffer from, boolean inPieces) throws IOException;

	/**
	 * Returns how much the operating system has taken so far, which tells a slow peer
	 * from a dead one. Loop only.
	 * @return octets as they are on the wire, 0 or more; never falls
	 */
	long octetsSent();

	/** Asks for an event when the socket takes octets again. Loop only. */
	void awaitWritable(boolean wanted);

	/**
	 * Says that nothing more will be sent: close_notify, then the end of the stream. Loop
	 * only.
	 */
	void finishOutput() throws IOException;

	/** Closes the socket. Loop only; does nothing the second time. */
	void close();

	@Nullable SocketAddress localAddress();

	@Nullable SocketAddress remoteAddress();

	/**
	 * Returns the TLS session.
	 * @return {@code null} in cleartext or before the handshake is done
	 */
	ConnectionSnapshot.@Nullable Tls tls();

}
