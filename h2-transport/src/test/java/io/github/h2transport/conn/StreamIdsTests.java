package io.github.h2transport.conn;

import io.github.h2transport.ConnectionException;
import io.github.h2transport.ErrorCode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static io.github.h2transport.conn.ScriptedPeer.get;
import static io.github.h2transport.testkit.peer.PeerFrame.goAway;
import static io.github.h2transport.testkit.peer.PeerFrame.headers;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * RFC 9113 section 5.1.1: what happens when a connection has used up its stream ids,
 * which no peer can bring about in the time of a test.
 */
@Timeout(30)
class StreamIdsTests {

	@Test
	void aConnectionWithoutStreamIdsGivesRequestsBackAndEnds() throws Exception {
		ScriptedPeer peer = new ScriptedPeer().greet().lastOpenedId(Integer.MAX_VALUE - 2);
		assertThat(peer.connection().tryReserve() && peer.connection().tryReserve()).isTrue();
		Exchange last = peer.start(get("/last"));
		peer.expect(headers(Integer.MAX_VALUE).endStream());
		Exchange late = peer.start(get("/late"));
		peer.settle();
		assertThat(late.failure(ConnectionException.class).isSafeToRetry()).isTrue();
		assertThat(peer.connection().canTakeNewRequest()).isFalse();
		peer.expectNothing();
		peer.send(headers(Integer.MAX_VALUE).status(200).endStream());
		last.hasStatus(200);
		peer.expect(goAway(0, ErrorCode.NO_ERROR)).expectNothing();
	}

	@Test
	void aConnectionIsReplacedBeforeItsStreamIdsRunOut() throws Exception {
		int last = Integer.MAX_VALUE - 2 * 1001;
		ScriptedPeer peer = new ScriptedPeer().greet().lastOpenedId(last);
		peer.call(get("/"));
		peer.expect(headers(last + 2).endStream());
		assertThat(peer.connection().tryReserve() && peer.connection().tryReserve()).isTrue();
		peer.start(get("/"));
		peer.expect(headers(last + 4).endStream());
		assertThat(peer.connection().tryReserve()).as("a slot on the old connection").isFalse();
		assertThat(peer.connection().state()).isEqualTo(ConnectionState.DRAINING);
		// Who had a slot is not turned away.
		peer.start(get("/"));
		peer.expect(headers(last + 6).endStream()).expectNothing();
	}

}
