package io.github.h2transport.conn;

import java.io.InputStream;

import io.github.h2transport.Headers;
import io.github.h2transport.Http2Response;
import org.jspecify.annotations.Nullable;

/**
 * The caller's view of a stream whose response head is there.
 */
final class StreamResponse implements Http2Response {

	private final ClientStream stream;

	private final ResponseHead head;

	StreamResponse(ClientStream stream, ResponseHead head) {
		this.stream = stream;
		this.head = head;
	}

	@Override
	public int status() {
		return this.head.status();
	}

	@Override
	public Headers headers() {
		return this.head.headers();
	}

	@Override
	public InputStream body() {
		return this.stream.body();
	}

	@Override
	public @Nullable Headers trailers() {
		return this.stream.body().isReadToEnd() ? this.stream.trailers() : null;
	}

	@Override
	public String connectionId() {
		return this.stream.connection().id();
	}

	@Override
	public int streamId() {
		return this.stream.id();
	}

	@Override
	public void close() {
		this.stream.closeResponse();
	}

	@Override
	public String toString() {
		return status() + " on stream " + streamId() + " of " + connectionId();
	}

}
