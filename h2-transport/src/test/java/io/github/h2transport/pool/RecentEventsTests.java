package io.github.h2transport.pool;

import java.time.Duration;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class RecentEventsTests {

	/** A clock may run over the end of the numbers. */
	private static final long START = Long.MAX_VALUE - Duration.ofSeconds(15).toNanos();

	private final RecentEvents events = new RecentEvents();

	@Test
	void nothingHasHappenedAtFirst() {
		assertThat(this.events.snapshot(START)).isEqualTo(PoolSnapshot.Recent.NONE);
	}

	@Test
	void whatHappensIsForgottenAfterAMinute() {
		this.events.add(RecentEvents.Kind.REPLAY, START);
		this.events.add(RecentEvents.Kind.REPLAY, at(25));
		this.events.ended(RecentEvents.Kind.LOST, "gone", at(30));

		assertThat(this.events.snapshot(at(31)))
			.isEqualTo(new PoolSnapshot.Recent(Duration.ofMinutes(1), 0, 0, 1, 2, "gone", Duration.ofSeconds(1)));
		assertThat(this.events.snapshot(at(61)).replays()).isEqualTo(1);
		PoolSnapshot.Recent later = this.events.snapshot(at(89));
		assertThat(later.replays()).isZero();
		assertThat(later.lost()).isEqualTo(1);
		assertThat(later.latestAgo()).isEqualTo(Duration.ofSeconds(59));
		assertThat(this.events.snapshot(at(91))).isEqualTo(PoolSnapshot.Recent.NONE);
	}

	@Test
	void aLongSilenceForgetsEverything() {
		this.events.add(RecentEvents.Kind.GOAWAY, START);
		assertThat(this.events.snapshot(at(100_000)).goAways()).isZero();
		this.events.add(RecentEvents.Kind.GOAWAY, at(100_001));
		assertThat(this.events.snapshot(at(100_002)).goAways()).isEqualTo(1);
	}

	@Test
	void onlyAServerThatComplainsIsRemembered() {
		this.events.ended(RecentEvents.Kind.GOAWAY, "GOAWAY NO_ERROR", START);
		assertThat(this.events.remembersFor(at(1))).isLessThanOrEqualTo(0);
		this.events.add(RecentEvents.Kind.CALMED, at(2));
		this.events.ended(RecentEvents.Kind.GOAWAY, "GOAWAY ENHANCE_YOUR_CALM", at(2));
		assertThat(this.events.remembersFor(at(12))).isEqualTo(Duration.ofSeconds(50).toNanos());
		assertThat(this.events.remembersFor(at(62))).isLessThanOrEqualTo(0);
	}

	private static long at(long seconds) {
		return START + Duration.ofSeconds(seconds).toNanos();
	}

}
