package io.github.h2transport.conformance;

import java.time.Duration;

import io.github.h2transport.ErrorCode;
import io.github.h2transport.Http2Request;
import io.github.h2transport.frame.Settings;
import io.github.h2transport.testkit.ScriptedServer;
import io.github.h2transport.testkit.Transports;
import io.github.h2transport.testkit.peer.Exchange;
import io.github.h2transport.testkit.peer.WirePeer;
import io.github.h2transport.transport.Http2Transport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

import static io.github.h2transport.testkit.peer.PeerFrame.goAway;
import static io.github.h2transport.testkit.peer.PeerFrame.headers;
import static io.github.h2transport.testkit.peer.WirePeer.get;
import static org.assertj.core.api.Assertions.assertThat;

/** RFC 9113 section 9.1: connections are kept, shared and ended in good order. */
@Timeout(30)
@ExtendWith(ClosesPeers.class)
class Section9_1ConnectionTests {

	@Test
	void requestsToOneOriginShareAConnection() throws Exception {
		try (var served = ScriptedServer.serving(Settings.builder().build(),
				(exchange) -> exchange.respond(200, "ok".getBytes()));
				Http2Transport transport = Transports.cleartext()) {
			for (int i = 0; i < 20; i++) {
				assertThat(Transports.exchange(transport, Http2Request.get(served.uri("/" + i)))).isEqualTo("200 ok");
			}
			assertThat(served.connections()).isEqualTo(1);
		}
	}

	@Test
	void anIdleConnectionIsEndedByGoAway() throws Exception {
		WirePeer peer = new WirePeer((options) -> options.idleTimeout(Duration.ofMillis(500))).greet();
		Exchange call = peer.call(get("/"));
		peer.expect(headers(1).endStream()).send(headers(1).status(200).endStream());
		call.hasStatus(200);
		peer.expect(goAway(0, ErrorCode.NO_ERROR)).expectNothing();
		assertThat(peer.isOutputFinished()).isTrue();
		assertThat(peer.isClosed()).as("the server may read GOAWAY").isFalse();
		assertThat(peer.connection().whenClosed()).succeedsWithin(Duration.ofSeconds(20));
	}

}
