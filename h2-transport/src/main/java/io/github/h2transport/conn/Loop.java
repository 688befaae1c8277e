package io.github.h2transport.conn;

import java.nio.ByteBuffer;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.locks.LockSupport;

import io.github.h2transport.protocol.SourcePause;

/**
 * What a connection asks of the thread that it lives on. Tests give it a loop that they
 * turn by hand.
 */
interface Loop {

	/** Whether the current thread is this loop. */
	boolean inLoop();

	/** Runs a task on the loop, soon. Any thread; wakes the loop at most once. */
	void execute(Runnable task);

	/** Has a connection write at the end of this turn. Loop only. */
	void flushLater(ConnectionWriter writer);

	/** Unparks a caller after the flush of this turn. Loop only. */
	void unparkLater(Thread thread);

	/** Runs something after the flush of this turn. Loop only. */
	void afterFlush(Runnable action);

	/**
	 * Runs something on the loop after {@link SourcePause#LOOK_NANOS}. Any thread; throws
	 * {@link RejectedExecutionException} if the loop has ended.
	 */
	void inAMoment(Runnable action);

	/** The clock. */
	long nanoTime();

	/** The buffer for one read; free between two calls. Loop only. */
	ByteBuffer readBuffer();

	/** A second such buffer, for what is to be decrypted into the first. Loop only. */
	ByteBuffer cipherBuffer();

	/** Starts or ends the regular calls of a member's {@code tick}. Loop only. */
	void join(Member member);

	void leave(Member member);

	/**
	 * Runs something on the loop: at once if this is the loop. Any thread.
	 * @return {@code false} if it will not run, since the loop has ended and has closed
	 * its connections
	 */
	default boolean onLoop(Runnable task) {
		if (inLoop()) {
			task.run();
			return true;
		}
		try {
			execute(task);
			return true;
		}
		catch (RejectedExecutionException ex) {
			return false;
		}
	}

	/**
	 * Runs something on the loop after its flush. Any thread.
	 */
	default void later(Runnable action) {
		if (inLoop()) {
			afterFlush(action);
		}
		else {
			onLoop(action);
		}
	}

	/**
	 * As {@link #later}, and behind all that the loop has put off. Any thread.
	 * @return {@code false} if it will not run, since the loop has ended
	 */
	default boolean lastOfAll(Runnable action) {
		if (inLoop()) {
			afterFlush(action);
			return true;
		}
		return onLoop(() -> afterFlush(action));
	}

	/** Unparks a caller: after the flush on the loop, else at once. Any thread. */
	default void unpark(Thread thread) {
		if (inLoop()) {
			unparkLater(thread);
		}
		else {
			LockSupport.unpark(thread);
		}
	}

	/** Something that wants to know the time now and then. */
	interface Member {

		/**
		 * Called at least once a second while registered, ten times while busy.
		 * @param nowNanos the loop's clock
		 */
		void tick(long nowNanos);

		/** The loop has failed or was closed. */
		void loopEnded(Throwable cause);

	}

}
