package io.github.h2transport.conn;

import java.util.ArrayList;
import java.util.List;

import io.github.h2transport.Headers;
import io.github.h2transport.Http2Exception;
import io.github.h2transport.Http2Request;
import io.github.h2transport.protocol.RequestHead;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static io.github.h2transport.conn.ScriptedPeer.get;
import static io.github.h2transport.testkit.peer.PeerFrame.headers;
import static org.assertj.core.api.Assertions.assertThat;

/** RFC 9113 section 8.1: what a stream's listener hears, and when. */
@Timeout(120)
class ListenerOrderTests {

	@Test
	void aListenerHearsOfAnInterimResponseBeforeItsCallerHasTheFinalOne() throws Exception {
		ScriptedPeer peer = new ScriptedPeer().greet();
		List<String> heard = new ArrayList<>();
		assertThat(peer.connection().tryReserve()).isTrue();
		Http2Request request = get("/");
		ClientStream stream = peer.connection()
			.start(StreamPlan.of(RequestHead.of(request), request.body(), new CallTimes(0, 0, 0), null, 0,
					new Listening(heard)));
		peer.expect(headers(1).endStream());
		// Its wish waits in the mailbox while both responses are read.
		stream.onResponse(() -> heard.add("response"));
		peer.wire().deliver(peer.octetsOf(headers(1).status(103), headers(1).status(200).endStream()));
		peer.settle();
		assertThat(heard).containsExactly("103", "response");
	}

	/** Takes notes of interim responses. */
	private record Listening(List<String> heard) implements StreamListener {

		@Override
		public void wroteHeaders() {
		}

		@Override
		public void wroteRequest() {
		}

		@Override
		public void informational(int status, Headers headers) {
			this.heard.add(String.valueOf(status));
		}

		@Override
		public void firstByte(int status) {
		}

		@Override
		public void done(@Nullable Http2Exception failure) {
		}

	}

}
