package io.github.h2transport.spring;

import java.io.IOException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.TimeoutException;

import io.github.h2transport.CallOptions;
import io.github.h2transport.FailureContext;
import io.github.h2transport.Http2TimeoutException;
import io.github.h2transport.Initiator;
import io.github.h2transport.Phase;
import io.github.h2transport.TransportOptions;
import io.github.h2transport.protocol.Excerpt;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.http.client.HttpClientSettings;

/**
 * The time limits of one call over HTTP/1.1, and the words for those that pass.
 *
 * <p>
 * The client keeps the connect timeout and Spring Boot's read timeout by itself; what it
 * then throws keeps its type, since applications look for it, and says what HTTP/2 says.
 * The limits that somebody has set for this transport are kept here. Our defaults are
 * not: they are for HTTP/2, and the call has none without us.
 */
final class Http1Timeouts {

	/** What is left of a limit that is over, so that it can still be waited for. */
	private static final Duration LEAST = Duration.ofMillis(1);

	/** Deep enough for what the clients throw. */
	private static final int DEPTH = 4;

	private static final String OF_THE_CALL = "set for this call";

	private final String target;

	private final long startNanos;

	private final Duration connectTimeout;

	private final @Nullable Duration settingsTimeout;

	private final Duration responseTimeout;

	private final Duration readTimeout;

	private final Duration exchangeTimeout;

	private final boolean ownResponse;

	private final boolean ownRead;

	private final boolean ownExchange;

	/**
	 * Looks up the limits of a call.
	 * @param target scheme, host and port, for the words
	 * @param startNanos when the call began, by {@link System#nanoTime()}
	 * @param call the options of the call as its caller has set them
	 * @param defaults those of its origin
	 * @param client what the HTTP/1.1 client was made with
	 */
	Http1Timeouts(String target, long startNanos, CallOptions call, TransportOptions defaults,
			HttpClientSettings client) {
		this.target = target;
		this.startNanos = startNanos;
		this.connectTimeout = (client.connectTimeout() != null) ? client.connectTimeout() : Duration.ZERO;
		this.settingsTimeout = client.readTimeout();
		this.ownResponse = call.responseTimeout() != null;
		this.ownRead = call.readTimeout() != null;
		this.ownExchange = call.exchangeTimeout() != null;
		this.responseTimeout = besides(client,
				(call.responseTimeout() != null) ? call.responseTimeout() : defaults.responseTimeout());
		this.readTimeout = besides(client, (call.readTimeout() != null) ? call.readTimeout()
				: defaults.hasReadTimeout() ? defaults.readTimeout() : null);
		this.exchangeTimeout = (call.exchangeTimeout() != null) ? call.exchangeTimeout() : defaults.exchangeTimeout();
	}

	/**
	 * A limit that somebody has set and that the client does not keep by itself; zero for
	 * none. What is the limit by default is for HTTP/2 only.
	 */
	private static Duration besides(HttpClientSettings client, @Nullable Duration limit) {
		return (limit == null || limit.equals(client.readTimeout())) ? Duration.ZERO : limit;
	}

	/**
	 * Returns how long the response head may still take.
	 * @return above zero, {@code null} if nobody has set a limit
	 */
	@Nullable Duration untilHead() {
		Duration shorter = this.responseTimeout;
		if (!this.exchangeTimeout.isZero() && (shorter.isZero() || this.exchangeTimeout.compareTo(shorter) < 0)) {
			shorter = this.exchangeTimeout;
		}
		return rest(shorter);
	}

	/**
	 * Returns how long the whole exchange may still take.
	 * @return above zero, {@code null} if nobody has set a limit
	 */
	@Nullable Duration untilEnd() {
		return rest(this.exchangeTimeout);
	}

	/**
	 * Returns how long the content may be silent while somebody waits for it.
	 * @return {@code null} if nobody has set a limit
	 */
	@Nullable Duration untilMore() {
		return this.readTimeout.isZero() ? null : this.readTimeout;
	}

	private @Nullable Duration rest(Duration limit) {
		if (limit.isZero()) {
			return null;
		}
		Duration rest = limit.minus(elapsed());
		return (rest.compareTo(LEAST) > 0) ? rest : LEAST;
	}

	private Duration elapsed() {
		return Duration.ofNanos(System.nanoTime() - this.startNanos);
	}

