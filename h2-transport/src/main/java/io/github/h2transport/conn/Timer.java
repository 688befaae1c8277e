package io.github.h2transport.conn;

import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Runs an action on a loop once its time has come, unless it was stopped before.
 */
final class Timer implements Loop.Member {

	private final Loop loop;

	private final long deadline;

	private final Runnable action;

	/** Set by whoever comes first: the clock, or the one who stops it. */
	private final AtomicBoolean over = new AtomicBoolean();

	Timer(Loop loop, long deadline, Runnable action) {
		this.loop = loop;
		this.deadline = deadline;
		this.action = action;
	}

	void start() {
		execute(() -> {
			if (!this.over.get()) {
				this.loop.join(this);
			}
		});
	}

	void stop() {
		if (this.over.compareAndSet(false, true)) {
			execute(() -> this.loop.leave(this));
		}
	}

	private void execute(Runnable task) {
		try {
			this.loop.execute(task);
		}
		catch (RejectedExecutionException ex) {
			// Everything that could be waited for has ended with the loop.
		}
	}

	@Override
	public void tick(long nowNanos) {
		if (nowNanos - this.deadline >= 0) {
			this.loop.leave(this);
			run();
		}
	}

	@Override
	public void loopEnded(Throwable cause) {
		run();
	}

	private void run() {
		if (this.over.compareAndSet(false, true)) {
			this.action.run();
		}
	}

}
