package io.github.h2transport.spring;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.http.ResponseCookie;

import static org.assertj.core.api.Assertions.assertThat;

/** RFC 6265 section 5.2. */
class SetCookieParserTests {

	private static final Instant NOW = Instant.parse("2026-11-22T10:00:00Z");

	private final SetCookieParser parser = new SetCookieParser(Clock.fixed(NOW, ZoneOffset.UTC));

	@Test
	void everyAttributeIsUnderstood() {
		ResponseCookie cookie = single("id=a=3Db; Max-Age=60; Domain=example.com; Path=/shop; Secure; HttpOnly; "
				+ "SameSite=Lax; Partitioned; Priority=High");

		assertThat(cookie.getName()).isEqualTo("id");
		assertThat(cookie.getValue()).isEqualTo("a=3Db");
		assertThat(cookie.getMaxAge()).isEqualTo(Duration.ofSeconds(60));
		assertThat(cookie.getDomain()).isEqualTo("example.com");
		assertThat(cookie.getPath()).isEqualTo("/shop");
		assertThat(cookie.isSecure()).isTrue();
		assertThat(cookie.isHttpOnly()).isTrue();
		assertThat(cookie.getSameSite()).isEqualTo("Lax");
		assertThat(cookie.isPartitioned()).isTrue();
	}

	@Test
	void aBareCookieHasNoAttributes() {
		ResponseCookie cookie = single("a=1");

		assertThat(cookie.getMaxAge()).isNegative();
		assertThat(cookie.getDomain()).isNull();
		assertThat(cookie.getPath()).isNull();
		assertThat(cookie.isSecure()).isFalse();
		assertThat(cookie.isHttpOnly()).isFalse();
		assertThat(cookie.getSameSite()).isNull();
		assertThat(cookie.isPartitioned()).isFalse();
	}

	@ParameterizedTest
	@ValueSource(strings = { "Sun, 22 Nov 2026 10:01:00 GMT", "Sun, 22-Nov-2026 10:01:00 GMT",
			"Sunday, 22-Nov-26 10:01:00 GMT", "Sun Nov 22 10:01:00 2026", "Sunday, 22-Nov-26 10:01:00 UTC",
			"22 Nov 2026 10:01:00", "Mon, 22 Nov 2026 10:01:00 GMT", "Sun, 22 Nov 2026 10:01:00 GMT+0000",
			"Sun, 22 November 2026 10:01:00 GMT", "\"Sun, 22 Nov 2026 10:01:00 GMT\"", "10:1:0 2026 nov 22",
			"Sun, 22-Nov-2026 10:01:00.000 GMT" })
	void expiresIsTheTimeThatIsLeft(String date) {
		assertThat(single("a=1; expires=" + date).getMaxAge()).isEqualTo(Duration.ofMinutes(1));
	}

	@Test
	void maxAgeHasPrecedenceOverExpiresWhateverTheirOrder() {
		String expires = "Expires=Sun, 22 Nov 2026 10:01:00 GMT";

		assertThat(single("a=1; Max-Age=5; " + expires).getMaxAge()).isEqualTo(Duration.ofSeconds(5));
		assertThat(single("a=1; " + expires + "; Max-Age=5").getMaxAge()).isEqualTo(Duration.ofSeconds(5));
	}

	@ParameterizedTest
	@ValueSource(strings = { "Max-Age=0", "Max-Age=-1", "Expires=Thu, 01 Jan 1970 00:00:00 GMT",
			"Expires=Sunday, 06-Nov-94 08:49:37 GMT", "Expires=Thu, 01-Jan-70 00:00:00 GMT",
			"Expires=01-Jan-70 00:00:00" })
	void aCookieThatIsOverHasAMaximumAgeOfZero(String attribute) {
		assertThat(single("a=1; " + attribute).getMaxAge()).isZero();
	}

	@ParameterizedTest
	@CsvSource({ "a=1; Max-Age=soon,1", "a=1; Expires=tomorrow,1", "a=1; Expires=30 Feb 2026 10:00:00,1",
			"a=1; Expires=1 Jan 2026 25:00:00,1", "a=1; Expires=1 Jan 1600 10:00:00,1", "a=1; Expires=1 Jan 2026,1",
			"a=1;;;,1", "a=; Secure,''", " a = 1 ; Path=/,1" })
	void whatCannotBeUnderstoodIsLeftOut(String header, String value) {
		ResponseCookie cookie = single(header);

		assertThat(cookie.getName()).isEqualTo("a");
		assertThat(cookie.getValue()).isEqualTo(value);
		assertThat(cookie.getMaxAge()).isNegative();
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "novalue", "=1", ";a=1", "novalue; a=1" })
	void withoutANameThereIsNoCookie(String header) {
		assertThat(this.parser.parse(header)).isEmpty();
	}

	@Test
	void severalFieldsAreSeveralCookies() {
		assertThat(this.parser.parse(List.of("a=1", "b=2", "a=3")).toSingleValueMap().keySet()).containsExactly("a",
				"b");
		assertThat(this.parser.parse(List.of("a=1", "b=2", "a=3")).get("a")).extracting(ResponseCookie::getValue)
			.containsExactly("1", "3");
	}

	private ResponseCookie single(String header) {
		assertThat(this.parser.parse(header)).hasSize(1);
		return this.parser.parse(header).get(0);
	}

}
