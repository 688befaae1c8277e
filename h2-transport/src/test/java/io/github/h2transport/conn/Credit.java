package io.github.h2transport.conn;

import io.github.h2transport.protocol.ReceiveWindow;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The books of a connection about flow control, for tests above this floor.
 */
public final class Credit {

	private Credit() {
	}

	/**
	 * Asserts that the peer has back, or is about to get, every octet of credit that it
	 * has used on a connection (RFC 9113 section 6.9), and that nothing waits for
	 * readers.
	 * @param connection an open connection without streams
	 * @param size the size of its window
	 */
	public static void isWhole(ClientConn connection, long size) {
		ReceiveWindow window = connection.receiveWindow();
		assertThat(window.outstanding()).as("octets of %s that were not given back", connection).isZero();
		assertThat(window.available() + window.pending()).as("the window of %s", connection).isEqualTo(size);
		assertThat(connection.budget().buffered()).as("octets that wait for readers").isZero();
	}

}
