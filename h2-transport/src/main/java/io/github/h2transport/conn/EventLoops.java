package io.github.h2transport.conn;

import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The event loops of one transport. One that fails is replaced by the next. Thread-safe.
 */
final class EventLoops {

	private static final long JOIN_MILLIS = 2_000;

	private final ThreadFactory threads;

	/** Changed under the lock, read by anybody. */
	private final AtomicReferenceArray<EventLoop> loops;

	private final AtomicInteger turn = new AtomicInteger();

	private final ReentrantLock lock = new ReentrantLock();

	/** Guarded by the lock: no loop is made any more. */
	private boolean closed;

	EventLoops(int count, ThreadFactory threads) {
		this.threads = threads;
		this.loops = new AtomicReferenceArray<>(count);
		for (int i = 0; i < count; i++) {
			this.loops.set(i, new EventLoop(threads, this::replace));
		}
		for (int i = 0; i < count; i++) {
			this.loops.get(i).start();
		}
	}

	/** The loop whose turn it is to get a connection. */
	EventLoop next() {
		return live(Math.floorMod(this.turn.getAndIncrement(), this.loops.length()));
	}

	/** The loop for timers. */
	EventLoop first() {
		return live(0);
	}

	/** Tries again to replace a loop that has failed, if that was not possible then. */
	private EventLoop live(int index) {
		EventLoop loop = this.loops.get(index);
		if (loop.hasEnded()) {
			try {
				replace(loop);
			}
			catch (RuntimeException | Error ex) {
				Guests.failed("A replacement for an HTTP/2 event loop", ex);
			}
		}
		return this.loops.get(index);
	}

	/**
	 * As a rule by the thread of the failed loop, so that the new one inherits from it.
	 */
	private void replace(EventLoop failed) {
		this.lock.lock();
		try {
			for (int i = 0; i < this.loops.length() && !this.closed; i++) {
				if (this.loops.get(i) == failed) {
					EventLoop next = new EventLoop(this.threads, this::replace);
					next.start();
					this.loops.set(i, next);
				}
			}
		}
		finally {
			this.lock.unlock();
		}
	}

	/** Ends the loops once their connections are gone, and waits a moment for them. */
	void close() {
		this.lock.lock();
		try {
			this.closed = true;
		}
		finally {
			this.lock.unlock();
		}
		for (int i = 0; i < this.loops.length(); i++) {
			this.loops.get(i).end();
		}
		try {
			for (int i = 0; i < this.loops.length(); i++) {
				if (!this.loops.get(i).inLoop()) {
					this.loops.get(i).join(JOIN_MILLIS);
				}
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

}
