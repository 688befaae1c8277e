package io.github.h2transport.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A path between a client and a server of 127.0.0.1 on which things go wrong: octets are
 * delayed, held back, thinned out to a rate, or vanish, for each direction by itself, and
 * connections are cut. All of it can be switched while octets travel, and holds for the
 * connections that are there and for those that come. Four threads a connection.
 * Thread-safe.
 *
 * <p>
 * In what pieces octets travel depends on the seed alone.
 */
public final class FaultProxy implements AutoCloseable {

	private static final int BACKLOG = 1024;

	/**
	 * Small, so that whoever is throttled or held feels it soon.
	 */
	private static final int SOCKET_BUFFER = 32 * 1024;

	private final int serverPort;

	private final long seed;

	private final ServerSocket listener;

	private final FaultyDirection toServer = new FaultyDirection();

	private final FaultyDirection toClient = new FaultyDirection();

	private final List<Link> links = new CopyOnWriteArrayList<>();

	private final Queue<Thread> threads = new ConcurrentLinkedQueue<>();

	private final AtomicInteger accepted = new AtomicInteger();

	private FaultProxy(int serverPort, long seed) {
		this.serverPort = serverPort;
		this.seed = seed;
		try {
			this.listener = new ServerSocket();
			this.listener.setReceiveBufferSize(SOCKET_BUFFER);
			this.listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), BACKLOG);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		start(this::accept);
	}

	/**
	 * Starts a path on which nothing goes wrong yet.
	 * @param serverPort where it leads, a port of 127.0.0.1
	 * @param seed decides in what pieces octets travel
	 * @return a proxy on a free port
	 */
	public static FaultProxy to(int serverPort, long seed) {
		return new FaultProxy(serverPort, seed);
	}

	public URI uri(String path) {
		return URI.create("http://127.0.0.1:" + this.listener.getLocalPort() + path);
	}

	/**
	 * Returns the direction of requests.
	 * @return its switches
	 */
	public FaultyDirection toServer() {
		return this.toServer;
	}

	/**
	 * Returns the direction of responses.
	 * @return its switches
	 */
	public FaultyDirection toClient() {
		return this.toClient;
	}

	/**
	 * Lets octets of both directions vanish, as behind a firewall that has forgotten the
	 * connection: nobody is told.
	 */
	public void blackHole() {
		this.toServer.drop();
		this.toClient.drop();
	}

	/**
	 * Ends all faults. What has vanished stays away, and all that its connection sends
	 * after it.
	 */
	public void heal() {
		this.toServer.flow();
		this.toClient.flow();
	}

	/** Cuts all connections of the moment with RST, at both ends. */
	public void reset() {
		this.links.forEach(Link::reset);
		this.links.clear();
	}

	/** Cuts all connections of the moment with FIN, at both ends. */
	public void finish() {
		this.links.forEach(Link::close);
		this.links.clear();
	}

	/**
	 * Returns how many connections there were so far.
	 * @return 0 or more
	 */
	public int connections() {
		return this.accepted.get();
	}

	private void accept() {
		try {
			for (;;) {
				Socket client = this.listener.accept();
				int number = this.accepted.incrementAndGet();
				try {
					connect(client, number);
				}
				catch (IOException ex) {
					// No server: the client is told as it would be without us.
					client.setSoLinger(true, 0);
					client.close();
				}
			}
		}
		catch (IOException ex) {
			// Closed, which is how it ends.
		}
	}

	private void connect(Socket client, int number) throws IOException {
		Socket server = new Socket();
		server.setReceiveBufferSize(SOCKET_BUFFER);
		server.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), this.serverPort));
		client.setTcpNoDelay(true);
		server.setTcpNoDelay(true);
		Link link = new Link(client, server);
		this.links.add(link);
		this.threads.removeIf((thread) -> !thread.isAlive());
		carry(this.toServer, client, server, link, new Random(this.seed + 2L * number));
		carry(this.toClient, server, client, link, new Random(this.seed + 2L * number + 1));
	}

	private void carry(FaultyDirection direction, Socket from, Socket to, Link link, Random random) {
		FaultyDirection.OnTheWay octets = direction.join();
		start(() -> {
			try {
				octets.takeFrom(from.getInputStream(), random);
			}
			catch (IOException ex) {
				octets.broken();
			}
		});
		start(() -> {
			try {
				if (octets.deliverTo(to.getOutputStream())) {
					to.shutdownOutput();
					return;
				}
			}
			catch (IOException ex) {
				// The other end is told below.
			}
			link.reset();
			this.links.remove(link);
		});
	}

	private void start(Runnable task) {
		Thread thread = new Thread(task, "fault-proxy");
		thread.setDaemon(true);
		this.threads.add(thread);
		thread.start();
	}

	@Override
	public void close() {
		try {
			this.listener.close();
			this.toServer.end();
			this.toClient.end();
			reset();
			for (Thread thread : this.threads) {
				thread.join(5_000);
			}
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	private record Link(Socket client, Socket server) {

		void reset() {
			try {
				this.client.setSoLinger(true, 0);
				this.server.setSoLinger(true, 0);
			}
			catch (IOException ex) {
				// Closed already.
			}
			close();
		}

		void close() {
			for (Socket socket : List.of(this.client, this.server)) {
				try {
					socket.close();
				}
				catch (IOException ex) {
					// Closed is all that is wanted.
				}
			}
		}

	}

}
