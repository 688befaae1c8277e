package io.github.h2transport.conn;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.locks.LockSupport;

import io.github.h2transport.protocol.SourcePause;
import org.jspecify.annotations.Nullable;

/**
 * A loop that moves when a test turns it, with a clock that moves when a test moves it.
 * The thread that turns it is "the loop" during the turn and a caller at all other times,
 * so one thread can play both, line by line. The order of a turn is that of
 * {@link EventLoop}: events, mailbox, flush, unparks, what comes after the flush.
 */
final class ManualLoop implements Loop {

	private static final int READ_BUFFER_SIZE = 64 * 1024;

	private static final int ENDLESS = 10_000;

	private final Queue<Runnable> moments = new ConcurrentLinkedQueue<>();

	private final Queue<Runnable> mailbox = new ConcurrentLinkedQueue<>();

	private volatile @Nullable Thread turning;

	private volatile boolean ended;

	private volatile long nowNanos = 1_000_000_000_000L;

	/** For all loops that a thread turns: a test may make very many of them. */
	private static final ThreadLocal<ByteBuffer> READ_BUFFER = ThreadLocal
		.withInitial(() -> ByteBuffer.allocateDirect(READ_BUFFER_SIZE));

	private static final ThreadLocal<ByteBuffer> CIPHER_BUFFER = ThreadLocal
		.withInitial(() -> ByteBuffer.allocateDirect(READ_BUFFER_SIZE));

	// Owned by the turning thread.

	private final Set<Member> members = new LinkedHashSet<>();

	private final Deque<ConnectionWriter> touched = new ArrayDeque<>();

	private final List<Thread> toUnpark = new ArrayList<>();

	private final Deque<Runnable> afterFlush = new ArrayDeque<>();

	private final List<Thread> unparked = new ArrayList<>();

	// ---- the test's side ----

	/** One turn without any event. */
	void turn() {
		turn(() -> {
		});
	}

	/** One turn that begins with an event. */
	synchronized void turn(Runnable event) {
		this.turning = Thread.currentThread();
		try {
			event.run();
			for (int left = this.mailbox.size(); left > 0; left--) {
				Runnable task = this.mailbox.poll();
				if (task != null) {
					task.run();
				}
			}
			flush();
		}
		finally {
			this.turning = null;
		}
	}

	/** One turn in which a socket has something for its owner. */
	void ready(EventLoop.Selectable owner, int readyOps) {
		turn(() -> {
			try {
				owner.ready(readyOps);
			}
			catch (Throwable ex) {
				owner.failed(ex);
			}
		});
	}

	/** Turns until the mailbox is empty. */
	void turnUntilQuiet() {
		turn();
		for (int i = 0; !this.mailbox.isEmpty(); i++) {
			if (i > ENDLESS) {
				throw new AssertionError("The loop does not come to rest");
			}
			turn();
		}
	}

	/**
	 * Lets the time pass that somebody waits for who watches a pause.
	 * @return whether anybody does
	 */
	boolean passMoment() {
		if (this.moments.isEmpty()) {
			return false;
		}
		List<Runnable> due = List.copyOf(this.moments);
		this.moments.clear();
		this.nowNanos += SourcePause.LOOK_NANOS;
		turn(() -> due.forEach(Runnable::run));
		return true;
	}

	/** Moves the clock in one step, and lets every member see it. */
	void advance(Duration by) {
		this.nowNanos += by.toNanos();
		turn(() -> {
			for (Member member : List.copyOf(this.members)) {
				member.tick(this.nowNanos);
			}
		});
	}

	/** Moves the clock and lets nobody see it yet. */
	void passTime(Duration by) {
		this.nowNanos += by.toNanos();
	}

	/** Ends as a loop does that failed. */
	void end(Throwable cause) {
		this.ended = true;
		turn(() -> {
			for (Member member : List.copyOf(this.members)) {
				member.loopEnded(cause);
			}
		});
	}

	int mailboxSize() {
		return this.mailbox.size();
	}

	boolean hasMember(Member member) {
		return this.members.contains(member);
	}

	/** Everybody who was unparked, in order. */
	List<Thread> unparked() {
		return this.unparked;
	}

	private void flush() {
		do {
			for (ConnectionWriter writer = this.touched.poll(); writer != null; writer = this.touched.poll()) {
				writer.drain();
			}
			for (Thread waiting : this.toUnpark) {
				this.unparked.add(waiting);
				LockSupport.unpark(waiting);
			}
			this.toUnpark.clear();
			Runnable action = this.afterFlush.poll();
			if (action != null) {
				action.run();
			}
		}
		while (!this.touched.isEmpty() || !this.toUnpark.isEmpty() || !this.afterFlush.isEmpty());
	}

	private void onlyOnLoop() {
		if (!inLoop()) {
			throw new AssertionError("Only for the loop");
		}
	}

	// ---- the connection's side ----

	@Override
	public boolean inLoop() {
		return Thread.currentThread() == this.turning;
	}

	@Override
	public void execute(Runnable task) {
		if (this.ended) {
			throw new RejectedExecutionException("The loop has ended");
		}
		this.mailbox.add(task);
	}

	@Override
	public void flushLater(ConnectionWriter writer) {
		onlyOnLoop();
		this.touched.add(writer);
	}

	@Override
	public void unparkLater(Thread thread) {
		onlyOnLoop();
		this.toUnpark.add(thread);
	}

	@Override
	public void afterFlush(Runnable action) {
		onlyOnLoop();
		this.afterFlush.add(action);
	}

	@Override
	public void inAMoment(Runnable action) {
		if (this.ended) {
			throw new RejectedExecutionException("The loop has ended");
		}
		this.moments.add(action);
	}

	@Override
	public long nanoTime() {
		return this.nowNanos;
	}

	@Override
	public ByteBuffer readBuffer() {
		onlyOnLoop();
		return READ_BUFFER.get().clear();
	}

	@Override
	public ByteBuffer cipherBuffer() {
		onlyOnLoop();
		return CIPHER_BUFFER.get().clear();
	}

	@Override
	public void join(Member member) {
		onlyOnLoop();
		this.members.add(member);
	}

	@Override
	public void leave(Member member) {
		onlyOnLoop();
		this.members.remove(member);
	}

}
