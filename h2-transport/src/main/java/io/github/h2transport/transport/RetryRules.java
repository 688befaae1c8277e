package io.github.h2transport.transport;

import java.util.ArrayList;
import java.util.List;

import io.github.h2transport.ConnectionException;
import io.github.h2transport.Http2Exception;
import io.github.h2transport.RequestBody;
import io.github.h2transport.StreamException;

/**
 * What a call has tried already, and whether to try again: only what the server surely
 * did not process (RFC 9113 section 8.7), only with a body that can be replayed, and not
 * for ever. Owned by its call.
 */
final class RetryRules {

	/**
	 * A server that turns away every request of fresh connections gets no more of them.
	 */
	static final int MAX_FRUITLESS = 3;

	/** A bound for requests that were sent; the deadline is usually nearer. */
	static final int MAX_ATTEMPTS = 20;

	/** A bound for requests that found their connection retired before they were sent. */
	static final int MAX_UNSENT = 1_000;

	/** So often a request is repeated that the server may have processed. */
	static final int MAX_LOST = 3;

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
	 * @return whether the request goes to another connection
	 */
	boolean mayRetry(Http2Exception failure, RequestBody body, boolean fruitful, boolean repeatable) {
		boolean turnedAway = failure instanceof ConnectionException || failure instanceof StreamException;
		boolean unprocessed = turnedAway && failure.isSafeToRetry();
		if (!(unprocessed || (repeatable && this.lost < MAX_LOST)) || !body.isReplayable()) {
			return false;
		}
		if (failure.context().streamId() == 0) {
			// No server has seen it: as if the pool had given another connection at once.
			return ++this.unsent < MAX_UNSENT;
		}
		if (this.sent + 1 >= MAX_ATTEMPTS) {
			return false;
		}
		boolean sentInVain = !fruitful;
		if (sentInVain && this.fruitless + 1 >= MAX_FRUITLESS) {
			return false;
		}
		if (sentInVain) {
			this.fruitless++;
		}
		if (!unprocessed) {
			this.lost++;
		}
		this.sent++;
		if (this.earlier.isEmpty()) {
			this.earlier = new ArrayList<>(2);
		}
		this.earlier.add(failure);
		return true;
	}

	boolean isRetry() {
		return this.sent + this.unsent > 0;
	}

	/** The failures of the attempts so far, oldest first. */
	List<Http2Exception> earlier() {
		return this.earlier;
	}

}
