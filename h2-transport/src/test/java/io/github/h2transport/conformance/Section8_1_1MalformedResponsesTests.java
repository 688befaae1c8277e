package io.github.h2transport.conformance;

import io.github.h2transport.ErrorCode;
import io.github.h2transport.Http2Response;
import io.github.h2transport.StreamException;
import io.github.h2transport.testkit.peer.Exchange;
import io.github.h2transport.testkit.peer.WirePeer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static io.github.h2transport.testkit.peer.PeerFrame.data;
import static io.github.h2transport.testkit.peer.PeerFrame.headers;
import static io.github.h2transport.testkit.peer.PeerFrame.rstStream;
import static io.github.h2transport.testkit.peer.PeerFrame.settings;
import static io.github.h2transport.testkit.peer.PeerFrame.settingsAck;
import static io.github.h2transport.testkit.peer.PeerFrame.windowUpdate;
import static io.github.h2transport.testkit.peer.WirePeer.get;
import static io.github.h2transport.testkit.peer.WirePeer.head;
import static io.github.h2transport.testkit.peer.WirePeer.post;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/** RFC 9113 section 8.1.1: malformed responses are never accepted. */
@Timeout(30)
@ExtendWith(ClosesPeers.class)
class Section8_1_1MalformedResponsesTests {

	private final WirePeer peer = new WirePeer().greet();

	@Test
	void aMalformedResponseIsAStreamErrorAndNobodyElseNotices() throws Exception {
		assertThat(Rejection.of(headers(1).status(200).with("Upper", "x"))).hasMessageContaining("stream 1")
			.hasMessageContaining("malformed");
	}

