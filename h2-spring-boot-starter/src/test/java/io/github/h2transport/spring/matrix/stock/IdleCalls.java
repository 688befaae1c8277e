package io.github.h2transport.spring.matrix.stock;

import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

import io.github.h2transport.ConnectionException;
import io.github.h2transport.testkit.Content;
import io.github.h2transport.testkit.LongPath;
import io.github.h2transport.testkit.Relay;

/**
 * Calls about the moment when a server closes an idle connection: several connections,
 * each over a path that takes time, so that requests meet the server's goodbye on their
 * way. Those of all servers wait at the same time, while other tests run. Thread-safe.
 */
final class IdleCalls implements AutoCloseable {

	/** At the start. */
	static final int CONNECTIONS = 8;

	/**
	 * On how many of them calls may be lost where the server is known to lose some. Seen:
	 * 1 of 32.
	 */
	static final int MOST_LOST = 2;

	private static final Duration DELAY = Duration.ofMillis(100);

	/**
	 * How much later than it says a server may close: some look once a second, and the
	 * machine is busy.
	 */
	private static final Duration LATE = Duration.ofMillis(1200);

	/** Calls on the last connection come so much later, whatever the machine does. */
	private static final Duration SURELY_CLOSED = Duration.ofSeconds(5);

	private static final byte[] CONTENT = Content.ofSize(20_000);

	private final List<Relay> relays = new ArrayList<>();

	private final Map<StockClient, List<CompletableFuture<?>>> calls = new EnumMap<>(StockClient.class);

	private final boolean losing;

	private final Set<Integer> lost = ConcurrentHashMap.newKeySet();

	/**
	 * Lets connections become idle.
	 * @param server leads to the server
	 * @param secure whether it speaks TLS
	 * @param idle about when calls begin
	 * @param losing whether calls that the server is known to lose are made again
	 * @param clients how calls are made
	 */
	IdleCalls(InetSocketAddress server, boolean secure, Duration idle, boolean losing,
			Map<StockClient, Calls> clients) {
		this.losing = losing;
		Duration earliest = idle.minus(DELAY.multipliedBy(2));
		Duration step = DELAY.multipliedBy(2).plus(LATE).dividedBy(CONNECTIONS - 1);
		for (int number = 0; number < CONNECTIONS; number++) {
			Relay relay = Relay.to(server, (in, out) -> new LongPath(DELAY).run(in, out),
					(in, out) -> new LongPath(DELAY).run(in, out));
			this.relays.add(relay);
			URI site = URI
				.create((secure ? "https" : "http") + "://" + StockStage.PATIENT_HOST + ":" + relay.uri("/").getPort());
			Duration after = (number < CONNECTIONS - 1) ? earliest.plus(step.multipliedBy(number))
					: idle.plus(SURELY_CLOSED);
			Executor moment = CompletableFuture.delayedExecutor(after.toMillis(), TimeUnit.MILLISECONDS);
			int connection = number;
			CompletableFuture<?> now = clients.get(StockClient.WEB_CLIENT)
				.get(site.resolve(StockSite.CONTENT))
				.thenRunAsync(() -> {
				}, moment);
			clients.forEach((client, words) -> {
				URI upload = site.resolve(StockSite.UPLOAD);
				this.calls.computeIfAbsent(client, (key) -> new ArrayList<>())
					.addAll(List.of(
							now.thenCompose(
									(any) -> begin(connection, () -> words.get(site.resolve(StockSite.CONTENT)))),
							now.thenCompose((any) -> begin(connection, () -> words.upload(upload, CONTENT))),
							now.thenCompose((any) -> begin(connection, () -> words.uploadOnce(upload, CONTENT)))));
			});
		}
	}

	private <T> CompletableFuture<T> begin(int connection, Supplier<CompletableFuture<T>> call) {
		CompletableFuture<T> first = call.get();
		return !this.losing ? first : first.exceptionallyCompose((failure) -> {
			if (!isLost(failure)) {
				return CompletableFuture.failedFuture(failure);
			}
			this.lost.add(connection);
			return call.get();
		});
	}

	/**
	 * The goodbye counts the stream as taken, then the server closes without an answer.
	 */
	private static boolean isLost(Throwable failure) {
		for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
			if (cause instanceof ConnectionException lost) {
				return !lost.isSafeToRetry()
						&& String.valueOf(lost.getMessage()).contains("after GOAWAY NO_ERROR: the server closed it");
			}
		}
		return false;
	}

	/**
	 * Returns the calls of a client.
	 * @param client which one
	 * @return they end after the server's limit
	 */
	List<CompletableFuture<?>> of(StockClient client) {
		return this.calls.getOrDefault(client, List.of());
	}

	/**
	 * Returns how many connections were needed.
	 * @return as many as there were before if the server has closed none
	 */
	int connections() {
		return this.relays.stream().mapToInt(Relay::connections).sum();
	}

	/**
	 * Returns on how many connections the server has lost calls, which were made again.
	 * @return 0 where it is not known to lose any
	 */
	int lost() {
		return this.lost.size();
	}

	@Override
	public void close() {
		this.relays.forEach(Relay::close);
	}

}
