package io.github.h2transport.transport;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

import io.github.h2transport.conn.ClientConn;
import io.github.h2transport.conn.Guests;
import org.jspecify.annotations.Nullable;

/**
 * Something that a call waits for, but not for ever. Thread-safe.
 */
class Wait {

	/** Set once; called off by whoever comes after that. */
	private volatile @Nullable Runnable timer;

	void timer(Runnable newTimer) {
		this.timer = newTimer;
	}

	void stopTimer() {
		Runnable running = this.timer;
		if (running != null) {
			running.run();
		}
	}

	/** Nobody waits for it any more. */
	void giveUp() {
		stopTimer();
	}

	/** A connection that the pool has still to give. */
	static final class ForConnection extends Wait {

		private final CompletionStage<ClientConn> stage;

		private final CompletableFuture<ClientConn> future;

		ForConnection(CompletionStage<ClientConn> stage, CompletableFuture<ClientConn> future) {
			this.stage = stage;
			this.future = future;
		}

		CompletableFuture<ClientConn> future() {
			return this.future;
		}

		/** Leaves the queue, and gives back what comes too late. */
		@Override
		void giveUp() {
			super.giveUp();
			try {
				this.future.cancel(false);
				// A stage that is not this future does not hear of that.
				this.stage.whenComplete((late, failed) -> {
					if (late != null) {
						late.release();
					}
				});
			}
			catch (Throwable ex) {
				// Both are the pool's, which may be the user's.
				Guests.failed("Leaving the queue of a connection pool", ex);
			}
		}

	}

}
