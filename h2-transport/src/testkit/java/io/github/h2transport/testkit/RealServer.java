package io.github.h2transport.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;

/**
 * A server that somebody else wrote, as a process on 127.0.0.1. {@link Builder#start()}
 * returns when it accepts connections. Where the server is not installed the test is
 * skipped with the reason; the continuous build fails if any was.
 *
 * <p>
 * The process ends with {@link #close()}, with the JVM, and also if the JVM is killed.
 * For one thread.
 */
public final class RealServer implements AutoCloseable {

	private static final Duration START_LIMIT = Duration.ofSeconds(20);

	private static final int STOP_SECONDS = 5;

	// Another process may take the free port before the server does.
	private static final int START_ATTEMPTS = 3;

	/*
	 * Becomes the server, after leaving a shell behind that waits for the end of our
	 * pipe: the JVM holds the other end and cannot die without closing it. A group of
	 * their own, which takes in the processes that a server starts, ends at once.
	 */
	private static final String LAUNCHER = "exec 3<&0; (read -r line <&3; kill -9 -$$ 2>/dev/null) & "
			+ "exec \"$@\" 3<&- </dev/null";

	private final Builder options;

	private final Path program;

	private final Path folder;

	private final Thread endWithJvm = new Thread(this::end);

	// confined to the test's thread
	private int port;

	// written by the test's thread, read by the shutdown hook
	private volatile @Nullable Process process;

	private RealServer(Builder options, Path program) {
		this.options = options;
		this.program = program;
		this.folder = TemporaryFolder.create("h2-real-server-");
	}

	/**
	 * Starts to describe a server. Skips the test if it is not installed.
	 * @param kind which one
	 * @return a builder
	 */
	public static Builder of(ServerKind kind) {
		return new Builder(kind);
	}

	/**
	 * Starts to describe an nginx: it serves files, {@code POST /echo} answers with the
	 * request's content, and {@code POST /refuse-body} answers 413 without reading it.
	 * Skips the test if nginx is not installed.
	 * @return a builder
	 */
	public static Builder nginx() {
		return new Builder(ServerKind.NGINX);
	}

	/**
	 * Starts to describe an nghttpd: it serves files, and any POST or PUT answers with
	 * the request's content. Skips the test if nghttpd is not installed.
	 * @return a builder
	 */
	public static Builder nghttpd() {
		return new Builder(ServerKind.NGHTTPD);
	}

	/**
	 * Starts to describe a gateway. Skips the test if it is not installed.
	 * @param kind which one
	 * @param upstream where it sends all requests
	 * @return a builder
	 */
	public static Builder gateway(GatewayKind kind, Upstream upstream) {
		Builder builder = new Builder(kind);
		builder.upstreamPort = upstream.port();
		return builder;
	}

	/**
	 * Starts to describe a gateway with the configuration of its package. Skips the test
	 * if it is not installed.
	 * @param kind which one
	 * @param upstreamPort the port of 127.0.0.1 where it sends all requests, by HTTP/1.1
	 * @return a builder
	 */
	public static Builder packaged(PackagedServer kind, int upstreamPort) {
		Builder builder = new Builder(kind);
		builder.upstreamPort = upstreamPort;
		return builder;
	}

	/**
	 * Starts to describe an apache2 that is a proxy: it opens tunnels by {@code CONNECT}.
	 * Skips the test if it is not installed.
	 * @param username who may use it, {@code null} for everybody
	 * @param password that user's password
	 * @return a builder
	 */
	public static Builder forwardProxy(@Nullable String username, @Nullable String password) {
		return new Builder(new ForwardProxy(username, password));
	}

	/**
	 * Returns the port that the server has now and keeps over a restart.
	 * @return a port of 127.0.0.1
	 */
	public int port() {
		return this.port;
	}

	/**
	 * Returns a target on this server.
	 * @param path an absolute path
	 * @return an {@code https} target if the server has a certificate, else {@code http}
	 */
	public URI uri(String path) {
		return URI.create(((this.options.certificates != null) ? "https" : "http") + "://" + this.options.address + ":"
				+ this.port + path);
	}

	/**
	 * Returns the process.
	 * @return its id, as {@code kill} takes it
	 */
	public long pid() {
		return running().pid();
	}

