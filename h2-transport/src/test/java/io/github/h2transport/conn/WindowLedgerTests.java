package io.github.h2transport.conn;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.Flow;

import io.github.h2transport.CallCancelledException;
import io.github.h2transport.ErrorCode;
import io.github.h2transport.FailureContext;
import io.github.h2transport.Http2Exception;
import io.github.h2transport.Http2Response;
import io.github.h2transport.Initiator;
import io.github.h2transport.Phase;
import io.github.h2transport.TransportOptions;
import io.github.h2transport.conn.WindowLedger.Row;
import io.github.h2transport.testkit.peer.PeerFrame;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * RFC 9113 sections 5.2 and 6.9: whatever happens in whatever order, no octet of credit
 * is lost and none is given twice. Callers, readers and the peer act at random, seed by
 * seed; after each act both ends must agree on every window.
 */
@Timeout(300)
class WindowLedgerTests {

	private static final int SEEDS_PER_PART = 350;

	private static final int ACTS = 60;

	private static final int MOST_CALLS = 12;

	/** More than any heap's budget. */
	private static final int ALL_MEMORY = Integer.MAX_VALUE;

	@ParameterizedTest
	@ValueSource(ints = { 0, 1, 2, 3, 4, 5 })
	void noCreditIsLost(int part) throws Exception {
		for (int i = 0; i < SEEDS_PER_PART; i++) {
			long seed = (long) part * SEEDS_PER_PART + i;
			try {
				new Story(seed).run();
			}
			catch (Throwable ex) {
				throw new AssertionError("Seed " + seed + ": " + ex.getMessage(), ex);
			}
		}
	}

	/** One connection, and what happens on it. */
	private static final class Story {

		private final Random random;

		private final ScriptedPeer peer;

		private final WindowLedger ledger;

		private final List<Consumer> consumers = new ArrayList<>();

		private boolean memoryIsShort;

		Story(long seed) {
			this.random = new Random(seed);
			int stream = one(65_535, 65_535, 100_000, 256 * 1024);
			int most = one(0, 150_000, 1024 * 1024, 4 * 1024 * 1024);
			int connection = one(65_536, 200_000, 1024 * 1024, 16 * 1024 * 1024);
			this.peer = new ScriptedPeer((
					options) -> options.initialWindowSize(stream).maxWindowSize(most).connectionWindowSize(connection));
			TransportOptions options = this.peer.resources().options();
			this.ledger = new WindowLedger(this.peer, options, this.random);
			this.peer.greet();
		}

		void run() throws Exception {
			if (this.random.nextInt(3) == 0) {
				memoryIsShort(true);
			}
			for (int i = 0; i < ACTS && !isEnded(); i++) {
				act();
				check();
			}
			this.peer.wire().unlimitedRoom();
			check();
			end();
		}

		private void check() {
			this.peer.settle();
			this.ledger.read();
			if (!this.peer.wire().isAwaitingWritable() && !isEnded()) {
				this.ledger.agrees();
			}
		}

		/** After GOAWAY and the last stream there are no windows any more. */
		private boolean isEnded() {
			return this.peer.connection().driver().ending().endedBy() != null;
		}

		private void act() throws Exception {
			switch (this.random.nextInt(26)) {
				case 0, 1, 2 -> call();
				case 3, 4, 5 -> head();
				case 6, 7, 8, 9, 10, 11 -> data();
				case 12, 13, 14 -> consume();
				case 15 -> close();
				case 16 -> cancel();
				case 17 -> reset();
				case 18 -> credit();
				case 19 -> time();
				case 20 -> stall();
				case 21 -> memoryIsShort(this.random.nextBoolean());
				case 22 -> excess();
				case 23, 24 -> download();
				default -> goAway();
			}
		}

		// ---- callers ----

		private void call() throws IOException {
			if (this.consumers.size() == MOST_CALLS || !this.peer.connection().canTakeNewRequest()) {
				return;
			}
			Exchange call = switch (this.random.nextInt(4)) {
				case 0 -> this.peer.call(ScriptedPeer.upload("/written"));
				case 1 -> this.peer.call(ScriptedPeer.post("/bytes", new byte[this.random.nextInt(200_000)]));
				default -> this.peer.call(ScriptedPeer.get("/"));
			};
			this.consumers.add(switch (this.random.nextInt(3)) {
				case 0 -> new Subscriber(call);
				case 1 -> new Reader(call, this.random);
				default -> new Consumer(call);
			});
		}

		private @Nullable Consumer reader(int streamId) {
			for (Consumer consumer : this.consumers) {
				if (consumer instanceof Reader && consumer.call.stream().id() == streamId) {
					return consumer;
				}
			}
			return null;
		}

		private @Nullable Consumer anyConsumer() {
			return this.consumers.isEmpty() ? null : this.consumers.get(this.random.nextInt(this.consumers.size()));
		}

