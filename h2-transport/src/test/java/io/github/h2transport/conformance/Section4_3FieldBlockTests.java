package io.github.h2transport.conformance;

import java.net.URI;
import java.util.HexFormat;

import io.github.h2transport.ErrorCode;
import io.github.h2transport.Headers;
import io.github.h2transport.Http2Request;
import io.github.h2transport.testkit.peer.WirePeer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static io.github.h2transport.conformance.TwoRequests.END_HEADERS;
import static io.github.h2transport.conformance.TwoRequests.END_STREAM;
import static io.github.h2transport.conformance.TwoRequests.NEIGHBOUR;
import static io.github.h2transport.conformance.TwoRequests.OK;
import static io.github.h2transport.conformance.TwoRequests.STREAM;
import static io.github.h2transport.frame.Octets.CONTINUATION;
import static io.github.h2transport.frame.Octets.DATA;
import static io.github.h2transport.frame.Octets.HEADERS;
import static io.github.h2transport.frame.Octets.PUSH_PROMISE;
import static io.github.h2transport.frame.Octets.RST_STREAM;
import static io.github.h2transport.frame.Octets.SETTINGS;
import static io.github.h2transport.frame.Octets.frame;
import static io.github.h2transport.testkit.peer.PeerFrame.headers;
import static io.github.h2transport.testkit.peer.PeerFrame.ping;
import static io.github.h2transport.testkit.peer.PeerFrame.rstStream;
import static io.github.h2transport.testkit.peer.PeerFrame.settingsAck;
import static io.github.h2transport.testkit.peer.WirePeer.get;
import static io.github.h2transport.testkit.peer.WirePeer.post;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * RFC 9113 sections 4.3 and 4.3.1: field blocks and the compression state that all
 * streams of a connection share.
 */
@Timeout(30)
@ExtendWith(ClosesPeers.class)
class Section4_3FieldBlockTests {

	/** Puts {@code kept: yes} into the dynamic table, where it gets index 62. */
	private static final String ADD = "40 04 6b657074 03 796573";

	private static final String INDEX_62 = "be";

	private static final String CONTENT_LENGTH_2 = "0f0d 01 32";

	private static final int ALL = END_HEADERS | END_STREAM;

	/** The neighbour's response refers to what the other stream's block has added. */
	private static void tableIsKept(TwoRequests two) throws Exception {
		two.receive(frame(HEADERS, ALL, NEIGHBOUR, OK + INDEX_62));
		assertThat(two.neighbour().response().headers().get("kept")).isEqualTo("yes");
		two.peer().expectNothing().isAtRest();
	}

	// ---- received: every block is decoded, whoever wants it ----

	@Test
	void aBlockForAStreamThatWeResetIsDecoded() throws Exception {
		TwoRequests two = new TwoRequests().cancel();
		tableIsKept(two.receive(frame(HEADERS, ALL, STREAM, OK + ADD)));
	}

	@Test
	void aBlockInPiecesForAStreamThatWeResetIsDecoded() throws Exception {
		TwoRequests two = new TwoRequests().cancel();
		tableIsKept(two.receive(frame(HEADERS, END_STREAM, STREAM, OK + "40 04 6b65"),
				frame(CONTINUATION, END_HEADERS, STREAM, "7074 03 796573")));
	}

	@Test
	void aBlockForAStreamThatTheServerResetIsDecoded() throws Exception {
		TwoRequests two = new TwoRequests().receive(frame(RST_STREAM, 0, STREAM, "00000008"));
		tableIsKept(two.receive(frame(HEADERS, ALL, STREAM, OK + ADD)));
	}

	/** No :status, an upper-case name, a status of 101, a pseudo-field of requests. */
	@ParameterizedTest
	@ValueSource(strings = { ADD, OK + "00 01 41 01 31" + ADD, "08 03 313031" + ADD, OK + "82" + ADD })
	void aBlockOfAMalformedResponseIsDecodedToItsEnd(String block) throws Exception {
		TwoRequests two = new TwoRequests().receive(frame(HEADERS, END_HEADERS, STREAM, block));
		two.peer().expect(rstStream(STREAM, ErrorCode.PROTOCOL_ERROR));
		tableIsKept(two);
	}

