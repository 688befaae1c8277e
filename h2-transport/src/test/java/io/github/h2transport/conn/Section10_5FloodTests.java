package io.github.h2transport.conn;

import java.time.Duration;
import java.util.function.Supplier;

import io.github.h2transport.ErrorCode;
import io.github.h2transport.StreamException;
import io.github.h2transport.frame.Octets;
import io.github.h2transport.testkit.peer.PeerFrame;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static io.github.h2transport.conn.HostilePeer.OK;
import static io.github.h2transport.conn.HostilePeer.STREAM;
import static io.github.h2transport.conn.ScriptedPeer.get;
import static io.github.h2transport.conn.ScriptedPeer.post;
import static io.github.h2transport.frame.Octets.DATA;
import static io.github.h2transport.frame.Octets.GOAWAY;
import static io.github.h2transport.frame.Octets.HEADERS;
import static io.github.h2transport.frame.Octets.PING;
import static io.github.h2transport.frame.Octets.PRIORITY;
import static io.github.h2transport.frame.Octets.RST_STREAM;
import static io.github.h2transport.frame.Octets.SETTINGS;
import static io.github.h2transport.frame.Octets.WINDOW_UPDATE;
import static io.github.h2transport.frame.Octets.frame;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * RFC 9113 section 10.5: each limit from both sides. What is within it passes and the
 * connection works on; one more ends in ENHANCE_YOUR_CALM.
 */
@Timeout(60)
class Section10_5FloodTests {

	/** {@code :status: 103}, not indexed. */
	private static final String EARLY_HINTS = "0803313033";

	private static final Duration TICK = Duration.ofMillis(100);

	/** The frames that cost a budget, and how many of them are legal at once. */
	enum Flood {

		PINGS(1000, () -> frame(PING, 0, 0, "0102030405060708")),

		PING_ACKS_THAT_NOBODY_WAITS_FOR(1000, () -> frame(PING, 1, 0, "0102030405060708")),

		/** One was the preface. */
		EMPTY_SETTINGS(99, () -> frame(SETTINGS, 0, 0, "")),

		WINDOWS_UP_AND_DOWN(99, () -> frame(SETTINGS, 0, 0, "0004 00000000 0004 0000ffff")),

		SETTINGS_ACKS_THAT_NOBODY_WAITS_FOR(99, () -> frame(SETTINGS, 1, 0, "")),

		/** One that we sent ourselves pays for one more. */
		RESETS_OF_A_STREAM_THAT_IS_GONE(1002, () -> frame(RST_STREAM, 0, 3, "00000008")),

		PRIORITIES(100, () -> frame(PRIORITY, 0, 3, "00000000 10")),

		PRIORITIES_OF_A_WRONG_LENGTH(1036, () -> frame(PRIORITY, 0, 3, "00000000")),

		EMPTY_WINDOW_UPDATES_OF_A_STREAM_THAT_IS_GONE(1036, () -> frame(WINDOW_UPDATE, 0, 3, "00000000")),

		UNKNOWN_FRAMES(2000, () -> frame(0x99, 0, 0, "")),

		LARGE_UNKNOWN_FRAMES(2000 / 17, () -> frame(0x99, 0, 0, new byte[16_384])),

		EMPTY_DATA(16, () -> frame(DATA, 0, STREAM, "")),

		DATA_WITH_PADDING_ONLY(16, () -> frame(DATA, 0x8, STREAM, "02 0000")),

		EMPTY_DATA_OF_A_STREAM_THAT_IS_GONE(16, () -> frame(DATA, 0, 3, "")),

		HEADERS_OF_A_STREAM_THAT_IS_GONE(1036, () -> frame(HEADERS, 0x4, 3, OK)),

		GOAWAYS(16, () -> frame(GOAWAY, 0, 0, "7fffffff 00000000"));

		private final int legal;

		private final Supplier<byte[]> frame;

		Flood(int legal, Supplier<byte[]> frame) {
			this.legal = legal;
			this.frame = frame;
		}

