package io.github.h2transport.testkit;

import java.util.concurrent.CompletionStage;

import io.github.h2transport.ConnectionKey;
import io.github.h2transport.TlsOptions;
import io.github.h2transport.conn.ClientConn;
import io.github.h2transport.pool.ClientConnPool;
import io.github.h2transport.pool.ConnectionRequest;

/**
 * A pool that leaves everything to another one, for tests to change one thing.
 */
public class DelegatingPool implements ClientConnPool {

	private final ClientConnPool target;

	public DelegatingPool(ClientConnPool target) {
		this.target = target;
	}

	@Override
	public CompletionStage<ClientConn> getClientConn(ConnectionRequest request) {
		return this.target.getClientConn(request);
	}

	@Override
	public void markDead(ClientConn connection) {
		this.target.markDead(connection);
	}

	@Override
	public void retire(TlsOptions identity) {
		this.target.retire(identity);
	}

	@Override
	public int pending(ConnectionKey key) {
		return this.target.pending(key);
	}

	@Override
	public void close() {
		this.target.close();
	}

}
