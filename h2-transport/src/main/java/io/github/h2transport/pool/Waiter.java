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

	/** Guarded by the key's lock: whether it waits for a dial, and since when. */
	private boolean dialled;

	private long dialledSince;

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

	/** A dial is under way for it, if not since an earlier time. */
	void dialledSince(long now) {
		if (!this.dialled) {
			this.dialled = true;
			this.dialledSince = now;
		}
	}

	long dialledSince() {
		return this.dialledSince;
	}

	/** It waits for something else than a dial. */
	void established() {
		this.dialled = false;
	}

}
