package io.github.h2transport.conn;

import java.lang.System.Logger.Level;
import java.time.Duration;

import io.github.h2transport.Http2Exception;
import io.github.h2transport.Http2TimeoutException;
import io.github.h2transport.Initiator;
import io.github.h2transport.frame.FrameLog;
import io.github.h2transport.frame.Settings;
import org.jspecify.annotations.Nullable;

/**
 * The life of a connection in the log, under the name {@value #NAME}: a line at level
 * DEBUG when it is ready and one when it is gone, with the last frames if it did not end
 * in peace. A failure that no caller is told of is a warning instead, one in a minute at
 * most. Called by the loop after its flush: a log handler is user code.
 */
final class ConnectionLog {

	/** Apart from the classes' own names, so that it can be turned on alone. */
	static final String NAME = "io.github.h2transport.connections";

	private static final System.Logger logger = System.getLogger(NAME);

	private final ClientConn connection;

	private final WarningBudget warnings;

	ConnectionLog(ClientConn connection, WarningBudget warnings) {
		this.connection = connection;
		this.warnings = warnings;
	}

	/** The peer's SETTINGS are there. */
	void opened(Settings own, Settings peer) {
		if (logger.isLoggable(Level.DEBUG)) {
			logger.log(Level.DEBUG, this.connection.id() + " opened to " + this.connection.key() + addresses()
					+ "; our SETTINGS: " + words(own) + "; the server's: " + words(peer));
		}
	}

	private static String words(Settings settings) {
		return (settings.size() > 0) ? FrameLog.settings(settings) : "none";
	}

	private String addresses() {
		Wire wire = this.connection.wire();
		if (wire == null) {
			return "";
		}
		ConnectionSnapshot.Tls tls = wire.tls();
		String security = (tls != null) ? tls.version() + " " + tls.cipher() + ", ALPN " + tls.alpn() : "cleartext";
		return " (" + Sockets.text(wire.localAddress()) + " to " + Sockets.text(wire.remoteAddress()) + ", " + security
				+ ")";
	}

	/**
	 * The connection is gone.
	 * @param cause why
	 * @param unseen what is wrong with its end although no caller is told, {@code null}
	 * for nothing
	 */
	void closed(Http2Exception cause, @Nullable String unseen) {
		String words = this.connection.id() + " closed after " + age() + " and " + this.connection.streamsOpened()
				+ " streams: " + cause.getMessage();
		int suppressed = (unseen != null) ? this.warnings.take(this.connection.nanoTime()) : WarningBudget.NONE_LEFT;
		if (suppressed != WarningBudget.NONE_LEFT) {
			logger.log(Level.WARNING,
					words + " (" + unseen + "; "
							+ ((suppressed > 0) ? suppressed + " more such ends since the last warning; " : "")
							+ "its last frames are logged at level DEBUG)");
		}
		if (logger.isLoggable(Level.DEBUG)) {
			logger.log(Level.DEBUG, words);
			if (unseen != null || !isPeaceful(cause)) {
				for (String frame : cause.lastFrames()) {
					logger.log(Level.DEBUG, this.connection.id() + " had " + frame);
				}
			}
		}
	}

	/** Whether we have closed it because it is no longer needed. */
	private static boolean isPeaceful(Http2Exception cause) {
		return cause.context().initiator() != Initiator.PEER && !(cause instanceof Http2TimeoutException);
	}

	private String age() {
		return Duration.ofMillis((this.connection.nanoTime() - this.connection.createdNanos()) / 1_000_000L).toString();
	}

}
