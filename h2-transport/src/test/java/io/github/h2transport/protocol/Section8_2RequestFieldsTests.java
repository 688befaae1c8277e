package io.github.h2transport.protocol;

import java.io.ByteArrayInputStream;
import java.net.URI;

import io.github.h2transport.HeaderField;
import io.github.h2transport.Headers;
import io.github.h2transport.Http2Request;
import io.github.h2transport.InvalidRequestException;
import io.github.h2transport.RequestBody;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/** RFC 9113 section 8.2 and RFC 9110 sections 5.5 and 7.6.1: the fields of requests. */
class Section8_2RequestFieldsTests {

	private static final String TARGET = "https://example.com/";

	@Test
	void namesAreSentInLowerCaseAndFieldsKeepTheirOrderAndRepetitions() throws Exception {
		assertThat(fields("X-B", "1", "Accept", "a", "x-b", "2"))
			.isEqualTo(Headers.of("x-b", "1", "accept", "a", "x-b", "2"));
	}

	@Test
	void everyCharacterOfATokenIsLegalInANameAndNoOtherIs() {
		String legal = "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
		for (char c = 0; c <= 0x17f; c++) {
			String refusal = refusal("x" + c, "v");
			assertThat(refusal == null).as("character 0x%02x", (int) c).isEqualTo(legal.indexOf(c) >= 0);
		}
	}

	@Test
	void aBadNameIsShownEscapedWithItsPosition() {
		assertThat(refusal("ok", "v", "a\nb", "secret")).contains("header field 2")
			.contains("'a\\u000ab'")
			.doesNotContain("secret");
		assertThat(refusal("", "v")).contains("header field 1");
	}

	@ParameterizedTest
	@ValueSource(strings = { ":path", ":authority", ":protocol", ":", ":STATUS" })
	void pseudoFieldsCannotBeSetByTheCaller(String name) {
		assertThat(refusal(name, "x")).contains("Pseudo-header").contains("8.3");
	}

	@Test
	void aValueHasNoControlCharacterButTabAndNothingAboveAnOctet() {
		for (char c = 0; c <= 0x17f; c++) {
			boolean legal = c == '\t' || (c >= ' ' && c <= '~') || (c >= 0x80 && c <= 0xff);
			assertThat(refusal("x", "a" + c + "b") == null).as("character 0x%02x", (int) c).isEqualTo(legal);
		}
	}

	@Test
	void aBadValueIsNamedByFieldAndIndexAndNeverShown() {
		assertThat(refusal("authorization", "secret\r\nx: y")).contains("'authorization'")
			.contains("at index 6")
			.contains("control character")
			.doesNotContain("secret");
		assertThat(refusal("x-name", "Ren\u00e9 \u20ac")).contains("'x-name'")
			.contains("at index 5")
			.contains("encode it")
			.doesNotContain("Ren");
		assertThat(refusal("x", "a\n")).contains("at index 1");
	}

	@Test
	void whitespaceAroundAValueIsRemoved() throws Exception {
		assertThat(fields("a", " \tx y\t ", "b", " \t", "c", "")).isEqualTo(Headers.of("a", "x y", "b", "", "c", ""));
	}

	@Test
	void fieldsOfHttp11ConnectionsAreLeftOut() throws Exception {
		assertThat(fields("Connection", "close", "proxy-connection", "x", "keep-alive", "5", "transfer-encoding",
				"chunked", "upgrade", "h2c", "http2-settings", "AAMAAABk", "accept", "*/*", "upgrade-insecure-requests",
				"1"))
			.isEqualTo(Headers.of("accept", "*/*", "upgrade-insecure-requests", "1"));
	}

	@Test
	void fieldsThatConnectionNamesAreLeftOutWhereverItStands() throws Exception {
		assertThat(fields("x-hop", "1", "x-end", "2", "connection", "keep-alive, X-Hop ,,x-other", "x-other", "3",
				"connection", "x-more", "x-more", "4"))
			.isEqualTo(Headers.of("x-end", "2"));
	}

	@Test
	void aDroppedFieldMustNotHideAnInjection() {
		assertThat(refusal("connection", "close\r\nx: y")).contains("'connection'");
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|',
			value = { "trailers|true", " Trailers |true", "gzip|false", "trailers, gzip|false", "''|false" })
	void teIsSentOnlyForTrailers(String value, boolean sent) throws Exception {
		assertThat(fields("te", value)).isEqualTo(sent ? Headers.of("te", "trailers") : Headers.empty());
		assertThat(fields("te", value, "connection", "te"))
			.isEqualTo(sent ? Headers.of("te", "trailers") : Headers.empty());
	}

