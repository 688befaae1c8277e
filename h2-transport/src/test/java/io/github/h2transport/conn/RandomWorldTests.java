package io.github.h2transport.conn;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

import io.github.h2transport.ErrorCode;
import io.github.h2transport.Http2Response;
import io.github.h2transport.testkit.peer.PeerFrame;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Callers that download, upload, read slowly and leave, and a server that does anything
 * legal, at random, seed by seed: every content arrives octet by octet as it was sent, in
 * both directions, and at rest all credit is back.
 */
@Timeout(120)
class RandomWorldTests {

	private static final int SEEDS = 40;

	private static final int ACTS = 120;

	private static final int MOST_STREAMS = 6;

	private static final int LONGEST_BODY = 60_000;

	@Test
	void everyContentArrivesAsItWasSent() throws Exception {
		int whole = 0;
		for (int seed = 0; seed < SEEDS; seed++) {
			try {
				whole += new World(seed).run();
			}
			catch (Throwable ex) {
				throw new AssertionError("Seed " + seed + ": " + ex.getMessage(), ex);
			}
		}
		// Most callers stay to the end, else this proves nothing.
		assertThat(whole).isGreaterThan(SEEDS);
	}

	/** One connection, its callers and its server. */
	private static final class World {

		private final Random random;

		private final ScriptedPeer peer = new ScriptedPeer((options) -> options.initialWindowSize(65_535));

		private final List<Conversation> all = new ArrayList<>();

		World(long seed) {
			this.random = new Random(seed);
			this.peer.greet();
		}

		/** Returns how many exchanges were whole. */
		int run() throws Exception {
			for (int i = 0; i < ACTS; i++) {
				act();
				listen();
			}
			while (this.all.stream().anyMatch((each) -> !each.isOver())) {
				for (Conversation each : this.all) {
					answer(each);
					each.read(LONGEST_BODY);
				}
				listen();
			}
			this.peer.isAtRest();
			for (Conversation each : this.all) {
				each.check();
			}
			return (int) this.all.stream().filter((each) -> !each.left).count();
		}

		private void act() throws Exception {
			if (this.all.stream().filter((each) -> !each.isOver()).count() < MOST_STREAMS
					&& this.random.nextInt(4) == 0) {
				byte[] question = noise();
				byte[] answer = noise();
				this.all.add(new Conversation(this.peer.call(ScriptedPeer.post("/", question)), question, answer));
				return;
			}
			if (this.all.isEmpty()) {
				return;
			}
			Conversation one = this.all.get(this.random.nextInt(this.all.size()));
			switch (this.random.nextInt(12)) {
				case 0 -> one.leave();
				case 1, 2, 3, 4 -> one.read(this.random.nextInt(20_000));
				default -> answer(one);
			}
		}

		/** The server reads, and gives back the credit for what it read. */
		private void listen() {
			List<PeerFrame> credit = new ArrayList<>();
			for (PeerFrame frame : this.peer.rest()) {
				for (Conversation each : this.all) {
					if (each.id() == frame.streamId()) {
						each.heard(frame);
					}
				}
				if (frame.isData() && frame.length() > 0) {
					credit.add(PeerFrame.windowUpdate(0, frame.length()));
					if (!frame.isEndStream()) {
						credit.add(PeerFrame.windowUpdate(frame.streamId(), frame.length()));
					}
				}
			}
			this.peer.send(credit.toArray(PeerFrame[]::new));
		}

		/** The server answers once it has heard everything, piece by piece. */
		private void answer(Conversation one) {
			if (!one.isHeard || one.left || one.isAnswered) {
				return;
			}
			List<PeerFrame> frames = new ArrayList<>();
			if (!one.isHeadSent) {
				one.isHeadSent = true;
				frames.add(PeerFrame.headers(one.id())
					.status(200)
					.with("content-length", String.valueOf(one.answer.length)));
			}
			int padding = this.random.nextInt(3) * this.random.nextInt(100);
			long window = Math.min(one.call.stream().receiveWindow().available(), this.peer.receiveWindow()) - padding;
			int length = (int) Math.min(Math.min(16_000, window), one.answer.length - one.sent);
			if (length >= 0 && window >= 0) {
				int to = one.sent + this.random.nextInt(length + 1);
				PeerFrame data = PeerFrame.data(one.id(), Arrays.copyOfRange(one.answer, one.sent, to)).padded(padding);
				one.sent = to;
				one.isAnswered = to == one.answer.length;
				if (one.isAnswered) {
					data.endStream();
				}
				if (one.isAnswered || data.length() + padding > 0) {
					frames.add(data);
				}
			}
			byte[] octets = this.peer.octetsOf(frames.toArray(PeerFrame[]::new));
			int cut = (octets.length > 0) ? this.random.nextInt(octets.length) : 0;
			this.peer.sendOctets(Arrays.copyOf(octets, cut)).sendOctets(Arrays.copyOfRange(octets, cut, octets.length));
		}

		private byte[] noise() {
			byte[] noise = new byte[this.random.nextInt(LONGEST_BODY)];
			this.random.nextBytes(noise);
			return noise;
		}

	}

	/** One exchange, as its caller and as its server see it. */
	private static final class Conversation {

		private final Exchange call;

		private final byte[] question;

		private final byte[] answer;

		private final ByteArrayOutputStream received = new ByteArrayOutputStream();

		private final ByteArrayOutputStream read = new ByteArrayOutputStream();

		private boolean isHeard;

		private boolean isHeadSent;

		private boolean isAnswered;

		private boolean left;

		private int sent;

		Conversation(Exchange call, byte[] question, byte[] answer) {
			this.call = call;
			this.question = question;
			this.answer = answer;
		}

		int id() {
			return this.call.stream().id();
		}

		void heard(PeerFrame frame) {
			if (frame.isData() && frame.payload != null) {
				this.received.writeBytes(frame.payload);
			}
			this.isHeard |= frame.isEndStream();
		}

		/** Reads at most so much of what is there. */
		void read(int most) throws IOException {
			Http2Response response = this.left ? null : response();
			if (response == null) {
				return;
			}
			InputStream body = response.body();
			int wanted = most;
			while (wanted > 0 && body.available() > 0) {
				byte[] piece = body.readNBytes(Math.min(wanted, body.available()));
				this.read.writeBytes(piece);
				wanted -= piece.length;
			}
		}

		private @Nullable Http2Response response() throws IOException {
			return this.call.stream().poll();
		}

		void leave() {
			if (!isOver()) {
				this.left = true;
				this.call.stream().cancel(ErrorCode.CANCEL, SessionPlayer.left());
			}
		}

		boolean isOver() {
			return this.left || this.isAnswered && this.read.size() == this.answer.length;
		}

		void check() throws IOException {
			if (this.left) {
				// What came was a beginning of it all the same.
				assertThat(Arrays.copyOf(this.answer, this.read.size())).isEqualTo(this.read.toByteArray());
				assertThat(Arrays.copyOf(this.question, this.received.size())).isEqualTo(this.received.toByteArray());
				return;
			}
			assertThat(this.received.toByteArray()).as("what the server got").isEqualTo(this.question);
			assertThat(this.read.toByteArray()).as("what the caller got").isEqualTo(this.answer);
			assertThat(this.call.body().read()).as("the end").isEqualTo(-1);
		}

	}

}
