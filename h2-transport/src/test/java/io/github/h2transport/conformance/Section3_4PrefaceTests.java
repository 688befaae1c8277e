package io.github.h2transport.conformance;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

import io.github.h2transport.ConnectFailedException;
import io.github.h2transport.ErrorCode;
import io.github.h2transport.testkit.peer.Exchange;
import io.github.h2transport.testkit.peer.WirePeer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static io.github.h2transport.frame.Octets.frame;
import static io.github.h2transport.frame.Octets.hex;
import static io.github.h2transport.testkit.peer.PeerFrame.data;
import static io.github.h2transport.testkit.peer.PeerFrame.goAway;
import static io.github.h2transport.testkit.peer.PeerFrame.headers;
import static io.github.h2transport.testkit.peer.PeerFrame.preface;
import static io.github.h2transport.testkit.peer.PeerFrame.settings;
import static io.github.h2transport.testkit.peer.PeerFrame.settingsAck;
import static io.github.h2transport.testkit.peer.PeerFrame.windowUpdate;
import static io.github.h2transport.testkit.peer.WirePeer.get;
import static io.github.h2transport.testkit.peer.WirePeer.post;
import static org.assertj.core.api.Assertions.assertThat;

/** RFC 9113 sections 3.3 and 3.4: how a connection begins. */
@Timeout(30)
@ExtendWith(ClosesPeers.class)
class Section3_4PrefaceTests {

	private static final byte[] MAGIC = hex("505249202a20485454502f322e300d0a0d0a534d0d0a0d0a");

	private final WirePeer peer = new WirePeer().connect();

	@Test
	void theFirstOctetsAreTheMagicAndASettingsFrame() {
		byte[] octets = this.peer.takeOctets();
		assertThat(octets).startsWith(MAGIC);
		byte[] header = Arrays.copyOfRange(octets, MAGIC.length, MAGIC.length + 9);
		assertThat(header[3]).as("type SETTINGS").isEqualTo((byte) 4);
		assertThat(header[4]).as("flags").isZero();
		assertThat(Arrays.copyOfRange(header, 5, 9)).as("stream").isEqualTo(new byte[4]);
	}

	@Test
	void requestsDoNotWaitForTheServersPreface() throws Exception {
		this.peer.call(get("/early"));
		this.peer.expect(preface(), settings(), windowUpdate(0), headers(1).with(":path", "/early").endStream());
	}

	@Test
	void theServersFirstSettingsAreHonouredAndAcknowledged() throws Exception {
		this.peer.expect(preface(), settings(), windowUpdate(0));
		this.peer.send(settings(0x3, 1, 0x4, 3)).expect(settingsAck());
		this.peer.call(post("/", new byte[5]));
		assertThat(this.peer.connection().tryReserve()).as("more than one stream").isFalse();
		this.peer.expect(headers(1), data(1, 3)).expectNothing();
	}

	@Test
	void theServersSettingsMayBeEmpty() throws Exception {
		this.peer.expect(preface(), settings(), windowUpdate(0));
		this.peer.send(settings()).expect(settingsAck());
		Exchange call = this.peer.call(get("/"));
		this.peer.send(headers(1).status(200).endStream());
		call.hasStatus(200);
	}

	/** Each type but SETTINGS with a legal length for it, and an unknown one. */
	@ParameterizedTest
	@ValueSource(strings = { "000001 00 00 00000001 00", "000001 01 04 00000001 88", "000005 02 00 00000001 0000000000",
			"000004 03 00 00000001 00000000", "000000 04 01 00000000", "000005 05 04 00000001 0000000288",
			"000008 06 00 00000000 0000000000000000", "000008 07 00 00000000 0000000000000000",
			"000004 08 00 00000000 00000001", "000001 09 04 00000001 88", "000000 0a 00 00000000" })
	void anyOtherFirstFrameIsAConnectionError(String octets) throws Exception {
		Exchange call = this.peer.call(get("/"));
		this.peer.expect(preface(), settings(), windowUpdate(0), headers(1).endStream());
		this.peer.sendOctets(hex(octets)).expect(goAway(0, ErrorCode.PROTOCOL_ERROR)).expectNothing();
		assertThat(this.peer.isOutputFinished()).isTrue();
		assertThat(call.failure(ConnectFailedException.class).context().code()).isEqualTo(ErrorCode.PROTOCOL_ERROR);
	}

	@Test
	void illegalSettingsInThePrefaceAreAConnectionErrorOfTheirOwnKind() throws Exception {
		Exchange call = this.peer.call(get("/"));
		this.peer.expect(preface(), settings(), windowUpdate(0), headers(1).endStream());
		this.peer.sendOctets(frame(0x4, 0, 0, "0004 80000000"))
			.expect(goAway(0, ErrorCode.FLOW_CONTROL_ERROR))
			.expectNothing();
		assertThat(call.failure(ConnectFailedException.class).context().code()).isEqualTo(ErrorCode.FLOW_CONTROL_ERROR);
	}

	@Test
	void anAnswerInHttp1IsAConnectionErrorThatNamesIt() throws Exception {
		Exchange call = this.peer.call(get("/"));
		this.peer.expect(preface(), settings(), windowUpdate(0), headers(1).endStream());
		this.peer.sendOctets("HTTP/1.1 400 Bad Request\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
		this.peer.expect(goAway(0, ErrorCode.PROTOCOL_ERROR)).expectNothing();
		assertThat(call.failure(ConnectFailedException.class)).hasMessageContaining("HTTP/1.1");
	}

}
