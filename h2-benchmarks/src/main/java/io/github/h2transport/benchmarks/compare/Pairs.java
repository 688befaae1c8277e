package io.github.h2transport.benchmarks.compare;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Compares two states of this project's code: each row runs with the one and with the
 * other, in JVMs of their own, one after the other, and only the two of a pair are
 * compared. The order changes from pair to pair. A row has as many pairs as the plan has
 * repetitions, and up to {@value #MOST} while they do not say whether its CPU a call has
 * grown by more than 5 %.
 */
final class Pairs {

	static final int MOST = 30;

	static final double LIMIT = 1.05;

	private final Plan plan;

	private final ForkedWorker before;

	private final ForkedWorker now;

	private final Path page;

	private final Instant begin = Instant.now();

	private final Map<Row, Map<Metric, List<Double>>> ratios = new LinkedHashMap<>();

	Pairs(Plan plan, ForkedWorker before, ForkedWorker now, Path folder) {
		this.plan = plan;
		this.before = before;
		this.now = now;
		this.page = folder.resolve("pairs.md");
	}

	void run(Servers servers) throws IOException, InterruptedException {
		for (int pair = 1; pair <= Math.max(MOST, this.plan.repetitions()); pair++) {
			for (Row row : this.plan.rows()) {
				if (isOpen(row, pair) && seconds() < this.plan.budgetSeconds()) {
					measure(row, pair, servers);
				}
			}
		}
	}

	private boolean isOpen(Row row, int pair) {
		if (pair <= this.plan.repetitions()) {
			return true;
		}
		List<Double> cpu = this.ratios.getOrDefault(row, Map.of()).get(Metric.CPU_MICROS);
		return cpu != null && Ratio.of(cpu).straddles(LIMIT);
	}

	private void measure(Row row, int pair, Servers servers) throws IOException, InterruptedException {
		boolean oldFirst = pair % 2 == 1;
		Measurement first = (oldFirst ? this.before : this.now).run(row, servers, this.plan);
		Measurement second = (oldFirst ? this.now : this.before).run(row, servers, this.plan);
		Measurement was = oldFirst ? first : second;
		Measurement is = oldFirst ? second : first;
		Map<Metric, List<Double>> all = this.ratios.computeIfAbsent(row, (key) -> new LinkedHashMap<>());
		was.values().forEach((metric, value) -> {
			Double later = is.values().get(metric);
			if (later != null && value > 0 && later > 0) {
				all.computeIfAbsent(metric, (key) -> new ArrayList<>()).add(later / value);
			}
		});
		System.out.printf(Locale.ROOT, "%4d s  pair %d  %-34s %-14s %-26s CPU %s, req/s %s %s %s%n", seconds(), pair,
				row.workload().name(), row.target().label(), row.label(), ratio(row, Metric.CPU_MICROS),
				ratio(row, Metric.REQUESTS_PER_SECOND), was.note(), is.note());
		Files.writeString(this.page, page());
	}

	private String ratio(Row row, Metric metric) {
		List<Double> all = this.ratios.getOrDefault(row, Map.of()).get(metric);
		return (all != null) ? Ratio.of(all).toString() : "-";
	}

	private long seconds() {
		return Duration.between(this.begin, Instant.now()).toSeconds();
	}

	/**
	 * The table so far.
	 * @return Markdown
	 */
	String page() {
		StringBuilder text = new StringBuilder("""
				# This code against an earlier state of it

				Pairs in JVMs of their own, interleaved; what is now divided by what was before: the median of the \
				pairs, and in parentheses where it lies in nine of ten runs. Less CPU a call is better, more calls a \
				second are.

				| workload | server | client | pairs | CPU a call | calls a second | octets allocated a call |
				|---|---|---|---:|---|---|---|
				""");
		this.ratios.forEach((row, metrics) -> text.append("| ")
			.append(row.workload().name())
			.append(" | ")
			.append(row.target().label())
			.append(" | ")
			.append(row.label())
			.append(" | ")
			.append(metrics.values().stream().mapToInt(List::size).max().orElse(0))
			.append(" | ")
			.append(ratio(row, Metric.CPU_MICROS))
			.append(" | ")
			.append(ratio(row, Metric.REQUESTS_PER_SECOND))
			.append(" | ")
			.append(ratio(row, Metric.ALLOCATED))
			.append(" |\n"));
		return text.toString();
	}

}
