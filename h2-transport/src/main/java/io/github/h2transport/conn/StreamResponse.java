package io.github.h2transport.conn;

import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.concurrent.Flow;

import io.github.h2transport.Headers;
import io.github.h2transport.Http2Response;
import org.jspecify.annotations.Nullable;

/**
 * The caller's view of a stream whose response head is there.
 */
final class StreamResponse implements Http2Response {

	private final ClientStream stream;

	private final ResponseHead head;

	private final ResponseInput body;

	private final LostResponses.@Nullable Watch watch;

	StreamResponse(ClientStream stream, ResponseHead head) {
		this.stream = stream;
		this.head = head;
		this.body = new ResponseInput(this, stream.body());
		this.watch = stream.connection().lostResponses().watch(this, stream);
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
		return this.body;
	}

	@Override
	public Flow.Publisher<ByteBuffer> publisher() {
		return new ResponsePublisher(this, this.stream);
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
		done();
		this.stream.closeResponse();
	}

	/** Closed, or read to its end. */
	void done() {
		this.stream.connection().lostResponses().forget(this.watch);
	}

	@Override
	public String toString() {
		return status() + " on stream " + streamId() + " of " + connectionId();
	}

}
