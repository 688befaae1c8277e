package io.github.h2transport.pool;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

import io.github.h2transport.ConnectionException;
import io.github.h2transport.ConnectionKey;
import io.github.h2transport.FailureContext;
import io.github.h2transport.Http2Exception;
import io.github.h2transport.Initiator;
import io.github.h2transport.Phase;
import io.github.h2transport.PoolException;
import io.github.h2transport.TransportOptions;
import io.github.h2transport.conn.ClientConn;
import io.github.h2transport.conn.ConnObserver;
import io.github.h2transport.conn.Dialer;
import org.jspecify.annotations.Nullable;

/**
 * The connections of one key and the requests that wait for one. The lock guards the
 * queue and the bookkeeping; it is never held while a waiting request is told anything.
 */
final class KeyPool implements ConnObserver {

	private static final ClientConn[] NONE = new ClientConn[0];

	/**
	 * After a dial that failed there is no further one for so long, while an open
	 * connection can serve those that wait: a server that refuses is not hammered.
	 */
	private static final long DIAL_PAUSE_NANOS = 1_000_000_000L;

	private final ConnectionKey key;

	private final Dialer dialer;

	private final TransportOptions options;

	private final Consumer<KeyPool> onEmpty;

	private final ReentrantLock lock = new ReentrantLock();

	/** Open shared connections; replaced under the lock, read by anybody. */
	private volatile ClientConn[] connections = NONE;

	/** How many wait; written under the lock, read by anybody. */
	private volatile int waiting;

	/**
	 * The peer's latest stream limit; written by loops, read by anybody. A new connection
	 * gets no more requests than that before its own SETTINGS have arrived, since the
	 * peer would refuse them.
	 */
	private volatile int knownLimit = Integer.MAX_VALUE;

	/** Guarded by the lock: in the order in which they are served, after the retries. */
	private final Deque<Waiter> queue = new ArrayDeque<>();

	/** Guarded by the lock: requests that a connection had turned away. */
	private final Deque<Waiter> retries = new ArrayDeque<>();

	/** Guarded by the lock. */
	private final RetirementMemory retirements = new RetirementMemory();

	/**
	 * Guarded by the lock: connections on their way, with their request if single-use.
	 */
	private final Map<ClientConn, Waiter> dedicated = new IdentityHashMap<>();

	/** Guarded by the lock. */
	private int dialling;

	/** Guarded by the lock: no further connection is dialled before this time. */
	private long pauseUntil = System.nanoTime();

	/** Guarded by the lock: live single-use connections, dials included. */
	private int singleUse;

	/** Guarded by the lock: nothing may be added any more. */
	private boolean retired;

	KeyPool(ConnectionKey key, Dialer dialer, TransportOptions options, Consumer<KeyPool> onEmpty) {
		this.key = key;
		this.dialer = dialer;
		this.options = options;
		this.onEmpty = onEmpty;
	}

	ConnectionKey key() {
		return this.key;
	}

	int pending() {
		return this.waiting;
	}

	// ---- requests ----

	/**
	 * Reserves a slot without waiting and without any lock, unless others wait already.
	 */
	@Nullable ClientConn tryReserve(ConnectionRequest request) {
		if (this.options.singleUse() || (this.waiting > 0 && !request.retry())) {
			return null;
		}
		return reserve(request.replayable());
	}

	/** Takes a slot of the least loaded connection. */
	private @Nullable ClientConn reserve(boolean replayable) {
		// Twice, since the chosen one may fill up meanwhile; then it is time to wait.
		for (int i = 0; i < 2; i++) {
			ClientConn best = null;
			int least = Integer.MAX_VALUE;
			for (ClientConn connection : this.connections) {
				int load = connection.activeStreams();
				if (load < least && connection.canTakeNewRequest()
						&& (connection.hasPeerSettings() || (replayable && load < this.knownLimit))) {
					best = connection;
					least = load;
				}
			}
			if (best == null) {
				return null;
			}
			if (best.tryReserve()) {
				return best;
			}
		}
		return null;
	}

