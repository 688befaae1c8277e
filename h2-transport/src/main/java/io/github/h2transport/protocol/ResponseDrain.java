package io.github.h2transport.protocol;

import org.jspecify.annotations.Nullable;

/**
 * What may still come of a response that nobody reads any longer, and is thrown away. A
 * RST_STREAM (RFC 9113 section 8.1) would often cost more than the rest, and servers end
 * connections that reset too much, with all the calls on them. So the server may finish,
 * within bounds of octets and of time, whether it has declared a length or not.
 *
 * <p>
 * Owned by the loop, once it is made.
 */
public final class ResponseDrain {

	/** A quarter of the receive window of a stream, which was the server's anyway. */
	static final int MOST_OCTETS = 64 * 1024;

	/** Far above what a server needs between the head and the end of a small answer. */
	static final long PATIENCE_NANOS = 250_000_000L;

	private final long deadline;

	private long room = MOST_OCTETS;

	private ResponseDrain(long deadline) {
		this.deadline = deadline;
	}

	/**
	 * Decides how a response is left. Any thread.
	 * @param requestDone whether the request was sent to its end: if not, RST_STREAM is
	 * needed anyway
	 * @param remainingLength how many octets are still to come, as declared; -1 if
	 * nothing was
	 * @param nowNanos the time
	 * @return {@code null} if the stream must be reset now
	 */
	public static @Nullable ResponseDrain of(boolean requestDone, long remainingLength, long nowNanos) {
		return (requestDone && remainingLength <= MOST_OCTETS) ? new ResponseDrain(nowNanos + PATIENCE_NANOS) : null;
	}

	/**
	 * Takes octets that have come.
	 * @param octets how many
	 * @return whether more may come; {@code false} if the stream must be reset now
	 */
	public boolean take(int octets) {
		this.room -= octets;
		return this.room >= 0;
	}

	/**
	 * Looks at the time.
	 * @param nowNanos the time
	 * @return whether the stream must be reset now, if it is not over
	 */
	public boolean isOver(long nowNanos) {
		return nowNanos - this.deadline >= 0;
	}

}