	@Test
	void aBlockOfMalformedTrailersIsDecodedToItsEnd() throws Exception {
		TwoRequests two = new TwoRequests();
		two.receive(frame(HEADERS, END_HEADERS, STREAM, OK), frame(HEADERS, ALL, STREAM, OK + ADD));
		two.peer().expect(rstStream(STREAM, ErrorCode.PROTOCOL_ERROR));
		tableIsKept(two);
	}

	@Test
	void aBlockBehindAStreamErrorInTheSameReadIsDecoded() throws Exception {
		TwoRequests two = new TwoRequests();
		two.receive(frame(DATA, 0, STREAM, "21"), frame(HEADERS, ALL, STREAM, OK + ADD));
		two.peer().expect(rstStream(STREAM, ErrorCode.PROTOCOL_ERROR));
		tableIsKept(two);
	}

	@Test
	void aBlockLargerThanWeAcceptIsDecodedToItsEnd() throws Exception {
		TwoRequests two = new TwoRequests(new WirePeer((options) -> options.maxHeaderListSize(1024)).greet());
		String large = "00 01 61 7f ec07" + "7e".repeat(1131);
		two.receive(frame(HEADERS, END_HEADERS, STREAM, OK + large + ADD));
		two.peer().expect(rstStream(STREAM, ErrorCode.PROTOCOL_ERROR));
		tableIsKept(two);
	}

	/** An index beyond the tables, a cut literal, a size update behind a field. */
	@ParameterizedTest
	@ValueSource(strings = { "ff 80 01", OK + "40 04 6b65", OK + "20", OK + "80" })
	void aBlockThatCannotBeDecodedIsAConnectionError(String block) throws Exception {
		new TwoRequests().receive(frame(HEADERS, END_HEADERS, STREAM, block))
			.connectionError(ErrorCode.COMPRESSION_ERROR);
	}

	@Test
	void aBlockThatCannotBeDecodedIsAConnectionErrorAlsoIfNobodyWantsIt() throws Exception {
		new TwoRequests().cancel()
			.receive(frame(HEADERS, END_HEADERS, STREAM, OK + "40 04 6b65"))
			.connectionError(ErrorCode.COMPRESSION_ERROR);
	}

	@Test
	void aPromiseIsNotDecodedSinceItEndsTheConnection() throws Exception {
		new TwoRequests().receive(frame(PUSH_PROMISE, END_HEADERS, STREAM, "00000002 ff8001"))
			.connectionError(ErrorCode.PROTOCOL_ERROR);
	}

	@Test
	void contentMayFollowABlockAtOnce() throws Exception {
		TwoRequests two = new TwoRequests();
		two.receive(frame(HEADERS, 0, STREAM, ""), frame(CONTINUATION, 0, STREAM, OK),
				frame(CONTINUATION, END_HEADERS, STREAM, CONTENT_LENGTH_2), frame(DATA, END_STREAM, STREAM, "6f6b"));
		assertThat(two.exchange().text()).isEqualTo("ok");
		two.neighbourIsUnhurt();
	}

	// ---- sent ----

	@Test
	void ourBlocksAreContiguous() throws Exception {
		// The peer's reader refuses anything between HEADERS and the last CONTINUATION.
		WirePeer peer = new WirePeer().greet();
		peer.call(post("/upload", new byte[60_000]));
		peer.call(large());
		peer.call(large());
		peer.sendOctets(peer.octetsOf(ping(1)));
		assertThat(peer.rest()).hasSize(3 + 1 + 4).filteredOn((frame) -> !frame.fields().isEmpty()).hasSize(3);
	}

	private static Http2Request large() {
		return Http2Request.builder("GET", URI.create("http://example.test/"))
			.headers(Headers.of("long", "~".repeat(40_000)))
			.build();
	}

	// ---- the size of the tables ----

	private static byte[] tableSizes(int... sizes) {
		StringBuilder payload = new StringBuilder();
		for (int size : sizes) {
			payload.append("0001").append("%08x".formatted(size));
		}
		return frame(SETTINGS, 0, 0, payload.toString());
	}

	/** The beginning of the field block of the next request. */
	private static String nextBlock(WirePeer peer) throws Exception {
		peer.call(get("/"));
		byte[] octets = peer.takeOctets();
		assertThat(octets[3]).as("type HEADERS").isEqualTo((byte) 1);
		return HexFormat.of().formatHex(octets, 9, 13);
	}

