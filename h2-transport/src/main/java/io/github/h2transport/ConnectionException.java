package io.github.h2transport;

import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * The connection that carried the call ended: closed or reset by the peer, ended by a
 * GOAWAY (RFC 9113 section 6.8), or closed by us for a connection error (section 5.4.1).
 */
public final class ConnectionException extends Http2Exception {

	private static final long serialVersionUID = 1L;

	public ConnectionException(String message, @Nullable Throwable cause, FailureContext context) {
		this(message, cause, context, List.of());
	}

	private ConnectionException(String message, @Nullable Throwable cause, FailureContext context,
			List<Http2Exception> attempts) {
		super(message, cause, context, attempts);
	}

	@Override
	public ConnectionException forCaller(List<Http2Exception> earlier) {
		return new ConnectionException(withAttempts(String.valueOf(getMessage()), earlier),
				(getCause() != null) ? getCause() : this, contextAfter(earlier), earlier);
	}

}
