package io.github.h2transport.transport;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadFactory;

import io.github.h2transport.FailureContext;
import io.github.h2transport.Initiator;
import io.github.h2transport.Phase;
import io.github.h2transport.PoolException;
import io.github.h2transport.RequestBody;
import io.github.h2transport.conn.DaemonThreads;
import io.github.h2transport.conn.Guests;
import org.jspecify.annotations.Nullable;

/**
 * The threads that write the content of asynchronous calls, where writing it may block:
 * virtual ones where the JDK has them, and never more than a number. Thread-safe.
 */
final class BodyThreads implements AutoCloseable {

	private static final String NAME = "h2-body";

	private final int most;

	private final Semaphore free;

	private final ExecutorService executor;

	BodyThreads(int most) {
		this.most = most;
		this.free = new Semaphore(most);
		ExecutorService virtual = virtual();
		this.executor = (virtual != null) ? virtual
				: Executors.newCachedThreadPool((task) -> DaemonThreads.of(task, NAME));
	}

	/** JDK 21 and newer; the bytecode is for 17, so by reflection. */
	private static @Nullable ExecutorService virtual() {
		try {
			Class<?> type = Class.forName("java.lang.Thread$Builder");
			Object builder = Thread.class.getMethod("ofVirtual").invoke(null);
			type.getMethod("name", String.class).invoke(builder, NAME);
			type.getMethod("inheritInheritableThreadLocals", boolean.class).invoke(builder, false);
			ThreadFactory threads = (ThreadFactory) type.getMethod("factory").invoke(builder);
			ThreadFactory ours = (task) -> {
				Thread thread = threads.newThread(task);
				thread.setContextClassLoader(BodyThreads.class.getClassLoader());
				return thread;
			};
			return (ExecutorService) Executors.class.getMethod("newThreadPerTaskExecutor", ThreadFactory.class)
				.invoke(null, ours);
		}
		catch (ReflectiveOperationException ex) {
			return null;
		}
	}

	/**
	 * Takes the place of one thread, to be given back when the content is written.
	 * @throws PoolException if all are taken; nothing of the call was sent
	 */
	void reserve() throws PoolException {
		if (!this.free.tryAcquire()) {
			throw PoolException.of(PoolException.Reason.BODY_THREADS_BUSY,
					"All " + this.most + " threads that write the content of asynchronous calls are busy; the limit is "
							+ "maxBodyThreads (h2.transport.max-body-threads)",
					null, FailureContext.of(Initiator.LIBRARY, Phase.POOL));
		}
	}

	void giveBack() {
		this.free.release();
	}

	/**
	 * For who has a place.
	 * @throws PoolException if the transport is closed
	 */
	void execute(Runnable task) throws PoolException {
		try {
			this.executor.execute(task);
		}
		catch (RejectedExecutionException ex) {
			throw PoolException.of(PoolException.Reason.CLOSED, "The transport is closed", ex,
					FailureContext.of(Initiator.CALLER, Phase.POOL).withSafeToRetry(false));
		}
	}

	/**
	 * Runs what takes a moment and must not hold up an event loop, without a place: by
	 * another thread, unless the transport is closed.
	 */
	void elsewhere(Runnable task) {
		try {
			this.executor.execute(task);
		}
		catch (RejectedExecutionException ex) {
			task.run();
		}
	}

	/**
	 * Closes the content of a call that has ended. What that throws hurts nobody.
	 * @param body the content
	 * @param here whether this thread may be held up
	 */
	void close(RequestBody body, boolean here) {
		if (body instanceof RequestBody.Bytes || body instanceof RequestBody.Published) {
			// There is nothing to be closed.
			return;
		}
		Runnable closing = () -> {
			try {
				body.close();
			}
			catch (Throwable ex) {
				Guests.failed("The closing of a request's content", ex);
			}
		};
		if (here) {
			closing.run();
		}
		else {
			elsewhere(closing);
		}
	}

	@Override
	public void close() {
		this.executor.shutdownNow();
	}

}
