package io.github.h2transport.pool;

import java.util.concurrent.CompletableFuture;

/**
 * A request that waits; its place in the line ends when it is completed.
 *
 * @param <C> what it waits for
 */
final class Waiter<C> extends CompletableFuture<C> {

	private final ConnectionRequest request;

	private final long since;

	Waiter(ConnectionRequest request, long since) {
		this.request = request;
		this.since = since;
	}

	ConnectionRequest request() {
		return this.request;
	}

	long since() {
		return this.since;
	}

}
