package io.github.h2transport.protocol;

import io.github.h2transport.Headers;
import io.github.h2transport.protocol.HeaderSection.Kind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static io.github.h2transport.protocol.Sections.response;
import static io.github.h2transport.protocol.Sections.trailers;
import static org.assertj.core.api.Assertions.assertThat;

/** RFC 9113 section 8.2: names and values that a response may have. */
class Section8_2FieldsTests {

	@Test
	void fieldsKeepTheirOrderTheirRepetitionsAndTheirFlag() {
		HeaderSection section = response(":status", "200", "set-cookie", "a=1", "server", "x", "set-cookie", "b=2");
		section.field("x-token", "secret", true);
		assertThat(section.fault()).isNull();
		assertThat(section.status()).isEqualTo(200);
		Headers expected = Headers.builder()
			.add("set-cookie", "a=1")
			.add("server", "x")
			.add("set-cookie", "b=2")
			.add("x-token", "secret", true)
			.build();
		assertThat(section.headers()).isEqualTo(expected);
	}

	@Test
	void everyCharacterOfATokenIsLegalInANameAndNoOtherIs() {
		String legal = "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyz";
		for (char c = 0; c <= 0xff; c++) {
			String fault = response(":status", "200", "x" + c, "v").fault();
			assertThat(fault == null).as("character 0x%02x", (int) c).isEqualTo(legal.indexOf(c) >= 0);
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "Server", "x y", "x:", "é", " x" })
	void aBadNameIsMalformedInResponsesAndTrailers(String name) {
		assertThat(response(":status", "200", name, "v").fault()).contains("8.2.1");
		assertThat(trailers(name, "v").fault()).contains("8.2.1");
	}

	@Test
	void onlyCrLfAndNulAreForbiddenInsideAValue() {
		for (char c = 0; c <= 0xff; c++) {
			String fault = response(":status", "200", "x", "a" + c + "b").fault();
			assertThat(fault == null).as("character 0x%02x", (int) c).isEqualTo(c != '\r' && c != '\n' && c != 0);
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { " a", "a ", "\ta", "a\t", " ", "\t", "a\n", "\r\n", "\0" })
	void whitespaceAroundAValueIsMalformed(String value) {
		assertThat(response(":status", "200", "x", value).fault()).contains("field 'x'").contains("8.2.1");
		assertThat(trailers("x", value).fault()).contains("8.2.1");
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "a b", "a\tb" })
	void whitespaceInsideAValueAndNoValueAtAllAreLegal(String value) {
		assertThat(response(":status", "200", "x", value).fault()).isNull();
	}

	@ParameterizedTest
	@ValueSource(strings = { "connection", "proxy-connection", "keep-alive", "transfer-encoding", "upgrade", "te" })
	void connectionSpecificFieldsAreMalformed(String name) {
		assertThat(response(":status", "200", name, "x").fault()).contains("8.2.2").contains(name);
		assertThat(trailers(name, "x").fault()).contains("8.2.2");
		assertThat(response(":status", "200", name + "x", "x").fault()).isNull();
	}

	@Test
	void theWordsOfAFaultEscapeTheNameAndLeaveTheValueOut() {
		String fault = response(":status", "200", "evil\u001b[31m\n", "secret").fault();
		assertThat(fault).contains("'evil\\u001b[31m\\u000a'").doesNotContain("secret");
		assertThat(response(":status", "200", "x", "secret\n").fault()).doesNotContain("secret");
	}

	@Test
	void afterAFaultNothingIsKeptAndTheFirstFaultStays() {
		HeaderSection section = response(":status", "200", "a", "1", "B", "2", "connection", "close", "c", "3");
		assertThat(section.fault()).contains("'B'");
		assertThat(section.headers()).isEmpty();
		assertThat(section.status()).isZero();
	}

	@Test
	void aSectionCanBeUsedAgainAfterAFault() {
		HeaderSection section = response(":status", "200", "B", "2");
		section.begin(Kind.TRAILERS);
		section.field("grpc-status", "0", false);
		assertThat(section.fault()).isNull();
		assertThat(section.headers()).isEqualTo(Headers.of("grpc-status", "0"));
	}

	@Test
	void anIgnoredSectionIsNotJudgedAndNotKept() {
		HeaderSection section = Sections.section(Kind.IGNORED, 10, ":path", "/", "B", "\n", "x", "y".repeat(100));
		assertThat(section.fault()).isNull();
		assertThat(section.isTooLarge()).isFalse();
		assertThat(section.headers()).isEmpty();
	}

}
