package io.github.h2transport.conn;

import java.util.ArrayList;
import java.util.List;

import io.github.h2transport.testkit.peer.PeerFrame;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static io.github.h2transport.conn.ScriptedPeer.get;
import static io.github.h2transport.conn.ScriptedPeer.post;
import static io.github.h2transport.testkit.peer.PeerFrame.data;
import static io.github.h2transport.testkit.peer.PeerFrame.headers;
import static io.github.h2transport.testkit.peer.PeerFrame.windowUpdate;
import static org.assertj.core.api.Assertions.assertThat;

/** How many system calls a call costs: what is ready together is written together. */
@Timeout(30)
class WritesPerCallTests {

	private static final int CALLS = 100;

	private final ScriptedPeer peer = new ScriptedPeer().greet().holdCallsBack();

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

	@Test
	void contentThatFitsIntoTheWindowsIsNotCutUp() throws Exception {
		this.peer.wire().takeWrites();

		this.peer.call(post("/", new byte[40_000]));
		this.peer.settle();

		assertThat(this.peer.wire().takeWrites()).singleElement()
			.satisfies((octets) -> assertThat(octets).isGreaterThan(40_000));
	}

	/** The peer can begin to read, and to give credit, while the rest is copied. */
	@Test
	void allThatThePeersWindowsLetThroughLeavesInPieces() throws Exception {
		this.peer.call(post("/", new byte[200_000]));
		this.peer.settle();
		this.peer.wire().takeWrites();

		this.peer.send(windowUpdate(0, 40_000), windowUpdate(1, 40_000)).settle();

		List<Integer> writes = this.peer.wire().takeWrites();
		assertThat(writes).hasSize(3).allSatisfy((octets) -> assertThat(octets).isLessThanOrEqualTo(16 * 1024));
		assertThat(writes.stream().mapToInt(Integer::intValue).sum()).isGreaterThan(40_000);
	}

	private List<Exchange> begin() throws Exception {
		List<Exchange> calls = new ArrayList<>();
		for (int i = 0; i < CALLS; i++) {
			calls.add(this.peer.call(get("/" + i)));
		}
		return calls;
	}

}
