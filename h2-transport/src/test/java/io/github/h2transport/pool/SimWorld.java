package io.github.h2transport.pool;

import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

import io.github.h2transport.ConnectionKey;
import io.github.h2transport.Http2Request;
import io.github.h2transport.Origin;
import io.github.h2transport.TransportOptions;
import org.jspecify.annotations.Nullable;

/**
 * Clock, timers and connections of a pool that a test turns by hand: nothing happens but
 * what was said, in an order that depends on the seed alone.
 */
final class SimWorld implements Outside<SimConn> {

	static final ConnectionKey KEY = new ConnectionKey(Origin.of(URI.create("https://example.com")), null, null);

	private static final Http2Request REQUEST = Http2Request.get(URI.create("https://example.com/"));

	/** A clock may be anywhere, and run over the end of the numbers. */
	private static final long START = Long.MAX_VALUE - Duration.ofMinutes(10).toNanos();

	private static final int TRACE = 60;

	private final Random random;

	private final TransportOptions options;

	private final PoolCounters counters = new PoolCounters(null);

	private final PriorityQueue<Event> events = new PriorityQueue<>();

	private final List<SimConn> connections = new ArrayList<>();

	/** Those of them that are not closed. */
	private final List<SimConn> live = new ArrayList<>();

	private final Deque<Object[]> trace = new ArrayDeque<>();

	private List<InetAddress> addresses = List.of(address(1));

	/** What becomes of a dial; by default the test says it itself. */
	private Consumer<SimConn> dialHandler = (connection) -> {
	};

	private long now = START;

	private long numbers;

	private int timers;

	private int lookUps;

	private @Nullable KeyPool<SimConn> pool;

	SimWorld(long seed, TransportOptions options) {
		this.random = new Random(seed);
		this.options = options;
	}

	static InetAddress address(int last) {
		try {
			return InetAddress.getByAddress(new byte[] { 10, 0, 0, (byte) last });
		}
		catch (UnknownHostException ex) {
			throw new IllegalStateException(ex);
		}
	}

	// ---- for tests ----

	Random chance() {
		return this.random;
	}

	TransportOptions options() {
		return this.options;
	}

	PoolTotals totals() {
		return this.counters.totals();
	}

	List<InetAddress> addresses() {
		return this.addresses;
	}

	void addresses(InetAddress... current) {
		this.addresses = List.of(current);
	}

	int lookUps() {
		return this.lookUps;
	}

	int timers() {
		return this.timers;
	}

	void onDial(Consumer<SimConn> handler) {
		this.dialHandler = handler;
	}

	List<SimConn> connections() {
		return this.connections;
	}

	List<SimConn> live() {
		return this.live;
	}

	SimConn connection(int number) {
		return this.connections.get(number - 1);
	}

	/** The pool that takes requests now; a new one if the last was retired. */
	KeyPool<SimConn> pool() {
		KeyPool<SimConn> current = this.pool;
		if (current == null) {
			current = new KeyPool<>(KEY, this, this.options, this.options.minConnections(), this.counters,
					(retired) -> this.pool = null);
			this.pool = current;
		}
		return current;
	}

	boolean hasPool() {
		return this.pool != null;
	}

	ConnectionRequest request(boolean replayable, boolean retry) {
		return new ConnectionRequest(KEY, REQUEST, this.options.connectTimeout(), replayable, retry, false);
	}

	/** Asks for a connection as the transport does. */
	CompletableFuture<SimConn> ask(boolean replayable, boolean retry) {
		for (;;) {
			SimConn ready = pool().tryReserve(request(replayable, retry));
			if (ready != null) {
				return CompletableFuture.completedFuture(ready);
			}
			CompletableFuture<SimConn> waiting = pool().await(request(replayable, retry));
			if (waiting != null) {
				return waiting;
			}
		}
	}

	CompletableFuture<SimConn> ask() {
		return ask(true, false);
	}

