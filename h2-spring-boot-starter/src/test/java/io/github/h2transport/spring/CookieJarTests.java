package io.github.h2transport.spring;

import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;

import io.github.h2transport.Headers;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/** RFC 6265 sections 5.1 to 5.4. */
class CookieJarTests {

	private final ManualClock clock = new ManualClock();

	private final CookieJar jar = new CookieJar(this.clock);

	@Test
	void aCookieGoesBackToItsHostAndToNoOther() {
		set("https://a.example/", "id=1");

		assertThat(sent("https://a.example/x")).isEqualTo("id=1");
		assertThat(sent("https://A.EXAMPLE:8443/")).as("section 8.5: the port does not matter").isEqualTo("id=1");
		assertThat(sent("https://b.a.example/")).as("section 5.3: host-only").isNull();
		assertThat(sent("https://example/")).isNull();
		assertThat(sent("https://bada.example/")).isNull();
	}

	@Test
	void aCookieOfADomainGoesToAllHostsBelow() {
		set("https://www.shop.example/", "id=1; Domain=.Shop.Example");

		assertThat(sent("https://www.shop.example/")).isEqualTo("id=1");
		assertThat(sent("https://shop.example/")).isEqualTo("id=1");
		assertThat(sent("https://a.b.shop.example/")).isEqualTo("id=1");
		assertThat(sent("https://workshop.example/")).isNull();
	}

	@ParameterizedTest
	@CsvSource({ "https://a.example/, b.example", "https://a.example/, example", "https://a.example/, x.a.example",
			"https://127.0.0.1/, 0.0.1", "https://badshop.example/, shop.example" })
	void aCookieForADomainThatIsNotItsOwnIsRefused(String from, String domain) {
		set(from, "id=1; Domain=" + domain);

		assertThat(sent(from)).isNull();
		assertThat(sent("https://" + domain + "/")).isNull();
	}

	@Test
	void anAddressOrASingleLabelHasCookiesOfItsOwn() {
		set("http://127.0.0.1/", "a=1; Domain=127.0.0.1");
		set("http://localhost/", "b=2; Domain=localhost");
		set("http://[::1]/", "c=3");

		assertThat(sent("http://127.0.0.1/")).isEqualTo("a=1");
		assertThat(sent("http://localhost/")).isEqualTo("b=2");
		assertThat(sent("http://www.localhost/")).isNull();
		assertThat(sent("http://[::1]/")).isEqualTo("c=3");
	}

	@ParameterizedTest
	@CsvSource({ "/docs, /docs, true", "/docs, /docs/, true", "/docs, /docs/web, true", "/docs, /docsweb, false",
			"/docs, /, false", "/docs/, /docs/web, true", "/docs/, /docs, false", "/, /anything, true" })
	void thePathDecides(String path, String target, boolean matches) {
		set("https://a.example/", "id=1; Path=" + path);

		assertThat(sent("https://a.example" + target) != null).isEqualTo(matches);
	}

	@ParameterizedTest
	@CsvSource({ "/a/b/c, /a/b/x, true", "/a/b/c, /a/x, false", "/a, /x, true", "/a/, /a/x, true", "/a/, /x, false" })
	void withoutAPathItIsTheFolderOfTheRequest(String from, String target, boolean matches) {
		set("https://a.example" + from, "id=1");

		assertThat(sent("https://a.example" + target) != null).isEqualTo(matches);
	}

	@Test
	void longerPathsGoFirstThenOlderCookies() {
		set("https://a.example/", "old=1; Path=/");
		set("https://a.example/", "deep=2; Path=/a/b");
		set("https://a.example/", "new=3; Path=/");
		set("https://a.example/", "old=4; Path=/");

		assertThat(sent("https://a.example/a/b")).isEqualTo("deep=2; old=4; new=3");
	}

	@Test
	void aSecureCookieIsSetAndSentSecurelyOnly() {
		set("http://a.example/", "id=1; Secure");
		assertThat(sent("https://a.example/")).isNull();

		set("https://a.example/", "id=2; Secure");
		assertThat(sent("https://a.example/")).isEqualTo("id=2");
		assertThat(sent("http://a.example/")).isNull();
	}

