package io.github.h2transport.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;

import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSocket;

import io.github.h2transport.frame.Settings;
import org.jspecify.annotations.Nullable;

/**
 * An HTTP/2 server over the JDK's TLS sockets that does as its script says, one thread a
 * connection. Listens on a free port of 127.0.0.1. Thread-safe.
 */
public final class TlsPeer implements AutoCloseable {

	private final SSLServerSocket listener;

	private final Script script;

	private final @Nullable String chosenByAlpn;

	private final List<SSLSocket> sockets = new CopyOnWriteArrayList<>();

	private final List<Thread> threads = new CopyOnWriteArrayList<>();

	private final BlockingQueue<Ended> ended = new LinkedBlockingQueue<>();

	private TlsPeer(Builder builder) {
		try {
			this.listener = (SSLServerSocket) builder.context.getServerSocketFactory()
				.createServerSocket(0, 50, InetAddress.getLoopbackAddress());
			builder.configure(this.listener);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		this.script = builder.script;
		this.chosenByAlpn = builder.chosenByAlpn;
		start("tls-peer-accept", this::accept);
	}

	/**
	 * Begins a server that presents a certificate and serves.
	 * @param certificates the certificate
	 * @return a builder
	 */
	public static Builder of(Certificates certificates) {
		return new Builder(certificates.contextTrusting(Certificates.client()));
	}

	/**
	 * Begins a server with TLS material of its own.
	 * @param context the material
	 * @return a builder
	 */
	public static Builder of(SSLContext context) {
		return new Builder(context);
	}

	/**
	 * Returns the address of a resource.
	 * @param path begins with a slash
	 * @return an https URI of localhost
	 */
	public URI uri(String path) {
		return URI.create("https://localhost:" + port() + path);
	}

	public int port() {
		return this.listener.getLocalPort();
	}

	public InetSocketAddress address() {
		return new InetSocketAddress(InetAddress.getLoopbackAddress(), port());
	}

	/** How many connections were accepted so far. */
	public int connections() {
		return this.sockets.size();
	}

	/**
	 * Returns how the connections have ended, in that order.
	 * @return a queue to wait at
	 */
	public BlockingQueue<Ended> ended() {
		return this.ended;
	}

	private void accept() {
		try {
			while (!this.listener.isClosed()) {
				SSLSocket socket = (SSLSocket) this.listener.accept();
				socket.setTcpNoDelay(true);
				if (this.chosenByAlpn != null) {
					socket.setHandshakeApplicationProtocolSelector((asked, offered) -> this.chosenByAlpn);
				}
				this.sockets.add(socket);
				start("tls-peer-" + this.sockets.size(), () -> serve(socket));
			}
		}
		catch (IOException ex) {
			// Closed.
		}
	}

	private void serve(SSLSocket socket) {
		Exception failure = null;
		try (socket) {
			socket.startHandshake();
			this.script.run(socket, new Conversation(socket.getInputStream(), socket.getOutputStream()));
		}
		catch (IOException | RuntimeException ex) {
			failure = ex;
		}
		SSLSession session = socket.getSession();
		this.ended.add(new Ended(session, socket.getApplicationProtocol(), failure));
	}

	private void start(String name, Runnable task) {
		Thread thread = new Thread(task, name);
		thread.setDaemon(true);
		this.threads.add(thread);
		thread.start();
	}

	/** Closes all connections and waits for their threads. */
	@Override
	public void close() {
		try {
			this.listener.close();
			for (SSLSocket socket : this.sockets) {
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

	/**
	 * What became of a connection.
	 *
	 * @param session its TLS session
	 * @param protocol what ALPN chose, {@code null} if the handshake did not get there
	 * @param failure what ended it, {@code null} if the script came to its end
	 */
	public record Ended(SSLSession session, @Nullable String protocol, @Nullable Exception failure) {

		/**
		 * Returns the names that the client asked for by SNI.
		 * @return empty if it did not
		 */
		public List<String> requestedNames() {
			return ((ExtendedSSLSession) this.session).getRequestedServerNames()
				.stream()
				.map((name) -> ((SNIHostName) name).getAsciiName())
				.toList();
		}

	}

	/** What the server does on a connection, after the handshake. */
	public interface Script {

		/**
		 * Plays the server.
		 * @param socket the connection, for what TLS itself can do
		 * @param client the HTTP/2 side of it
		 * @throws IOException ends the connection
		 */
		void run(SSLSocket socket, Conversation client) throws IOException;

	}

	/** Collects what a server is like. Not thread-safe. */
	public static final class Builder {

		private final SSLContext context;

		private final List<String> protocols = new ArrayList<>(List.of("TLSv1.3", "TLSv1.2"));

		private String[] alpn = { "h2" };

		private String @Nullable [] ciphers;

		private boolean clientCertificate;

		private boolean clientCertificateWanted;

		private @Nullable String chosenByAlpn;

		private Script script = (socket, client) -> {
			client.greet(Settings.builder().build());
			client.serve();
		};

		private Builder(SSLContext context) {
			this.context = context;
		}

		public Builder protocols(String... names) {
			this.protocols.clear();
			this.protocols.addAll(List.of(names));
			return this;
		}

		/**
		 * Sets what ALPN may choose.
		 * @param names none for a server without ALPN
		 * @return this builder
		 */
		public Builder alpn(String... names) {
			this.alpn = names;
			return this;
		}

		public Builder ciphers(String... names) {
			this.ciphers = names;
			return this;
		}

		public Builder needClientCertificate() {
			this.clientCertificate = true;
			return this;
		}

		/** Asks for a client certificate, and goes on without. */
		public Builder wantClientCertificate() {
			this.clientCertificateWanted = true;
			return this;
		}

		/**
		 * Sets what is chosen by ALPN, whatever the client offers.
		 * @param protocol the choice
		 * @return this builder
		 */
		public Builder chooseByAlpn(String protocol) {
			this.chosenByAlpn = protocol;
			return this;
		}

		public Builder script(Script newScript) {
			this.script = newScript;
			return this;
		}

		public TlsPeer start() {
			return new TlsPeer(this);
		}

		private void configure(SSLServerSocket socket) {
			SSLParameters parameters = socket.getSSLParameters();
			parameters.setProtocols(this.protocols.toArray(String[]::new));
			parameters.setApplicationProtocols(this.alpn);
			if (this.ciphers != null) {
				parameters.setCipherSuites(this.ciphers);
			}
			if (this.clientCertificateWanted) {
				parameters.setWantClientAuth(true);
			}
			else {
				parameters.setNeedClientAuth(this.clientCertificate);
			}
			socket.setSSLParameters(parameters);
		}

	}

}
