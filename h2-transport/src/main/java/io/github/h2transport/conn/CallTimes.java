package io.github.h2transport.conn;

import java.util.concurrent.TimeUnit;

import io.github.h2transport.CallOptions;
import io.github.h2transport.Phase;

/**
 * The deadlines of one call, as times of {@code System.nanoTime()}; 0 means none.
 *
 * @param responseDeadline when the response head must be there
 * @param readTimeoutNanos how long the body may pause, 0 for ever
 * @param exchangeDeadline when everything must be over
 * @param startNanos when the call began, 0 if that is unknown
 * @param own what was set for the call itself, for messages
 */
public record CallTimes(long responseDeadline, long readTimeoutNanos, long exchangeDeadline, long startNanos,
		CallOptions own) {

	/**
	 * The deadlines of a call of which no more is known.
	 * @param responseDeadline when the response head must be there
	 * @param readTimeoutNanos how long the body may pause, 0 for ever
	 * @param exchangeDeadline when everything must be over
	 */
	public CallTimes(long responseDeadline, long readTimeoutNanos, long exchangeDeadline) {
		this(responseDeadline, readTimeoutNanos, exchangeDeadline, 0, CallOptions.defaults());
	}

	/** What limits a dial, for messages. */
	static final String CONNECT_LIMIT = "connectTimeout (h2.transport.connect-timeout)";

	/** Spring's clients know one read timeout and do not tell where it was set. */
	private static final String OF_THE_CLIENT = "the client's own; in Spring its read timeout, "
			+ "such as spring.http.clients.read-timeout";

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
	 * Returns the limit that has passed and who has set it, for messages.
	 * @param phase how far the call had come
	 * @param nowNanos the time
	 * @return its length, and the option with its property or the client itself
	 */
	public String limit(Phase phase, long nowNanos) {
		boolean body = phase == Phase.RESPONSE_BODY;
		long other = body ? nowNanos : this.responseDeadline;
		if (this.exchangeDeadline != 0 && (other == 0 || this.exchangeDeadline - other <= 0)) {
			return words("exchangeTimeout", this.exchangeDeadline - this.startNanos,
					(this.own.exchangeTimeout() != null) ? "set for this call" : "h2.transport.exchange-timeout");
		}
		if (body) {
			return words("readTimeout", this.readTimeoutNanos,
					(this.own.readTimeout() != null) ? OF_THE_CLIENT : "h2.transport.read-timeout");
		}
		return words("responseTimeout", this.responseDeadline - this.startNanos,
				(this.own.responseTimeout() != null) ? OF_THE_CLIENT : "h2.transport.response-timeout");
	}

	private String words(String option, long nanos, String setBy) {
		String value = (this.startNanos != 0) ? " of " + TimeUnit.NANOSECONDS.toMillis(nanos) + " ms" : "";
		return option + value + " (" + setBy + ")";
	}

	/**
	 * Returns when the response head must be there.
	 * @return a time, 0 for none
	 */
	public long headDeadline() {
		return earlier(this.responseDeadline, this.exchangeDeadline);
	}

}
