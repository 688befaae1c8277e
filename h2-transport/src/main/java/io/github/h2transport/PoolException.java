package io.github.h2transport;

import java.time.Duration;
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * The pool had no connection to give; {@link #reason()} says why.
 */
public final class PoolException extends Http2Exception {

	private static final long serialVersionUID = 1L;

	private final Reason reason;

	private final int pending;

	private final Duration oldestWait;

	/**
	 * Creates a failure of a pool that says no more than its message.
	 * @param message what happened
	 * @param cause what led to it, {@code null} for nothing
	 * @param context who began it
	 */
	public PoolException(String message, @Nullable Throwable cause, FailureContext context) {
		this(message, cause, context, List.of(), Reason.OTHER, 0, Duration.ZERO);
	}

	private PoolException(String message, @Nullable Throwable cause, FailureContext context,
			List<Http2Exception> attempts, Reason reason, int pending, Duration oldestWait) {
		super(message, cause, context, attempts);
		this.reason = reason;
		this.pending = pending;
		this.oldestWait = oldestWait;
	}

	/**
	 * Creates a failure with its reason.
	 * @param reason why there was no connection
	 * @param message what happened
	 * @param cause what led to it, {@code null} for nothing
	 * @param context who began it
	 * @return a failure without a queue
	 */
	public static PoolException of(Reason reason, String message, @Nullable Throwable cause, FailureContext context) {
		return new PoolException(message, cause, context, List.of(), reason, 0, Duration.ZERO);
	}

	/**
	 * Returns the same failure with what it met in the queue.
	 * @param newPending how many requests waited
	 * @param newOldestWait for how long the oldest of them had waited
	 * @return a new exception
	 */
	public PoolException withQueue(int newPending, Duration newOldestWait) {
		return new PoolException(String.valueOf(getMessage()), getCause(), context(), attempts(), this.reason,
				newPending, newOldestWait);
	}

	/**
	 * Returns why there was no connection.
	 * @return {@link Reason#OTHER} if a pool of the user does not say
	 */
	public Reason reason() {
		return this.reason;
	}

	/**
	 * Returns how many other requests waited for a connection of the same key.
	 * @return 0 or more; an instant old
	 */
	public int pending() {
		return this.pending;
	}

	/**
	 * Returns for how long the oldest of them had waited.
	 * @return zero if none did
	 */
	public Duration oldestWait() {
		return this.oldestWait;
	}

	@Override
	public PoolException forCaller(List<Http2Exception> earlier) {
		return new PoolException(withAttempts(String.valueOf(getMessage()), earlier),
				(getCause() != null) ? getCause() : this, contextAfter(earlier), earlier, this.reason, this.pending,
				this.oldestWait);
	}

	/** Why there was no connection. */
	public enum Reason {

		/** None had a free stream within the acquire timeout. */
		ACQUIRE_TIMEOUT,

		/** As many requests waited as may. */
		QUEUE_FULL,

		/** The call would rather fail than dial or wait, and there was none at hand. */
		NONE_CACHED,

		/** The transport is closed. */
		CLOSED,

		/** All threads that write the content of asynchronous calls are taken. */
		BODY_THREADS_BUSY,

		/** Something else, which the message tells. */
		OTHER

	}

}
