package io.github.h2transport.conn;

import java.lang.System.Logger.Level;
import java.lang.ref.PhantomReference;
import java.lang.ref.ReferenceQueue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import io.github.h2transport.Http2Response;
import io.github.h2transport.protocol.Excerpt;
import org.jspecify.annotations.Nullable;

/**
 * Finds the responses that callers have let go of without a close: once they are garbage,
 * nobody can read what waits, nor give its slot back. Connections ask at their ticks, so
 * that no thread is needed for it. One for each transport. Thread-safe.
 */
final class LostResponses {

	private static final System.Logger logger = System.getLogger(ConnectionLog.NAME);

	private final ReferenceQueue<Http2Response> lost = new ReferenceQueue<>();

	/** A reference that is garbage itself would never be queued. */
	private final Set<Watch> watches = ConcurrentHashMap.newKeySet();

	private final WarningBudget warnings = new WarningBudget();

	/**
	 * Watches a response.
	 * @param response what the caller gets; its stream must not refer to it
	 * @param stream its stream
	 * @return to be given back by {@link #forget}; {@code null} if there is nothing to be
	 * lost
	 */
	@Nullable Watch watch(Http2Response response, ClientStream stream) {
		if (stream.body().isEnded() && !stream.body().hasNews()) {
			return null;
		}
		Watch watch = new Watch(response, stream, this.lost);
		this.watches.add(watch);
		return watch;
	}

	/** The response was closed or read to its end. */
	void forget(@Nullable Watch watch) {
		if (watch != null && this.watches.remove(watch)) {
			watch.clear();
		}
	}

	/** Gives back what lost responses have held. Any loop, at any tick. */
	void check() {
		for (Watch watch = (Watch) this.lost.poll(); watch != null; watch = (Watch) this.lost.poll()) {
			if (this.watches.remove(watch)) {
				ClientStream stream = watch.stream;
				stream.connection().onLoop(() -> lost(stream));
			}
		}
	}

	private void lost(ClientStream stream) {
		if (stream.body().isClosed() || stream.body().isReadToEnd()) {
			return;
		}
		stream.closeResponse();
		Loop loop = stream.connection().loop();
		loop.afterFlush(() -> warn(stream, loop.nanoTime()));
	}

	private void warn(ClientStream stream, long now) {
		int suppressed = this.warnings.take(now);
		if (suppressed != WarningBudget.NONE_LEFT) {
			String path = stream.request().path();
			int query = path.indexOf('?');
			// A query may be a secret.
			path = (query != -1) ? path.substring(0, query) : path;
			logger.log(Level.WARNING, "A response was never closed: " + stream.request().method() + " "
					+ Excerpt.unquoted(path) + stream.where()
					+ ((suppressed > 0) ? "; " + suppressed + " more such responses since the last warning" : ""));
		}
	}

	/** Does not keep its response from being garbage. */
	static final class Watch extends PhantomReference<Http2Response> {

		private final ClientStream stream;

		private Watch(Http2Response response, ClientStream stream, ReferenceQueue<Http2Response> queue) {
			super(response, queue);
			this.stream = stream;
		}

	}

}
