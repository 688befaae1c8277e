package io.github.h2transport.conformance;

import java.util.List;

import io.github.h2transport.ErrorCode;
import io.github.h2transport.Headers;
import io.github.h2transport.testkit.peer.Exchange;
import io.github.h2transport.testkit.peer.PeerFrame;
import io.github.h2transport.testkit.peer.WirePeer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static io.github.h2transport.testkit.peer.PeerFrame.data;
import static io.github.h2transport.testkit.peer.PeerFrame.headers;
import static io.github.h2transport.testkit.peer.PeerFrame.rstStream;
import static io.github.h2transport.testkit.peer.WirePeer.get;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * RFC 9113 section 8.2: names and values that never reach a caller, and those that do.
 */
@Timeout(30)
@ExtendWith(ClosesPeers.class)
class Section8_2ResponseFieldsTests {

	/** Heads of all kinds with the same field; trailers are in section 8.1's tests. */
	private static List<PeerFrame> headsWith(String name, String value) {
		return List.of(headers(1).status(200).with(name, value).endStream(), headers(1).status(200).with(name, value),
				headers(1).status(103).with(name, value));
	}

	private static void assertMalformed(String name, String value, String section) throws Exception {
		for (PeerFrame head : headsWith(name, value)) {
			assertThat(Rejection.of(head)).hasMessageContaining(section);
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "Server", "sERVER", "X", "x-A" })
	void namesWithUpperCaseAreMalformed(String name) throws Exception {
		assertMalformed(name, "x", "8.2.1");
	}

	@ParameterizedTest
	@ValueSource(strings = { "", " ", "a b", "a\tb", "a\r", "a\nb", "a\0", "a\u007f", "a\u0080", "\u00ff", "a:", "a:b",
			"(a)", "a/b", "a\"", "{a}" })
	void namesThatAreNoTokensAreMalformed(String name) throws Exception {
		assertMalformed(name, "x", "8.2.1");
	}

	@ParameterizedTest
	@ValueSource(strings = { "a\0b", "a\rb", "a\nb", "a\r\nset-cookie: b", "\0", "\n", "a\r" })
	void valuesWithNulCrOrLfAreMalformed(String value) throws Exception {
		assertMalformed("x-a", value, "8.2.1");
	}

	@ParameterizedTest
	@ValueSource(strings = { " a", "a ", "\ta", "a\t", " ", "\t" })
	void valuesWithWhitespaceAroundAreMalformed(String value) throws Exception {
		assertMalformed("x-a", value, "8.2.1");
	}

	@ParameterizedTest
	@ValueSource(strings = { "connection", "proxy-connection", "keep-alive", "transfer-encoding", "upgrade", "te" })
	void fieldsOfHttp11ConnectionsAreMalformed(String name) throws Exception {
		assertMalformed(name, "trailers", "8.2.2");
	}

	@Test
	void theSameHoldsForTrailers() throws Exception {
		for (PeerFrame trailers : List.of(headers(1).with("Upper", "x"), headers(1).with("a:b", "x"),
				headers(1).with("x-a", "a\nb"), headers(1).with("x-a", " a"), headers(1).with("connection", "close"),
				headers(1).with("te", "trailers"))) {
			WirePeer peer = new WirePeer().greet();
			Exchange call = peer.call(get("/a"));
			peer.expect(headers(1).endStream());
			peer.send(headers(1).status(200), data(1, "x"), trailers.endStream());
			peer.expect(rstStream(1, ErrorCode.PROTOCOL_ERROR)).expectNothing();
			assertThat(call.text(1)).isEqualTo("x");
			assertThat(call.response().trailers()).isNull();
			call.response().close();
			peer.isAtRest();
		}
	}

	@Test
	void otherOctetsOfValuesAreKeptAsTheyAre() throws Exception {
		WirePeer peer = new WirePeer().greet();
		Exchange call = peer.call(get("/a"));
		peer.send(headers(1).status(200)
			.with("x-text", "\u00e9\u0080\u00ff")
			.with("x-control", "a\u0001\u007fb")
			.with("x-empty", "")
			.with("x-inner", "a \t b")
			.endStream());
		assertThat(call.response().headers()).isEqualTo(Headers.of("x-text", "\u00e9\u0080\u00ff", "x-control",
				"a\u0001\u007fb", "x-empty", "", "x-inner", "a \t b"));
	}

	@Test
	void fieldsOfOneNameKeepTheirOrderAndAreNotJoined() throws Exception {
		WirePeer peer = new WirePeer().greet();
		Exchange call = peer.call(get("/a"));
		peer.send(headers(1).status(200)
			.with("set-cookie", "a=1")
			.with("vary", "x")
			.with("set-cookie", "b=2, c")
			.endStream());
		assertThat(call.response().headers().all("set-cookie")).containsExactly("a=1", "b=2, c");
	}

}
