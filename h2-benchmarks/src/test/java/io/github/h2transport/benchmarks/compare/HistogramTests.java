package io.github.h2transport.benchmarks.compare;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

class HistogramTests {

	private final Histogram histogram = new Histogram();

	@Test
	void quantilesAreWithinAThirtiethOfTheTruth() {
		for (long nanos = 1; nanos <= 1_000_000; nanos++) {
			this.histogram.record(nanos);
		}
		for (double fraction : new double[] { 0.01, 0.5, 0.99, 0.999 }) {
			double truth = fraction * 1_000_000;
			assertThat((double) this.histogram.quantile(fraction)).isCloseTo(truth, within(truth / 30));
		}
	}

	@Test
	void theSlowestCallIsTheLastQuantile() {
		for (int i = 0; i < 999; i++) {
			this.histogram.record(1000);
		}
		this.histogram.record(10_000_000_000L);
		assertThat(this.histogram.quantile(0.999)).isLessThan(1100);
		assertThat(this.histogram.quantile(1)).isGreaterThan(9_000_000_000L);
	}

	@Test
	void takesEveryDuration() {
		for (long nanos : new long[] { -1, 0, 31, 32, 33, Long.MAX_VALUE }) {
			this.histogram.record(nanos);
		}
		assertThat(this.histogram.total()).isEqualTo(6);
		assertThat(this.histogram.quantile(0)).isZero();
	}

	@Test
	void addsWhatOthersCounted() {
		Histogram other = new Histogram();
		other.record(5);
		this.histogram.record(7);
		this.histogram.add(other);
		assertThat(this.histogram.total()).isEqualTo(2);
		assertThat(this.histogram.quantile(0.5)).isEqualTo(5);
		assertThat(this.histogram.quantile(1)).isEqualTo(7);
	}

	@Test
	void hasNoQuantilesBeforeTheFirstCall() {
		assertThat(this.histogram.quantile(0.5)).isZero();
	}

}
