package io.github.h2transport.transport;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;

import io.github.h2transport.Headers;
import io.github.h2transport.Http2Exception;
import io.github.h2transport.Http2Request;
import io.github.h2transport.Http2Response;
import io.github.h2transport.RequestBody;
import io.github.h2transport.TransportOptions;
import io.github.h2transport.conn.ClientConn;
import io.github.h2transport.conn.Credit;
import io.github.h2transport.conn.Dialer;
import io.github.h2transport.pool.DefaultClientConnPool;
import io.github.h2transport.testkit.Content;
import io.github.h2transport.testkit.GatewayKind;
import io.github.h2transport.testkit.RealServer;
import io.github.h2transport.testkit.Transports;
import io.github.h2transport.testkit.Upstream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * A hundred callers for an hour, with content of many sizes both ways; their server is
 * killed and comes back each half minute, each hundredth call meets a server that answers
 * with rubbish, and each fiftieth caller leaves in the middle of the answer. At rest
 * nothing may be left: heap, threads, descriptors, credit.
 * {@code mvn -Psoak -pl h2-transport test}; the system property {@code soak.minutes}
 * makes it shorter.
 */
class Soak {

	private static final int CALLERS = 100;

	private static final long SEED = 9113;

	private static final Duration DEADLINE = Duration.ofSeconds(20);

	private static final Duration BETWEEN_KILLS = Duration.ofSeconds(30);

	/** A hundred calls of the largest content must fit into a test's heap. */
	private static final int LARGEST = 4 << 20;

	/** What a short run may gain in caches and counters of this test. */
	private static final long HEAP_SLACK = 8L << 20;

	/** Descriptors and threads that come and go with the JVM itself. */
	private static final int PROCESS_SLACK = 4;

	private final Map<Integer, String> digests = new ConcurrentHashMap<>();

	private final AtomicLong numbers = new AtomicLong();

	private final AtomicInteger answered = new AtomicInteger();

	private final AtomicInteger left = new AtomicInteger();

	private final AtomicInteger typed = new AtomicInteger();

	private final AtomicInteger hostile = new AtomicInteger();

	private final AtomicLong longestNanos = new AtomicLong();

	private final Queue<String> wrong = new ConcurrentLinkedQueue<>();

	private volatile @Nullable Dialer dialer;

	private int kills;

	private int stretches;

	private int earlyThreads;

	private long earlyHeap;

	private long lateHeap;

	@Test
	void nothingIsLostConfusedOrLeftBehind() throws Exception {
		Duration time = Duration.ofMinutes(Integer.getInteger("soak.minutes", 60));
		run(Duration.ofSeconds(5), true);
		int descriptors = descriptors();
		int threads = threads();
		run(time, false);
		await().atMost(Duration.ofSeconds(90)).untilAsserted(() -> {
			assertThat(descriptors()).as("descriptors").isLessThanOrEqualTo(descriptors + PROCESS_SLACK);
			assertThat(threads()).as("threads").isLessThanOrEqualTo(threads + PROCESS_SLACK);
		});
		System.out.printf(
				"soak: %d min, %d answered, %d left early, %d typed failures, %d hostile, %d kills, %d rests, "
						+ "longest %d ms, heap %d -> %d KiB, descriptors %d -> %d, threads %d -> %d, wrong %d%n",
				time.toMinutes(), this.answered.get(), this.left.get(), this.typed.get(), this.hostile.get(),
				this.kills, this.stretches, Duration.ofNanos(this.longestNanos.get()).toMillis(), this.earlyHeap >> 10,
				this.lateHeap >> 10, descriptors, descriptors(), threads, threads(), this.wrong.size());
		assertThat(this.wrong).isEmpty();
		assertThat(this.lateHeap).isLessThanOrEqualTo(this.earlyHeap * 105 / 100 + HEAP_SLACK);
	}

