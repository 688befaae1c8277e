package io.github.h2transport.conformance;

import io.github.h2transport.ConnectionException;
import io.github.h2transport.ErrorCode;
import io.github.h2transport.testkit.peer.Exchange;
import io.github.h2transport.testkit.peer.WirePeer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

import static io.github.h2transport.testkit.peer.PeerFrame.goAway;
import static io.github.h2transport.testkit.peer.PeerFrame.headers;
import static io.github.h2transport.testkit.peer.PeerFrame.preface;
import static io.github.h2transport.testkit.peer.PeerFrame.settings;
import static io.github.h2transport.testkit.peer.WirePeer.get;
import static org.assertj.core.api.Assertions.assertThat;

/** RFC 9113 section 8.4: a client that wants no pushed responses. */
@Timeout(30)
@ExtendWith(ClosesPeers.class)
class Section8_4PushTests {

	@Test
	void pushIsOffFromTheFirstFrameOn() {
		WirePeer peer = new WirePeer().connect();
		peer.expect(preface(), settings(0x2, 0, 0x4, 262_144, 0x6, 65_536));
	}

	@Test
	void aPromiseEndsTheConnection() throws Exception {
		WirePeer peer = new WirePeer().greet();
		Exchange call = peer.call(get("/a"));
		peer.expect(headers(1).endStream());
		peer.sendOctets(Frames.frame(0x5, 0x4, 1, "00000002 82 86 84"));
		peer.expect(goAway(0, ErrorCode.PROTOCOL_ERROR)).expectNothing();
		assertThat(call.failure(ConnectionException.class).context().code()).isEqualTo(ErrorCode.PROTOCOL_ERROR);
	}

	@Test
	void aResponseOnAStreamOfTheServerEndsTheConnection() throws Exception {
		WirePeer peer = new WirePeer().greet();
		peer.send(headers(2).status(200).endStream()).expect(goAway(0, ErrorCode.PROTOCOL_ERROR));
	}

}
