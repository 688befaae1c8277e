package io.github.h2transport.conn;

import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;

import io.github.h2transport.CallCancelledException;
import io.github.h2transport.ErrorCode;
import io.github.h2transport.Http2Response;
import io.github.h2transport.Http2TimeoutException;
import io.github.h2transport.Phase;
import io.github.h2transport.StreamException;
import io.github.h2transport.testkit.peer.PeerFrame;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static io.github.h2transport.conn.ScriptedPeer.get;
import static io.github.h2transport.conn.ScriptedPeer.head;
import static io.github.h2transport.conn.ScriptedPeer.upload;
import static io.github.h2transport.testkit.peer.PeerFrame.data;
import static io.github.h2transport.testkit.peer.PeerFrame.goAway;
import static io.github.h2transport.testkit.peer.PeerFrame.headers;
import static io.github.h2transport.testkit.peer.PeerFrame.rstStream;
import static io.github.h2transport.testkit.peer.PeerFrame.windowUpdate;
import static org.assertj.core.api.Assertions.assertThat;

/** RFC 9113 sections 6.9 and 8.1: the content of responses, and the credit for it. */
@Timeout(30)
class ResponseContentTests {

	private static final int WINDOW = 256 * 1024;

	private static final int CONNECTION_WINDOW = 16 * 1024 * 1024;

	/** Its windows are fixed; how they grow is another matter. */
	private final ScriptedPeer peer = new ScriptedPeer((options) -> options.maxWindowSize(0)).greet();

	private Exchange call() throws IOException {
		Exchange call = this.peer.call(get("/a"));
		this.peer.expect(headers(1).endStream());
		return call;
	}

	@Test
	void contentIsReadAsItCame() throws Exception {
		Exchange call = call();
		this.peer.send(headers(1).status(200), data(1, "one "), data(1, ""), data(1, "two "));
		call.hasStatus(200);
		assertThat(call.text(6)).isEqualTo("one tw");
		assertThat(call.body().available()).isEqualTo(2);
		this.peer.send(data(1, "three").endStream());
		assertThat(call.text()).isEqualTo("o three");
		assertThat(call.body().read()).isEqualTo(-1);
		this.peer.isAtRest().expectNothing();
	}

	@Test
	void contentThatIsCutAnywhereIsTheSame() throws Exception {
		Exchange call = call();
		byte[] octets = this.peer.octetsOf(headers(1).status(200).with("a", "b"), data(1, "one ").padded(7),
				data(1, "two"), headers(1).with("checksum", "1").endStream());
		for (byte octet : octets) {
			this.peer.sendOctets(new byte[] { octet });
		}
		Http2Response response = call.response();
		assertThat(response.headers().get("a")).isEqualTo("b");
		assertThat(call.text()).isEqualTo("one two");
		assertThat(response.trailers()).isNotNull();
		assertThat(response.trailers().get("checksum")).isEqualTo("1");
		this.peer.isAtRest();
	}

	@Test
	void aReaderIsWokenByContentByTheEndAndByFailure() throws Exception {
		Exchange call = call();
		this.peer.send(headers(1).status(200));
		InputStream body = call.response().body();
		Caller<Integer> first = Caller.of(body::read).parked();
		this.peer.send(data(1, "x"));
		assertThat(first.result()).isEqualTo('x');
		assertThat(this.peer.loop().unparked()).contains(first.thread());
		Caller<Integer> second = Caller.of(body::read).parked();
		this.peer.send(data(1, 0).endStream());
		assertThat(second.result()).isEqualTo(-1);
	}

	@Test
	void aCallerIsWokenAfterTheFlush() throws Exception {
		Exchange call = call();
		Caller<Http2Response> waiting = call.waiting();
		this.peer.wire().beforeWrite(() -> assertThat(this.peer.loop().unparked()).doesNotContain(waiting.thread()));
		this.peer.send(headers(1).status(200), PeerFrame.ping(5)).expect(PeerFrame.pingAck(5));
		assertThat(waiting.result().status()).isEqualTo(200);
	}

	@Test
	void trailersAreThereAfterTheLastOctet() throws Exception {
		Exchange call = call();
		this.peer.send(headers(1).status(200), data(1, "x"), headers(1).with("grpc-status", "0").endStream());
		Http2Response response = call.response();
		assertThat(response.trailers()).isNull();
		assertThat(call.text()).isEqualTo("x");
		assertThat(response.trailers()).isNotNull();
		assertThat(response.trailers().get("grpc-status")).isEqualTo("0");
	}

