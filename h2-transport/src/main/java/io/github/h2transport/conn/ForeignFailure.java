package io.github.h2transport.conn;

import java.io.IOException;

import javax.net.ssl.SSLException;

import io.github.h2transport.protocol.Excerpt;
import org.jspecify.annotations.Nullable;

/**
 * Failures of the JDK, the operating system or the application's trust managers. Their
 * messages may quote the peer, such as the names in its certificate, and neither a
 * message of ours nor a stack trace in a log may show that as it is.
 */
final class ForeignFailure {

	/** A longer chain of causes is a mistake, or a circle. */
	private static final int MOST_CAUSES = 16;

	private ForeignFailure() {
	}

	/** What {@link Throwable#toString()} says, on one line and bounded. */
	static String words(@Nullable Throwable failure) {
		return Excerpt.message(String.valueOf(failure));
	}

	/** What {@link Throwable#getMessage()} says, on one line and bounded. */
	static String message(Throwable failure) {
		return Excerpt.message(failure.getMessage());
	}

	/**
	 * Returns a failure that may be the cause of one of ours.
	 * @param failure a failure of somebody else
	 * @return the same if all its messages may be shown, as nearly always; else one of
	 * the same kind with the same stack traces that says it in words that may
	 */
	static Throwable printable(Throwable failure) {
		return isPrintable(failure) ? failure : copy(failure, MOST_CAUSES);
	}

	private static boolean isPrintable(Throwable failure) {
		int left = MOST_CAUSES;
		for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
			String message = cause.getMessage();
			if (left-- == 0 || (message != null && !message.equals(Excerpt.message(message)))) {
				return false;
			}
		}
		return true;
	}

	private static Throwable copy(Throwable failure, int left) {
		String words = (failure instanceof SSLException) ? message(failure) : words(failure);
		IOException copy = (failure instanceof SSLException) ? new SSLException(words) : new IOException(words);
		copy.setStackTrace(failure.getStackTrace());
		Throwable cause = failure.getCause();
		if (cause != null && left > 1) {
			copy.initCause(copy(cause, left - 1));
		}
		return copy;
	}

}
