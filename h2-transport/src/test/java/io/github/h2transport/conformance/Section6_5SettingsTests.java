package io.github.h2transport.conformance;

import java.net.URI;
import java.util.Arrays;

import io.github.h2transport.ErrorCode;
import io.github.h2transport.Headers;
import io.github.h2transport.Http2Request;
import io.github.h2transport.Initiator;
import io.github.h2transport.InvalidRequestException;
import io.github.h2transport.testkit.peer.WirePeer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static io.github.h2transport.conformance.TwoRequests.ACK;
import static io.github.h2transport.conformance.TwoRequests.STREAM;
import static io.github.h2transport.frame.Octets.SETTINGS;
import static io.github.h2transport.frame.Octets.frame;
import static io.github.h2transport.testkit.peer.PeerFrame.data;
import static io.github.h2transport.testkit.peer.PeerFrame.headers;
import static io.github.h2transport.testkit.peer.PeerFrame.preface;
import static io.github.h2transport.testkit.peer.PeerFrame.settings;
import static io.github.h2transport.testkit.peer.PeerFrame.settingsAck;
import static io.github.h2transport.testkit.peer.PeerFrame.windowUpdate;
import static io.github.h2transport.testkit.peer.WirePeer.get;
import static io.github.h2transport.testkit.peer.WirePeer.post;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/** RFC 9113 section 6.5. */
@Timeout(30)
@ExtendWith(ClosesPeers.class)
class Section6_5SettingsTests {

	private final WirePeer peer = new WirePeer();

	// ---- the frame ----

	@Test
	void everySettingsFrameIsAcknowledged() throws Exception {
		TwoRequests two = new TwoRequests().receive(frame(SETTINGS, 0, 0, ""), frame(SETTINGS, 0, 0, "0003 00000064"),
				frame(SETTINGS, 0, 0, ""));
		two.peer().expect(settingsAck(), settingsAck(), settingsAck());
		two.isIgnored();
	}

	@Test
	void anAcknowledgementIsNotAcknowledged() throws Exception {
		new TwoRequests().receive(frame(SETTINGS, ACK, 0, ""), frame(SETTINGS, ACK, 0, "")).isIgnored();
	}

	@Test
	void anAcknowledgementWithAPayloadIsAConnectionError() throws Exception {
		new TwoRequests().receive(frame(SETTINGS, ACK, 0, "0003 00000064")).connectionError(ErrorCode.FRAME_SIZE_ERROR);
	}

	@ParameterizedTest
	@ValueSource(strings = { "00", "0003 000000", "0003 00000064 00" })
	void aLengthThatIsNoMultipleOfSixIsAConnectionError(String payload) throws Exception {
		new TwoRequests().receive(frame(SETTINGS, 0, 0, payload)).connectionError(ErrorCode.FRAME_SIZE_ERROR);
	}

	@ParameterizedTest
	@CsvSource({ "0, 3", "1, 3", "0, 2", "1, 5" })
	void settingsOnAStreamAreAConnectionError(int flags, int stream) throws Exception {
		new TwoRequests().receive(frame(SETTINGS, flags, stream, "")).connectionError(ErrorCode.PROTOCOL_ERROR);
	}

	@Test
	void settingsAreProcessedInTheOrderInWhichTheyStand() throws Exception {
		this.peer.greet();
		this.peer.sendOctets(frame(SETTINGS, 0, 0, "0004 00000064 0003 00000005 0004 00000007 0003 00000001"));
		this.peer.expect(settingsAck());
		this.peer.call(post("/", new byte[8]));
		this.peer.expect(headers(1), data(1, 7)).expectNothing();
		assertThat(this.peer.connection().maxConcurrentStreams()).isEqualTo(1);
	}

	@Test
	void anIllegalValueIsAnErrorAlsoIfALegalOneFollows() throws Exception {
		new TwoRequests().receive(frame(SETTINGS, 0, 0, "0005 00000000 0005 00004000"))
			.connectionError(ErrorCode.PROTOCOL_ERROR);
	}

	@Test
	void settingsAreInForceBehindTheirAcknowledgementAndNotBeforeIt() throws Exception {
		this.peer.greet(settings(0x4, 20_000));
		this.peer.call(post("/", new byte[50_000]));
		this.peer.expect(headers(1), data(1, 16_384), data(1, 3616));
		this.peer.call(get("/"));
		this.peer.sendOctets(frame(SETTINGS, 0, 0, "0004 0000c350 0005 00007530"));
		this.peer.expect(headers(3).endStream(), settingsAck(), data(1, 30_000).endStream()).expectNothing();
	}

