package io.github.h2transport.spring;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;

import org.springframework.http.ResponseCookie;
import org.springframework.http.ResponseCookie.ResponseCookieBuilder;

/**
 * Reads {@code Set-Cookie} fields as user agents do (RFC 6265 section 5.2): what cannot
 * be understood is left out, and never fails the response.
 */
final class SetCookieParser implements ResponseCookie.Parser {

	private final Clock clock;

	SetCookieParser(Clock clock) {
		this.clock = clock;
	}

	@Override
	public List<ResponseCookie> parse(String header) {
		int end = end(header, 0);
		int equals = header.indexOf('=');
		String name = (equals > 0 && equals < end) ? header.substring(0, equals).strip() : "";
		if (name.isEmpty()) {
			return List.of();
		}
		try {
			ResponseCookieBuilder cookie = ResponseCookie.fromClientResponse(name,
					header.substring(equals + 1, end).strip());
			new Attributes(cookie).read(header, end);
			return List.of(cookie.build());
		}
		catch (IllegalArgumentException ex) {
			// Not a cookie that Spring can hold.
			return List.of();
		}
	}

	private static int end(String header, int from) {
		int semicolon = header.indexOf(';', from);
		return (semicolon != -1) ? semicolon : header.length();
	}

	/** The attributes of one cookie. */
	private final class Attributes {

		private final ResponseCookieBuilder cookie;

		private boolean hasMaxAge;

		private Attributes(ResponseCookieBuilder cookie) {
			this.cookie = cookie;
		}

		private void read(String header, int from) {
			for (int start = from + 1; start < header.length();) {
				int end = end(header, start);
				String attribute = header.substring(start, end);
				int equals = attribute.indexOf('=');
				String name = (equals != -1) ? attribute.substring(0, equals) : attribute;
				set(name.strip().toLowerCase(Locale.ROOT),
						(equals != -1) ? attribute.substring(equals + 1).strip() : "");
				start = end + 1;
			}
		}

		private void set(String name, String value) {
			switch (name) {
				case "max-age" -> maxAge(value);
				case "expires" -> expires(value);
				case "domain" -> this.cookie.domain(value);
				case "path" -> this.cookie.path(value);
				case "secure" -> this.cookie.secure(true);
				case "httponly" -> this.cookie.httpOnly(true);
				case "partitioned" -> this.cookie.partitioned(true);
				case "samesite" -> this.cookie.sameSite(value);
				default -> {
					// RFC 6265 section 5.2: unknown attributes are ignored.
				}
			}
		}

		private void maxAge(String value) {
			try {
				// RFC 6265 section 5.2.2: zero or less means that it is over already.
				this.cookie.maxAge(Math.max(0, Long.parseLong(value)));
				this.hasMaxAge = true;
			}
			catch (NumberFormatException ex) {
				// As if it were not there.
			}
		}

		private void expires(String value) {
			Instant date = CookieDate.parse(value);
			// RFC 6265 section 5.3: Max-Age has precedence.
			if (date != null && !this.hasMaxAge) {
				Duration left = Duration.between(SetCookieParser.this.clock.instant(), date);
				this.cookie.maxAge(left.isNegative() ? Duration.ZERO : left);
			}
		}

	}

}
