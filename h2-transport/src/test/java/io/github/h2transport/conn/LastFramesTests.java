package io.github.h2transport.conn;

import java.time.Duration;
import java.util.List;

import io.github.h2transport.ConnectionException;
import io.github.h2transport.ErrorCode;
import io.github.h2transport.FailureContext;
import io.github.h2transport.Http2TimeoutException;
import io.github.h2transport.Initiator;
import io.github.h2transport.Phase;
import io.github.h2transport.StreamException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static io.github.h2transport.conn.ScriptedPeer.get;
import static io.github.h2transport.testkit.peer.PeerFrame.data;
import static io.github.h2transport.testkit.peer.PeerFrame.goAway;
import static io.github.h2transport.testkit.peer.PeerFrame.headers;
import static io.github.h2transport.testkit.peer.PeerFrame.ping;
import static io.github.h2transport.testkit.peer.PeerFrame.rstStream;
import static org.assertj.core.api.Assertions.assertThat;

/** Failures and snapshots know the last frames of the connection. */
@Timeout(30)
class LastFramesTests {

	private final ScriptedPeer peer = new ScriptedPeer().greet();

	@Test
	void aResetStreamShowsWhatHappenedBefore() throws Exception {
		this.peer.loop().passTime(Duration.ofMillis(5));
		Exchange call = this.peer.call(get("/a?secret"));
		this.peer.loop().passTime(Duration.ofMillis(7));
		this.peer.send(rstStream(1, ErrorCode.REFUSED_STREAM));
		StreamException failure = call.failure(StreamException.class);
		List<String> frames = failure.lastFrames();
		assertThat(frames.get(frames.size() - 1)).isEqualTo("0.000 ms ago << 0x00000001 4 RST_STREAM REFUSED_STREAM");
		assertThat(frames.get(frames.size() - 2)).startsWith("7.000 ms ago >> 0x00000001 ")
			.endsWith("HEADERS END_STREAM|END_HEADERS");
		assertThat(frames.get(0)).startsWith("12.000 ms ago >> 0x00000000 18 SETTINGS");
		assertThat(failure.getMessage()).doesNotContain("ago");
		assertThat(failure.context().toString()).doesNotContain("ago").contains("streamId=1");
	}

	@Test
	void theStreamsOfABrokenConnectionShowTheFrameThatBrokeIt() throws Exception {
		Exchange first = this.peer.call(get("/a"));
		Exchange second = this.peer.call(get("/b"));
		this.peer.loop().passTime(Duration.ofMillis(1));
		this.peer.send(data(9, "idle"));
		for (Exchange each : List.of(first, second)) {
			List<String> frames = each.failure(ConnectionException.class).lastFrames();
			assertThat(frames.get(frames.size() - 1)).endsWith("<< 0x00000009 4 DATA");
		}
	}

	@Test
	void aRetiredStreamShowsTheGoAway() throws Exception {
		Exchange call = this.peer.call(get("/a"));
		this.peer.loop().passTime(Duration.ofMillis(1));
		this.peer.send(goAway(0, ErrorCode.NO_ERROR));
		assertThat(call.failure(ConnectionException.class).lastFrames())
			.anyMatch((frame) -> frame.endsWith("<< 0x00000000 8 GOAWAY last-stream=0 NO_ERROR"));
	}

	@Test
	void aTimeoutShowsThatNothingCameBack() throws Exception {
		this.peer.loop().passTime(Duration.ofMillis(1));
		Caller<?> waiting = Caller
			.of(this.peer.call(get("/a"), new CallTimes(this.peer.in(Duration.ofSeconds(1)), 0, 0))
				.stream()::awaitResponse)
			.parked();
		this.peer.loop().passTime(Duration.ofSeconds(1));
		Http2TimeoutException failure = (Http2TimeoutException) waiting.poke().failure();
		List<String> frames = failure.lastFrames();
		assertThat(frames.get(frames.size() - 1)).startsWith("1000.000 ms ago >> 0x00000001 ").contains("HEADERS");
	}

	@Test
	void anExceptionForAnotherCallerKeepsThem() throws Exception {
		Exchange call = this.peer.call(get("/a"));
		this.peer.send(rstStream(1, ErrorCode.CANCEL));
		StreamException failure = call.failure(StreamException.class);
		assertThat(failure.forCaller(List.of(failure)).lastFrames()).isEqualTo(failure.lastFrames());
	}

	@Test
	void aCallWithoutConnectionHasNone() {
		assertThat(FailureContext.of(Initiator.CALLER, Phase.POOL).lastFrames()).isEmpty();
	}

	@Test
	void theSnapshotShowsThem() {
		this.peer.loop().passTime(Duration.ofMillis(2));
		this.peer.send(ping(5));
		this.peer.loop().passTime(Duration.ofMillis(3));
		List<String> frames = this.peer.connection().snapshot().diagnostics().lastFrames();
		assertThat(frames).hasSize(7)
			.endsWith("3.000 ms ago >> 0x00000000 8 PING ACK 0x0000000000000005",
					"3.000 ms ago << 0x00000000 8 PING 0x0000000000000005");
	}

	@Test
	void onlyTheLastOnesAreKept() throws Exception {
		Exchange call = this.peer.call(get("/a"));
		this.peer.send(headers(1).status(200));
		for (int i = 0; i < 100; i++) {
			this.peer.loop().passTime(Duration.ofMillis(1));
			this.peer.send(data(1, 1 + i));
		}
		call.hasStatus(200);
		List<String> frames = this.peer.connection().snapshot().diagnostics().lastFrames();
		assertThat(frames.get(frames.size() - 1)).isEqualTo("0.000 ms ago << 0x00000001 100 DATA");
		assertThat(frames.stream().filter((frame) -> frame.contains("<<"))).hasSize(32);
	}

}