	@Test
	void secretsAreNeverIndexedNorIsWhatTheCallerMarked() throws Exception {
		Headers source = Headers.builder()
			.add("Authorization", "a")
			.add("cookie", "b")
			.add("set-cookie", "c")
			.add("proxy-authorization", "d")
			.add("x-api-key", "e", true)
			.add("accept", "f")
			.add("authorization-info", "g")
			.build();
		Headers fields = RequestHead.of(Http2Request.builder("GET", URI.create(TARGET)).headers(source).build())
			.fields();
		for (HeaderField field : fields) {
			boolean secret = field.value().length() == 1 && "abcde".contains(field.value());
			assertThat(field.sensitive()).as(field.name()).isEqualTo(secret);
		}
	}

	@ParameterizedTest
	@CsvSource({ "GET,false", "HEAD,false", "DELETE,false", "OPTIONS,false", "POST,true", "PUT,true", "PATCH,true",
			"post,false" })
	void anEmptyBodyHasALengthOnlyWhereContentIsExpected(String method, boolean sent) throws Exception {
		RequestHead head = head(method, RequestBody.none());
		assertThat(head.fields().get("content-length")).isEqualTo(sent ? "0" : null);
		assertThat(head.contentLength()).isZero();
	}

	@ParameterizedTest
	@ValueSource(strings = { "GET", "POST", "DELETE" })
	void aKnownLengthIsAlwaysSentOnceAndLast(String method) throws Exception {
		RequestHead head = head(method, RequestBody.of(new byte[3]), "content-length", "3", "a", "b");
		assertThat(head.fields().size()).isEqualTo(6);
		assertThat(head.fields().name(5)).isEqualTo("content-length");
		assertThat(head.fields().value(5)).isEqualTo("3");
		assertThat(head.contentLength()).isEqualTo(3);
	}

	@Test
	void anUnknownLengthIsTheCallersIfThereIsOne() throws Exception {
		RequestHead silent = head("POST", unknown());
		assertThat(silent.fields().contains("content-length")).isFalse();
		assertThat(silent.contentLength()).isEqualTo(-1);
		RequestHead promised = head("POST", unknown(), "content-length", "007");
		assertThat(promised.fields().get("content-length")).isEqualTo("7");
		assertThat(promised.contentLength()).isEqualTo(7);
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "x", "-1", "+3", "3.0", "3, 4", "9223372036854775808" })
	void aMalformedContentLengthIsRefused(String value) {
		assertThat(refusal(RequestBody.of(new byte[3]), "content-length", value)).contains("'content-length'");
		assertThat(refusal(unknown(), "content-length", value)).contains("'content-length'");
	}

	@Test
	void aContentLengthThatDiffersFromTheBodyOrFromAnotherIsRefused() {
		assertThat(refusal(RequestBody.of(new byte[3]), "content-length", "4")).contains("differs")
			.contains("3 octets");
		assertThat(refusal(RequestBody.none(), "content-length", "4")).contains("differs");
		assertThat(refusal(unknown(), "content-length", "4", "content-length", "5")).contains("conflicting");
		assertThat(refusal(unknown(), "content-length", "4", "content-length", "4")).isNull();
	}

	@Test
	void theListSizeCountsEveryFieldWithThirtyTwoOctets() throws Exception {
		RequestHead head = head("GET", RequestBody.none(), "a", " bc ", "connection", "close");
		int pseudo = (7 + 3) + (7 + 5) + (10 + 11) + (5 + 1) + 4 * 32;
		assertThat(head.listSize()).isEqualTo(pseudo + 1 + 2 + 32);
	}

	@Test
	void theDescriptionShowsNamesOnly() throws Exception {
		assertThat(head("GET", RequestBody.none(), "authorization", "secret").toString()).contains("authorization")
			.doesNotContain("secret")
			.doesNotContain("example.com");
	}

	private static RequestBody unknown() {
		return RequestBody.ofInputStream(new ByteArrayInputStream(new byte[3]), RequestBody.UNKNOWN_LENGTH);
	}

	private static RequestHead head(String method, RequestBody body, String... fields) throws InvalidRequestException {
		return RequestHead
			.of(Http2Request.builder(method, URI.create(TARGET)).headers(Headers.of(fields)).body(body).build());
	}

	/** The fields of a GET after its pseudo-header fields. */
	private static Headers fields(String... fields) throws InvalidRequestException {
		Headers all = head("GET", RequestBody.none(), fields).fields();
		Headers.Builder rest = Headers.builder();
		for (int i = 4; i < all.size(); i++) {
			rest.add(all.name(i), all.value(i), all.isSensitive(i));
		}
		return rest.build();
	}

	private static String refusal(String... fields) {
		return refusal(RequestBody.none(), fields);
	}

	private static String refusal(RequestBody body, String... fields) {
		try {
			head("POST", body, fields);
			return null;
		}
		catch (InvalidRequestException ex) {
			return ex.getMessage();
		}
	}

}
