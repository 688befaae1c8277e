package io.github.h2transport;

import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * The pool had no connection to give: the acquire timeout passed, the queue was full, the
 * transport is closed, or the caller wanted a cached connection only.
 */
public final class PoolException extends Http2Exception {

	private static final long serialVersionUID = 1L;

	public PoolException(String message, @Nullable Throwable cause, FailureContext context) {
		this(message, cause, context, List.of());
	}

	private PoolException(String message, @Nullable Throwable cause, FailureContext context,
			List<Http2Exception> attempts) {
		super(message, cause, context, attempts);
	}

	@Override
	public PoolException forCaller(List<Http2Exception> earlier) {
		return new PoolException(withAttempts(String.valueOf(getMessage()), earlier),
				(getCause() != null) ? getCause() : this, context(), earlier);
	}

}
