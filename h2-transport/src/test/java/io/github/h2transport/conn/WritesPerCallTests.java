package io.github.h2transport.conn;

import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static io.github.h2transport.conn.PeerFrame.data;
import static io.github.h2transport.conn.PeerFrame.headers;
import static io.github.h2transport.conn.ScriptedPeer.get;
import static org.assertj.core.api.Assertions.assertThat;

/** How many system calls a call costs: what is ready together is written together. */
@Timeout(30)
class WritesPerCallTests {

	private static final int CALLS = 100;

	private final ScriptedPeer peer = new ScriptedPeer().greet().onlyTheLoopWrites();

	@Test
	void requestsThatAreMadeTogetherLeaveInTwoWrites() throws Exception {
		this.peer.wire().takeWrites();

		begin();
		this.peer.settle();

		// As soon as a first buffer is full enough for a system call, it goes.
		assertThat(this.peer.wire().takeWrites()).hasSizeLessThanOrEqualTo(2);
	}

	@Test
	void responsesThatComeTogetherCauseNoWrite() throws Exception {
		List<Exchange> calls = begin();
		this.peer.settle();
		this.peer.wire().takeWrites();

		List<PeerFrame> frames = new ArrayList<>();
		for (int i = 0; i < CALLS; i++) {
			frames.add(headers(2 * i + 1).status(200));
			frames.add(data(2 * i + 1, "content").endStream());
		}
		this.peer.send(frames.toArray(new PeerFrame[0])).settle();

		assertThat(this.peer.wire().takeWrites()).isEmpty();
		for (Exchange call : calls) {
			assertThat(call.text()).isEqualTo("content");
		}
	}

	private List<Exchange> begin() throws Exception {
		List<Exchange> calls = new ArrayList<>();
		for (int i = 0; i < CALLS; i++) {
			calls.add(this.peer.call(get("/" + i)));
		}
		return calls;
	}

}
