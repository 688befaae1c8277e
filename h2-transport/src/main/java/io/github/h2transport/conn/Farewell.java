package io.github.h2transport.conn;

import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;

/**
 * The last moments of a response that its caller has closed without waiting for
 * END_STREAM. Many servers send END_STREAM in a frame of its own, and many readers stop
 * when they have the declared length, or the end of their JSON: a RST_STREAM for each of
 * them would cost the server more than what is left, and servers end connections that
 * reset too much. So what is small may still come, for a short while.
 *
 * @param deadline until when, as a time of the clock
 * @param takesContent whether content may come; else its first octet ends the stream
 */
record Farewell(long deadline, boolean takesContent) {

	/** Far above what a server needs between its last octets and its END_STREAM. */
	static final long PATIENCE_NANOS = TimeUnit.MILLISECONDS.toNanos(250);

	/** One frame of the usual size, which a server has sent already as a rule. */
	static final int MOST_REMAINING = 16 * 1024;

	/**
	 * Decides how a response is left.
	 * @param stream a stream with its head, before its body is discarded
	 * @return {@code null} if the stream must be reset now: too much would still come, or
	 * nobody knows how much
	 */
	static @Nullable Farewell of(ClientStream stream) {
		if (!stream.isLocalDone()) {
			return null;
		}
		long deadline = stream.connection().nanoTime() + PATIENCE_NANOS;
		long remaining = stream.remainingLength();
		if (remaining >= 0) {
			return (remaining <= MOST_REMAINING) ? new Farewell(deadline, true) : null;
		}
		return stream.body().isReadSoFar() ? new Farewell(deadline, false) : null;
	}

	boolean isOver(long now) {
		return now - this.deadline >= 0;
	}

}
