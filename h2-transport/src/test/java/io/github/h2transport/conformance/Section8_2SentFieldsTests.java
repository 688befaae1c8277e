package io.github.h2transport.conformance;

import java.net.URI;
import java.util.List;

import io.github.h2transport.Headers;
import io.github.h2transport.Http2Request;
import io.github.h2transport.InvalidRequestException;
import io.github.h2transport.testkit.peer.WirePeer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/** RFC 9113 section 8.2: the fields of our requests as a peer decodes them. */
@Timeout(30)
@ExtendWith(ClosesPeers.class)
class Section8_2SentFieldsTests {

	private final WirePeer peer = new WirePeer().greet();

	/** The fields behind the four pseudo-header fields. */
	private List<String> sent(String... fields) throws Exception {
		this.peer.call(request(fields));
		List<String> all = this.peer.rest().get(0).fields();
		assertThat(List.of(all.get(0), all.get(2), all.get(4), all.get(6))).containsExactly(":method", ":scheme",
				":authority", ":path");
		return all.subList(8, all.size());
	}

	private static Http2Request request(String... fields) {
		return Http2Request.builder("GET", URI.create("http://example.test/")).headers(Headers.of(fields)).build();
	}

	@Test
	void namesAreSentInLowerCase() throws Exception {
		assertThat(sent("Accept", "A/B", "X-UPPER-Case", "Value")).containsExactly("accept", "A/B", "x-upper-case",
				"Value");
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "a b", "a:b", ":path", ":protocol", "a\r\n", "a\0", "\u00e9", "\u212a" })
	void namesThatAreNoTokensAreRefusedAndNothingIsSent(String name) throws Exception {
		assertThatExceptionOfType(InvalidRequestException.class).isThrownBy(() -> this.peer.call(request(name, "x")));
		this.peer.expectNothing();
	}

	@ParameterizedTest
	@ValueSource(strings = { "a\rb", "a\nb", "a\0b", "a\u0001", "a\u007f", "\u20ac" })
	void valuesWithControlCharactersAreRefusedAndNothingIsSent(String value) throws Exception {
		assertThatExceptionOfType(InvalidRequestException.class).isThrownBy(() -> this.peer.call(request("a", value)));
		this.peer.expectNothing();
	}

	@Test
	void whitespaceAroundValuesIsNotSent() throws Exception {
		assertThat(sent("a", " \tb c \t", "d", "  ")).containsExactly("a", "b c", "d", "");
	}

	@Test
	void fieldsOfHttp11ConnectionsAreNotSentNorWhatConnectionNames() throws Exception {
		assertThat(sent("Connection", "close, X-Hop", "keep-alive", "5", "proxy-connection", "keep-alive",
				"transfer-encoding", "chunked", "upgrade", "h2c", "x-hop", "1", "accept", "*/*"))
			.containsExactly("accept", "*/*");
	}

	@ParameterizedTest
	@CsvSource({ "trailers,true", "Trailers,true", "gzip,false", "'trailers, gzip',false", "trailers;q=1,false" })
	void teIsSentOnlyForTrailers(String value, boolean isSent) throws Exception {
		assertThat(sent("te", value)).isEqualTo(isSent ? List.of("te", "trailers") : List.of());
	}

	@Test
	void cookieCrumbsAreSentAsTheCallerHasThem() throws Exception {
		assertThat(sent("cookie", "a=1; b=2")).containsExactly("cookie", "a=1; b=2");
	}

	@Test
	void severalCookieFieldsStaySeparate() throws Exception {
		assertThat(sent("cookie", "a=1", "cookie", "b=2")).containsExactly("cookie", "a=1", "cookie", "b=2");
	}

}
