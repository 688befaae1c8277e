package io.github.h2transport.faults;

import io.github.h2transport.testkit.peer.PeerFrame;
import io.github.h2transport.testkit.peer.WirePeer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static io.github.h2transport.testkit.peer.PeerFrame.data;
import static io.github.h2transport.testkit.peer.PeerFrame.headers;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * A server that answers while it reads, as one does that echoes, and gives no credit for
 * what is less than half of a window: its answer alone says that it reads the upload.
 */
@Timeout(60)
class AnsweredUploadsGoOnTests {

	@AfterEach
	void close() {
		WirePeer.closeAll();
	}

	@Test
	void anAnswerLetsItsUploadAndThoseBehindItGoOn() throws Exception {
		WirePeer peer = new WirePeer().greet();
		// The oldest has nothing to send for the time being.
		peer.call(WirePeer.upload("/oldest"));
		peer.expect(headers(1));
		peer.call(WirePeer.post("/second", new byte[20_000]));
		peer.call(WirePeer.post("/third", new byte[20_000]));
		assertThat(peer.rest()).hasSize(3).filteredOn(PeerFrame::isData).hasSize(1);

		peer.send(headers(3).status(200));

		PeerFrame rest = data(3, 20_000 - 16_384).endStream();
		peer.expect(rest, data(5, 16_384)).expectNothing();
	}

}
