package io.github.h2transport.benchmarks.compare;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

import org.jspecify.annotations.Nullable;

/**
 * All measurements of a run, in the order in which rows first ran. Confined to the
 * comparison's thread.
 */
final class Results {

	private final Map<Row, List<Measurement>> measurements = new LinkedHashMap<>();

	void add(Row row, Measurement measurement) {
		this.measurements.computeIfAbsent(row, (key) -> new ArrayList<>()).add(measurement);
	}

	Map<Row, List<Measurement>> all() {
		return this.measurements;
	}

	/**
	 * Returns the rows of each table.
	 * @return those of one workload and one server together, in the order of their first
	 * run
	 */
	Map<Table, List<Row>> tables() {
		Map<Table, List<Row>> tables = new LinkedHashMap<>();
		for (Row row : this.measurements.keySet()) {
			tables.computeIfAbsent(new Table(row.workload(), row.target()), (key) -> new ArrayList<>()).add(row);
		}
		return tables;
	}

	/**
	 * Returns what the repetitions of a row gave.
	 * @param row of the plan
	 * @param metric what was measured
	 * @return {@code null} if it was not measured
	 */
	@Nullable Spread spread(Row row, Metric metric) {
		List<Double> values = this.measurements.getOrDefault(row, List.of())
			.stream()
			.map((measurement) -> measurement.values().get(metric))
			.filter(Objects::nonNull)
			.toList();
		return values.isEmpty() ? null : Spread.of(values);
	}

	double median(Row row, Metric metric) {
		Spread spread = spread(row, metric);
		return (spread != null) ? spread.median() : 0;
	}

	String note(Row row) {
		return this.measurements.getOrDefault(row, List.of())
			.stream()
			.map(Measurement::note)
			.filter((note) -> !note.isEmpty())
			.findFirst()
			.orElse("");
	}

	/**
	 * One table.
	 *
	 * @param workload what was asked for
	 * @param target of whom
	 */
	record Table(Workload workload, Target target) {

		String title() {
			return this.workload.name() + " at " + this.target.label();
		}

		String fileName() {
			return this.workload.name() + "-" + this.target.label();
		}

	}

}
