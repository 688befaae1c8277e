package io.github.h2transport.pool;

import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;

import io.github.h2transport.ConnectionKey;
import io.github.h2transport.FailureContext;
import io.github.h2transport.Http2Exception;
import io.github.h2transport.Initiator;
import io.github.h2transport.Phase;
import io.github.h2transport.PoolException;
import io.github.h2transport.TransportOptions;
import io.github.h2transport.conn.ClientConn;
import io.github.h2transport.conn.Dialer;

/**
 * The pool that a transport has unless it was given another: multiplexes over few
 * connections, dials when a request would have to wait, and lets requests wait in order
 * when it may not dial.
 */
public final class DefaultClientConnPool implements ClientConnPool {

	private final Dialer dialer;

	private final TransportOptions options;

	private final Map<ConnectionKey, KeyPool> pools = new ConcurrentHashMap<>();

	private volatile boolean closed;

	/**
	 * Creates a pool.
	 * @param dialer opens its connections
	 * @param options the limits
	 */
	public DefaultClientConnPool(Dialer dialer, TransportOptions options) {
		this.dialer = dialer;
		this.options = options;
	}

	@Override
	public CompletionStage<ClientConn> getClientConn(ConnectionRequest request) {
		for (;;) {
			if (this.closed) {
				return CompletableFuture.failedFuture(closedFailure());
			}
			KeyPool pool = this.pools.get(request.key());
			if (pool == null) {
				pool = this.pools.computeIfAbsent(request.key(),
						(key) -> new KeyPool(key, this.dialer, this.options, this::remove));
			}
			ClientConn ready = pool.tryReserve(request);
			if (ready != null) {
				return CompletableFuture.completedFuture(ready);
			}
			CompletableFuture<ClientConn> waiting = pool.await(request);
			if (waiting != null) {
				if (this.closed) {
					pool.close(closedFailure());
				}
				return waiting;
			}
			// The pool of the key was retired in the meantime; there will be a new one.
		}
	}

	private void remove(KeyPool pool) {
		this.pools.remove(pool.key(), pool);
	}

	private static Http2Exception closedFailure() {
		return new PoolException("The transport is closed", null, FailureContext.of(Initiator.CALLER, Phase.POOL));
	}

	@Override
	public void markDead(ClientConn connection) {
		KeyPool pool = this.pools.get(connection.key());
		if (pool != null) {
			pool.draining(connection);
		}
		connection.doNotReuse();
	}

	@Override
	public int pending(ConnectionKey key) {
		KeyPool pool = this.pools.get(key);
		return (pool != null) ? pool.pending() : 0;
	}

	@Override
	public void close() {
		this.closed = true;
		for (KeyPool pool : this.pools.values()) {
			pool.close(closedFailure());
		}
	}

}
