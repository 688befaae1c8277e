package io.github.h2transport.conn;

import io.github.h2transport.Phase;

/**
 * The deadlines of one call, as times of {@code System.nanoTime()}; 0 means none.
 *
 * @param responseDeadline when the response head must be there, whatever happens
 * @param progressNanos how long the call may go without progress before that, 0 for ever
 * @param sinceNanos the latest progress before the present attempt: at first the call
 * @param readTimeoutNanos how long the body may pause, 0 for ever
 * @param eventGapNanos the same for an event stream
 * @param exchangeDeadline when everything must be over
 */
public record CallTimes(long responseDeadline, long progressNanos, long sinceNanos, long readTimeoutNanos,
		long eventGapNanos, long exchangeDeadline) {

	/** What limits a dial, for messages. */
	static final String CONNECT_LIMIT = "connectTimeout (h2.transport.connect-timeout)";

	/**
	 * Deadlines that no progress puts off.
	 * @param responseDeadline when the response head must be there
	 * @param readTimeoutNanos how long a body that is no event stream may pause, 0 for
	 * ever
	 * @param exchangeDeadline when everything must be over
	 */
	public CallTimes(long responseDeadline, long readTimeoutNanos, long exchangeDeadline) {
		this(responseDeadline, 0, 0, readTimeoutNanos, 0, exchangeDeadline);
	}

	/**
	 * Returns the earlier of two deadlines.
	 * @param first a time or 0
	 * @param second a time or 0
	 * @return a time, 0 if both are 0
	 */
	static long earlier(long first, long second) {
		if (first == 0 || second == 0) {
			return (first != 0) ? first : second;
		}
		return (first - second < 0) ? first : second;
	}

	/**
	 * Returns which option has set the limit that has passed, for messages.
	 * @param phase how far the call had come
	 * @param nowNanos the time
	 * @param sentNanos when content of the request has left last, 0 if none has
	 * @return the option and its property
	 */
	public String limit(Phase phase, long nowNanos, long sentNanos) {
		boolean body = phase == Phase.RESPONSE_BODY;
		long other = body ? nowNanos : responseDeadline(sentNanos);
		if (this.exchangeDeadline != 0 && (other == 0 || this.exchangeDeadline - other <= 0)) {
			return "exchangeTimeout (h2.transport.exchange-timeout)";
		}
		if (body) {
			return "readTimeout (h2.transport.read-timeout)";
		}
		return (this.responseDeadline != 0) ? "responseTimeout (h2.transport.response-timeout)"
				: "progressTimeout (h2.transport.progress-timeout), since no response timeout is set";
	}

	/**
	 * Returns when the response head must be there.
	 * @param sentNanos when content of the request has left last, 0 if none has
	 * @return a time, 0 for none
	 */
	public long headDeadline(long sentNanos) {
		return earlier(responseDeadline(sentNanos), this.exchangeDeadline);
	}

	private long responseDeadline(long sentNanos) {
		if (this.responseDeadline != 0 || this.progressNanos == 0) {
			return this.responseDeadline;
		}
		return StreamWaiter.nonZero(latest(sentNanos) + this.progressNanos);
	}

	private long latest(long sentNanos) {
		return (sentNanos != 0 && sentNanos - this.sinceNanos > 0) ? sentNanos : this.sinceNanos;
	}

	/**
	 * Returns the deadlines for another attempt: what the one before has moved counts.
	 * @param sentNanos when content of the request has left last, 0 if none has
	 * @return these deadlines, with that progress
	 */
	public CallTimes after(long sentNanos) {
		return new CallTimes(this.responseDeadline, this.progressNanos, latest(sentNanos), this.readTimeoutNanos,
				this.eventGapNanos, this.exchangeDeadline);
	}

}