	private void run(Duration time, boolean warmUp) throws Exception {
		try (Upstream upstream = Upstream.start();
				HostileServer nasty = new HostileServer();
				RealServer server = RealServer.gateway(GatewayKind.NGINX, upstream).start();
				Http2Transport transport = transport()) {
			long end = System.nanoTime() + time.toNanos();
			// The first stretch brings everything to its working size.
			stretch(time.dividedBy(5), transport, server, nasty);
			this.earlyHeap = heap();
			this.earlyThreads = ownThreads();
			while (System.nanoTime() - end < 0) {
				long left = end - System.nanoTime();
				stretch(Duration.ofNanos(Math.min(left, BETWEEN_KILLS.multipliedBy(10).toNanos())), transport, server,
						nasty);
				if (!warmUp) {
					isFlat();
				}
			}
			this.lateHeap = heap();
			if (!upstream.executedTwice().isEmpty()) {
				this.wrong.add("executed twice: " + upstream.executedTwice());
			}
		}
		if (warmUp) {
			this.answered.set(0);
			this.left.set(0);
			this.stretches = 0;
			this.typed.set(0);
			this.hostile.set(0);
			this.kills = 0;
		}
	}

	/** Not later either: what grows shows itself before the end. */
	private void isFlat() {
		assertThat(ownThreads()).as("threads of the transport").isLessThanOrEqualTo(this.earlyThreads + PROCESS_SLACK);
		assertThat(heap()).as("heap").isLessThanOrEqualTo(this.earlyHeap * 105 / 100 + HEAP_SLACK);
	}

	private Http2Transport transport() {
		TransportOptions options = Transports
			.options((builder) -> builder.exchangeTimeout(DEADLINE).responseTimeout(DEADLINE));
		return Http2Transport.builder().options(options).connPool((newDialer) -> {
			this.dialer = newDialer;
			return new DefaultClientConnPool(newDialer, options);
		}).build();
	}

	/** Load for a while, with kills, and then rest, at which nothing may be left. */
	private void stretch(Duration time, Http2Transport transport, RealServer server, HostileServer nasty)
			throws InterruptedException {
		long end = System.nanoTime() + time.toNanos();
		List<Thread> callers = new ArrayList<>();
		for (int i = 0; i < CALLERS; i++) {
			Random random = new Random(SEED + this.numbers.incrementAndGet());
			Thread caller = new Thread(() -> {
				while (System.nanoTime() - end < 0) {
					callOnce(random, transport, server, nasty);
				}
			}, "soak-caller");
			callers.add(caller);
			caller.start();
		}
		for (long kill = System.nanoTime() + BETWEEN_KILLS.toNanos() / 3; kill - end < 0; kill += BETWEEN_KILLS
			.toNanos()) {
			long due = kill;
			await().atMost(BETWEEN_KILLS.multipliedBy(2)).until(() -> System.nanoTime() - due >= 0);
			server.kill();
			server.restart();
			this.kills++;
		}
		for (Thread caller : callers) {
			caller.join();
		}
		Transports.awaitRest(transport);
		// What was on its way to callers that have left may still arrive.
		await().untilAsserted(() -> {
			for (ClientConn connection : Objects.requireNonNull(this.dialer).connections()) {
				Credit.isWhole(connection, transport.options().connectionWindowSize());
			}
		});
		this.stretches++;
	}

	private void callOnce(Random random, Http2Transport transport, RealServer server, HostileServer nasty) {
		boolean rubbish = random.nextInt(100) == 0;
		boolean leaves = random.nextInt(50) == 0;
		int size = size(random);
		Http2Request request;
		if (rubbish) {
			request = Http2Request.get(nasty.uri());
		}
		else if (random.nextBoolean()) {
			request = Http2Request.get(server.uri("/" + size));
		}
		else {
			request = Http2Request.builder("POST", server.uri("/echo"))
				.headers(Headers.of("request-number", String.valueOf(this.numbers.incrementAndGet())))
				.body(RequestBody.of(Content.ofSize(size)))
				.build();
		}
		long start = System.nanoTime();
		try (Http2Response response = transport.roundTrip(request)) {
			if (leaves && !rubbish) {
				response.body().readNBytes(size / 2);
				this.left.incrementAndGet();
				return;
			}
			String digest = Content.sha256(response.body().readAllBytes());
			String expected = this.digests.computeIfAbsent(size, (key) -> Content.sha256(Content.ofSize(key)));
			if (rubbish || response.status() != 200 || !digest.equals(expected)) {
				this.wrong.add(request + " " + response.status() + " is not what was sent");
			}
			this.answered.incrementAndGet();
		}
		catch (Http2Exception ex) {
			(rubbish ? this.hostile : this.typed).incrementAndGet();
		}
		catch (IOException | RuntimeException ex) {
			this.wrong.add("not typed: " + ex);
		}
		long took = System.nanoTime() - start;
		this.longestNanos.accumulateAndGet(took, Math::max);
		if (took > DEADLINE.plusSeconds(1).toNanos()) {
			this.wrong.add(request + " took " + Duration.ofNanos(took));
		}
	}

