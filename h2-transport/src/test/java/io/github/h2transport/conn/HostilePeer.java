package io.github.h2transport.conn;

import java.time.Duration;
import java.util.Arrays;
import java.util.function.UnaryOperator;

import io.github.h2transport.CallCancelledException;
import io.github.h2transport.ConnectionException;
import io.github.h2transport.ErrorCode;
import io.github.h2transport.Initiator;
import io.github.h2transport.Phase;
import io.github.h2transport.TransportOptions;
import io.github.h2transport.frame.Octets;

import static io.github.h2transport.conn.ScriptedPeer.get;
import static io.github.h2transport.frame.Octets.HEADERS;
import static io.github.h2transport.frame.Octets.frame;
import static io.github.h2transport.testkit.peer.PeerFrame.goAway;
import static io.github.h2transport.testkit.peer.PeerFrame.headers;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * A peer that sends more than is good, with a GET request on stream 1 that waits for its
 * response: whoever survives answers it.
 */
final class HostilePeer {

	static final int STREAM = 1;

	private static final Duration TICK = Duration.ofMillis(100);

	/** {@code :status: 200}, an entry of the static table. */
	static final String OK = "88";

	private final ScriptedPeer peer;

	private final Exchange exchange;

	HostilePeer() throws Exception {
		this((options) -> options);
	}

	HostilePeer(UnaryOperator<TransportOptions.Builder> options) throws Exception {
		this.peer = new ScriptedPeer(options).greet();
		this.exchange = this.peer.call(get("/"));
		this.peer.expect(headers(STREAM).endStream()).expectNothing();
	}

	ScriptedPeer peer() {
		return this.peer;
	}

	Exchange exchange() {
		return this.exchange;
	}

	/** Sends a frame so often, all in one piece. */
	HostilePeer sends(int times, byte[] frame) {
		byte[] octets = new byte[times * frame.length];
		for (int i = 0; i < times; i++) {
			System.arraycopy(frame, 0, octets, i * frame.length, frame.length);
		}
		this.peer.sendOctets(octets);
		return this;
	}

	HostilePeer sends(byte[]... frames) {
		this.peer.sendOctets(Octets.join(frames));
		return this;
	}

	/** The caller leaves a call that has reached the peer. */
	HostilePeer cancels(Exchange call) {
		call.stream()
			.cancel(ErrorCode.CANCEL, new CallCancelledException("enough", null,
					call.stream().context(Initiator.CALLER, Phase.RESPONSE_BODY)));
		this.peer.settle();
		return this;
	}

	/** Takes whatever we have sent. */
	HostilePeer reads() {
		this.peer.rest();
		return this;
	}

	/** The connection works: the request gets its response, and so does another one. */
	void isBorne() throws Exception {
		isBorne(STREAM + 2);
	}

	/** The same, where other requests came between. */
	void isBorne(int nextStreamId) throws Exception {
		reads();
		sends(frame(HEADERS, 0x5, STREAM, OK));
		this.exchange.hasStatus(200);
		reads();
		worksOn(nextStreamId);
	}

	/** The connection takes requests. */
	void isStillThere() {
		assertThat(this.peer.connection().state()).isEqualTo(ConnectionState.OPEN);
	}

	/** Another request gets its response. */
	void worksOn(int streamId) throws Exception {
		Exchange another = this.peer.call(get("/another"));
		this.peer.expect(headers(streamId).endStream());
		sends(frame(HEADERS, 0x5, streamId, OK));
		another.hasStatus(200);
		this.peer.expectNothing().isAtRest();
	}

	/** RFC 9113 section 10.5: GOAWAY with ENHANCE_YOUR_CALM, flushed, then the end. */
	ConnectionException isTold() throws Exception {
		return isTold(ErrorCode.ENHANCE_YOUR_CALM);
	}

	ConnectionException isTold(ErrorCode code) throws Exception {
		// If the socket was full, the end of the output comes with the clock.
		this.peer.loop().advance(TICK);
		assertThat(this.peer.rest()).as("what the client sent")
			.isNotEmpty()
			.last()
			.satisfies((frame) -> assertThat(goAway(0, code).describes(frame)).as(frame.toString()).isTrue());
		assertThat(this.peer.isOutputFinished()).as("the output ends").isTrue();
		ConnectionException failure = this.exchange.failure(ConnectionException.class);
		assertThat(failure.context().code()).isEqualTo(code);
		this.peer.endOfInput();
		assertThat(this.peer.isClosed()).isTrue();
		return failure;
	}

	static byte[] octets(int length, int value) {
		byte[] octets = new byte[length];
		Arrays.fill(octets, (byte) value);
		return octets;
	}

}
