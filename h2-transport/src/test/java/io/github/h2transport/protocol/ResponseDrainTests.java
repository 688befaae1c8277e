package io.github.h2transport.protocol;

import java.util.Objects;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** 64 KiB or 250 ms, whichever comes first. */
class ResponseDrainTests {

	private static final long MILLISECOND = 1_000_000L;

	/** A clock of nanoseconds may be negative and may overflow. */
	private static final long START = Long.MAX_VALUE - 100 * MILLISECOND;

	private static ResponseDrain drain(long remainingLength) {
		return Objects.requireNonNull(ResponseDrain.of(true, remainingLength, START));
	}

	@Test
	void aRestOfUnknownLengthIsTaken() {
		assertThat(ResponseDrain.of(true, -1, START)).isNotNull();
	}

	@Test
	void aDeclaredRestIsTakenIfItIsSmall() {
		assertThat(ResponseDrain.of(true, 0, START)).isNotNull();
		assertThat(ResponseDrain.of(true, 64 * 1024, START)).isNotNull();
		assertThat(ResponseDrain.of(true, 64 * 1024 + 1, START)).isNull();
	}

	@Test
	void nothingIsTakenWhileTheRequestIsNotDone() {
		assertThat(ResponseDrain.of(false, 0, START)).isNull();
		assertThat(ResponseDrain.of(false, -1, START)).isNull();
	}

	@Test
	void sixtyFourKibibytesAreTakenAndNotOneOctetMore() {
		ResponseDrain drain = drain(-1);

		assertThat(drain.take(64 * 1024 - 1)).isTrue();
		assertThat(drain.take(1)).isTrue();
		assertThat(drain.take(1)).isFalse();
		assertThat(drain.take(0)).isFalse();
	}

	@Test
	void largeFramesDoNotOverflowTheCount() {
		ResponseDrain drain = drain(-1);

		for (int i = 0; i < 300; i++) {
			assertThat(drain.take(0xff_ffff)).isFalse();
		}
	}

	@Test
	void itIsOverAfterAQuarterOfASecond() {
		ResponseDrain drain = drain(-1);

		assertThat(drain.isOver(START)).isFalse();
		assertThat(drain.isOver(START + 250 * MILLISECOND - 1)).isFalse();
		assertThat(drain.isOver(START + 250 * MILLISECOND)).isTrue();
	}

}