	@Test
	void trailersStayAfterTheCloseOfContentThatWasReadToItsEnd() throws Exception {
		Exchange call = call();
		this.peer.send(headers(1).status(200), data(1, "x"), headers(1).with("grpc-status", "0").endStream());
		Http2Response response = call.response();
		assertThat(call.text()).isEqualTo("x");
		response.close();
		assertThat(response.trailers()).isNotNull();
		assertThat(response.trailers().get("grpc-status")).isEqualTo("0");
	}

	@Test
	void contentThatWasClosedUnreadHasNoTrailers() throws Exception {
		Exchange call = call();
		this.peer.send(headers(1).status(200), data(1, "x"), headers(1).with("grpc-status", "0").endStream());
		Http2Response response = call.response();
		response.close();
		assertThat(response.trailers()).isNull();
	}

	@Test
	void interimResponsesArePassedOver() throws Exception {
		Exchange call = call();
		this.peer.send(headers(1).status(103).with("link", "</a.css>"), headers(1).status(200).endStream());
		call.hasStatus(200);
	}

	@Test
	void aResponseToHeadHasNoContentButALength() throws Exception {
		Exchange call = this.peer.call(head("/a"));
		this.peer.send(headers(1).status(200).with("content-length", "1000").endStream());
		call.hasStatus(200);
		assertThat(call.text()).isEmpty();
		this.peer.isAtRest();
	}

	@Test
	void contentOfA204IsMalformed() throws Exception {
		Exchange call = call();
		this.peer.send(headers(1).status(204), data(1, "x").endStream());
		this.peer.expect(rstStream(1, ErrorCode.PROTOCOL_ERROR));
		call.response().close();
		this.peer.isAtRest();
	}

	@Test
	void moreContentThanDeclaredIsMalformed() throws Exception {
		Exchange call = call();
		this.peer.send(headers(1).status(200).with("content-length", "3"), data(1, "four").endStream());
		this.peer.expect(rstStream(1, ErrorCode.PROTOCOL_ERROR));
		Http2Response response = call.response();
		assertThat(Caller.of(() -> response.body().readAllBytes()).failure()).isInstanceOf(StreamException.class)
			.hasMessageContaining("more content than the response declared");
		response.close();
		this.peer.isAtRest();
	}

	@Test
	void lessContentThanDeclaredIsMalformed() throws Exception {
		Exchange call = call();
		this.peer.send(headers(1).status(200).with("content-length", "5"), data(1, "four").endStream());
		this.peer.expect(rstStream(1, ErrorCode.PROTOCOL_ERROR));
		Http2Response response = call.response();
		assertThat(call.text(4)).isEqualTo("four");
		assertThat(Caller.of(() -> response.body().read()).failure()).isInstanceOf(StreamException.class)
			.hasMessageContaining("4 of 5 declared octets");
		this.peer.isAtRest();
	}

	// ---- leaving early ----

	@Test
	void closingBeforeTheEndResetsTheStreamAndReturnsAllCredit() throws Exception {
		Exchange call = call();
		this.peer.send(headers(1).status(200).with("content-length", "100000000"), data(1, 1000), data(1, 2000));
		call.response().close();
		this.peer.expect(rstStream(1, ErrorCode.CANCEL)).isAtRest();
		this.peer.send(data(1, 500)).isAtRest();
		assertThat(Caller.of(() -> call.body().read()).failure()).isInstanceOf(IOException.class)
			.hasMessage("The response is closed");
	}

	@Test
	void closingAfterTheEndSendsNothing() throws Exception {
		Exchange call = call();
		this.peer.send(headers(1).status(200), data(1, 1000).endStream());
		call.response().close();
		call.response().close();
		this.peer.expectNothing().isAtRest();
	}

	@Test
	void aReaderThatWaitsTooLongTimesOut() throws Exception {
		Exchange call = this.peer.call(get("/a"), new CallTimes(0, Duration.ofSeconds(60).toNanos(), 0));
		this.peer.send(headers(1).status(200), data(1, "x"));
		InputStream body = call.response().body();
		assertThat(body.read()).isEqualTo('x');
		Caller<Integer> reader = Caller.of(body::read).parked();
		this.peer.loop().passTime(Duration.ofSeconds(59));
		reader.poke().parked();
		assertThat(reader.isDone()).isFalse();
		this.peer.loop().passTime(Duration.ofSeconds(1));
		assertThat(reader.poke().failure()).isInstanceOfSatisfying(Http2TimeoutException.class,
				(timeout) -> assertThat(timeout.context().phase()).isEqualTo(Phase.RESPONSE_BODY));
		this.peer.expect(headers(1).endStream(), rstStream(1, ErrorCode.CANCEL)).isAtRest();
	}

