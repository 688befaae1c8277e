package io.github.h2transport.transport;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;

import io.github.h2transport.ConnectionKey;
import io.github.h2transport.FailureContext;
import io.github.h2transport.Http2Request;
import io.github.h2transport.Http2Response;
import io.github.h2transport.Initiator;
import io.github.h2transport.InvalidRequestException;
import io.github.h2transport.Origin;
import io.github.h2transport.Phase;
import io.github.h2transport.TlsOptions;
import io.github.h2transport.TransportListener;
import io.github.h2transport.TransportOptions;
import io.github.h2transport.conn.ClientConn;
import io.github.h2transport.conn.ConnectionSnapshot;
import io.github.h2transport.conn.ConnectionState;
import io.github.h2transport.conn.DaemonThreads;
import io.github.h2transport.conn.Dialer;
import io.github.h2transport.pool.ClientConnPool;
import io.github.h2transport.pool.DefaultClientConnPool;
import io.github.h2transport.protocol.Nanos;
import io.github.h2transport.transport.TransportSnapshot.OriginSnapshot;
import org.jspecify.annotations.Nullable;

/**
 * An HTTP/2 client transport: takes a request, gives its response. Thread-safe; make one
 * and share it, for it owns the connections and the threads that serve them.
 *
 * <p>
 * The contract of a round trip: it never interprets the response (a 404 is a response);
 * it fails only if there is no response; it does not change the request; it always closes
 * the request's body. A request that the server surely did not process is sent again by
 * itself, as long as its body can be replayed (RFC 9113 section 8.7).
 */
public final class Http2Transport implements AutoCloseable {

	/**
	 * Connections that were on their way when their identity was retired are open by then
	 * as a rule.
	 */
	private static final long RETIRE_AGAIN_NANOS = 500_000_000L;

	private volatile TransportOptions options;

	private final Dialer dialer;

	private final ClientConnPool pool;

	private final Shared shared;

	/** Remembers the options of origins, and is replaced with them. */
	private volatile Targets targets;

	private final BodyThreads bodyThreads;

	private Http2Transport(Builder builder) {
		this.options = builder.options;
		this.targets = new Targets(builder.options);
		TransportListener listener = builder.listeners.isEmpty() ? null : new SafeListener(builder.listeners);
		this.dialer = new Dialer(builder.options, builder.threadFactory, listener);
		this.bodyThreads = new BodyThreads(builder.options.maxBodyThreads());
		this.pool = (builder.poolFactory != null) ? builder.poolFactory.create(this.dialer)
				: new DefaultClientConnPool(this.dialer, builder.options);
		this.shared = new Shared(this.pool, this.dialer, this.bodyThreads, listener);
	}

	public static Builder builder() {
		return new Builder();
	}

	public TransportOptions options() {
		return this.options;
	}

	/**
	 * Replaces the options while the transport is in use. Time limits, retries, schemes
	 * and proxies count for calls that begin afterwards; what concerns connections for
	 * those that are opened afterwards; of the pool's limits {@code maxConnections},
	 * {@code strictMaxConcurrentStreams}, {@code maxStreamsPerConnection},
	 * {@code maxRequestsPerConnection}, {@code maxPending} and {@code acquireTimeout} at
	 * once, its other ones for origins that are not in use yet. {@code eventLoops} and
	 * {@code tls} stay as they are. A pool of the user decides for itself.
	 * @param newOptions the options, those of single origins among them
	 */
	public void options(TransportOptions newOptions) {
		this.options = Objects.requireNonNull(newOptions, "newOptions");
		this.targets = new Targets(newOptions);
		this.dialer.options(newOptions);
		this.pool.options(newOptions);
	}

	/**
	 * Sends a request and waits for the head of its response. Blocks the calling thread,
	 * platform or virtual; a body that is not made of bytes is read by this thread too.
	 * @param request the request
	 * @return the response, to be closed by the caller
	 * @throws io.github.h2transport.Http2Exception if there is no response; it says who
	 * began the failure, where, and whether the request may be sent again
	 * @throws IOException what reading the request's body threw
	 * @throws IllegalStateException if called by an event loop, which it would block
	 */
	public Http2Response roundTrip(Http2Request request) throws IOException {
		return RoundTrip.blocking(request, this.targets, this.shared);
	}

