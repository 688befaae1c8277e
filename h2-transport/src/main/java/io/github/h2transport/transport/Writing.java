package io.github.h2transport.transport;

import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

import io.github.h2transport.PoolException;
import org.jspecify.annotations.Nullable;

/**
 * The writing of an asynchronous call's content by a body thread. It is over some time,
 * whatever becomes of the call, and of two for one call the second begins when the first
 * is over. Thread-safe.
 */
final class Writing {

	private final BodyThreads threads;

	private final CompletableFuture<?> before;

	private final CompletableFuture<@Nullable Void> over = new CompletableFuture<>();

	/**
	 * Takes the place of a thread.
	 * @param threads has places
	 * @param before the same for an earlier attempt
	 * @throws PoolException if all places are taken
	 */
	Writing(BodyThreads threads, @Nullable Writing before) throws PoolException {
		this.threads = threads;
		this.before = (before != null) ? before.over : CompletableFuture.completedFuture(null);
		threads.reserve();
	}

	/**
	 * Writes.
	 * @param work writes, and throws nothing
	 * @param onFailure told if there will be no thread for it
	 */
	void begin(Runnable work, Consumer<PoolException> onFailure) {
		this.before.whenComplete((done, never) -> {
			try {
				this.threads.execute(() -> {
					try {
						work.run();
					}
					finally {
						end();
					}
				});
			}
			catch (PoolException ex) {
				onFailure.accept(ex);
				end();
			}
		});
	}

	/** Called once: by itself, or by whoever has no need to begin. */
	void end() {
		this.threads.giveBack();
		this.over.complete(null);
	}

	boolean isOver() {
		return this.over.isDone();
	}

	/** Runs something when it is over, by its thread, or now. */
	void whenOver(Runnable action) {
		this.over.whenComplete((done, never) -> action.run());
	}

}
