package io.github.h2transport.conn;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;

import static org.awaitility.Awaitility.await;

/** A thread of its own for a call that waits. */
final class Caller<T> {

	private static final Duration PATIENCE = Duration.ofSeconds(10);

	private final FutureTask<T> task;

	private final Thread thread;

	private Caller(Callable<T> call) {
		this.task = new FutureTask<>(call);
		this.thread = new Thread(this.task, "caller");
		this.thread.setDaemon(true);
	}

	static <T> Caller<T> of(Callable<T> call) {
		Caller<T> caller = new Caller<>(call);
		caller.thread.start();
		return caller;
	}

	/** Waits until the call waits. */
	Caller<T> parked() {
		await().atMost(PATIENCE)
			.until(() -> this.thread.getState() == Thread.State.WAITING
					|| this.thread.getState() == Thread.State.TIMED_WAITING);
		return this;
	}

	/** Has the call look at the clock, as its own timer would. */
	Caller<T> poke() {
		LockSupport.unpark(this.thread);
		return this;
	}

	Caller<T> interrupt() {
		this.thread.interrupt();
		return this;
	}

	Thread thread() {
		return this.thread;
	}

	boolean isDone() {
		return this.task.isDone();
	}

	T result() throws Exception {
		return this.task.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
	}

	/** What the call threw. */
	Throwable failure() throws InterruptedException, TimeoutException {
		try {
			T result = this.task.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
			throw new AssertionError("It did not fail but gave " + result);
		}
		catch (ExecutionException ex) {
			return ex.getCause();
		}
	}

}
