package io.github.h2transport.protocol;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class ExcerptTests {

	@Test
	void plainTextStaysAsItIs() {
		assertThat(Excerpt.of("x-plain_1 ~")).isEqualTo("'x-plain_1 ~'");
		assertThat(Excerpt.of("")).isEqualTo("''");
	}

	@Test
	void everythingElseIsEscaped() {
		assertThat(Excerpt.of("a\r\n\t\u001b\0\u007f'\\"))
			.isEqualTo("'a\\u000d\\u000a\\u0009\\u001b\\u0000\\u007f\\u0027\\u005c'");
		assertThat(Excerpt.of("é\u202e\uff01")).isEqualTo("'\\u00e9\\u202e\\uff01'");
	}

	@Test
	void longTextIsCut() {
		String longest = "a".repeat(Excerpt.MAX_LENGTH);
		assertThat(Excerpt.of(longest)).isEqualTo("'" + longest + "'");
		assertThat(Excerpt.of(longest + "bc")).isEqualTo("'" + longest + "' (and 2 more characters)");
	}

}