	@Test
	void aMalformedInterimResponseIsAnErrorToo() throws Exception {
		Rejection.of(headers(1).status(103).with("connection", "close"));
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void afterAMalformedHeadNoOtherHeadReachesTheCaller(boolean inOneRead) throws Exception {
		Exchange call = this.peer.call(get("/a"));
		this.peer.expect(headers(1).endStream());
		if (inOneRead) {
			this.peer.send(headers(1).status(103).with("Bad", "x"), headers(1).status(200), data(1, "x").endStream());
		}
		else {
			this.peer.send(headers(1).status(103).with("Bad", "x"));
			this.peer.send(headers(1).status(200), data(1, "x").endStream());
		}
		assertThat(call.failure(StreamException.class)).hasMessageContaining("'Bad'");
		this.peer.expect(rstStream(1, ErrorCode.PROTOCOL_ERROR)).expectNothing().isAtRest();
	}

	@Test
	void afterMalformedContentNoTrailersAndNoEndReachTheCaller() throws Exception {
		Exchange call = this.peer.call(get("/a"));
		this.peer.expect(headers(1).endStream());
		this.peer.send(headers(1).status(200).with("content-length", "1"), data(1, "xy"), data(1, "z"),
				headers(1).with("checksum", "1").endStream());
		this.peer.expect(rstStream(1, ErrorCode.PROTOCOL_ERROR)).expectNothing();
		Http2Response response = call.response();
		assertThatExceptionOfType(StreamException.class).isThrownBy(() -> response.body().readAllBytes());
		assertThat(response.trailers()).isNull();
		this.peer.isAtRest();
	}

	@Test
	void aMalformedHeadThatItsServerTakesBackIsMalformedAllTheSame() throws Exception {
		Exchange call = this.peer.call(get("/a"));
		this.peer.expect(headers(1).endStream());
		this.peer.send(headers(1).with(":status", "20x"), rstStream(1, ErrorCode.REFUSED_STREAM)).expectNothing();
		StreamException failure = call.failure(StreamException.class);
		assertThat(failure.context().code()).isEqualTo(ErrorCode.PROTOCOL_ERROR);
		assertThat(failure.isSafeToRetry()).isFalse();
		this.peer.isAtRest();
	}

	@Test
	void aMalformedHeadEndsTheUpload() throws Exception {
		this.peer.send(settings(0x4, 10)).expect(settingsAck());
		Exchange call = this.peer.call(post("/a", new byte[100]));
		this.peer.expect(headers(1), data(1, 10));
		this.peer.send(headers(1).with(":status", "20x"), windowUpdate(1, 1000));
		this.peer.expect(rstStream(1, ErrorCode.PROTOCOL_ERROR)).expectNothing();
		call.failure(StreamException.class);
		this.peer.isAtRest();
	}

	@Test
	void aHeadThatEndsTheStreamButDeclaresContentNeverReachesTheCaller() throws Exception {
		assertThat(Rejection.of(headers(1).status(200).with("content-length", "5").endStream()))
			.hasMessageContaining("0 of 5");
	}

	@ParameterizedTest
	@ValueSource(strings = { "data", "empty data", "trailers" })
	void lessContentThanDeclaredIsNoEndOfTheBody(String end) throws Exception {
		Exchange call = this.peer.call(get("/a"));
		this.peer.send(headers(1).status(200).with("content-length", "5"));
		switch (end) {
			case "data" -> this.peer.send(data(1, "four").endStream());
			case "empty data" -> this.peer.send(data(1, "four"), data(1, 0).endStream());
			default -> this.peer.send(data(1, "four"), headers(1).with("checksum", "1").endStream());
		}
		assertMalformedBody(call, "4 of 5");
	}

	@Test
	void moreContentThanDeclaredIsNoEndOfTheBody() throws Exception {
		Exchange call = this.peer.call(get("/a"));
		this.peer.send(headers(1).status(200).with("content-length", "3"), data(1, "four").endStream());
		assertMalformedBody(call, "more content");
	}

	@Test
	void paddingIsNoContent() throws Exception {
		Exchange call = this.peer.call(get("/a"));
		this.peer.send(headers(1).status(200).with("content-length", "4"), data(1, "fo").padded(10),
				data(1, "ur").padded(200), data(1, 0).padded(5).endStream());
		assertThat(call.text()).isEqualTo("four");
		this.peer.isAtRest();
	}

	@Test
	void aResponseThatNeverHasContentMayDeclareALength() throws Exception {
		Exchange ofHead = this.peer.call(head("/a"));
		Exchange notModified = this.peer.call(get("/b"));
		this.peer.send(headers(1).status(200).with("content-length", "1000").endStream(),
				headers(3).status(304).with("content-length", "1000"), data(3, 0).endStream());
		assertThat(ofHead.text()).isEmpty();
		assertThat(ofHead.response().headers().get("content-length")).isEqualTo("1000");
		notModified.hasStatus(304);
		assertThat(notModified.text()).isEmpty();
		this.peer.isAtRest();
	}

	@ParameterizedTest
	@ValueSource(ints = { 204, 304 })
	void contentWhereThereIsNoneIsMalformed(int status) throws Exception {
		Exchange call = this.peer.call(get("/a"));
		this.peer.send(headers(1).status(status), data(1, "x").endStream());
		assertMalformedBody(call, "more content");
	}

	@Test
	void contentInAResponseToHeadIsMalformed() throws Exception {
		Exchange call = this.peer.call(head("/a"));
		this.peer.send(headers(1).status(200).with("content-length", "1"), data(1, "x").endStream());
		assertMalformedBody(call, "more content");
	}

	private void assertMalformedBody(Exchange call, String words) throws Exception {
		this.peer.expect(headers(1).endStream(), rstStream(1, ErrorCode.PROTOCOL_ERROR)).expectNothing();
		Http2Response response = call.response();
		assertThatExceptionOfType(StreamException.class).isThrownBy(() -> response.body().readAllBytes())
			.withMessageContaining(words);
		response.close();
		this.peer.isAtRest();
	}

	@Test
	void textOfThePeerIsEscapedAndValuesAreNotShown() throws Exception {
		assertThat(Rejection.of(headers(1).status(200).with("evil\u001b[2J\r\n", "secret")).getMessage())
			.contains("'evil\\u001b[2J\\u000d\\u000a'")
			.doesNotContain("secret")
			.doesNotContain("\r");
	}

}
