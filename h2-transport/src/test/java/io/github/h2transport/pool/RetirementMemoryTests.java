package io.github.h2transport.pool;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class RetirementMemoryTests {

	private final RetirementMemory memory = new RetirementMemory();

	@Test
	void oneRetirementIsNoRule() {
		this.memory.retired(10, true);
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

	/** The server keeps its rule, and the answers were fast enough. */
	@Test
	void connectionsThatTheServerEndedInTimeAreNoReasonForMore() {
		learnTen();
		for (int i = 0; i < 100; i++) {
			this.memory.retired(-1, true);
		}
		assertThat(this.memory.nextMaxRequests()).isEqualTo(10);
		goWell(8);
		assertThat(this.memory.nextMaxRequests()).isEqualTo(11);
	}

	@Test
	void whatIsTurnedAwayAgainBringsTheRuleBack() {
		learnTen();
		goWell(16);
		this.memory.retired(10, true);
		assertThat(this.memory.nextMaxRequests()).isEqualTo(10);
		goWell(8);
		assertThat(this.memory.nextMaxRequests()).isEqualTo(11);
	}

	@Test
	void aNumberThatVariesALittleIsARuleToo() {
		this.memory.retired(13, true);
		this.memory.retired(10, true);
		assertThat(this.memory.nextMaxRequests()).isEqualTo(10);
		this.memory.retired(11, true);
		assertThat(this.memory.nextMaxRequests()).isEqualTo(10);
		this.memory.retired(12, true);
		assertThat(this.memory.nextMaxRequests()).isEqualTo(11);
	}

	@Test
	void anotherNumberIsNoRuleYetAndLeavesTheKnownOne() {
		this.memory.retired(3, true);
		this.memory.retired(1000, true);
		assertThat(this.memory.nextMaxRequests()).isEqualTo(Integer.MAX_VALUE);
		learnTen();
		this.memory.retired(3, true);
		assertThat(this.memory.nextMaxRequests()).isEqualTo(10);
		this.memory.retired(3, true);
		assertThat(this.memory.nextMaxRequests()).isEqualTo(3);
	}

	@Test
	void aRaiseNeverOverflows() {
		learnTen();
		goWell(8 * 3000);
		assertThat(this.memory.nextMaxRequests()).isGreaterThan(1_000_000);
	}

	private void learnTen() {
		this.memory.retired(10, true);
		this.memory.retired(10, true);
	}

	private void goWell(int connections) {
		for (int i = 0; i < connections; i++) {
			this.memory.retired(-1, false);
		}
	}

}
