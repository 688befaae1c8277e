package io.github.h2transport.conn;

import io.github.h2transport.ConnectFailedException;
import io.github.h2transport.ConnectionException;
import io.github.h2transport.FailureContext;
import io.github.h2transport.Http2Exception;
import io.github.h2transport.Http2TimeoutException;
import io.github.h2transport.Initiator;
import io.github.h2transport.Phase;
import io.github.h2transport.protocol.SendHalf;

/**
 * Opens a stream, or tells its caller that the request was not sent and may go elsewhere.
 */
final class OpenOp extends Op {

	private final ClientConn connection;

	private final ClientStream stream;

	OpenOp(ClientConn connection, ClientStream stream) {
		this.connection = connection;
		this.stream = stream;
	}

	@Override
	void run(SendHalf half) {
		if (!this.stream.tryOpen()) {
			// Its caller has left; the slot is free already.
			return;
		}
		if (!this.connection.book().mayOpen()) {
			Http2Exception end = this.connection.driver().ending().endedBy();
			if (end != null) {
				refuseBecauseOf(end);
				return;
			}
			refuse(new ConnectionException(capitalized(this.connection.describe()) + " no longer takes requests", null,
					context(Initiator.PEER)));
			return;
		}
		half.assignId(this.stream);
		this.connection.book().opening(this.stream);
		half.open(this.stream, this.stream.request(), this.stream.upload() == null);
		this.stream.opened();
		this.connection.tuning().opened(this.stream, half);
	}

	@Override
	void waits(long now) {
		this.stream.clock().tick(now);
	}

	@Override
	void discard(Http2Exception cause) {
		if (this.stream.tryOpen()) {
			refuseBecauseOf(cause);
		}
	}

	private void refuseBecauseOf(Http2Exception cause) {
		if (cause instanceof ConnectFailedException || cause instanceof Http2TimeoutException) {
			// No HTTP/2 server is there, or none that answers: another try would meet the
			// same.
			refuse(cause.forCaller(cause.attempts()));
			return;
		}
		refuse(new ConnectionException(
				capitalized(this.connection.describe()) + " ended before the request was sent: " + cause.getMessage(),
				cause, context(cause.context().initiator())));
	}

	private void refuse(Http2Exception failure) {
		this.stream.fail(failure);
		this.connection.book().notOpened();
	}

	private FailureContext context(Initiator initiator) {
		return this.connection.context(initiator, Phase.REQUEST_HEAD).withSafeToRetry(true);
	}

	private static String capitalized(String words) {
		return Character.toUpperCase(words.charAt(0)) + words.substring(1);
	}

}
