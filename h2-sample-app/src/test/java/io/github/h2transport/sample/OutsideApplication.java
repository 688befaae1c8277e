package io.github.h2transport.sample;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.awaitility.Awaitility;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * An application that is built and run outside of this build, with the JDK's tools, from
 * jars alone, in Java virtual machines of its own.
 */
final class OutsideApplication implements AutoCloseable {

	/** What only tests have. */
	private static final Pattern OF_TESTS = Pattern
		.compile("(wiremock|junit|assertj|awaitility|mockito|byte-buddy|objenesis|hamcrest|json-path|json-smart|"
				+ "accessors-smart|asm-|jsonassert|android-json|xmlunit|opentest4j|apiguardian|surefire|spring-test|"
				+ "spring-boot-test|spring-boot-starter-test|spring-boot-resttestclient|test-classes).*");

	private static final Pattern STARTED = Pattern
		.compile("Tomcat started on ports? (?:\\d+ \\(https\\), )?(\\d+) \\(http\\)");

	private static final Duration START_LIMIT = Duration.ofSeconds(90); // a busy machine

	private final Path folder;

	private final List<Path> classPath = new ArrayList<>();

	private final Path output;

	// Confined to the test.
	private Process running;

	/**
	 * Prepares an application.
	 * @param folder where everything goes
	 * @param without file names of jars that it does not have
	 */
	OutsideApplication(Path folder, Pattern without) {
		this.folder = folder;
		this.output = folder.resolve("output.txt");
		for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
			Path path = Path.of(entry);
			// Classes that are in no jar yet go by the name of their module.
			String name = (path.endsWith("classes") ? module(path) : path.getFileName()).toString();
			if (!OF_TESTS.matcher(name).matches() && !without.matcher(name).matches()) {
				this.classPath.add(Files.isDirectory(path) ? jar(path) : path);
			}
		}
	}

	/** What packaging makes of the classes of a module. */
	private Path jar(Path classes) {
		Path jar = this.folder.resolve(module(classes) + ".jar");
		try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar));
				Stream<Path> files = Files.walk(classes)) {
			for (Path file : files.filter((each) -> !each.equals(classes)).toList()) {
				String name = classes.relativize(file).toString().replace(File.separatorChar, '/');
				if (Files.isDirectory(file)) {
					out.putNextEntry(new JarEntry(name + "/")); // component scans look
																// for them
				}
				else {
					out.putNextEntry(new JarEntry(name));
					Files.copy(file, out);
				}
			}
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		return jar;
	}

	private static Path module(Path classes) {
		return classes.getParent().getParent().getFileName();
	}

	/** Returns the names of the jars. */
	List<String> jars() {
		return this.classPath.stream().map((path) -> path.getFileName().toString()).toList();
	}

	/**
	 * Compiles sources and puts files beside their classes.
	 * @param sources where the sources are
	 * @param resources what goes along
	 */
	void compile(Path sources, Path... resources) throws Exception {
		Path classes = Files.createDirectories(this.folder.resolve(sources.getFileName() + "-classes"));
		List<String> command = new ArrayList<>(List.of(tool("javac"), "-parameters", "-proc:none", "-nowarn", "-cp",
				classPath(), "-d", classes.toString()));
		try (Stream<Path> files = Files.walk(sources)) {
			files.map(Path::toString).filter((file) -> file.endsWith(".java")).forEach(command::add);
		}
		run(command);
		for (Path resource : resources) {
			Files.copy(resource, classes.resolve(resource.getFileName()));
		}
		this.classPath.add(0, classes);
	}

	/**
	 * Does at build time what Spring otherwise does at the start of the application.
	 * @param mainClass the application
	 * @param arguments of its start
	 */
	void processAheadOfTime(String mainClass, String... arguments) throws Exception {
		Path sources = Files.createDirectories(this.folder.resolve("aot"));
		Path resources = Files.createDirectories(this.folder.resolve("aot-resources"));
		Path classes = Files.createDirectories(this.folder.resolve("aot-made"));
		List<String> command = new ArrayList<>(
				List.of(tool("java"), "-cp", classPath(), "org.springframework.boot.SpringApplicationAotProcessor",
						mainClass, sources.toString(), resources.toString(), classes.toString(), "outside", "outside"));
		command.addAll(Arrays.asList(arguments));
		run(command);
		this.classPath.addAll(0, List.of(classes, resources));
		compile(sources);
	}

	private void run(List<String> command) throws Exception {
		Process process = start(command);
		assertThat(process.waitFor(START_LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
		assertThat(process.exitValue()).as(output()).isZero();
	}

	/**
	 * Starts the application and waits until it serves.
	 * @param mainClass its main class
	 * @param jvmOption an option of the Java virtual machine
	 * @param arguments of the application
	 * @return the port on which it serves
	 */
	int start(String mainClass, String jvmOption, String... arguments) throws IOException {
		List<String> command = new ArrayList<>(List.of(tool("java"), jvmOption, "-cp", classPath(), mainClass));
		command.addAll(Arrays.asList(arguments));
		this.running = start(command);
		return Awaitility.await().atMost(START_LIMIT).until(() -> {
			assertThat(this.running.isAlive()).as(output()).isTrue();
			Matcher started = STARTED.matcher(output());
			return started.find() ? Integer.parseInt(started.group(1)) : 0;
		}, (port) -> port != 0);
	}

	private Process start(List<String> command) throws IOException {
		return new ProcessBuilder(command).directory(this.folder.toFile())
			.redirectErrorStream(true)
			.redirectOutput(ProcessBuilder.Redirect.appendTo(this.output.toFile()))
			.start();
	}

	/**
	 * Asks the application to stop, as a service manager does, and waits until it has.
	 */
	void stop() throws InterruptedException {
		this.running.destroy();
		assertThat(this.running.waitFor(START_LIMIT.toSeconds(), TimeUnit.SECONDS)).as("no thread keeps it").isTrue();
	}

	String output() {
		try {
			return Files.exists(this.output) ? Files.readString(this.output) : "";
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private String classPath() {
		return this.classPath.stream().map(Path::toString).collect(Collectors.joining(File.pathSeparator));
	}

	private static String tool(String name) {
		return Path.of(System.getProperty("java.home"), "bin", name).toString();
	}

	@Override
	public void close() {
		if (this.running != null) {
			this.running.destroyForcibly();
		}
	}

}
