package io.github.h2transport.conn;

import java.security.AccessController;
import java.security.PrivilegedAction;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Makes the transport's threads: daemons that inherit nothing of whoever happens to need
 * the first one. Many calls of many users run on them, so neither the values of
 * {@link InheritableThreadLocal}s, such as a security context, nor the context class
 * loader, nor the access context with its subject may be those of one call.
 */
public final class DaemonThreads implements ThreadFactory {

	private final String prefix;

	/** Only numbers the names. */
	private final AtomicInteger count = new AtomicInteger();

	/**
	 * Creates a factory.
	 * @param prefix how the names of its threads begin; a number follows
	 */
	public DaemonThreads(String prefix) {
		this.prefix = prefix;
	}

	@Override
	public Thread newThread(Runnable task) {
		return make(task, this.prefix + this.count.incrementAndGet(), PlainThread::new);
	}

	/**
	 * Makes one thread.
	 * @param task what it runs
	 * @param name its name
	 * @return a thread that is not started
	 */
	public static Thread of(Runnable task, String name) {
		return make(task, name, PlainThread::new);
	}

	/**
	 * Makes one thread of a class of its own.
	 * @param task what it runs
	 * @param name its name
	 * @param maker calls the constructor of {@link Thread} with these arguments, a stack
	 * size of 0, and {@code false} for inheritable thread-locals
	 * @return a thread that is not started
	 */
	// Without effect from JDK 24 on, where nothing inherits; a caller may run at any
	// priority.
	@SuppressWarnings({ "removal", "ThreadPriorityCheck" })
	public static Thread make(Runnable task, String name, Maker maker) {
		return AccessController.doPrivileged((PrivilegedAction<Thread>) () -> {
			Thread thread = maker.make(topGroup(), task, name);
			thread.setDaemon(true);
			thread.setPriority(Thread.NORM_PRIORITY);
			thread.setContextClassLoader(DaemonThreads.class.getClassLoader());
			return thread;
		});
	}

	/** A group below may be one of an application that ends before we do. */
	private static ThreadGroup topGroup() {
		ThreadGroup group = Thread.currentThread().getThreadGroup();
		while (group.getParent() != null) {
			group = group.getParent();
		}
		return group;
	}

	/** Calls a constructor. */
	@FunctionalInterface
	public interface Maker {

		Thread make(ThreadGroup group, Runnable task, String name);

	}

	/** Inherits no thread-locals. */
	private static final class PlainThread extends Thread {

		private PlainThread(ThreadGroup group, Runnable task, String name) {
			super(group, task, name, 0, false);
		}

	}

}
