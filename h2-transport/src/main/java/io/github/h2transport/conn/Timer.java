package io.github.h2transport.conn;

import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;

/**
 * Runs an action on a loop once its time has come, unless it was stopped before.
 */
final class Timer implements Loop.Member {

	/** Where timers run at present: another loop takes the place of one that failed. */
	private final Supplier<? extends Loop> loops;

	private volatile Loop loop;

	private final long deadline;

	private final Runnable action;

	/** Set by whoever comes first: the clock, or the one who stops it. */
	private final AtomicBoolean over = new AtomicBoolean();

	Timer(Supplier<? extends Loop> loops, long deadline, Runnable action) {
		this.loops = loops;
		this.loop = loops.get();
		this.deadline = deadline;
		this.action = action;
	}

	void start() {
		try {
			this.loop.execute(() -> {
				if (!this.over.get()) {
					this.loop.join(this);
				}
			});
		}
		catch (RejectedExecutionException ex) {
			// As if the loop had ended a moment later: nobody waits for ever.
			run();
		}
	}

	void stop() {
		if (this.over.compareAndSet(false, true)) {
			try {
				this.loop.execute(() -> this.loop.leave(this));
			}
			catch (RejectedExecutionException ex) {
				// It has ended, with everything on it.
			}
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
		Loop next = this.loops.get();
		if (next == this.loop) {
			run();
			return;
		}
		this.loop = next;
		start();
	}

	private void run() {
		if (this.over.compareAndSet(false, true)) {
			this.action.run();
		}
	}

}
