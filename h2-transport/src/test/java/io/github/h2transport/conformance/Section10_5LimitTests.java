package io.github.h2transport.conformance;

import java.util.ArrayList;
import java.util.List;

import io.github.h2transport.ErrorCode;
import io.github.h2transport.testkit.peer.WirePeer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

import static io.github.h2transport.conformance.TwoRequests.END_HEADERS;
import static io.github.h2transport.conformance.TwoRequests.OK;
import static io.github.h2transport.conformance.TwoRequests.STREAM;
import static io.github.h2transport.frame.Octets.CONTINUATION;
import static io.github.h2transport.frame.Octets.HEADERS;
import static io.github.h2transport.frame.Octets.frame;

/** RFC 9113 section 10.5.1: how large a field block may be. */
@Timeout(30)
@ExtendWith(ClosesPeers.class)
class Section10_5LimitTests {

	/** A literal field that is not indexed: {@code a} with so many tildes. */
	private static String field(int length) {
		StringBuilder field = new StringBuilder("0001617f");
		int rest = length - 127;
		for (; rest >= 128; rest >>>= 7) {
			field.append("%02x".formatted(rest & 0x7f | 0x80));
		}
		return field.append("%02x".formatted(rest)).append("7e".repeat(length)).toString();
	}

	@Test
	void aSectionThatIsLargerThanWeAnnouncedIsAStreamError() throws Exception {
		TwoRequests two = new TwoRequests(new WirePeer((options) -> options.maxHeaderListSize(1024)).greet());
		// :status takes 42, a takes 33.
		two.receive(frame(HEADERS, END_HEADERS, STREAM, OK + field(1024 - 42 - 33 + 1)));
		two.streamError(ErrorCode.PROTOCOL_ERROR);
	}

	@Test
	void aSectionOfTheAnnouncedSizeIsTaken() throws Exception {
		TwoRequests two = new TwoRequests(new WirePeer((options) -> options.maxHeaderListSize(1024)).greet());
		two.receive(frame(HEADERS, END_HEADERS | 1, STREAM, OK + field(1024 - 42 - 33)));
		two.exchange().hasStatus(200);
		two.neighbourIsUnhurt();
	}

	@Test
	void aBlockBeyondEveryHonestSizeEndsTheConnection() throws Exception {
		TwoRequests two = new TwoRequests(new WirePeer((options) -> options.maxHeaderListSize(1024)).greet());
		two.receive(frame(HEADERS, 0, STREAM, OK), frame(CONTINUATION, 0, STREAM, field(4096)))
			.connectionError(ErrorCode.ENHANCE_YOUR_CALM);
	}

	@Test
	void aBlockInTooManyPiecesEndsTheConnection() throws Exception {
		List<byte[]> pieces = new ArrayList<>(List.of(frame(HEADERS, 0, STREAM, OK)));
		for (int i = 0; i < 17; i++) {
			pieces.add(frame(CONTINUATION, 0, STREAM, "0f0d0131"));
		}
		new TwoRequests().receive(pieces.toArray(byte[][]::new)).connectionError(ErrorCode.ENHANCE_YOUR_CALM);
	}

	@Test
	void anEmptyPieceBeforeTheLastEndsTheConnection() throws Exception {
		new TwoRequests().receive(frame(HEADERS, 0, STREAM, OK), frame(CONTINUATION, 0, STREAM, ""))
			.connectionError(ErrorCode.ENHANCE_YOUR_CALM);
	}

}
