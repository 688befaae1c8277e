package io.github.h2transport.conn;

import io.github.h2transport.Phase;

/**
 * The deadlines of one call, as times of {@code System.nanoTime()}; 0 means none.
 *
 * @param responseDeadline when the response head must be there
 * @param readTimeoutNanos how long the body may pause, 0 for ever
 * @param exchangeDeadline when everything must be over
 */
public record CallTimes(long responseDeadline, long readTimeoutNanos, long exchangeDeadline) {

	/** What limits a dial, for messages. */
	static final String CONNECT_LIMIT = "connectTimeout (h2.transport.connect-timeout)";

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
	 * @return the option and its property
	 */
	public String limit(Phase phase, long nowNanos) {
		boolean body = phase == Phase.RESPONSE_BODY;
		long other = body ? nowNanos : this.responseDeadline;
		if (this.exchangeDeadline != 0 && (other == 0 || this.exchangeDeadline - other <= 0)) {
			return "exchangeTimeout (h2.transport.exchange-timeout)";
		}
		return body ? "readTimeout (h2.transport.read-timeout)" : "responseTimeout (h2.transport.response-timeout)";
	}

	/**
	 * Returns when the response head must be there.
	 * @return a time, 0 for none
	 */
	public long headDeadline() {
		return earlier(this.responseDeadline, this.exchangeDeadline);
	}

}
