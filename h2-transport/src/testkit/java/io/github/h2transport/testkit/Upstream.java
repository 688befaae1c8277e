package io.github.h2transport.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;

/**
 * An HTTP/1.1 server behind a gateway, which counts what it executes. {@code /N} is
 * {@link Content#ofSize(int)} of N octets, {@code /status/N} an answer without content,
 * {@code POST /echo} returns the request's content. Requests with the field
 * {@code request-number} are counted by its value. Thread-safe.
 */
public final class Upstream implements AutoCloseable {

	static {
		// Else the answers wait for acknowledgements, and a gateway's idle connections
		// are closed when it has many.
		System.setProperty("sun.net.httpserver.nodelay", "true");
		System.setProperty("sun.net.httpserver.maxIdleConnections", "2000");
		System.setProperty("sun.net.httpserver.idleInterval", "600");
	}

	private final ExecutorService workers = Executors.newCachedThreadPool((task) -> {
		Thread thread = new Thread(task, "upstream");
		thread.setDaemon(true);
		return thread;
	});

	private final Map<String, AtomicInteger> executions = new ConcurrentHashMap<>();

	private final Map<Integer, byte[]> contents = new ConcurrentHashMap<>();

	private final HttpServer server;

	private Upstream() {
		try {
			this.server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 1024);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		this.server.setExecutor(this.workers);
		this.server.createContext("/", this::handle);
		this.server.start();
	}

	/**
	 * Starts an upstream.
	 * @return a server on a free port of 127.0.0.1
	 */
	public static Upstream start() {
		return new Upstream();
	}

	public int port() {
		return this.server.getAddress().getPort();
	}

	/**
	 * Returns how many different request numbers have come.
	 * @return 0 or more
	 */
	public int executed() {
		return this.executions.size();
	}

	/**
	 * Returns the request numbers that have come more than once.
	 * @return empty if all is well
	 */
	public List<String> executedTwice() {
		return this.executions.entrySet()
			.stream()
			.filter((entry) -> entry.getValue().get() > 1)
			.map(Map.Entry::getKey)
			.toList();
	}

	private void handle(HttpExchange exchange) throws IOException {
		try (exchange) {
			String number = exchange.getRequestHeaders().getFirst("request-number");
			if (number != null) {
				this.executions.computeIfAbsent(number, (key) -> new AtomicInteger()).incrementAndGet();
			}
			String path = exchange.getRequestURI().getPath();
			byte[] received = exchange.getRequestBody().readAllBytes();
			if (path.startsWith("/status/")) {
				exchange.sendResponseHeaders(Integer.parseInt(path.substring("/status/".length())), -1);
				return;
			}
			byte[] content = path.equals("/echo") ? received
					: this.contents.computeIfAbsent(Integer.parseInt(path.substring(1)), Content::ofSize);
			boolean head = exchange.getRequestMethod().equals("HEAD");
			if (head) {
				exchange.getResponseHeaders().set("Content-Length", String.valueOf(content.length));
			}
			exchange.sendResponseHeaders(200, (head || content.length == 0) ? -1 : content.length);
			if (!head && content.length > 0) {
				exchange.getResponseBody().write(content);
			}
		}
	}

	@Override
	public void close() {
		this.server.stop(0);
		this.workers.shutdownNow();
	}

}
