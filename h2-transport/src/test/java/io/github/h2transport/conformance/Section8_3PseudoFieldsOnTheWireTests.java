package io.github.h2transport.conformance;

import java.net.URI;
import java.util.List;

import io.github.h2transport.Headers;
import io.github.h2transport.Http2Request;
import io.github.h2transport.InvalidRequestException;
import io.github.h2transport.testkit.peer.Exchange;
import io.github.h2transport.testkit.peer.WirePeer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static io.github.h2transport.testkit.peer.PeerFrame.headers;
import static io.github.h2transport.testkit.peer.WirePeer.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/** RFC 9113 section 8.3: pseudo-header fields, ours and theirs. */
@Timeout(30)
@ExtendWith(ClosesPeers.class)
class Section8_3PseudoFieldsOnTheWireTests {

	private final WirePeer peer = new WirePeer().greet();

	// ---- 8.3.1: requests ----

	private List<String> sent(Http2Request request) throws Exception {
		this.peer.call(request);
		return this.peer.rest().get(0).fields();
	}

	@Test
	void aRequestHasEachPseudoFieldOnceAndFirst() throws Exception {
		assertThat(sent(Http2Request.builder("GET", URI.create("http://example.test:8080/a?b=c#d"))
			.headers(Headers.of("accept", "*/*"))
			.build())).containsExactly(":method", "GET", ":scheme", "http", ":authority", "example.test:8080", ":path",
					"/a?b=c", "accept", "*/*");
	}

	@ParameterizedTest
	@CsvSource({ "GET,http://h,/", "GET,http://h?q,/?q", "OPTIONS,http://h,*", "OPTIONS,http://h/,/",
			"OPTIONS,http://h/a,/a", "GET,http://h/%20?%0d,/%20?%0d" })
	void thePathIsNeverEmptyAndAStarOnlyForOptions(String method, URI uri, String path) throws Exception {
		assertThat(sent(Http2Request.builder(method, uri).build())).containsSequence(":path", path);
	}

	@Test
	void userInformationIsNeverSent() throws Exception {
		assertThat(sent(Http2Request.get(URI.create("http://user:secret@example.test/"))))
			.containsSequence(":authority", "example.test")
			.noneMatch((text) -> text.contains("secret"));
	}

	@Test
	void hostIsNotSentBesideTheAuthorityThatItBecame() throws Exception {
		assertThat(sent(Http2Request.builder("GET", URI.create("http://example.test/"))
			.headers(Headers.of("Host", "virtual.test"))
			.build())).containsSequence(":authority", "virtual.test").doesNotContain("host", "example.test");
	}

	@ParameterizedTest
	@ValueSource(strings = { ":method", ":path", ":authority", ":scheme", ":protocol", ":status", ":unknown" })
	void aCallerCannotSetPseudoFields(String name) throws Exception {
		assertThatExceptionOfType(InvalidRequestException.class).isThrownBy(() -> this.peer
			.call(Http2Request.builder("GET", URI.create("http://h/")).headers(Headers.of(name, "x")).build()));
		this.peer.expectNothing();
	}

	// ---- 8.3.2: responses ----

	@ParameterizedTest
	@ValueSource(strings = { "", "0", "20", "2000", "099", "000", "-20", "+20", "2x0", "20x", " 200", "200 ", "200 OK",
			"0xc8", "1e2", "\u00b2\u00b2\u00b2" })
	void aStatusThatIsNotThreeDigitsFrom100IsMalformed(String status) throws Exception {
		assertThat(Rejection.of(headers(1).with(":status", status).endStream())).hasMessageContaining(":status");
		assertThat(Rejection.of(headers(1).with(":status", status))).hasMessageContaining(":status");
	}

	@ParameterizedTest
	@ValueSource(ints = { 200, 299, 418, 599, 600, 999 })
	void everyOtherStatusIsGivenToTheCaller(int status) throws Exception {
		Exchange call = this.peer.call(get("/a"));
		this.peer.send(headers(1).status(status).endStream());
		call.hasStatus(status);
		this.peer.isAtRest();
	}

	@Test
	void aHeadWithoutStatusIsMalformed() throws Exception {
		assertThat(Rejection.of(headers(1).with("server", "x").endStream())).hasMessageContaining("no :status");
		assertThat(Rejection.of(headers(1).status(103), headers(1).with("server", "x").endStream()))
			.hasMessageContaining("no :status");
	}

	@Test
	void anEmptyHeadIsMalformed() throws Exception {
		assertThat(Rejection.of(headers(1).endStream())).hasMessageContaining("no :status");
	}

	@Test
	void aSecondStatusIsMalformedAlsoIfItIsTheSame() throws Exception {
		assertThat(Rejection.of(headers(1).status(200).status(200).endStream())).hasMessageContaining("more than once");
		assertThat(Rejection.of(headers(1).status(200).with("a", "b").status(404).endStream()))
			.hasMessageContaining("more than once");
	}

	@Test
	void aStatusBehindAnotherFieldIsMalformed() throws Exception {
		assertThat(Rejection.of(headers(1).with("a", "b").status(200).endStream()))
			.hasMessageContaining("after another field");
	}

	@ParameterizedTest
	@ValueSource(strings = { ":method", ":path", ":authority", ":scheme", ":protocol", ":Status", ":", ":unknown" })
	void anyOtherPseudoFieldIsMalformed(String name) throws Exception {
		assertThat(Rejection.of(headers(1).status(200).with(name, "/").endStream())).hasMessageContaining("8.3.2");
		assertThat(Rejection.of(headers(1).with(name, "/").status(200).endStream())).hasMessageContaining("8.3.2");
		assertThat(Rejection.of(headers(1).status(103).with(name, "/"))).hasMessageContaining("8.3.2");
	}

}
