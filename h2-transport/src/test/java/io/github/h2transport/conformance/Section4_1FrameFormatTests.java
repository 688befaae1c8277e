package io.github.h2transport.conformance;

import java.net.URI;
import java.nio.ByteBuffer;
import java.util.Set;
import java.util.TreeSet;

import io.github.h2transport.ErrorCode;
import io.github.h2transport.Headers;
import io.github.h2transport.Http2Request;
import io.github.h2transport.RequestBody;
import io.github.h2transport.testkit.peer.Exchange;
import io.github.h2transport.testkit.peer.WirePeer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

import static io.github.h2transport.conformance.TwoRequests.END_HEADERS;
import static io.github.h2transport.conformance.TwoRequests.END_STREAM;
import static io.github.h2transport.conformance.TwoRequests.OK;
import static io.github.h2transport.conformance.TwoRequests.STREAM;
import static io.github.h2transport.frame.Octets.DATA;
import static io.github.h2transport.frame.Octets.HEADERS;
import static io.github.h2transport.frame.Octets.PING;
import static io.github.h2transport.frame.Octets.frame;
import static io.github.h2transport.frame.Octets.hex;
import static io.github.h2transport.testkit.peer.PeerFrame.data;
import static io.github.h2transport.testkit.peer.PeerFrame.headers;
import static io.github.h2transport.testkit.peer.PeerFrame.ping;
import static io.github.h2transport.testkit.peer.PeerFrame.pingAck;
import static io.github.h2transport.testkit.peer.PeerFrame.settings;
import static io.github.h2transport.testkit.peer.WirePeer.get;
import static org.assertj.core.api.Assertions.assertThat;

/** RFC 9113 section 4.1: the nine octets of a frame header. */
@Timeout(30)
@ExtendWith(ClosesPeers.class)
class Section4_1FrameFormatTests {

	private static final int RESERVED = 0x8000_0000;

	/** By type: which flags we ever send. */
	private static final int[] OUR_FLAGS = { END_STREAM, END_STREAM | END_HEADERS, 0, 0, 1, 0, 1, 0, 0, END_HEADERS };

	@Test
	void theReservedBitIsIgnored() throws Exception {
		TwoRequests two = new TwoRequests();
		two.receive(frame(HEADERS, END_HEADERS, RESERVED | STREAM, OK),
				frame(DATA, END_STREAM, RESERVED | STREAM, "21"));
		two.exchange().hasStatus(200);
		assertThat(two.exchange().text()).isEqualTo("!");
		two.neighbourIsUnhurt();
	}

	@Test
	void flagsWithoutAMeaningAreIgnored() throws Exception {
		TwoRequests two = new TwoRequests();
		two.receive(frame(HEADERS, END_HEADERS | 0xd2, STREAM, OK), frame(DATA, END_STREAM | 0xf6, STREAM, "21"),
				frame(PING, 0xfe, 0, "0000000000000001"));
		two.peer().expect(pingAck(1));
		two.exchange().hasStatus(200);
		assertThat(two.exchange().text()).isEqualTo("!");
		two.neighbourIsUnhurt();
	}

	@Test
	void ourFramesLeaveReservedBitsAndUndefinedFlagsUnset() throws Exception {
		WirePeer peer = new WirePeer().connect();
		byte[] birth = peer.takeOctets();
		ByteBuffer octets = ByteBuffer.allocate(1 << 20).put(birth, 24, birth.length - 24);
		peer.sendOctets(peer.octetsOf(settings(), ping(7)));
		peer.call(get("/"));
		peer.call(Http2Request.builder("POST", URI.create("http://example.test/"))
			.headers(Headers.of("long", "~".repeat(20_000)))
			.body(RequestBody.of(new byte[100]))
			.trailers(() -> Headers.of("checksum", "1"))
			.build());
		Exchange left = peer.call(get("/left"));
		peer.settle();
		left.cancel();
		octets.put(peer.takeOctets());
		peer.sendOctets(peer.octetsOf(headers(1).status(200), data(1, 16_384), data(1, 16_384), data(1, 16_384),
				data(1, 16_384), data(1, 16_384), data(1, 16_384), data(1, 16_384), data(1, 16_384)));
		peer.connection().close("enough");
		octets.put(peer.takeOctets());
		assertThat(typesOf(octets.flip())).containsExactly(0x0, 0x1, 0x3, 0x4, 0x6, 0x7, 0x8, 0x9);
	}

	private static Set<Integer> typesOf(ByteBuffer octets) {
		Set<Integer> types = new TreeSet<>();
		while (octets.hasRemaining()) {
			int lengthAndType = octets.getInt();
			int type = lengthAndType & 0xff;
			types.add(type);
			assertThat(octets.get() & ~OUR_FLAGS[type]).as("undefined flags of type %d", type).isZero();
			assertThat(octets.getInt()).as("stream").isNotNegative();
			octets.position(octets.position() + (lengthAndType >>> 8));
		}
		return types;
	}

	@Test
	void theReservedBitOfAWindowUpdateIsIgnored() throws Exception {
		TwoRequests two = new TwoRequests();
		two.receive(hex("000004 08 00 80000003 80000005"), hex("000004 08 00 80000000 80000005")).isIgnored();
	}

}
