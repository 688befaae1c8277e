package io.github.h2transport.conn;

import java.time.Duration;
import java.util.function.Supplier;

import io.github.h2transport.ErrorCode;
import io.github.h2transport.StreamException;
import io.github.h2transport.frame.Octets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static io.github.h2transport.conn.HostilePeer.OK;
import static io.github.h2transport.conn.HostilePeer.STREAM;
import static io.github.h2transport.conn.ScriptedPeer.get;
import static io.github.h2transport.frame.Octets.CONTINUATION;
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
			gone.stream().cancel(ErrorCode.CANCEL, null);
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
		assertThat(peer.peer().isOutputFinished()).isTrue();
		peer.peer().endOfInput();
		assertThat(peer.peer().isClosed()).isTrue();
	}

}
