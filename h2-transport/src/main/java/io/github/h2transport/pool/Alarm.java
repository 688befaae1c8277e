package io.github.h2transport.pool;

import org.jspecify.annotations.Nullable;

/**
 * Wakes a key's pool when something is due by time alone. At most one timer runs. Guarded
 * by the key's lock.
 */
final class Alarm {

	private final Timers timers;

	private final Runnable action;

	/** Calls the running timer off; {@code null} if none runs. */
	private @Nullable Runnable running;

	private long dueAt;

	Alarm(Timers timers, Runnable action) {
		this.timers = timers;
		this.action = action;
	}

	/**
	 * Sets when to wake the pool next; it may be woken earlier, too.
	 * @param now the clock
	 * @param delay in how many nanoseconds, {@link Ageing#NEVER} for never
	 */
	void set(long now, long delay) {
		if (delay == Ageing.NEVER) {
			stop();
			return;
		}
		long due = now + Math.max(0, delay);
		if (this.running != null && this.dueAt - now > 0 && this.dueAt - due <= 0) {
			return;
		}
		stop();
		this.dueAt = due;
		this.running = this.timers.schedule(due - now, this.action);
	}

	void stop() {
		Runnable cancel = this.running;
		if (cancel != null) {
			this.running = null;
			cancel.run();
		}
	}

	/** Runs something later. */
	@FunctionalInterface
	interface Timers {

		Runnable schedule(long delayNanos, Runnable action);

	}

}
