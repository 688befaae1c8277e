package io.github.h2transport;

import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * A deadline passed. {@link FailureContext#phase()} says which: {@link Phase#RESOLVE},
 * {@link Phase#CONNECT}, {@link Phase#TLS} and {@link Phase#PREFACE} are the connect
 * timeout, {@link Phase#REQUEST_BODY} and {@link Phase#RESPONSE_HEAD} the response
 * timeout, {@link Phase#RESPONSE_BODY} the read timeout between body octets.
 */
public final class Http2TimeoutException extends Http2Exception {

	private static final long serialVersionUID = 1L;

	public Http2TimeoutException(String message, @Nullable Throwable cause, FailureContext context) {
		this(message, cause, context, List.of());
	}

	private Http2TimeoutException(String message, @Nullable Throwable cause, FailureContext context,
			List<Http2Exception> attempts) {
		super(message, cause, context, attempts);
	}

	@Override
	public Http2TimeoutException forCaller(List<Http2Exception> earlier) {
		return new Http2TimeoutException(withAttempts(String.valueOf(getMessage()), earlier),
				(getCause() != null) ? getCause() : this, contextAfter(earlier), earlier);
	}

}
