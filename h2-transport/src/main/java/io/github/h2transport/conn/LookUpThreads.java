package io.github.h2transport.conn;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

import org.jspecify.annotations.Nullable;

/**
 * Threads for name look-ups, which hang for long where a name server does not answer, and
 * cannot be cancelled: as many as there are names, so that one that hangs holds up itself
 * only, but not without bound. Thread-safe.
 */
final class LookUpThreads implements Executor {

	private static final long THREAD_LIFE_SECONDS = 10;

	private final int most;

	private final int mostWaiting;

	private final ThreadPoolExecutor threads = new ThreadPoolExecutor(0, Integer.MAX_VALUE, THREAD_LIFE_SECONDS,
			TimeUnit.SECONDS, new SynchronousQueue<>(), new DaemonThreads("h2-lookup-"));

	private final ReentrantLock lock = new ReentrantLock();

	// Guarded by the lock.

	private final Deque<Runnable> waiting = new ArrayDeque<>();

	private int running;

	/**
	 * Creates the threads when they are needed.
	 * @param most how many look-ups run at once
	 * @param mostWaiting how many more may wait for them
	 */
	LookUpThreads(int most, int mostWaiting) {
		this.most = most;
		this.mostWaiting = mostWaiting;
	}

	@Override
	public void execute(Runnable task) {
		this.lock.lock();
		try {
			if (this.running == this.most) {
				if (this.waiting.size() == this.mostWaiting) {
					throw new RejectedExecutionException(
							this.most + " name look-ups hang, and " + this.mostWaiting + " wait for them");
				}
				this.waiting.add(task);
				return;
			}
			this.running++;
		}
		finally {
			this.lock.unlock();
		}
		try {
			this.threads.execute(() -> work(task));
		}
		catch (RuntimeException | Error ex) {
			next(false);
			throw ex;
		}
	}

	private void work(Runnable first) {
		for (Runnable task = first; task != null; task = next(true)) {
			try {
				task.run();
			}
			catch (Throwable ex) {
				Guests.failed("A name look-up", ex);
			}
		}
	}

	private @Nullable Runnable next(boolean more) {
		this.lock.lock();
		try {
			Runnable task = more ? this.waiting.poll() : null;
			if (task == null) {
				this.running--;
			}
			return task;
		}
		finally {
			this.lock.unlock();
		}
	}

	/** Interrupts what runs, and runs nothing more. */
	void shutdownNow() {
		this.lock.lock();
		try {
			this.waiting.clear();
		}
		finally {
			this.lock.unlock();
		}
		this.threads.shutdownNow();
	}

}
