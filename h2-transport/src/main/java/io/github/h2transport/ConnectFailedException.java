package io.github.h2transport;

import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * No connection could be established: the host is unknown, the port is closed, the TLS
 * peer is not trusted, or it does not speak HTTP/2. {@link FailureContext#phase()} says
 * how far it came: {@link Phase#RESOLVE}, {@link Phase#CONNECT}, {@link Phase#TLS} or
 * {@link Phase#PREFACE}.
 */
public final class ConnectFailedException extends Http2Exception {

	private static final long serialVersionUID = 1L;

	public ConnectFailedException(String message, @Nullable Throwable cause, FailureContext context) {
		this(message, cause, context, List.of());
	}

	private ConnectFailedException(String message, @Nullable Throwable cause, FailureContext context,
			List<Http2Exception> attempts) {
		super(message, cause, context, attempts);
	}

	@Override
	public ConnectFailedException forCaller(List<Http2Exception> earlier) {
		return new ConnectFailedException(withAttempts(String.valueOf(getMessage()), earlier),
				(getCause() != null) ? getCause() : this, context(), earlier);
	}

}
