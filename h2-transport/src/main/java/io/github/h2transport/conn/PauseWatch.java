package io.github.h2transport.conn;

import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;

import io.github.h2transport.protocol.SourcePause;

/**
 * Lets content leave that does not fill a frame, once its source has paused. It looks
 * only while there is something to look for.
 */
final class PauseWatch implements Runnable {

	private final ClientStream stream;

	private final Upload upload;

	/** Whether the loop looks; set by the writer, taken back by the loop. */
	private final AtomicBoolean looking = new AtomicBoolean();

	/** Owned by whoever has set that the loop looks, then by the loop. */
	private final SourcePause pause = new SourcePause();

	PauseWatch(ClientStream stream, Upload upload) {
		this.stream = stream;
		this.upload = upload;
	}

	/** Something was written. */
	void wrote() {
		if (!this.looking.get() && this.looking.compareAndSet(false, true)) {
			this.pause.begin(this.upload.written());
			lookAgain();
		}
	}

	private void lookAgain() {
		try {
			this.stream.connection().loop().inAMoment(this);
		}
		catch (RejectedExecutionException ex) {
			// The connection has ended with its loop.
		}
	}

	@Override
	public void run() {
		if (this.upload.isOver()) {
			return;
		}
		long written = this.upload.written();
		if (!this.pause.look(written)) {
			lookAgain();
			return;
		}
		this.upload.release();
		this.stream.connection().submit(new StreamOps.Content(this.stream));
		this.looking.set(false);
		if (this.upload.written() != written) {
			wrote();
		}
	}

}