		private void consume() throws Exception {
			Consumer consumer = anyConsumer();
			if (consumer != null) {
				consumer.consume();
			}
		}

		private void close() throws Exception {
			Consumer consumer = anyConsumer();
			if (consumer != null) {
				consumer.close();
			}
		}

		private void cancel() {
			Consumer consumer = anyConsumer();
			if (consumer != null) {
				consumer.cancel();
			}
		}

		// ---- the peer ----

		/** A response head, or one that is refused though its content follows. */
		private void head() {
			Row row = this.ledger.any((any) -> any.maySend() && !any.headSent);
			if (row == null) {
				return;
			}
			row.headSent = true;
			PeerFrame head = PeerFrame.headers(row.id).status(200);
			switch (this.random.nextInt(12)) {
				case 0 -> head.with("Upper-Case", "is malformed");
				case 1 -> head.with("content-length", "1").with("content-length", "2");
				case 2 -> head.with("content-length", String.valueOf(this.random.nextInt(30_000)));
				default -> head.with("content-type", "text/plain");
			}
			deliver(head);
		}

		/** Content; also before the head, and for streams that the client has left. */
		private void data() {
			List<PeerFrame> frames = new ArrayList<>();
			for (int i = this.random.nextInt(4); i >= 0; i--) {
				Row row = this.ledger.any((any) -> any.maySend() && (any.headSent || this.random.nextInt(20) == 0));
				if (row != null) {
					frames.add(dataFrame(row, this.ledger.allowed(row)));
				}
			}
			deliver(frames.toArray(PeerFrame[]::new));
		}

		private PeerFrame dataFrame(Row row, long allowed) {
			int padding = (this.random.nextInt(4) == 0) ? this.random.nextInt(257) : 0;
			int most = (int) Math.min(16_384, allowed) - padding;
			int length = (most <= 0 || this.random.nextInt(8) == 0) ? 0
					: one(most, this.random.nextInt(most + 1), Math.min(most, 100));
			boolean endStream = this.random.nextInt(12) == 0;
			if (padding > allowed) {
				padding = 0;
			}
			if (length + padding == 0) {
				endStream = true;
			}
			return this.ledger.data(row, length, padding, endStream);
		}

		/**
		 * More than the stream's window: an error of the stream, but still to be
		 * credited.
		 */
		private void excess() {
			Row row = this.ledger.any((any) -> any.maySend() && any.headSent);
			if (row != null && row.toClient < 16_000 && this.ledger.allowedOnConnection() > 16_300) {
				deliver(this.ledger.data(row, 16_001, this.random.nextInt(200), false));
			}
		}

		/**
		 * All that the window allows, round trip by round trip, read at once: a window
		 * grows, or shrinks again if the round trips become short.
		 */
		private void download() throws Exception {
			Row row = this.ledger.any((any) -> any.maySend() && any.headSent && !any.clientReset);
			Consumer consumer = (row != null) ? reader(row.id) : null;
			if (row == null || consumer == null) {
				return;
			}
			int roundTripMillis = 1 + this.random.nextInt(200);
			for (int round = this.random.nextInt(12); round >= 0; round--) {
				while (this.ledger.allowed(row) > 0) {
					int length = (int) Math.min(16_384, this.ledger.allowed(row));
					this.peer.send(this.ledger.data(row, length, 0, false));
				}
				for (int i = 0; i < 30; i++) {
					consumer.consume();
					this.peer.settle();
				}
				this.ledger.read();
				this.peer.advance(Duration.ofMillis(roundTripMillis));
				this.peer.send(this.ledger.answers());
			}
		}

		private void reset() {
			Row row = this.ledger.any(Row::maySend);
			if (row != null) {
				row.peerDone = true;
				deliver(PeerFrame.rstStream(row.id,
						one(ErrorCode.REFUSED_STREAM, ErrorCode.CANCEL, ErrorCode.INTERNAL_ERROR)));
			}
		}

		private void credit() {
			Row row = this.ledger.any((any) -> !any.clientDone && !any.isOver());
			if (row != null) {
				deliver(this.ledger.credit(row.id, 1 + this.random.nextInt(30_000)),
						this.ledger.credit(0, 1 + this.random.nextInt(30_000)));
			}
			else if (this.random.nextBoolean()) {
				deliver(this.ledger.settings(this.random.nextInt(100_000)));
			}
		}

		private void goAway() {
			if (this.random.nextInt(20) == 0) {
				Row row = this.ledger.any((any) -> true);
				deliver(PeerFrame.goAway((row != null) ? row.id : 0, ErrorCode.NO_ERROR));
			}
		}