	@Test
	void anEventStreamMayPause() throws Exception {
		Exchange call = this.peer.call(get("/a"), new CallTimes(0, Duration.ofSeconds(60).toNanos(), 0));
		this.peer.send(headers(1).status(200).with("content-type", "text/event-stream"));
		InputStream body = call.response().body();
		Caller<Integer> reader = Caller.of(body::read).parked();
		this.peer.loop().passTime(Duration.ofHours(1));
		reader.poke().parked();
		this.peer.send(data(1, "x"));
		assertThat(reader.result()).isEqualTo('x');
	}

	@Test
	void aCallerThatWaitsTooLongForTheHeadTimesOut() throws Exception {
		Exchange call = this.peer.call(get("/a"), new CallTimes(this.peer.in(Duration.ofSeconds(60)), 0, 0));
		Caller<Http2Response> waiting = call.waiting();
		this.peer.loop().passTime(Duration.ofSeconds(60));
		assertThat(waiting.poke().failure()).isInstanceOf(Http2TimeoutException.class)
			.hasMessageContaining("60000 ms waiting for the response head")
			.hasMessageContaining("stream 1");
		this.peer.expect(headers(1).endStream(), rstStream(1, ErrorCode.CANCEL)).isAtRest();
	}

	@Test
	void contentThatCrossesATimeoutIsCreditedToo() throws Exception {
		// The response arrives when its caller has left, but before the loop has sent
		// RST_STREAM.
		Exchange call = this.peer.call(get("/a"), new CallTimes(this.peer.in(Duration.ofSeconds(60)), 0, 0));
		this.peer.expect(headers(1).endStream());
		Caller<Http2Response> waiting = call.waiting();
		this.peer.holdCallsBack();
		this.peer.loop().passTime(Duration.ofSeconds(60));
		assertThat(waiting.poke().failure()).isInstanceOf(Http2TimeoutException.class);
		this.peer.wire().deliver(this.peer.octetsOf(headers(1).status(200), data(1, 1000)));
		this.peer.expect(rstStream(1, ErrorCode.CANCEL)).isAtRest();
	}

	@Test
	void anInterruptCancelsTheStream() throws Exception {
		Exchange call = call();
		Caller<Http2Response> waiting = call.waiting().interrupt();
		assertThat(waiting.failure()).isInstanceOf(CallCancelledException.class);
		this.peer.expect(rstStream(1, ErrorCode.CANCEL)).isAtRest();
	}

	@Test
	void anInterruptWhileReadingCancelsTheStream() throws Exception {
		Exchange call = call();
		this.peer.send(headers(1).status(200));
		InputStream body = call.response().body();
		Caller<Integer> reader = Caller.of(body::read).parked().interrupt();
		assertThat(reader.failure()).isInstanceOfSatisfying(CallCancelledException.class,
				(cancelled) -> assertThat(cancelled.context().phase()).isEqualTo(Phase.RESPONSE_BODY));
		this.peer.expect(rstStream(1, ErrorCode.CANCEL)).isAtRest();
	}

	// ---- credit ----

	@Test
	void creditGoesBackAtHalfAWindow() throws Exception {
		Exchange call = call();
		this.peer.send(headers(1).status(200));
		call.hasStatus(200);
		for (int i = 0; i < 8; i++) {
			this.peer.send(data(1, WINDOW / 16)).expectNothing();
		}
		assertThat(call.text(WINDOW / 2 - 1)).hasSize(WINDOW / 2 - 1);
		this.peer.expectNothing();
		assertThat(call.text(1)).hasSize(1);
		this.peer.expect(windowUpdate(1, WINDOW / 2)).expectNothing();
	}

	@Test
	void theServerMaySendAllOfTheWindowAndNotMore() throws Exception {
		Exchange call = call();
		this.peer.send(headers(1).status(200));
		for (int sent = 0; sent < WINDOW; sent += 16_384) {
			this.peer.send(data(1, 16_384));
		}
		this.peer.expectNothing();
		this.peer.send(data(1, 1)).expect(rstStream(1, ErrorCode.FLOW_CONTROL_ERROR));
		call.response().close();
		this.peer.isAtRest();
	}

