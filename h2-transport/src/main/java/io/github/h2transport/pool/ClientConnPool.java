package io.github.h2transport.pool;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

import io.github.h2transport.ConnectionKey;
import io.github.h2transport.Http2Exception;
import io.github.h2transport.TlsOptions;
import io.github.h2transport.TransportOptions;
import io.github.h2transport.conn.ClientConn;
import io.github.h2transport.conn.Dialer;
import org.jspecify.annotations.Nullable;

/**
 * Decides which connection a request gets. Implementations are thread-safe and never
 * block; they open connections with the {@link Dialer} that the {@link Factory} was
 * given.
 */
public interface ClientConnPool {

	/**
	 * Gets a connection for a request, with one slot reserved for it.
	 * @param request what is needed
	 * @return the connection, or a {@link Http2Exception}; a stage that is completed
	 * already where a connection was at hand. If the future of the stage is cancelled,
	 * the request no longer waits; a connection that comes too late must be released
	 */
	CompletionStage<ClientConn> getClientConn(ConnectionRequest request);

	/**
	 * Says that a connection must not be given out any more. Running streams may finish.
	 * @param connection a connection that this pool has given out
	 */
	void markDead(ClientConn connection);

	/**
	 * Returns how many requests wait for a connection.
	 * @param key the connections in question
	 * @return 0 or more; an instant old
	 */
	int pending(ConnectionKey key);

	/**
	 * Opens the connections that the pool wants to have for a key, before a request needs
	 * them.
	 * @param key where to
	 * @param connectTimeout the limit for each dial
	 * @return completes when they are established, or fails as a dial does
	 */
	default CompletionStage<Void> warmUp(ConnectionKey key, Duration connectTimeout) {
		return CompletableFuture
			.failedFuture(new UnsupportedOperationException(getClass().getName() + " cannot be warmed up"));
	}

	/**
	 * Says that no further request will bring a TLS identity, but for a few that are on
	 * their way: nothing is to be opened or kept for it that no request waits for. What
	 * is open is taken out of use by {@link #markDead} afterwards.
	 * @param identity the identity, compared as such
	 */
	default void retire(TlsOptions identity) {
	}

	/**
	 * Tells what there is for a key.
	 * @param key the connections in question
	 * @return a picture, an instant old; {@code null} if the pool has none to show
	 */
	default @Nullable PoolSnapshot snapshot(ConnectionKey key) {
		return null;
	}

	/**
	 * Tells what the pool has counted.
	 * @return nothing, if it does not count
	 */
	default PoolTotals totals() {
		return PoolTotals.NONE;
	}

	/**
	 * Returns where requests wait, whether or not there is a connection.
	 * @return keys with {@link #pending} requests, as far as the pool knows
	 */
	default Set<ConnectionKey> waitingKeys() {
		return Set.of();
	}

	/**
	 * Returns of which keys there is something to show, be it a connection, a request
	 * that waits or a dial that has failed lately.
	 * @return by default {@link #waitingKeys()}
	 */
	default Set<ConnectionKey> knownKeys() {
		return waitingKeys();
	}

	/**
	 * Takes other options while it is in use. Does nothing by default.
	 * @param options the new ones, with those of single origins
	 */
	default void options(TransportOptions options) {
	}

	/**
	 * Fails everything that waits, and gives out no connection any more.
	 */
	void close();

	/** Makes the pool of a transport. */
	@FunctionalInterface
	interface Factory {

		ClientConnPool create(Dialer dialer);

	}

}
