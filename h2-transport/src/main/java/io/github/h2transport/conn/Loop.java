package io.github.h2transport.conn;

import java.nio.ByteBuffer;

/**
 * What a connection asks of the thread that it lives on. Tests give it a loop that they
 * turn by hand.
 */
interface Loop {

	/** Whether the current thread is this loop. */
	boolean inLoop();

	/** Whether the loop is waiting for events. Any thread; a hint. */
	boolean isAsleep();

	/** Runs a task on the loop, soon. Any thread; wakes the loop at most once. */
	void execute(Runnable task);

	/** Has a pen that the loop took drained at the end of this turn. Loop only. */
	void flushLater(Pen pen);

	/** Unparks a caller after the flush of this turn. Loop only. */
	void unparkLater(Thread thread);

	/** Runs something after the flush of this turn. Loop only. */
	void afterFlush(Runnable action);

	/** The clock. */
	long nanoTime();

	/** The buffer for one read; free between two calls. Loop only. */
	ByteBuffer readBuffer();

	/** A second such buffer, for what is to be decrypted into the first. Loop only. */
	ByteBuffer cipherBuffer();

	/** Starts or ends the regular calls of a member's {@code tick}. Loop only. */
	void join(Member member);

	void leave(Member member);

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
