package io.github.h2transport.conformance;

import java.net.URI;

import io.github.h2transport.Http2Request;
import io.github.h2transport.InvalidRequestException;
import io.github.h2transport.testkit.peer.WirePeer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

import static io.github.h2transport.testkit.peer.PeerFrame.headers;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/** RFC 9113 sections 8.5 and 8.6: tunnels and upgrades, which this client does not do. */
@Timeout(30)
@ExtendWith(ClosesPeers.class)
class Section8_5ConnectTests {

	@Test
	void connectIsRefusedBeforeAnythingIsSent() throws Exception {
		WirePeer peer = new WirePeer().greet();
		assertThatExceptionOfType(InvalidRequestException.class)
			.isThrownBy(() -> peer.call(Http2Request.builder("CONNECT", URI.create("http://example.test:443")).build()))
			.withMessageContaining("8.5");
		peer.expectNothing();
	}

	@Test
	void switchingProtocolsIsMalformed() throws Exception {
		Rejection.of(headers(1).status(101));
		Rejection.of(headers(1).status(101).endStream());
		Rejection.of(headers(1).status(101), headers(1).status(200).endStream());
	}

}
