package io.github.h2transport.pool;

import java.net.InetAddress;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Collectors;

import io.github.h2transport.ConnectionKey;
import io.github.h2transport.FailureContext;
import io.github.h2transport.Http2Exception;
import io.github.h2transport.Initiator;
import io.github.h2transport.Phase;
import io.github.h2transport.PoolException;
import io.github.h2transport.TlsOptions;
import io.github.h2transport.TransportOptions;
import io.github.h2transport.conn.ClientConn;
import io.github.h2transport.conn.Dialer;
import org.jspecify.annotations.Nullable;

/**
 * The pool that a transport has unless it was given another: multiplexes over few
 * connections, dials when a request would have to wait, and lets requests wait in order
 * when it may not dial.
 */
public final class DefaultClientConnPool implements ClientConnPool {

	private volatile TransportOptions options;

	private final Outside<ClientConn> outside;

	private final PoolCounters counters = new PoolCounters(null);

	private final Map<ConnectionKey, KeyPool<ClientConn>> pools = new ConcurrentHashMap<>();

	/**
	 * Identities that are retired and still in use somewhere: their late requests get a
	 * connection, but nothing is kept for them.
	 */
	private final Set<TlsOptions> retired = Collections.synchronizedSet(Collections.newSetFromMap(new WeakHashMap<>()));

	private volatile boolean closed;

	/**
	 * Creates a pool.
	 * @param dialer opens its connections
	 * @param options the limits; those of an origin count for its connections
	 */
	public DefaultClientConnPool(Dialer dialer, TransportOptions options) {
		this.options = options;
		this.outside = new Dialled(dialer);
	}

	@Override
	public CompletionStage<ClientConn> getClientConn(ConnectionRequest request) {
		for (;;) {
			if (this.closed) {
				return CompletableFuture.failedFuture(closedFailure());
			}
			KeyPool<ClientConn> pool = pool(request.key());
			ClientConn ready = pool.tryReserve(request);
			if (ready != null) {
				return CompletableFuture.completedFuture(ready);
			}
			CompletableFuture<ClientConn> waiting = pool.await(request);
			if (waiting != null) {
				closeIfClosed(pool);
				return waiting;
			}
			// The pool of the key was retired in the meantime; there will be a new one.
		}
	}

	@Override
	public void options(TransportOptions newOptions) {
		this.options = newOptions;
		this.pools.forEach((key, pool) -> pool.options(newOptions.forOrigin(key.origin())));
	}

	private KeyPool<ClientConn> pool(ConnectionKey key) {
		KeyPool<ClientConn> pool = this.pools.get(key);
		if (pool == null) {
			pool = this.pools.computeIfAbsent(key, (missing) -> new KeyPool<>(missing, this.outside,
					this.options.forOrigin(missing.origin()), kept(missing), this.counters, this::remove));
		}
		return pool;
	}

	private int kept(ConnectionKey key) {
		TlsOptions identity = key.tls();
		return (identity != null && this.retired.contains(identity)) ? 0
				: this.options.forOrigin(key.origin()).minConnections();
	}

	private void closeIfClosed(KeyPool<ClientConn> pool) {
		if (this.closed) {
			pool.close(closedFailure());
		}
	}

	private void remove(KeyPool<ClientConn> pool) {
		this.pools.remove(pool.key(), pool);
	}

	private static Http2Exception closedFailure() {
		return PoolException.of(PoolException.Reason.CLOSED, "The transport is closed", null,
				FailureContext.of(Initiator.CALLER, Phase.POOL));
	}

	@Override
	public void markDead(ClientConn connection) {
		KeyPool<ClientConn> pool = this.pools.get(connection.key());
		if (pool != null) {
			pool.drain(connection);
		}
		connection.doNotReuse();
	}

	@Override
	public CompletionStage<Void> warmUp(ConnectionKey key, Duration connectTimeout) {
		for (;;) {
			if (this.closed) {
				return CompletableFuture.failedFuture(closedFailure());
			}
			KeyPool<ClientConn> pool = pool(key);
			CompletableFuture<Void> done = pool.warmUp(connectTimeout);
			if (done != null) {
				closeIfClosed(pool);
				return done;
			}
		}
	}

	@Override
	public void retire(TlsOptions identity) {
		this.retired.add(identity);
		for (KeyPool<ClientConn> pool : this.pools.values()) {
			if (pool.key().tls() == identity) {
				pool.keepNone();
			}
		}
	}

	@Override
	public int pending(ConnectionKey key) {
		KeyPool<ClientConn> pool = this.pools.get(key);
		return (pool != null) ? pool.pending() : 0;
	}

	@Override
	public @Nullable PoolSnapshot snapshot(ConnectionKey key) {
		KeyPool<ClientConn> pool = this.pools.get(key);
		return (pool != null) ? pool.snapshot() : null;
	}

	@Override
	public PoolTotals totals() {
		return this.counters.totals();
	}

	@Override
	public Set<ConnectionKey> waitingKeys() {
		return this.pools.values()
			.stream()
			.filter((pool) -> pool.pending() > 0)
			.map(KeyPool::key)
			.collect(Collectors.toUnmodifiableSet());
	}

	@Override
	public Set<ConnectionKey> knownKeys() {
		return this.pools.values()
			.stream()
			.filter(KeyPool::isKnown)
			.map(KeyPool::key)
			.collect(Collectors.toUnmodifiableSet());
	}

	@Override
	public void close() {
		this.closed = true;
		for (KeyPool<ClientConn> pool : this.pools.values()) {
			pool.close(closedFailure());
		}
	}

	/** Clock, names and connections of a transport. */
	private static final class Dialled implements Outside<ClientConn> {

		private final Dialer dialer;

		private Dialled(Dialer dialer) {
			this.dialer = dialer;
		}

		@Override
		public long nanoTime() {
			return System.nanoTime();
		}

		@Override
		public Runnable schedule(long delayNanos, Runnable action) {
			return this.dialer.schedule(delayNanos, action);
		}

		@Override
		public double random() {
			return ThreadLocalRandom.current().nextDouble();
		}

		@Override
		public CompletionStage<List<InetAddress>> resolve(ConnectionKey key) {
			return this.dialer.resolve(key);
		}

		@Override
		public Member<ClientConn> prepare(KeyPool<ClientConn> pool, Duration connectTimeout, boolean singleUse) {
			return new ConnMember(pool, this.dialer, connectTimeout, singleUse);
		}

	}

}
