package io.github.h2transport.conn;

import java.time.Duration;

import io.github.h2transport.ConnectionException;
import io.github.h2transport.ErrorCode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static io.github.h2transport.conn.ScriptedPeer.get;
import static io.github.h2transport.conn.ScriptedPeer.post;
import static io.github.h2transport.testkit.peer.PeerFrame.data;
import static io.github.h2transport.testkit.peer.PeerFrame.goAway;
import static io.github.h2transport.testkit.peer.PeerFrame.headers;
import static io.github.h2transport.testkit.peer.PeerFrame.ping;
import static io.github.h2transport.testkit.peer.PeerFrame.pingAck;
import static org.assertj.core.api.Assertions.assertThat;

/** What a connection does because time has passed. */
@Timeout(30)
class ClockTests {

	private final ScriptedPeer peer = new ScriptedPeer().greet();

	@Test
	void anIdleConnectionIsClosedAfterItsTimeout() {
		this.peer.advance(Duration.ofMillis(49_999)).expectNothing();
		this.peer.advance(Duration.ofMillis(1)).expect(goAway(0, ErrorCode.NO_ERROR));
		assertThat(this.peer.connection().tryReserve()).isFalse();
		assertThat(this.peer.observer().take()).containsExactly("draining");
		this.peer.endOfInput();
		assertThat(this.peer.observer().take()).containsExactly("closed");
	}

	@Test
	void theIdleTimeBeginsWithTheEndOfTheLastStream() throws Exception {
		this.peer.advance(Duration.ofSeconds(29));
		this.peer.call(get("/a"));
		this.peer.send(headers(1).status(200).endStream()).expect(headers(1).endStream());
		this.peer.advance(Duration.ofSeconds(49)).expectNothing();
		this.peer.advance(Duration.ofSeconds(1)).expect(goAway(0, ErrorCode.NO_ERROR));
	}

	@Test
	void aReservationKeepsAConnectionFromBeingIdle() {
		this.peer.connection().tryReserve();
		this.peer.advance(Duration.ofMinutes(1));
		assertThat(this.peer.connection().state()).isEqualTo(ConnectionState.OPEN);
	}

	@Test
	void anIdleTimeoutOfZeroMeansNever() {
		ScriptedPeer patient = new ScriptedPeer((options) -> options.idleTimeout(Duration.ZERO)).greet();
		patient.advance(Duration.ofDays(10)).expectNothing();
		assertThat(patient.connection().state()).isEqualTo(ConnectionState.OPEN);
	}

	@Test
	void anIdleConnectionIsNotPinged() {
		this.peer.advance(Duration.ofSeconds(45)).expectNothing();
	}

	@Test
	void silenceWithOpenStreamsIsPinged() throws Exception {
		this.peer.call(get("/a"));
		this.peer.expect(headers(1).endStream());
		this.peer.advance(Duration.ofSeconds(10)).expectNothing();
		this.peer.advance(Duration.ofMillis(100)).expect(ping(1)).expectNothing();
		this.peer.send(pingAck(1));
		this.peer.advance(Duration.ofSeconds(10)).expectNothing();
		this.peer.advance(Duration.ofMillis(100)).expect(ping(2));
	}

	@Test
	void aYoungRequestOnAnOldConnectionIsNotPinged() throws Exception {
		this.peer.advance(Duration.ofSeconds(29));
		this.peer.call(get("/a"));
		this.peer.expect(headers(1).endStream());
		this.peer.advance(Duration.ofSeconds(9)).expectNothing();
	}

	@Test
	void aPingWithoutAnswerEndsTheConnection() throws Exception {
		Exchange call = this.peer.call(get("/a"));
		this.peer.advance(Duration.ofMillis(10_100)).expect(headers(1).endStream(), ping(1));
		this.peer.advance(Duration.ofSeconds(5));
		assertThat(this.peer.wire().isClosed()).isFalse();
		this.peer.advance(Duration.ofMillis(100));
		assertThat(this.peer.wire().isClosed()).isTrue();
		ConnectionException failure = call.failure(ConnectionException.class);
		assertThat(failure).hasMessageContaining("did not answer a PING within 5000 ms");
		assertThat(failure.isSafeToRetry()).isFalse();
	}

	@Test
	void anyFrameAnswersForThePing() throws Exception {
		this.peer.call(get("/a"));
		this.peer.advance(Duration.ofMillis(10_100)).expect(headers(1).endStream(), ping(1));
		this.peer.send(headers(1).status(200), data(1, "x"));
		this.peer.advance(Duration.ofSeconds(6));
		assertThat(this.peer.wire().isClosed()).isFalse();
	}

	@Test
	void pingsCanBeTurnedOff() throws Exception {
		ScriptedPeer quiet = new ScriptedPeer((options) -> options.pingInterval(Duration.ZERO)).greet();
		quiet.call(get("/a"));
		quiet.advance(Duration.ofHours(1)).expect(headers(1).endStream()).expectNothing();
	}

	@Test
	void aSocketThatTakesNothingForHalfAMinuteIsDead() throws Exception {
		ScriptedPeer stuck = new ScriptedPeer((options) -> options.pingInterval(Duration.ZERO)).greet();
		stuck.wire().room(20);
		Exchange call = stuck.call(post("/a", new byte[100]));
		stuck.settle().advance(Duration.ofSeconds(30));
		assertThat(stuck.wire().isClosed()).isFalse();
		stuck.advance(Duration.ofMillis(100));
		assertThat(stuck.wire().isClosed()).isTrue();
		assertThat(call.failure(ConnectionException.class))
			.hasMessageContaining("has taken no octet for 30000 ms (h2.transport.write-stall-timeout)");
		assertThat(stuck.connection().sendHalf().buffer().capacity()).as("the borrowed buffer").isZero();
	}

	@Test
	void aSocketThatTakesOctetByOctetIsAlive() throws Exception {
		ScriptedPeer slow = new ScriptedPeer((options) -> options.pingInterval(Duration.ZERO)).greet();
		slow.wire().room(0);
		slow.call(post("/a", new byte[100]));
		for (int i = 0; i < 10; i++) {
			slow.settle().advance(Duration.ofSeconds(20));
			slow.wire().room(1);
		}
		assertThat(slow.wire().isClosed()).isFalse();
	}

	@Test
	void aSocketThatTakesOctetByOctetFromBehindTlsIsAlive() throws Exception {
		ScriptedPeer slow = new ScriptedPeer((options) -> options.pingInterval(Duration.ZERO)).greet();
		slow.wire().wrap();
		slow.wire().room(0);
		slow.call(post("/a", new byte[100]));
		for (int i = 0; i < 10; i++) {
			slow.settle().advance(Duration.ofSeconds(20));
			slow.wire().room(1);
		}
		assertThat(slow.wire().isClosed()).isFalse();
	}

	@Test
	void aSocketIsTriedBeforeItIsCalledDead() throws Exception {
		ScriptedPeer slow = new ScriptedPeer((options) -> options.pingInterval(Duration.ZERO)).greet();
		slow.wire().announceNoRoom();
		slow.wire().room(0);
		slow.call(post("/a", new byte[100]));
		slow.settle();
		for (int i = 0; i < 10; i++) {
			slow.wire().room(1);
			slow.advance(Duration.ofSeconds(31));
		}
		assertThat(slow.wire().isClosed()).isFalse();
		slow.advance(Duration.ofSeconds(31));
		assertThat(slow.wire().isClosed()).isTrue();
	}

}
