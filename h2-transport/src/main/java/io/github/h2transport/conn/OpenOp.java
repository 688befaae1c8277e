package io.github.h2transport.conn;

import java.util.function.Supplier;

import io.github.h2transport.ConnectFailedException;
import io.github.h2transport.ConnectionException;
import io.github.h2transport.FailureContext;
import io.github.h2transport.Http2Exception;
import io.github.h2transport.Http2TimeoutException;
import io.github.h2transport.Initiator;
import io.github.h2transport.Phase;
import io.github.h2transport.protocol.SendHalf;
import org.jspecify.annotations.Nullable;

/**
 * Opens a stream, or tells its caller that the request was not sent and may go elsewhere.
 */
final class OpenOp extends Op {

	private final ClientConn connection;

	/** Emptied by the loop soon after its caller has left, however long this waits. */
	private volatile @Nullable ClientStream stream;

	OpenOp(ClientConn connection, ClientStream stream) {
		this.connection = connection;
		this.stream = stream;
	}

	@Override
	void run(SendHalf half) {
		ClientStream opening = this.stream;
		if (opening == null || !opening.tryOpen()) {
			// Its caller has left; the slot is free already.
			return;
		}
		if (!this.connection.book().mayOpen()) {
			Http2Exception end = this.connection.driver().ending().endedBy();
			if (end != null) {
				refuseBecauseOf(opening, end);
				return;
			}
			refuse(opening,
					new ConnectionException(capitalized(this.connection.describe()) + " no longer takes requests", null,
							context(Initiator.PEER)));
			return;
		}
		half.assignId(opening);
		this.connection.book().opening(opening);
		half.open(opening, opening.request(), opening.upload() == null);
		opening.opened();
		this.connection.tuning().opened(opening, half);
	}

	@Override
	void waits(long now) {
		ClientStream waiting = this.stream;
		if (waiting != null) {
			waiting.clock().tick(now);
			if (waiting.isOver()) {
				this.stream = null;
			}
		}
	}

	/** Whether its caller has left. */
	boolean isOver() {
		ClientStream waiting = this.stream;
		return waiting == null || waiting.isOver();
	}

	/** The request goes elsewhere. Any thread; it must not be queued any more. */
	void turnAway(Supplier<Http2Exception> why) {
		ClientStream waiting = this.stream;
		if (waiting != null && waiting.callOff()) {
			waiting.fail(why.get());
			this.connection.release();
		}
	}

	@Override
	void discard(Http2Exception cause) {
		ClientStream waiting = this.stream;
		if (waiting != null && waiting.tryOpen()) {
			refuseBecauseOf(waiting, cause);
		}
	}

	private void refuseBecauseOf(ClientStream refused, Http2Exception cause) {
		if (cause instanceof ConnectFailedException || cause instanceof Http2TimeoutException) {
			// No HTTP/2 server is there, or none that answers: another try would meet the
			// same.
			refuse(refused, cause.forCaller(cause.attempts()));
			return;
		}
		refuse(refused, new ConnectionException(
				capitalized(this.connection.describe()) + " ended before the request was sent: " + cause.getMessage(),
				cause, context(cause.context().initiator())));
	}

	private void refuse(ClientStream refused, Http2Exception failure) {
		refused.fail(failure);
		this.connection.book().notOpened();
	}

	private FailureContext context(Initiator initiator) {
		return this.connection.context(initiator, Phase.REQUEST_HEAD).withSafeToRetry(true);
	}

	private static String capitalized(String words) {
		return Character.toUpperCase(words.charAt(0)) + words.substring(1);
	}

}
