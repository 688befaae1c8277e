package io.github.h2transport.conn;

import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;

/**
 * Watches over the callers whose calls have ended while they were in code of their own,
 * by threads that the event loops and the callers do not wait for. One per transport;
 * thread-safe. Its threads are there while somebody is stuck.
 */
final class Watchdog {

	/** Sources that may be in the middle of being closed: closing may hang as well. */
	private static final int CLOSING_THREADS = 16;

	private static final long THREAD_LIFE_SECONDS = 10;

	private final ScheduledThreadPoolExecutor clock = new ScheduledThreadPoolExecutor(1,
			(task) -> DaemonThreads.of(task, "h2-watchdog"));

	private final ThreadPoolExecutor closing = new ThreadPoolExecutor(CLOSING_THREADS, CLOSING_THREADS,
			THREAD_LIFE_SECONDS, TimeUnit.SECONDS, new LinkedBlockingQueue<>(),
			(task) -> DaemonThreads.of(task, "h2-close"));

	Watchdog() {
		this.clock.setKeepAliveTime(THREAD_LIFE_SECONDS, TimeUnit.SECONDS);
		this.clock.allowCoreThreadTimeOut(true);
		this.clock.setRemoveOnCancelPolicy(true);
		this.closing.allowCoreThreadTimeOut(true);
	}

	/**
	 * Runs something later.
	 * @param delayNanos how much later
	 * @param action must be quick
	 * @return calls it off; {@code null} if the transport is closed
	 */
	@Nullable Future<?> in(long delayNanos, Runnable action) {
		try {
			return this.clock.schedule(action, delayNanos, TimeUnit.NANOSECONDS);
		}
		catch (RejectedExecutionException ex) {
			return null;
		}
	}

	/** Runs what may block. */
	Executor closing() {
		return this.closing;
	}

	void close() {
		this.clock.shutdownNow();
		this.closing.shutdown();
	}

}
