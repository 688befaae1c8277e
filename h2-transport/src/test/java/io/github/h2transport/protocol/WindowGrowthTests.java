package io.github.h2transport.protocol;

import java.time.Duration;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** When a receive window is too small for its path, and when it is too large. */
class WindowGrowthTests {

	private static final int INITIAL = 256 * 1024;

	private static final long ROUND_TRIP = Duration.ofMillis(50).toNanos();

	private final ReceiveWindow window = ReceiveWindow.ofStream(INITIAL);

	private final WindowGrowth growth = new WindowGrowth(INITIAL, 16 * INITIAL, 0);

	private long now;

	/** Reads so much within such a time. */
	private long read(long octets, double roundTrips) {
		return read(octets, roundTrips, 0);
	}

	private long read(long octets, double roundTrips, long learnt) {
		this.now += (long) (roundTrips * ROUND_TRIP);
		this.window.receive((int) octets);
		this.window.consume((int) octets);
		long size = this.growth.size(this.window, learnt, ROUND_TRIP, this.now);
		if (size > this.window.size()) {
			this.growth.grown();
		}
		this.window.resize(size);
		this.window.takeCredit();
		return size / INITIAL;
	}

	@Test
	void aWindowThatIsUsedUpWithinARoundTripDoubles() {
		assertThat(read(INITIAL, 0)).isEqualTo(2);
		assertThat(read(2 * INITIAL, 1)).isEqualTo(4);
		assertThat(read(4 * INITIAL, 1)).isEqualTo(8);
	}

	@Test
	void itGrowsNoFurtherThanAllowed() {
		assertThat(read(INITIAL, 0)).isEqualTo(2);
		assertThat(read(2 * INITIAL, 1)).isEqualTo(4);
		assertThat(read(4 * INITIAL, 1)).isEqualTo(8);
		assertThat(read(8 * INITIAL, 1)).isEqualTo(16);
		assertThat(read(16 * INITIAL, 1)).isEqualTo(16);
	}

	@Test
	void aWindowThatLastsLongerThanARoundTripIsLargeEnough() {
		assertThat(read(INITIAL, 1.9)).isEqualTo(1);
		assertThat(read(INITIAL, 3)).isEqualTo(1);
	}

	@Test
	void halfAWindowIsNoMeasure() {
		assertThat(read(INITIAL / 2, 0.1)).isEqualTo(1);
		assertThat(read(INITIAL / 2, 0.1)).isEqualTo(2);
	}

	@Test
	void aWindowThatMadeNothingFasterDoesNotGrowAgain() {
		assertThat(read(INITIAL, 1)).isEqualTo(2);
		// The estimate must be too long: it comes no faster than before.
		assertThat(read(2 * INITIAL, 2)).isEqualTo(2);
		assertThat(this.growth.size(this.window, 0, 100 * ROUND_TRIP, this.now)).isEqualTo(2 * INITIAL);
		this.window.receive(2 * INITIAL);
		this.window.consume(2 * INITIAL);
		assertThat(this.growth.size(this.window, 0, 2 * ROUND_TRIP, this.now + 2 * ROUND_TRIP)).isEqualTo(2 * INITIAL);
	}

	@Test
	void withoutARoundTripTimeNothingIsConcluded() {
		this.window.receive(INITIAL);
		this.window.consume(INITIAL);
		assertThat(this.growth.size(this.window, 16 * INITIAL, 0, 0)).isEqualTo(INITIAL);
		// What was read until then counts as soon as it is there.
		assertThat(this.growth.size(this.window, 0, ROUND_TRIP, ROUND_TRIP)).isEqualTo(2 * INITIAL);
	}

	@Test
	void aStreamBeginsWhereAnotherOneHasGot() {
		assertThat(read(INITIAL / 2, 0.1, 8 * INITIAL)).isEqualTo(8);
	}

	@Test
	void butNotIfItsReaderIsSlow() {
		assertThat(read(INITIAL / 2, 2, 8 * INITIAL)).isEqualTo(1);
	}

	@Test
	void aWindowThatIsFarTooLargeShrinksButNeverBelowItsStart() {
		assertThat(read(INITIAL, 0, 4 * INITIAL)).isEqualTo(4);
		assertThat(read(4 * INITIAL, 6)).isEqualTo(4);
		assertThat(read(4 * INITIAL, 40)).isEqualTo(2);
		assertThat(read(4 * INITIAL, 40)).isEqualTo(1);
		assertThat(read(4 * INITIAL, 400)).isEqualTo(1);
	}

}
