package io.github.h2transport.conn;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

import org.jspecify.annotations.Nullable;

/**
 * How a caller that does not block hears of its stream: whatever has arrived is told once
 * on the loop, after its flush. Made for the first who listens; a blocked caller has a
 * {@link StreamWaiter} instead.
 */
final class StreamNews implements Runnable {

	private static final VarHandle TOLD;

	static {
		try {
			TOLD = MethodHandles.lookup().findVarHandle(StreamNews.class, "told", boolean.class);
		}
		catch (ReflectiveOperationException ex) {
			throw new ExceptionInInitializerError(ex);
		}
	}

	private final ClientStream stream;

	/** Set by whoever listens; run by the loop. */
	private volatile @Nullable Runnable listener;

	/** Written before the listener: whether it is told once, of the response. */
	private boolean ofResponse;

	/** Set by whoever has news, taken back by the loop before it looks. */
	@SuppressWarnings("unused") // read through TOLD only
	private volatile boolean told;

	StreamNews(ClientStream stream) {
		this.stream = stream;
	}

	/**
	 * Sets who is told.
	 * @param newListener {@code null} for nobody
	 * @param onlyOfResponse whether once, when there is a response or a failure
	 */
	void listener(@Nullable Runnable newListener, boolean onlyOfResponse) {
		this.ofResponse = onlyOfResponse;
		this.listener = newListener;
	}

	/** Whether somebody listens. */
	boolean isHeard() {
		return this.listener != null;
	}

	/** There are news, or there may have been before somebody listened. Any thread. */
	void tell() {
		if (this.listener != null && TOLD.compareAndSet(this, false, true)) {
			// A listener hears of a response before its caller has it.
			if (!this.stream.connection().loop().lastOfAll(this)) {
				// The loop has ended, and whoever waits would wait for ever.
				run();
			}
		}
	}

	@Override
	public void run() {
		this.told = false;
		Runnable action = this.listener;
		if (action == null) {
			return;
		}
		if (this.ofResponse) {
			if (this.stream.head() == null && this.stream.failure() == null) {
				return;
			}
			this.listener = null;
		}
		action.run();
	}

}
