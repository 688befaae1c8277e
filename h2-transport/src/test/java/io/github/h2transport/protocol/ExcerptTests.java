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

	@Test
	void anUnquotedExcerptKeepsQuotes() {
		assertThat(Excerpt.unquoted("it's\n\\")).isEqualTo("it's\\u000a\\u005c");
		assertThat(Excerpt.unquoted("a".repeat(70))).isEqualTo("a".repeat(64) + " (and 6 more characters)");
	}

	@Test
	void aMessageKeepsTheLettersOfAllLanguages() {
		assertThat(Excerpt.message("Verbindungsaufbau abgelehnt \u00fc \u63a5\u7d9a 'x' \\"))
			.isEqualTo("Verbindungsaufbau abgelehnt \u00fc \u63a5\u7d9a 'x' \\");
		assertThat(Excerpt.message(null)).isEqualTo("null");
	}

	@Test
	void aMessageIsOneLineInOneDirectionWithoutTerminalSequences() {
		assertThat(Excerpt.message("a\r\nb\u001b[2J\u0085\u009b\u007f\u2028\u2029\u202e\u2066\u200f\ufeff\ud83d\ude00"))
			.isEqualTo("a\\u000d\\u000ab\\u001b[2J\\u0085\\u009b\\u007f\\u2028\\u2029\\u202e\\u2066\\u200f\\ufeff"
					+ "\\ud83d\\ude00");
	}

	@Test
	void aMessageIsBounded() {
		assertThat(Excerpt.message("m".repeat(16_384)))
			.isEqualTo("m".repeat(Excerpt.MAX_MESSAGE_LENGTH) + " (and 15984 more characters)");
	}

}
