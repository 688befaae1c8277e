package io.github.h2transport.conn;

import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

import io.github.h2transport.ConnectionException;
import io.github.h2transport.ErrorCode;
import io.github.h2transport.FailureContext;
import io.github.h2transport.Headers;
import io.github.h2transport.Http2Exception;
import io.github.h2transport.Http2Request;
import io.github.h2transport.Initiator;
import io.github.h2transport.Phase;
import io.github.h2transport.protocol.SendHalf;
import io.github.h2transport.testkit.peer.PeerFrame;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static io.github.h2transport.conn.ScriptedPeer.get;
import static io.github.h2transport.conn.ScriptedPeer.post;
import static io.github.h2transport.testkit.peer.PeerFrame.data;
import static io.github.h2transport.testkit.peer.PeerFrame.headers;
import static io.github.h2transport.testkit.peer.PeerFrame.ping;
import static io.github.h2transport.testkit.peer.PeerFrame.pingAck;
import static io.github.h2transport.testkit.peer.PeerFrame.rstStream;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** How much is written at once, and what happens when the socket takes less. */
@Timeout(60)
class ConnectionWriterTests {

	private static final int FRAME = 16_384;

	// ---- who writes ----

	@Test
	void theLoopWritesAndForManyAtOnce() throws Exception {
		ScriptedPeer peer = new ScriptedPeer().greet().holdCallsBack();
		for (int i = 0; i < 10; i++) {
			peer.call(get("/b" + i));
		}
		assertThat(peer.wire().takeWrites()).isEmpty();
		assertThat(peer.loop().mailboxSize()).as("one wake-up for all").isEqualTo(1);
		peer.settle();
		assertThat(peer.wire().takeWrites()).hasSize(1);
	}

	@Test
	void theLoopAnswersAWholeBatchInOneWrite() throws Exception {
		ScriptedPeer peer = new ScriptedPeer().greet();
		peer.send(ping(1), ping(2), ping(3)).expect(pingAck(1), pingAck(2), pingAck(3));
		assertThat(peer.wire().takeWrites()).hasSize(1);
	}

	// ---- the quantum ----

	/** Each write brings one more op: the loop goes round in between. */
	@Test
	void aConnectionThatIsNeverDoneLetsOthersHaveTheirTurn() throws Exception {
		ScriptedPeer peer = new ScriptedPeer().greet();
		AtomicInteger pushed = new AtomicInteger();
		peer.wire().beforeWrite(() -> {
			if (pushed.incrementAndGet() <= 1000) {
				peer.connection().submit(new ConnOps.Ping(pushed.get()));
			}
		});
		peer.holdCallsBack().call(get("/a"));
		AtomicInteger turns = new AtomicInteger();
		while (!peer.connection().writer().isIdle()) {
			peer.loop().turn();
			assertThat(turns.incrementAndGet()).isLessThan(5000);
		}
		assertThat(pushed.get()).isGreaterThan(1000);
		assertThat(peer.wire().takeWrites()).hasSizeGreaterThan(1000);
	}

	@Test
	void oneTurnIsAtMostSixtyFourOps() throws Exception {
		ScriptedPeer peer = new ScriptedPeer().greet();
		for (int i = 0; i < 200; i++) {
			peer.connection().submit(new ConnOps.Ping(i));
		}
		int pingLength = 17;
		peer.loop().turn();
		assertThat(peer.wire().takeWrites()).containsExactly(64 * pingLength);
		assertThat(peer.connection().writer().isIdle()).isFalse();
		assertThat(peer.loop().mailboxSize()).isEqualTo(1);
		peer.settle();
		assertThat(peer.wire().takeWrites()).containsExactly(64 * pingLength, 64 * pingLength, 8 * pingLength);
		assertThat(peer.connection().writer().isIdle()).isTrue();
	}

	@Test
	void oneWriteIsAtMostOneBuffer() throws Exception {
		ScriptedPeer peer = new ScriptedPeer().greet();
		peer.send(PeerFrame.windowUpdate(0, 1_000_000), PeerFrame.settings(0x4, 1_000_000));
		peer.expect(PeerFrame.settingsAck());
		peer.wire().takeWrites();
		peer.call(post("/a", new byte[10 * FRAME]));
		peer.settle();
		assertThat(peer.wire().takeWrites()).hasSizeBetween(3, 4).allMatch((length) -> length <= 64 * 1024);
	}

