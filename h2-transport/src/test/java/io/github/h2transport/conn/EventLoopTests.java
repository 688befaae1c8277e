package io.github.h2transport.conn;

import java.lang.management.ManagementFactory;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import io.github.h2transport.ConnectionKey;
import io.github.h2transport.Http2Request;
import io.github.h2transport.Origin;
import io.github.h2transport.RequestBody;
import io.github.h2transport.TransportOptions;
import io.github.h2transport.protocol.RequestHead;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

/** The real loop: its clock, its end, and what it refuses. */
@Timeout(120)
class EventLoopTests {

	private final EventLoop loop = new EventLoop((task) -> {
		Thread thread = new Thread(task, "loop");
		thread.setDaemon(true);
		return thread;
	}, (failed) -> {
	});

	@AfterEach
	void end() throws InterruptedException {
		this.loop.end();
		this.loop.join(5_000);
	}

	/** Counts what it is told. */
	private static class CountingMember implements Loop.Member {

		final AtomicInteger ticks = new AtomicInteger();

		final List<Throwable> ends = new CopyOnWriteArrayList<>();

		@Override
		public void tick(long nowNanos) {
			this.ticks.incrementAndGet();
		}

		@Override
		public void loopEnded(Throwable cause) {
			this.ends.add(cause);
		}

	}

	private <T> T onLoop(Callable<T> call) throws Exception {
		CompletableFuture<T> result = new CompletableFuture<>();
		this.loop.execute(() -> {
			try {
				result.complete(call.call());
			}
			catch (Throwable ex) {
				result.completeExceptionally(ex);
			}
		});
		return result.get(20, TimeUnit.SECONDS);
	}

	@Test
	void aMemberSeesTheClockThoughNothingHappens() throws Exception {
		this.loop.start();
		CountingMember member = new CountingMember();
		onLoop(() -> {
			this.loop.join(member);
			return null;
		});
		await().untilAsserted(() -> assertThat(member.ticks.get()).isGreaterThan(3));
		onLoop(() -> {
			this.loop.leave(member);
			return null;
		});
	}

	@Test
	void aTaskWakesASleepingLoop() throws Exception {
		this.loop.start();
		for (int i = 0; i < 10; i++) {
			await().until(this.loop::isAsleep);
			assertThat(onLoop(() -> EventLoop.onLoopThread() && this.loop.inLoop())).isTrue();
		}
		assertThat(EventLoop.onLoopThread()).isFalse();
		assertThat(this.loop.inLoop()).isFalse();
	}

	@Test
	void whatAnActionQueuesIsFlushedBeforeTheNextAction() throws Exception {
		this.loop.start();
		List<String> order = new CopyOnWriteArrayList<>();
		CompletableFuture<Void> done = new CompletableFuture<>();
		this.loop.execute(() -> {
			this.loop.afterFlush(() -> {
				order.add("first");
				this.loop.afterFlush(() -> order.add("third"));
			});
			this.loop.afterFlush(() -> order.add("second"));
		});
		this.loop.execute(() -> this.loop.afterFlush(() -> this.loop.afterFlush(() -> done.complete(null))));
		done.get(20, TimeUnit.SECONDS);
		assertThat(order).containsExactly("first", "second", "third");
	}

	@Test
	void aLoopEndsAfterItsLastMember() throws Exception {
		this.loop.start();
		CountingMember member = new CountingMember();
		onLoop(() -> {
			this.loop.join(member);
			return null;
		});
		this.loop.end();
		await().untilAsserted(() -> assertThat(member.ticks.get()).isPositive());
		assertThat(onLoop(() -> "still there")).isEqualTo("still there");
		this.loop.execute(() -> this.loop.leave(member));
		this.loop.join(10_000);
		assertThatExceptionOfType(RejectedExecutionException.class).isThrownBy(() -> this.loop.execute(() -> {
		}));
	}

