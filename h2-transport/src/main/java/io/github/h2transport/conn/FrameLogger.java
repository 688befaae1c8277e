package io.github.h2transport.conn;

import java.lang.System.Logger.Level;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;

import io.github.h2transport.protocol.FrameLines;
import org.jspecify.annotations.Nullable;

/**
 * The frame log of one connection: a line at level TRACE for each frame, in wire order,
 * to the logger {@value #NAME}. Frames only collect lines; a log handler is user code and
 * may block, so the loop writes them after its flush.
 */
final class FrameLogger implements FrameLines {

	/** Apart from the classes' own names, so that it can be turned on alone. */
	static final String NAME = "io.github.h2transport.frames";

	/** How soon a level that is changed while connections are open has an effect. */
	private static final long CHECK_NANOS = 1_000_000_000L;

	private static final System.Logger logger = System.getLogger(NAME);

	private final String connectionId;

	private final Loop loop;

	/**
	 * Lines of both directions: what the peer answers to is collected before it is
	 * written, so before the answer is read.
	 */
	private final Queue<String> lines = new ConcurrentLinkedQueue<>();

	/** Whether the loop has been asked to write the lines. */
	private final AtomicBoolean queued = new AtomicBoolean();

	/** Written by the loop; the level itself is asked for by user code. */
	private volatile boolean on;

	/** Owned by the loop: when the level was looked at. */
	private long checkedAt;

	FrameLogger(String connectionId, Loop loop) {
		this.connectionId = connectionId;
		this.loop = loop;
	}

	/** Looks at the level. Loop. */
	void checkLevel(long now) {
		this.checkedAt = now;
		this.on = logger.isLoggable(Level.TRACE);
	}

	/** Looks at the level now and then. Loop. */
	void tick(long now) {
		if (now - this.checkedAt >= CHECK_NANOS) {
			checkLevel(now);
		}
	}

	@Override
	public boolean isOn() {
		return this.on;
	}

	@Override
	public void add(String line) {
		this.lines.add(this.connectionId + " " + line);
		if (!this.queued.compareAndSet(false, true)) {
			return;
		}
		if (this.loop.inLoop()) {
			this.loop.afterFlush(this::write);
			return;
		}
		try {
			this.loop.execute(() -> this.loop.afterFlush(this::write));
		}
		catch (RejectedExecutionException ex) {
			// The loop has ended, and with it the connection.
		}
	}

	private void write() {
		this.queued.set(false);
		for (@Nullable
		String line = this.lines.poll(); line != null; line = this.lines.poll()) {
			logger.log(Level.TRACE, line);
		}
	}

}
