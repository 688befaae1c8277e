package io.github.h2transport.conn;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;

import io.github.h2transport.AddressFilter;
import org.jspecify.annotations.Nullable;

/**
 * Looks names up on threads that may block. A look-up cannot be cancelled, so there is
 * one per host at a time, whoever waits for it. An address is no name, and is there at
 * once.
 */
final class Resolver {

	private final Executor threads;

	private final LookUp lookUp;

	private final Map<String, CompletableFuture<List<InetAddress>>> running = new ConcurrentHashMap<>();

	Resolver(Executor threads, LookUp lookUp) {
		this.threads = threads;
		this.lookUp = lookUp;
	}

	/**
	 * Looks a host up.
	 * @param host a name or a literal address
	 * @param filter which addresses to keep, {@code null} for all; code of the user, so
	 * it never runs on an event loop
	 * @return its addresses in the order of the system, or {@link UnknownHostException},
	 * or a {@link FilteredException} if the filter left none, or what the filter threw
	 */
	CompletableFuture<List<InetAddress>> resolve(String host, @Nullable AddressFilter filter) {
		CompletableFuture<List<InetAddress>> all = resolve(host);
		if (filter == null) {
			return all;
		}
		return all.thenApplyAsync((found) -> filtered(host, found, filter), this.threads);
	}

	private static List<InetAddress> filtered(String host, List<InetAddress> found, AddressFilter filter) {
		List<InetAddress> accepted = found.stream().filter((address) -> filter.accepts(host, address)).toList();
		if (accepted.isEmpty()) {
			throw new FilteredException(filter.refusal(host));
		}
		return accepted;
	}

	private CompletableFuture<List<InetAddress>> resolve(String host) {
		CompletableFuture<List<InetAddress>> mine = new CompletableFuture<>();
		if (LiteralAddress.is(host)) {
			lookUp(host, mine);
			return mine;
		}
		CompletableFuture<List<InetAddress>> other = this.running.putIfAbsent(host, mine);
		if (other != null) {
			return other;
		}
		try {
			this.threads.execute(() -> lookUp(host, mine));
		}
		catch (RuntimeException | Error ex) {
			// No thread for it.
			this.running.remove(host, mine);
			mine.completeExceptionally(ex);
		}
		return mine;
	}

	private void lookUp(String host, CompletableFuture<List<InetAddress>> result) {
		try {
			List<InetAddress> addresses = List.of(this.lookUp.addresses(host));
			this.running.remove(host, result);
			result.complete(addresses);
		}
		catch (Throwable ex) {
			// Also an error of a look-up provider: whoever asks next must not join a dead
			// one.
			this.running.remove(host, result);
			result.completeExceptionally(ex);
		}
	}

	/** The system's way to find addresses, which may block for long. */
	interface LookUp {

		InetAddress[] addresses(String host) throws UnknownHostException;

	}

	/** The host has addresses, and the filter accepts none; the cause is the filter's. */
	static final class FilteredException extends RuntimeException {

		private static final long serialVersionUID = 1L;

		FilteredException(@Nullable Throwable refusal) {
			super("no address passes the filter", refusal, false, false);
		}

	}

}
