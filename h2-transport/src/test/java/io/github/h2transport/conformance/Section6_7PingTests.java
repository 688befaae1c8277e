package io.github.h2transport.conformance;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;

import io.github.h2transport.ErrorCode;
import io.github.h2transport.testkit.peer.WirePeer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static io.github.h2transport.conformance.TwoRequests.ACK;
import static io.github.h2transport.frame.Octets.PING;
import static io.github.h2transport.frame.Octets.counting;
import static io.github.h2transport.frame.Octets.frame;
import static io.github.h2transport.testkit.peer.PeerFrame.headers;
import static io.github.h2transport.testkit.peer.PeerFrame.ping;
import static io.github.h2transport.testkit.peer.PeerFrame.pingAck;
import static io.github.h2transport.testkit.peer.PeerFrame.settings;
import static io.github.h2transport.testkit.peer.WirePeer.post;
import static org.assertj.core.api.Assertions.assertThat;

/** RFC 9113 section 6.7. */
@Timeout(30)
@ExtendWith(ClosesPeers.class)
class Section6_7PingTests {

	@Test
	void aPingIsAnsweredWithItsOwnOctets() throws Exception {
		TwoRequests two = new TwoRequests().receive(frame(PING, 0, 0, "ff02030405060780"),
				frame(PING, 0, 0, "0000000000000000"));
		two.peer().expect(pingAck(0xff02030405060780L), pingAck(0));
		two.isIgnored();
	}

	@Test
	void anAnswerIsNotAnswered() throws Exception {
		new TwoRequests().receive(frame(PING, ACK, 0, "0102030405060708")).isIgnored();
	}

	@ParameterizedTest
	@CsvSource({ "0, 3", "1, 3", "0, 2", "0, 5" })
	void aPingOnAStreamIsAConnectionError(int flags, int stream) throws Exception {
		new TwoRequests().receive(frame(PING, flags, stream, counting(8))).connectionError(ErrorCode.PROTOCOL_ERROR);
	}

	@ParameterizedTest
	@ValueSource(ints = { 0, 7, 9 })
	void aPingOfAnotherLengthThanEightIsAConnectionError(int length) throws Exception {
		new TwoRequests().receive(frame(PING, 0, 0, counting(length))).connectionError(ErrorCode.FRAME_SIZE_ERROR);
	}

	@Test
	void anAnswerGoesOutAlsoWhenWindowsAreFull() throws Exception {
		WirePeer peer = new WirePeer().greet(settings(0x4, 0));
		peer.call(post("/", new byte[100]));
		peer.expect(headers(1)).expectNothing();
		peer.send(ping(7)).expect(pingAck(7)).expectNothing();
	}

	@Test
	void ourOwnPingIsMatchedByItsOctets() {
		WirePeer peer = new WirePeer().greet();
		CompletableFuture<Duration> measured = peer.connection().ping(Duration.ofSeconds(5));
		peer.expect(ping(1));
		peer.send(pingAck(99));
		assertThat(measured).isNotDone();
		peer.send(pingAck(1));
		assertThat(measured).isCompleted();
	}

}
