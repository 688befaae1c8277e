package io.github.h2transport.benchmarks.compare;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

import io.github.h2transport.benchmarks.client.ClientKind.Trait;
import org.jspecify.annotations.Nullable;

/**
 * Writes what a run gave: {@code results.md} with tables of medians, {@code results.csv}
 * with each single measurement, and plots.
 */
final class Report {

	private static final List<Metric> PLOTTED = List.of(Metric.REQUESTS_PER_SECOND, Metric.CPU_MICROS);

	private static final List<Metric> CURVES = List.of(Metric.REQUESTS_PER_SECOND, Metric.CPU_MICROS,
			Metric.HEAP_PER_CONNECTION);

	private final Path folder;

	private final Results results;

	Report(Path folder, Results results) {
		this.folder = folder;
		this.results = results;
	}

	void write(String introduction) throws IOException {
		StringBuilder page = new StringBuilder(introduction);
		for (Map.Entry<Results.Table, List<Row>> table : this.results.tables().entrySet()) {
			page.append("\n## ").append(table.getKey().title()).append("\n\n");
			page.append(table(table.getValue()));
			if (table.getKey().workload().curve() == null) {
				page.append(plots(table.getKey(), table.getValue()));
			}
		}
		page.append(curves());
		Files.writeString(this.folder.resolve("results.md"), page);
		writeMeasurements();
	}

	void writeMeasurements() throws IOException {
		Files.writeString(this.folder.resolve("results.csv"), csv());
	}

	String csv() {
		StringBuilder text = new StringBuilder("workload,server,client,repetition");
		for (Metric metric : Metric.values()) {
			text.append(',').append(metric.key());
		}
		text.append(",note\n");
		this.results.all().forEach((row, measurements) -> {
			int repetition = 1;
			for (Measurement measurement : measurements) {
				text.append(row.workload().name()).append(',').append(row.target().label()).append(',');
				text.append(row.label()).append(',').append(repetition++);
				for (Metric metric : Metric.values()) {
					Double value = measurement.values().get(metric);
					text.append(',').append((value != null) ? String.format(Locale.ROOT, "%.3f", value) : "");
				}
				text.append(",\"").append(measurement.note().replace("\"", "\"\"")).append("\"\n");
			}
		});
		return text.toString();
	}

	String table(List<Row> rows) {
		List<Metric> metrics = Stream.of(Metric.values())
			.filter((metric) -> rows.stream().anyMatch((row) -> this.results.spread(row, metric) != null))
			.toList();
		double limit = rows.stream()
			.filter((row) -> row.client() == null)
			.mapToDouble((row) -> this.results.median(row, Metric.REQUESTS_PER_SECOND))
			.findFirst()
			.orElse(0);
		Row bestPeer = rows.stream()
			.filter(Row::isPeer)
			.max(Comparator.comparingDouble((row) -> this.results.median(row, Metric.REQUESTS_PER_SECOND)))
			.orElse(null);
		double best = (bestPeer != null) ? this.results.median(bestPeer, Metric.REQUESTS_PER_SECOND) : 0;

		StringBuilder text = new StringBuilder("| client |");
		StringBuilder rule = new StringBuilder("\n|---|");
		for (Metric metric : metrics) {
			text.append(' ').append(metric.label()).append(" |");
			rule.append("---:|");
		}
		text.append(" of h2load | of best peer | notes |").append(rule).append("---:|---:|---|\n");
		rows.stream()
			.sorted(Comparator.comparingDouble((row) -> -this.results.median(row, Metric.REQUESTS_PER_SECOND)))
			.forEach((row) -> {
				text.append("| ").append(name(row)).append(" |");
				for (Metric metric : metrics) {
					text.append(' ').append(cell(row, metric)).append(" |");
				}
				double rate = this.results.median(row, Metric.REQUESTS_PER_SECOND);
				text.append(ratio(rate, limit)).append(ratio(rate, best));
				text.append(' ').append(this.results.note(row).replace("|", "\\|")).append(" |\n");
			});
		return text.toString();
	}

	private static String name(Row row) {
		return isOurs(row) ? "**" + row.label() + "**" : row.label();
	}

	private static boolean isOurs(Row row) {
		return row.client() != null && row.client().is(Trait.OURS);
	}

	/** The median, and where it matters the range of the repetitions. */
	private String cell(Row row, Metric metric) {
		Spread spread = this.results.spread(row, metric);
		if (spread == null) {
			return "";
		}
		String median = metric.format(spread.median());
		boolean ranged = metric == Metric.REQUESTS_PER_SECOND && spread.lowest() != spread.highest();
		return ranged ? median + " (" + metric.format(spread.lowest()) + "–" + metric.format(spread.highest()) + ")"
				: median;
	}

	private static String ratio(double value, double whole) {
		return (value > 0 && whole > 0) ? String.format(Locale.ROOT, " %.2f |", value / whole) : " |";
	}

	private String plots(Results.Table table, List<Row> rows) throws IOException {
		StringBuilder links = new StringBuilder();
		for (Metric metric : PLOTTED) {
			List<BarChart.Bar> bars = new ArrayList<>();
			for (Row row : rows) {
				Spread spread = this.results.spread(row, metric);
				if (spread != null) {
					bars.add(new BarChart.Bar(row.label(), isOurs(row) ? BarChart.Side.OURS : BarChart.Side.OTHERS,
							spread));
				}
			}
			if (!bars.isEmpty()) {
				links.append(plot(table.fileName(), metric, BarChart.draw(table.title(), metric, bars)));
			}
		}
		return links.toString();
	}

	private String curves() throws IOException {
		StringBuilder links = new StringBuilder();
		List<String> names = this.results.all()
			.keySet()
			.stream()
			.map((row) -> row.workload().curve())
			.filter(Objects::nonNull)
			.map(Workload.Curve::name)
			.distinct()
			.toList();
		for (String name : names) {
			links.append("\n## Cost against ").append(name).append('\n');
			for (Metric metric : CURVES) {
				Map<String, List<LineChart.Point>> lines = lines(name, metric);
				if (!lines.isEmpty()) {
					links.append(plot("curve-" + name, metric, LineChart.draw(name, metric, lines)));
				}
			}
		}
		return links.toString();
	}

	private Map<String, List<LineChart.Point>> lines(String curve, Metric metric) {
		Map<String, List<LineChart.Point>> lines = new LinkedHashMap<>();
		for (Row row : this.results.all().keySet()) {
			Spread spread = this.results.spread(row, metric);
			Workload.@Nullable Curve point = row.workload().curve();
			if (spread != null && point != null && point.name().equals(curve)) {
				lines.computeIfAbsent(row.label(), (key) -> new ArrayList<>())
					.add(new LineChart.Point(point.x(), spread.median()));
			}
		}
		return lines;
	}

	private String plot(String name, Metric metric, String svg) throws IOException {
		String file = name + "-" + metric.key() + ".svg";
		Files.writeString(this.folder.resolve(file), svg);
		return "\n![" + name + ", " + metric.label() + "](" + file + ")\n";
	}

}
