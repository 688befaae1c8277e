package io.github.h2transport.faults;

import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

import io.github.h2transport.ConnectionKey;
import io.github.h2transport.Http2Exception;
import io.github.h2transport.Http2Request;
import io.github.h2transport.Http2Response;
import io.github.h2transport.TlsOptions;
import io.github.h2transport.TransportListener;
import io.github.h2transport.TransportOptions;
import io.github.h2transport.conn.ConnectionSnapshot;
import io.github.h2transport.testkit.Transports;
import io.github.h2transport.transport.Http2Transport;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

/**
 * A transport that is given so many new calls a second, and what became of each: which
 * connection it was given to, when, and how it ended. Thread-safe.
 */
final class SteadyCalls implements AutoCloseable, TransportListener {

	private static final long WATCH_MILLIS = 10;

	private final ScheduledExecutorService clock = Executors.newScheduledThreadPool(2, (task) -> {
		Thread thread = new Thread(task, "steady-calls");
		thread.setDaemon(true);
		return thread;
	});

	private final Queue<Given> given = new ConcurrentLinkedQueue<>();

	private final Queue<Ended> ended = new ConcurrentLinkedQueue<>();

	private final Map<String, Long> asked = new ConcurrentHashMap<>();

	private final Map<String, Long> closed = new ConcurrentHashMap<>();

	private final AtomicInteger begun = new AtomicInteger();

	private final AtomicInteger opened = new AtomicInteger();

	private final Http2Transport transport;

	private final URI target;

	private SteadyCalls(URI target, Consumer<TransportOptions.Builder> choice) {
		this.target = target;
		this.transport = Http2Transport.builder().options(Transports.options(choice)).listener(this).build();
	}

	/** A transport with the default settings. */
	static SteadyCalls to(URI target, @Nullable TlsOptions tls) {
		return new SteadyCalls(target, (options) -> {
			if (tls != null) {
				options.tls(tls);
			}
		});
	}

	/** Makes one call and waits for its response. */
	void warmUp() throws IOException {
		try (Http2Response response = this.transport.roundTrip(Http2Request.get(this.target))) {
			response.body().readAllBytes();
		}
	}

	/** Begins to call, and to watch the connections. */
	void begin(int perSecond) {
		this.clock.scheduleAtFixedRate(this::call, 0, 1_000_000 / perSecond, TimeUnit.MICROSECONDS);
		this.clock.scheduleAtFixedRate(this::look, 0, WATCH_MILLIS, TimeUnit.MILLISECONDS);
	}

	private void call() {
		long start = System.nanoTime();
		this.begun.incrementAndGet();
		// Completed on an event loop; the small content is there with its head or soon.
		this.transport.roundTripAsync(Http2Request.get(this.target)).whenComplete((response, failure) -> {
			this.ended.add(new Ended(start, System.nanoTime(), failure));
			if (response != null) {
				response.close();
			}
		});
	}

	private void look() {
		for (ConnectionSnapshot connection : connections()) {
			if (connection.diagnostics().pingsInFlight() > 0) {
				this.asked.putIfAbsent(connection.id(), System.nanoTime());
			}
		}
	}

	List<ConnectionSnapshot> connections() {
		return Transports.connections(this.transport);
	}

	/** The one connection there is. */
	ConnectionSnapshot connection() {
		List<ConnectionSnapshot> all = connections();
		if (all.size() != 1) {
			throw new IllegalStateException(all.size() + " connections");
		}
		return all.get(0);
	}

	int clientPort() {
		String local = String.valueOf(connection().localAddress());
		return Integer.parseInt(local.substring(local.lastIndexOf(':') + 1));
	}

	@Override
	public void gotConnection(Http2Request request, String connectionId, boolean reused, boolean wasIdle,
			Duration idleTime) {
		this.given.add(new Given(connectionId, System.nanoTime()));
	}

	@Override
	public void connectionOpened(String connectionId, ConnectionKey key) {
		this.opened.incrementAndGet();
	}

	@Override
	public void connectionClosed(String connectionId, ConnectionKey key, Http2Exception reason) {
		this.closed.put(connectionId, System.nanoTime());
	}

	/** When the peer of a connection was first seen to be asked by PING. */
	@Nullable Long asked(String connectionId) {
		return this.asked.get(connectionId);
	}

	@Nullable Long closed(String connectionId) {
		return this.closed.get(connectionId);
	}

	/** When a call was last given to a connection. */
	long lastGiven(String connectionId) {
		return this.given.stream()
			.filter((call) -> call.connectionId.equals(connectionId))
			.mapToLong(Given::at)
			.max()
			.orElseThrow();
	}

	/** How many connections there were. */
	int opened() {
		return this.opened.get();
	}

	int begun() {
		return this.begun.get();
	}

	Queue<Ended> ended() {
		return this.ended;
	}

	List<Ended> failed() {
		return this.ended.stream().filter((call) -> call.failure != null).toList();
	}

	/** How many calls that began after some moment have got their response. */
	long answeredSince(long time) {
		return this.ended.stream().filter((call) -> call.failure == null && call.start - time > 0).count();
	}

	/** Begins no more calls, and waits until all have ended. */
	void finish(Duration patience) {
		this.clock.shutdown();
		Awaitility.await().atMost(patience).until(() -> this.ended.size() == this.begun.get());
	}

	@Override
	public void close() {
		this.clock.shutdownNow();
		this.transport.close();
	}

	private record Given(String connectionId, long at) {
	}

	record Ended(long start, long end, @Nullable Throwable failure) {
	}

}
