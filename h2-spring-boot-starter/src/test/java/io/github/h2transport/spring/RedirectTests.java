package io.github.h2transport.spring;

import java.io.IOException;
import java.net.ProtocolException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

import io.github.h2transport.CallOptions;
import io.github.h2transport.Http2Request;
import io.github.h2transport.TransportOptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.http.HttpMethod;
import org.springframework.http.client.ClientHttpResponse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/** RFC 9110 section 15.4. */
class RedirectTests {

	private static final URI START = URI.create("https://a.example/dir/start?q=1");

	private final FakeExchange exchange = new FakeExchange();

	@ParameterizedTest
	@CsvSource({ "301,GET,GET", "302,GET,GET", "303,GET,GET", "307,GET,GET", "308,GET,GET", "301,HEAD,HEAD",
			"303,HEAD,HEAD", "301,POST,GET", "302,POST,GET", "303,POST,GET", "307,POST,POST", "308,POST,POST",
			"302,PUT,PUT", "303,PUT,GET", "302,DELETE,DELETE" })
	void theMethodChangesAsTheStatusSays(int status, String method, String next) throws IOException {
		this.exchange.answers(status, "location", "/next").answers(200);

		ClientHttpResponse response = send(HttpMethod.valueOf(method), "body");

		assertThat(response.getStatusCode().value()).isEqualTo(200);
		assertThat(followUp().method()).isEqualTo(next);
		assertThat(followUp().uri()).isEqualTo(URI.create("https://a.example/next"));
		assertThat(this.exchange.bodies.get(1)).isEqualTo(next.equals(method) ? "body" : "");
		assertThat(followUp().headers().contains("content-type")).isEqualTo(next.equals(method));
		assertThat(this.exchange.responses.get(0).closed).as("the redirect's own answer is given back").isTrue();
		assertThat(this.exchange.responses.get(1).closed).isFalse();
	}

	@ParameterizedTest
	@CsvSource({ "next,https://a.example/dir/next", "../up,https://a.example/up",
			"?r=2,https://a.example/dir/start?r=2", "//b.example/x,https://b.example/x",
			"https://b.example:8443/x,https://b.example:8443/x",
			"https://a.example/with space,https://a.example/with%20space", "/a|b{c}\"<>^`,/a%7Cb%7Bc%7D%22%3C%3E%5E%60",
			"\\\\b.example\\x,https://b.example/x", "/100%,/100%25", "/%zz%41,/%25zz%41", "/[1],/%5B1%5D",
			"/\u00c3\u00a4,/%C3%A4", "/\u20ac,/%E2%82%AC", "../../../up,/up", "/../ok,/ok", "/a/./b/../c,/a/c",
			"/a/%2e%2E/b,/b", "/a/..,/", "next#part,/dir/next", "/q?a=b c|d,/q?a=b%20c%7Cd", "'  /trimmed ',/trimmed",
			"https:next,/dir/next", "https:///b.example/x,https://b.example/x" })
	void theLocationMayBeRelative(String location, String target) throws IOException {
		this.exchange.answers(302, "location", location).answers(200);

		send(HttpMethod.GET, null);

		assertThat(followUp().uri())
			.isEqualTo(URI.create(target.startsWith("/") ? "https://a.example" + target : target));
	}

	@ParameterizedTest
	@ValueSource(strings = { "https://", "https://user:hidden@/x?hidden", "https://b.example:port/", "https://[::1/",
			"//b example/", "https://b.example:8443x/" })
	void aLocationThatLeadsNowhereIsAFailureThatSaysSo(String location) {
		this.exchange.answers(302, "location", location);

		assertThatExceptionOfType(ProtocolException.class).isThrownBy(() -> send(HttpMethod.GET, null))
			.withMessageStartingWith(
					"Cannot follow the redirect (302) of GET https://a.example/dir/start: its Location is no URL (")
			.satisfies((failure) -> assertThat(failure.getMessage()).doesNotContain("hidden"));
		assertThat(this.exchange.responses).allMatch((response) -> response.closed);
	}

	@ParameterizedTest
	@ValueSource(strings = { "http://a.example/plain", "ftp://a.example/x", "mailto:a@example", "" })
	void aTargetThatIsUnsafeOrUnusableLeavesTheAnswerToTheCaller(String location) throws IOException {
		this.exchange.answers(302, "location", location).answers(200);

		ClientHttpResponse response = send(HttpMethod.GET, null);

		if (location.isEmpty()) {
			// An empty reference is the target itself (RFC 3986 section 4.4).
			assertThat(response.getStatusCode().value()).isEqualTo(200);
		}
		else {
			assertThat(response.getStatusCode().value()).isEqualTo(302);
			assertThat(this.exchange.requests).hasSize(1);
			assertThat(this.exchange.responses.get(0).closed).isFalse();
		}
	}

