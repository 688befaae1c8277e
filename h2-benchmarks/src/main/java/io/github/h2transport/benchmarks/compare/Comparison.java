package io.github.h2transport.benchmarks.compare;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Compares clients: starts the servers, runs every row of a {@link Plan} in a JVM of its
 * own, repetition by repetition, and writes tables and plots. Each measurement is written
 * at once and the tables after each repetition, so that a long run can be looked at and
 * ended.
 */
public final class Comparison {

	// start and end of a JVM, and the last calls, when an estimate is needed
	private static final double EXTRA_SECONDS = 1.5;

	// what is printed while it runs
	private static final List<Metric> HEADLINES = List.of(Metric.REQUESTS_PER_SECOND, Metric.CPU_MICROS, Metric.ERRORS,
			Metric.HEAP_PER_CONNECTION);

	private static final DateTimeFormatter FOLDER_NAME = DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss");

	private final Plan plan;

	private final ForkedWorker workers;

	private final Path folder;

	private final Results results = new Results();

	private final Instant begin = Instant.now();

	// of the rows so far
	private long longestSeconds;

	// rows for which the budget was too small
	private int leftOut;

	private Comparison(Plan plan, Path java, Path folder) {
		this.plan = plan;
		this.workers = new ForkedWorker(java, folder);
		this.folder = folder;
	}

	/**
	 * Runs.
	 * @param arguments {@code short} (if none), {@code full}, {@code curves} or
	 * {@code pairs} (with {@code before=}, the class path of an earlier state), then
	 * {@code workloads=}, {@code servers=} and {@code clients=} with regular expressions,
	 * {@code repetitions=}, {@code warm-up=}, {@code window=} and {@code budget=} in
	 * seconds, {@code java=} for the workers, {@code results=} for the folder
	 * @throws Exception if servers cannot be started or results not be written
	 */
	public static void main(String[] arguments) throws Exception {
		Map<String, String> options = new LinkedHashMap<>();
		Arrays.stream(arguments).filter((argument) -> argument.contains("=")).forEach((argument) -> {
			String[] pair = argument.split("=", 2);
			options.put(pair[0], pair[1]);
		});
		String form = Arrays.stream(arguments)
			.filter((argument) -> !argument.contains("="))
			.findFirst()
			.orElse("short");
		Plan plan = plan(form, options);
		Path java = Path
			.of(options.getOrDefault("java", Path.of(System.getProperty("java.home"), "bin", "java").toString()));
		Path folder = Path.of(options.getOrDefault("results", "target/results"),
				LocalDateTime.now().format(FOLDER_NAME) + "-" + form);
		Files.createDirectories(folder);
		if (form.equals("pairs")) {
			pairs(plan, java, folder.toAbsolutePath(), options.getOrDefault("before", ""));
			return;
		}
		new Comparison(plan, java, folder.toAbsolutePath()).run(form);
	}

	private static void pairs(Plan plan, Path java, Path folder, String before)
			throws IOException, InterruptedException {
		for (String entry : before.split(File.pathSeparator)) {
			if (before.isEmpty() || !Files.exists(Path.of(entry))) {
				throw new IllegalArgumentException("before= must name jars or class folders of the earlier state, "
						+ "such as its h2-transport/target/classes, not '" + entry + "'");
			}
		}
		Path serverFolder = Files.createTempDirectory("h2-comparison-");
		try (Servers servers = new Servers(serverFolder, plan.sizes())) {
			new Pairs(plan, new ForkedWorker(java, folder, before), new ForkedWorker(java, folder), folder)
				.run(servers);
		}
		finally {
			delete(serverFolder);
		}
		System.out.println("Results: " + folder.resolve("pairs.md"));
	}

	static Plan plan(String form, Map<String, String> options) {
		Plan plan = switch (form) {
			case "short" -> Plan.brief();
			case "full" -> Plan.full();
			case "curves" -> Plan.curves();
			case "pairs" -> Plan.pairs();
			default -> throw new IllegalArgumentException("short, full, curves or pairs, not " + form);
		};
		Plan kept = plan.keeping(pattern(options, "workloads"), pattern(options, "servers"),
				pattern(options, "clients"));
		return new Plan(kept.rows(), (int) number(options, "repetitions", plan.repetitions()),
				number(options, "warm-up", plan.warmUpSeconds()), number(options, "window", plan.windowSeconds()),
				number(options, "budget", plan.budgetSeconds()));
	}

