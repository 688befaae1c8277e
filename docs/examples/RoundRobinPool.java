package examples;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
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
import io.github.h2transport.conn.ClientConn;
import io.github.h2transport.conn.ConnObserver;
import io.github.h2transport.conn.Dialer;
import io.github.h2transport.pool.ClientConnPool;
import io.github.h2transport.pool.ConnectionRequest;

/**
 * A pool that keeps a fixed number of connections to each server busy in turn, as one
 * wants it before a balancer that spreads connections, not requests.
 *
 * <p>
 * It shows all that a pool has to do: dial, reserve a slot for each request, let requests
 * wait when there is none, and forget what is draining or closed. The transport does the
 * rest: time-outs of waiting requests (it cancels their futures), retries, idle
 * connections.
 */
public final class RoundRobinPool implements ClientConnPool {

	private final Dialer dialer;

	private final int connections;

	private final Map<ConnectionKey, Ring> rings = new ConcurrentHashMap<>();

	private volatile boolean closed;

	/**
	 * Makes a pool.
	 * @param dialer opens its connections
	 * @param connections how many it keeps to each server, 1 or more
	 */
	public RoundRobinPool(Dialer dialer, int connections) {
		this.dialer = dialer;
		this.connections = connections;
	}

	@Override
	public CompletionStage<ClientConn> getClientConn(ConnectionRequest request) {
		if (this.closed) {
			return CompletableFuture.failedFuture(failure("The pool is closed"));
		}
		return this.rings.computeIfAbsent(request.key(), Ring::new).get(request);
	}

	@Override
	public void markDead(ClientConn connection) {
		connection.doNotReuse();
		Ring ring = this.rings.get(connection.key());
		if (ring != null) {
			ring.forget(connection);
		}
	}

	@Override
	public int pending(ConnectionKey key) {
		Ring ring = this.rings.get(key);
		return (ring != null) ? ring.pending() : 0;
	}

	@Override
	public void close() {
		this.closed = true;
		this.rings.values().forEach((ring) -> ring.failAll(failure("The pool is closed")));
	}

	private static Http2Exception failure(String message) {
		return new PoolException(message, null, FailureContext.of(Initiator.CALLER, Phase.POOL));
	}

	/** A request that waits. */
	private record Waiter(ConnectionRequest request, CompletableFuture<ClientConn> future) {
	}

	/**
	 * The connections to one server, and who waits for one. Its monitor guards the lists
	 * and is never held while a future is completed, since that runs code of others.
	 */
	private final class Ring implements ConnObserver {

		private final ConnectionKey key;

		private final List<ClientConn> ring = new ArrayList<>(); // open or being dialled

		private final Deque<Waiter> queue = new ArrayDeque<>();

		private int next;

		private Ring(ConnectionKey key) {
			this.key = key;
		}

		CompletionStage<ClientConn> get(ConnectionRequest request) {
			Waiter waiter = new Waiter(request, new CompletableFuture<>());
			synchronized (this) {
				if (request.onlyCached()) {
					ClientConn connection = reserve(request);
					return (connection != null) ? CompletableFuture.completedFuture(connection)
							: CompletableFuture.failedFuture(failure("No open connection to " + this.key));
				}
				if (request.retry()) {
					this.queue.addFirst(waiter);
				}
				else {
					this.queue.addLast(waiter);
				}
				fill();
			}
			serve();
			if (RoundRobinPool.this.closed) {
				failAll(failure("The pool is closed")); // it was closed meanwhile
			}
			return waiter.future();
		}

		/** Dials what is missing, if somebody waits for it. */
		private synchronized void fill() {
			while (!this.queue.isEmpty() && this.ring.size() < RoundRobinPool.this.connections) {
				Duration timeout = this.queue.peek().request().connectTimeout();
				// Returns at once; the observer, this ring, hears of the outcome.
				this.ring.add(RoundRobinPool.this.dialer.dial(this.key, timeout, false, this));
			}
		}

		/** Takes a slot of the next connection that has one. */
		private ClientConn reserve(ConnectionRequest request) {
			for (int i = 0; i < this.ring.size(); i++) {
				ClientConn connection = this.ring.get(Math.floorMod(this.next++, this.ring.size()));
				// The first SETTINGS may allow fewer streams than were opened by then,
				// and what is turned away can only be sent again if it is replayable.
				boolean fits = request.replayable() || connection.hasPeerSettings();
				if (fits && connection.tryReserve()) {
					return connection;
				}
			}
			return null;
		}

		private void serve() {
			for (;;) {
				Waiter waiter;
				ClientConn connection;
				synchronized (this) {
					this.queue.removeIf((each) -> each.future().isDone());
					waiter = this.queue.peek();
					connection = (waiter != null) ? reserve(waiter.request()) : null;
					if (connection == null) {
						return;
					}
					this.queue.remove();
				}
				if (!waiter.future().complete(connection)) {
					connection.release(); // cancelled meanwhile
				}
			}
		}

		@Override
		public void opened(ClientConn connection) {
			serve();
		}

		@Override
		public void slotsFreed(ClientConn connection) {
			serve();
		}

		@Override
		public void draining(ClientConn connection) {
			forget(connection);
			fill();
		}

		@Override
		public void closed(ClientConn connection, Http2Exception cause) {
			boolean none = forget(connection);
			if (connection.wasOpen()) {
				fill();
			}
			else if (none) {
				failAll(cause); // the last dial has failed, and another would too
			}
		}

		/** Returns whether no connection is left. */
		private synchronized boolean forget(ClientConn connection) {
			this.ring.remove(connection);
			return this.ring.isEmpty();
		}

		private synchronized int pending() {
			return this.queue.size();
		}

		private void failAll(Http2Exception cause) {
			List<Waiter> waiting;
			synchronized (this) {
				waiting = new ArrayList<>(this.queue);
				this.queue.clear();
			}
			waiting.forEach((waiter) -> waiter.future().completeExceptionally(cause));
		}

	}

}
