package io.github.h2transport.protocol;

import java.net.URI;
import java.util.List;
import java.util.Random;

import io.github.h2transport.Headers;
import io.github.h2transport.Http2Request;
import io.github.h2transport.InvalidRequestException;
import io.github.h2transport.RequestBody;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Whatever a caller puts together: it is refused with one typed error, or what is sent is
 * legal (RFC 9113 section 8.2, 8.3.1). {@code -Drequest.seed=N} repeats a run.
 */
class RequestHeadMutationTests {

	private static final int REQUESTS = 30_000;

	private static final List<String> METHODS = List.of("GET", "POST", "PUT", "HEAD", "OPTIONS", "TRACE", "CONNECT",
			"patch", "M-SEARCH");

	private static final List<String> URIS = List.of("http://example.test/", "http://example.test",
			"https://[::1]:8443/a", "http://example.test:80/a%20b?c=d#e", "http://user@example.test/",
			"http://example.test/?", "*", "/relative", "mailto:a@b", "http:///", "http://a_b/",
			"http://example.test:99999/", "ftp://example.test/", "http://example.test/%zz",
			"http://ex\u00e4mple.test/\u00e4");

	private static final List<String> NAMES = List.of("accept", "Accept", "x-a", "host", "connection", "te", "cookie",
			"content-length", "transfer-encoding", "upgrade", "keep-alive", "expect", ":path", "", "a b",
			"http2-settings", "proxy-connection", "x\u00e4", "trailer");

	private static final List<String> VALUES = List.of("", "value", " spaces ", "\t", "5", "5, 5", "5,6", "-1",
			"99999999999999999999", "trailers", "gzip", "100-continue", "close, x-a", ",,", "a.test:80", "[::1", "a@b",
			"chunked");

	private final long seed = Long.getLong("request.seed", System.nanoTime());

	private final Random random = new Random(this.seed);

	@Test
	@Timeout(60)
	void aRequestIsRefusedOrLegal() {
		int refused = 0;
		for (int i = 0; i < REQUESTS; i++) {
			refused += isRefused() ? 1 : 0;
		}
		System.out.println(refused + " of " + REQUESTS + " refused, -Drequest.seed=" + this.seed);
		assertThat(refused).isBetween(REQUESTS / 10, REQUESTS * 99 / 100);
	}

	private boolean isRefused() {
		String method = mutated(METHODS);
		URI uri = uri();
		Headers.Builder headers = Headers.builder();
		for (int i = this.random.nextInt(4); i > 0; i--) {
			headers.add(mutated(NAMES), mutated(VALUES));
		}
		RequestBody body = (this.random.nextInt(3) == 0) ? RequestBody.of(new byte[this.random.nextInt(2) * 5])
				: RequestBody.none();
		Headers given = headers.build();
		String place = "seed " + this.seed + ": " + method + " " + uri + " " + given;
		try {
			RequestHead head = RequestHead.of(Http2Request.builder(method, uri).headers(given).body(body).build());
			assertLegal(head, place);
			return false;
		}
		catch (InvalidRequestException ex) {
			assertThat(ex.getMessage()).as(place).isNotBlank();
			assertThat(ex.getMessage().chars().allMatch((c) -> c >= 0x20 && c != 0x7f)).as(place).isTrue();
			return true;
		}
		catch (RuntimeException | Error ex) {
			throw new AssertionError(place, ex);
		}
	}

	private static void assertLegal(RequestHead head, String place) {
		Headers fields = head.fields();
		List<String> pseudo = List.of(":method", ":scheme", ":authority", ":path");
		for (int i = 0; i < fields.size(); i++) {
			String name = fields.name(i);
			String value = fields.value(i);
			if (i < pseudo.size()) {
				assertThat(name).as(place).isEqualTo(pseudo.get(i));
				assertThat(value).as(place).isNotEmpty().doesNotContain(" ");
				assertThat(name.equals(":path") && value.contains("#")).as(place).isFalse();
			}
			else {
				assertThat(name).as(place).matches("[!#$%&'*+.^_`|~0-9a-z-]+");
				assertThat(name).as(place)
					.isNotIn("connection", "keep-alive", "proxy-connection", "transfer-encoding", "upgrade", "host");
				assertThat(name.equals("te") && !value.equals("trailers")).as(place).isFalse();
				assertThat(value).as(place).isEqualTo(value.replaceAll("^[ \t]+|[ \t]+$", ""));
			}
			assertThat(value.chars().noneMatch((c) -> c == 0 || c == '\r' || c == '\n' || c > 0xff)).as(place).isTrue();
		}
	}

	private URI uri() {
		for (;;) {
			try {
				return URI.create(mutated(URIS));
			}
			catch (IllegalArgumentException ex) {
				// The JDK refuses it already.
			}
		}
	}

	private String mutated(List<String> all) {
		String text = all.get(this.random.nextInt(all.size()));
		if (this.random.nextInt(6) != 0) {
			return text;
		}
		int at = this.random.nextInt(text.length() + 1);
		char c = (char) (this.random.nextBoolean() ? this.random.nextInt(128) : this.random.nextInt(0x3000));
		return text.substring(0, at) + c + text.substring(at);
	}

}
