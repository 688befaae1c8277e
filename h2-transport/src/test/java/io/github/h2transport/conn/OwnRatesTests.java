package io.github.h2transport.conn;

import java.time.Duration;

import io.github.h2transport.CallCancelledException;
import io.github.h2transport.ErrorCode;
import io.github.h2transport.Initiator;
import io.github.h2transport.Phase;
import io.github.h2transport.testkit.peer.PeerFrame;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static io.github.h2transport.conn.ScriptedPeer.get;
import static io.github.h2transport.testkit.peer.PeerFrame.data;
import static io.github.h2transport.testkit.peer.PeerFrame.headers;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * What servers punish (RFC 9113 section 10.5), this client does not do: many RST_STREAMs
 * or PINGs in a short time, and WINDOW_UPDATEs for a few octets.
 */
@Timeout(30)
class OwnRatesTests {

	/** Tomcat counts smaller ones as overhead. */
	private static final long SMALL_UPDATE = 1024;

	@Test
	void afterFortyResetsInTenSecondsAConnectionIsRetired() throws Exception {
		ScriptedPeer peer = new ScriptedPeer().greet();
		for (int i = 0; i < 40; i++) {
			cancelOne(peer);
		}
		assertThat(peer.connection().state()).isEqualTo(ConnectionState.OPEN);
		cancelOne(peer);
		assertThat(peer.connection().tryReserve()).as("a slot for another request").isFalse();
	}

	@Test
	void fortyResetsEachTenSecondsAreTooManyInThirty() throws Exception {
		ScriptedPeer peer = new ScriptedPeer().greet();
		for (int i = 0; i < 100; i++) {
			assertThat(peer.connection().state()).as("before reset " + i).isEqualTo(ConnectionState.OPEN);
			cancelOne(peer);
			if (i % 40 == 39) {
				peer.loop().passTime(Duration.ofSeconds(10));
			}
		}
		assertThat(peer.connection().state()).isEqualTo(ConnectionState.OPEN);
		cancelOne(peer);
		assertThat(peer.connection().tryReserve()).as("a slot for another request").isFalse();
	}

	private static void cancelOne(ScriptedPeer peer) throws Exception {
		Exchange call = peer.call(get("/"));
		peer.settle();
		call.stream()
			.cancel(ErrorCode.CANCEL, new CallCancelledException("enough", null,
					call.stream().context(Initiator.CALLER, Phase.RESPONSE_BODY)));
		peer.settle();
	}

	@Test
	void creditIsNeverGivenBackInCrumbs() throws Exception {
		ScriptedPeer peer = new ScriptedPeer(
				(options) -> options.initialWindowSize(65_535).maxWindowSize(0).connectionWindowSize(100_000))
			.greet();
		Exchange call = peer.call(get("/"));
		peer.send(headers(1).status(200));
		call.hasStatus(200);
		int updates = 0;
		int pings = 0;
		int octets = 0;
		for (int i = 0; i < 2000; i++) {
			peer.send(data(1, 100).padded(7));
			octets += 107;
			assertThat(call.body().readNBytes(100)).hasSize(100);
			for (PeerFrame each : peer.rest()) {
				pings += (each.type == PeerFrame.Type.PING) ? 1 : 0;
				if (each.type == PeerFrame.Type.WINDOW_UPDATE) {
					assertThat(each.value).isGreaterThanOrEqualTo(SMALL_UPDATE);
					updates++;
				}
			}
		}
		assertThat(updates).isBetween(1, octets / 16_384 * 2);
		assertThat(pings).as("the clock stands still").isLessThanOrEqualTo(1);
	}

}
