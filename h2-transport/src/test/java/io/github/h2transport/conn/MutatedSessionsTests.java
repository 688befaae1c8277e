package io.github.h2transport.conn;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;

import io.github.h2transport.conn.SessionPlayer.Outcome;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Sessions that are damaged at random: {@link SessionPlayer} checks what must hold for
 * each. {@code -Dfuzz.seconds=N} sets how long it runs, {@code -Dfuzz.seed=N} repeats the
 * first session of a run. A session that fails is written to {@code target/fuzz}; moved
 * to {@code src/test/resources/fuzz} it is played first from then on.
 */
class MutatedSessionsTests {

	private static final Duration RUN = Duration.ofSeconds(Integer.getInteger("fuzz.seconds", 20));

	private static final Path FOUND = Path.of("target", "fuzz");

	/** Even on a machine that is very busy, or else the run proves nothing. */
	private static final int LEAST_SESSIONS = 100;

	static Stream<Session> found() throws Exception {
		URI folder = Objects.requireNonNull(MutatedSessionsTests.class.getResource("/fuzz")).toURI();
		List<Session> sessions = new ArrayList<>();
		try (Stream<Path> files = Files.list(Path.of(folder))) {
			for (Path file : files.filter((each) -> each.toString().endsWith(".session")).sorted().toList()) {
				sessions.add(Session.parse(file.getFileName().toString(), Files.readAllLines(file)));
			}
		}
		return sessions.stream();
	}

	@ParameterizedTest
	@MethodSource("found")
	void whatWasFoundOnceStaysRight(Session session) throws Exception {
		SessionPlayer.play(session);
		SessionPlayer.playOctets(session);
	}

	@Test
	void aSessionIsKeptAsText() {
		for (Session session : Sessions.all()) {
			Session read = Session.parse("read", session.lines());
			assertThat(read.lines()).isEqualTo(session.lines());
			assertThat(read.serverOctets()).isEqualTo(session.serverOctets());
		}
	}

	@Test
	void damagedSessionsEndInTypedErrorsAndLeaveNothingBehind() throws Exception {
		long first = Long.getLong("fuzz.seed", System.nanoTime());
		List<Session> sessions = Sessions.all();
		Map<String, Integer> ends = new TreeMap<>();
		long end = System.nanoTime() + RUN.toNanos();
		long seed = first;
		for (; System.nanoTime() - end < 0 || seed - first < LEAST_SESSIONS; seed++) {
			Session session = new SessionMutator(sessions, new Random(seed)).next();
			Outcome outcome = play(session, seed);
			count(outcome, ends);
		}
		System.out.println((seed - first) + " damaged sessions from -Dfuzz.seed=" + first + ": " + ends);
		// The damage must reach both sides, else this proves nothing.
		assertThat(ends).containsKeys("none", "ConnectionException");
	}

	private static Outcome play(Session session, long seed) throws IOException {
		try {
			return SessionPlayer.play(session);
		}
		catch (Throwable ex) {
			Files.createDirectories(FOUND);
			Path file = Files.write(FOUND.resolve(seed + ".session"), session.lines());
			throw new AssertionError("-Dfuzz.seed=" + seed + " (" + session.name() + "), kept in " + file + ": " + ex,
					ex);
		}
	}

	private static void count(Outcome outcome, Map<String, Integer> ends) {
		int colon = outcome.end().indexOf(':');
		ends.merge((colon > 0) ? outcome.end().substring(0, colon) : outcome.end(), 1, Integer::sum);
	}

}
