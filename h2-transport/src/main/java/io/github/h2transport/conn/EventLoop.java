package io.github.h2transport.conn;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

import io.github.h2transport.protocol.SourcePause;

/**
 * One thread with one selector that reads, parses and completes for many connections.
 * Each turn: what the sockets have, the mailbox, the clock; then every touched connection
 * is flushed once; then the callers that have something are woken, so that the server
 * works while they do.
 */
final class EventLoop implements Loop, Runnable {

	/** Deadlines and PINGs are this exact at worst; never an endless select. */
	private static final long TICK_NANOS = 100_000_000L;

	private static final long IDLE_TICK_NANOS = 1_000_000_000L;

	/** So that tasks that add tasks do not starve the sockets. */
	private static final int TASKS_PER_TURN = 1024;

	/** So many calls that others begin share one write, and then the server may work. */
	private static final int ACTIONS_PER_FLUSH = 64;

	private static final int READ_BUFFER_SIZE = 64 * 1024;

	/** All loop threads of this class, to refuse calls that would block one of them. */
	private static final Set<Thread> LOOP_THREADS = ConcurrentHashMap.newKeySet();

	private final Selector selector;

	/** What the last select has found; empty while the loop sleeps. Loop only. */
	private final List<SelectionKey> selected = new ArrayList<>();

	/** Without it each select would put the keys into a set and allocate for it. */
	private final Consumer<SelectionKey> found = this.selected::add;

	private final Thread thread;

	private final Consumer<EventLoop> failed;

	private final Queue<Runnable> mailbox = new ConcurrentLinkedQueue<>();

	/** True from before the mailbox is looked at until the select returns. */
	private final AtomicBoolean asleep = new AtomicBoolean();

	private volatile boolean ending;

	private volatile boolean ended;

	// All below is owned by the loop's thread.

	private final ByteBuffer readBuffer = ByteBuffer.allocateDirect(READ_BUFFER_SIZE);

	private final ByteBuffer cipherBuffer = ByteBuffer.allocateDirect(READ_BUFFER_SIZE);

	private final Set<Member> members = new LinkedHashSet<>();

	private final Deque<ConnectionWriter> touched = new ArrayDeque<>();

	private final List<Thread> toUnpark = new ArrayList<>();

	private final Deque<Runnable> afterFlush = new ArrayDeque<>();

	/** The earliest first, since all are put off by the same time. */
	private final Deque<Moment> moments = new ArrayDeque<>();

	private long lastTick;

	/**
	 * Creates a loop that does not run yet.
	 * @param threads makes its thread
	 * @param failed told on that thread if it ends by a failure, before its connections
	 * are told
	 */
	EventLoop(ThreadFactory threads, Consumer<EventLoop> failed) {
		this.failed = failed;
		this.thread = threads.newThread(this);
		try {
			this.selector = Selector.open();
		}
		catch (IOException ex) {
			throw new UncheckedIOException("Cannot open a selector", ex);
		}
	}

	void start() {
		LOOP_THREADS.add(this.thread);
		try {
			this.thread.start();
		}
		catch (Throwable ex) {
			closeSelector();
			throw ex;
		}
	}

	/**
	 * Returns whether the current thread must not block, since a loop runs on it.
	 * @return whether it is a loop thread of any transport
	 */
	static boolean onLoopThread() {
		return LOOP_THREADS.contains(Thread.currentThread());
	}

	@Override
	public boolean inLoop() {
		return Thread.currentThread() == this.thread;
	}

	boolean hasEnded() {
		return this.ended;
	}

	/** Whether it waits for events. Any thread; for tests, and out of date at once. */
	boolean isAsleep() {
		return this.asleep.get();
	}

	@Override
	public void execute(Runnable task) {
		if (this.ended) {
			throw new RejectedExecutionException("The event loop has ended");
		}
		this.mailbox.add(task);
		if (this.asleep.get() && this.asleep.compareAndSet(true, false)) {
			this.selector.wakeup();
		}
		if (this.ended && this.mailbox.remove(task)) {
			throw new RejectedExecutionException("The event loop has ended");
		}
	}

	@Override
	public void flushLater(ConnectionWriter writer) {
		this.touched.add(writer);
	}

	@Override
	public void unparkLater(Thread waiting) {
		this.toUnpark.add(waiting);
	}

	@Override
	public void afterFlush(Runnable action) {
		this.afterFlush.add(action);
	}

	@Override
	public void inAMoment(Runnable action) {
		if (inLoop()) {
			this.moments.add(new Moment(nanoTime() + SourcePause.LOOK_NANOS, action));
		}
		else {
			execute(() -> inAMoment(action));
		}
	}

	@Override
	public long nanoTime() {
		return System.nanoTime();
	}

	@Override
	public ByteBuffer readBuffer() {
		return this.readBuffer.clear();
	}

	@Override
	public ByteBuffer cipherBuffer() {
		return this.cipherBuffer.clear();
	}

	@Override
	public void join(Member member) {
		this.members.add(member);
	}

	@Override
	public void leave(Member member) {
		this.members.remove(member);
	}

	SelectionKey register(SocketChannel channel, int ops, Selectable owner) throws IOException {
		return channel.register(this.selector, ops, owner);
	}

	/**
	 * Lets the loop end once its last member has left.
	 */
	void end() {
		this.ending = true;
		this.selector.wakeup();
	}

	void join(long millis) throws InterruptedException {
		this.thread.join(millis);
	}

