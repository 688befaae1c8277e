package io.github.h2transport;

import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * The request cannot be sent as it is: an unsupported scheme, a forbidden or malformed
 * header field, a target without a host. Nothing was sent and no connection was touched.
 */
public final class InvalidRequestException extends Http2Exception {

	private static final long serialVersionUID = 1L;

	public InvalidRequestException(String message, @Nullable Throwable cause, FailureContext context) {
		this(message, cause, context, List.of());
	}

	private InvalidRequestException(String message, @Nullable Throwable cause, FailureContext context,
			List<Http2Exception> attempts) {
		super(message, cause, context, attempts);
	}

	@Override
	public InvalidRequestException forCaller(List<Http2Exception> earlier) {
		return new InvalidRequestException(withAttempts(String.valueOf(getMessage()), earlier),
				(getCause() != null) ? getCause() : this, contextAfter(earlier), earlier);
	}

}
