package io.github.h2transport.conformance;

import java.net.URI;
import java.util.List;

import io.github.h2transport.ErrorCode;
import io.github.h2transport.Headers;
import io.github.h2transport.Http2Request;
import io.github.h2transport.InvalidRequestException;
import io.github.h2transport.RequestBody;
import io.github.h2transport.testkit.peer.Exchange;
import io.github.h2transport.testkit.peer.PeerFrame;
import io.github.h2transport.testkit.peer.ScriptedWriter;
import io.github.h2transport.testkit.peer.WirePeer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static io.github.h2transport.testkit.peer.PeerFrame.data;
import static io.github.h2transport.testkit.peer.PeerFrame.headers;
import static io.github.h2transport.testkit.peer.PeerFrame.rstStream;
import static io.github.h2transport.testkit.peer.WirePeer.get;
import static io.github.h2transport.testkit.peer.WirePeer.upload;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/** RFC 9110 section 8.6: {@code content-length}, received and sent. */
@Timeout(30)
@ExtendWith(ClosesPeers.class)
class Rfc9110Section8_6ContentLengthTests {

	private static final URI TARGET = URI.create("http://example.test/a");

	private final WirePeer peer = new WirePeer().greet();

	// ---- received ----

	@ParameterizedTest
	@ValueSource(strings = { "4", "004", "4, 4", "4,4,4", "4 ,\t4" })
	void aNumberOrAListOfTheSameNumberIsALength(String value) throws Exception {
		Exchange call = this.peer.call(get("/a"));
		this.peer.send(headers(1).status(200).with("content-length", value), data(1, "four").endStream());
		assertThat(call.text()).isEqualTo("four");
		this.peer.isAtRest();
	}

	@Test
	void severalFieldsMustAgree() throws Exception {
		Exchange call = this.peer.call(get("/a"));
		this.peer.send(headers(1).status(200).with("content-length", "4").with("content-length", "4"),
				data(1, "four").endStream());
		assertThat(call.text()).isEqualTo("four");
		assertThat(Rejection.of(headers(1).status(200).with("content-length", "4").with("content-length", "5")))
			.hasMessageContaining("content-length");
		assertThat(Rejection.of(headers(1).status(200).with("content-length", "4").with("content-length", "4, 5")))
			.hasMessageContaining("content-length");
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "4, 5", "-4", "+4", "4.0", "0x4", "4 4", "four", "4,", ",4", "4;4",
			"9223372036854775808", "18446744073709551620", "4294967300x", "\u00b2" })
	void anythingElseIsMalformedAndNumbersDoNotOverflow(String value) throws Exception {
		assertThat(Rejection.of(headers(1).status(200).with("content-length", value), data(1, "four")))
			.hasMessageContaining("content-length");
		assertThat(Rejection.of(headers(1).status(304).with("content-length", value).endStream()))
			.hasMessageContaining("content-length");
	}

	@Test
	void aLengthOfAnInterimResponseOrOfA204FramesNothing() throws Exception {
		Exchange call = this.peer.call(get("/a"));
		Exchange empty = this.peer.call(get("/b"));
		this.peer.send(headers(1).status(103).with("content-length", "99"), headers(1).status(200),
				data(1, "four").endStream());
		this.peer.send(headers(3).status(204).with("content-length", "99").endStream());
		assertThat(call.text()).isEqualTo("four");
		empty.hasStatus(204);
		assertThat(empty.text()).isEmpty();
		this.peer.isAtRest();
	}

	@Test
	void withoutALengthTheEndOfTheStreamEndsTheContent() throws Exception {
		Exchange call = this.peer.call(get("/a"));
		this.peer.send(headers(1).status(200), data(1, "one"), data(1, "two").endStream());
		assertThat(call.text()).isEqualTo("onetwo");
	}

	@Test
	void aLengthBeyondEveryMemoryAllocatesNothing() throws Exception {
		Exchange call = this.peer.call(get("/a"));
		this.peer.send(headers(1).status(200).with("content-length", "9223372036854775807"), data(1, "x"));
		assertThat(call.text(1)).isEqualTo("x");
		call.response().close();
		this.peer.isAtRest();
	}

	@ParameterizedTest
	@ValueSource(strings = { "none", "0", "7" })
	void aResetContentResponseHasTheContentThatItHas(String length) throws Exception {
		// RFC 9110 section 15.3.6 forbids servers to send content with 205; section 6.4.1
		// lets it have some.
		Exchange call = this.peer.call(get("/a"));
		PeerFrame head = headers(1).status(205);
		this.peer.send(length.equals("none") ? head : head.with("content-length", length));
		this.peer.send(length.equals("7") ? data(1, "content").endStream() : data(1, 0).endStream());
		call.hasStatus(205);
		assertThat(call.text()).isEqualTo(length.equals("7") ? "content" : "");
		this.peer.isAtRest();
	}

	// ---- sent ----

	private List<String> sent(String method, RequestBody body, String... fields) throws Exception {
		this.peer.call(Http2Request.builder(method, TARGET).headers(Headers.of(fields)).body(body).build());
		return this.peer.rest().get(0).fields();
	}

	@Test
	void aKnownLengthIsSentOnce() throws Exception {
		assertThat(sent("POST", RequestBody.of(new byte[3]), "content-length", "3", "content-length", "3"))
			.endsWith("content-length", "3")
			.containsOnlyOnce("content-length");
	}

	@ParameterizedTest
	@CsvSource({ "POST,true", "PUT,true", "PATCH,true", "GET,false", "HEAD,false", "DELETE,false", "OPTIONS,false" })
	void noContentIsALengthOfZeroOnlyWhereContentIsExpected(String method, boolean isSent) throws Exception {
		List<String> fields = sent(method, RequestBody.none());
		if (isSent) {
			assertThat(fields).endsWith("content-length", "0");
		}
		else {
			assertThat(fields).doesNotContain("content-length");
		}
	}

	@Test
	void anUnknownLengthIsNotSent() throws Exception {
		this.peer.call(upload("/a"));
		assertThat(this.peer.rest().get(0).fields()).doesNotContain("content-length", "transfer-encoding");
	}

	@ParameterizedTest
	@ValueSource(strings = { "2", "4", "-3", "x", "3, 4", "", "9223372036854775808" })
	void aLengthThatIsWrongIsRefused(String value) throws Exception {
		assertThatExceptionOfType(InvalidRequestException.class)
			.isThrownBy(() -> sent("POST", RequestBody.of(new byte[3]), "content-length", value));
		this.peer.expectNothing();
	}

	@Test
	void writtenContentIsHeldToItsLength() throws Exception {
		ScriptedWriter more = this.peer.call(upload("/a", 2)).upload();
		assertThatExceptionOfType(InvalidRequestException.class).isThrownBy(() -> more.write(new byte[3]));
		this.peer.expect(headers(1).with("content-length", "2"), rstStream(1, ErrorCode.CANCEL));
		Exchange fewer = this.peer.call(upload("/b", 2));
		fewer.upload().write(new byte[1]);
		fewer.upload().end();
		fewer.failure(InvalidRequestException.class);
		this.peer.expect(headers(3).with("content-length", "2"), rstStream(3, ErrorCode.CANCEL)).expectNothing();
	}

}
