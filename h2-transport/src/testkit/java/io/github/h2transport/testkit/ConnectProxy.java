package io.github.h2transport.testkit;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import io.github.h2transport.ProxySettings;

/**
 * An HTTP/1.1 proxy on 127.0.0.1 that answers {@code CONNECT} as its script says. It
 * finds every name on 127.0.0.1, also those that nobody else knows. Thread-safe.
 */
public final class ConnectProxy implements AutoCloseable {

	/** Opens the tunnel without further ado. */
	public static final Script OPENS = (head, client) -> {
		write(client, "HTTP/1.1 200 Connection established\r\n\r\n");
		return true;
	};

	private final ServerSocket listener;

	private final Script script;

	private final List<String> heads = new CopyOnWriteArrayList<>();

	private final List<Socket> sockets = new CopyOnWriteArrayList<>();

	private ConnectProxy(Script script) {
		this.script = script;
		try {
			this.listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		ScriptedServer.daemon("connect-proxy", this::acceptAll);
	}

	public static ConnectProxy start() {
		return new ConnectProxy(OPENS);
	}

	/**
	 * Starts a proxy with a script of its own.
	 * @param script answers each request
	 * @return a proxy on a free port
	 */
	public static ConnectProxy start(Script script) {
		return new ConnectProxy(script);
	}

	/**
	 * Starts a proxy that answers and closes.
	 * @param answer what it says to everybody
	 * @return a proxy on a free port
	 */
	public static ConnectProxy answering(String answer) {
		return new ConnectProxy((head, client) -> {
			write(client, answer);
			return false;
		});
	}

	/**
	 * Starts a proxy that wants credentials by the Basic scheme.
	 * @param credentials the encoded pair
	 * @return a proxy on a free port
	 */
	public static ConnectProxy wanting(String credentials) {
		return new ConnectProxy((head, client) -> {
			if (head.contains("\r\nProxy-Authorization: Basic " + credentials + "\r\n")) {
				return OPENS.answer(head, client);
			}
			write(client, "HTTP/1.1 407 Proxy Authentication Required\r\n"
					+ "Proxy-Authenticate: Basic realm=\"here\"\r\nContent-Length: 4\r\n\r\nno!\n");
			return false;
		});
	}

	/**
	 * Writes text to a client, in one piece.
	 * @param client the client
	 * @param text in ISO-8859-1
	 * @throws IOException if it is gone
	 */
	public static void write(Socket client, String text) throws IOException {
		client.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
	}

	public int port() {
		return this.listener.getLocalPort();
	}

	public ProxySettings settings() {
		return ProxySettings.of("127.0.0.1", port());
	}

	/**
	 * Returns the heads of all requests so far.
	 * @return a live list, as they were sent
	 */
	public List<String> heads() {
		return this.heads;
	}

	private void acceptAll() {
		try {
			for (;;) {
				Socket client = this.listener.accept();
				this.sockets.add(client);
				ScriptedServer.daemon("connect-proxy-client", () -> serve(client));
			}
		}
		catch (IOException ex) {
			// Closed, which is how it ends.
		}
	}

	private void serve(Socket client) {
		try (client) {
			String head = readHead(client.getInputStream());
			this.heads.add(head);
			if (!this.script.answer(head, client)) {
				return;
			}
			String authority = head.split(" ", 3)[1];
			int port = Integer.parseInt(authority.substring(authority.lastIndexOf(':') + 1));
			try (Socket server = new Socket(InetAddress.getLoopbackAddress(), port)) {
				this.sockets.add(server);
				ScriptedServer.daemon("connect-proxy-back", () -> pump(server, client));
				pump(client, server);
			}
		}
		catch (IOException ex) {
			// One of both has gone.
		}
	}

	private static String readHead(InputStream in) throws IOException {
		ByteArrayOutputStream head = new ByteArrayOutputStream();
		while (!head.toString(StandardCharsets.ISO_8859_1).endsWith("\r\n\r\n")) {
			int octet = in.read();
			if (octet < 0) {
				throw new EOFException();
			}
			head.write(octet);
		}
		return head.toString(StandardCharsets.ISO_8859_1);
	}

	private static void pump(Socket from, Socket to) {
		try {
			InputStream in = from.getInputStream();
			OutputStream out = to.getOutputStream();
			in.transferTo(out);
			to.shutdownOutput();
		}
		catch (IOException ex) {
			// The other direction notices it too.
		}
	}

	@Override
	public void close() {
		try {
			this.listener.close();
			for (Socket socket : this.sockets) {
				socket.close();
			}
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/** Answers a request. */
	@FunctionalInterface
	public interface Script {

		/**
		 * Answers a request.
		 * @param head all of it
		 * @param client where it came from; closed afterwards unless there is a tunnel
		 * @return whether to open the tunnel
		 * @throws IOException if the client has gone
		 */
		boolean answer(String head, Socket client) throws IOException;

	}

}
