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
import io.github.h2transport.testkit.NetworkNamespace;
import io.github.h2transport.testkit.RealServer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * The path of a connection dies under steady traffic or before it begins: the kernel lets
 * its packets vanish, and new connections work. However many calls start, the silence is
 * asked after by PING, soon after that no call is given to the connection any more, and
 * it ends. All with the default settings, in all ways at the same time.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DeadPathRealServerTests {

	private static final Duration PATIENCE = Duration.ofSeconds(60);

	private final Map<Way, DeadConnection> stories = new ConcurrentHashMap<>();

	private NetworkNamespace network;

	private RealServer plain;

	private RealServer secure;

	@BeforeAll
	void letAllPathsDieAtTheSameTime() {
		this.network = NetworkNamespace.create();
		Certificates certificates = Certificates.forAddress(this.network.address());
		this.plain = RealServer.nghttpd().inside(this.network).file("/file", 10).start();
		this.secure = RealServer.nghttpd().inside(this.network).tls(certificates).file("/file", 10).start();
		List<Call<Boolean>> running = new ArrayList<>();
		for (Way way : ways().toList()) {
			TlsOptions tls = way.tls() ? TlsOptions.of(certificates.clientContext()) : null;
			running.add(Call.of(() -> this.stories.put(way, live(way, tls)) == null));
		}
		running.forEach((call) -> await().atMost(PATIENCE).until(call::isDone));
		running.forEach((call) -> assertThat(call.result()).isTrue());
	}

	@AfterAll
	void end() {
		if (this.secure != null) {
			this.secure.close();
		}
		if (this.plain != null) {
			this.plain.close();
		}
		if (this.network != null) {
			this.network.close();
		}
	}

	static Stream<Way> ways() {
		return Stream.concat(waysUnderTraffic(), waysWhileIdle());
	}

	static Stream<Way> waysUnderTraffic() {
		return Stream.of(new Way(Dead.BOTH_WAYS, false, 1), new Way(Dead.BOTH_WAYS, false, 5),
				new Way(Dead.BOTH_WAYS, false, 100), new Way(Dead.BOTH_WAYS, true, 1), new Way(Dead.BOTH_WAYS, true, 5),
				new Way(Dead.BOTH_WAYS, true, 100), new Way(Dead.TO_SERVER, false, 5), new Way(Dead.TO_SERVER, true, 5),
				new Way(Dead.TO_CLIENT, false, 5), new Way(Dead.TO_CLIENT, true, 5));
	}

	static Stream<Way> waysWhileIdle() {
		return Stream.of(new Way(Dead.WHILE_IDLE, false, 1), new Way(Dead.WHILE_IDLE, false, 100),
				new Way(Dead.WHILE_IDLE, true, 5));
	}

	private DeadConnection live(Way way, TlsOptions tls) throws IOException {
		RealServer server = way.tls() ? this.secure : this.plain;
		try (SteadyCalls calls = SteadyCalls.to(server.uri("/file"), tls)) {
			calls.warmUp();
			String id = calls.connection().id();
			int port = calls.clientPort();
			boolean idle = way.dead() == Dead.WHILE_IDLE;
			if (!idle) {
				calls.begin(way.perSecond());
				await().until(() -> calls.ended().size() >= 3);
			}
			if (way.dead() != Dead.TO_CLIENT) {
				this.network.dropToServer(port);
			}
			if (way.dead() != Dead.TO_SERVER) {
				this.network.dropToClient(port);
			}
			long died = System.nanoTime();
			if (idle) {
				await().atMost(PATIENCE)
					.until(() -> calls.connection().diagnostics().lastRead().compareTo(Duration.ofSeconds(30)) > 0);
				died = System.nanoTime();
				calls.begin(way.perSecond());
			}
			await().atMost(PATIENCE).until(() -> calls.closed(id) != null);
			calls.finish(PATIENCE);
			DeadConnection story = DeadConnection.of(calls, id, died);
			System.out.println("dead path: " + way + ": " + story);
			return story;
		}
	}

	@ParameterizedTest
	@MethodSource("ways")
	void theConnectionIsAskedLeftAndGivenUpHoweverManyCallsStart(Way way) {
		this.stories.get(way).wasLeftAtOnce();
	}

	@ParameterizedTest
	@MethodSource("ways")
	void onlyCallsThatWereGivenToItFailAndAFewConnectionsAreEnough(Way way) {
		assertThat(this.stories.get(way).failedAfterLastGiven()).isZero();
		assertThat(this.stories.get(way).connections()).isBetween(2, 3);
	}

	@ParameterizedTest
	@MethodSource("waysWhileIdle")
	void noCallIsLostWithAConnectionThatDiedWhileItWasIdle(Way way) {
		assertThat(this.stories.get(way).failed()).isZero();
	}

	enum Dead {

		BOTH_WAYS, TO_SERVER, TO_CLIENT, WHILE_IDLE

	}

	/**
	 * One way to die.
	 *
	 * @param dead which packets vanish
	 * @param tls whether over TLS
	 * @param perSecond how many calls begin a second
	 */
	record Way(Dead dead, boolean tls, int perSecond) {

		@Override
		public String toString() {
			String where = this.dead.name().toLowerCase(Locale.ROOT).replace('_', ' ');
			return where + (this.tls ? ", TLS, " : ", cleartext, ") + this.perSecond + "/s";
		}

	}

}
