package io.github.h2transport.conn;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
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
 * way. Flushing is not needed: what was written leaves in full frames, or as soon as the
 * writer pauses. Once the server wants no more, it throws {@link Stopped}, which the
 * transport turns into the response.
 */
public final class UploadStream extends OutputStream {

	private final ClientStream stream;

	private final Upload upload;

	private final long declared;

	private final PauseWatch watch;

	private long written;

	private boolean ended;

	UploadStream(ClientStream stream, Upload upload) {
		this.stream = stream;
		this.upload = upload;
		this.watch = new PauseWatch(stream, upload);
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
	 * @param kept keeps a copy, {@code null} for none
	 * @throws IOException from the body, or {@link Stopped}
	 */
	public void writeAll(RequestBody body, @Nullable KeptContent kept) throws IOException {
		try (SourceGuard guard = new SourceGuard(this.upload, this.stream.connection().watchdog())) {
			if (kept != null) {
				kept.write(body, this, this.stream, guard);
			}
			else {
				body.writeTo(this, guard::reading);
			}
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
		if (this.upload.isCalledOff()) {
			throw new Stopped();
		}
		this.written += length;
		if (this.declared >= 0 && this.written > this.declared) {
			throw wrongLength("more than");
		}
		ByteBuffer source = ByteBuffer.wrap(octets, offset, length);
		while (source.hasRemaining()) {
			this.upload.write(source, Math.min(source.remaining(), room()));
			this.watch.wrote();
			if (this.upload.isWorthTelling()) {
				tell();
			}
		}
	}

	/**
	 * Sends nothing by itself: what was written leaves as soon as it fills a frame, or
	 * when nothing more is written for some milliseconds.
	 */
	@Override
	public void flush() throws IOException {
		if (!this.ended) {
			awaitRoom();
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
		awaitRoom();
		this.upload.complete();
		this.ended = true;
		tell();
	}

	private int room() throws IOException {
		int room = this.upload.room();
		if (room > 0) {
			return room;
		}
		if (this.upload.written() > 0) {
			awaitRoom();
		}
		byte[] chunk = this.upload.reuse();
		chunk = (chunk != null) ? chunk : new byte[chunkSize()];
		this.upload.begin(chunk);
		return chunk.length;
	}

	private int chunkSize() {
		return (this.declared >= 0) ? (int) Math.min(this.declared, Upload.CHUNK) : Upload.CHUNK;
	}

	private void awaitRoom() throws IOException {
		if (!this.upload.isReady()) {
			// Room comes by what is sent, and of the latest octets nobody may know yet.
			tell();
		}
		if (!this.stream.awaitUpload(this.upload)) {
			throw new Stopped();
		}
	}

	private void tell() {
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
