package io.github.h2transport.protocol;

import java.time.Duration;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** How often a path is measured by PING (RFC 9113 section 6.7), and what is believed. */
class RoundTripsTests {

	private final RoundTrips roundTrips = new RoundTrips();

	private long now = -5;

	private long probe() {
		return this.roundTrips.probe(this.now);
	}

	private void pass(int millis) {
		this.now += Duration.ofMillis(millis).toNanos();
	}

	private long measure(int millis) {
		long probe = probe();
		assertThat(probe).isNotZero();
		pass(millis);
		return this.roundTrips.answered(probe, this.now);
	}

	@Test
	void nothingIsKnownAtFirst() {
		assertThat(this.roundTrips.nanos()).isZero();
	}

	@Test
	void aRoundTripIsMeasured() {
		assertThat(measure(50)).isEqualTo(50_000_000);
		assertThat(this.roundTrips.nanos()).isEqualTo(50_000_000);
	}

	@Test
	void onlyOneProbeIsOnItsWay() {
		long probe = probe();
		pass(1_000_000);
		assertThat(probe()).isZero();
		this.roundTrips.answered(probe, this.now);
		assertThat(probe()).isNotZero();
	}

	@Test
	void probesAreSpacedAndRareOnceTheEstimateIsSettled() {
		for (int i = 0; i < RoundTrips.SAMPLES; i++) {
			measure(20);
			pass(279);
			assertThat(probe()).isZero();
			pass(1);
		}
		assertThat(probe()).isZero();
		pass(9_699);
		assertThat(probe()).isZero();
		pass(1);
		measure(20);
		pass(5_000);
		assertThat(probe()).isZero();
	}

	@Test
	void anAnswerCountsOnceAndOnlyToItsQuestion() {
		long probe = probe();
		assertThat(this.roundTrips.answered(1, this.now)).isNegative();
		assertThat(this.roundTrips.answered(probe + 1, this.now)).isNegative();
		assertThat(this.roundTrips.answered(probe, this.now)).isNotNegative();
		assertThat(this.roundTrips.answered(probe, this.now)).isNegative();
	}

	@Test
	void queuesOnTheWayDoNotLengthenThePath() {
		measure(50);
		pass(1000);
		measure(400);
		assertThat(this.roundTrips.nanos()).isEqualTo(50_000_000);
	}

	@Test
	void aPathThatHasBecomeLongerIsBelievedAfterAWhile() {
		this.roundTrips.sample(Duration.ofMillis(10).toNanos());
		for (int i = 0; i < RoundTrips.SAMPLES; i++) {
			assertThat(this.roundTrips.nanos()).isEqualTo(10_000_000);
			this.roundTrips.sample(Duration.ofMillis(60).toNanos());
		}
		assertThat(this.roundTrips.nanos()).isEqualTo(60_000_000);
		for (int i = 0; i < 50; i++) {
			this.roundTrips.sample(Duration.ofMillis(60).toNanos());
		}
		this.roundTrips.sample(1);
		assertThat(this.roundTrips.nanos()).isEqualTo(1);
	}

}
