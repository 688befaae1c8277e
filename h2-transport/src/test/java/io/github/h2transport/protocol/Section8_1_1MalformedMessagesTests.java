package io.github.h2transport.protocol;

import io.github.h2transport.Headers;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/** RFC 9113 section 8.1.1: content and {@code content-length} must agree. */
class Section8_1_1MalformedMessagesTests {

	@ParameterizedTest
	@CsvSource(delimiter = '|', value = { "0|0", "5|5", "005|5", "5, 5|5", "5,5,5|5", "5 , 5|5", "5,\t5|5",
			"9223372036854775807|9223372036854775807" })
	void aNumberOrTheSameNumberRepeatedIsALength(String value, long expected) {
		assertThat(lengthOf(value)).isEqualTo(expected);
	}

	@ParameterizedTest
	@ValueSource(strings = { "", " ", "-1", "+5", "5.0", "5x", "0x5", "five", "5, 6", "5,", ",5", "5,,5", "5 5", "5;5",
			"9223372036854775808", "99999999999999999999999999", "٥" })
	void anythingElseIsMalformed(String value) {
		assertThat(lengthOf(value)).isEqualTo(BodyLength.MALFORMED);
	}

	private static long lengthOf(String contentLength) {
		return BodyLength.expected(false, 200, Headers.of("content-length", contentLength));
	}

	@Test
	void twoFieldsMustAgree() {
		assertThat(BodyLength.expected(false, 200, Headers.of("content-length", "5", "content-length", "5")))
			.isEqualTo(5);
		assertThat(BodyLength.expected(false, 200, Headers.of("content-length", "5", "content-length", "6")))
			.isEqualTo(BodyLength.MALFORMED);
		assertThat(BodyLength.expected(false, 200,
				Headers.of("content-length", "5", "content-length", "6", "content-length", "5")))
			.isEqualTo(BodyLength.MALFORMED);
		assertThat(BodyLength.expected(false, 200, Headers.of("content-length", "x", "content-length", "5")))
			.isEqualTo(BodyLength.MALFORMED);
	}

	@Test
	void withoutContentLengthAnyLengthIsLegal() {
		long expected = BodyLength.expected(false, 200, Headers.of("content-type", "text/plain"));
		assertThat(expected).isEqualTo(BodyLength.UNKNOWN);
		assertThat(BodyLength.fault(expected, 0, true)).isNull();
		assertThat(BodyLength.fault(expected, Long.MAX_VALUE, false)).isNull();
	}

	@ParameterizedTest
	@CsvSource({ "true,200", "true,404", "false,204", "false,304", "false,103" })
	void someResponsesHaveNoContentButMaySayALength(boolean head, int status) {
		long expected = BodyLength.expected(head, status, Headers.of("content-length", "5"));
		assertThat(expected).isEqualTo(BodyLength.NONE);
		assertThat(BodyLength.expected(head, status, Headers.empty())).isEqualTo(BodyLength.NONE);
		assertThat(BodyLength.fault(expected, 0, true)).isNull();
		assertThat(BodyLength.fault(expected, 1, false)).contains("content in a response that has none");
	}

	@ParameterizedTest
	@ValueSource(ints = { 200, 203, 205, 206, 303, 305, 404, 999 })
	void otherResponsesHaveTheirDeclaredContent(int status) {
		assertThat(BodyLength.expected(false, status, Headers.of("content-length", "5"))).isEqualTo(5);
	}

	@ParameterizedTest
	@CsvSource({ "true,200", "false,204", "false,304" })
	void aMalformedLengthIsMalformedAlsoWhereThereIsNoContent(boolean head, int status) {
		assertThat(BodyLength.expected(head, status, Headers.of("content-length", "5, 6")))
			.isEqualTo(BodyLength.MALFORMED);
	}

	@Test
	void theDeclaredContentMustComeWhole() {
		assertThat(BodyLength.fault(5, 4, false)).isNull();
		assertThat(BodyLength.fault(5, 5, false)).isNull();
		assertThat(BodyLength.fault(5, 5, true)).isNull();
		assertThat(BodyLength.fault(5, 4, true)).contains("4 of 5 octets");
		assertThat(BodyLength.fault(5, 6, false)).contains("more content than the content-length of 5");
		assertThat(BodyLength.fault(0, 0, true)).isNull();
		assertThat(BodyLength.fault(0, 1, false)).isNotNull();
		assertThat(BodyLength.fault(BodyLength.MALFORMED, 0, false)).contains("8.6");
	}

}