	// ---- partial writes ----

	@Test
	void aWriteMayStopAtEveryOctet() throws Exception {
		int length = 200;
		for (int cut = 0; cut <= length; cut++) {
			ScriptedPeer peer = new ScriptedPeer().greet();
			peer.wire().room(cut);
			peer.call(post("/a", "some content".getBytes()));
			peer.settle();
			Exchange second = peer.call(get("/b"));
			peer.settle();
			second.stream()
				.cancel(ErrorCode.CANCEL,
						new ConnectionException("left", null, FailureContext.of(Initiator.CALLER, Phase.IDLE)));
			peer.settle();
			peer.wire().unlimitedRoom();
			List<PeerFrame> frames = peer.rest();
			assertThat(frames.get(0)).as("cut at " + cut).matches(headers(1).with(":path", "/a")::describes);
			assertThat(frames.get(1)).as("cut at " + cut).matches(data(1, "some content").endStream()::describes);
			if (frames.size() > 2) {
				assertThat(frames.get(2)).matches(headers(3).with(":path", "/b").endStream()::describes);
				assertThat(frames.get(3)).matches(rstStream(3, ErrorCode.CANCEL)::describes);
			}
			peer.send(headers(1).status(200).endStream()).isAtRest();
			assertThat(peer.wire().isAwaitingWritable()).isFalse();
		}
	}

	@Test
	void aSocketThatTakesOneOctetAtATimeGetsEverything() throws Exception {
		ScriptedPeer peer = new ScriptedPeer().greet();
		peer.wire().octetsPerWrite(1);
		peer.call(post("/a", new byte[1000]));
		peer.expect(headers(1), data(1, 1000).endStream());
		peer.send(headers(1).status(200).endStream()).isAtRest();
	}

	@Test
	void whileTheSocketIsFullNobodyTriesAgainBeforeItIsWritable() throws Exception {
		ScriptedPeer peer = new ScriptedPeer().greet();
		peer.wire().room(0);
		peer.call(get("/a"));
		peer.settle();
		assertThat(peer.wire().isAwaitingWritable()).isTrue();
		AtomicInteger writes = new AtomicInteger();
		peer.wire().beforeWrite(writes::incrementAndGet);
		peer.call(get("/b"));
		peer.call(get("/c"));
		peer.settle();
		assertThat(writes).hasValue(0);
		peer.wire().unlimitedRoom();
		peer.expect(headers(1).endStream(), headers(3).endStream(), headers(5).endStream());
		assertThat(peer.wire().isAwaitingWritable()).isFalse();
	}

	// ---- buffers ----

	@Test
	void aBufferIsHeldOnlyWhileOctetsArePending() throws Exception {
		ScriptedPeer peer = new ScriptedPeer().greet();
		assertThat(peer.connection().sendHalf().buffer().capacity()).isZero();
		peer.wire().room(0);
		peer.call(get("/a"));
		peer.settle();
		assertThat(peer.connection().sendHalf().buffer().capacity()).isEqualTo(BufferPool.BUFFER_SIZE);
		peer.wire().unlimitedRoom();
		peer.expect(headers(1).endStream());
		assertThat(peer.connection().sendHalf().buffer().capacity()).isZero();
	}

	@Test
	void aHeaderBlockLargerThanTheBufferGoesOutWhole() throws Exception {
		ScriptedPeer peer = new ScriptedPeer().greet();
		String large = "~".repeat(100_000);
		peer.call(Http2Request.builder("GET", URI.create("http://example.test/a"))
			.headers(Headers.of("large", large))
			.build());
		peer.expect(headers(1).with("large", large).endStream());
		peer.send(headers(1).status(200).endStream()).isAtRest();
	}

	// ---- the end ----