	@Override
	public void run() {
		Throwable failure = null;
		try {
			this.lastTick = nanoTime();
			while (!this.ending || !this.members.isEmpty()) {
				turn();
			}
		}
		catch (Throwable ex) {
			failure = ex;
		}
		this.ended = true;
		if (failure != null) {
			Guests.log(Level.ERROR,
					"An HTTP/2 event loop failed: its connections are closed, and another loop takes " + "its place",
					failure);
			attempt(() -> this.failed.accept(this));
		}
		finish((failure != null) ? failure : new RejectedExecutionException("The event loop has ended"));
	}

	private void turn() throws IOException {
		await();
		for (int i = 0; i < this.selected.size(); i++) {
			ready(this.selected.get(i));
		}
		this.selected.clear();
		runMailbox();
		long now = nanoTime();
		runMoments(now);
		if (now - this.lastTick >= TICK_NANOS) {
			this.lastTick = now;
			for (Member member : List.copyOf(this.members)) {
				tick(member, now);
			}
		}
		flush();
	}

	private static void tick(Member member, long now) {
		try {
			member.tick(now);
		}
		catch (Throwable ex) {
			Guests.log(Level.ERROR, "A connection failed at its clock and is given up", ex);
			member.loopEnded(ex);
		}
	}

	/** Much of what runs here is others' code; what it throws must not end the loop. */
	private static void run(Runnable task) {
		try {
			task.run();
		}
		catch (Throwable ex) {
			Guests.log(Level.WARNING, "A task on an HTTP/2 event loop failed", ex);
		}
	}

	private void await() throws IOException {
		this.asleep.set(true);
		// A loop that ends sleeps too while its last members take their time: its end was
		// said by a wake-up, which is not lost.
		if (this.mailbox.isEmpty()) {
			this.selector.select(this.found, patienceMillis());
		}
		else {
			this.selector.selectNow(this.found);
		}
		this.asleep.set(false);
		// Nobody has a reason to interrupt a loop. The flag would end each further select
		// at once.
		Thread.interrupted();
	}

	private long patienceMillis() {
		long nanos = this.members.isEmpty() ? IDLE_TICK_NANOS : TICK_NANOS;
		Moment next = this.moments.peek();
		if (next != null) {
			// Rounded up: to wake too early would be to wake twice. 0 means for ever.
			nanos = Math.min(nanos, Math.max(1, next.due - nanoTime()) + 999_999L);
		}
		return nanos / 1_000_000L;
	}

	private void runMoments(long now) {
		for (Moment next = this.moments.peek(); next != null && now - next.due >= 0; next = this.moments.peek()) {
			this.moments.remove();
			run(next.action);
		}
	}

	private void ready(SelectionKey key) {
		Selectable owner = (Selectable) key.attachment();
		try {
			owner.ready(key.readyOps());
		}
		catch (CancelledKeyException ex) {
			// Closed earlier in this turn.
		}
		catch (Throwable ex) {
			owner.failed(ex);
		}
	}

	private void runMailbox() {
		for (int left = TASKS_PER_TURN; left > 0; left--) {
			Runnable task = this.mailbox.poll();
			if (task == null) {
				return;
			}
			run(task);
		}
	}

	private void flush() {
		do {
			for (ConnectionWriter writer = this.touched.poll(); writer != null; writer = this.touched.poll()) {
				writer.drain();
			}
			for (int i = 0; i < this.toUnpark.size(); i++) {
				LockSupport.unpark(this.toUnpark.get(i));
			}
			this.toUnpark.clear();
			// What these add runs after the next flush; what they send leaves together.
			for (int left = Math.min(this.afterFlush.size(), ACTIONS_PER_FLUSH); left > 0; left--) {
				run(this.afterFlush.remove());
			}
		}
		while (!this.touched.isEmpty() || !this.toUnpark.isEmpty() || !this.afterFlush.isEmpty());
	}

	/** Each step is tried, whatever became of the others: no caller waits for nothing. */
	private void finish(Throwable cause) {
		do {
			// Also a member that a late task has brought.
			List<Member> last = List.copyOf(this.members);
			this.members.clear();
			for (Member member : last) {
				attempt(() -> member.loopEnded(cause));
			}
			for (Runnable task = this.mailbox.poll(); task != null; task = this.mailbox.poll()) {
				attempt(task);
			}
			attempt(this::flush);
		}
		while (!this.members.isEmpty() || !this.mailbox.isEmpty() || !this.touched.isEmpty() || !this.toUnpark.isEmpty()
				|| !this.afterFlush.isEmpty());
		closeSelector();
	}

	private void closeSelector() {
		LOOP_THREADS.remove(this.thread);
		try {
			this.selector.close();
		}
		catch (IOException ex) {
			Guests.log(Level.WARNING, "An HTTP/2 event loop could not close its selector", ex);
		}
	}

	private static void attempt(Runnable step) {
		try {
			step.run();
		}
		catch (Throwable ex) {
			Guests.log(Level.WARNING, "An HTTP/2 event loop did not end cleanly", ex);
		}
	}

	/**
	 * Something that is put off.
	 *
	 * @param due when it is to be done
	 * @param action what is to be done
	 */
	private record Moment(long due, Runnable action) {
	}

	/** The owner of a channel. */
	interface Selectable {

		void ready(int readyOps) throws IOException;

		/** {@link #ready} threw; the owner must end itself. */
		void failed(Throwable cause);

	}

}
