package io.github.h2transport.conn;

import java.lang.System.Logger.Level;

import io.github.h2transport.Http2Exception;
import org.jspecify.annotations.Nullable;

/**
 * Code that is not ours and runs on our threads, or on those of callers that have nothing
 * to do with it: pools, listeners, subscribers, suppliers. Whatever it throws is logged
 * and hurts nobody else.
 */
public final class Guests {

	private static final System.Logger logger = System.getLogger(Guests.class.getName());

	private Guests() {
	}

	/**
	 * Logs what a guest has thrown. Throws nothing itself, though that failure is foreign
	 * too, and so may be the log.
	 * @param what the guest, as the beginning of a sentence
	 * @param failure what it threw
	 */
	public static void failed(String what, Throwable failure) {
		log(Level.WARNING, what + " failed", failure);
	}

	/**
	 * Words for a failure of a guest: on one line, bounded, and there are always some.
	 * @param failure what it threw
	 * @return what {@link Throwable#toString()} says, or else its type
	 */
	public static String words(@Nullable Throwable failure) {
		try {
			return ForeignFailure.words(failure);
		}
		catch (Throwable ex) {
			return (failure != null) ? failure.getClass().getName() : "null";
		}
	}

	static void log(Level level, String message, Throwable failure) {
		try {
			logger.log(level, message, failure);
		}
		catch (Throwable ex) {
			// There is nobody left to tell.
		}
	}

	/** Fences the pool of a connection. */
	static ConnObserver fenced(ConnObserver pool) {
		return new FencedObserver(pool);
	}

	private record FencedObserver(ConnObserver pool) implements ConnObserver {

		private void failed(Throwable failure) {
			Guests.failed("A connection pool (" + this.pool.getClass().getName() + ")", failure);
		}

		@Override
		public void opened(ClientConn connection) {
			try {
				this.pool.opened(connection);
			}
			catch (Throwable ex) {
				failed(ex);
			}
		}

		@Override
		public void slotsFreed(ClientConn connection) {
			try {
				this.pool.slotsFreed(connection);
			}
			catch (Throwable ex) {
				failed(ex);
			}
		}

		@Override
		public void doubted(ClientConn connection) {
			try {
				this.pool.doubted(connection);
			}
			catch (Throwable ex) {
				failed(ex);
			}
		}

		@Override
		public void draining(ClientConn connection) {
			try {
				this.pool.draining(connection);
			}
			catch (Throwable ex) {
				failed(ex);
			}
		}

		@Override
		public void closed(ClientConn connection, Http2Exception cause) {
			try {
				this.pool.closed(connection, cause);
			}
			catch (Throwable ex) {
				failed(ex);
			}
		}

	}

}