	/**
	 * Queues a request.
	 * @return the connection to come, {@code null} if this pool is retired
	 */
	@Nullable CompletableFuture<ClientConn> await(ConnectionRequest request) {
		Waiter waiter = new Waiter(request, System.nanoTime());
		this.lock.lock();
		try {
			if (this.retired) {
				return null;
			}
			if (request.onlyCached()) {
				return CompletableFuture.failedFuture(new PoolException(
						"No open connection to " + this.key + " has a free stream, and the call may not dial", null,
						FailureContext.of(Initiator.CALLER, Phase.POOL)));
			}
			if (this.queue.size() >= this.options.maxPending()) {
				return CompletableFuture.failedFuture(full());
			}
			(request.retry() ? this.retries : this.queue).addLast(waiter);
			countWaiting();
		}
		finally {
			this.lock.unlock();
		}
		waiter.whenComplete((connection, failure) -> {
			if (waiter.isCancelled()) {
				forget(waiter);
			}
		});
		// A slot may have become free before the request was in the queue.
		serve();
		return waiter;
	}

	private PoolException full() {
		Waiter oldest = this.queue.peek();
		long millis = (oldest != null) ? Duration.ofNanos(System.nanoTime() - oldest.since).toMillis() : 0;
		return new PoolException(
				"The queue for a connection to " + this.key + " is full: " + this.queue.size()
						+ " requests wait (max-pending), the oldest for " + millis + " ms; " + describe(),
				null, FailureContext.of(Initiator.LIBRARY, Phase.POOL));
	}

	/** What the pool has, for messages. */
	String describe() {
		ClientConn[] open = this.connections;
		StringBuilder words = new StringBuilder().append(open.length)
			.append(" of at most ")
			.append(maxConnections())
			.append(" connections are open");
		for (ClientConn connection : open) {
			words.append(", ")
				.append(connection.id())
				.append(" with ")
				.append(connection.activeStreams())
				.append(" of ")
				.append(connection.maxConcurrentStreams())
				.append(" streams");
		}
		return words.toString();
	}

	private void forget(Waiter waiter) {
		this.lock.lock();
		try {
			if (this.queue.remove(waiter) || this.retries.remove(waiter)) {
				countWaiting();
			}
		}
		finally {
			this.lock.unlock();
		}
		retireIfEmpty();
	}

	/** Gives waiting requests what there is, in order, and dials for the rest. */
	private void serve() {
		List<Waiter> served = new ArrayList<>();
		List<ClientConn> given = new ArrayList<>();
		this.lock.lock();
		try {
			if (!this.options.singleUse()) {
				Waiter first = first();
				while (first != null) {
					ClientConn connection = reserve(first.request.replayable());
					if (connection == null) {
						break;
					}
					served.add(removeFirst());
					given.add(connection);
					first = first();
				}
				countWaiting();
			}
			dialIfNeeded();
		}
		finally {
			this.lock.unlock();
		}
		for (int i = 0; i < served.size(); i++) {
			if (!served.get(i).complete(given.get(i))) {
				given.get(i).release();
			}
		}
	}

	private void countWaiting() {
		this.waiting = this.queue.size() + this.retries.size();
	}

	private @Nullable Waiter first() {
		Waiter retry = this.retries.peek();
		return (retry != null) ? retry : this.queue.peek();
	}

	private Waiter removeFirst() {
		return this.retries.isEmpty() ? this.queue.remove() : this.retries.remove();
	}

	private int maxConnections() {
		return this.options.strictMaxConcurrentStreams() ? 1 : this.options.maxConnections();
	}

	private void dialIfNeeded() {
		if (this.retired) {
			return;
		}
		if (this.options.singleUse()) {
			while (first() != null && this.singleUse < this.options.maxSingleUse()) {
				Waiter waiter = removeFirst();
				this.singleUse++;
				this.dedicated.put(dial(waiter, true), waiter);
			}
			countWaiting();
			return;
		}
		Waiter first = first();
		if (first == null || this.dialling > 0 || this.connections.length >= maxConnections()) {
			return;
		}
		if (this.connections.length > 0 && System.nanoTime() - this.pauseUntil < 0) {
			return;
		}
		for (ClientConn connection : this.connections) {
			// Its limit may turn out to be enough; and a limit of zero is the peer's
			// wish.
			if (!connection.hasPeerSettings() || connection.maxConcurrentStreams() == 0) {
				return;
			}
		}
		this.dialling++;
		dial(first, false);
	}

	private ClientConn dial(Waiter waiter, boolean forOne) {
		return this.dialer.dial(this.key, waiter.request.connectTimeout(), forOne, this);
	}

	// ---- connections ----