	/** Mostly small; few sizes, so that their digests can be kept. */
	private static int size(Random random) {
		int kind = random.nextInt(100);
		if (kind < 5) {
			return 0;
		}
		if (kind < 80) {
			return 1 << random.nextInt(14);
		}
		if (kind < 99) {
			return 16_384 * (1 + random.nextInt(16));
		}
		return LARGEST >> random.nextInt(3);
	}

	private static long heap() {
		// Twice: what the first leaves to be cleaned up is gone after the second.
		System.gc();
		System.gc();
		return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
	}

	private static int descriptors() throws IOException {
		try (Stream<Path> files = Files.list(Path.of("/proc/self/fd"))) {
			return (int) files.count();
		}
	}

	private static int threads() {
		return ManagementFactory.getThreadMXBean().getThreadCount();
	}

	/** Those of transports; the test's servers have threads in this process, too. */
	private static int ownThreads() {
		return (int) Thread.getAllStackTraces()
			.keySet()
			.stream()
			.filter((thread) -> thread.getName().startsWith("h2-"))
			.count();
	}

	/** Speaks just enough HTTP/2 to be believed, and then does not. */
	private static final class HostileServer implements AutoCloseable {

		private static final String SETTINGS = "000000040000000000";

		/** In hex, each an answer to stream 1. */
		private static final List<String> RUBBISH = List.of(
				// HEADERS whose index is in no table
				SETTINGS + "000001010500000001ff",
				// DATA on stream 0
				SETTINGS + "00000100000000000041",
				// a frame of 16 MiB is announced
				SETTINGS + "ffffff000000000001",
				// WINDOW_UPDATE by 0
				SETTINGS + "00000408000000000000000000",
				// CONTINUATION without HEADERS
				SETTINGS + "00000109040000000188",
				// DATA before the head
				SETTINGS + "00000100010000000141",
				// :status 200 and an end, with a field block that is cut
				SETTINGS + "00000201050000000188" + "40",
				// no HTTP/2 at all
				"485454502f312e3120343030204261640d0a0d0a");

		private final ServerSocket listener = new ServerSocket(0, 1024, InetAddress.getLoopbackAddress());

		// confined to the accepting thread
		private int number;

		HostileServer() throws IOException {
			Thread thread = new Thread(this::serve, "hostile-server");
			thread.setDaemon(true);
			thread.start();
		}

		URI uri() {
			return URI.create("http://127.0.0.1:" + this.listener.getLocalPort() + "/");
		}

		private void serve() {
			while (!this.listener.isClosed()) {
				try (Socket socket = this.listener.accept()) {
					socket.setSoTimeout(2000);
					InputStream in = socket.getInputStream();
					OutputStream out = socket.getOutputStream();
					in.readNBytes(24);
					byte[] answer = HexFormat.of().parseHex(RUBBISH.get(this.number++ % RUBBISH.size()));
					out.write(answer);
					socket.shutdownOutput();
					in.transferTo(OutputStream.nullOutputStream());
				}
				catch (IOException ex) {
					// The client has seen enough.
				}
			}
		}

		@Override
		public void close() throws IOException {
			this.listener.close();
		}

	}

}
