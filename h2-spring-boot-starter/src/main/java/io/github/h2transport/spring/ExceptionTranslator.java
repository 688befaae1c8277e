package io.github.h2transport.spring;

import java.io.IOException;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpTimeoutException;

import javax.net.ssl.SSLHandshakeException;

import io.github.h2transport.ConnectFailedException;
import io.github.h2transport.Http2Exception;
import io.github.h2transport.Http2TimeoutException;
import io.github.h2transport.InvalidRequestException;
import io.github.h2transport.Phase;
import io.github.h2transport.PoolException;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.http.client.FilteredHostException;

/**
 * Turns the transport's exceptions into the JDK types that Spring applications already
 * catch, because every other client of Spring throws those. The message stays, and the
 * original, with all that it knows, is the cause. What has no JDK type stays as it is.
 */
final class ExceptionTranslator {

	private ExceptionTranslator() {
	}

	/**
	 * Translates a failure.
	 * @param failure what the transport threw
	 * @return a JDK exception with the failure as its cause, or the failure itself
	 */
	static IOException translate(Http2Exception failure) {
		String message = String.valueOf(failure.getMessage());
		Phase phase = failure.context().phase();
		if (failure instanceof Http2TimeoutException) {
			return withCause(
					isConnecting(phase) ? new HttpConnectTimeoutException(message) : new HttpTimeoutException(message),
					failure);
		}
		if (failure instanceof PoolException none && none.reason() == PoolException.Reason.ACQUIRE_TIMEOUT) {
			return withCause(new HttpTimeoutException(message), failure);
		}
		if (failure instanceof ConnectFailedException) {
			return switch (phase) {
				case RESOLVE -> withCause(new UnknownHostException(message), failure);
				case CONNECT -> withCause(new ConnectException(message), failure);
				case TLS -> withCause(new SSLHandshakeException(message), failure);
				default -> failure;
			};
		}
		return failure;
	}

	/**
	 * Finds the refusal of a host by an address filter of Spring Boot, whose contract
	 * wants its own exception to be thrown.
	 * @param failure what the transport threw
	 * @return the exception with the failure behind it, {@code null} for another failure
	 */
	private static @Nullable FilteredHostException refusedHost(Http2Exception failure) {
		Throwable cause = failure;
		while (cause != null && !(cause instanceof FilteredHostException)) {
			cause = cause.getCause();
		}
		if (!(cause instanceof FilteredHostException refused)) {
			return null;
		}
		if (refused.getSuppressed().length == 0) { // all that waited for a dial share it
			refused.addSuppressed(failure);
		}
		return refused;
	}

	/** The phases that the connect timeout covers. */
	private static boolean isConnecting(Phase phase) {
		return switch (phase) {
			case RESOLVE, CONNECT, TLS, PREFACE -> true;
			default -> false;
		};
	}

	/**
	 * Returns what a request that cannot be sent fails with, as with Spring's other
	 * clients: what the caller has got wrong will be wrong the next time too, while an
	 * {@link IOException} makes people and frameworks try again.
	 * @param mistake what the transport threw, without having sent anything
	 * @return an exception with the same words and the mistake as its cause
	 */
	static IllegalArgumentException callersMistake(InvalidRequestException mistake) {
		return new IllegalArgumentException(mistake.getMessage(), mistake);
	}

	/** Does whichever of the three fits. */
	static Exception translateAny(Http2Exception failure) {
		FilteredHostException refused = refusedHost(failure);
		if (refused != null) {
			return refused;
		}
		return (failure instanceof InvalidRequestException mistake) ? callersMistake(mistake) : translate(failure);
	}

	private static <E extends IOException> E withCause(E exception, Throwable cause) {
		// These types have no constructor that takes a cause.
		exception.initCause(cause);
		return exception;
	}

}
