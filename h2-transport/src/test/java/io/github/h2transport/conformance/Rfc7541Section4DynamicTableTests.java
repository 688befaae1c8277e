package io.github.h2transport.conformance;

import io.github.h2transport.ErrorCode;
import io.github.h2transport.hpack.HpackDecoder;
import io.github.h2transport.hpack.HpackEncoder;
import io.github.h2transport.testkit.peer.Exchange;
import io.github.h2transport.testkit.peer.PeerFrame;
import io.github.h2transport.testkit.peer.WirePeer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

import static io.github.h2transport.conformance.Blocks.decode;
import static io.github.h2transport.conformance.Blocks.encode;
import static io.github.h2transport.testkit.peer.PeerFrame.goAway;
import static io.github.h2transport.testkit.peer.PeerFrame.headers;
import static io.github.h2transport.testkit.peer.PeerFrame.settings;
import static io.github.h2transport.testkit.peer.PeerFrame.settingsAck;
import static io.github.h2transport.testkit.peer.WirePeer.get;
import static org.assertj.core.api.Assertions.assertThat;

/** RFC 7541 section 4: the size of the dynamic table, how it changes, who is evicted. */
@Timeout(30)
@ExtendWith(ClosesPeers.class)
class Rfc7541Section4DynamicTableTests {

	private final HpackDecoder decoder = new HpackDecoder(4096);

	private final HpackEncoder encoder = new HpackEncoder(4096);

	// ---- 4.1 and 4.4: sizes and eviction ----

	@Test
	void anEntryCountsItsOctetsAnd32() throws Exception {
		decode(this.decoder, "40 03 616263 02 6465");
		assertThat(this.decoder.tableSize()).isEqualTo(3 + 2 + 32);
	}

	@Test
	void huffmanCodedEntriesCountTheirDecodedOctets() throws Exception {
		// www.example.com in 12 octets, as in appendix C.4.1
		assertThat(decode(this.decoder, "40 01 61 8c f1e3c2e5f23a6ba0ab90f4ff")).containsExactly("a: www.example.com");
		assertThat(this.decoder.tableSize()).isEqualTo(1 + 15 + 32);
	}

	@Test
	void theOldestEntriesAreEvictedUntilTheNewOneFits() throws Exception {
		HpackDecoder small = new HpackDecoder(2 * 34);
		decode(small, "4001610131 4001620132");
		assertThat(decode(small, "4001630133 be bf")).containsExactly("c: 3", "c: 3", "b: 2");
		assertThat(small.tableSize()).isEqualTo(2 * 34);
	}

	@Test
	void anEntryLargerThanTheTableEmptiesItAndIsNoError() throws Exception {
		HpackDecoder small = new HpackDecoder(40);
		decode(small, "4001610131");
		assertThat(decode(small, "40 01 61 08 3132333435363738")).containsExactly("a: 12345678");
		assertThat(small.tableSize()).isZero();
	}

	@Test
	void aNameMayComeFromTheEntryThatItsOwnFieldEvicts() throws Exception {
		HpackDecoder small = new HpackDecoder(40);
		decode(small, "4001610131");
		assertThat(decode(small, "7e 02 6364 be")).containsExactly("a: cd", "a: cd");
	}

	// ---- 4.2 and 6.3: changes that the peer signals ----

	@Test
	void aSizeUpdateEvicts() throws Exception {
		decode(this.decoder, "4001610131 4001620132");
		assertThat(decode(this.decoder, "3f03 be")).containsExactly("b: 2"); // 34 octets
		assertThat(this.decoder.tableSize()).isEqualTo(34);
		assertThat(decode(this.decoder, "20")).isEmpty();
		assertThat(this.decoder.tableSize()).isZero();
	}

	@Test
	void aSizeUpdateMayEnlargeTheTableUpToOurSetting() throws Exception {
		decode(this.decoder, "20");
		decode(this.decoder, "3fe11f 4001610131");
		assertThat(this.decoder.tableCapacity()).isEqualTo(4096);
		assertThat(decode(this.decoder, "be")).containsExactly("a: 1");
	}

	@Test
	void aSizeUpdateAboveOurSettingIsADecodingError() throws Exception {
		Blocks.assertError("3fe21f 88", "size update to 4097");
		Blocks.assertError("3fffffffff07 88", "2^31-1");
	}

	@Test
	void aSizeUpdateBehindAFieldIsADecodingError() throws Exception {
		Blocks.assertError("88 20", "size update after a field");
		Blocks.assertError("88 3fe11f", "size update after a field");
		Blocks.assertError("88 4001610131 3f03 be", "size update after a field");
	}

	@Test
	void twoSizeUpdatesSignalTheSmallestAndTheFinalSize() throws Exception {
		decode(this.decoder, "4001610131");
		assertThat(decode(this.decoder, "20 3fe11f 88")).containsExactly(":status: 200");
		assertThat(this.decoder.tableSize()).isZero();
		assertThat(this.decoder.tableCapacity()).isEqualTo(4096);
	}

	@Test
	void moreThanTwoSizeUpdatesAreTakenOneByOne() throws Exception {
		assertThat(decode(this.decoder, "3fe11f 20 3f03 3f45 88")).containsExactly(":status: 200");
		assertThat(this.decoder.tableCapacity()).isEqualTo(100);
	}