	@Test
	void aSmallerTableOfTheServerIsAcknowledgedByASizeUpdate() throws Exception {
		WirePeer peer = new WirePeer().greet();
		peer.sendOctets(tableSizes(100)).expect(settingsAck());
		// 0x20 | 31, then 100 - 31.
		assertThat(nextBlock(peer)).startsWith("3f45");
		assertThat(nextBlock(peer)).as("once").doesNotStartWith("3f");
	}

	@Test
	void aTableOfNoSizeIsAcknowledgedByASizeUpdate() throws Exception {
		WirePeer peer = new WirePeer().greet();
		peer.sendOctets(tableSizes(0)).expect(settingsAck());
		assertThat(nextBlock(peer)).startsWith("20");
	}

	@Test
	void aTableThatShrankAndGrewBetweenTwoBlocksIsAcknowledgedByBothSizes() throws Exception {
		WirePeer peer = new WirePeer().greet();
		peer.sendOctets(tableSizes(0)).sendOctets(tableSizes(4096)).expect(settingsAck(), settingsAck());
		// 0, then 31 + 97 + 31 * 128.
		assertThat(nextBlock(peer)).startsWith("203fe11f");
	}

	@Test
	void aTableThatShrankAndGrewWithinOneFrameIsAcknowledgedByBothSizes() throws Exception {
		WirePeer peer = new WirePeer().greet();
		nextBlock(peer);
		peer.sendOctets(tableSizes(0, 4096)).expect(settingsAck());
		assertThat(nextBlock(peer)).startsWith("203fe11f");
	}

	@Test
	void whatTheServerEvictedWhenItsTableShrankIsNotReferredTo() throws Exception {
		// The peer's decoder would fail on an index that it has evicted.
		WirePeer peer = new WirePeer().greet();
		for (int i = 0; i < 2; i++) {
			peer.call(custom());
			peer.expect(headers(2 * i + 1).with("custom", "value").endStream());
		}
		peer.sendOctets(tableSizes(0, 4096)).expect(settingsAck());
		for (int i = 2; i < 4; i++) {
			peer.call(custom());
			peer.expect(headers(2 * i + 1).with("custom", "value").endStream());
		}
	}

	private static Http2Request custom() {
		return Http2Request.builder("GET", URI.create("http://example.test/"))
			.headers(Headers.of("custom", "value"))
			.build();
	}

	private static TwoRequests withSmallTable() throws Exception {
		return new TwoRequests(new WirePeer((options) -> options.decoderTableSize(1024)).greet());
	}

	@Test
	void aServerMustSayThatItsTableFollowsOurSmallerOne() throws Exception {
		withSmallTable().receive(frame(HEADERS, ALL, STREAM, OK)).connectionError(ErrorCode.COMPRESSION_ERROR);
	}

	@Test
	void aServerThatSaysItMayGoOn() throws Exception {
		TwoRequests two = withSmallTable();
		// 31 + 97 + 7 * 128.
		two.receive(frame(HEADERS, ALL, STREAM, "3fe107" + OK + ADD));
		two.exchange().hasStatus(200);
		tableIsKept(two);
	}

	@Test
	void aServerThatChoosesMoreThanWeOfferEndsTheConnection() throws Exception {
		// 1,025
		withSmallTable().receive(frame(HEADERS, ALL, STREAM, "3fe207" + OK))
			.connectionError(ErrorCode.COMPRESSION_ERROR);
	}

	@Test
	void anAcknowledgementThatNobodyWaitsForDemandsNoFurtherSizeUpdate() throws Exception {
		TwoRequests two = withSmallTable();
		two.receive(frame(HEADERS, ALL, STREAM, "3fe107" + OK + ADD), frame(SETTINGS, TwoRequests.ACK, 0, ""));
		two.exchange().hasStatus(200);
		tableIsKept(two);
	}

	@Test
	void aResponseOnAFreshStreamUsesWhatAnotherStreamHasAdded() throws Exception {
		TwoRequests two = new TwoRequests();
		two.receive(frame(HEADERS, ALL, STREAM, OK + ADD));
		two.exchange().hasStatus(200);
		tableIsKept(two);
	}

}