	// ---- section 6.5.2: the values ----

	/** Setting and value; the RFC names the code for each. */
	@ParameterizedTest
	@CsvSource({ "2, 1, PROTOCOL_ERROR", "2, 2, PROTOCOL_ERROR", "4, 80000000, FLOW_CONTROL_ERROR",
			"4, ffffffff, FLOW_CONTROL_ERROR", "5, 0, PROTOCOL_ERROR", "5, 3fff, PROTOCOL_ERROR",
			"5, 1000000, PROTOCOL_ERROR", "5, ffffffff, PROTOCOL_ERROR" })
	void aValueOutOfItsRangeIsAConnectionError(int setting, String value, String code) throws Exception {
		byte[] octets = frame(SETTINGS, 0, 0, "%04x".formatted(setting) + "0".repeat(8 - value.length()) + value);
		ErrorCode expected = code.equals("PROTOCOL_ERROR") ? ErrorCode.PROTOCOL_ERROR : ErrorCode.FLOW_CONTROL_ERROR;
		new TwoRequests().receive(octets).connectionError(expected);
	}

	@Test
	void theLimitsOfEachRangeAreLegal() throws Exception {
		TwoRequests two = new TwoRequests().receive(
				frame(SETTINGS, 0, 0, "0001 ffffffff 0002 00000000 0003 ffffffff 0004 7fffffff 0005 00ffffff"),
				frame(SETTINGS, 0, 0, "0001 00000000 0004 00000000 0005 00004000 0006 ffffffff"));
		two.peer().expect(settingsAck(), settingsAck());
		two.isIgnored();
	}

	@Test
	void weTurnPushOffAndStayWithinTheRanges() {
		// The peer's reader and settings refuse illegal values.
		this.peer.connect()
			.expect(preface(), settings(0x2, 0, 0x4, 256 * 1024, 0x6, 64 * 1024), windowUpdate(0))
			.expectNothing();
	}

	@Test
	void optionsThatDifferFromTheDefaultsAreAnnounced() {
		WirePeer other = new WirePeer((options) -> options.decoderTableSize(0)
			.maxFrameSize(1 << 20)
			.initialWindowSize(1 << 20)
			.maxHeaderListSize(9999));
		other.connect()
			.expect(preface(), settings(0x1, 0, 0x2, 0, 0x4, 1 << 20, 0x5, 1 << 20, 0x6, 9999), windowUpdate(0));
	}

	@Test
	void aRequestLargerThanTheServerAcceptsIsNotSent() throws Exception {
		this.peer.greet(settings(0x6, 200));
		Http2Request large = Http2Request.builder("GET", URI.create("http://example.test/"))
			.headers(Headers.of("large", "x".repeat(100)))
			.build();
		assertThatExceptionOfType(InvalidRequestException.class).isThrownBy(() -> this.peer.call(large))
			.satisfies((failure) -> assertThat(failure.context().initiator()).isEqualTo(Initiator.CALLER));
		this.peer.call(get("/"));
		this.peer.expect(headers(1).endStream()).expectNothing();
	}

	@Test
	void aLimitOfNoStreamsIsNoError() throws Exception {
		TwoRequests two = new TwoRequests().receive(frame(SETTINGS, 0, 0, "0003 00000000"));
		two.peer().expect(settingsAck());
		assertThat(two.peer().connection().tryReserve()).isFalse();
		two.receive(frame(SETTINGS, 0, 0, "0003 ffffffff"));
		two.peer().expect(settingsAck());
		two.isIgnored();
	}

	// ---- section 6.5.3 ----

	@Test
	void anAcknowledgementGoesOutAlsoWhenWindowsAreFull() throws Exception {
		this.peer.greet(settings(0x4, 0));
		this.peer.call(post("/", new byte[100]));
		this.peer.expect(headers(1)).expectNothing();
		this.peer.send(settings(0x3, 7)).expect(settingsAck()).expectNothing();
	}

	@Test
	void settingsInOneReadAreAcknowledgedInTheirOrder() throws Exception {
		TwoRequests two = new TwoRequests();
		byte[][] frames = new byte[50][];
		Arrays.setAll(frames, (i) -> frame(SETTINGS, 0, 0, "0004" + "%08x".formatted(i)));
		two.receive(frames);
		assertThat(two.peer().rest()).hasSize(50);
		two.peer().call(post("/", new byte[100]));
		two.peer().expect(headers(STREAM + 2), data(STREAM + 2, 49)).expectNothing();
	}

}
