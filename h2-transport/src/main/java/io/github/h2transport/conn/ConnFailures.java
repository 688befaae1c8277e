package io.github.h2transport.conn;

import java.io.EOFException;

import javax.net.ssl.SSLException;

import io.github.h2transport.ConnectFailedException;
import io.github.h2transport.ConnectionException;
import io.github.h2transport.ErrorCode;
import io.github.h2transport.FailureContext;
import io.github.h2transport.Http2Exception;
import io.github.h2transport.Http2TimeoutException;
import io.github.h2transport.Initiator;
import io.github.h2transport.Phase;
import io.github.h2transport.frame.ConnectionError;

/**
 * Puts into words why a connection ends, and what that means for its streams.
 */
final class ConnFailures {

	private final ClientConn connection;

	ConnFailures(ClientConn connection) {
		this.connection = connection;
	}

	/** The peer has broken a rule; before its SETTINGS it is no HTTP/2 server at all. */
	Http2Exception protocolError(ConnectionError error, boolean peerSettings) {
		Phase phase = peerSettings ? Phase.IDLE : Phase.PREFACE;
		FailureContext context = this.connection.context(Initiator.PEER, phase).withCode(error.code());
		String message = this.connection.describe() + ": " + error.getMessage();
		return peerSettings
				? new ConnectionException("Connection error " + error.code() + " on " + message, error, context)
				: new ConnectFailedException("No HTTP/2 on " + message, error, context);
	}

	/** The socket has ended or failed. */
	Http2Exception lost(Throwable failure, boolean peerSettings) {
		String what = (failure instanceof EOFException) ? "the server closed it" : ForeignFailure.words(failure);
		if (!peerSettings) {
			FailureContext context = this.connection.context(Initiator.PEER, Phase.PREFACE);
			return (failure instanceof SSLException tls)
					? ConnectFailures.afterHandshake(this.connection.key(), tls, context)
					: new ConnectFailedException(
							"No HTTP/2 on " + this.connection.describe() + ": " + what
									+ " before it sent SETTINGS; is an HTTP/2 server on this port?",
							ForeignFailure.printable(failure), context);
		}
		ConnectionSnapshot.GoAway received = this.connection.goAway();
		String goAway = (received != null) ? " after GOAWAY " + received.code() + debugText() : "";
		return new ConnectionException("Lost " + this.connection.describe() + goAway + ": " + what,
				ForeignFailure.printable(failure), this.connection.context(Initiator.PEER, Phase.IDLE));
	}

	/** We have ended it, or will not use it. */
	Http2Exception cancelled(String reason) {
		return new ConnectionException("Closed " + this.connection.describe() + ": " + reason, null,
				this.connection.context(Initiator.LIBRARY, Phase.IDLE));
	}

	/** The peer's GOAWAY says that it will not look at the stream. */
	ConnectionException retired(ClientStream stream, ErrorCode code) {
		FailureContext context = stream.context(Initiator.PEER, stream.phase()).withCode(code).withSafeToRetry(true);
		return new ConnectionException("The server retired " + this.connection.describe() + " with GOAWAY " + code
				+ debugText() + " before it processed stream " + stream.id(), null, context);
	}

	/** What the peer's GOAWAY adds to its code: escaped, after a space, or nothing. */
	String debugText() {
		ConnectionSnapshot.GoAway received = this.connection.goAway();
		return (received != null && !received.debug().isEmpty()) ? " " + received.debug() : "";
	}

	/** What the end of the connection means for one of its streams. */
	Http2Exception of(ClientStream stream, Http2Exception cause) {
		if (cause instanceof ConnectFailedException || cause instanceof Http2TimeoutException) {
			return cause.forCaller(cause.attempts());
		}
		FailureContext context = stream.context(cause.context().initiator(), stream.phase(), cause.lastFrames())
			.withCode(cause.context().code());
		return new ConnectionException(
				cause.getMessage() + " (stream " + stream.id() + ", " + stream.phase().words() + ")", cause, context);
	}

}
