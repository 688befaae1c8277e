package io.github.h2transport.protocol;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.DoubleSupplier;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** None for the first replay, then between half and all of 50 ms, 100 ms, ... 1 s. */
class ReplayPausesTests {

	private static final List<Long> LONGEST = List.of(0L, 50L, 100L, 200L, 400L, 800L, 1000L, 1000L, 1000L);

	@Test
	void doubleFromTheSecondReplayOnUpToASecond() {
		assertThat(millis(() -> Math.nextDown(1.0))).zipSatisfy(LONGEST,
				(pause, most) -> assertThat(pause).isBetween(most - ((most > 0) ? 1 : 0), most));
		assertThat(millis(() -> 0)).zipSatisfy(LONGEST, (pause, most) -> assertThat(pause).isEqualTo(most / 2));
	}

	@Test
	void differFromCallToCall() {
		Random random = new Random(9113);
		List<Long> fifths = new ArrayList<>();
		for (int call = 0; call < 1000; call++) {
			fifths.add(millis(random::nextDouble).get(5));
		}
		assertThat(fifths).allSatisfy((pause) -> assertThat(pause).isBetween(400L, 800L));
		// Spread over the whole range: no tenth of it is empty.
		for (long from = 400; from < 800; from += 40) {
			long tenth = from;
			assertThat(fifths).filteredOn((pause) -> pause >= tenth && pause < tenth + 40).hasSizeGreaterThan(50);
		}
	}

	@Test
	void stayWithinTheBoundHoweverOftenTheyAreAskedFor() {
		ReplayPauses pauses = new ReplayPauses(() -> 0.5);
		for (int replay = 0; replay < 10_000; replay++) {
			assertThat(pauses.next()).isBetween(0L, 1_000_000_000L);
		}
	}

	private static List<Long> millis(DoubleSupplier random) {
		ReplayPauses pauses = new ReplayPauses(random);
		List<Long> millis = new ArrayList<>();
		for (int i = 0; i < LONGEST.size(); i++) {
			millis.add(pauses.next() / 1_000_000);
		}
		return millis;
	}

}