	@ParameterizedTest
	@ValueSource(ints = { 200, 201, 300, 304, 305, 404 })
	void otherStatusCodesAreNoRedirects(int status) throws IOException {
		this.exchange.answers(status, "location", "/next");

		assertThat(send(HttpMethod.GET, null).getStatusCode().value()).isEqualTo(status);
	}

	@Test
	void secretsStayWithTheirOrigin() throws IOException {
		this.exchange.answers(302, "location", "/same").answers(302, "location", "https://b.example/").answers(200);

		send(HttpMethod.GET, null);

		assertThat(this.exchange.requests.get(1).headers().get("authorization")).isEqualTo("secret");
		assertThat(this.exchange.requests.get(1).headers().get("cookie")).isEqualTo("a=b");
		assertThat(this.exchange.requests.get(2).headers().contains("authorization")).isFalse();
		assertThat(this.exchange.requests.get(2).headers().contains("cookie")).isFalse();
		assertThat(this.exchange.requests.get(2).headers().get("x-other")).isEqualTo("kept");
	}

	@Test
	void contentThatCannotBeSentTwiceIsNotRedirected() throws IOException {
		this.exchange.answers(307, "location", "/next");
		Http2ClientHttpRequest request = request(HttpMethod.POST);
		request.setBody((out) -> out.write("once".getBytes(StandardCharsets.UTF_8)));

		assertThat(request.execute().getStatusCode().value()).isEqualTo(307);
	}

	@Test
	void aLoopThroughNastyTargetsEndsWithAMessageOfOneLine() {
		String nasty = "https://user:secret@b.example/\u00ad" + "a".repeat(16_384);
		for (int i = 0; i <= RedirectRule.MAX_REDIRECTS; i++) {
			this.exchange.answers(302, "location", nasty);
		}

		assertThatExceptionOfType(ProtocolException.class).isThrownBy(() -> send(HttpMethod.GET, null))
			.satisfies((failure) -> assertThat(failure.getMessage()).hasSizeLessThan(1000)
				.contains("to GET https://b.example/%ADaaa")
				.doesNotContain("secret"));
	}

	@Test
	void aLoopEndsWithAClearMessage() {
		for (int i = 0; i <= RedirectRule.MAX_REDIRECTS; i++) {
			this.exchange.answers(302, "location", "/loop?secret=1");
		}

		assertThatExceptionOfType(ProtocolException.class).isThrownBy(() -> send(HttpMethod.GET, null))
			.withMessage("Stopped after 20 redirects; the last was from GET https://a.example/loop "
					+ "to GET https://a.example/loop");
		assertThat(this.exchange.requests).hasSize(21);
		assertThat(this.exchange.responses).allMatch((response) -> response.closed);
	}

	@Test
	void theWholeChainHasTheTimeOfOneCall() {
		CallOptions options = CallOptions.builder().responseTimeout(Duration.ofSeconds(5)).build();

		CallOptions rest = RedirectRule.remaining(options, TransportOptions.defaults(), Duration.ofSeconds(2));
		CallOptions nothing = RedirectRule.remaining(options, TransportOptions.defaults(), Duration.ofSeconds(9));
		CallOptions defaults = RedirectRule.remaining(CallOptions.defaults(), TransportOptions.defaults(),
				Duration.ofSeconds(9));

		assertThat(rest.responseTimeout()).isEqualTo(Duration.ofSeconds(3));
		assertThat(nothing.responseTimeout()).isEqualTo(Duration.ofMillis(1));
		assertThat(defaults.responseTimeout()).as("silence is counted anew").isNull();
		assertThat(defaults.exchangeTimeout()).as("without a limit there is none to shorten").isNull();
	}

	@Test
	void redirectsAreNotFollowedIfTheFactorySaysSo() throws IOException {
		this.exchange.answers(302, "location", "/next");
		Http2ClientHttpRequestFactory factory = new Http2ClientHttpRequestFactory(this.exchange,
				CallOptions.defaults());
		factory.setFollowRedirects(false);

		assertThat(factory.createRequest(START, HttpMethod.GET).execute().getStatusCode().value()).isEqualTo(302);
	}

	private Http2Request followUp() {
		return this.exchange.requests.get(1);
	}

	private Http2ClientHttpRequest request(HttpMethod method) {
		return (Http2ClientHttpRequest) new Http2ClientHttpRequestFactory(this.exchange, CallOptions.defaults())
			.createRequest(START, method);
	}

	private ClientHttpResponse send(HttpMethod method, @org.jspecify.annotations.Nullable String body)
			throws IOException {
		Http2ClientHttpRequest request = request(method);
		request.getHeaders().set("Authorization", "secret");
		request.getHeaders().set("Cookie", "a=b");
		request.getHeaders().set("X-Other", "kept");
		if (body != null) {
			request.getHeaders().set("Content-Type", "text/plain");
			request.getBody().write(body.getBytes(StandardCharsets.UTF_8));
		}
		return request.execute();
	}

}
