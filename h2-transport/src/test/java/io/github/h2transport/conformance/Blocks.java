package io.github.h2transport.conformance;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

import io.github.h2transport.ErrorCode;
import io.github.h2transport.hpack.HpackDecoder;
import io.github.h2transport.hpack.HpackEncoder;
import io.github.h2transport.hpack.HpackException;
import io.github.h2transport.hpack.OctetSink;
import io.github.h2transport.testkit.peer.WirePeer;

import static io.github.h2transport.testkit.peer.PeerFrame.goAway;
import static io.github.h2transport.testkit.peer.PeerFrame.headers;
import static io.github.h2transport.testkit.peer.WirePeer.get;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/** Field blocks in hexadecimal, and fields as lines. */
final class Blocks {

	private Blocks() {
	}

	/** The fields as {@code name: value}; a never-indexed one begins with {@code !}. */
	static List<String> decode(HpackDecoder decoder, String hex) throws HpackException {
		List<String> lines = new ArrayList<>();
		decoder.decode(ByteBuffer.wrap(HexFormat.of().parseHex(hex.replace(" ", ""))),
				(name, value, sensitive) -> lines.add((sensitive ? "!" : "") + name + ": " + value));
		return lines;
	}

	/** Lines of {@code name: value}; one that begins with {@code !} is sensitive. */
	static String encode(HpackEncoder encoder, String... lines) {
		OctetSink out = new OctetSink(64);
		encoder.beginBlock(out);
		for (String line : lines) {
			boolean sensitive = line.startsWith("!");
			int colon = line.indexOf(": ", 1);
			encoder.encode(line.substring(sensitive ? 1 : 0, colon), line.substring(colon + 2), sensitive, out);
		}
		return HexFormat.of().formatHex(out.array(), 0, out.length());
	}

	/** A decoding error, which the connection reports as COMPRESSION_ERROR. */
	static void assertError(String hex, String words) throws Exception {
		assertThatExceptionOfType(HpackException.class).isThrownBy(() -> decode(new HpackDecoder(4096), hex))
			.withMessageContaining(words);
		WirePeer peer = new WirePeer().greet();
		peer.call(get("/a"));
		peer.expect(headers(1).endStream());
		peer.sendOctets(Frames.response(1, hex)).expect(goAway(0, ErrorCode.COMPRESSION_ERROR)).expectNothing();
	}

}
