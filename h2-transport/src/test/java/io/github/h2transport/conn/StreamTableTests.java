package io.github.h2transport.conn;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static io.github.h2transport.conn.ScriptedPeer.get;
import static io.github.h2transport.testkit.peer.PeerFrame.data;
import static io.github.h2transport.testkit.peer.PeerFrame.headers;
import static org.assertj.core.api.Assertions.assertThat;

/** Streams are found by their ids, also when they outlive 256 others. */
@Timeout(30)
class StreamTableTests {

	private final ScriptedPeer peer = new ScriptedPeer().greet();

	@Test
	void aStreamThatOutlivesManyOthersIsStillFound() throws Exception {
		Exchange old = this.peer.call(get("/old"));
		this.peer.send(headers(1).status(200));
		int id = 3;
		for (int i = 0; i < 600; i++, id += 2) {
			this.peer.call(get("/young"));
			this.peer.send(headers(id).status(200).endStream());
		}
		assertThat(this.peer.connection().activeStreams()).isEqualTo(1);
		this.peer.send(data(1, "still here").endStream());
		old.hasStatus(200);
		assertThat(old.text()).isEqualTo("still here");
		this.peer.isAtRest();
	}

	@Test
	void moreStreamsThanPlacesAreAllFound() throws Exception {
		List<Exchange> calls = new ArrayList<>();
		for (int i = 0; i < 700; i++) {
			calls.add(this.peer.call(get("/a")));
		}
		this.peer.settle();
		assertThat(this.peer.connection().streams().all()).hasSize(700);
		assertThat(this.peer.connection().snapshot().streams()).hasSize(700);
		for (int i = 699; i >= 0; i--) {
			int id = 2 * i + 1;
			assertThat(this.peer.connection().streams().get(id)).isSameAs(calls.get(i).stream());
			this.peer.send(headers(id).status(200).endStream());
			assertThat(this.peer.connection().streams().get(id)).isNull();
		}
		this.peer.isAtRest();
	}

	@Test
	void removingAStreamLeavesTheOneWithItsPlaceAlone() throws Exception {
		Exchange first = this.peer.call(get("/a"));
		this.peer.settle();
		StreamTable table = this.peer.connection().streams();
		for (int i = 0; i < 256; i++) {
			this.peer.call(get("/b"));
		}
		this.peer.settle();
		ClientStream samePlace = table.get(1 + 2 * 256);
		assertThat(samePlace).isNotNull();
		table.remove(samePlace);
		assertThat(table.get(1)).isSameAs(first.stream());
		assertThat(table.get(1 + 2 * 256)).isNull();
	}

	@Test
	void beginsSmallAndGrowsOnceWhenAPlaceIsTaken() throws Exception {
		StreamTable table = new StreamTable();
		List<ClientStream> streams = streams(StreamTable.SIZE + 1);
		streams.subList(0, StreamTable.FIRST_SIZE).forEach(table::put);
		assertThat(table.capacity()).isEqualTo(StreamTable.FIRST_SIZE);
		streams.subList(StreamTable.FIRST_SIZE, streams.size()).forEach(table::put);
		assertThat(table.capacity()).isEqualTo(StreamTable.SIZE);
		assertThat(table.all()).containsExactlyInAnyOrderElementsOf(streams);
		streams.forEach((stream) -> assertThat(table.get(stream.id())).isSameAs(stream));
		streams.forEach(table::remove);
		assertThat(table.all()).isEmpty();
	}

	@Test
	void oneCallAfterTheOtherTakesNoMoreRoom() throws Exception {
		StreamTable table = new StreamTable();
		for (ClientStream stream : streams(3 * StreamTable.FIRST_SIZE)) {
			table.put(stream);
			table.remove(stream);
		}
		assertThat(table.capacity()).isEqualTo(StreamTable.FIRST_SIZE);
	}

	@Test
	void streamsThatEndWhileTheTableGrowsAreGone() throws Exception {
		List<ClientStream> streams = streams(StreamTable.FIRST_SIZE + 1);
		List<ClientStream> ending = streams.subList(0, StreamTable.FIRST_SIZE);
		ClientStream last = streams.get(StreamTable.FIRST_SIZE);
		for (int round = 0; round < 500; round++) {
			StreamTable table = new StreamTable();
			ending.forEach(table::put);
			CountDownLatch begin = new CountDownLatch(1);
			CompletableFuture<Void> ended = CompletableFuture.runAsync(() -> {
				begin.countDown();
				ending.forEach(table::remove);
			});
			begin.await();
			table.put(last);
			ended.join();
			assertThat(table.all()).containsExactly(last);
			assertThat(table.get(last.id())).isSameAs(last);
		}
	}

	private List<ClientStream> streams(int count) throws Exception {
		List<ClientStream> streams = new ArrayList<>();
		for (int i = 0; i < count; i++) {
			streams.add(this.peer.call(get("/a")).stream());
		}
		this.peer.settle();
		return streams;
	}

}
