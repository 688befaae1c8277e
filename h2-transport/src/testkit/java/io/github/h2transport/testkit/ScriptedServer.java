package io.github.h2transport.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.Queue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLServerSocket;

import io.github.h2transport.frame.Settings;

/**
 * An HTTP/2 server on 127.0.0.1, in cleartext or over TLS, that does what the test says:
 * either step by step, with a {@link ScriptedConn} for each connection, or with a
 * {@link RequestHandler} for each request, where the amount matters more than the order.
 */
public final class ScriptedServer implements AutoCloseable {

	private static final int PATIENCE_SECONDS = 20;

	private static final int BACKLOG = 1024;

	private final ServerSocket listener;

	private final BlockingQueue<ScriptedConn> accepted = new LinkedBlockingQueue<>();

	private final Queue<ScriptedConn> all = new ConcurrentLinkedQueue<>();

	private final AtomicInteger count = new AtomicInteger();

	private final Thread acceptor;

	private ScriptedServer(ServerSocket listener) {
		this.listener = listener;
		this.acceptor = daemon("scripted-accept", this::acceptAll);
	}

	private static ScriptedServer on(InetAddress address) {
		try {
			return new ScriptedServer(new ServerSocket(0, BACKLOG, address));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * Starts a server that says nothing by itself.
	 * @return a server on a free port
	 */
	public static ScriptedServer start() {
		return on(InetAddress.getLoopbackAddress());
	}

	/**
	 * Starts a server on {@code ::1} that says nothing by itself.
	 * @return a server on a free port
	 */
	public static ScriptedServer startIpv6() {
		try {
			return on(InetAddress.getByName("::1"));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * Starts a server over TLS that says nothing by itself.
	 * @param certificates what it presents
	 * @return a server on a free port
	 */
	public static ScriptedServer startTls(Certificates certificates) {
		try {
			return new ScriptedServer(secure(certificates));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static ServerSocket secure(Certificates certificates) throws IOException {
		SSLServerSocket socket = (SSLServerSocket) certificates.contextTrusting(Certificates.client())
			.getServerSocketFactory()
			.createServerSocket(0, BACKLOG, InetAddress.getLoopbackAddress());
		SSLParameters parameters = socket.getSSLParameters();
		parameters.setApplicationProtocols(new String[] { "h2" });
		socket.setSSLParameters(parameters);
		return socket;
	}

	/**
	 * Starts a server that answers by itself.
	 * @param settings its SETTINGS; a limit of streams is enforced by REFUSED_STREAM
	 * @param handler answers the requests, many at a time
	 * @return what the server has seen, with the server itself
	 */
	public static ServedRequests serving(Settings settings, RequestHandler handler) {
		ScriptedServer server = start();
		return new ServedRequests(server, settings, handler);
	}

	static Thread daemon(String name, Runnable work) {
		Thread thread = new Thread(work, name);
		thread.setDaemon(true);
		thread.start();
		return thread;
	}

	private void acceptAll() {
		try {
			for (;;) {
				Socket socket = this.listener.accept();
				ScriptedConn connection = new ScriptedConn(socket);
				this.all.add(connection);
				this.count.incrementAndGet();
				this.accepted.add(connection);
			}
		}
		catch (IOException ex) {
			// Closed, which is how it ends.
		}
	}

	public int port() {
		return this.listener.getLocalPort();
	}

	public URI uri(String path) {
		return URI.create(((this.listener instanceof SSLServerSocket) ? "https://localhost:" : "http://127.0.0.1:")
				+ port() + path);
	}

	/**
	 * Waits for the next connection and exchanges nothing.
	 * @return its server's end
	 */
	public ScriptedConn accept() {
		try {
			ScriptedConn connection = this.accepted.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
			if (connection == null) {
				throw new AssertionError("Nobody connected within " + PATIENCE_SECONDS + " s");
			}
			return connection;
		}
		catch (InterruptedException ex) {
			throw new AssertionError(ex);
		}
	}

	ScriptedConn take() throws InterruptedException {
		return this.accepted.take();
	}

	/**
	 * Waits for the next connection and exchanges prefaces, with empty SETTINGS.
	 * @return its server's end
	 */
	public ScriptedConn greeted() {
		return accept().greet(Settings.builder().build());
	}

	/**
	 * Waits for the next connection and exchanges prefaces.
	 * @param maxConcurrentStreams the limit that the server's SETTINGS state
	 * @return its server's end
	 */
	public ScriptedConn greeted(int maxConcurrentStreams) {
		return accept().greet(Settings.builder().set(Settings.MAX_CONCURRENT_STREAMS, maxConcurrentStreams).build());
	}

	/**
	 * Returns how many connections there were so far.
	 * @return 0 or more
	 */
	public int accepted() {
		return this.count.get();
	}

	/** Refuses further connections; those that are open stay. */
	public void stopListening() {
		try {
			this.listener.close();
			// The kernel accepts until the thread that waits in accept() has left it.
			this.acceptor.join();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	@Override
	public void close() {
		stopListening();
		this.all.forEach(ScriptedConn::close);
	}

	/** Answers requests. */
	@FunctionalInterface
	public interface RequestHandler {

		/**
		 * Answers a request, now or later. Called on a thread of its own, with the whole
		 * content there.
		 * @param exchange the request and its way back
		 */
		void handle(ServedExchange exchange);

	}

}