	/**
	 * Makes the failure for a limit of ours that has passed.
	 * @param phase what was waited for
	 * @return a failure, not safe to retry
	 */
	Http2TimeoutException passed(Phase phase) {
		Duration whole = this.exchangeTimeout;
		boolean exchange = !whole.isZero()
				&& (phase == Phase.RESPONSE_BODY || elapsed().compareTo(whole) >= 0 || this.responseTimeout.isZero());
		String limit = exchange
				? "exchangeTimeout of " + whole.toMillis() + " ms ("
						+ (this.ownExchange ? OF_THE_CALL : "h2.transport.exchange-timeout") + ")"
				: "responseTimeout of " + this.responseTimeout.toMillis() + " ms ("
						+ (this.ownResponse ? OF_THE_CALL : "h2.transport.response-timeout") + ")";
		return timeout(phase, limit, null);
	}

	/**
	 * Makes the failure for content that was silent for too long.
	 * @return a failure, not safe to retry
	 */
	Http2TimeoutException silent() {
		return timeout(Phase.RESPONSE_BODY, "readTimeout of " + this.readTimeout.toMillis() + " ms ("
				+ (this.ownRead ? OF_THE_CALL : "h2.transport.read-timeout") + ")", null);
	}

	private Http2TimeoutException timeout(Phase phase, String limit, @Nullable Throwable cause) {
		return new Http2TimeoutException(
				"Timed out after " + elapsed().toMillis() + " ms " + phase.words() + " of " + this.target
						+ " over HTTP/1.1; the limit is " + limit,
				cause, FailureContext.of(Initiator.LIBRARY, phase).withSafeToRetry(phase == Phase.CONNECT));
	}

	/**
	 * Gives a timeout of the client our words.
	 * @param failure what the client threw
	 * @param phase what was waited for, if the connection was there
	 * @return a failure of the same type with an {@link Http2TimeoutException} as its
	 * cause and the failure behind that; the failure itself if it is no timeout
	 */
	Throwable reworded(Throwable failure, Phase phase) {
		Throwable timeout = failure;
		for (int i = 0; i < DEPTH && timeout != null && !isTimeout(timeout); i++) {
			timeout = timeout.getCause();
		}
		if (timeout == null || !isTimeout(timeout) || failure instanceof Http2TimeoutException) {
			return failure;
		}
		boolean connecting = isConnecting(timeout);
		Duration limit = connecting ? this.connectTimeout : this.settingsTimeout;
		Http2TimeoutException ours = timeout(connecting ? Phase.CONNECT : phase,
				(connecting ? "connectTimeout" : "readTimeout")
						+ ((limit != null && !limit.isZero()) ? " of " + limit.toMillis() + " ms" : "") + " ("
						+ (connecting ? "spring.http.clients.connect-timeout, else h2.transport.connect-timeout"
								: "the client's own, such as spring.http.clients.read-timeout")
						+ ")",
				failure);
		Throwable same = sameType(failure, String.valueOf(ours.getMessage()));
		if (same == null) {
			return failure;
		}
		try {
			return same.initCause(ours);
		}
		catch (IllegalStateException ex) {
			return failure; // its constructor has settled on a cause
		}
	}

	private static boolean isTimeout(Throwable failure) {
		return failure instanceof HttpTimeoutException || failure instanceof SocketTimeoutException
				|| failure instanceof TimeoutException
				|| failure.getClass().getSimpleName().endsWith("TimeoutException");
	}

	private static boolean isConnecting(Throwable timeout) {
		String message = String.valueOf(timeout.getMessage()).toLowerCase(Locale.ROOT);
		return timeout instanceof HttpConnectTimeoutException
				|| timeout.getClass().getSimpleName().startsWith("ConnectTimeout") || message.startsWith("connect");
	}

	/** Applications look for the types that their client throws. */
	private static @Nullable Throwable sameType(Throwable failure, String message) {
		Class<?> type = failure.getClass();
		if (type == HttpTimeoutException.class) {
			return new HttpTimeoutException(message);
		}
		if (type == HttpConnectTimeoutException.class) {
			return new HttpConnectTimeoutException(message);
		}
		if (type == SocketTimeoutException.class) {
			return new SocketTimeoutException(message);
		}
		if (type == TimeoutException.class) {
			return new TimeoutException(message);
		}
		if (type == IOException.class) {
			return new IOException(message);
		}
		try {
			return (Throwable) type.getConstructor(String.class).newInstance(message);
		}
		catch (ReflectiveOperationException | RuntimeException ex) {
			return null;
		}
	}

	/** Scheme, host and port as they stand in the URL, for messages. */
	static String target(URI uri) {
		String authority = String.valueOf(uri.getRawAuthority());
		// What stands before it is the user's secret.
		return Excerpt.message(uri.getScheme() + "://" + authority.substring(authority.lastIndexOf('@') + 1));
	}

}
