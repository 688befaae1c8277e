package io.github.h2transport.transport;

import java.io.IOException;
import java.io.InputStream;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;

import com.sun.management.ThreadMXBean;
import io.github.h2transport.Http2Request;
import io.github.h2transport.Http2Response;
import io.github.h2transport.frame.Settings;
import io.github.h2transport.testkit.ForkedJvm;
import io.github.h2transport.testkit.ScriptedServer;
import io.github.h2transport.testkit.ServedRequests;
import io.github.h2transport.testkit.Transports;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What a small call allocates on the caller's thread and on the loop's, with its response
 * and its 100 octets of content. Counted, not timed; what the compiler has not yet seen
 * through costs more, so that calls are made until the figure is good or far too many
 * were made.
 */
@Timeout(120)
class CostPerCallTests {

	private static final int MOST_BLOCKING = 1_150;

	private static final int MOST_ASYNCHRONOUS = 1_600;

	private static final int ROUND = 2_000;

	private static final int MOST_ROUNDS = 60;

	private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

	@Test
	void aBlockingCallAllocatesLittle() throws IOException {
		assertThat(octets("blocking")).isLessThanOrEqualTo(MOST_BLOCKING);
	}

	@Test
	void anAsynchronousCallAllocatesLittle() throws IOException {
		assertThat(octets("asynchronous")).isLessThanOrEqualTo(MOST_ASYNCHRONOUS);
	}

	private static long octets(String form) throws IOException {
		String output = ForkedJvm.run(Counted.class, List.of("-Dform=" + form));
		return Long.parseLong(output.strip().substring(output.strip().lastIndexOf('\n') + 1));
	}

	private static ServedRequests server() {
		byte[] content = "x".repeat(100).getBytes(StandardCharsets.ISO_8859_1);
		return ScriptedServer.serving(Settings.builder().build(), (exchange) -> exchange.respond(200, content));
	}

	private static void blocking(Http2Transport transport, Http2Request request, byte[] into) throws IOException {
		try (Http2Response response = transport.roundTrip(request)) {
			InputStream body = response.body();
			int length = 0;
			for (int some = body.read(into); some >= 0; some = body.read(into)) {
				length += some;
			}
			assertThat(length).isEqualTo(100);
		}
	}

	private static void asynchronous(Http2Transport transport, Http2Request request) throws Exception {
		Collector collector = new Collector();
		transport.roundTripAsync(request).thenAccept((response) -> response.publisher().subscribe(collector));
		assertThat(collector.length.get(20, TimeUnit.SECONDS)).isEqualTo(100);
	}

	/** The least that a round has cost for each call. */
	private static long best(long enough, Exchange exchange) throws Exception {
		long best = Long.MAX_VALUE;
		for (int round = 0; round < MOST_ROUNDS && best > enough; round++) {
			long before = allocated();
			for (int i = 0; i < ROUND; i++) {
				exchange.run();
			}
			best = Math.min(best, (allocated() - before) / ROUND);
		}
		return best;
	}

	/** By this thread and the event loops, not by the server's threads. */
	private static long allocated() {
		long sum = 0;
		for (Thread thread : Thread.getAllStackTraces().keySet()) {
			if (thread == Thread.currentThread() || thread.getName().startsWith("h2-loop")) {
				sum += THREADS.getThreadAllocatedBytes(thread.getId());
			}
		}
		return sum;
	}

	/**
	 * Prints what a call allocates. In a JVM of its own: what a compiler has learnt from
	 * all other tests costs a hundred octets a call and more.
	 */
	static final class Counted {

		private Counted() {
		}

		public static void main(String[] arguments) throws Exception {
			byte[] into = new byte[200];
			try (ServedRequests server = server(); Http2Transport transport = Transports.cleartext()) {
				Http2Request request = Http2Request.get(server.uri("/a"));
				boolean blocking = System.getProperty("form").equals("blocking");
				System.out.println(blocking ? best(MOST_BLOCKING, () -> blocking(transport, request, into))
						: best(MOST_ASYNCHRONOUS, () -> asynchronous(transport, request)));
			}
		}

	}

	/** A call from its request to the end of its response. */
	private interface Exchange {

		void run() throws Exception;

	}

	/** Counts octets. */
	private static final class Collector implements Flow.Subscriber<ByteBuffer> {

		private final CompletableFuture<Integer> length = new CompletableFuture<>();

		private int sum;

		@Override
		public void onSubscribe(Flow.Subscription subscription) {
			subscription.request(Long.MAX_VALUE);
		}

		@Override
		public void onNext(ByteBuffer piece) {
			this.sum += piece.remaining();
		}

		@Override
		public void onError(Throwable failure) {
			this.length.completeExceptionally(failure);
		}

		@Override
		public void onComplete() {
			this.length.complete(this.sum);
		}

	}

}
