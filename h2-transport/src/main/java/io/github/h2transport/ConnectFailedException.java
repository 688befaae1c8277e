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

	private final boolean withoutHttp2;

	public ConnectFailedException(String message, @Nullable Throwable cause, FailureContext context) {
		this(message, cause, context, List.of(), false);
	}

	private ConnectFailedException(String message, @Nullable Throwable cause, FailureContext context,
			List<Http2Exception> attempts, boolean withoutHttp2) {
		super(message, cause, context, attempts);
		this.withoutHttp2 = withoutHttp2;
	}

	/**
	 * Describes a TLS server that does not agree on HTTP/2.
	 * @param message what happened
	 * @param cause what the handshake ended with
	 * @param context where it happened
	 * @return a failure whose {@link #isWithoutHttp2()} is {@code true}
	 */
	public static ConnectFailedException withoutHttp2(String message, Throwable cause, FailureContext context) {
		return new ConnectFailedException(message, cause, context, List.of(), true);
	}

	/**
	 * Returns whether it was only HTTP/2 that was missing: the server speaks TLS, but it
	 * did not choose {@code h2} by ALPN, or it refused the handshake with the alert
	 * {@code no_application_protocol} (RFC 9113 section 3.2, RFC 7301 section 3.2).
	 * Nothing of the request was sent, so it may go to the same server by another version
	 * of HTTP.
	 * @return {@code false} for every other failure
	 */
	public boolean isWithoutHttp2() {
		return this.withoutHttp2;
	}

	@Override
	public ConnectFailedException forCaller(List<Http2Exception> earlier) {
		return new ConnectFailedException(withAttempts(String.valueOf(getMessage()), earlier),
				(getCause() != null) ? getCause() : this, contextAfter(earlier), earlier, this.withoutHttp2);
	}

}
