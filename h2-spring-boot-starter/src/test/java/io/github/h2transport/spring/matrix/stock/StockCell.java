package io.github.h2transport.spring.matrix.stock;

import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

import io.github.h2transport.conn.ConnectionSnapshot;
import org.awaitility.Awaitility;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * One cell of this half: a client calls a server.
 *
 * @param server the server
 * @param secure whether over TLS
 * @param client the client
 * @param stage where both are started
 */
record StockCell(StockServer server, boolean secure, StockClient client, StockStage stage) {

	private static final Duration LIMIT = Duration.ofSeconds(100);

	URI uri(String path) {
		return this.stage.server(this.server).uri(this.secure, path);
	}

	Calls calls() {
		return this.stage.calls(this.client);
	}

	/**
	 * Makes calls at once, all of which must succeed.
	 * @param count how many
	 * @param call makes the call of a number
	 * @param <T> what they answer
	 * @return the answers in the order of the numbers
	 * @throws InterruptedException if the test is given up
	 */
	<T> List<T> atOnce(int count, IntFunction<CompletableFuture<T>> call) throws InterruptedException {
		return allSucceed(IntStream.range(0, count).mapToObj(call).toList());
	}

	/**
	 * Waits for calls, all of which must succeed.
	 * @param calls the calls
	 * @param <T> what they answer
	 * @return the answers in the same order
	 * @throws InterruptedException if the test is given up
	 */
	<T> List<T> allSucceed(List<? extends CompletableFuture<? extends T>> calls) throws InterruptedException {
		long limit = System.nanoTime() + LIMIT.toNanos();
		List<T> answers = new ArrayList<>();
		Map<String, Integer> failures = new TreeMap<>();
		for (CompletableFuture<? extends T> call : calls) {
			try {
				answers.add(call.get(Math.max(0, limit - System.nanoTime()), TimeUnit.NANOSECONDS));
			}
			catch (ExecutionException ex) {
				failures.merge(String.valueOf(ex.getCause()), 1, Integer::sum);
			}
			catch (TimeoutException ex) {
				failures.merge("no answer in " + LIMIT.toSeconds() + " s", 1, Integer::sum);
				call.cancel(true);
			}
		}
		assertThat(failures).as("failures of %d calls", calls.size()).isEmpty();
		return answers;
	}

	/**
	 * Lets go what other cells have left, and makes a first call: a server's clock may be
	 * about to end an idle connection.
	 * @throws InterruptedException if the test is given up
	 */
	void begin() throws InterruptedException {
		int port = port();
		Map<String, String> ends = this.stage.ends().of(port);
		List<String> old = this.stage.drain(port);
		Awaitility.await().pollInterval(Duration.ofMillis(5)).until(() -> ends.keySet().containsAll(old));
		ends.clear();
		atOnce(1, (number) -> calls().get(uri(StockSite.CONTENT)));
	}

	/**
	 * Checks that no connection has ended or is about to, and that none has a stream
	 * left.
	 */
	void hasLostNoConnection() {
		int port = port();
		Awaitility.await().pollDelay(Duration.ZERO).pollInterval(Duration.ofMillis(5)).untilAsserted(() -> {
			assertThat(this.stage.ends().of(port)).as("why connections have ended").isEmpty();
			List<ConnectionSnapshot> connections = this.stage.connections(port);
			assertThat(connections).isNotEmpty();
			for (ConnectionSnapshot connection : connections) {
				assertThat(connection.tls() != null).isEqualTo(this.secure);
				assertThat(connection.goAway()).isNull();
				assertThat(connection.streams()).isEmpty();
				assertThat(connection.activeStreams()).isZero();
			}
		});
	}

	private int port() {
		return this.stage.server(this.server).port(this.secure);
	}

	@Override
	public String toString() {
		return this.server + ", " + (this.secure ? "TLS" : "h2c") + ", " + this.client;
	}

}
