package io.github.h2transport.conn;

import io.github.h2transport.Phase;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** When a call has to end; times are plain numbers. */
class CallTimesTests {

	private static final long START = -1_000;

	@Test
	void withoutProgressTheHeadIsDueFromTheCallOn() {
		assertThat(silent(60, 0).headDeadline(0)).isEqualTo(START + 60);
	}

	@Test
	void contentThatLeavesPutsTheHeadOff() {
		assertThat(silent(60, 0).headDeadline(START + 59)).isEqualTo(START + 59 + 60);
		assertThat(silent(60, 0).headDeadline(START + 5_000)).isEqualTo(START + 5_000 + 60);
	}

	@Test
	void whatWasSentBeforeAnEarlierAttemptCountsInTheNext() {
		CallTimes next = silent(60, 0).after(START + 500);
		assertThat(next.headDeadline(0)).isEqualTo(START + 560);
		assertThat(next.headDeadline(START + 400)).isEqualTo(START + 560);
		assertThat(next.after(0).headDeadline(0)).isEqualTo(START + 560);
	}

	@Test
	void anExplicitLimitIsNotPutOff() {
		CallTimes literal = new CallTimes(START + 60, 0, 0);
		assertThat(literal.headDeadline(START + 59)).isEqualTo(START + 60);
		assertThat(literal.after(START + 59).headDeadline(0)).isEqualTo(START + 60);
	}

	@Test
	void theLimitOfTheExchangeIsNotPutOffEither() {
		CallTimes times = silent(60, START + 100);
		assertThat(times.headDeadline(0)).isEqualTo(START + 60);
		assertThat(times.headDeadline(START + 59)).isEqualTo(START + 100);
	}

	@Test
	void withoutAnyLimitThereIsNoDeadline() {
		assertThat(new CallTimes(0, 0, START, 0, 0, 0).headDeadline(START + 5)).isZero();
	}

	@Test
	void aTimeThatHappensToBeZeroIsStillADeadline() {
		assertThat(new CallTimes(0, 1_000, START, 0, 0, 0).headDeadline(0)).isEqualTo(1);
	}

	@Test
	void theLimitThatHasPassedIsNamed() {
		assertThat(silent(60, 0).limit(Phase.REQUEST_BODY, START + 60, 0)).contains("h2.transport.progress-timeout");
		assertThat(silent(60, START + 50).limit(Phase.REQUEST_BODY, START + 60, 0)).contains("exchange-timeout");
		assertThat(silent(60, START + 100).limit(Phase.RESPONSE_HEAD, START + 100, START + 90))
			.contains("exchange-timeout");
		assertThat(new CallTimes(START + 60, 5, 0).limit(Phase.RESPONSE_HEAD, START + 60, START + 59))
			.contains("h2.transport.response-timeout");
	}

	private static CallTimes silent(long progress, long exchangeDeadline) {
		return new CallTimes(0, progress, START, 0, 0, exchangeDeadline);
	}

}
