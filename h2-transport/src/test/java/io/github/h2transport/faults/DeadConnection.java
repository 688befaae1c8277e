package io.github.h2transport.faults;

import java.time.Duration;
import java.util.Locale;

import io.github.h2transport.TransportOptions;
import org.jspecify.annotations.Nullable;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What became of a connection whose peer was not heard of any more, and of the calls.
 *
 * @param asked when the first PING went out, since it died
 * @param lastGivenAfterAsked when a call was last given to it, since the PING
 * @param closedAfterAsked when it ended, since the PING
 * @param closed whether it ended
 * @param begun how many calls there were
 * @param failed how many of them failed
 * @param failedAfterLastGiven how many of those began after the last was given to it
 * @param connections how many connections there were
 */
record DeadConnection(Duration asked, Duration lastGivenAfterAsked, Duration closedAfterAsked, boolean closed,
		int begun, int failed, long failedAfterLastGiven, int connections) {

	/** A machine with more to do than this test. */
	private static final Duration SLACK = Duration.ofSeconds(6);

	static DeadConnection of(SteadyCalls calls, String id, long died) {
		Long asked = calls.asked(id);
		assertThat(asked).as("when " + id + " was asked").isNotNull();
		Long closed = calls.closed(id);
		long given = calls.lastGiven(id);
		return new DeadConnection(Duration.ofNanos(asked - died), Duration.ofNanos(given - asked),
				between(asked, closed), closed != null, calls.begun(), calls.failed().size(),
				calls.failed().stream().filter((call) -> call.start() - given > 0).count(), calls.opened());
	}

	private static Duration between(long from, @Nullable Long until) {
		return (until != null) ? Duration.ofNanos(until - from) : Duration.ZERO;
	}

	/** What the default settings promise. */
	void wasLeftAtOnce() {
		TransportOptions defaults = TransportOptions.builder().build();
		assertThat(this.asked).as("asked").isLessThan(defaults.pingInterval().plus(SLACK));
		// Before the ping timeout, which is when it was left once.
		assertThat(this.lastGivenAfterAsked).as("the last call").isLessThan(Duration.ofMillis(3_500));
		assertThat(this.closedAfterAsked).as("ended")
			.isBetween(defaults.pingTimeout().minusSeconds(1), defaults.pingTimeout().plus(SLACK));
	}

	@Override
	public String toString() {
		return String.format(Locale.ROOT,
				"asked after %.1f s, last call given %.1f s after that, %s; %d of %d calls failed; %d connections",
				seconds(this.asked), seconds(this.lastGivenAfterAsked),
				this.closed ? String.format(Locale.ROOT, "ended %.1f s after that", seconds(this.closedAfterAsked))
						: "not ended",
				this.failed, this.begun, this.connections);
	}

	private static double seconds(Duration duration) {
		return duration.toMillis() / 1e3;
	}

}
