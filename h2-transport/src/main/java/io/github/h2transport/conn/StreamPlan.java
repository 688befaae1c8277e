package io.github.h2transport.conn;

import java.time.Duration;
import java.util.function.Supplier;

import io.github.h2transport.Headers;
import io.github.h2transport.RequestBody;
import io.github.h2transport.protocol.RequestHead;
import org.jspecify.annotations.Nullable;

/**
 * Everything that a connection must know to carry a request. Asked when the stream is
 * made, and not kept: a stream may live long after its request is sent.
 */
public interface StreamPlan {

	/**
	 * Returns a plan without trailers, without waiting for 100, and without a listener.
	 * @param head the checked header section
	 * @param body the content
	 * @param times the deadlines
	 * @return a plan
	 */
	static StreamPlan of(RequestHead head, RequestBody body, CallTimes times) {
		return new PlainPlan(head, body, times, null, 0, null);
	}

	/**
	 * Returns a plan.
	 * @param head the checked header section
	 * @param body the content
	 * @param times the deadlines
	 * @param trailers gives the trailer section, {@code null} for none
	 * @param continueTimeoutNanos how long the content waits for 100 (Continue), or 0
	 * @param listener hears how the stream goes on, {@code null} for nobody
	 * @return a plan
	 */
	static StreamPlan of(RequestHead head, RequestBody body, CallTimes times, @Nullable Supplier<Headers> trailers,
			long continueTimeoutNanos, @Nullable StreamListener listener) {
		return new PlainPlan(head, body, times, trailers, continueTimeoutNanos, listener);
	}

	/**
	 * Returns the checked header section.
	 * @return the head
	 */
	RequestHead head();

	/**
	 * Returns the content.
	 * @return the body
	 */
	RequestBody body();

	/**
	 * Returns the deadlines.
	 * @return times that do not change
	 */
	CallTimes times();

	/**
	 * Returns what gives the trailer section once the content is complete.
	 * @return {@code null} for no trailers
	 */
	@Nullable Supplier<Headers> trailers();

	/**
	 * Returns how long the content is held back for a 100 (Continue) (RFC 9110 section
	 * 10.1.1).
	 * @return nanoseconds, 0 if it is not held back
	 */
	long continueTimeoutNanos();

	/**
	 * Returns who hears how the stream goes on. Asked once.
	 * @return {@code null} for nobody
	 */
	@Nullable StreamListener listener();

	/**
	 * Returns how long the request may wait for a usable connection: also if it is handed
	 * to one whose SETTINGS are not there yet.
	 * @return {@code null} if that is the connection's own affair
	 */
	default @Nullable Duration connectTimeout() {
		return null;
	}

	/**
	 * Returns when it has asked for the connection.
	 * @return a time of {@link System#nanoTime()}, if there is a connect timeout
	 */
	default long askedNanos() {
		return 0;
	}

	/** A plan of given parts. */
	record PlainPlan(RequestHead head, RequestBody body, CallTimes times, @Nullable Supplier<Headers> trailers,
			long continueTimeoutNanos, @Nullable StreamListener listener) implements StreamPlan {
	}

}
