package io.github.h2transport.conn;

import java.io.IOException;
import java.io.OutputStream;
import java.util.Objects;

import io.github.h2transport.FailureContext;
import io.github.h2transport.Http2Exception;
import io.github.h2transport.Initiator;
import io.github.h2transport.InvalidRequestException;
import io.github.h2transport.Phase;
import io.github.h2transport.RequestBody;
import org.jspecify.annotations.Nullable;

/**
 * Where a request body is written to by the calling thread. A write copies, so the
 * caller's array is its own again when it returns; it waits while two chunks are on their
 * way. Once the server wants no more, it throws {@link Stopped}, which the transport
 * turns into the response.
 */
public final class UploadStream extends OutputStream {

	/** Two frames of the usual size: large enough to keep the socket busy. */
	private static final int CHUNK = 32 * 1024;

	private final ClientStream stream;

	private final Upload upload;

	private final long declared;

	private byte @Nullable [] chunk;

	private int filled;

	private long written;

	/** A full chunk was handed over since the last flush; a little of it may wait. */
	private boolean unflushed;

	private boolean ended;

	UploadStream(ClientStream stream, Upload upload) {
		this.stream = stream;
		this.upload = upload;
		this.declared = stream.request().contentLength();
	}

	/**
	 * Waits until content may be written, while it is held back for a 100 (Continue), or
	 * until the stream is open if it can be read only once.
	 * @return {@code false} if the server has answered without it or has turned the
	 * stream away, so that nobody has to read it
	 * @throws Http2Exception if the call's time is up
	 */
	public boolean awaitWanted() throws Http2Exception {
		return this.stream.awaitUpload(this.upload);
	}

	/**
	 * Writes all of a body and ends the content. Comes back when the call has ended,
	 * whatever the source of the body does, unless it heeds neither its closing nor an
	 * interrupt.
	 * @param body the body
	 * @throws IOException from the body, or {@link Stopped}
	 */
	public void writeAll(RequestBody body) throws IOException {
		try (SourceGuard guard = new SourceGuard(this.upload, this.stream.connection().watchdog())) {
			body.writeTo(this, guard::reading);
			close();
		}
	}

	@Override
	public void write(int octet) throws IOException {
		write(new byte[] { (byte) octet }, 0, 1);
	}

	@Override
	public void write(byte[] octets, int offset, int length) throws IOException {
		Objects.checkFromIndexSize(offset, length, octets.length);
		if (this.ended) {
			throw new IOException("The request body is complete");
		}
		this.written += length;
		if (this.declared >= 0 && this.written > this.declared) {
			throw wrongLength("more than");
		}
		int from = offset;
		int left = length;
		while (left > 0) {
			byte[] target = target();
			int some = Math.min(left, target.length - this.filled);
			System.arraycopy(octets, from, target, this.filled, some);
			this.filled += some;
			from += some;
			left -= some;
			if (this.filled == target.length) {
				handOver(Upload.Chunk.full(target));
				this.unflushed = true;
			}
		}
	}

	/** Sends what was written so far. */
	@Override
	public void flush() throws IOException {
		if (!this.ended && (this.filled > 0 || this.unflushed)) {
			handOver(new Upload.Chunk(octets(), 0, this.filled, false));
			this.unflushed = false;
		}
	}

	/** Ends the content. */
	@Override
	public void close() throws IOException {
		if (this.ended) {
			return;
		}
		if (this.declared >= 0 && this.written < this.declared) {
			throw wrongLength("fewer than");
		}
		handOver(new Upload.Chunk(octets(), 0, this.filled, true));
		this.ended = true;
	}

	private byte[] target() {
		byte[] octets = this.chunk;
		if (octets == null) {
			octets = this.upload.reuse();
			if (octets == null || octets.length == 0) {
				octets = new byte[CHUNK];
			}
			this.chunk = octets;
			this.filled = 0;
		}
		return octets;
	}

	private byte[] octets() {
		return (this.chunk != null) ? this.chunk : new byte[0];
	}

	private void handOver(Upload.Chunk content) throws IOException {
		if (!this.stream.awaitUpload(this.upload)) {
			throw new Stopped();
		}
		if (content.last) {
			this.upload.complete();
		}
		this.upload.offer(content);
		this.chunk = null;
		this.filled = 0;
		this.stream.connection().submit(new StreamOps.Content(this.stream));
	}

	private InvalidRequestException wrongLength(String relation) {
		this.ended = true;
		FailureContext context = this.stream.context(Initiator.CALLER, Phase.REQUEST_BODY);
		return new InvalidRequestException("The request body has " + relation + " the " + this.declared
				+ " octets that its content-length declares", null, context);
	}

	/** The server has answered or the stream has failed: nobody wants more content. */
	public static final class Stopped extends IOException {

		private static final long serialVersionUID = 1L;

		Stopped() {
			super("The request body is no longer wanted");
		}

	}

}
