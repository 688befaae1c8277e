package io.github.h2transport.benchmarks.compare;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;

/**
 * What pairs of measurements say of two states of the code: the median of their ratios,
 * and where it lies in nine of ten runs, by drawing from the pairs again and again.
 *
 * @param median above 1 if the new state has more
 * @param low the lower end of the interval
 * @param high its upper end
 * @param pairs how many there are
 */
record Ratio(double median, double low, double high, int pairs) {

	private static final int DRAWS = 10_000;

	// What chance decides must not differ between two looks at the same figures.
	private static final long SEED = 90;

	static Ratio of(List<Double> ratios) {
		Random random = new Random(SEED);
		List<Double> medians = new ArrayList<>(DRAWS);
		for (int draw = 0; draw < DRAWS; draw++) {
			medians
				.add(Spread.of(random.ints(ratios.size(), 0, ratios.size()).mapToObj(ratios::get).toList()).median());
		}
		medians.sort(null);
		return new Ratio(Spread.of(ratios).median(), medians.get(DRAWS / 20), medians.get(DRAWS - DRAWS / 20 - 1),
				ratios.size());
	}

	/**
	 * Tells whether more pairs would be needed to say on which side of a limit it is.
	 * @param limit the limit
	 * @return whether the interval contains it
	 */
	boolean straddles(double limit) {
		return this.low <= limit && limit <= this.high;
	}

	@Override
	public String toString() {
		return String.format(Locale.ROOT, "%.2f (%.2f to %.2f)", this.median, this.low, this.high);
	}

}
