package io.github.h2transport.conn;

import java.util.concurrent.atomic.AtomicBoolean;

import io.github.h2transport.Headers;
import io.github.h2transport.Http2Exception;
import org.jspecify.annotations.Nullable;

/**
 * Tells the listener of a stream and the flight recorder how it goes on. Whatever a
 * listener does runs on the loop after its flush.
 */
final class StreamEvents {

	/** For nearly every stream: nobody listens. */
	private static final StreamEvents UNHEARD = new StreamEvents(null);

	/**
	 * Emptied at the end by whoever has told it, since it may hold the request, and the
	 * stream may be kept for long by a socket that takes nothing.
	 */
	private volatile @Nullable StreamListener listener;

	/** Whether the end was told; by whoever finds it first. */
	private final AtomicBoolean over = new AtomicBoolean();

	/** Written by the loop if streams are recorded, else 0. */
	private volatile long openedNanos;

	private StreamEvents(@Nullable StreamListener listener) {
		this.listener = listener;
	}

	static StreamEvents of(@Nullable StreamListener listener) {
		return (listener != null || FlightRecorder.wantsStreams()) ? new StreamEvents(listener) : UNHEARD;
	}

	void opened(ClientConn connection) {
		if (this != UNHEARD) {
			this.openedNanos = connection.nanoTime();
		}
		StreamListener told = this.listener;
		if (told != null) {
			connection.loop().later(told::wroteHeaders);
		}
	}

	void wroteRequest(ClientConn connection) {
		StreamListener told = this.listener;
		if (told != null) {
			connection.loop().later(told::wroteRequest);
		}
	}

	void interim(ClientConn connection, int status, Headers headers) {
		StreamListener told = this.listener;
		if (told != null) {
			connection.loop().later(() -> told.informational(status, headers));
		}
	}

	void firstByte(ClientConn connection, int status) {
		StreamListener told = this.listener;
		if (told != null) {
			connection.loop().later(() -> told.firstByte(status));
		}
	}

	void done(ClientStream stream, @Nullable Http2Exception cause) {
		if (this == UNHEARD || !this.over.compareAndSet(false, true)) {
			return;
		}
		ClientConn connection = stream.connection();
		if (FlightRecorder.wantsStreams()) {
			FlightRecorder.stream(stream, this.openedNanos, connection.nanoTime(), cause);
		}
		StreamListener told = this.listener;
		this.listener = null;
		if (told != null) {
			connection.loop().later(() -> told.done(cause));
		}
	}

}
