package io.github.h2transport.conn;

import java.util.concurrent.atomic.AtomicBoolean;

import io.github.h2transport.Headers;
import io.github.h2transport.Http2Exception;
import org.jspecify.annotations.Nullable;

/**
 * Tells the listener of a stream and the flight recorder how it goes on. Whatever a
 * listener does runs on the loop after its flush, where nobody's pen is held.
 */
final class StreamEvents {

	/** For nearly every stream: nobody listens. */
	private static final StreamEvents UNHEARD = new StreamEvents(null);

	private final @Nullable StreamListener listener;

	/** Whether the end was told; by whoever finds it first. */
	private final AtomicBoolean over = new AtomicBoolean();

	/** Written by the holder of the pen if streams are recorded, else 0. */
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
		if (this.listener != null) {
			connection.loop().later(this.listener::wroteHeaders);
		}
	}

	void wroteRequest(ClientConn connection) {
		if (this.listener != null) {
			connection.loop().later(this.listener::wroteRequest);
		}
	}

	void interim(ClientConn connection, int status, Headers headers) {
		if (this.listener != null) {
			connection.loop().later(() -> this.listener.informational(status, headers));
		}
	}

	void firstByte(ClientConn connection, int status) {
		if (this.listener != null) {
			connection.loop().later(() -> this.listener.firstByte(status));
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
		if (this.listener != null) {
			connection.loop().later(() -> this.listener.done(cause));
		}
	}

}
