package io.github.h2transport.faults;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

import io.github.h2transport.TlsOptions;
import io.github.h2transport.testkit.Call;
import io.github.h2transport.testkit.Certificates;
import io.github.h2transport.testkit.RealServer;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * The process of a server stands still under steady traffic (SIGSTOP), and goes on later
 * (SIGCONT): its kernel takes what is sent and accepts connections, and nobody answers.
 * All with the default settings, in all ways at the same time.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class FrozenServerRealServerTests {

	private static final Duration PATIENCE = Duration.ofSeconds(60);

	private final Map<Way, DeadConnection> stories = new ConcurrentHashMap<>();

	@BeforeAll
	void letAllServersStandStillAtTheSameTime() {
		List<Call<Boolean>> running = new ArrayList<>();
		for (Way way : ways().toList()) {
			running.add(Call.of(() -> this.stories.put(way, live(way)) == null));
		}
		running.forEach((call) -> await().atMost(PATIENCE).until(call::isDone));
		running.forEach((call) -> assertThat(call.result()).isTrue());
	}

	private static DeadConnection live(Way way) throws IOException {
		// So many that no other connection is opened for want of streams.
		RealServer.Builder description = RealServer.nghttpd().maxConcurrentStreams(1000).file("/file", 10);
		TlsOptions tls = way.tls() ? TlsOptions.of(Certificates.localhost().clientContext()) : null;
		if (way.tls()) {
			description.tls(Certificates.localhost());
		}
		try (RealServer server = description.start(); SteadyCalls calls = SteadyCalls.to(server.uri("/file"), tls)) {
			calls.warmUp();
			String id = calls.connection().id();
			calls.begin(way.perSecond());
			await().until(() -> calls.ended().size() >= 3);
			server.suspend();
			long died = System.nanoTime();
			if (way.wakesInTime()) {
				await().atMost(PATIENCE).until(() -> calls.asked(id) != null);
				await().atMost(PATIENCE).until(() -> calls.opened() > 1);
			}
			else {
				await().atMost(PATIENCE).until(() -> calls.closed(id) != null);
			}
			server.resume();
			long woke = System.nanoTime();
			await().atMost(PATIENCE).until(() -> calls.answeredSince(woke) >= 5);
			calls.finish(PATIENCE);
			DeadConnection story = DeadConnection.of(calls, id, died);
			System.out.println("frozen server: " + way + ": " + story);
			return story;
		}
	}

	static Stream<Way> ways() {
		return Stream.of(new Way(false, 1, false), new Way(false, 5, false), new Way(false, 50, false),
				new Way(true, 5, false), new Way(false, 5, true));
	}

	static Stream<Way> waysOfThoseThatWakeTooLate() {
		return ways().filter((way) -> !way.wakesInTime());
	}

	static Stream<Way> waysOfThoseThatWakeInTime() {
		return ways().filter(Way::wakesInTime);
	}

	@ParameterizedTest
	@MethodSource("waysOfThoseThatWakeTooLate")
	void itsConnectionIsAskedLeftAndGivenUp(Way way) {
		this.stories.get(way).wasLeftAtOnce();
	}

	@ParameterizedTest
	@MethodSource("waysOfThoseThatWakeTooLate")
	void onlyCallsThatWereGivenToThatConnectionFail(Way way) {
		assertThat(this.stories.get(way).failedAfterLastGiven()).isZero();
		assertThat(this.stories.get(way).connections()).isBetween(2, 4);
	}

	@ParameterizedTest
	@MethodSource("waysOfThoseThatWakeInTime")
	void whoAnswersAfterAllIsUsedAgainAndNoCallFails(Way way) {
		DeadConnection story = this.stories.get(way);
		assertThat(story.closed()).isFalse();
		assertThat(story.failed()).isZero();
		assertThat(story.connections()).as("no pile of connections").isEqualTo(2);
	}

	/**
	 * One way in which a server stands still.
	 *
	 * @param tls whether over TLS
	 * @param perSecond how many calls begin a second
	 * @param wakesInTime whether it goes on as soon as there is another connection, which
	 * is before its first one is given up
	 */
	record Way(boolean tls, int perSecond, boolean wakesInTime) {

		@Override
		public String toString() {
			return String.format(Locale.ROOT, "%s, %d/s%s", this.tls ? "TLS" : "cleartext", this.perSecond,
					this.wakesInTime ? ", goes on in time" : "");
		}

	}

}
