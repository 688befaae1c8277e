package io.github.h2transport.conn;

import io.github.h2transport.Http2Exception;

/**
 * What a pool wants to know of its connections. Called by the connection's event loop, or
 * by whichever thread freed a slot; must not block and must not throw. No lock is held
 * during a call.
 */
public interface ConnObserver {

	/**
	 * The connection can take its first request.
	 * @param connection the connection
	 */
	void opened(ClientConn connection);

	/**
	 * The connection may be able to take a request again: a stream has ended, or the peer
	 * has raised its limit.
	 * @param connection the connection
	 */
	void slotsFreed(ClientConn connection);

	/**
	 * The connection has become doubtful, see {@link ClientConn#doubt()}: others should
	 * take its place. When it is no longer, {@link #slotsFreed} is called.
	 * @param connection the connection
	 */
	default void doubted(ClientConn connection) {
	}

	/**
	 * The connection takes no new request any more; running streams may finish.
	 * @param connection the connection
	 */
	void draining(ClientConn connection);

	/**
	 * The connection is gone, or never came to be.
	 * @param connection the connection
	 * @param cause why
	 */
	void closed(ClientConn connection, Http2Exception cause);

}
