package io.github.h2transport.benchmarks.compare;

import java.util.List;
import java.util.Map;
import java.util.Locale;

/** A line for each client over what grows; x is logarithmic. */
final class LineChart {

	private static final int WIDTH = 760;

	private static final int HEIGHT = 420;

	private static final int LEFT = 80;

	private static final int RIGHT = 190;

	private static final int TOP = 40;

	private static final int BOTTOM = 45;

	private static final int GRID_LINES = 5;

	private static final String GRID = "#e2e8f0";

	private static final List<String> COLORS = List.of("#2b6cb0", "#c05621", "#2f855a", "#6b46c1", "#b83280",
			"#4a5568");

	private LineChart() {
	}

	/**
	 * Draws.
	 * @param title what grows
	 * @param metric what is shown
	 * @param lines for each label its points in the order of x
	 * @return an SVG document
	 */
	static String draw(String title, Metric metric, Map<String, List<Point>> lines) {
		List<Point> all = lines.values().stream().flatMap(List::stream).toList();
		double least = all.stream().mapToDouble((point) -> log(point.x())).min().orElse(0);
		double most = all.stream().mapToDouble((point) -> log(point.x())).max().orElse(1);
		double highest = Math.max(all.stream().mapToDouble(Point::y).max().orElse(1), Double.MIN_NORMAL);
		double xScale = (WIDTH - LEFT - RIGHT) / Math.max(most - least, 1e-9);
		double yScale = (HEIGHT - TOP - BOTTOM) / highest;
		double bottom = HEIGHT - BOTTOM;
		Svg svg = new Svg(WIDTH, HEIGHT);
		svg.text(10, 22, Svg.Anchor.START, title + ": " + metric.label());
		for (int i = 0; i <= GRID_LINES; i++) {
			double value = highest * i / GRID_LINES;
			svg.line(LEFT, bottom - value * yScale, WIDTH - RIGHT, bottom - value * yScale, GRID, 1)
				.text(LEFT - 6, bottom - value * yScale + 4, Svg.Anchor.END, metric.format(value));
		}
		all.stream()
			.map(Point::x)
			.distinct()
			.forEach((x) -> svg.text(LEFT + (log(x) - least) * xScale, bottom + 18, Svg.Anchor.MIDDLE,
					String.format(Locale.ROOT, "%,.0f", x)));
		int number = 0;
		for (Map.Entry<String, List<Point>> line : lines.entrySet()) {
			String color = COLORS.get(number % COLORS.size());
			Point before = null;
			for (Point point : line.getValue()) {
				double x = LEFT + (log(point.x()) - least) * xScale;
				double y = bottom - point.y() * yScale;
				if (before != null) {
					svg.line(LEFT + (log(before.x()) - least) * xScale, bottom - before.y() * yScale, x, y, color, 2);
				}
				svg.dot(x, y, color);
				before = point;
			}
			double legend = TOP + 18.0 * number++;
			svg.dot(WIDTH - RIGHT + 20, legend, color)
				.text(WIDTH - RIGHT + 30, legend + 4, Svg.Anchor.START, line.getKey());
		}
		return svg.toString();
	}

	// 0 has a place, too
	private static double log(double x) {
		return Math.log(1 + x);
	}

	/**
	 * A point of a line.
	 *
	 * @param x what grows
	 * @param y what was measured
	 */
	record Point(double x, double y) {
	}

}
