package io.github.h2transport.benchmarks.compare;

import java.util.List;

/** Horizontal bars, the longest first, each with the range of its repetitions. */
final class BarChart {

	private static final int WIDTH = 760;

	private static final int LEFT = 200;

	private static final int RIGHT = 90;

	private static final int TOP = 40;

	private static final int STEP = 24;

	private static final int BAR = 16;

	private static final String OURS = "#2b6cb0";

	private static final String OTHERS = "#a0aec0";

	private static final String RANGE = "#1a202c";

	private BarChart() {
	}

	static String draw(String title, Metric metric, List<Bar> bars) {
		List<Bar> sorted = bars.stream()
			.sorted((a, b) -> Double.compare(b.spread().median(), a.spread().median()))
			.toList();
		double most = sorted.stream().mapToDouble((bar) -> bar.spread().highest()).max().orElse(1);
		double scale = (WIDTH - LEFT - RIGHT) / Math.max(most, Double.MIN_NORMAL);
		Svg svg = new Svg(WIDTH, TOP + STEP * sorted.size() + 10);
		svg.text(10, 22, Svg.Anchor.START, title + ": " + metric.label() + " (median and range)");
		double y = TOP;
		for (Bar bar : sorted) {
			Spread spread = bar.spread();
			double middle = y + BAR / 2.0;
			svg.text(LEFT - 8, middle + 4, Svg.Anchor.END, bar.label())
				.bar(LEFT, y, spread.median() * scale, BAR, (bar.side() == Side.OURS) ? OURS : OTHERS)
				.line(LEFT + spread.lowest() * scale, middle, LEFT + spread.highest() * scale, middle, RANGE, 1.5)
				.text(LEFT + spread.highest() * scale + 6, middle + 4, Svg.Anchor.START,
						metric.format(spread.median()));
			y += STEP;
		}
		return svg.toString();
	}

	/** Whose bar it is. */
	enum Side {

		OURS, OTHERS

	}

	/**
	 * One bar.
	 *
	 * @param label beside it
	 * @param side decides the colour
	 * @param spread its length
	 */
	record Bar(String label, Side side, Spread spread) {
	}

}
