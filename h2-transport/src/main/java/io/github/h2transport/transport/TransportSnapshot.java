package io.github.h2transport.transport;

import java.util.List;

import io.github.h2transport.ConnectionKey;
import io.github.h2transport.conn.ConnectionSnapshot;

/**
 * What a transport looked like a moment ago: every live connection, whichever pool it is
 * in.
 *
 * @param origins one entry a connection key
 */
public record TransportSnapshot(List<OriginSnapshot> origins) {

	/**
	 * The connections of one key.
	 *
	 * @param key what their requests have in common
	 * @param pending how many requests wait for a connection
	 * @param connections the connections, oldest first
	 */
	public record OriginSnapshot(ConnectionKey key, int pending, List<ConnectionSnapshot> connections) {
	}

}
