package io.github.h2transport.protocol;

import java.util.function.LongFunction;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** RFC 9113 section 10.5: what costs a peer little must not cost us much. */
class Section10_5FloodGuardTests {

	private static final long SECOND = 1_000_000_000L;

	/** Close to the largest value, since a clock of nanoseconds may overflow. */
	private static final long START = Long.MAX_VALUE - 5 * SECOND;

	private final FloodGuard guard = new FloodGuard();

	@Test
	void pingsHaveABurstAndARate() {
		assertThatBudgetIs(1000, 100, this.guard::ping);
	}

	@Test
	void settingsHaveABurstAndARate() {
		assertThatBudgetIs(100, 10, this.guard::settings);
	}

	@Test
	void resetsOfStreamsThatAreGoneHaveABurstAndARate() {
		assertThatBudgetIs(1000, 100, this.guard::rstStream);
	}

	@Test
	void windowUpdatesHaveABurstAndARate() {
		assertThatBudgetIs(2000, 200, this.guard::windowUpdate);
	}

	@Test
	void prioritiesHaveABurstAndARate() {
		assertThatBudgetIs(100, 10, this.guard::priority);
	}

	@Test
	void unknownFramesHaveABurstAndARate() {
		assertThatBudgetIs(2000, 200, (now) -> this.guard.unknown(now, 1023));
	}

	@Test
	void goAwaysHaveABurstAndARate() {
		assertThatBudgetIs(16, 1, this.guard::goAway);
	}

	@Test
	void framesForStreamsThatAreGoneHaveABurstAndARate() {
		assertThatBudgetIs(1000, 100, this.guard::stray);
	}

	@Test
	void everyOpenedStreamExplainsEighteenLateFrames() {
		assertThat(legal(this.guard::stray, START, 1001)).isEqualTo(1000);
		this.guard.sent(0, 2);
		this.guard.sent(0, 2);
		assertThat(legal(this.guard::stray, START, 40)).isEqualTo(36);
	}

	@Test
	void lateDataIsPaidByTheCreditThatItsStreamHad() {
		int burst = FloodGuard.LATE_OCTETS_BURST;
		assertThat(this.guard.lateData(START, burst)).isNull();
		assertThat(this.guard.lateData(START, 1)).isNotNull();
		this.guard.reset(65_535);
		this.guard.reset(65_535);
		assertThat(this.guard.lateData(START, 65_535)).isNull();
		assertThat(this.guard.lateData(START, 1)).contains("gone");
		this.guard.fault(100);
		assertThat(this.guard.lateData(START, 100)).isNull();
		assertThat(this.guard.lateData(START, 1)).isNotNull();
		assertThat(this.guard.lateData(START + SECOND, FloodGuard.LATE_OCTETS_PER_SECOND)).isNull();
	}

	@Test
	void emptyDataHasABurstInARowAndARate() {
		assertThatBudgetIs(16, 1, this.guard::emptyData);
	}

	private static void assertThatBudgetIs(int burst, int perSecond, LongFunction<@Nullable String> event) {
		assertThat(legal(event, START, burst + 1)).as("burst").isEqualTo(burst);
		assertThat(event.apply(START)).contains("too many");
		assertThat(legal(event, START + SECOND / perSecond - 1, 1)).as("before the first comes back").isZero();
		assertThat(legal(event, START + SECOND / perSecond, 2)).as("the first comes back").isOne();
		assertThat(legal(event, START + 2 * SECOND, burst)).as("two seconds")
			.isEqualTo(Math.min(burst, 2 * perSecond - 1));
		assertThat(legal(event, START + 3600 * SECOND, burst + 1)).as("an hour, past the overflow").isEqualTo(burst);
	}

	private static int legal(LongFunction<@Nullable String> event, long now, int tries) {
		int legal = 0;
		for (int i = 0; i < tries; i++) {
			legal += (event.apply(now) == null) ? 1 : 0;
		}
		return legal;
	}

