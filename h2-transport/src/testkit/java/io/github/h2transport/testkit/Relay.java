package io.github.h2transport.testkit;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Stands between a client and a server, and decides in which pieces octets travel. Two
 * threads a connection. Thread-safe.
 */
public final class Relay implements AutoCloseable {

	private static final int RECEIVE_BUFFER_SIZE = 8 * 1024;

	private final ServerSocket listener;

	private final InetSocketAddress server;

	private final Pump toServer;

	private final Pump toClient;

	private final List<Socket> sockets = new CopyOnWriteArrayList<>();

	private final List<Thread> threads = new CopyOnWriteArrayList<>();

	private Relay(InetSocketAddress server, Pump toServer, Pump toClient) {
		this.server = server;
		this.toServer = toServer;
		this.toClient = toClient;
		try {
			this.listener = new ServerSocket();
			// So that a pump which is slow is felt by the client soon.
			this.listener.setReceiveBufferSize(RECEIVE_BUFFER_SIZE);
			this.listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		start(this::accept);
	}

	/**
	 * Starts a relay.
	 * @param server where it leads
	 * @param toServer how octets travel to the server
	 * @param toClient how octets travel to the client
	 * @return a relay on a free port of 127.0.0.1
	 */
	public static Relay to(InetSocketAddress server, Pump toServer, Pump toClient) {
		return new Relay(server, toServer, toClient);
	}

	public URI uri(String path) {
		return URI.create("https://localhost:" + this.listener.getLocalPort() + path);
	}

	/**
	 * Returns how many connections have come.
	 * @return 0 or more
	 */
	public int connections() {
		return this.sockets.size() / 2;
	}

	private void accept() {
		try {
			while (!this.listener.isClosed()) {
				Socket client = this.listener.accept();
				Socket upstream = new Socket(this.server.getAddress(), this.server.getPort());
				for (Socket socket : List.of(client, upstream)) {
					socket.setTcpNoDelay(true);
					this.sockets.add(socket);
				}
				start(() -> pump(this.toServer, client, upstream));
				start(() -> pump(this.toClient, upstream, client));
			}
		}
		catch (IOException ex) {
			// Closed.
		}
	}

	private static void pump(Pump pump, Socket from, Socket to) {
		try {
			pump.run(from.getInputStream(), to.getOutputStream());
			to.shutdownOutput();
		}
		catch (IOException ex) {
			try {
				to.close();
			}
			catch (IOException ignored) {
				// Closed is all that was wanted.
			}
		}
	}

	private void start(Runnable task) {
		Thread thread = new Thread(task, "relay");
		thread.setDaemon(true);
		this.threads.add(thread);
		thread.start();
	}

	@Override
	public void close() {
		try {
			this.listener.close();
			for (Socket socket : this.sockets) {
				socket.close();
			}
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

	/** Carries octets in one direction until the end. */
	public interface Pump {

		/** As they come. */
		Pump DIRECT = (in, out) -> in.transferTo(out);

		/** Each octet in a segment of its own. */
		Pump OCTET_BY_OCTET = (in, out) -> {
			for (int octet = in.read(); octet >= 0; octet = in.read()) {
				out.write(octet);
			}
		};

		/** Never more than a few octets, so that whoever sends much has to wait. */
		Pump DRIBBLING = (in, out) -> {
			byte[] few = new byte[1000];
			for (int length = in.read(few); length >= 0; length = in.read(few)) {
				out.write(few, 0, length);
			}
		};

		void run(InputStream in, OutputStream out) throws IOException;

	}

}