	private static Pattern pattern(Map<String, String> options, String name) {
		return Pattern.compile(options.getOrDefault(name, ".*"));
	}

	private static double number(Map<String, String> options, String name, double otherwise) {
		String value = options.get(name);
		return (value != null) ? Double.parseDouble(value) : otherwise;
	}

	private void run(String form) throws IOException, InterruptedException {
		Path serverFolder = Files.createTempDirectory("h2-comparison-");
		Thread deleteWithJvm = new Thread(() -> delete(serverFolder));
		Runtime.getRuntime().addShutdownHook(deleteWithJvm);
		Report report = new Report(this.folder, this.results);
		try (Servers servers = new Servers(serverFolder, this.plan.sizes())) {
			for (int repetition = 1; repetition <= this.plan.repetitions(); repetition++) {
				for (Row row : this.plan.rows()) {
					measure(row, repetition, servers, serverFolder, report);
				}
				report.write(introduction(form));
			}
		}
		finally {
			delete(serverFolder);
			Runtime.getRuntime().removeShutdownHook(deleteWithJvm);
		}
		System.out.printf(Locale.ROOT, "%nTook %d s. Results: %s%n", seconds(), this.folder.resolve("results.md"));
	}

	private void measure(Row row, int repetition, Servers servers, Path serverFolder, Report report)
			throws IOException, InterruptedException {
		double expected = Math.max(this.longestSeconds,
				this.plan.warmUpSeconds() + this.plan.windowSeconds() + EXTRA_SECONDS);
		if (seconds() + expected > this.plan.budgetSeconds()) {
			this.leftOut++;
			return;
		}
		long before = seconds();
		Measurement measurement = (row.client() != null) ? this.workers.run(row, servers, this.plan)
				: H2load.run(row.workload(), servers.uri(row), this.plan.warmUpSeconds() / 2, this.plan.windowSeconds(),
						serverFolder);
		this.longestSeconds = Math.max(this.longestSeconds, seconds() - before);
		this.results.add(row, measurement);
		report.writeMeasurements();
		System.out.printf(Locale.ROOT, "%4d s  %d/%d  %-34s %-14s %-26s %s %s%n", seconds(), repetition,
				this.plan.repetitions(), row.workload().name(), row.target().label(), row.label(),
				HEADLINES.stream()
					.filter(measurement.values()::containsKey)
					.map((metric) -> metric.format(measurement.values().get(metric)) + " " + metric.label())
					.collect(Collectors.joining(", ")),
				measurement.note());
	}

	private long seconds() {
		return Duration.between(this.begin, Instant.now()).toSeconds();
	}

	private String introduction(String form) throws IOException {
		return """
				# Comparison of HTTP/2 clients, %s form

				Begun %s. %d repetitions one after the other, each row in a JVM of its own: %.1f s of warm-up, then \
				%.1f s with the clock. Medians; the range of the repetitions in parentheses. Client and servers share \
				the machine: compare rows of one table, and nothing that differs less than the ranges do.

				* JVM of the clients: %s, `%s`
				* machine: %s, %d processors, %s; load average at the end %s
				* rows left out because the budget of time was used up: %d

				h2load stands for what the server can do: it does not look at content and has windows of 1 GiB.
				""".formatted(form, this.begin, this.plan.repetitions(), this.plan.warmUpSeconds(),
				this.plan.windowSeconds(), this.workers.version(), ForkedWorker.jvmOptions(), processor(),
				Runtime.getRuntime().availableProcessors(),
				System.getProperty("os.name") + " " + System.getProperty("os.version"), load(), this.leftOut);
	}

	private static String processor() throws IOException {
		Path file = Path.of("/proc/cpuinfo");
		if (!Files.exists(file)) {
			return System.getProperty("os.arch");
		}
		try (Stream<String> lines = Files.lines(file)) {
			return lines.filter((line) -> line.startsWith("model name"))
				.map((line) -> line.substring(line.indexOf(':') + 1).trim())
				.findFirst()
				.orElse(System.getProperty("os.arch"));
		}
	}

	private static String load() throws IOException {
		Path file = Path.of("/proc/loadavg");
		return Files.exists(file) ? Files.readString(file).split(" ")[0] : "unknown";
	}

	private static void delete(Path folder) {
		try (Stream<Path> files = Files.walk(folder)) {
			for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
				Files.deleteIfExists(file);
			}
		}
		catch (IOException ex) {
			System.err.println("cannot delete " + folder + ": " + ex);
		}
	}

}
