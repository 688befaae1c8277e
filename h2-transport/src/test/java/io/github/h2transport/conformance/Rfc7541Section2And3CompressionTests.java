package io.github.h2transport.conformance;

import java.net.URI;

import io.github.h2transport.ErrorCode;
import io.github.h2transport.Headers;
import io.github.h2transport.Http2Request;
import io.github.h2transport.hpack.HpackDecoder;
import io.github.h2transport.testkit.peer.Exchange;
import io.github.h2transport.testkit.peer.PeerFrame;
import io.github.h2transport.testkit.peer.WirePeer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

import static io.github.h2transport.conformance.Blocks.decode;
import static io.github.h2transport.testkit.peer.PeerFrame.goAway;
import static io.github.h2transport.testkit.peer.WirePeer.get;
import static org.assertj.core.api.Assertions.assertThat;

/** RFC 7541 sections 2 and 3: tables, indices, and what lasts from block to block. */
@Timeout(30)
@ExtendWith(ClosesPeers.class)
class Rfc7541Section2And3CompressionTests {

	private final HpackDecoder decoder = new HpackDecoder(4096);

	@Test
	void fieldsKeepTheOrderOfTheBlock() throws Exception { // section 2.1
		assertThat(decode(this.decoder, "88 4001610162 0001630164 be 4001610165")).containsExactly(":status: 200",
				"a: b", "c: d", "a: b", "a: e");
	}

	@Test
	void theStaticTableIsThatOfAppendixA() throws Exception { // section 2.3.1
		assertThat(decode(this.decoder, "81 82 88 8e 8f 90 bd")).containsExactly(":authority: ", ":method: GET",
				":status: 200", ":status: 500", "accept-charset: ", "accept-encoding: gzip, deflate",
				"www-authenticate: ");
	}

	@Test
	void theNewestEntryHasTheLowestIndexBehindTheStaticTable() throws Exception { // 2.3.2
		decode(this.decoder, "4001610131 4001620132 4001630133");
		assertThat(decode(this.decoder, "be bf c0")).containsExactly("c: 3", "b: 2", "a: 1");
	}

	@Test
	void duplicateEntriesAreNoError() throws Exception { // section 2.3.2
		assertThat(decode(this.decoder, "4001610131 4001610131 be bf")).hasSize(4).containsOnly("a: 1");
		assertThat(this.decoder.tableSize()).isEqualTo(2 * 34);
	}

	@Test
	void anIndexBeyondBothTablesIsADecodingError() throws Exception { // section 2.3.3
		Blocks.assertError("be", "index 62");
		Blocks.assertError("88 4001610162 bf", "index 63");
		Blocks.assertError("7e0162", "index 62");
		Blocks.assertError("0f2f0162", "index 62");
		Blocks.assertError("1f2f0162", "index 62");
		Blocks.assertError("ff80ffffff07", "index 2147483647");
	}

	@Test
	void theTableLastsFromBlockToBlockAndStreamToStream() throws Exception { // 2.2
		WirePeer peer = new WirePeer().greet();
		Exchange first = peer.call(get("/a"));
		Exchange second = peer.call(get("/b"));
		peer.settle().sendOctets(Frames.response(3, "88 4001610162"));
		peer.sendOctets(Frames.response(1, "88 be"));
		assertThat(second.response().headers().get("a")).isEqualTo("b");
		assertThat(first.response().headers().get("a")).isEqualTo("b");
	}

	@Test
	void blocksForStreamsThatAreGoneStillChangeTheTable() throws Exception { // section
																				// 3.2
		WirePeer peer = new WirePeer().greet();
		Exchange gone = peer.call(get("/a"));
		peer.send(PeerFrame.headers(1).status(200));
		gone.response().close();
		peer.rest();
		Exchange next = peer.call(get("/b"));
		peer.settle().sendOctets(Frames.frame(0x1, 0x5, 1, "4001610162"));
		peer.sendOctets(Frames.response(3, "88 be"));
		assertThat(next.response().headers().get("a")).isEqualTo("b");
	}

	@Test
	void bothDirectionsHaveTablesOfTheirOwn() throws Exception { // section 2.2
		WirePeer peer = new WirePeer().greet();
		peer.call(Http2Request.builder("GET", URI.create("http://example.test/"))
			.headers(Headers.of("x-ours", "1"))
			.build());
		peer.expect(PeerFrame.headers(1).with("x-ours", "1").endStream());
		peer.sendOctets(Frames.response(1, "88 be")).expect(goAway(0, ErrorCode.COMPRESSION_ERROR));
	}

}
