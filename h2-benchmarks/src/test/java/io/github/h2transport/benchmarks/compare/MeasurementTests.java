package io.github.h2transport.benchmarks.compare;

import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class MeasurementTests {

	@Test
	void comesBackFromItsLine() {
		Measurement measurement = new Measurement(Map.of(Metric.P50_MICROS, 12.5, Metric.ERRORS, 3.0),
				"IOException: note=1 is wrong");
		assertThat(measurement.line()).startsWith(Measurement.PREFIX).doesNotContain("\n");
		assertThat(Measurement.parse(measurement.line())).isEqualTo(measurement);
	}

	@Test
	void aReasonStaysInOneLine() {
		Measurement measurement = Measurement.impossible("two\nlines");
		assertThat(Measurement.parse(measurement.line())).isEqualTo(Measurement.impossible("two lines"));
	}

	@Test
	void theMedianOfAnEvenNumberIsBetweenTheTwoInTheMiddle() {
		assertThat(Spread.of(List.of(4.0, 1.0, 3.0, 2.0))).isEqualTo(new Spread(2.5, 1, 4));
		assertThat(Spread.of(List.of(9.0, 1.0, 3.0))).isEqualTo(new Spread(3, 1, 9));
	}

	@Test
	void readsWhatH2loadPrints() {
		Measurement measurement = H2load.parse("""
				finished in 2.50s, 81234.50 req/s, 9.12MB/s
				requests: 81234 total, 81298 started, 81234 done, 81232 succeeded, 2 failed, 0 errored, 0 timeout
				                     min         max         mean         sd        +/- sd
				time for request:      190us      4.64ms       780us       112us    87.63%
				""", Workload.blocking(4).down(1024 * 1024));
		assertThat(measurement.values()).containsEntry(Metric.REQUESTS_PER_SECOND, 81234.5)
			.containsEntry(Metric.MEBIBYTES_PER_SECOND, 81234.5)
			.containsEntry(Metric.ERRORS, 2.0);
		assertThat(measurement.note()).isEqualTo("mean 780us");
	}

}
