package io.github.h2transport.faults;

import io.github.h2transport.testkit.peer.Exchange;
import io.github.h2transport.testkit.peer.WirePeer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Timeout;

import static io.github.h2transport.testkit.peer.PeerFrame.headers;
import static io.github.h2transport.testkit.peer.WirePeer.get;

/**
 * A pool that has handed a request to a connection and then wants no more of that
 * connection: the request is served there, though it was not on the wire yet.
 */
@Timeout(60)
class HandedOverRequestsTests {

	@AfterEach
	void close() {
		WirePeer.closeAll();
	}

	@RepeatedTest(20)
	void aConnectionThatIsNotToBeReusedServesWhatItHasGot() throws Exception {
		WirePeer peer = new WirePeer().greet();
		Exchange call = peer.call(get("/"));

		peer.connection().doNotReuse();

		peer.expect(headers(1).endStream());
		peer.send(headers(1).status(204).endStream());
		call.hasStatus(204);
	}

}
