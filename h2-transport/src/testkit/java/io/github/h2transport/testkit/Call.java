package io.github.h2transport.testkit;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;

/**
 * A blocking call on a thread of its own, so that the test can play the server meanwhile,
 * or interrupt it.
 *
 * @param <T> what the call returns
 */
public final class Call<T> {

	private static final int PATIENCE_SECONDS = 30;

	private final CountDownLatch done = new CountDownLatch(1);

	private final Thread thread;

	// Written by the call's thread before the latch opens.

	private @Nullable T result;

	private @Nullable Throwable failure;

	private boolean interrupted;

	private long nanos;

	private Call(Callable<T> work) {
		this.thread = new Thread(() -> run(work), "test-call");
		this.thread.setDaemon(true);
	}

	/**
	 * Starts a call.
	 * @param work what to do on the thread
	 * @return the running call
	 */
	public static <T> Call<T> of(Callable<T> work) {
		Call<T> call = new Call<>(work);
		call.thread.start();
		return call;
	}

	/**
	 * Starts many calls.
	 * @param count how many
	 * @param work what each does
	 * @return the running calls
	 */
	public static <T> List<Call<T>> many(int count, Callable<T> work) {
		List<Call<T>> calls = new ArrayList<>();
		for (int i = 0; i < count; i++) {
			calls.add(of(work));
		}
		return calls;
	}

	private void run(Callable<T> work) {
		long start = System.nanoTime();
		try {
			this.result = work.call();
		}
		catch (Throwable ex) {
			this.failure = ex;
		}
		this.nanos = System.nanoTime() - start;
		this.interrupted = Thread.currentThread().isInterrupted();
		this.done.countDown();
	}

	public Call<T> interrupt() {
		this.thread.interrupt();
		return this;
	}

	public boolean isDone() {
		return this.done.getCount() == 0;
	}

	/**
	 * Returns whether the call's thread is parked or blocked at the moment.
	 * @return whether it waits
	 */
	public boolean isWaiting() {
		Thread.State state = this.thread.getState();
		return state == Thread.State.WAITING || state == Thread.State.TIMED_WAITING;
	}

	/**
	 * Waits for the result.
	 * @return what the call returned
	 */
	public T result() {
		await();
		if (this.failure != null || this.result == null) {
			throw new AssertionError("The call failed: " + this.failure, this.failure);
		}
		return this.result;
	}

	/**
	 * Waits for the failure.
	 * @param type what it must be
	 * @return what the call threw
	 */
	public <X extends Throwable> X failure(Class<X> type) {
		await();
		if (!type.isInstance(this.failure)) {
			throw new AssertionError("Not a " + type.getSimpleName() + ", but "
					+ ((this.failure != null) ? this.failure : "the result " + this.result), this.failure);
		}
		return type.cast(this.failure);
	}

	/**
	 * Waits for the end and tells how it ended.
	 * @return what the call threw, {@code null} if it returned
	 */
	public @Nullable Throwable outcome() {
		await();
		return this.failure;
	}

	/**
	 * Returns whether the thread's interrupt flag was set when the call had ended.
	 * @return the flag
	 */
	public boolean endedInterrupted() {
		await();
		return this.interrupted;
	}

	public Duration took() {
		await();
		return Duration.ofNanos(this.nanos);
	}

	private void await() {
		try {
			if (!this.done.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
				StringBuilder where = new StringBuilder("The call still runs:");
				for (StackTraceElement element : this.thread.getStackTrace()) {
					where.append("\n\t").append(element);
				}
				throw new AssertionError(where.toString());
			}
		}
		catch (InterruptedException ex) {
			throw new AssertionError(ex);
		}
	}

}
