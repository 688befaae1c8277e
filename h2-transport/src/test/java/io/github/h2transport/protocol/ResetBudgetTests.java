package io.github.h2transport.protocol;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Random;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** 40 RST_STREAM in any 10 seconds and 100 in any 30. */
class ResetBudgetTests {

	private static final long SECOND = 1_000_000_000L;

	/** A clock of nanoseconds may be negative and may overflow. */
	private static final long START = Long.MAX_VALUE - 15 * SECOND;

	private final ResetBudget budget = new ResetBudget();

	@Test
	void fortyPassInTenSecondsAndNotOneMore() {
		assertThat(acquired(START, 41)).isEqualTo(40);
		assertThat(acquired(START + 10 * SECOND - 1, 1)).isZero();
		assertThat(acquired(START + 10 * SECOND, 41)).isEqualTo(40);
	}

	@Test
	void aHundredPassInThirtySecondsAndNotOneMore() {
		assertThat(acquired(START, 40)).isEqualTo(40);
		assertThat(acquired(START + 10 * SECOND, 40)).isEqualTo(40);
		assertThat(acquired(START + 20 * SECOND, 40)).isEqualTo(20);
		assertThat(acquired(START + 30 * SECOND - 1, 1)).isZero();
		assertThat(acquired(START + 30 * SECOND, 41)).isEqualTo(40);
		assertThat(acquired(START + 40 * SECOND - 1, 1)).isZero();
	}

	@Test
	void refusedResetsCostNothing() {
		assertThat(acquired(START, 10_000)).isEqualTo(40);
		assertThat(acquired(START + 10 * SECOND, 40)).isEqualTo(40);
	}

	@Test
	void anyMixOfTimesStaysWithinBothLimitsAndUsesThemUp() {
		Random random = new Random(7540);
		Deque<Long> sent = new ArrayDeque<>();
		long now = START;
		for (int i = 0; i < 20_000; i++) {
			now += random.nextInt(10) == 0 ? random.nextLong(4 * SECOND) : random.nextLong(SECOND / 20);
			long time = now;
			sent.removeIf((at) -> time - at >= 30 * SECOND);
			boolean free = sent.size() < 100 && sent.stream().filter((at) -> time - at < 10 * SECOND).count() < 40;
			assertThat(this.budget.tryAcquire(now)).as("reset %d", i).isEqualTo(free);
			if (free) {
				sent.add(now);
			}
		}
	}

	private int acquired(long now, int tries) {
		int acquired = 0;
		for (int i = 0; i < tries; i++) {
			acquired += this.budget.tryAcquire(now) ? 1 : 0;
		}
		return acquired;
	}

}
