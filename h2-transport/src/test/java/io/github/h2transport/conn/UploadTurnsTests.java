package io.github.h2transport.conn;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

import io.github.h2transport.frame.Settings;
import io.github.h2transport.testkit.peer.PeerFrame;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static io.github.h2transport.conn.ScriptedPeer.post;
import static io.github.h2transport.testkit.peer.PeerFrame.headers;
import static io.github.h2transport.testkit.peer.PeerFrame.windowUpdate;
import static org.assertj.core.api.Assertions.assertThat;

/** RFC 9113 section 5.2: uploads share the window of their connection in turn. */
@Timeout(30)
class UploadTurnsTests {

	private static final int FRAME = 16_384;

	private static final int UPLOADS = 4;

	private final ScriptedPeer peer = new ScriptedPeer().greet();

	private void start() throws IOException {
		for (int i = 0; i < UPLOADS; i++) {
			this.peer.call(post("/", new byte[100 * FRAME]));
		}
	}

	/** The streams of the DATA frames that were sent. */
	private List<Integer> turns() {
		return turns(this.peer);
	}

	private static List<Integer> turns(ScriptedPeer from) {
		List<Integer> turns = new ArrayList<>();
		for (PeerFrame frame : from.rest()) {
			if (frame.type == PeerFrame.Type.DATA) {
				turns.add(frame.streamId);
			}
		}
		return turns;
	}

	@Test
	void theySendAFrameEachInTurn() throws Exception {
		start();
		turns();
		this.peer.send(windowUpdate(1, 10 * FRAME), windowUpdate(3, 10 * FRAME), windowUpdate(5, 10 * FRAME),
				windowUpdate(7, 10 * FRAME), windowUpdate(0, 8 * FRAME));
		List<Integer> turns = turns();
		assertThat(turns).hasSize(8);
		assertThat(turns.subList(0, 4)).containsExactlyInAnyOrder(1, 3, 5, 7);
		assertThat(turns.subList(4, 8)).isEqualTo(turns.subList(0, 4));
	}

	@Test
	void creditThatComesFrameByFrameIsSharedToo() throws Exception {
		start();
		turns();
		for (int id = 1; id < 2 * UPLOADS; id += 2) {
			this.peer.send(windowUpdate(id, 50 * FRAME));
		}
		List<Integer> turns = new ArrayList<>();
		for (int i = 0; i < 12; i++) {
			this.peer.send(windowUpdate(0, FRAME));
			turns.addAll(turns());
		}
		for (int id = 1; id < 2 * UPLOADS; id += 2) {
			assertThat(turns).filteredOn(Integer.valueOf(id)::equals).as("turns of stream %s", id).hasSize(3);
		}
	}

	@Test
	void aStreamWithoutCreditOfItsOwnDoesNotHoldUpTheOthers() throws Exception {
		ScriptedPeer small = new ScriptedPeer().greet(PeerFrame.settings(Settings.INITIAL_WINDOW_SIZE, 0));
		for (int i = 0; i < UPLOADS; i++) {
			small.call(post("/", new byte[100 * FRAME]));
		}
		small.send(windowUpdate(5, 3 * FRAME));
		assertThat(turns(small)).isEqualTo(List.of(5, 5, 5));
		small.send(windowUpdate(7, FRAME - 1), windowUpdate(0, FRAME));
		assertThat(turns(small)).isEqualTo(List.of(7));
	}

	@Test
	void aRequestWithoutContentNeedsNoTurn() throws Exception {
		start();
		turns();
		this.peer.call(ScriptedPeer.get("/"));
		this.peer.expect(headers(9).endStream());
	}

}
