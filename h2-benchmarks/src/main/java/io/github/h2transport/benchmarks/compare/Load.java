package io.github.h2transport.benchmarks.compare;

import java.lang.reflect.InvocationTargetException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;

import io.github.h2transport.benchmarks.client.BenchCall;
import io.github.h2transport.benchmarks.client.BenchClient;
import org.jspecify.annotations.Nullable;

/**
 * Callers that call until they are told to end, and note what happens while the clock
 * runs. Confined to the worker's main thread, except where said.
 */
final class Load {

	// So that a client that refuses at once does not fill the machine with failures.
	private static final long AFTER_FAILURE_NANOS = 1_000_000;

	private final BenchClient client;

	private final BenchCall call;

	private final List<Caller> callers = new ArrayList<>();

	private final CountDownLatch ended;

	private final ScheduledExecutorService later = Executors.newSingleThreadScheduledExecutor(Load::daemon);

	private final AtomicReference<@Nullable Throwable> firstFailure = new AtomicReference<>();

	// written by the main thread, read by the callers
	private volatile boolean measuring;

	private volatile boolean ending;

	Load(BenchClient client, BenchCall call, int callers) {
		this.client = client;
		this.call = call;
		this.ended = new CountDownLatch(callers);
		for (int i = 0; i < callers; i++) {
			this.callers.add(new Caller());
		}
	}

	void startPlatformThreads() {
		for (Caller caller : this.callers) {
			daemon(caller::loop).start();
		}
	}

	void startVirtualThreads() {
		try {
			for (Caller caller : this.callers) {
				Runnable loop = caller::loop;
				Thread.class.getMethod("startVirtualThread", Runnable.class).invoke(null, loop);
			}
		}
		catch (NoSuchMethodException | IllegalAccessException | InvocationTargetException ex) {
			throw new UnsupportedOperationException("virtual threads need Java 21");
		}
	}

	void startAsync() {
		this.callers.forEach(Caller::next);
	}

	void startClock() {
		this.measuring = true;
	}

	void stopClock() {
		this.measuring = false;
	}

	/**
	 * Ends all callers.
	 * @param seconds how long to wait for their last calls
	 * @return how many are still waiting for their last call
	 * @throws InterruptedException if interrupted
	 */
	long end(long seconds) throws InterruptedException {
		this.ending = true;
		this.ended.await(seconds, TimeUnit.SECONDS);
		return this.ended.getCount();
	}

	Histogram durations() {
		Histogram all = new Histogram();
		this.callers.forEach((caller) -> all.add(caller.durations));
		return all;
	}

	long failures() {
		return this.callers.stream().mapToLong((caller) -> caller.failures).sum();
	}

	/**
	 * Returns how many calls have ended since the start, well or not.
	 * @return about how many, while callers call
	 */
	long calls() {
		return this.callers.stream().mapToLong((caller) -> caller.calls).sum();
	}

	/**
	 * Returns why the first failed call failed, whether the clock ran or not.
	 * @return {@code null} if none failed
	 */
	@Nullable Throwable firstFailure() {
		return this.firstFailure.get();
	}

	private static Thread daemon(Runnable task) {
		Thread thread = new Thread(task, "caller");
		thread.setDaemon(true);
		return thread;
	}

	/**
	 * One call at a time, by whichever thread; what it notes passes on with the calls.
	 */
	private final class Caller {

		private final Histogram durations = new Histogram();

		private long failures;

		// only looked at roughly by others
		private volatile long calls;

		void loop() {
			while (!Load.this.ending) {
				long start = System.nanoTime();
				try {
					Load.this.client.call(Load.this.call);
					succeeded(start);
				}
				catch (Throwable ex) {
					failed(ex);
					LockSupport.parkNanos(AFTER_FAILURE_NANOS);
				}
			}
			Load.this.ended.countDown();
		}

		void next() {
			if (Load.this.ending) {
				Load.this.ended.countDown();
				return;
			}
			long start = System.nanoTime();
			CompletionStage<Long> result;
			try {
				result = Load.this.client.callAsync(Load.this.call);
			}
			catch (Throwable ex) {
				failedAsync(ex);
				return;
			}
			result.whenComplete((octets, failure) -> {
				if (failure != null) {
					failedAsync(failure);
				}
				else {
					succeeded(start);
					next();
				}
			});
		}

		private void succeeded(long start) {
			this.calls++;
			if (Load.this.measuring) {
				this.durations.record(System.nanoTime() - start);
			}
		}

		private void failed(Throwable failure) {
			Load.this.firstFailure.compareAndSet(null, failure);
			this.calls++;
			if (Load.this.measuring) {
				this.failures++;
			}
		}

		private void failedAsync(Throwable failure) {
			failed(failure);
			Load.this.later.schedule(this::next, AFTER_FAILURE_NANOS, TimeUnit.NANOSECONDS);
		}

	}

}