	@Test
	void aTaskThatThrowsEndsNeitherTheLoopNorItsMembers() throws Exception {
		this.loop.start();
		CountingMember member = new CountingMember();
		onLoop(() -> {
			this.loop.join(member);
			return null;
		});
		this.loop.execute(() -> {
			throw new AssertionError("a fault of somebody's callback");
		});
		assertThat(onLoop(() -> "still there")).isEqualTo("still there");
		assertThat(member.ends).isEmpty();
		this.loop.execute(() -> this.loop.leave(member));
	}

	@Test
	void aLoopThatEndsSleepsWhileItsLastMemberTakesItsTime() throws Exception {
		this.loop.start();
		CountingMember member = new CountingMember();
		long thread = onLoop(() -> {
			this.loop.join(member);
			return Thread.currentThread().getId();
		});
		this.loop.end();
		long begin = System.nanoTime();
		long busy = ManagementFactory.getThreadMXBean().getThreadCpuTime(thread);
		await().untilAsserted(() -> assertThat(member.ticks.get()).isGreaterThan(10));
		busy = ManagementFactory.getThreadMXBean().getThreadCpuTime(thread) - busy;
		assertThat(busy).as("nanoseconds of CPU").isLessThan((System.nanoTime() - begin) / 4);
		this.loop.execute(() -> this.loop.leave(member));
	}

	@Test
	void aMemberThatCannotEndDoesNotKeepTheOthersFromIt() throws Exception {
		this.loop.start();
		AssertionError fault = new AssertionError("and another one");
		CountingMember bad = new CountingMember() {

			@Override
			public void tick(long nowNanos) {
				throw new IllegalStateException("a fault of ours");
			}

			@Override
			public void loopEnded(Throwable cause) {
				throw fault;
			}

		};
		CountingMember good = new CountingMember();
		onLoop(() -> {
			this.loop.join(bad);
			this.loop.join(good);
			return null;
		});
		this.loop.join(10_000);
		assertThat(good.ends).containsExactly(fault);
	}

	@Test
	void aTaskThatThrowsKeepsNoOtherFromRunning() throws Exception {
		AtomicInteger ran = new AtomicInteger();
		this.loop.execute(() -> {
			throw new IllegalStateException("a fault of ours");
		});
		for (int i = 0; i < 10; i++) {
			this.loop.execute(ran::incrementAndGet);
		}
		this.loop.start();
		this.loop.end();
		this.loop.join(10_000);
		assertThat(ran).hasValue(10);
	}

	@Test
	void noTaskIsLostWhileTheLoopEnds() throws Exception {
		this.loop.start();
		AtomicInteger ran = new AtomicInteger();
		List<Caller<Integer>> callers = new ArrayList<>();
		for (int t = 0; t < 3; t++) {
			callers.add(Caller.of(() -> {
				int accepted = 0;
				try {
					for (;;) {
						this.loop.execute(ran::incrementAndGet);
						accepted++;
						if (accepted == 1_000) {
							this.loop.end();
						}
					}
				}
				catch (RejectedExecutionException ex) {
					return accepted;
				}
			}));
		}
		int accepted = 0;
		for (Caller<Integer> caller : callers) {
			accepted += caller.result();
		}
		this.loop.join(10_000);
		assertThat(ran).hasValue(accepted);
	}

	@Test
	void waitingOnALoopThreadIsRefusedWithTheCure() throws Exception {
		this.loop.start();
		TransportOptions options = TransportOptions.builder().allowHttp(true).build();
		URI uri = URI.create("http://example.test/");
		ClientConn connection = new ClientConn("c1", new ConnectionKey(Origin.of(uri), null, null), false,
				new Resources(options, Runnable::run, null), this.loop, new RecordingObserver());
		assertThatThrownBy(() -> onLoop(() -> {
			connection.driver().dialLimit().extend(Duration.ofHours(1));
			connection.driver().connected(new MemoryWire());
			connection.tryReserve();
			ClientStream stream = connection.start(
					StreamPlan.of(RequestHead.of(Http2Request.get(uri)), RequestBody.none(), new CallTimes(0, 0, 0)));
			return stream.awaitResponse();
		})).isInstanceOf(ExecutionException.class)
			.cause()
			.isInstanceOf(IllegalStateException.class)
			.hasMessageContaining("event loop")
			.hasMessageContaining("another thread");
		connection.close("done");
	}

}
