package io.github.h2transport;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

/**
 * Hears what happens to calls and connections, for metrics and traces. Every method does
 * nothing by default. Called by event loops and by calling threads, never while a lock is
 * held; must be thread-safe, must not block, and what it throws is logged and otherwise
 * ignored.
 */
public interface TransportListener {

	/**
	 * A call asks for a connection; once an attempt.
	 * @param request the request
	 */
	default void getConnection(Http2Request request) {
	}

	/**
	 * A call got a connection.
	 * @param request the request
	 * @param connectionId as {@code /actuator/h2pool} names it
	 * @param reused whether the connection had carried a stream before
	 * @param wasIdle whether no other stream was on it
	 * @param idleTime for how long it had been idle, zero if it was not
	 */
	default void gotConnection(Http2Request request, String connectionId, boolean reused, boolean wasIdle,
			Duration idleTime) {
	}

	/**
	 * The header section was handed to the socket.
	 * @param request the request
	 */
	default void wroteHeaders(Http2Request request) {
	}

	/**
	 * The request was handed to the socket to its end.
	 * @param request the request
	 */
	default void wroteRequest(Http2Request request) {
	}

	/**
	 * An interim response has arrived.
	 * @param request the request
	 * @param status 100, 102 to 199
	 * @param headers its fields
	 */
	default void informational(Http2Request request, int status, Headers headers) {
	}

	/**
	 * The head of the final response has arrived.
	 * @param request the request
	 * @param status its status
	 */
	default void firstByte(Http2Request request, int status) {
	}

	/**
	 * An attempt was turned away and the call goes on with another.
	 * @param request the request
	 * @param cause why
	 */
	default void retried(Http2Request request, Http2Exception cause) {
	}

	/**
	 * The exchange is over: the response was received to its end, or it was given up.
	 * Called once a call.
	 * @param request the request
	 * @param failure why it failed, {@code null} if it did not
	 */
	default void done(Http2Request request, @Nullable Throwable failure) {
	}

	/**
	 * A connection can be used.
	 * @param connectionId as {@code /actuator/h2pool} names it
	 * @param key where to
	 */
	default void connectionOpened(String connectionId, ConnectionKey key) {
	}

	/**
	 * A connection is gone, or never came to be.
	 * @param connectionId as {@code /actuator/h2pool} names it
	 * @param key where to
	 * @param reason why
	 */
	default void connectionClosed(String connectionId, ConnectionKey key, Http2Exception reason) {
	}

	/**
	 * A call has stopped waiting for a connection; once an attempt.
	 * @param key which it asked for
	 * @param waited since it asked
	 * @param failure why it got none, {@code null} if it got one
	 */
	default void acquired(ConnectionKey key, Duration waited, @Nullable Http2Exception failure) {
	}

	/**
	 * A dial is over: the connection can be used, or never came to be.
	 * @param connectionId as {@code /actuator/h2pool} names it
	 * @param key where to
	 * @param took since the dial began: name look-up, connect and TLS handshake together
	 * @param failure why it failed, {@code null} if it did not
	 */
	default void dialled(String connectionId, ConnectionKey key, Duration took, @Nullable Http2Exception failure) {
	}

	/**
	 * The server has said that it takes no more requests on a connection (RFC 9113
	 * section 6.8).
	 * @param connectionId as {@code /actuator/h2pool} names it
	 * @param key where to
	 * @param lastStreamId the highest stream that it may have processed
	 * @param code why
	 */
	default void goAwayReceived(String connectionId, ConnectionKey key, int lastStreamId, ErrorCode code) {
	}

	/**
	 * The server has reset a stream (RFC 9113 section 6.4).
	 * @param connectionId as {@code /actuator/h2pool} names it
	 * @param key where to
	 * @param code why
	 */
	default void resetReceived(String connectionId, ConnectionKey key, ErrorCode code) {
	}

	/**
	 * We have reset a stream (RFC 9113 section 6.4).
	 * @param connectionId as {@code /actuator/h2pool} names it
	 * @param key where to
	 * @param code why
	 */
	default void resetSent(String connectionId, ConnectionKey key, ErrorCode code) {
	}

}