		/** Stream 3 is reset by us, and stream 1 has a head. */
		HostilePeer begin() throws Exception {
			HostilePeer peer = new HostilePeer();
			Exchange gone = peer.peer().call(get("/gone"));
			peer.peer().settle();
			peer.cancels(gone);
			peer.sends(frame(HEADERS, 0x4, STREAM, OK));
			return peer.reads();
		}

	}

	@ParameterizedTest
	@EnumSource
	void whatIsLegalPasses(Flood flood) throws Exception {
		HostilePeer peer = flood.begin();
		peer.sends(flood.legal, flood.frame.get()).reads();
		peer.sends(frame(DATA, 0x1, STREAM, "6f6b"));
		peer.exchange().hasStatus(200);
		assertThat(peer.exchange().text()).isEqualTo("ok");
		if (flood != Flood.GOAWAYS) {
			peer.worksOn(5);
		}
	}

	@ParameterizedTest
	@EnumSource
	void oneMoreEndsTheConnection(Flood flood) throws Exception {
		HostilePeer peer = flood.begin();
		peer.sends(flood.legal + 1, flood.frame.get());
		assertThat(peer.peer().rest()).last().hasToString("GOAWAY 0 ENHANCE_YOUR_CALM");
		// If the socket was full, the end of the output comes with the clock.
		peer.peer().loop().advance(TICK);
		assertThat(peer.peer().isOutputFinished()).isTrue();
		peer.peer().endOfInput();
		assertThat(peer.peer().isClosed()).isTrue();
	}

	// ---- header blocks ----

	@Test
	void interimResponsesUpToSixteenPass() throws Exception {
		HostilePeer peer = new HostilePeer();
		peer.sends(16, frame(HEADERS, 0x4, STREAM, EARLY_HINTS));
		peer.isBorne();
	}

	@Test
	void aSeventeenthInterimResponseEndsItsStream() throws Exception {
		HostilePeer peer = new HostilePeer();
		peer.sends(17, frame(HEADERS, 0x4, STREAM, EARLY_HINTS));
		assertThat(peer.exchange().failure(StreamException.class).context().code())
			.isEqualTo(ErrorCode.ENHANCE_YOUR_CALM);
		peer.reads().worksOn(3);
	}

	@Test
	void interimResponsesTogetherMayBeAsLargeAsAHeaderSection() throws Exception {
		// :status takes 42 of 1,024 octets, and the 8 others share what is left of it.
		HostilePeer peer = new HostilePeer((options) -> options.maxHeaderListSize(1024));
		peer.sends(8, frame(HEADERS, 0x4, STREAM, EARLY_HINTS + "00016135" + "7e".repeat(53)));
		peer.isBorne();
	}

	@Test
	void interimResponsesTogetherLargerThanAHeaderSectionEndTheirStream() throws Exception {
		HostilePeer peer = new HostilePeer((options) -> options.maxHeaderListSize(1024));
		peer.sends(7, frame(HEADERS, 0x4, STREAM, EARLY_HINTS + "00016135" + "7e".repeat(53)));
		peer.sends(frame(HEADERS, 0x4, STREAM, EARLY_HINTS + "00016136" + "7e".repeat(54)));
		assertThat(peer.exchange().failure(StreamException.class)).hasMessageContaining("1024 octets");
		peer.reads().worksOn(3);
	}

	@Test
	void aBlockInOneFrameOfTheSizeThatAllMaySendCostsItsStreamOnly() throws Exception {
		HostilePeer peer = new HostilePeer((options) -> options.maxHeaderListSize(1024).maxFrameSize(1 << 20));
		peer.sends(frame(HEADERS, 0x4, STREAM, HostilePeer.octets(16_384, 0x88)));
		assertThat(peer.exchange().failure(StreamException.class).context().code()).isEqualTo(ErrorCode.PROTOCOL_ERROR);
		peer.reads().worksOn(3);
	}

	@Test
	void aLargerBlockInOneFrameEndsTheConnection() throws Exception {
		HostilePeer peer = new HostilePeer((options) -> options.maxHeaderListSize(1024).maxFrameSize(1 << 20));
		peer.sends(frame(HEADERS, 0x4, STREAM, HostilePeer.octets(16_385, 0x88)));
		peer.isTold();
	}