		/** In one piece or in several, cut anywhere. */
		private void deliver(PeerFrame... frames) {
			byte[] octets = this.peer.octetsOf(frames);
			if (octets.length > 1 && this.random.nextBoolean()) {
				int cut = 1 + this.random.nextInt(octets.length - 1);
				this.peer.sendOctets(Arrays.copyOf(octets, cut));
				if (this.random.nextInt(4) == 0) {
					cancel();
				}
				this.peer.sendOctets(Arrays.copyOfRange(octets, cut, octets.length));
			}
			else if (octets.length > 0) {
				this.peer.sendOctets(octets);
			}
		}

		// ---- circumstances ----

		private void time() {
			// Answers take time, and readers seem quick: windows grow. Or they seem slow.
			this.peer.advance(Duration.ofMillis(this.random.nextInt(4000)));
			deliver(this.ledger.answers());
		}

		/** The socket takes nothing for a while, so that credit waits. */
		private void stall() {
			if (this.random.nextBoolean()) {
				this.peer.wire().room(this.random.nextInt(50));
			}
			else {
				this.peer.wire().unlimitedRoom();
			}
		}

		private void memoryIsShort(boolean isShort) {
			if (isShort != this.memoryIsShort) {
				this.memoryIsShort = isShort;
				if (isShort) {
					this.peer.resources().budget().add(ALL_MEMORY);
				}
				else {
					this.peer.resources().budget().remove(ALL_MEMORY);
				}
			}
		}

		/** Everybody leaves; then all credit must be back. */
		private void end() throws Exception {
			for (Consumer consumer : this.consumers) {
				if (this.random.nextBoolean()) {
					consumer.consume();
				}
				if (this.random.nextBoolean()) {
					consumer.cancel();
				}
				consumer.close();
			}
			check();
			// What was all but over when it was closed is not waited for any longer.
			this.peer.advance(Duration.ofMillis(300));
			check();
			for (Row row = this.ledger.any(Row::maySend); row != null; row = this.ledger.any(Row::maySend)) {
				// What was on its way when the client left.
				if (row.clientReset && this.random.nextBoolean()) {
					deliver(this.ledger.data(row, (int) Math.min(100, Math.max(0, this.ledger.allowed(row))), 0, true));
				}
				row.peerDone = true;
			}
			memoryIsShort(false);
			check();
			assertThat(this.peer.resources().budget().buffered()).as("octets that are still counted").isZero();
			assertThat(this.peer.resources().budget().reserved()).as("growth that is still reserved").isZero();
			if (!isEnded()) {
				assertThat(this.peer.connection().receiveWindow().outstanding()).as("credit owed").isZero();
			}
			assertThat(this.peer.connection().activeStreams()).as("slots in use").isZero();
		}

		@SafeVarargs
		private <T> T one(T... all) {
			return all[this.random.nextInt(all.length)];
		}

	}

	/** Somebody who reads nothing until it leaves. */
	private static class Consumer {

		final Exchange call;

		Consumer(Exchange call) {
			this.call = call;
		}

		/** The response, if it is there. */
		final @Nullable Http2Response response() {
			try {
				return this.call.stream().poll();
			}
			catch (Http2Exception ex) {
				return null;
			}
		}

		void consume() throws Exception {
		}

		final void cancel() {
			this.call.stream()
				.cancel(ErrorCode.CANCEL,
						new CallCancelledException("left", null, FailureContext.of(Initiator.CALLER, Phase.IDLE)));
		}

		/** As promised to callers: a response is closed, a failed call is over. */
		final void close() {
			Http2Response response = response();
			if (response != null) {
				response.close();
			}
			else {
				cancel();
			}
		}

	}

	/** Reads as much as it likes of what is there, and never waits. */
	private static final class Reader extends Consumer {

		private final Random random;

		Reader(Exchange call, Random random) {
			super(call);
			this.random = random;
		}

		@Override
		void consume() throws IOException {
			Http2Response response = response();
			if (response == null) {
				return;
			}
			InputStream body = response.body();
			int most = this.random.nextInt(100_000);
			while (most > 0 && body.available() > 0) {
				int length = Math.min(body.available(), most);
				most -= body.readNBytes(length).length;
			}
		}

	}

	/** Asks for one buffer at a time. */
	private static final class Subscriber extends Consumer implements Flow.Subscriber<ByteBuffer> {

		private Flow.@Nullable Subscription subscription;

		Subscriber(Exchange call) {
			super(call);
		}

		@Override
		void consume() {
			Http2Response response = response();
			if (this.subscription == null && response != null) {
				response.publisher().subscribe(this);
			}
			if (this.subscription != null) {
				Objects.requireNonNull(this.subscription).request(1);
			}
		}

		@Override
		public void onSubscribe(Flow.Subscription newSubscription) {
			this.subscription = newSubscription;
		}

		@Override
		public void onNext(ByteBuffer item) {
		}

		@Override
		public void onError(Throwable throwable) {
		}

		@Override
		public void onComplete() {
		}

	}

}
