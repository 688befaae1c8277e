package io.github.h2transport.benchmarks.compare;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A server as a process that ends with {@link #close()} and with this JVM. Confined to
 * the comparison's thread.
 */
final class ServerProcess implements AutoCloseable {

	private static final int START_ATTEMPTS = 500;

	private static final int POLL_MILLIS = 20;

	/*
	 * Becomes the server, after leaving a shell behind that waits for the end of our
	 * pipe: this JVM holds the other end and cannot die without closing it.
	 */
	private static final String LAUNCHER = "exec 3<&0; (read -r line <&3; kill -9 $$ 2>/dev/null) & "
			+ "exec \"$@\" 3<&- </dev/null";

	private final Process process;

	private ServerProcess(Process process) {
		this.process = process;
	}

	/**
	 * Starts a server and returns when it accepts connections.
	 * @param command the program and its arguments
	 * @param port where it will listen on 127.0.0.1
	 * @param log for what it prints
	 * @return the running server
	 * @throws IOException if it does not start
	 * @throws InterruptedException if interrupted
	 */
	static ServerProcess start(List<String> command, int port, Path log) throws IOException, InterruptedException {
		List<String> all = new ArrayList<>(List.of("/bin/sh", "-c", LAUNCHER, "sh"));
		all.addAll(command);
		Process process = new ProcessBuilder(all).redirectErrorStream(true)
			.redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
			.start();
		for (int i = 0; i < START_ATTEMPTS && process.isAlive(); i++) {
			if (accepts(port)) {
				return new ServerProcess(process);
			}
			TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
		}
		process.destroyForcibly();
		throw new IOException(command.get(0) + " did not start, see " + log);
	}

	static int freePort() throws IOException {
		try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			return socket.getLocalPort();
		}
	}

	private static boolean accepts(int port) {
		try (Socket socket = new Socket()) {
			socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1000);
			return true;
		}
		catch (IOException ex) {
			return false;
		}
	}

	@Override
	public void close() throws IOException {
		this.process.destroyForcibly();
		this.process.getOutputStream().close();
	}

}
