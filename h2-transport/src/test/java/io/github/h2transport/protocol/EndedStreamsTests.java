package io.github.h2transport.protocol;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class EndedStreamsTests {

	private final EndedStreams ended = new EndedStreams();

	@Test
	void beginsSmallAndGrowsOnceWithoutForgetting() {
		for (int i = 0; i < EndedStreams.FIRST_SIZE; i++) {
			this.ended.add(id(i));
		}
		assertThat(this.ended.capacity()).isEqualTo(EndedStreams.FIRST_SIZE);
		this.ended.add(id(EndedStreams.FIRST_SIZE));
		assertThat(this.ended.capacity()).isEqualTo(EndedStreams.SIZE);
		for (int i = 0; i <= EndedStreams.FIRST_SIZE; i++) {
			assertThat(this.ended.contains(id(i))).as("stream " + id(i)).isTrue();
		}
		assertThat(this.ended.contains(id(EndedStreams.FIRST_SIZE + 1))).isFalse();
	}

	@Test
	void growsWithoutForgettingAlsoWhenFewPlacesAreTaken() {
		this.ended.add(id(EndedStreams.SIZE));
		this.ended.add(id(EndedStreams.SIZE + EndedStreams.FIRST_SIZE));
		assertThat(this.ended.contains(id(EndedStreams.SIZE))).isTrue();
		assertThat(this.ended.contains(id(EndedStreams.SIZE + EndedStreams.FIRST_SIZE))).isTrue();
	}

	@Test
	void remembersTheLatestOnly() {
		for (int i = 0; i < 3 * EndedStreams.SIZE; i++) {
			this.ended.add(id(i));
		}
		assertThat(this.ended.capacity()).isEqualTo(EndedStreams.SIZE);
		assertThat(this.ended.contains(id(2 * EndedStreams.SIZE - 1))).isFalse();
		assertThat(this.ended.contains(id(2 * EndedStreams.SIZE))).isTrue();
		assertThat(this.ended.contains(id(3 * EndedStreams.SIZE - 1))).isTrue();
	}

	private static int id(int count) {
		return 2 * count + 1;
	}

}