	/**
	 * Sends a request without blocking anybody.
	 * @param request the request; a body that is neither bytes nor a publisher is read by
	 * the executor for blocking bodies
	 * @return the response once its head is there, to be closed by the caller, or a
	 * {@link io.github.h2transport.Http2Exception}, or what the request's body failed
	 * with; completed on an event loop, so what depends on it must not block. Whatever
	 * completes it from outside, such as a cancel or {@code orTimeout}, cancels the call
	 */
	public CompletableFuture<Http2Response> roundTripAsync(Http2Request request) {
		return RoundTrip.asynchronous(request, this.targets, this.shared);
	}

	/**
	 * Closes the connections that carry no stream. The transport stays usable.
	 */
	public void closeIdleConnections() {
		this.dialer.connections().forEach(ClientConn::closeIfIdle);
	}

	/**
	 * Takes the connections of a TLS identity out of use, after calls have got another
	 * one: they get no new request, running streams may finish. Calls that wait with the
	 * identity are still served, and their connections end after them. Returns at once.
	 * @param identity the identity that no further call will bring
	 */
	public void retire(TlsOptions identity) {
		retire(identity, System.nanoTime() + this.options.connectTimeout().toNanos());
	}

	/** Again until the last dial that was under way is over. */
	private void retire(TlsOptions identity, long until) {
		this.pool.retire(identity);
		boolean any = false;
		for (ClientConn connection : this.dialer.connections()) {
			if (connection.key().tls() == identity) {
				any = true;
				// One that is not open yet has requests that wait for it.
				if (connection.wasOpen()) {
					this.pool.markDead(connection);
				}
			}
		}
		if (any && System.nanoTime() - until < 0) {
			this.dialer.schedule(RETIRE_AGAIN_NANOS, () -> retire(identity, until));
		}
	}

	/**
	 * Takes a picture of all connections and their streams. Waits for nobody.
	 * @return the state of a moment ago
	 */
	public TransportSnapshot snapshot() {
		Map<ConnectionKey, List<ConnectionSnapshot>> byKey = new LinkedHashMap<>();
		for (ClientConn connection : this.dialer.connections()) {
			byKey.computeIfAbsent(connection.key(), (key) -> new ArrayList<>()).add(connection.snapshot());
		}
		this.pool.knownKeys().forEach((key) -> byKey.computeIfAbsent(key, (none) -> new ArrayList<>()));
		List<OriginSnapshot> origins = new ArrayList<>();
		byKey.forEach((key, connections) -> origins
			.add(new OriginSnapshot(key, this.pool.pending(key), List.copyOf(connections), this.pool.snapshot(key))));
		return new TransportSnapshot(List.copyOf(origins), this.pool.totals(), this.dialer.traffic());
	}

	/**
	 * Opens the connections that the pool wants to have to an origin before a request
	 * needs them: one, or as many as {@link TransportOptions#minConnections()} says.
	 * @param origin where to
	 * @return completes when they are established, or fails as a dial does; completed on
	 * an event loop. With a pool of the user it may be an
	 * {@link UnsupportedOperationException}
	 */
	public CompletableFuture<Void> warmUp(Origin origin) {
		try {
			return warmUp(this.targets.key(origin));
		}
		catch (InvalidRequestException ex) {
			return CompletableFuture.failedFuture(ex);
		}
	}

	/**
	 * Does the same for calls that bring a TLS identity, an address filter or a proxy of
	 * their own. A key without a proxy stands for direct connections.
	 * @param key what those calls have in common
	 * @return as for {@link #warmUp(Origin)}
	 */
	public CompletableFuture<Void> warmUp(ConnectionKey key) {
		TransportOptions own = this.options.forOrigin(key.origin());
		if (!key.origin().isSecure() && !own.allowHttp()) {
			return CompletableFuture.failedFuture(new InvalidRequestException(
					"Unsupported scheme http: cleartext HTTP/2 is off by default (option allowHttp)", null,
					FailureContext.of(Initiator.CALLER, Phase.VALIDATE)));
		}
		return this.pool.warmUp(key, own.connectTimeout()).toCompletableFuture();
	}

