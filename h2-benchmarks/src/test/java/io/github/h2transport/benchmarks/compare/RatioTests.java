package io.github.h2transport.benchmarks.compare;

import java.util.List;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class RatioTests {

	@Test
	void theMiddleOneCountsAndTheIntervalIsAroundIt() {
		Ratio ratio = Ratio.of(List.of(0.98, 1.02, 1.0, 0.99, 1.01, 3.0, 1.0, 1.02, 0.97));
		assertThat(ratio.median()).isEqualTo(1.0);
		assertThat(ratio.low()).isBetween(0.97, 1.0);
		assertThat(ratio.high()).isBetween(1.0, 1.02);
		assertThat(ratio.pairs()).isEqualTo(9);
		assertThat(ratio.straddles(1.05)).isFalse();
		assertThat(ratio).hasToString("1.00 (0.99 to 1.02)");
	}

	@Test
	void fewFiguresThatDifferSayLittle() {
		Ratio ratio = Ratio.of(List.of(0.9, 1.2));
		assertThat(ratio.straddles(1.05)).isTrue();
		assertThat(ratio.low()).isEqualTo(0.9);
		assertThat(ratio.high()).isEqualTo(1.2);
	}

	@Test
	void theSameFiguresGiveTheSameInterval() {
		List<Double> figures = List.of(1.1, 1.3, 0.8, 0.9, 1.0);
		assertThat(Ratio.of(figures)).isEqualTo(Ratio.of(figures));
	}

}