	// ---- content that nobody wants any more ----

	@Test
	void allTheCreditOfAStreamMayComeAfterItsReset() throws Exception {
		HostilePeer peer = new HostilePeer();
		Exchange gone = peer.peer().call(get("/gone"));
		peer.peer().settle();
		peer.cancels(gone);
		// 256 KiB, and the 16 MiB that are always borne.
		peer.sends(1040, frame(DATA, 0, 3, new byte[16_384])).reads();
		peer.sends(frame(HEADERS, 0x5, STREAM, OK));
		peer.exchange().hasStatus(200);
		peer.reads().worksOn(5);
	}

	@Test
	void moreThanTheCreditOfAStreamAfterItsResetEndsTheConnection() throws Exception {
		HostilePeer peer = new HostilePeer();
		Exchange gone = peer.peer().call(get("/gone"));
		peer.peer().settle();
		peer.cancels(gone);
		peer.sends(1040, frame(DATA, 0, 3, new byte[16_384]));
		peer.sends(frame(DATA, 0, 3, "00"));
		assertThat(peer.isTold()).hasMessageContaining("gone");
	}

	@Test
	void manyStreamsThatAreCancelledAtOnceMayAllHaveTheirWindowUnderWay() throws Exception {
		HostilePeer peer = new HostilePeer((options) -> options.initialWindowSize(1 << 20));
		for (int id = 3; id < 3 + 2 * 32; id += 2) {
			Exchange gone = peer.peer().call(get("/gone"));
			peer.peer().settle();
			peer.cancels(gone);
		}
		for (int id = 3; id < 3 + 2 * 32; id += 2) {
			peer.sends(64, frame(DATA, 0, id, new byte[16_384]));
		}
		peer.reads().sends(frame(HEADERS, 0x5, STREAM, OK));
		peer.exchange().hasStatus(200);
	}

	// ---- what an honest server does a lot of ----

	@Test
	void creditForALargeUploadMayComeInTinySteps() throws Exception {
		HostilePeer peer = new HostilePeer();
		Exchange upload = peer.peer().call(post("/upload", new byte[1 << 20]));
		int arrived = 0;
		while (arrived < 1 << 20) {
			for (PeerFrame each : peer.peer().rest()) {
				arrived += each.length();
			}
			// A step of 64 octets each for stream and connection, 65,536 octets in all.
			byte[] step = Octets.join(frame(WINDOW_UPDATE, 0, 0, "00000040"), frame(WINDOW_UPDATE, 0, 3, "00000040"));
			peer.sends(1024, step);
		}
		peer.sends(frame(HEADERS, 0x5, 3, OK));
		upload.hasStatus(200);
		peer.isStillThere();
	}

	@Test
	void creditThatNoUploadExplainsEndsTheConnection() throws Exception {
		HostilePeer peer = new HostilePeer();
		// 2,000, and two for each octet of one small request.
		peer.sends(2000, frame(WINDOW_UPDATE, 0, 0, "00000001"));
		peer.isStillThere();
		peer.sends(200, frame(WINDOW_UPDATE, 0, 0, "00000001"));
		assertThat(peer.isTold()).hasMessageContaining("WINDOW_UPDATE");
	}

	@Test
	void acksThatNobodyReadsEndTheConnection() throws Exception {
		HostilePeer peer = new HostilePeer();
		peer.peer().room(0);
		// Some are in the buffer that the socket does not take, the others wait behind
		// it.
		peer.sends(400, frame(PING, 0, 0, "0102030405060708"));
		// That nothing moves is seen at the next read.
		peer.sends(frame(PING, 0, 0, "0102030405060708"));
		peer.peer().unlimitedRoom().settle();
		peer.isTold();
	}

	@Test
	void acksThatAreReadLateAreBorne() throws Exception {
		HostilePeer peer = new HostilePeer();
		peer.peer().room(0);
		peer.sends(256, frame(PING, 0, 0, "0102030405060708"));
		peer.peer().unlimitedRoom();
		peer.isBorne();
	}

}