	/**
	 * Lets a connection finish: it takes no new request, its running streams go on, then
	 * it is closed.
	 * @param connectionId as {@code /actuator/h2pool} names it
	 * @return how many connections there were to drain, 0 or 1; completes when it is gone
	 */
	public CompletableFuture<Integer> drain(String connectionId) {
		return drain((connection) -> connection.id().equals(connectionId));
	}

	/**
	 * Lets all connections to an origin finish, whatever their TLS identity; new requests
	 * get new ones.
	 * @param origin where they go
	 * @return how many connections there were to drain; completes when they are gone
	 */
	public CompletableFuture<Integer> drain(Origin origin) {
		return drain((connection) -> connection.key().origin().equals(origin));
	}

	private CompletableFuture<Integer> drain(Predicate<ClientConn> which) {
		// One that is being dialled is as fresh as its successor would be.
		List<ClientConn> leaving = this.dialer.connections()
			.stream()
			.filter((connection) -> connection.state() != ConnectionState.CONNECTING)
			.filter(which)
			.toList();
		leaving.forEach(this.pool::markDead);
		return CompletableFuture.allOf(
				leaving.stream().map((connection) -> connection.shutdown("drained")).toArray(CompletableFuture[]::new))
			.thenApply((done) -> leaving.size());
	}

	/**
	 * Ends the transport gracefully: no new request is taken, every server is told by
	 * GOAWAY, running streams may finish. Returns at once.
	 * @param timeout how long they may take; whatever still runs then is ended
	 * @return completes when no connection and no thread of the transport is left, but no
	 * later than a few seconds after the timeout, whatever holds an event loop up
	 */
	public CompletableFuture<Void> shutdown(Duration timeout) {
		this.pool.close();
		this.dialer.connections().forEach((connection) -> connection.shutdown("the client shuts down"));
		CompletableFuture<Void> quiet = this.dialer.whenNoConnection();
		CompletableFuture<Void> done = new CompletableFuture<>();
		Thread closer = DaemonThreads.of(() -> {
			try {
				quiet.get(Nanos.of(timeout), TimeUnit.NANOSECONDS);
			}
			catch (TimeoutException | ExecutionException ex) {
				// Then they are ended.
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
			this.dialer.close();
			this.bodyThreads.close();
			done.complete(null);
		}, "h2-shutdown");
		closer.start();
		return done;
	}

	/**
	 * Ends the transport gracefully within its shutdown timeout, and waits for it.
	 */
	@Override
	public void close() {
		shutdown(this.options.shutdownTimeout()).join();
	}

	/** Collects what a transport is made of. Not thread-safe. */
	public static final class Builder {

		private TransportOptions options = TransportOptions.defaults();

		private ThreadFactory threadFactory = daemonThreads();

		private ClientConnPool.@Nullable Factory poolFactory;

		private List<TransportListener> listeners = List.of();

		private Builder() {
		}

		public Builder options(TransportOptions newOptions) {
			this.options = Objects.requireNonNull(newOptions, "options");
			return this;
		}

		/**
		 * Sets who makes the event-loop threads.
		 * @param factory makes daemon threads, so that they never keep a JVM alive
		 * @return this builder
		 */
		public Builder threadFactory(ThreadFactory factory) {
			this.threadFactory = Objects.requireNonNull(factory, "factory");
			return this;
		}

		/**
		 * Replaces the default pool.
		 * @param factory makes the pool; the dialer that it gets opens connections
		 * @return this builder
		 */
		public Builder connPool(ClientConnPool.Factory factory) {
			this.poolFactory = Objects.requireNonNull(factory, "factory");
			return this;
		}

		/**
		 * Sets who hears what happens to calls and connections.
		 * @param newListener thread-safe and quick, {@code null} for nobody
		 * @return this builder
		 */
		public Builder listener(@Nullable TransportListener newListener) {
			return listeners((newListener != null) ? List.of(newListener) : List.of());
		}

		/**
		 * Sets who hear what happens to calls and connections.
		 * @param newListeners thread-safe and quick; told in this order
		 * @return this builder
		 */
		public Builder listeners(List<TransportListener> newListeners) {
			this.listeners = List.copyOf(newListeners);
			return this;
		}

		/**
		 * Builds and starts the transport.
		 * @return a transport with its event loops running
		 */
		public Http2Transport build() {
			return new Http2Transport(this);
		}

		private static ThreadFactory daemonThreads() {
			return new DaemonThreads("h2-loop-");
		}

	}

}
