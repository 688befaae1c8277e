package io.github.h2transport.conformance;

import io.github.h2transport.ConnectionException;
import io.github.h2transport.ErrorCode;
import io.github.h2transport.StreamException;
import io.github.h2transport.conn.ConnectionState;
import io.github.h2transport.frame.Octets;
import io.github.h2transport.testkit.peer.Exchange;
import io.github.h2transport.testkit.peer.WirePeer;

import static io.github.h2transport.frame.Octets.DATA;
import static io.github.h2transport.frame.Octets.HEADERS;
import static io.github.h2transport.frame.Octets.frame;
import static io.github.h2transport.testkit.peer.PeerFrame.goAway;
import static io.github.h2transport.testkit.peer.PeerFrame.headers;
import static io.github.h2transport.testkit.peer.PeerFrame.rstStream;
import static io.github.h2transport.testkit.peer.WirePeer.get;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * A connection with two GET requests that wait for their responses: a neighbour on stream
 * {@value #NEIGHBOUR}, which is to notice nothing of what happens to the other one on
 * stream {@value #STREAM}. What the server sends is given in octets, since most of it is
 * nothing that an honest writer of frames could write.
 */
final class TwoRequests {

	static final int NEIGHBOUR = 1;

	static final int STREAM = 3;

	/** The stream that a third request will have: still idle. */
	static final int IDLE = 5;

	static final int END_STREAM = 0x1;

	static final int ACK = 0x1;

	static final int END_HEADERS = 0x4;

	static final int PADDED = 0x8;

	/** {@code :status: 200}, an entry of the static table. */
	static final String OK = "88";

	private final WirePeer peer;

	private final Exchange neighbour;

	private final Exchange exchange;

	TwoRequests() throws Exception {
		this(new WirePeer().greet());
	}

	TwoRequests(WirePeer peer) throws Exception {
		this.peer = peer;
		this.neighbour = peer.call(get("/neighbour"));
		this.exchange = peer.call(get("/"));
		peer.expect(headers(NEIGHBOUR).endStream(), headers(STREAM).endStream()).expectNothing();
	}

	WirePeer peer() {
		return this.peer;
	}

	Exchange neighbour() {
		return this.neighbour;
	}

	Exchange exchange() {
		return this.exchange;
	}

	// ---- what happens ----

	/** The server sends frames, all in one piece. */
	TwoRequests receive(byte[]... frames) {
		this.peer.sendOctets(Octets.join(frames));
		return this;
	}

	/** The caller of stream {@value #STREAM} leaves. */
	TwoRequests cancel() {
		this.exchange.cancel();
		this.peer.expect(rstStream(STREAM, ErrorCode.CANCEL)).expectNothing();
		return this;
	}

	/** The server ends stream {@value #STREAM} by a whole response. */
	TwoRequests answer() throws Exception {
		receive(frame(HEADERS, END_HEADERS | END_STREAM, STREAM, OK));
		this.exchange.hasStatus(200);
		this.peer.expectNothing();
		return this;
	}

	// ---- what must follow ----

	/**
	 * RFC 9113 section 5.4.1: GOAWAY is the last frame, the output ends behind it, and
	 * the socket is closed only when the server had time to read it. Both callers learn
	 * the code.
	 */
	void connectionError(ErrorCode code) throws Exception {
		this.peer.expect(goAway(0, code)).expectNothing();
		assertThat(this.peer.isOutputFinished()).as("the output ends").isTrue();
		assertThat(this.peer.isClosed()).as("the input is read on").isFalse();
		assertThat(this.neighbour.failure(ConnectionException.class).context().code()).isEqualTo(code);
		assertThat(this.peer.connection().tryReserve()).as("a slot for another request").isFalse();
		this.peer.endOfInput();
		assertThat(this.peer.isClosed()).isTrue();
	}

	/**
	 * RFC 9113 section 5.4.2: a single RST_STREAM, the caller learns the code, and nobody
	 * else notices.
	 */
	StreamException streamError(ErrorCode code) throws Exception {
		this.peer.expect(rstStream(STREAM, code)).expectNothing();
		StreamException failure = this.exchange.failure(StreamException.class);
		assertThat(failure.context().code()).isEqualTo(code);
		assertThat(failure.context().streamId()).isEqualTo(STREAM);
		neighbourIsUnhurt();
		return failure;
	}

	/** Nothing has happened: both requests get their answers. */
	void isIgnored() throws Exception {
		this.peer.expectNothing();
		receive(frame(HEADERS, END_HEADERS, STREAM, OK), frame(DATA, END_STREAM, STREAM, "6f6b"));
		this.exchange.hasStatus(200);
		assertThat(this.exchange.text()).isEqualTo("ok");
		neighbourIsUnhurt();
	}

	/** The neighbour gets its answer, and the connection takes another request. */
	void neighbourIsUnhurt() throws Exception {
		this.peer.expectNothing();
		receive(frame(HEADERS, END_HEADERS, NEIGHBOUR, OK), frame(DATA, END_STREAM, NEIGHBOUR, "66696e65"));
		this.neighbour.hasStatus(200);
		assertThat(this.neighbour.text()).isEqualTo("fine");
		assertThat(this.peer.connection().state()).isEqualTo(ConnectionState.OPEN);
		Exchange another = this.peer.call(get("/another"));
		this.peer.expect(headers(IDLE).endStream());
		receive(frame(HEADERS, END_HEADERS | END_STREAM, IDLE, OK));
		another.hasStatus(200);
		this.peer.expectNothing().isAtRest();
	}

}