	@Test
	void opsAfterTheEndAreDiscardedOneByOne() throws Exception {
		ScriptedPeer peer = new ScriptedPeer().greet();
		peer.endOfInput();
		AtomicInteger discarded = new AtomicInteger();
		for (int i = 0; i < 5; i++) {
			peer.connection().submit(new Op() {

				@Override
				void run(SendHalf half) {
					throw new AssertionError("The connection has ended");
				}

				@Override
				void discard(Http2Exception cause) {
					discarded.incrementAndGet();
				}

			});
			peer.settle();
		}
		assertThat(discarded).hasValue(5);
		assertThat(peer.connection().writer().isIdle()).isTrue();
	}

	// ---- many threads ----

	/** The loop has taken what there was and writes it, and does not look again. */
	@Test
	void whatIsQueuedWhileTheLoopWritesWakesItOnceMore() throws Exception {
		ScriptedPeer peer = new ScriptedPeer().greet();
		peer.wire().takeWrites();
		AtomicBoolean once = new AtomicBoolean();
		peer.wire().beforeWrite(() -> {
			if (once.compareAndSet(false, true)) {
				// By another thread, as callers do.
				CompletableFuture.runAsync(() -> peer.connection().submit(new ConnOps.Ping(2))).join();
			}
		});
		peer.connection().submit(new ConnOps.Ping(1));
		peer.loop().turnUntilQuiet();
		assertThat(peer.wire().takeWrites()).containsExactly(17, 17);
		assertThat(peer.connection().writer().isIdle()).isTrue();
	}

	@Test
	void everyOpOfManyThreadsRunsOnceAndNoTwoAtATime() throws Exception {
		int threads = 6;
		int opsPerThread = 4_000;
		ScriptedPeer peer = new ScriptedPeer().greet();
		AtomicBoolean running = new AtomicBoolean();
		AtomicInteger ran = new AtomicInteger();
		AtomicInteger overlaps = new AtomicInteger();
		AtomicInteger twice = new AtomicInteger();
		AtomicInteger outOfOrder = new AtomicInteger();
		int[] latest = new int[threads];
		List<Caller<Boolean>> callers = new ArrayList<>();
		for (int t = 0; t < threads; t++) {
			int thread = t;
			callers.add(Caller.of(() -> {
				for (int i = 1; i <= opsPerThread; i++) {
					int number = i;
					AtomicBoolean done = new AtomicBoolean();
					peer.connection().submit(new Op() {

						@Override
						void run(SendHalf half) {
							overlaps.addAndGet(running.compareAndSet(false, true) ? 0 : 1);
							twice.addAndGet(done.compareAndSet(false, true) ? 0 : 1);
							outOfOrder.addAndGet((latest[thread] == number - 1) ? 0 : 1);
							latest[thread] = number;
							ran.incrementAndGet();
							half.ping(number, true);
							running.set(false);
						}

					});
				}
				return true;
			}));
		}
		await().until(() -> {
			peer.settle();
			return callers.stream().allMatch(Caller::isDone) && peer.connection().writer().isIdle();
		});
		for (Caller<Boolean> caller : callers) {
			assertThat(caller.result()).isTrue();
		}
		assertThat(ran).hasValue(threads * opsPerThread);
		assertThat(overlaps).hasValue(0);
		assertThat(twice).hasValue(0);
		assertThat(outOfOrder).hasValue(0);
		assertThat(peer.rest()).hasSize(threads * opsPerThread);
		peer.isAtRest();
	}

	@Test
	void noCallerIsForgottenWhenItsConnectionEndsUnderIt() throws Exception {
		for (int round = 0; round < 1_000; round++) {
			ScriptedPeer peer = new ScriptedPeer().greet().holdCallsBack();
			List<Caller<Boolean>> callers = new ArrayList<>();
			for (int t = 0; t < 3; t++) {
				callers.add(Caller.of(() -> {
					for (;;) {
						if (!peer.connection().tryReserve()) {
							return true;
						}
						Exchange exchange = peer.start(get("/a"));
						try {
							exchange.stream().awaitResponse();
							return false;
						}
						catch (ConnectionException ex) {
							// What it must get.
						}
					}
				}));
			}
			peer.wire().failReads(new IOException("Connection reset"));
			peer.settle();
			await().pollInterval(Duration.ofMillis(1)).until(() -> {
				peer.settle();
				return callers.stream().allMatch(Caller::isDone);
			});
			for (Caller<Boolean> caller : callers) {
				assertThat(caller.result()).isTrue();
			}
		}
	}

}
