package io.github.h2transport.testkit.peer;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;

import io.github.h2transport.ConnectionKey;
import io.github.h2transport.FailureContext;
import io.github.h2transport.Http2Exception;
import io.github.h2transport.Initiator;
import io.github.h2transport.Origin;
import io.github.h2transport.Phase;
import io.github.h2transport.PoolException;
import io.github.h2transport.conn.ClientConn;
import io.github.h2transport.conn.ConnObserver;
import io.github.h2transport.conn.Dialer;
import io.github.h2transport.pool.ClientConnPool;
import io.github.h2transport.pool.ConnectionRequest;

/**
 * Gives every call the same connection, whose slots its script reserves, and a call that
 * was turned away none.
 */
final class OneConnPool implements ClientConnPool {

	private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(20);

	private static final ConnObserver NOBODY = new ConnObserver() {

		@Override
		public void opened(ClientConn opened) {
		}

		@Override
		public void slotsFreed(ClientConn freed) {
		}

		@Override
		public void draining(ClientConn draining) {
		}

		@Override
		public void closed(ClientConn closed, Http2Exception cause) {
		}

	};

	private final Dialer dialer;

	private final AtomicInteger expected = new AtomicInteger();

	private volatile ClientConn connection;

	OneConnPool(Dialer dialer) {
		this.dialer = dialer;
	}

	ClientConn dial(int port) {
		ConnectionKey key = new ConnectionKey(new Origin("http", "127.0.0.1", port), null, null);
		return this.dialer.dial(key, CONNECT_TIMEOUT, false, NOBODY);
	}

	void give(ClientConn newConnection) {
		this.connection = newConnection;
	}

	/** A slot was reserved for a call that comes now. */
	void expectCall() {
		this.expected.incrementAndGet();
	}

	@Override
	public CompletionStage<ClientConn> getClientConn(ConnectionRequest request) {
		if (request.retry() || this.expected.getAndDecrement() <= 0) {
			return CompletableFuture.failedFuture(new PoolException("There is one connection, and it is for one try",
					null, FailureContext.of(Initiator.LIBRARY, Phase.POOL)));
		}
		return CompletableFuture.completedFuture(this.connection);
	}

	@Override
	public void markDead(ClientConn dead) {
	}

	@Override
	public int pending(ConnectionKey key) {
		return 0;
	}

	@Override
	public void close() {
	}

}
