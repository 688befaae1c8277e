package io.github.h2transport.conn;

import java.io.EOFException;
import java.net.InetSocketAddress;
import java.security.cert.CertificateException;

import javax.net.ssl.SSLException;

import io.github.h2transport.ConnectFailedException;
import io.github.h2transport.FailureContext;
import io.github.h2transport.Origin;
import io.github.h2transport.Phase;
import org.jspecify.annotations.Nullable;

/**
 * Puts into words why there is no connection, and what can be done about it.
 */
final class ConnectFailures {

	private ConnectFailures() {
	}

	static ConnectFailedException unknownHost(Origin origin, Throwable cause, FailureContext context) {
		return new ConnectFailedException("Unknown host " + origin.host() + " (for " + origin + ")", cause,
				context.withPhase(Phase.RESOLVE));
	}

	/** Something else than the name is wrong, such as an address filter that throws. */
	static ConnectFailedException lookUpFailed(Origin origin, Throwable cause, FailureContext context) {
		return new ConnectFailedException("Looking up " + origin.host() + " (for " + origin + ") failed: " + cause,
				cause, context.withPhase(Phase.RESOLVE));
	}

	static ConnectFailedException filtered(Origin origin, FailureContext context) {
		return new ConnectFailedException("No address of " + origin.host() + " passes the address filter", null,
				context.withPhase(Phase.RESOLVE));
	}

	static ConnectFailedException refused(Origin origin, InetSocketAddress last, int tried, @Nullable Throwable cause,
			FailureContext context) {
		String why = (cause != null) ? String.valueOf(cause.getMessage()) : "no address";
		String addresses = (tried > 1) ? Sockets.text(last) + " and " + (tried - 1) + " more" : Sockets.text(last);
		return new ConnectFailedException("Cannot connect to " + origin + " at " + addresses + ": " + why, cause,
				context.withPhase(Phase.CONNECT));
	}

	/** A failure after the socket was connected: of TLS, of ALPN, of the peer. */
	static ConnectFailedException establishing(Origin origin, Throwable failure, FailureContext context) {
		FailureContext atTls = context.withPhase(Phase.TLS).withSafeToRetry(true);
		if (failure instanceof NoHttp2Exception) {
			return new ConnectFailedException(failure.getMessage() + " (" + origin + ")", failure, atTls);
		}
		return new ConnectFailedException("TLS handshake with " + origin + " failed: " + reason(failure), failure,
				atTls);
	}

	private static String reason(Throwable failure) {
		String message = String.valueOf(failure.getMessage());
		CertificateException certificate = find(failure, CertificateException.class);
		if (certificate != null) {
			String detail = String.valueOf(certificate.getMessage());
			return detail.startsWith("No ") ? "the server's certificate is for another host: " + detail
					: "the server's certificate is not trusted: " + detail;
		}
		if (failure instanceof SSLException && message.contains("Unsupported or unrecognized SSL message")) {
			return "the server does not speak TLS on this port";
		}
		if (message.contains("PKIX") || message.contains("certification path")) {
			return "the server's certificate is not trusted: " + message;
		}
		if (failure instanceof EOFException) {
			return "the server closed the connection";
		}
		return message;
	}

	private static <T extends Throwable> @Nullable T find(Throwable failure, Class<T> type) {
		for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
			if (type.isInstance(cause)) {
				return type.cast(cause);
			}
		}
		return null;
	}

	/** The TLS peer is genuine but did not choose h2 (RFC 9113 section 3.2). */
	static final class NoHttp2Exception extends SSLException {

		private static final long serialVersionUID = 1L;

		NoHttp2Exception(@Nullable String chosen) {
			super("The server does not offer HTTP/2: by ALPN it chose "
					+ ((chosen == null || chosen.isEmpty()) ? "nothing" : chosen));
		}

	}

}
