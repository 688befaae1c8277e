package io.github.h2transport.pool;

import java.util.concurrent.CompletionStage;

import io.github.h2transport.ConnectionKey;
import io.github.h2transport.Http2Exception;
import io.github.h2transport.conn.ClientConn;
import io.github.h2transport.conn.Dialer;

/**
 * Decides which connection a request gets. Implementations are thread-safe and never
 * block; they open connections with the {@link Dialer} that the {@link Factory} was
 * given.
 */
public interface ClientConnPool {

	/**
	 * Gets a connection for a request, with one slot reserved for it.
	 * @param request what is needed
	 * @return the connection, or a {@link Http2Exception}; a stage that is completed
	 * already where a connection was at hand. If the future of the stage is cancelled,
	 * the request no longer waits; a connection that comes too late must be released
	 */
	CompletionStage<ClientConn> getClientConn(ConnectionRequest request);

	/**
	 * Says that a connection must not be given out any more. Running streams may finish.
	 * @param connection a connection that this pool has given out
	 */
	void markDead(ClientConn connection);

	/**
	 * Returns how many requests wait for a connection.
	 * @param key the connections in question
	 * @return 0 or more; an instant old
	 */
	int pending(ConnectionKey key);

	/**
	 * Fails everything that waits, and gives out no connection any more.
	 */
	void close();

	/** Makes the pool of a transport. */
	@FunctionalInterface
	interface Factory {

		ClientConnPool create(Dialer dialer);

	}

}
