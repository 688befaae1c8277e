package io.github.h2transport.conn;

import java.util.concurrent.TimeUnit;

import io.github.h2transport.CallOptions;
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
 * @param startNanos when the call began, 0 if that is unknown
 * @param own what was set for the call itself, for messages
 */
public record CallTimes(long responseDeadline, long progressNanos, long sinceNanos, long readTimeoutNanos,
		long eventGapNanos, long exchangeDeadline, long startNanos, CallOptions own) {

	/** Spring's clients know one read timeout and do not tell where it was set. */
	private static final String OF_THE_CLIENT = "the client's own; in Spring its read timeout, "
			+ "such as spring.http.clients.read-timeout";

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
	 * Deadlines of a call of which no more is known.
	 * @param responseDeadline when the response head must be there
	 * @param progressNanos how long the call may go without progress before that
	 * @param sinceNanos the latest progress before the present attempt
	 * @param readTimeoutNanos how long the body may pause, 0 for ever
	 * @param eventGapNanos the same for an event stream
	 * @param exchangeDeadline when everything must be over
	 */
	CallTimes(long responseDeadline, long progressNanos, long sinceNanos, long readTimeoutNanos, long eventGapNanos,
			long exchangeDeadline) {
		this(responseDeadline, progressNanos, sinceNanos, readTimeoutNanos, eventGapNanos, exchangeDeadline, 0,
				CallOptions.defaults());
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
	 * Returns the limit that has passed and who has set it, for messages.
	 * @param phase how far the call had come
	 * @param nowNanos the time
	 * @param sentNanos when content of the request has left last, 0 if none has
	 * @return its length, and the option with its property or the client itself
	 */
	public String limit(Phase phase, long nowNanos, long sentNanos) {
		boolean body = phase == Phase.RESPONSE_BODY;
		long other = body ? nowNanos : responseDeadline(sentNanos);
		if (this.exchangeDeadline != 0 && (other == 0 || this.exchangeDeadline - other <= 0)) {
			return words("exchangeTimeout", this.exchangeDeadline - this.startNanos,
					(this.own.exchangeTimeout() != null) ? "set for this call" : "h2.transport.exchange-timeout");
		}
		if (body) {
			return words("readTimeout", this.readTimeoutNanos,
					(this.own.readTimeout() != null) ? OF_THE_CLIENT : "h2.transport.read-timeout");
		}
		if (this.responseDeadline == 0) {
			String value = (this.startNanos != 0) ? " of " + TimeUnit.NANOSECONDS.toMillis(this.progressNanos) + " ms"
					: "";
			return "progressTimeout" + value + " (h2.transport.progress-timeout), since no response timeout is set";
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
				this.eventGapNanos, this.exchangeDeadline, this.startNanos, this.own);
	}

}
