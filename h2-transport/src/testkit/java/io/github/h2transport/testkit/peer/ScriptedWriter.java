package io.github.h2transport.testkit.peer;

import java.io.IOException;
import java.io.OutputStream;
import java.util.Map;
import java.util.WeakHashMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

import io.github.h2transport.RequestBody;
import org.jspecify.annotations.Nullable;

/**
 * Content that a script writes piece by piece, on the thread that the transport writes
 * bodies on. Each step returns when it is done or when that thread waits for something.
 */
public final class ScriptedWriter {

	private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(20);

	private static final Map<RequestBody, ScriptedWriter> WRITERS = new WeakHashMap<>();

	private final BlockingQueue<Step> steps = new LinkedBlockingQueue<>();

	private final CountDownLatch begun = new CountDownLatch(1);

	private volatile @Nullable Thread thread;

	RequestBody body(long length) {
		RequestBody body = RequestBody.ofWriter(this::run, length, false);
		synchronized (WRITERS) {
			WRITERS.put(body, this);
		}
		return body;
	}

	static @Nullable ScriptedWriter of(RequestBody body) {
		synchronized (WRITERS) {
			return WRITERS.get(body);
		}
	}

	private void run(OutputStream out) throws IOException {
		this.thread = Thread.currentThread();
		this.begun.countDown();
		while (true) {
			Step step;
			try {
				step = this.steps.take();
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
				throw new IOException("The script's writer was interrupted", ex);
			}
			try {
				if (step.work == null) {
					step.outcome.complete(null);
					return;
				}
				step.work.run(out);
				step.outcome.complete(null);
			}
			catch (IOException | RuntimeException ex) {
				step.outcome.complete(ex);
				throw ex;
			}
		}
	}

	void awaitBegin() {
		try {
			if (!this.begun.await(PATIENCE_NANOS, TimeUnit.NANOSECONDS)) {
				throw new AssertionError("Nobody asks for the content");
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new AssertionError(ex);
		}
	}

	/**
	 * Writes octets.
	 * @param octets the next of the content
	 * @throws IOException what the transport's stream throws
	 */
	public void write(byte[] octets) throws IOException {
		step((out) -> out.write(octets));
	}

	public void flush() throws IOException {
		step(OutputStream::flush);
	}

	/** The content is whole. */
	public void end() {
		try {
			step(null);
		}
		catch (IOException ex) {
			throw new AssertionError(ex);
		}
	}

	/**
	 * The source of the content fails.
	 * @param failure what it throws
	 */
	public void fail(IOException failure) {
		Step step = new Step((out) -> {
			throw failure;
		});
		this.steps.add(step);
	}

	/** The script is over, so nobody waits for the thread that writes. */
	void stop() {
		fail(new IOException("The script is over"));
	}

	private void step(@Nullable Work work) throws IOException {
		Step step = new Step(work);
		this.steps.add(step);
		long deadline = System.nanoTime() + PATIENCE_NANOS;
		while (!step.outcome.isDone()) {
			Thread writing = this.thread;
			if (this.steps.isEmpty() && writing != null && isWaiting(writing)) {
				// It waits for credit, which is the script's to give.
				if (!step.outcome.isDone()) {
					return;
				}
			}
			if (System.nanoTime() - deadline > 0) {
				throw new AssertionError("The content is not taken");
			}
			LockSupport.parkNanos(100_000);
		}
		Exception failure = step.outcome.join();
		if (failure instanceof IOException thrown) {
			throw thrown;
		}
		if (failure != null) {
			throw (RuntimeException) failure;
		}
	}

	private static boolean isWaiting(Thread thread) {
		Thread.State state = thread.getState();
		return state == Thread.State.WAITING || state == Thread.State.TIMED_WAITING;
	}

	private interface Work {

		void run(OutputStream out) throws IOException;

	}

	private static final class Step {

		private final @Nullable Work work;

		private final CompletableFuture<@Nullable Exception> outcome = new CompletableFuture<>();

		Step(@Nullable Work work) {
			this.work = work;
		}

	}

}