	List<CompletableFuture<SimConn>> ask(int count) {
		List<CompletableFuture<SimConn>> all = new ArrayList<>();
		for (int i = 0; i < count; i++) {
			all.add(ask());
		}
		return all;
	}

	/** Lets time pass, and happen what is due. */
	void pass(Duration time) {
		long until = this.now + time.toNanos();
		for (Event next = this.events.peek(); next != null && next.at - until <= 0; next = this.events.peek()) {
			step();
		}
		this.now = until;
	}

	/** Lets happen what needs no time. */
	void settle() {
		pass(Duration.ZERO);
	}

	/** Whether something is to happen without any time passing. */
	boolean isBusy() {
		Event next = this.events.peek();
		return next != null && next.at - this.now <= 0;
	}

	/** In how many nanoseconds a timer of the pool runs, for ever if none does. */
	long nextTimer() {
		return this.events.stream()
			.filter((event) -> event.timer != null && !event.timer.over)
			.mapToLong((event) -> event.at - this.now)
			.min()
			.orElse(Long.MAX_VALUE);
	}

	/**
	 * Lets the next thing happen.
	 * @return whether there was one
	 */
	boolean step() {
		Event next = this.events.poll();
		if (next == null) {
			return false;
		}
		if (next.at - this.now > 0) {
			this.now = next.at;
		}
		next.action.run();
		return true;
	}

	void at(long delayNanos, Runnable action) {
		this.events.add(new Event(this.now + delayNanos, this.numbers++, action, null));
	}

	/** A moment later. */
	void soon(Runnable action) {
		at(0, action);
	}

	/** Notes what happens, to be read if a rule was broken. */
	void trace(Object... what) {
		if (this.trace.size() == TRACE) {
			this.trace.removeFirst();
		}
		Object[] line = new Object[what.length + 1];
		line[0] = this.now;
		System.arraycopy(what, 0, line, 1, what.length);
		this.trace.addLast(line);
	}

	String story() {
		StringBuilder story = new StringBuilder();
		for (Object[] line : this.trace) {
			story.append(Duration.ofNanos((Long) line[0] - START).toMillis()).append(" ms:");
			for (int i = 1; i < line.length; i++) {
				story.append(' ').append(line[i]);
			}
			story.append('\n');
		}
		return story.toString();
	}

	void dialled(SimConn connection) {
		trace(connection.name(), "is dialled");
		this.dialHandler.accept(connection);
	}

	// ---- for the pool ----

	@Override
	public long nanoTime() {
		return this.now;
	}

	@Override
	public Runnable schedule(long delayNanos, Runnable action) {
		Timer timer = new Timer();
		this.timers++;
		this.events.add(new Event(this.now + delayNanos, this.numbers++, () -> {
			if (timer.stop()) {
				action.run();
			}
		}, timer));
		return timer::stop;
	}

	@Override
	public double random() {
		return this.random.nextDouble();
	}

	@Override
	public CompletionStage<List<InetAddress>> resolve(ConnectionKey key) {
		this.lookUps++;
		trace("looks the name up");
		return CompletableFuture.completedFuture(this.addresses);
	}

	@Override
	public SimConn prepare(KeyPool<SimConn> forPool, Duration connectTimeout, boolean singleUse) {
		SimConn connection = new SimConn(this, forPool, this.connections.size() + 1, connectTimeout, singleUse);
		this.connections.add(connection);
		this.live.add(connection);
		return connection;
	}

	/** A timer of the pool. */
	private final class Timer {

		private boolean over;

		private boolean stop() {
			boolean first = !this.over;
			this.over = true;
			SimWorld.this.timers -= first ? 1 : 0;
			return first;
		}

	}

	/** Something that is going to happen. */
	private record Event(long at, long number, Runnable action, @Nullable Timer timer) implements Comparable<Event> {

		@Override
		public int compareTo(Event other) {
			int byTime = Long.compare(this.at - other.at, 0);
			return (byTime != 0) ? byTime : Long.compare(this.number, other.number);
		}

	}

}