	/** Ends the server as {@code kill -9} does: without a GOAWAY, without a goodbye. */
	public void kill() {
		end();
	}

	/** Asks the server to end (SIGTERM) and waits; kills it if it does not. */
	public void stop() {
		Process running = running();
		running.destroy();
		try {
			running.waitFor(STOP_SECONDS, TimeUnit.SECONDS);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		end();
	}

	/**
	 * Starts the server again on the same port, after {@link #kill()} or {@link #stop()}.
	 */
	public void restart() {
		end();
		// Children of the old one die a moment later; until then they hold the port.
		Awaitility.await().atMost(Duration.ofSeconds(STOP_SECONDS)).until(this::isPortFree);
		launch();
	}

	private boolean isPortFree() {
		try (ServerSocket probe = new ServerSocket()) {
			probe.setReuseAddress(true);
			probe.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port()));
			return true;
		}
		catch (IOException ex) {
			return false;
		}
	}

	/**
	 * Makes the server take its configuration anew while it serves, and returns when it
	 * has been told.
	 */
	public void reload() {
		execute(this.options.kind.reload(this.program, this.folder, pid()));
	}

	/**
	 * Stops the server's clock (SIGSTOP): connections stay open and the kernel
	 * acknowledges what arrives, but nobody answers.
	 */
	public void suspend() {
		signal("STOP");
	}

	/** Lets a suspended server go on (SIGCONT). */
	public void resume() {
		signal("CONT");
	}

	/**
	 * Returns what the server wrote to its standard streams and its error log.
	 * @return the text so far
	 */
	public String log() {
		StringBuilder text = new StringBuilder();
		for (String name : List.of("output.log", "error.log")) {
			Path log = this.folder.resolve(name);
			try {
				text.append(Files.exists(log) ? Files.readString(log) : "");
			}
			catch (IOException ex) {
				throw new UncheckedIOException(ex);
			}
		}
		return text.toString();
	}

	Path folder() {
		return this.folder;
	}

	@Override
	public void close() {
		end();
		TemporaryFolder.delete(this.folder);
		Runtime.getRuntime().removeShutdownHook(this.endWithJvm);
	}

	private void prepare() throws IOException {
		Path www = Files.createDirectories(this.folder.resolve("www"));
		for (Map.Entry<String, byte[]> file : this.options.files.entrySet()) {
			Path path = www.resolve(file.getKey().substring(1));
			Files.createDirectories(path.getParent());
			Files.write(path, file.getValue());
		}
		Runtime.getRuntime().addShutdownHook(this.endWithJvm);
	}

	private void start() {
		for (int attempt = 1;; attempt++) {
			this.port = freePort();
			try {
				launch();
				return;
			}
			catch (IllegalStateException ex) {
				if (attempt == START_ATTEMPTS) {
					throw ex;
				}
			}
		}
	}

	private void launch() {
		List<String> command = new ArrayList<>(List.of("setsid", "/bin/sh", "-c", LAUNCHER, "sh"));
		try {
			command.addAll(this.options.prefix);
			command.addAll(this.options.kind.command(this.program, this.folder, this.port, this.options));
			this.process = new ProcessBuilder(command).directory(this.folder.toFile())
				.redirectErrorStream(true)
				.redirectOutput(ProcessBuilder.Redirect.appendTo(this.folder.resolve("output.log").toFile()))
				.start();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		Process started = running();
		Awaitility.await()
			.atMost(START_LIMIT)
			.pollInterval(Duration.ofMillis(10))
			.until(() -> !started.isAlive() || accepts());
		if (!started.isAlive()) {
			throw new IllegalStateException(this.program + " did not start: " + log());
		}
	}

	private boolean accepts() {
		try (Socket socket = new Socket()) {
			socket.connect(new InetSocketAddress(this.options.address, this.port), 1000);
			return true;
		}
		catch (IOException ex) {
			return false;
		}
	}

	private Process running() {
		Process current = this.process;
		if (current == null) {
			throw new IllegalStateException("the server is not running");
		}
		return current;
	}

	private void signal(String name) {
		execute(List.of("kill", "-" + name, String.valueOf(pid())));
	}

	private void execute(List<String> command) {
		try {
			Process process = new ProcessBuilder(command).redirectErrorStream(true)
				.redirectOutput(ProcessBuilder.Redirect.appendTo(this.folder.resolve("output.log").toFile()))
				.start();
			if (process.waitFor() != 0) {
				throw new IllegalStateException(command + " failed: " + log());
			}
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	/*
	 * All processes of the server at the same moment: a master replaces a worker that
	 * dies before it.
	 */
	private static void killGroup(long pid) {
		try {
			new ProcessBuilder("kill", "-KILL", "--", "-" + pid).redirectErrorStream(true)
				.redirectOutput(ProcessBuilder.Redirect.DISCARD)
				.start()
				.waitFor();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	private void end() {
		Process ending = this.process;
		this.process = null;
		if (ending == null) {
			return;
		}
		killGroup(ending.pid());
		// The watching shell first: it must not signal a process id that is free again.
		ending.descendants().forEach(ProcessHandle::destroyForcibly);
		ending.destroyForcibly();
		try {
			ending.waitFor(STOP_SECONDS, TimeUnit.SECONDS);
			ending.getOutputStream().close();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static int freePort() {
		try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			return socket.getLocalPort();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/** Describes a server. Not thread-safe. */
	public static final class Builder {

		final ServerProgram kind;

		final Map<String, byte[]> files = new LinkedHashMap<>();

		final List<String> arguments = new ArrayList<>();

		// the default of nginx and of many others
		int maxConcurrentStreams = 128;

		// the default of nginx
		int keepaliveRequests = 1000;

		@Nullable Certificates certificates;

		// of a gateway
		int upstreamPort;

		String address = "127.0.0.1";

		// what makes the command run where it should
		List<String> prefix = List.of();

		private Builder(ServerProgram kind) {
			this.kind = kind;
		}

		/**
		 * Serves over TLS with ALPN {@code h2}; without this the server speaks cleartext
		 * HTTP/2 with prior knowledge (RFC 9113 section 3.3).
		 * @param newCertificates the server's identity
		 * @return this
		 */
		public Builder tls(Certificates newCertificates) {
			this.certificates = newCertificates;
			return this;
		}

		/**
		 * Sets SETTINGS_MAX_CONCURRENT_STREAMS, 128 if not called.
		 * @param value 1 or more
		 * @return this
		 */
		public Builder maxConcurrentStreams(int value) {
			this.maxConcurrentStreams = value;
			return this;
		}

		/**
		 * Sets after how many requests a connection gets a GOAWAY, 1000 if not called.
		 * @param value 1 or more
		 * @return this
		 * @throws IllegalStateException on nghttpd, which has no such limit
		 */
		public Builder keepaliveRequests(int value) {
			if (this.kind != ServerKind.NGINX && this.kind != GatewayKind.NGINX) {
				throw new IllegalStateException(this.kind.program() + " has no limit of requests for a connection");
			}
			this.keepaliveRequests = value;
			return this;
		}

		/**
		 * Runs the server inside a network of its own, at its address. For nghttpd.
		 * @param network outlives the server
		 * @return this
		 */
		public Builder inside(NetworkNamespace network) {
			this.address = network.address();
			this.prefix = network.prefix();
			return this;
		}

		/**
		 * Serves a file whose content is {@link Content#ofSize(int)}.
		 * @param path an absolute path
		 * @param size the number of octets, 0 or more
		 * @return this
		 */
		public Builder file(String path, int size) {
			this.files.put(path, Content.ofSize(size));
			return this;
		}

		/**
		 * Adds what the other options do not cover: lines for nginx's server block, or
		 * command-line options for nghttpd.
		 * @param lines as the server's manual has them
		 * @return this
		 */
		public Builder arguments(String... lines) {
			this.arguments.addAll(Arrays.asList(lines));
			return this;
		}

		/**
		 * Starts the server.
		 * @return a server that accepts connections
		 */
		public RealServer start() {
			Path program = this.kind.find();
			Assumptions.assumeTrue(program != null, () -> this.kind.program() + " is not installed on this machine");
			if (program == null) {
				throw new IllegalStateException("unreachable: the assumption has failed");
			}
			RealServer server = new RealServer(this, program);
			try {
				server.prepare();
				server.start();
				return server;
			}
			catch (IOException ex) {
				server.close();
				throw new UncheckedIOException(ex);
			}
			catch (RuntimeException ex) {
				server.close();
				throw ex;
			}
		}

	}

}