	@Test
	void paddingIsCreditedAtOnce() throws Exception {
		// RFC 9113 section 6.1: padding counts, and nobody will ever read it.
		Exchange call = call();
		this.peer.send(headers(1).status(200));
		int padded = 0;
		while (padded < WINDOW / 2) {
			this.peer.send(data(1, "x").padded(256));
			padded += 256;
		}
		this.peer.expect(windowUpdate(1));
		call.hasStatus(200);
		assertThat(this.peer.connection().receiveWindow().outstanding()).isZero();
	}

	@Test
	void theConnectionIsCreditedOnReceiptWhileMemoryAllows() throws Exception {
		ScriptedPeer small = new ScriptedPeer((options) -> options.connectionWindowSize(80_000)).greet();
		small.call(get("/slow"));
		small.send(headers(1).status(200), data(1, 16_384), data(1, 16_384), data(1, 16_384));
		small.expect(headers(1).endStream(), windowUpdate(0)).expectNothing();
		assertThat(small.connection().receiveWindow().outstanding()).isZero();
		assertThat(small.resources().budget().buffered()).isEqualTo(3 * 16_384);
	}

	@Test
	void theConnectionIsCreditedOnConsumptionWhenMemoryIsShort() throws Exception {
		ScriptedPeer small = new ScriptedPeer((options) -> options.connectionWindowSize(80_000)).greet();
		int others = Integer.MAX_VALUE;
		for (int i = 0; i < 64; i++) {
			small.resources().budget().add(others);
		}
		Exchange call = small.call(get("/slow"));
		small.send(headers(1).status(200), data(1, 16_384), data(1, 16_384), data(1, 16_384));
		small.expect(headers(1).endStream()).expectNothing();
		assertThat(small.connection().receiveWindow().outstanding()).isEqualTo(3 * 16_384);
		call.hasStatus(200);
		assertThat(call.text(3 * 16_384)).hasSize(3 * 16_384);
		small.expect(windowUpdate(0, 3 * 16_384)).expectNothing();
		assertThat(small.connection().receiveWindow().outstanding()).isZero();
		for (int i = 0; i < 64; i++) {
			small.resources().budget().remove(others);
		}
	}

	@Test
	void theLimitHasRisenWhenTheWindowUpdateIsWritten() throws Exception {
		Exchange call = call();
		this.peer.send(headers(1).status(200));
		for (int sent = 0; sent < WINDOW; sent += 16_384) {
			this.peer.send(data(1, 16_384));
		}
		call.hasStatus(200);
		assertThat(call.stream().receiveWindow().available()).isZero();
		this.peer.wire()
			.beforeWrite(
					() -> assertThat(call.stream().receiveWindow().available()).isGreaterThanOrEqualTo(WINDOW / 2));
		assertThat(call.text(WINDOW)).hasSize(WINDOW);
		this.peer.wire().beforeWrite(null);
		this.peer.expect(windowUpdate(1));
	}

	@Test
	void contentForAStreamThatIsGoneIsCreditedToTheConnection() throws Exception {
		Exchange call = call();
		this.peer.send(headers(1).status(200).with("content-length", "100000000"));
		call.response().close();
		this.peer.expect(rstStream(1, ErrorCode.CANCEL));
		for (int sent = 0; sent < CONNECTION_WINDOW / 2; sent += 16_384) {
			this.peer.send(data(1, 16_384));
		}
		this.peer.expect(windowUpdate(0)).isAtRest();
	}

	@Test
	void anEchoThatIsLargerThanTheWindowDoesNotBlockItsOwnUpload() throws Exception {
		// The caller cannot read before it has written everything.
		Exchange call = this.peer.call(upload("/echo"));
		this.peer.expect(headers(1)).send(headers(1).status(200));
		for (int sent = 0; sent < 2 * WINDOW; sent += 16_384) {
			this.peer.send(data(1, 16_384));
		}
		this.peer.expect(windowUpdate(1));
		call.upload().close();
		call.response().close();
		this.peer.send(data(1, "").endStream()).isAtRest();
	}

	@Test
	void contentBeyondTheConnectionWindowEndsTheConnection() throws Exception {
		ScriptedPeer small = new ScriptedPeer((options) -> options.connectionWindowSize(65_535)).greetWithoutUpdate();
		for (int i = 0; i < 64; i++) {
			small.resources().budget().add(Integer.MAX_VALUE);
		}
		small.call(get("/a"));
		small.send(headers(1).status(200), data(1, 16_384), data(1, 16_384), data(1, 16_384), data(1, 16_384));
		small.expect(headers(1).endStream(), goAway(0, ErrorCode.FLOW_CONTROL_ERROR));
	}

}
