package io.github.h2transport.conn;

import java.util.function.Supplier;

import io.github.h2transport.Headers;
import io.github.h2transport.RequestBody;
import io.github.h2transport.protocol.RequestHead;
import org.jspecify.annotations.Nullable;

/**
 * Everything that a connection must know to carry a request.
 *
 * @param head the checked header section
 * @param body the content
 * @param times the deadlines
 * @param trailers gives the trailer section once the content is complete, {@code null}
 * for none
 * @param continueTimeoutNanos how long the content is held back for a 100 (Continue), 0
 * if it is not (RFC 9110 section 10.1.1)
 * @param listener hears how the stream goes on, {@code null} for nobody
 */
public record StreamPlan(RequestHead head, RequestBody body, CallTimes times, @Nullable Supplier<Headers> trailers,
		long continueTimeoutNanos, @Nullable StreamListener listener) {

	/** A plan without trailers, without waiting for 100, and without a listener. */
	public StreamPlan(RequestHead head, RequestBody body, CallTimes times) {
		this(head, body, times, null, 0, null);
	}

}
