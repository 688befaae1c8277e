package io.github.h2transport.protocol;

import java.time.Duration;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** Whatever a caller says is a number of nanoseconds that can be added to a time. */
class NanosTests {

	@Test
	void ordinaryDurationsAreThemselves() {
		assertThat(Nanos.of(Duration.ofMillis(5))).isEqualTo(5_000_000);
		assertThat(Nanos.of(Duration.ZERO)).isZero();
	}

	@Test
	void tooLongOnesAreAHundredYears() {
		long century = Duration.ofDays(36_500).toNanos();

		assertThat(Nanos.of(Duration.ofSeconds(Long.MAX_VALUE, 999_999_999))).isEqualTo(century);
		assertThat(Nanos.of(Duration.ofDays(36_501))).isEqualTo(century);
		assertThat(Nanos.of(Duration.ofDays(36_500))).isEqualTo(century);
	}

	@Test
	void negativeOnesAreZero() {
		assertThat(Nanos.of(Duration.ofNanos(-1))).isZero();
		assertThat(Nanos.of(Duration.ofSeconds(Long.MIN_VALUE))).isZero();
	}

}