	@Test
	void aBlockOfSizeUpdatesOnlyHasNoFields() throws Exception {
		WirePeer peer = new WirePeer().greet();
		Exchange call = peer.call(get("/a"));
		peer.send(headers(1).status(200));
		peer.sendOctets(Frames.response(1, "20 3fe11f"));
		assertThat(call.text()).isEmpty();
		assertThat(call.response().trailers()).isEmpty();
	}

	// ---- 4.2: our own SETTINGS_HEADER_TABLE_SIZE ----

	private static WirePeer withSmallTable() {
		WirePeer peer = new WirePeer((options) -> options.decoderTableSize(100)).connect();
		peer.expect(PeerFrame.preface(), settings(), PeerFrame.windowUpdate(0));
		return peer;
	}

	@Test
	void aSizeBelowTheDefaultMustBeSignalledInTheFirstBlock() throws Exception {
		WirePeer peer = withSmallTable().send(settings(), settingsAck()).expect(settingsAck());
		Exchange call = peer.call(get("/a"));
		peer.expect(headers(1).endStream());
		peer.sendOctets(Frames.response(1, "3f45 88"));
		call.hasStatus(200);
		peer.isAtRest();
	}

	@Test
	void aFirstBlockThatDoesNotSignalItIsADecodingError() throws Exception {
		WirePeer peer = withSmallTable().send(settings(), settingsAck()).expect(settingsAck());
		peer.call(get("/a"));
		peer.expect(headers(1).endStream());
		peer.sendOctets(Frames.response(1, "88")).expect(goAway(0, ErrorCode.COMPRESSION_ERROR));
	}

	@Test
	void aPeerThatSignalsItBeforeItAcknowledgesHasSignalledIt() throws Exception {
		WirePeer peer = withSmallTable().send(settings()).expect(settingsAck());
		Exchange first = peer.call(get("/a"));
		Exchange second = peer.call(get("/b"));
		peer.expect(headers(1).endStream(), headers(3).endStream());
		peer.sendOctets(Frames.response(1, "3f45 88"));
		peer.send(settingsAck()).sendOctets(Frames.response(3, "88"));
		first.hasStatus(200);
		second.hasStatus(200);
		peer.expectNothing().isAtRest();
	}

	@Test
	void aSizeAboveTheDefaultNeedsNoSignal() throws Exception {
		WirePeer peer = new WirePeer((options) -> options.decoderTableSize(8192)).greet();
		Exchange call = peer.call(get("/a"));
		peer.settle().sendOctets(Frames.response(1, "88 4001610131 be"));
		assertThat(call.response().headers().all("a")).containsExactly("1", "1");
		Exchange larger = peer.call(get("/b"));
		peer.settle().sendOctets(Frames.response(3, "3fe13f 88"));
		larger.hasStatus(200);
	}

	// ---- 4.2: the peer's SETTINGS_HEADER_TABLE_SIZE ----

	@Test
	void aSmallerTableOfThePeerIsSignalledAtTheStartOfOurNextBlock() {
		encode(this.encoder, "a: b", "c: d");
		this.encoder.peerTableSize(50);
		assertThat(this.encoder.tableSize()).isEqualTo(34);
		assertThat(encode(this.encoder, "c: d")).isEqualTo("3f13" + "be");
		assertThat(encode(this.encoder, "c: d")).as("told once").isEqualTo("be");
	}

	@Test
	void theSmallestSizeBetweenTwoBlocksIsSignalledToo() {
		encode(this.encoder, "a: b");
		this.encoder.peerTableSize(0);
		this.encoder.peerTableSize(4096);
		assertThat(encode(this.encoder, "a: b")).isEqualTo("20" + "3fe11f" + "4001610162");
	}

	@Test
	void manyChangesAreAtMostTwoSignals() {
		for (long size : new long[] { 1000, 50, 2000, 60, 3000 }) {
			this.encoder.peerTableSize(size);
		}
		assertThat(encode(this.encoder, ":method: GET")).isEqualTo("3f13" + "3f9917" + "82");
	}

	@Test
	void weNeverUseMoreThanThePeerOffersNorThanOurOwnCap() {
		this.encoder.peerTableSize(0xffff_ffffL);
		assertThat(this.encoder.tableCapacity()).isEqualTo(4096);
		this.encoder.peerTableSize(10);
		assertThat(this.encoder.tableCapacity()).isEqualTo(10);
		encode(this.encoder, "a: b");
		assertThat(this.encoder.tableSize()).isZero();
	}

	@Test
	void ourBlocksFollowTheSettingsOfTheConnection() throws Exception {
		// The peer decodes with a table of 4,096 octets: it would notice a wrong index.
		WirePeer peer = new WirePeer().greet();
		int stream = -1;
		for (long size : new long[] { 4096, 0, 4096, 100, 4096 }) {
			peer.send(settings(0x1, size)).expect(settingsAck());
			for (int i = 0; i < 2; i++) {
				Exchange call = peer.call(get("/path"));
				stream += 2;
				peer.expect(headers(stream).with(":path", "/path").endStream());
				peer.send(headers(stream).status(204).endStream());
				call.hasStatus(204);
			}
		}
	}

}
