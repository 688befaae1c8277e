package io.github.h2transport.benchmarks.compare;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import io.github.h2transport.benchmarks.client.ClientKind;
import io.github.h2transport.benchmarks.client.ClientKind.Trait;

/**
 * Runs {@link Worker} in a JVM of its own with a fixed heap, and ends it when its time is
 * up.
 */
final class ForkedWorker {

	// enough for the start of a JVM on a busy machine and for the last calls
	private static final double EXTRA_SECONDS = Worker.FIRST_CALL_SECONDS + 25;

	private static final double IDLE_SECONDS = 120;

	private static final List<String> JVM_OPTIONS = List.of("-Xms1g", "-Xmx1g", "-XX:+UseG1GC", "-Xshare:auto",
			"-XX:MaxDirectMemorySize=2g");

	// a test's class path is not the JVM's
	private static final String CLASS_PATH = System.getProperty("surefire.test.class.path",
			System.getProperty("java.class.path"));

	private final Path java;

	private final Path folder;

	/** What its JVMs see before everything else; empty for nothing. */
	private final String first;

	ForkedWorker(Path java, Path folder) {
		this(java, folder, "");
	}

	/**
	 * Makes a worker of another state of the code.
	 * @param java the JVM
	 * @param folder where it logs
	 * @param first jars or folders of classes that hide those of this state
	 */
	ForkedWorker(Path java, Path folder, String first) {
		this.java = java;
		this.folder = folder;
		this.first = first.isEmpty() ? "" : first + File.pathSeparator;
	}

	static String jvmOptions() {
		return String.join(" ", JVM_OPTIONS);
	}

	/**
	 * Asks the JVM of the workers what it is.
	 * @return one line
	 * @throws IOException if it cannot be started
	 */
	String version() throws IOException {
		Process process = new ProcessBuilder(this.java.toString(), "-version").redirectErrorStream(true).start();
		process.getOutputStream().close();
		String[] lines = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).split("\\n");
		return lines[Math.min(1, lines.length - 1)].trim();
	}

	/**
	 * Reactor works more where it finds context propagation, so only who needs it has it.
	 */
	private static String classPath(ClientKind client) {
		if (client.is(Trait.CONTEXT_PROPAGATION)) {
			return CLASS_PATH;
		}
		return Pattern.compile(File.pathSeparator, Pattern.LITERAL)
			.splitAsStream(CLASS_PATH)
			.filter((entry) -> !Path.of(entry).getFileName().toString().startsWith("context-propagation"))
			.collect(Collectors.joining(File.pathSeparator));
	}

	Measurement run(Row row, Servers servers, Plan plan) throws IOException, InterruptedException {
		List<String> command = new ArrayList<>(List.of(this.java.toString()));
		command.addAll(JVM_OPTIONS);
		command.addAll(List.of("-cp", this.first + classPath(row.client()), Worker.class.getName()));
		command.addAll(row.workload().arguments());
		command.add("client=" + row.label());
		command.add("server=" + servers.uri(row));
		command.add("warm-up=" + plan.warmUpSeconds());
		command.add("window=" + plan.windowSeconds());
		if (row.target().isTls()) {
			command.add("certificate=" + servers.certificate());
		}
		double limit = Worker.LONGEST_WARM_UP * plan.warmUpSeconds() + plan.windowSeconds() + EXTRA_SECONDS
				+ ((row.workload().shape() == Workload.Shape.IDLE) ? IDLE_SECONDS : 0);
		Path output = this.folder.resolve("worker-output.log");
		Path errors = this.folder.resolve("workers.log");
		// What clients log has its place, but not among the results. Closing the pipe to
		// its
		// standard input ends a worker, and so does the end of this JVM.
		Process process = new ProcessBuilder(command).redirectOutput(output.toFile())
			.redirectError(ProcessBuilder.Redirect.appendTo(errors.toFile()))
			.start();
		try {
			if (!process.waitFor((long) (limit * 1000), TimeUnit.MILLISECONDS)) {
				return Measurement.impossible("did not end within " + Math.round(limit) + " s");
			}
		}
		finally {
			process.destroyForcibly();
		}
		return Files.readAllLines(output)
			.stream()
			.filter((line) -> line.startsWith(Measurement.PREFIX))
			.findFirst()
			.map(Measurement::parse)
			.orElseGet(() -> Measurement.impossible("ended with " + process.exitValue() + ", see workers.log"));
	}

}
