package io.github.h2transport.conn;

/**
 * The deadlines of one call, as times of {@code System.nanoTime()}; 0 means none.
 *
 * @param responseDeadline when the response head must be there
 * @param readTimeoutNanos how long the body may pause, 0 for ever
 * @param exchangeDeadline when everything must be over
 */
public record CallTimes(long responseDeadline, long readTimeoutNanos, long exchangeDeadline) {

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
	 * Returns when the response head must be there.
	 * @return a time, 0 for none
	 */
	public long headDeadline() {
		return earlier(this.responseDeadline, this.exchangeDeadline);
	}

}
