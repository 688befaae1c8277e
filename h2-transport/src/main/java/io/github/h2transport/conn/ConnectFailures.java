package io.github.h2transport.conn;

import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;

import javax.net.ssl.SSLException;

import io.github.h2transport.ConnectFailedException;
import io.github.h2transport.ConnectionKey;
import io.github.h2transport.FailureContext;
import io.github.h2transport.Origin;
import io.github.h2transport.Phase;
import io.github.h2transport.protocol.Excerpt;
import org.jspecify.annotations.Nullable;

/**
 * Puts into words why there is no connection, and what can be done about it.
 */
final class ConnectFailures {

	/** How the JDK tells of an alert; its name follows. */
	private static final String RECEIVED_ALERT = "Received fatal alert: ";

	private static final String LEAST_VERSION = "TLS 1.2 or later, which HTTP/2 needs";

	private ConnectFailures() {
	}

	static ConnectFailedException unknownHost(String host, ConnectionKey key, Throwable cause, FailureContext context) {
		return new ConnectFailedException("Unknown host " + host + " (for " + key + ")",
				ForeignFailure.printable(cause), context.withPhase(Phase.RESOLVE));
	}

	/** Something else than the name is wrong, such as an address filter that throws. */
	static ConnectFailedException lookUpFailed(String host, ConnectionKey key, Throwable cause,
			FailureContext context) {
		return new ConnectFailedException(
				"Looking up " + host + " (for " + key + ") failed: " + ForeignFailure.words(cause),
				ForeignFailure.printable(cause), context.withPhase(Phase.RESOLVE));
	}

	static ConnectFailedException filtered(Origin origin, @Nullable Throwable refusal, FailureContext context) {
		return new ConnectFailedException("No address of " + origin.host() + " passes the address filter", refusal,
				context.withPhase(Phase.RESOLVE));
	}

	static ConnectFailedException refused(ConnectionKey key, InetSocketAddress last, int tried,
			@Nullable Throwable cause, FailureContext context) {
		String why = (cause != null) ? ForeignFailure.message(cause) : "no address";
		String addresses = (tried > 1) ? Sockets.text(last) + " and " + (tried - 1) + " more" : Sockets.text(last);
		return new ConnectFailedException("Cannot connect to " + key + " at " + addresses + ": " + why,
				(cause != null) ? ForeignFailure.printable(cause) : null, context.withPhase(Phase.CONNECT));
	}

	/** The proxy was reached, and opens no tunnel. */
	static ConnectFailedException noTunnel(ConnectionKey key, IOException cause, FailureContext context) {
		String why = (cause instanceof ProxyTunnel.RefusedException) ? String.valueOf(cause.getMessage())
				: ForeignFailure.message(cause);
		return new ConnectFailedException("No tunnel to " + key + ": " + why, ForeignFailure.printable(cause),
				context.withPhase(Phase.CONNECT));
	}

	/** A failure after the socket was connected: of TLS, of ALPN, of the peer. */
	static ConnectFailedException establishing(ConnectionKey key, Throwable failure, FailureContext context) {
		FailureContext atTls = context.withPhase(Phase.TLS).withSafeToRetry(true);
		if (failure instanceof NoHttp2Exception) {
			return ConnectFailedException.withoutHttp2(ForeignFailure.message(failure) + " (" + key + ")",
					ForeignFailure.printable(failure), atTls);
		}
		if (alert(failure).equals("no_application_protocol")) {
			return ConnectFailedException.withoutHttp2(
					"The server does not offer HTTP/2: " + ForeignFailure.message(failure) + " (" + key + ")",
					ForeignFailure.printable(failure), atTls);
		}
		return new ConnectFailedException("TLS handshake with " + key + " failed: " + reason(failure, key.origin()),
				ForeignFailure.printable(failure), atTls);
	}

	/**
	 * A failure of TLS after our side had finished the handshake: with TLS 1.3 the server
	 * looks at the client's certificate only then.
	 */
	static ConnectFailedException afterHandshake(ConnectionKey key, SSLException failure, FailureContext context) {
		return new ConnectFailedException(
				"TLS with " + key + " failed after the handshake: " + reason(failure, key.origin()),
				ForeignFailure.printable(failure), context);
	}

	private static String reason(Throwable failure, Origin origin) {
		String message = ForeignFailure.message(failure);
		CertificateException certificate = find(failure, CertificateException.class);
		if (certificate != null) {
			return certificate(failure, ForeignFailure.message(certificate));
		}
		if (failure instanceof SSLException && message.contains("nrecognized SSL message")) {
			return "the server does not speak TLS on this port";
		}
		if (failure instanceof EOFException) {
			return "the server closed the connection";
		}
		if (failure instanceof SSLException && message.contains("selected protocol version")) {
			return "the server does not speak " + LEAST_VERSION + ": " + message;
		}
		if (!(failure instanceof IOException)) {
			return ForeignFailure.words(failure);
		}
		RuntimeException own = find(failure, RuntimeException.class);
		if (own != null) {
			return "the trust or key managers of the application failed: " + ForeignFailure.words(own);
		}
		String explained = switch (alert(failure)) {
			case "handshake_failure", "insufficient_security" -> "the server accepts none of the offered cipher suites "
					+ "(HTTP/2 needs ephemeral keys and AEAD, RFC 9113 section 9.2), or it wants a client certificate";
			case "protocol_version" -> "the server does not speak " + LEAST_VERSION;
			case "certificate_required", "bad_certificate", "unsupported_certificate", "certificate_revoked",
					"certificate_expired", "certificate_unknown", "unknown_ca", "access_denied" ->
				"the server wants a client certificate that it trusts";
			case "unrecognized_name" -> "the server does not know the name " + origin.host();
			default -> "";
		};
		return explained.isEmpty() ? message : explained + ": " + message;
	}

	private static String certificate(Throwable failure, String detail) {
		CertificateException expired = find(failure, CertificateExpiredException.class);
		if (expired != null) {
			return "the server's certificate has expired: " + ForeignFailure.message(expired);
		}
		CertificateException early = find(failure, CertificateNotYetValidException.class);
		if (early != null) {
			return "the server's certificate is not valid yet: " + ForeignFailure.message(early);
		}
		// So all messages of the JDK's host name check begin.
		return detail.startsWith("No ") ? "the server's certificate is for another host: " + detail
				: "the server's certificate is not trusted: " + detail;
	}

	/** The RFC 8446 name of the alert that the server has sent; empty if it sent none. */
	private static String alert(Throwable failure) {
		String message = String.valueOf(failure.getMessage());
		int start = message.indexOf(RECEIVED_ALERT);
		return (failure instanceof SSLException && start >= 0) ? message.substring(start + RECEIVED_ALERT.length())
				: "";
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
					+ ((chosen == null || chosen.isEmpty()) ? "nothing" : Excerpt.unquoted(chosen)));
		}

	}

}