	@ParameterizedTest
	@ValueSource(strings = { "__Secure-id=1", "__Host-id=1; Secure", "__Host-id=1; Path=/",
			"__Host-id=1; Secure; Path=/; Domain=shop.example" })
	void aNameThatPromisesMoreThanIsTrueIsRefused(String cookie) {
		set("https://www.shop.example/a/b", cookie);

		assertThat(sent("https://www.shop.example/a/b")).isNull();
	}

	@Test
	void maxAgeEndsACookieAndZeroRemovesIt() {
		set("https://a.example/", "short=1; Max-Age=10");
		set("https://a.example/", "long=2; Max-Age=99999999999999");
		set("https://a.example/", "session=3");
		this.clock.pass(Duration.ofSeconds(10));
		assertThat(sent("https://a.example/")).isEqualTo("long=2; session=3");

		set("https://a.example/", "long=; Max-Age=0");
		set("https://a.example/", "session=; Expires=Thu, 01 Jan 1970 00:00:00 GMT");
		assertThat(sent("https://a.example/")).isNull();
	}

	@Test
	void valuesAreGivenBackAsTheyCame() {
		set("https://a.example/", "id=\"a b\", c=d\\; Max-Age=60; Version=1");

		assertThat(sent("https://a.example/")).isEqualTo("id=\"a b\", c=d\\");
	}

	@Test
	void whatCannotBeUnderstoodIsLeftOut() {
		set("https://a.example/", "=1");
		set("https://a.example/", "");
		set("https://a.example/", "id=" + "x".repeat(CookieJar.MAX_COOKIE_SIZE));

		assertThat(sent("https://a.example/")).isNull();
	}

	@ParameterizedTest
	@ValueSource(ints = { 0x1, 0x7, 0x8, 0xA, 0xD, 0x1F, 0x7F })
	void aCookieWithAControlCharacterIsIgnored(int control) {
		char character = (char) control;
		set("https://a.example/", "theme=a" + character + "b");
		set("https://a.example/", "th" + character + "eme=ab");
		set("https://a.example/", "theme=ab; Path=/" + character);

		assertThat(this.jar.fieldFor(URI.create("https://a.example/"))).isNull();
	}

	@Test
	void neitherADomainNorAllOfThemTakeMoreThanTheirShare() {
		for (int i = 0; i < 2 * CookieJar.MAX_COOKIES_PER_DOMAIN; i++) {
			set("https://a.example/", "n" + i + "=1");
		}
		assertThat(sent("https://a.example/")).isNotNull();
		assertThat(sent("https://a.example/").split("; ")).hasSize(CookieJar.MAX_COOKIES_PER_DOMAIN)
			.as("the oldest go first")
			.doesNotContain("n0=1")
			.contains("n99=1");

		for (int i = 0; i < CookieJar.MAX_DOMAINS; i++) {
			set("https://h" + i + ".example/", "id=1");
		}
		assertThat(sent("https://a.example/")).as("the least recently used").isNull();
		assertThat(sent("https://h0.example/")).isEqualTo("id=1");
	}

	@Test
	void aClearedJarIsEmpty() {
		set("https://a.example/", "id=1");

		this.jar.clear();

		assertThat(sent("https://a.example/")).isNull();
	}

	private void set(String from, String cookie) {
		this.jar.remember(URI.create(from), Headers.of("set-cookie", cookie));
	}

	private String sent(String to) {
		return this.jar.fieldFor(URI.create(to));
	}

	/** A clock that goes when it is told to. */
	private static final class ManualClock extends Clock {

		private Instant now = Instant.parse("2026-01-01T00:00:00Z");

		private void pass(Duration time) {
			this.now = this.now.plus(time);
		}

		@Override
		public ZoneId getZone() {
			return ZoneOffset.UTC;
		}

		@Override
		public Clock withZone(ZoneId zone) {
			return this;
		}

		@Override
		public Instant instant() {
			return this.now;
		}

	}

}
