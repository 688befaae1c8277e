package io.github.h2transport.protocol;

import java.time.Duration;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/** When a silent peer is asked, doubted and given up (RFC 9113 section 6.7). */
class LivenessTests {

	private static final long INTERVAL = Duration.ofSeconds(10).toNanos();

	private static final long TIMEOUT = Duration.ofSeconds(5).toNanos();

	/** A clock may be anywhere, and run over the end of the numbers. */
	private static final long START = Long.MAX_VALUE - seconds(7);

	private final Liveness liveness = new Liveness(INTERVAL, TIMEOUT);

	private long sent;

	@Test
	void aSilenceLongerThanTheIntervalIsDue() {
		assertThat(this.liveness.isDue(INTERVAL, false, 0)).isFalse();
		assertThat(this.liveness.isDue(INTERVAL + 1, false, 0)).isTrue();
	}

	@Test
	void nothingIsDueWhileAnAnswerIsOwed() {
		ping(START);
		assertThat(this.liveness.isDue(seconds(1_000), true, 0)).isFalse();
		assertThat(this.liveness.isAsked()).isTrue();
		this.liveness.received();
		assertThat(this.liveness.isAsked()).isFalse();
		assertThat(this.liveness.isDue(seconds(1_000), true, 0)).isTrue();
	}

	@Test
	void anIntervalOfZeroMeansNever() {
		Liveness never = new Liveness(0, TIMEOUT);
		assertThat(never.isDue(Long.MAX_VALUE, true, 0)).isFalse();
		assertThat(never.isSilent(Long.MAX_VALUE, 3)).isFalse();
		assertThat(this.liveness.isDue(0, Long.MAX_VALUE, false, 0)).isFalse();
	}

	@Test
	void theThirdOfARowTakesTwiceTheSilenceUnlessARequestWaits() {
		answered(START, 2);
		assertThat(this.liveness.isDue(seconds(11), false, 0)).isFalse();
		assertThat(this.liveness.isDue(seconds(11), true, 0)).isTrue();
		assertThat(this.liveness.isDue(seconds(21), false, 0)).isTrue();
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void afterThreeOfARowThereIsOneEachFiveMinutesWhoeverWaits(boolean pressing) {
		answered(START, 3);
		assertThat(this.liveness.isDue(seconds(300), pressing, 0)).isFalse();
		assertThat(this.liveness.isDue(seconds(301), pressing, 0)).isTrue();
	}

	@Test
	void headersOrDataOfThePeerBeginANewRow() {
		answered(START, 3);
		this.liveness.heard();
		this.liveness.pings(this.sent, START);
		assertThat(this.liveness.isDue(seconds(11), false, 0)).isTrue();
	}

	@Test
	void aPingSentSinceTheLatestLookCountsAsSentAfterWhatHasArrived() {
		answered(START, 2);
		this.liveness.heard();
		this.liveness.pings(++this.sent, START);
		answered(START, 2);
		assertThat(this.liveness.isDue(seconds(299), true, 0)).isFalse();
	}

	@Test
	void eachComplaintDoublesTheInterval() {
		assertThat(this.liveness.isDue(seconds(21), true, 1)).isTrue();
		assertThat(this.liveness.isDue(seconds(20), true, 1)).isFalse();
		assertThat(this.liveness.isDue(seconds(81), true, 3)).isTrue();
		assertThat(this.liveness.isDue(seconds(80), true, 3)).isFalse();
		assertThat(this.liveness.isDue(seconds(301), true, 30)).as("at most five minutes").isTrue();
	}

	@Test
	void aFourthPingIsBorneAfterFiveMinutesOnly() {
		answered(START, 2);
		assertThat(this.liveness.bearsPing(START)).isTrue();
		answered(START, 1);
		assertThat(this.liveness.bearsPing(START + seconds(299))).isFalse();
		assertThat(this.liveness.bearsPing(START + seconds(300))).isTrue();
	}

	@Test
	void silenceIsAllThereIsToJudgeByWhenPingsAreUsedUp() {
		assertThat(this.liveness.isSilent(seconds(11), 0)).as("is asked instead").isFalse();
		assertThat(this.liveness.isSilent(seconds(11), 1)).as("the server has complained").isTrue();
		answered(START, 3);
		assertThat(this.liveness.isSilent(INTERVAL, 0)).isFalse();
		assertThat(this.liveness.isSilent(INTERVAL + 1, 0)).isTrue();
		this.liveness.asked(START);
		assertThat(this.liveness.isSilent(seconds(60), 0)).as("is being asked").isFalse();
	}

	@Test
	void anAnswerIsOverdueAfterASecond() {
		ping(START);
		assertThat(this.liveness.isOverdue(START + seconds(1), 0)).isFalse();
		assertThat(this.liveness.isOverdue(START + seconds(1) + 1, 0)).isTrue();
		assertThat(this.liveness.owing(START + seconds(3))).isEqualTo(seconds(3));
		this.liveness.received();
		assertThat(this.liveness.isOverdue(START + seconds(60), 0)).isFalse();
		assertThat(this.liveness.owing(START + seconds(60))).isZero();
	}

	@Test
	void onALongPathAnAnswerIsOverdueAfterFourRoundTrips() {
		ping(START);
		long roundTrip = Duration.ofMillis(700).toNanos();
		assertThat(this.liveness.isOverdue(START + 4 * roundTrip, roundTrip)).isFalse();
		assertThat(this.liveness.isOverdue(START + 4 * roundTrip + 1, roundTrip)).isTrue();
		assertThat(this.liveness.isOverdue(START + seconds(1), 1_000)).as("never within a second").isFalse();
	}

	@Test
	void whoDoesNotAnswerInTimeIsGivenUp() {
		assertThat(this.liveness.isDead(START)).isFalse();
		ping(START);
		assertThat(this.liveness.isDead(START + TIMEOUT)).isFalse();
		assertThat(this.liveness.isDead(START + TIMEOUT + 1)).isTrue();
		this.liveness.received();
		assertThat(this.liveness.isDead(START + seconds(60))).isFalse();
	}

	private void ping(long now) {
		this.liveness.asked(now);
		this.liveness.pings(++this.sent, now);
	}

	private void answered(long now, int count) {
		for (int i = 0; i < count; i++) {
			ping(now);
			this.liveness.received();
		}
	}

	private static long seconds(long seconds) {
		return Duration.ofSeconds(seconds).toNanos();
	}

}
