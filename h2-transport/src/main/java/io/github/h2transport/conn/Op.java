package io.github.h2transport.conn;

import io.github.h2transport.Http2Exception;
import io.github.h2transport.protocol.SendHalf;
import org.jspecify.annotations.Nullable;

/**
 * An action on the send half, queued until the loop runs it. It cannot fail: whatever
 * could go wrong was checked before it was queued.
 */
abstract class Op {

	/** The queue's link; written by the producer, read by the loop. */
	volatile @Nullable Op next;

	/**
	 * Encodes the action. Called by the loop, in wire order; must neither block nor call
	 * user code.
	 * @param half the send half
	 */
	abstract void run(SendHalf half);

	/**
	 * The op still waits to be run. Called by the loop from time to time.
	 * @param now the time
	 */
	void waits(long now) {
	}

	/**
	 * The connection ended before the action was encoded.
	 * @param cause why it ended
	 */
	void discard(Http2Exception cause) {
	}

}
