package io.github.h2transport.pool;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class RetirementMemoryTests {

	private final RetirementMemory memory = new RetirementMemory();

	@Test
	void oneRetirementIsNoRule() {
		this.memory.turnedAway(10);
		assertThat(this.memory.nextMaxRequests()).isEqualTo(Integer.MAX_VALUE);
	}

	@Test
	void theSameNumberTwiceIs() {
		learnTen();
		assertThat(this.memory.nextMaxRequests()).isEqualTo(10);
	}

	@Test
	void theConnectionsOfOneGenerationDoNotRaiseEachOthersLimit() {
		learnTen();
		goWell(7);
		assertThat(this.memory.nextMaxRequests()).isEqualTo(10);
	}

	@Test
	void afterEightThatWentWellTheNextOnesGetMoreAndEachTimeTwiceAsMuchMore() {
		learnTen();
		goWell(8);
		assertThat(this.memory.nextMaxRequests()).isEqualTo(11);
		goWell(8);
		assertThat(this.memory.nextMaxRequests()).isEqualTo(13);
		goWell(8);
		assertThat(this.memory.nextMaxRequests()).isEqualTo(17);
	}

	@Test
	void whatIsTurnedAwayAgainBringsTheRuleBack() {
		learnTen();
		goWell(16);
		this.memory.turnedAway(10);
		assertThat(this.memory.nextMaxRequests()).isEqualTo(10);
		goWell(8);
		assertThat(this.memory.nextMaxRequests()).isEqualTo(11);
	}

	@Test
	void aNumberThatVariesALittleIsARuleToo() {
		this.memory.turnedAway(13);
		this.memory.turnedAway(10);
		assertThat(this.memory.nextMaxRequests()).isEqualTo(10);
		this.memory.turnedAway(11);
		assertThat(this.memory.nextMaxRequests()).isEqualTo(10);
		this.memory.turnedAway(12);
		assertThat(this.memory.nextMaxRequests()).isEqualTo(11);
	}

	@Test
	void anotherNumberIsNoRuleYetAndLeavesTheKnownOne() {
		this.memory.turnedAway(3);
		this.memory.turnedAway(1000);
		assertThat(this.memory.nextMaxRequests()).isEqualTo(Integer.MAX_VALUE);
		learnTen();
		this.memory.turnedAway(3);
		assertThat(this.memory.nextMaxRequests()).isEqualTo(10);
		this.memory.turnedAway(3);
		assertThat(this.memory.nextMaxRequests()).isEqualTo(3);
	}

	@Test
	void aRaiseNeverOverflows() {
		learnTen();
		goWell(8 * 3000);
		assertThat(this.memory.nextMaxRequests()).isGreaterThan(1_000_000);
	}

	private void learnTen() {
		this.memory.turnedAway(10);
		this.memory.turnedAway(10);
	}

	private void goWell(int connections) {
		for (int i = 0; i < connections; i++) {
			this.memory.tookAll();
		}
	}

}
