package io.github.h2transport.protocol;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static io.github.h2transport.protocol.Sections.response;
import static io.github.h2transport.protocol.Sections.trailers;
import static org.assertj.core.api.Assertions.assertThat;

/** RFC 9113 section 8.3: the pseudo-header fields of responses. */
class Section8_3PseudoFieldsTests {

	@ParameterizedTest
	@ValueSource(strings = { "100", "102", "103", "200", "204", "304", "404", "599", "600", "999" })
	void threeDigitsFrom100AreAStatus(String status) {
		HeaderSection section = response(":status", status);
		assertThat(section.fault()).isNull();
		assertThat(section.status()).isEqualTo(Integer.parseInt(status));
		assertThat(section.isInterim()).isEqualTo(status.startsWith("1"));
		assertThat(section.headers()).isEmpty();
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "0", "99", "099", "000", "1000", "+20", "-20", "20", "2x0", " 200", "200 ", "200 OK",
			"0x1", "٢٠٠" })
	void anythingElseIsMalformed(String status) {
		HeaderSection section = response(":status", status);
		assertThat(section.fault()).contains(":status");
		assertThat(section.status()).isZero();
	}

	@Test
	void switchingProtocolsIsMalformed() {
		assertThat(response(":status", "101").fault()).contains("8.6");
		assertThat(response(":status", "102").fault()).isNull();
	}

	@Test
	void aResponseWithoutStatusIsMalformed() {
		assertThat(response().fault()).contains("no :status");
		HeaderSection section = response("server", "x");
		assertThat(section.fault()).contains("no :status");
		assertThat(section.headers()).isEmpty();
	}

	@Test
	void aSecondStatusIsMalformedAlsoIfItIsTheSame() {
		assertThat(response(":status", "200", ":status", "200").fault()).contains("more than once");
		assertThat(response(":status", "200", "a", "b", ":status", "200").fault()).contains("more than once");
	}

	@Test
	void aStatusAfterAnotherFieldIsMalformed() {
		assertThat(response("a", "b", ":status", "200").fault()).contains("after another field");
	}

	@ParameterizedTest
	@ValueSource(
			strings = { ":path", ":method", ":authority", ":scheme", ":protocol", ":Status", ":status ", ":", ":x" })
	void noOtherPseudoFieldIsLegal(String name) {
		assertThat(response(":status", "200", name, "x").fault()).contains("8.3.2");
		assertThat(response(name, "x", ":status", "200").fault()).contains("8.3.2");
	}

	@Test
	void trailersHaveNoPseudoFields() {
		assertThat(trailers(":status", "200").fault()).contains("trailers");
		assertThat(trailers("a", "b", ":status", "200").fault()).contains("trailers");
		assertThat(trailers("a", "b").fault()).isNull();
		assertThat(trailers().fault()).isNull();
	}

	@Test
	void anOddStatusIsEscapedInTheWords() {
		assertThat(response(":status", "2\n0").fault()).contains("'2\\u000a0'");
	}

}
