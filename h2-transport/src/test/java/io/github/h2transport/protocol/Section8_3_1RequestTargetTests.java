package io.github.h2transport.protocol;

import java.net.URI;

import io.github.h2transport.Headers;
import io.github.h2transport.Http2Request;
import io.github.h2transport.Initiator;
import io.github.h2transport.InvalidRequestException;
import io.github.h2transport.Phase;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/** RFC 9113 section 8.3.1: the pseudo-header fields of requests. */
class Section8_3_1RequestTargetTests {

	@Test
	void pseudoFieldsComeFirstAndOnce() throws Exception {
		RequestHead head = head("PUT", "https://example.com/a?b=c", "accept", "*/*");
		assertThat(head.fields()).isEqualTo(Headers.of(":method", "PUT", ":scheme", "https", ":authority",
				"example.com", ":path", "/a?b=c", "accept", "*/*", "content-length", "0"));
		assertThat(head.method()).isEqualTo("PUT");
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', nullValues = "-",
			value = { "https://h|/", "https://h/|/", "https://h?|/?", "https://h?x=1|/?x=1", "https://h/a/?|/a/?",
					"https://h/a%2Fb%20c?d=%C3%A9|/a%2Fb%20c?d=%C3%A9", "https://h//a/../b|//a/../b",
					"https://h/a#frag|/a", "https://h/a?b#frag|/a?b", "https://h/é?ö=ü|/%C3%A9?%C3%B6=%C3%BC",
					"https://h/%2f?é|/%2f?%C3%A9", "https://h/\uD83D\uDE00|/%F0%9F%98%80" })
	void pathAndQueryAreSentRawWithoutTheFragment(String uri, String path) throws Exception {
		assertThat(head("GET", uri).fields().get(":path")).isEqualTo(path);
	}

	@ParameterizedTest
	@CsvSource({ "OPTIONS,https://h,*", "OPTIONS,https://h/,/", "OPTIONS,https://h?a,/?a", "GET,https://h,/" })
	void onlyOptionsWithoutPathAndQueryAsksForTheServerAsAWhole(String method, String uri, String path)
			throws Exception {
		assertThat(head(method, uri).fields().get(":path")).isEqualTo(path);
	}

	@ParameterizedTest
	@CsvSource({ "https://example.com,https,example.com", "HTTPS://EXAMPLE.com:443/,https,example.com",
			"https://example.com:8443,https,example.com:8443", "http://example.com:80,http,example.com",
			"http://example.com:443,http,example.com:443", "https://example.com:65535,https,example.com:65535",
			"https://example.com:1,https,example.com:1", "https://127.0.0.1,https,127.0.0.1",
			"https://[::1]:8443,https,[::1]:8443", "https://[FE80::1%25eth0]/,https,[fe80::1]",
			"https://user:secret@example.com/,https,example.com" })
	void theAuthorityIsHostAndPortAndNothingElse(String uri, String scheme, String authority) throws Exception {
		Headers fields = head("GET", uri).fields();
		assertThat(fields.get(":scheme")).isEqualTo(scheme);
		assertThat(fields.get(":authority")).isEqualTo(authority);
	}

	@ParameterizedTest
	@ValueSource(strings = { "other.example", "other.example:1", "other.example:65535", "my_service:8080", "[::1]",
			"[2001:db8::1.2.3.4]:443", "10.0.0.1", " padded.example\t" })
	void aHostFieldReplacesTheAuthorityAndIsNotSentItself(String host) throws Exception {
		Headers fields = head("GET", "https://example.com/", "accept", "*/*", "Host", host).fields();
		assertThat(fields).isEqualTo(Headers.of(":method", "GET", ":scheme", "https", ":authority", host.strip(),
				":path", "/", "accept", "*/*"));
	}

	@ParameterizedTest
	@ValueSource(strings = { "", " ", "a b", "user@host", "https://host", "host/path", "host:", "host:0", "host:65536",
			"host:99999999999", "host:8o", "host:1:2", ":80", "[::1", "[]", "[::1]x", "[::1]:", "[1234]", "[::g]",
			"h%6fst", "h\u00f6st", "[::1%eth0]" })
	void aHostFieldThatIsNoAuthorityIsRefusedWithoutShowingIt(String host) {
		assertThat(refusal("GET", "https://example.com/", "host", host)).contains("'host'")
			.contains("RFC 9110 section 7.2");
	}

	@Test
	void twoHostFieldsAreRefused() {
		assertThat(refusal("GET", "https://example.com/", "host", "a", "host", "a")).contains("more than one");
	}

	@ParameterizedTest
	@ValueSource(strings = { "GET", "get", "PROPFIND", "M-SEARCH", "!#$%&'*+-.^_`|~09azAZ", "connect" })
	void aMethodIsAnyToken(String method) throws Exception {
		RequestHead head = head(method, "https://h/");
		assertThat(head.fields().get(":method")).isEqualTo(method);
		assertThat(head.isHead()).isFalse();
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "GET ", " GET", "G T", "GET\n", "GET/", "G(T", "GÉT", "GET\0" })
	void anythingElseIsRefused(String method) {
		assertThat(refusal(method, "https://h/")).contains("not a token").doesNotContain("\n").doesNotContain("\0");
	}

	@Test
	void connectIsRefused() {
		assertThat(refusal("CONNECT", "https://h/")).contains("CONNECT").contains("8.5");
	}

	@Test
	void onlyHeadIsHead() throws Exception {
		assertThat(head("HEAD", "https://h/").isHead()).isTrue();
		assertThat(head("head", "https://h/").isHead()).isFalse();
	}

	@ParameterizedTest
	@CsvSource({ "ftp://h/,'ftp'", "/path,no scheme", "//h/path,no scheme", "https:/path,no host",
			"https:opaque,no host", "https:///path,no host", "https://my_service/,no host", "https://h:0/,port 0",
			"https://h:65536/,port 65536", "h2c://h/,'h2c'" })
	void aTargetNeedsSchemeHostAndPort(String uri, String words) {
		assertThat(refusal("GET", uri)).contains(words);
	}

	@Test
	void anUnpairedSurrogateInTheTargetIsRefused() {
		assertThat(refusal("GET", "https://h/\ud83d")).contains("unpaired surrogate");
	}

	@Test
	void userInformationIsNotShownInMessages() {
		assertThat(refusal("GET", "https://user:secret@h:0/")).doesNotContain("secret");
	}

	@Test
	void aRefusalSaysThatTheCallerMustChangeTheRequest() {
		assertThatExceptionOfType(InvalidRequestException.class).isThrownBy(() -> head("CONNECT", "https://h/"))
			.satisfies((ex) -> {
				assertThat(ex.context().initiator()).isEqualTo(Initiator.CALLER);
				assertThat(ex.context().phase()).isEqualTo(Phase.VALIDATE);
			});
	}

	private static RequestHead head(String method, String uri, String... fields) throws InvalidRequestException {
		return RequestHead.of(Http2Request.builder(method, URI.create(uri)).headers(Headers.of(fields)).build());
	}

	private static String refusal(String method, String uri, String... fields) {
		try {
			return "Not refused: " + head(method, uri, fields);
		}
		catch (InvalidRequestException ex) {
			return String.valueOf(ex.getMessage());
		}
	}

}
