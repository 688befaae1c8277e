package io.github.h2transport;

import java.io.IOException;
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * The root of everything that can go wrong with a call. The subclass says what kind of
 * failure it is; {@link #context()} says who began it, where, and whether the request may
 * be sent again.
 */
public abstract sealed class Http2Exception extends IOException permits InvalidRequestException, ConnectFailedException,
		ConnectionException, StreamException, Http2TimeoutException, PoolException, CallCancelledException {

	private static final long serialVersionUID = 1L;

	private final transient FailureContext context;

	private final transient List<Http2Exception> attempts;

	Http2Exception(String message, @Nullable Throwable cause, FailureContext context, List<Http2Exception> attempts) {
		super(message, cause);
		this.context = context;
		this.attempts = List.copyOf(attempts);
	}

	/**
	 * Returns who began the failure, where, and with which code.
	 * @return the context, never {@code null} before serialization
	 */
	public final FailureContext context() {
		return this.context;
	}

	/**
	 * Returns whether the server surely did not process the request, so that any method
	 * may be sent again (RFC 9113 section 8.7). It holds for all attempts of the call
	 * together.
	 * @return {@code false} as soon as the server may have seen the request, or may see
	 * it yet
	 */
	public final boolean isSafeToRetry() {
		return this.context.safeToRetry();
	}

	/**
	 * Returns the last frames that the connection had sent and received when it failed,
	 * which no message has room for.
	 * @return one line a frame, oldest first, for example
	 * {@code 12.345 ms ago << 0x00000003 4 RST_STREAM CANCEL}; empty if the call had no
	 * connection
	 */
	public final List<String> lastFrames() {
		return this.context.lastFrames();
	}

	/**
	 * Returns the failures of the earlier attempts of the same call, oldest first.
	 * @return an unmodifiable list, empty if this was the first attempt
	 */
	public final List<Http2Exception> attempts() {
		return this.attempts;
	}

	/**
	 * Returns the same failure for one caller: with that thread's stack trace, since many
	 * calls may fail of one cause, and with the attempts that the call had made before.
	 * @param earlier the failures of earlier attempts, oldest first
	 * @return a new exception of the same type, message and context
	 */
	public abstract Http2Exception forCaller(List<Http2Exception> earlier);

	/** What the server may have processed once is not safe to send again. */
	final FailureContext contextAfter(List<Http2Exception> earlier) {
		boolean safe = isSafeToRetry() && earlier.stream().allMatch(Http2Exception::isSafeToRetry);
		return this.context.withSafeToRetry(safe);
	}

	static String withAttempts(String message, List<Http2Exception> earlier) {
		return (earlier.isEmpty() || message.contains(" [attempt ")) ? message
				: message + " [attempt " + (earlier.size() + 1) + "]";
	}

}
