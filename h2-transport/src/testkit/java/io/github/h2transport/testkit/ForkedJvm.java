package io.github.h2transport.testkit;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Runs a program in a JVM of its own, for what can only be set when a JVM starts.
 */
public final class ForkedJvm {

	/** Ends a hang only: on a busy machine a load of encryption takes a minute. */
	private static final int SECONDS = 240;

	private ForkedJvm() {
	}

	/**
	 * Runs a main class of the tests with the JDK and the class path of this JVM.
	 * @param program the class
	 * @param jvmArguments such as system properties
	 * @return all that it printed
	 * @throws IOException if it cannot be started, or ends with anything but 0
	 */
	public static String run(Class<?> program, List<String> jvmArguments) throws IOException {
		List<String> command = new ArrayList<>();
		command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
		command.addAll(
				List.of("-cp", System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"))));
		command.addAll(jvmArguments);
		command.add(program.getName());
		Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
		// Ends the reading below, too.
		Thread guard = new Thread(() -> {
			try {
				process.waitFor(SECONDS, TimeUnit.SECONDS);
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
			finally {
				process.destroyForcibly();
			}
		}, "forked-jvm-guard");
		guard.setDaemon(true);
		guard.start();
		try {
			process.getOutputStream().close();
			String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
			if (process.waitFor() != 0) {
				throw new IOException(program.getSimpleName() + " failed: " + output);
			}
			return output;
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new IOException("interrupted while waiting for " + program.getSimpleName(), ex);
		}
		finally {
			process.destroyForcibly();
		}
	}

}
