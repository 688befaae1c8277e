package io.github.h2transport.pool;

import java.util.stream.LongStream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Thousands of lives of a pool, half of them with peers of which it is at times not known
 * whether they live. The rules: never above the peer's limit or the maximum of
 * connections, but for one in the place of each that may be dead, nobody overtakes,
 * nobody is forgotten, everybody ends by his deadline, all counters return to zero, no
 * timer outlives the pool.
 */
class PoolSimulationTests {

	/** More of them: {@code -Dpool.simulation.seeds=100000}. */
	private static final long SEEDS = Long.getLong("pool.simulation.seeds", 2_000);

	@Test
	void noRuleIsBrokenInAnyOfThousandsOfLives() {
		for (long seed = 0; seed < SEEDS; seed++) {
			live(seed, seed % 2 == 1);
		}
	}

	/** Lives that have shown a fault once. */
	@ParameterizedTest
	@MethodSource
	void noOldFaultComesBack(long seed) {
		live(seed, false);
	}

	static LongStream noOldFaultComesBack() {
		return LongStream.of(358, 3_859, 32_780);
	}

	private static void live(long seed, boolean doubts) {
		Simulation simulation = new Simulation(seed, doubts);
		try {
			simulation.run();
		}
		catch (RuntimeException | AssertionError ex) {
			throw new AssertionError("Seed " + seed + ": " + ex.getMessage() + "\n" + simulation.story(), ex);
		}
	}

}
