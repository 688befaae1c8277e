package io.github.h2transport.conn;

import java.io.Closeable;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import org.jspecify.annotations.Nullable;

/**
 * Frees a thread that writes a request's content when the call has ended and the source
 * of the content does not return: the source is closed, and if that does not help, the
 * thread is interrupted. What ignores both cannot be left.
 */
final class SourceGuard implements Runnable, AutoCloseable {

	private static final System.Logger logger = System.getLogger(SourceGuard.class.getName());

	/** A source that delivers at times comes back by itself; nothing is closed then. */
	private static final long CLOSE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

	/** So long the closing has to take effect. */
	private static final long INTERRUPT_NANOS = TimeUnit.MILLISECONDS.toNanos(400);

	private static final int WRITING = 0;

	/** The call has ended; the writer should come back. */
	private static final int WANTED_BACK = 1;

	private static final int INTERRUPTING = 2;

	private static final int INTERRUPTED = 3;

	private static final int BACK = 4;

	private final Upload upload;

	private final Watchdog watchdog;

	private final Thread writer = Thread.currentThread();

	/**
	 * Decided by compare-and-set: the writer comes back, or the watchdog interrupts it.
	 */
	private final AtomicInteger state = new AtomicInteger(WRITING);

	/** Set by the writer, and emptied when it is back. */
	private volatile @Nullable Closeable source;

	/**
	 * Begins to guard the calling thread.
	 * @param upload what it writes to
	 * @param watchdog frees it
	 */
	SourceGuard(Upload upload, Watchdog watchdog) {
		this.upload = upload;
		this.watchdog = watchdog;
		upload.onReady(this);
		run();
	}

	/** The writer is about to read from it. */
	void reading(Closeable newSource) {
		this.source = newSource;
	}

	/** Looks whether the upload is over. Any thread; quick. */
	@Override
	public void run() {
		if (this.upload.isCalledOff() && this.state.compareAndSet(WRITING, WANTED_BACK)) {
			this.watchdog.in(CLOSE_NANOS, this::closeSource);
			this.watchdog.in(INTERRUPT_NANOS, this::interrupt);
		}
	}

	private void closeSource() {
		Closeable stuck = this.source;
		if (stuck == null || this.state.get() != WANTED_BACK) {
			return;
		}
		try {
			this.watchdog.closing().execute(() -> {
				try {
					stuck.close();
				}
				catch (IOException | RuntimeException ex) {
					logger.log(Level.DEBUG, "The source of a request body that is no longer wanted cannot be closed",
							ex);
				}
			});
		}
		catch (RejectedExecutionException ex) {
			// The transport is closed.
		}
	}

	private void interrupt() {
		// An interrupt of somebody else stays what it is.
		if (!this.writer.isInterrupted() && this.state.compareAndSet(WANTED_BACK, INTERRUPTING)) {
			this.writer.interrupt();
			this.state.set(INTERRUPTED);
		}
	}

	/** The writer is back. When this returns, no interrupt of ours is on its way. */
	@Override
	public void close() {
		// The upload may be kept for long by a socket that takes nothing.
		this.source = null;
		for (int now = this.state.get(); now != INTERRUPTED; now = this.state.get()) {
			if (now == INTERRUPTING) {
				Thread.onSpinWait();
			}
			else if (this.state.compareAndSet(now, BACK)) {
				return;
			}
		}
		Thread.interrupted();
	}

}