	@Test
	void anHonestRateGoesOnForever() {
		for (int i = 0; i < 100_000; i++) {
			assertThat(this.guard.ping(START + i * (SECOND / 100))).isNull();
		}
	}

	@Test
	void partsOfATokenAreNotLostBetweenLooks() {
		assertThat(legal(this.guard::ping, START, 1001)).isEqualTo(1000);
		long interval = SECOND / 100;
		assertThat(legal(this.guard::ping, START + interval + interval / 2, 2)).isOne();
		assertThat(legal(this.guard::ping, START + 2 * interval, 2)).isOne();
	}

	@Test
	void creditThatComesOctetByOctetIsLegal() {
		this.guard.sent(65_535 + 200, 1);
		assertThat(legal(this.guard::windowUpdate, START, 2 * 65_535)).isEqualTo(2 * 65_535);
		// What is left of the first burst and the octets of HEADERS and frame headers.
		assertThat(legal(this.guard::windowUpdate, START, 3000)).isEqualTo(2000 + 2 * 200);
	}

	@Test
	void sentOctetsPayOnceAndUpToACeiling() {
		this.guard.sent(10, 0);
		this.guard.sent(10, 0);
		assertThat(legal(this.guard::windowUpdate, START, 3000)).isEqualTo(2020);
		this.guard.sent(1L << 40, 0);
		assertThat(legal(this.guard::windowUpdate, START, 300_000)).isEqualTo(FloodGuard.WINDOW_UPDATE_CEILING);
	}

	@Test
	void everyOpenedStreamExplainsOneReset() {
		assertThat(legal(this.guard::rstStream, START, 1001)).isEqualTo(1000);
		this.guard.sent(0, 7);
		this.guard.sent(0, 7);
		assertThat(legal(this.guard::rstStream, START, 8)).isEqualTo(7);
		this.guard.sent(0, 1_000_000);
		assertThat(legal(this.guard::rstStream, START, 20_000)).isEqualTo(FloodGuard.RST_STREAM_CEILING);
	}

	@Test
	void sentContentPaysForMeasuringPings() {
		assertThat(legal(this.guard::ping, START, 1001)).isEqualTo(1000);
		this.guard.sent(1023, 0);
		assertThat(this.guard.ping(START)).isNotNull();
		this.guard.sent(1024, 0);
		assertThat(legal(this.guard::ping, START, 2)).isOne();
	}

	@Test
	void largeUnknownFramesCostMore() {
		assertThat(legal((now) -> this.guard.unknown(now, 16_384), START, 2000)).isEqualTo(2000 / 17);
	}

	@Test
	void oneUnknownFrameIsNeverTooMany() {
		assertThat(this.guard.unknown(START, 0xff_ffff)).isNull();
		assertThat(this.guard.unknown(START, 0)).isNotNull();
	}

	@Test
	void progressEndsARowOfEmptyData() {
		assertThat(legal(this.guard::emptyData, START, 16)).isEqualTo(16);
		this.guard.data();
		assertThat(legal(this.guard::emptyData, START, 17)).isEqualTo(16);
	}

	@Test
	void oneBudgetDoesNotUseUpAnother() {
		assertThat(legal(this.guard::ping, START, 2000)).isEqualTo(1000);
		assertThat(this.guard.settings(START)).isNull();
		assertThat(this.guard.rstStream(START)).isNull();
		assertThat(this.guard.windowUpdate(START)).isNull();
		assertThat(this.guard.priority(START)).isNull();
		assertThat(this.guard.unknown(START, 0)).isNull();
		assertThat(this.guard.emptyData(START)).isNull();
	}

	@Test
	void aStreamHasAtMostSixteenInterimResponses() {
		assertThat(this.guard.interim(16)).isNull();
		assertThat(this.guard.interim(17)).contains("16 interim responses");
	}

}
