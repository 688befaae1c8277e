package io.github.h2transport.benchmarks.compare;

import java.util.List;

/**
 * What the repetitions of one row gave.
 *
 * @param median the middle one, or the mean of the two in the middle
 * @param lowest the lowest
 * @param highest the highest
 */
record Spread(double median, double lowest, double highest) {

	static Spread of(List<Double> values) {
		if (values.isEmpty()) {
			throw new IllegalArgumentException("no values");
		}
		List<Double> sorted = values.stream().sorted().toList();
		int size = sorted.size();
		double median = (sorted.get((size - 1) / 2) + sorted.get(size / 2)) / 2;
		return new Spread(median, sorted.get(0), sorted.get(size - 1));
	}

}
