package io.github.h2transport.protocol;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** When uploads have waited too long for the window of their connection. */
class StarvedUploadsTests {

	private static final long SECOND = 1_000_000_000L;

	private final StarvedUploads uploads = new StarvedUploads();

	@Test
	void theyWaitFiveSecondsInVain() {
		assertThat(this.uploads.look(SECOND, true, 0)).isFalse();
		assertThat(this.uploads.look(6 * SECOND - 1, true, 0)).isFalse();
		assertThat(this.uploads.look(6 * SECOND, true, 0)).isTrue();
	}

	@Test
	void anyOctetThatLeavesBeginsTheTimeAnew() {
		assertThat(this.uploads.look(SECOND, true, 100)).isFalse();
		assertThat(this.uploads.look(2 * SECOND, true, 100)).isFalse();
		assertThat(this.uploads.look(6 * SECOND, true, 101)).isFalse();
		assertThat(this.uploads.look(7 * SECOND, true, 101)).isFalse();
		assertThat(this.uploads.look(11 * SECOND, true, 101)).isFalse();
		assertThat(this.uploads.look(12 * SECOND, true, 101)).isTrue();
	}

	@Test
	void whatNobodyWaitsForTakesAsLongAsItLikes() {
		this.uploads.look(SECOND, true, 0);
		assertThat(this.uploads.look(7 * SECOND, false, 0)).isFalse();
		assertThat(this.uploads.look(8 * SECOND, true, 0)).isFalse();
	}

}
