package io.github.h2transport.spring.boot.autoconfigure;

import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;

import io.github.h2transport.conn.DaemonThreads;
import org.jspecify.annotations.Nullable;
import reactor.core.scheduler.NonBlocking;

import org.springframework.util.ClassUtils;

/**
 * Makes the threads of the transport's event loops: daemons that inherit nothing, and,
 * where Reactor is present, marked so that a blocking call on one of them fails instead
 * of stalling every connection of the loop.
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
		return this.reactorPresent ? NonBlockingThread.create(task, name) : DaemonThreads.of(task, name);
	}

	/**
	 * Cannot be loaded without Reactor. Made by a method that returns a plain thread:
	 * else the verifier would load this class together with the outer one.
	 */
	private static final class NonBlockingThread extends Thread implements NonBlocking {

		private NonBlockingThread(ThreadGroup group, Runnable task, String name) {
			super(group, task, name, 0, false);
		}

		static Thread create(Runnable task, String name) {
			return DaemonThreads.make(task, name, NonBlockingThread::new);
		}

	}

}
