package io.github.h2transport.transport;

import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadFactory;

import io.github.h2transport.FailureContext;
import io.github.h2transport.Initiator;
import io.github.h2transport.Phase;
import io.github.h2transport.PoolException;
import io.github.h2transport.conn.DaemonThreads;
import org.jspecify.annotations.Nullable;

/**
 * The threads that write the content of asynchronous calls, where writing it may block:
 * virtual ones where the JDK has them, and never more than a number. Thread-safe.
 */
final class BodyThreads implements Executor, AutoCloseable {

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

	/** For who has a place. */
	@Override
	public void execute(Runnable task) {
		this.executor.execute(task);
	}

	@Override
	public void close() {
		this.executor.shutdownNow();
	}

}
