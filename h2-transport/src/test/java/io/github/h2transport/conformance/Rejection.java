package io.github.h2transport.conformance;

import io.github.h2transport.ErrorCode;
import io.github.h2transport.Http2Request;
import io.github.h2transport.Initiator;
import io.github.h2transport.StreamException;
import io.github.h2transport.testkit.peer.Exchange;
import io.github.h2transport.testkit.peer.PeerFrame;
import io.github.h2transport.testkit.peer.WirePeer;

import static io.github.h2transport.testkit.peer.PeerFrame.headers;
import static io.github.h2transport.testkit.peer.PeerFrame.rstStream;
import static io.github.h2transport.testkit.peer.WirePeer.get;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * What must follow from a malformed response (RFC 9113 section 8.1.1), seen from all
 * sides: a stream error of type PROTOCOL_ERROR, a caller who gets nothing but a failure,
 * a neighbour who notices nothing, and compression state that survives.
 */
final class Rejection {

	private final WirePeer peer = new WirePeer().greet();

	private Rejection() {
	}

	/**
	 * Sends a malformed response to a GET.
	 * @param response frames of stream 1
	 * @return what the caller got instead of the response
	 */
	static StreamException of(PeerFrame... response) throws Exception {
		return of(get("/malformed"), response);
	}

	static StreamException of(Http2Request request, PeerFrame... response) throws Exception {
		return new Rejection().check(request, response);
	}

	private StreamException check(Http2Request request, PeerFrame... response) throws Exception {
		Exchange malformed = this.peer.call(request);
		Exchange neighbour = this.peer.call(get("/neighbour"));
		this.peer.expect(headers(1).with(":path", "/malformed").endStream(), headers(3).endStream());
		for (PeerFrame frame : response) {
			if (!frame.fields().isEmpty()) {
				// Enters the dynamic table behind whatever is wrong with the block.
				frame.with("x-probe", "kept");
			}
		}
		this.peer.send(response).expect(rstStream(1, ErrorCode.PROTOCOL_ERROR)).expectNothing();
		StreamException failure = malformed.failure(StreamException.class);
		assertThat(failure.context().code()).isEqualTo(ErrorCode.PROTOCOL_ERROR);
		assertThat(failure.context().initiator()).isEqualTo(Initiator.PEER);
		assertThat(failure.context().streamId()).isEqualTo(1);
		assertThat(failure.isSafeToRetry()).as("the server may have processed it").isFalse();
		this.peer.send(headers(3).status(200).with("x-probe", "kept").endStream());
		assertThat(neighbour.response().headers().get("x-probe")).isEqualTo("kept");
		this.peer.expectNothing().isAtRest();
		return failure;
	}

}
