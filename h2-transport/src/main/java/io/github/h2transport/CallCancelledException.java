package io.github.h2transport;

import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * The caller gave up: its thread was interrupted, it closed the response, or it closed
 * the transport.
 */
public final class CallCancelledException extends Http2Exception {

	private static final long serialVersionUID = 1L;

	public CallCancelledException(String message, @Nullable Throwable cause, FailureContext context) {
		this(message, cause, context, List.of());
	}

	private CallCancelledException(String message, @Nullable Throwable cause, FailureContext context,
			List<Http2Exception> attempts) {
		super(message, cause, context, attempts);
	}

	@Override
	public CallCancelledException forCaller(List<Http2Exception> earlier) {
		return new CallCancelledException(withAttempts(String.valueOf(getMessage()), earlier),
				(getCause() != null) ? getCause() : this, contextAfter(earlier), earlier);
	}

}
