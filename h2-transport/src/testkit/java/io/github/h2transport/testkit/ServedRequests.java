package io.github.h2transport.testkit;

import java.io.UncheckedIOException;
import java.net.URI;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;

import io.github.h2transport.frame.Settings;
import io.github.h2transport.testkit.ScriptedServer.RequestHandler;

/**
 * A server that answers by itself, and what it has seen. Thread-safe.
 */
public final class ServedRequests implements AutoCloseable {

	private final ScriptedServer server;

	private final Settings settings;

	private final RequestHandler handler;

	private final ExecutorService workers = Executors.newCachedThreadPool((task) -> {
		Thread thread = new Thread(task, "scripted-worker");
		thread.setDaemon(true);
		return thread;
	});

	private final Queue<String> violations = new ConcurrentLinkedQueue<>();

	private final AtomicInteger received = new AtomicInteger();

	private final AtomicInteger refused = new AtomicInteger();

	private final AtomicInteger resets = new AtomicInteger();

	private final AtomicInteger mostResets = new AtomicInteger();

	private final AtomicInteger mostActive = new AtomicInteger();

	private volatile boolean closed;

	ServedRequests(ScriptedServer server, Settings settings, RequestHandler handler) {
		this.server = server;
		this.settings = settings;
		this.handler = handler;
		ScriptedServer.daemon("scripted-serve", this::serveAll);
	}

	private void serveAll() {
		try {
			for (int number = 1;; number++) {
				ServedConn connection = new ServedConn(this, this.server.take(), number);
				ScriptedServer.daemon("scripted-conn-" + number, connection);
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	public URI uri(String path) {
		return this.server.uri(path);
	}

	public int port() {
		return this.server.port();
	}

	/**
	 * Returns how many connections there were.
	 * @return 0 or more
	 */
	public int connections() {
		return this.server.accepted();
	}

	/**
	 * Returns how many requests were handed to the handler.
	 * @return 0 or more
	 */
	public int requests() {
		return this.received.get();
	}

	/**
	 * Returns how many requests were refused for the limit of streams.
	 * @return 0 or more
	 */
	public int refusals() {
		return this.refused.get();
	}

	/**
	 * Returns how many streams the client reset.
	 * @return 0 or more
	 */
	public int resets() {
		return this.resets.get();
	}

	/**
	 * Returns how many streams the client reset on the connection with the most resets.
	 * @return 0 or more
	 */
	public int mostResets() {
		return this.mostResets.get();
	}

	/**
	 * Returns how many streams were open at the same time on the busiest connection.
	 * @return 0 or more
	 */
	public int mostActive() {
		return this.mostActive.get();
	}

	/**
	 * Returns what the client has done against the RFC.
	 * @return empty for a good client
	 */
	public List<String> violations() {
		return List.copyOf(this.violations);
	}

	@Override
	public void close() {
		this.closed = true;
		this.server.close();
		this.workers.shutdownNow();
	}

	boolean isClosed() {
		return this.closed;
	}

	Settings settings() {
		return this.settings;
	}

	RequestHandler handler() {
		return this.handler;
	}

	void execute(Runnable work) {
		try {
			this.workers.execute(() -> {
				try {
					work.run();
				}
				catch (UncheckedIOException ex) {
					// The client is gone.
				}
			});
		}
		catch (RejectedExecutionException ex) {
			// The server is closed.
		}
	}

	void received() {
		this.received.incrementAndGet();
	}

	void refused() {
		this.refused.incrementAndGet();
	}

	/** One more reset, with so many on its connection. */
	void wasReset(int onConnection) {
		this.resets.incrementAndGet();
		this.mostResets.accumulateAndGet(onConnection, Math::max);
	}

	void active(int streams) {
		this.mostActive.accumulateAndGet(streams, Math::max);
	}

	void violated(String rule) {
		this.violations.add(rule);
	}

}
