package io.github.h2transport.transport;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

import io.github.h2transport.ConnectionException;
import io.github.h2transport.Http2Exception;
import io.github.h2transport.RequestBody;
import io.github.h2transport.StreamException;
import io.github.h2transport.protocol.ReplayPauses;

/**
 * What a call has tried already, and whether and when to try again: only what the server
 * surely did not process (RFC 9113 section 8.7), only with a body that can be replayed,
 * not for ever, and with pauses. Owned by its call.
 */
final class RetryRules {

	/** The answer if the call is not sent again. */
	static final long NO = -1;

	/**
	 * A server that turns away every request of fresh connections gets no more of them.
	 */
	static final int MAX_FRUITLESS = 3;

	/** A bound for requests that were sent; the deadline is usually nearer. */
	static final int MAX_ATTEMPTS = 20;

	/** A bound for requests that found their connection retired before they were sent. */
	static final int MAX_UNSENT = 100;

	/** So often in a row that is bad luck; a pool that goes on like that is broken. */
	static final int UNLUCKY = 20;

	/**
	 * So much time must be left for the server to answer: a request that times out may
	 * have been processed, which the one before surely was not.
	 */
	static final long LEAST_LEFT = 100_000_000L;

	/** So often a request is repeated that the server may have processed. */
	static final int MAX_LOST = 3;

	private final ReplayPauses pauses = new ReplayPauses(() -> ThreadLocalRandom.current().nextDouble());

	private List<Http2Exception> earlier = List.of();

	private int fruitless;

	private int sent;

	private int lost;

	private int unsent;

	/**
	 * Decides, and takes note if the answer is yes.
	 * @param failure how the latest attempt ended
	 * @param body the content that would have to be sent again
	 * @param fruitful whether that connection has ever answered a request, or said with
	 * its GOAWAY that it is at work on some
	 * @param repeatable whether to repeat it though the server may have processed it
	 * @param most how long a pause may be, in nanoseconds
	 * @return in how many nanoseconds the request goes to another connection, {@link #NO}
	 * for never
	 */
	long replayAfter(Http2Exception failure, RequestBody body, boolean fruitful, boolean repeatable, long most) {
		boolean turnedAway = failure instanceof ConnectionException || failure instanceof StreamException;
		boolean unprocessed = turnedAway && failure.isSafeToRetry();
		if (!(unprocessed || (repeatable && this.lost < MAX_LOST)) || !body.isReplayable()) {
			return NO;
		}
		if (failure.context().streamId() == 0) {
			// No server has seen it: as if the pool had given another connection at once.
			if (++this.unsent >= MAX_UNSENT) {
				return NO;
			}
			return (this.unsent <= UNLUCKY) ? 0 : within(most);
		}
		boolean sentInVain = !fruitful;
		if (this.sent + 1 >= MAX_ATTEMPTS || (sentInVain && this.fruitless + 1 >= MAX_FRUITLESS)) {
			return NO;
		}
		// Whoever retires a connection that has worked takes the rest on the next one, so
		// it costs him nothing. Any other answer would only come again.
		boolean retired = unprocessed && fruitful && failure instanceof ConnectionException;
		long pause = retired ? 0 : within(most);
		if (pause == NO) {
			return NO;
		}
		this.fruitless += sentInVain ? 1 : 0;
		this.lost += unprocessed ? 0 : 1;
		this.sent++;
		if (this.earlier.isEmpty()) {
			this.earlier = new ArrayList<>(2);
		}
		this.earlier.add(failure);
		return pause;
	}

	/** Nobody waits for what would come too late. */
	private long within(long most) {
		long pause = this.pauses.next();
		return (pause <= most - LEAST_LEFT) ? pause : NO;
	}

	boolean isRetry() {
		return this.sent + this.unsent > 0;
	}

	/** The failures of the attempts so far, oldest first. */
	List<Http2Exception> earlier() {
		return this.earlier;
	}

}
