package io.github.h2transport.spring.boot.autoconfigure;

import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;

import org.jspecify.annotations.Nullable;
import reactor.core.scheduler.NonBlocking;

import org.springframework.util.ClassUtils;

/**
 * Makes the threads of the transport's event loops: daemons, and, where Reactor is
 * present, marked so that a blocking call on one of them fails instead of stalling every
 * connection of the loop.
 */
final class EventLoopThreads implements ThreadFactory {

	private static final String NON_BLOCKING = "reactor.core.scheduler.NonBlocking";

	private final boolean reactorPresent;

	private final AtomicInteger count = new AtomicInteger(); // only numbers the names

	EventLoopThreads(@Nullable ClassLoader classLoader) {
		this.reactorPresent = ClassUtils.isPresent(NON_BLOCKING, classLoader);
	}

	@Override
	public Thread newThread(Runnable task) {
		String name = "h2-loop-" + this.count.incrementAndGet();
		Thread thread = this.reactorPresent ? new NonBlockingThread(task, name) : new Thread(task, name);
		thread.setDaemon(true);
		return thread;
	}

	/** In a class of its own, since it cannot be loaded without Reactor. */
	private static final class NonBlockingThread extends Thread implements NonBlocking {

		private NonBlockingThread(Runnable task, String name) {
			super(task, name);
		}

	}

}