	@Override
	public void opened(ClientConn connection) {
		if (connection.isSingleUse()) {
			openedForOne(connection);
			return;
		}
		this.lock.lock();
		try {
			this.dialling--;
			if (this.retired) {
				connection.doNotReuse();
			}
			else {
				connection.maxRequests(this.retirements.nextMaxRequests());
				ClientConn[] more = Arrays.copyOf(this.connections, this.connections.length + 1);
				more[more.length - 1] = connection;
				this.connections = more;
			}
		}
		finally {
			this.lock.unlock();
		}
		serve();
	}

	private void openedForOne(ClientConn connection) {
		Waiter waiter;
		this.lock.lock();
		try {
			waiter = this.dedicated.remove(connection);
		}
		finally {
			this.lock.unlock();
		}
		if (waiter == null || !connection.tryReserve()) {
			connection.doNotReuse();
		}
		else if (!waiter.complete(connection)) {
			connection.release();
			connection.doNotReuse();
		}
	}

	@Override
	public void slotsFreed(ClientConn connection) {
		if (connection.hasPeerSettings()) {
			this.knownLimit = connection.maxConcurrentStreams();
		}
		if (this.waiting > 0) {
			serve();
		}
	}

	@Override
	public void draining(ClientConn connection) {
		if (remove(connection)) {
			remember(connection);
			if (connection.hasPeerSettings()) {
				serve();
			}
			// Else it is open whether HTTP/2 is spoken there at all: its end will tell,
			// and another dial would only meet the same.
			retireIfEmpty();
		}
	}

	private void remember(ClientConn connection) {
		this.lock.lock();
		try {
			this.retirements.retired(connection.processedBeforeGoAway());
		}
		finally {
			this.lock.unlock();
		}
	}

	private boolean remove(ClientConn connection) {
		this.lock.lock();
		try {
			List<ClientConn> rest = new ArrayList<>(Arrays.asList(this.connections));
			if (!rest.remove(connection)) {
				return false;
			}
			this.connections = rest.toArray(NONE);
			return true;
		}
		finally {
			this.lock.unlock();
		}
	}

	@Override
	public void closed(ClientConn connection, Http2Exception cause) {
		List<Waiter> failed = new ArrayList<>();
		remove(connection);
		this.lock.lock();
		try {
			if (connection.isSingleUse()) {
				this.singleUse--;
				Waiter waiter = this.dedicated.remove(connection);
				if (waiter != null) {
					failed.add(waiter);
				}
			}
			else {
				if (!connection.wasOpen()) {
					this.dialling--;
				}
				if (isFailedDial(connection, cause)) {
					this.pauseUntil = System.nanoTime() + DIAL_PAUSE_NANOS;
					if (this.connections.length == 0) {
						// Everybody would only meet the same; nobody waits for nothing.
						takeAll(failed);
					}
				}
			}
		}
		finally {
			this.lock.unlock();
		}
		for (Waiter waiter : failed) {
			waiter.completeExceptionally(cause);
		}
		serve();
		retireIfEmpty();
	}

	private void takeAll(List<Waiter> into) {
		into.addAll(this.retries);
		into.addAll(this.queue);
		this.retries.clear();
		this.queue.clear();
		countWaiting();
	}

	/**
	 * Until its SETTINGS have arrived a connection is not established (RFC 9113 section
	 * 3.4), unless it was ourselves who ended it.
	 */
	private static boolean isFailedDial(ClientConn connection, Http2Exception cause) {
		return !connection.wasOpen() || (!connection.hasPeerSettings() && !(cause instanceof ConnectionException));
	}

	private void retireIfEmpty() {
		this.lock.lock();
		try {
			if (this.retired || this.waiting > 0 || this.dialling > 0 || this.singleUse > 0
					|| this.connections.length > 0) {
				return;
			}
			this.retired = true;
		}
		finally {
			this.lock.unlock();
		}
		this.onEmpty.accept(this);
	}

	void close(Http2Exception cause) {
		List<Waiter> failed;
		this.lock.lock();
		try {
			this.retired = true;
			failed = new ArrayList<>(this.dedicated.values());
			this.dedicated.clear();
			takeAll(failed);
		}
		finally {
			this.lock.unlock();
		}
		for (Waiter waiter : failed) {
			waiter.completeExceptionally(cause);
		}
	}

	/** A request that waits; its place in the queue ends when it is completed. */
	private static final class Waiter extends CompletableFuture<ClientConn> {

		private final ConnectionRequest request;

		private final long since;

		private Waiter(ConnectionRequest request, long since) {
			this.request = request;
			this.since = since;
		}

	}

}
