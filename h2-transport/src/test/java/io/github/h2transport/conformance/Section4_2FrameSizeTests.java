package io.github.h2transport.conformance;

import java.net.URI;

import io.github.h2transport.ErrorCode;
import io.github.h2transport.Headers;
import io.github.h2transport.Http2Request;
import io.github.h2transport.testkit.peer.WirePeer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static io.github.h2transport.conformance.TwoRequests.END_HEADERS;
import static io.github.h2transport.conformance.TwoRequests.END_STREAM;
import static io.github.h2transport.conformance.TwoRequests.OK;
import static io.github.h2transport.conformance.TwoRequests.STREAM;
import static io.github.h2transport.frame.Octets.DATA;
import static io.github.h2transport.frame.Octets.HEADERS;
import static io.github.h2transport.frame.Octets.frame;
import static io.github.h2transport.frame.Octets.header;
import static io.github.h2transport.frame.Octets.hex;
import static io.github.h2transport.testkit.peer.PeerFrame.data;
import static io.github.h2transport.testkit.peer.PeerFrame.headers;
import static io.github.h2transport.testkit.peer.PeerFrame.settings;
import static io.github.h2transport.testkit.peer.PeerFrame.settingsAck;
import static io.github.h2transport.testkit.peer.WirePeer.post;
import static org.assertj.core.api.Assertions.assertThat;

/** RFC 9113 section 4.2: how long frames may be. */
@Timeout(30)
@ExtendWith(ClosesPeers.class)
class Section4_2FrameSizeTests {

	private static final int DEFAULT_MAX_FRAME_SIZE = 16_384;

	@Test
	void aFrameOfTheMaximumSizeIsTaken() throws Exception {
		TwoRequests two = new TwoRequests();
		two.receive(frame(HEADERS, END_HEADERS, STREAM, OK),
				frame(DATA, END_STREAM, STREAM, new byte[DEFAULT_MAX_FRAME_SIZE]));
		assertThat(two.exchange().text()).hasSize(DEFAULT_MAX_FRAME_SIZE);
		two.neighbourIsUnhurt();
	}

	@Test
	void theMaximumIsOursToRaise() throws Exception {
		TwoRequests two = new TwoRequests(new WirePeer((options) -> options.maxFrameSize(20_000)).greet());
		two.receive(frame(HEADERS, END_HEADERS, STREAM, OK), frame(DATA, END_STREAM, STREAM, new byte[20_000]));
		assertThat(two.exchange().text()).hasSize(20_000);
		two.receive(header(20_001, DATA, 0, TwoRequests.NEIGHBOUR)).connectionError(ErrorCode.FRAME_SIZE_ERROR);
	}

	/** Also of DATA and unknown frames, where the RFC lets us end the stream alone. */
	@ParameterizedTest
	@ValueSource(ints = { 0x0, 0x1, 0x2, 0x3, 0x4, 0x5, 0x6, 0x7, 0x8, 0x9, 0x2a })
	void aLargerFrameOfAnyTypeIsAConnectionErrorAsSoonAsItsHeaderIsThere(int type) throws Exception {
		new TwoRequests().receive(header(DEFAULT_MAX_FRAME_SIZE + 1, type, 0, STREAM))
			.connectionError(ErrorCode.FRAME_SIZE_ERROR);
	}

	/** Length, type, flags and stream: what lacks mandatory octets, or has too many. */
	@ParameterizedTest
	@CsvSource({ "0, 0, 8, 3", "0, 1, c, 3", "4, 1, 24, 3", "5, 1, 2c, 3", "3, 3, 0, 3", "5, 3, 0, 3", "5, 4, 0, 0",
			"6, 4, 1, 0", "3, 5, 4, 3", "4, 5, c, 3", "7, 6, 0, 0", "9, 6, 0, 0", "7, 7, 0, 0", "3, 8, 0, 3",
			"5, 8, 0, 0" })
	void aFrameThatIsTooShortOrTooLongForItsTypeIsAConnectionError(int length, int type, String flags, int stream)
			throws Exception {
		new TwoRequests().receive(header(length, type, Integer.parseInt(flags, 16), stream))
			.connectionError(ErrorCode.FRAME_SIZE_ERROR);
	}

	@Test
	void ourDataFramesStayWithinTheServersMaximum() throws Exception {
		WirePeer peer = new WirePeer().greet();
		peer.call(post("/", new byte[DEFAULT_MAX_FRAME_SIZE + 1]));
		peer.expect(headers(1), data(1, DEFAULT_MAX_FRAME_SIZE), data(1, 1).endStream());
		peer.send(settings(0x5, 20_000)).expect(settingsAck());
		peer.call(post("/", new byte[20_001]));
		peer.expect(headers(3), data(3, 20_000), data(3, 1).endStream());
		peer.send(settings(0x5, DEFAULT_MAX_FRAME_SIZE)).expect(settingsAck());
		peer.call(post("/", new byte[10]));
		peer.expect(headers(5), data(5, 10).endStream()).expectNothing();
	}

	@Test
	void ourFieldBlocksAreCutAtTheServersMaximum() throws Exception {
		WirePeer peer = new WirePeer().greet();
		peer.call(Http2Request.builder("GET", URI.create("http://example.test/"))
			.headers(Headers.of("long", "~".repeat(40_000)))
			.build());
		byte[] octets = peer.takeOctets();
		assertThat(octets).startsWith(hex("004000 01 01 00000001"));
		assertThat(typeAndLengthAt(octets, 9 + DEFAULT_MAX_FRAME_SIZE)).isEqualTo("type 9, length 16384, flags 0");
		int last = 2 * (9 + DEFAULT_MAX_FRAME_SIZE);
		int rest = octets.length - last - 9;
		assertThat(typeAndLengthAt(octets, last)).isEqualTo("type 9, length " + rest + ", flags 4");
	}

	private static String typeAndLengthAt(byte[] octets, int at) {
		int length = (octets[at] & 0xff) << 16 | (octets[at + 1] & 0xff) << 8 | octets[at + 2] & 0xff;
		return "type " + octets[at + 3] + ", length " + length + ", flags " + octets[at + 4];
	}

}
