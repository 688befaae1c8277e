package io.github.h2transport.testkit;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * A server that knows neither TLS nor HTTP/2, only what its script writes. Thread-safe.
 */
public final class RawPeer implements AutoCloseable {

	private final ServerSocket listener;

	private final List<Socket> sockets = new CopyOnWriteArrayList<>();

	private final Thread thread;

	private RawPeer(Script script) {
		try {
			this.listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		this.thread = new Thread(() -> accept(script), "raw-peer");
		this.thread.setDaemon(true);
		this.thread.start();
	}

	/**
	 * Starts a server that serves one connection after the other.
	 * @param script what it does; the socket stays open afterwards unless it closes it
	 * @return a server on a free port of 127.0.0.1
	 */
	public static RawPeer start(Script script) {
		return new RawPeer(script);
	}

	public URI uri(String path) {
		return URI.create("https://localhost:" + port() + path);
	}

	public int port() {
		return this.listener.getLocalPort();
	}

	/**
	 * Reads one TLS record (RFC 8446 section 5.1).
	 * @param socket where from
	 * @return its payload, for a client's first record the ClientHello
	 * @throws IOException if the client ends before
	 */
	public static byte[] readRecord(Socket socket) throws IOException {
		DataInputStream in = new DataInputStream(socket.getInputStream());
		in.readFully(new byte[3]);
		byte[] payload = new byte[in.readUnsignedShort()];
		in.readFully(payload);
		return payload;
	}

	private void accept(Script script) {
		while (!this.listener.isClosed()) {
			try {
				Socket socket = this.listener.accept();
				this.sockets.add(socket);
				script.run(socket);
			}
			catch (IOException ex) {
				// The client has gone, or this server was closed.
			}
		}
	}

	@Override
	public void close() {
		try {
			this.listener.close();
			for (Socket socket : this.sockets) {
				socket.close();
			}
			this.thread.join(5_000);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	/** What the server does on a connection. */
	public interface Script {

		void run(Socket socket) throws IOException;

	}

}
