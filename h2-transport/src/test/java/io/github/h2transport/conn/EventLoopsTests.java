package io.github.h2transport.conn;

import java.nio.channels.SelectionKey;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Level;

import io.github.h2transport.testkit.CapturedLog;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** A loop that fails is replaced by another; what waits for a time goes over to it. */
@Timeout(120)
class EventLoopsTests {

	private final AtomicInteger threads = new AtomicInteger();

	private EventLoops loops = new EventLoops(2, new DaemonThreads("loop-"));

	@AfterEach
	void end() {
		this.loops.close();
	}

	/** Its owner fails, and fails again when it is told so: no memory, for example. */
	private static void fail(EventLoop loop) throws Exception {
		try (ServerSocketChannel server = ServerSocketChannel.open()
			.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))) {
			SocketChannel channel = SocketChannel.open(server.getLocalAddress());
			channel.configureBlocking(false);
			CompletableFuture<Void> registered = new CompletableFuture<>();
			loop.execute(() -> {
				try {
					loop.register(channel, SelectionKey.OP_WRITE, new Failing());
					registered.complete(null);
				}
				catch (Exception ex) {
					registered.completeExceptionally(ex);
				}
			});
			registered.get(20, TimeUnit.SECONDS);
			await().until(loop::hasEnded);
			channel.close();
		}
	}

	@Test
	void aFailedLoopIsReplacedAndThatIsSaid() throws Exception {
		EventLoop failing = this.loops.first();
		try (CapturedLog log = CapturedLog.of(Guests.class.getName(), Level.ALL)) {
			fail(failing);
			EventLoop next = this.loops.first();
			assertThat(next).isNotSameAs(failing);
			CountDownLatch ran = new CountDownLatch(1);
			next.execute(ran::countDown);
			assertThat(ran.await(20, TimeUnit.SECONDS)).isTrue();
			assertThat(log.lines())
				.contains("An HTTP/2 event loop failed: its connections are closed, and another loop takes its place");
		}
	}

	@Test
	void everyTurnGetsALoopThatRuns() throws Exception {
		fail(this.loops.next());
		fail(this.loops.next());
		for (int i = 0; i < 10; i++) {
			assertThat(this.loops.next().hasEnded()).isFalse();
		}
	}

	@Test
	void aTimerGoesOverToTheNextLoopAndIsNotEarly() throws Exception {
		EventLoop failing = this.loops.first();
		CountDownLatch rang = new CountDownLatch(1);
		long start = System.nanoTime();
		new Timer(this.loops::first, start + 1_500_000_000L, rang::countDown).start();
		fail(failing);
		assertThat(rang.await(20, TimeUnit.SECONDS)).isTrue();
		assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(1_500_000_000L);
	}

	@Test
	void aTimerThatIsStoppedAfterItWentOverDoesNotRing() throws Exception {
		AtomicInteger rang = new AtomicInteger();
		Timer timer = new Timer(this.loops::first, System.nanoTime() + 500_000_000L, rang::incrementAndGet);
		timer.start();
		fail(this.loops.first());
		timer.stop();
		CountDownLatch later = new CountDownLatch(1);
		new Timer(this.loops::first, System.nanoTime() + 800_000_000L, later::countDown).start();
		assertThat(later.await(20, TimeUnit.SECONDS)).isTrue();
		assertThat(rang).hasValue(0);
	}

	/** No thread at that moment; the next who needs the loop tries again. */
	@Test
	void aReplacementThatCannotBeMadeIsMadeLater() throws Exception {
		this.loops.close();
		ThreadFactory clean = new DaemonThreads("loop-");
		this.loops = new EventLoops(1, (task) -> {
			if (this.threads.incrementAndGet() == 2) {
				throw new OutOfMemoryError("unable to create native thread");
			}
			return clean.newThread(task);
		});
		EventLoop failing = this.loops.first();
		fail(failing);
		await().until(() -> this.threads.get() >= 2);
		assertThat(this.loops.first().hasEnded()).isFalse();
	}

	@Test
	void afterTheEndNothingIsReplaced() {
		EventLoop last = this.loops.first();
		this.loops.close();
		assertThat(last.hasEnded()).isTrue();
		assertThat(this.loops.first()).isSameAs(last);
	}

	/** Throws whatever it is asked. */
	private static final class Failing implements EventLoop.Selectable {

		@Override
		public void ready(int readyOps) {
			throw new OutOfMemoryError("for the test");
		}

		@Override
		public void failed(Throwable cause) {
			throw new OutOfMemoryError("for the test");
		}

	}

}
