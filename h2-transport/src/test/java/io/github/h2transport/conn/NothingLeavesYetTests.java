package io.github.h2transport.conn;

import io.github.h2transport.CallCancelledException;
import io.github.h2transport.ErrorCode;
import io.github.h2transport.Initiator;
import io.github.h2transport.Phase;
import io.github.h2transport.StreamException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static io.github.h2transport.conn.ScriptedPeer.get;
import static io.github.h2transport.testkit.peer.PeerFrame.data;
import static io.github.h2transport.testkit.peer.PeerFrame.headers;
import static io.github.h2transport.testkit.peer.PeerFrame.rstStream;
import static org.assertj.core.api.Assertions.assertThat;

/** What callers and peers do while the socket takes nothing. */
@Timeout(30)
class NothingLeavesYetTests {

	@Test
	void aStreamErrorIsToldWhenTheSocketTakesOctetsAgain() throws Exception {
		ScriptedPeer peer = new ScriptedPeer().greet();
		Exchange call = peer.call(get("/"));
		peer.expect(headers(1).endStream());
		peer.room(0);
		peer.send(data(1, 1));
		peer.send(headers(1).status(200).endStream());
		peer.unlimitedRoom();
		peer.expect(rstStream(1, ErrorCode.PROTOCOL_ERROR)).expectNothing();
		assertThat(call.failure(StreamException.class).context().code()).isEqualTo(ErrorCode.PROTOCOL_ERROR);
	}

	@Test
	void aStreamThatWasNotOpenedIsNeverReset() throws Exception {
		ScriptedPeer peer = new ScriptedPeer().greet().holdCallsBack();
		ClientStream left = peer.call(get("/called-off")).stream();
		left.cancel(ErrorCode.CANCEL, new CallCancelledException("The caller left", null,
				left.context(Initiator.CALLER, Phase.RESPONSE_HEAD)));
		peer.expectNothing();
		peer.call(get("/sent"));
		peer.expect(headers(1).with(":path", "/sent").endStream()).expectNothing();
	}

}
