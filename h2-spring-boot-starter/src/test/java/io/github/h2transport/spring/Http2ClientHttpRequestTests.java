package io.github.h2transport.spring;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpConnectTimeoutException;
import java.nio.charset.StandardCharsets;

import io.github.h2transport.CallOptions;
import io.github.h2transport.FailureContext;
import io.github.h2transport.Headers;
import io.github.h2transport.Http2Request;
import io.github.h2transport.Http2TimeoutException;
import io.github.h2transport.Initiator;
import io.github.h2transport.Phase;
import io.github.h2transport.RequestBody;
import org.junit.jupiter.api.Test;

import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatus;
import org.springframework.http.StreamingHttpOutputMessage.Body;
import org.springframework.http.client.ClientHttpResponse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

class Http2ClientHttpRequestTests {

	private static final URI TARGET = URI.create("https://a.example/x");

	private final FakeExchange exchange = new FakeExchange();

	@Test
	void aRequestWithoutContentHasNone() throws IOException {
		this.exchange.answers(200);

		request(HttpMethod.GET).execute();

		assertThat(sent().method()).isEqualTo("GET");
		assertThat(sent().uri()).isEqualTo(TARGET);
		assertThat(sent().body()).isSameAs(RequestBody.none());
		assertThat(sent().headers()).isEqualTo(Headers.of("accept-encoding", "gzip"));
	}

	@Test
	void contentWrittenToTheStreamHasAKnownLengthAndCanBeReplayed() throws IOException {
		this.exchange.answers(200);
		Http2ClientHttpRequest request = request(HttpMethod.POST);
		request.getBody().write("one ".getBytes(StandardCharsets.UTF_8));
		request.getBody().write("two".getBytes(StandardCharsets.UTF_8));

		request.execute();

		assertThat(this.exchange.bodies).containsExactly("one two");
		assertThat(sent().body().contentLength()).isEqualTo(7);
		assertThat(sent().body().isReplayable()).isTrue();
	}

	@Test
	void bytesSetAsAWholeHaveAKnownLengthAndCanBeReplayed() throws IOException {
		this.exchange.answers(200);
		Http2ClientHttpRequest request = request(HttpMethod.POST);
		request.setBody("whole".getBytes(StandardCharsets.UTF_8));

		request.execute();

		assertThat(this.exchange.bodies).containsExactly("whole");
		assertThat(sent().body().contentLength()).isEqualTo(5);
		assertThat(sent().body().isReplayable()).isTrue();
	}

	@Test
	void aStreamedBodyIsReplayableIfItSaysSoAndAsLongAsTheHeaderDeclares() throws IOException {
		this.exchange.answers(200).answers(200);
		Http2ClientHttpRequest repeatable = request(HttpMethod.POST);
		repeatable.setBody(new Body() {

			@Override
			public void writeTo(java.io.OutputStream out) throws IOException {
				out.write("again".getBytes(StandardCharsets.UTF_8));
				out.close();
			}

			@Override
			public boolean repeatable() {
				return true;
			}

		});
		repeatable.getHeaders().setContentLength(5);
		repeatable.execute();
		Http2ClientHttpRequest once = request(HttpMethod.POST);
		once.setBody((out) -> out.write("once".getBytes(StandardCharsets.UTF_8)));
		once.execute();

		assertThat(this.exchange.bodies).containsExactly("again", "once");
		assertThat(this.exchange.requests.get(0).body().contentLength()).isEqualTo(5);
		assertThat(this.exchange.requests.get(0).body().isReplayable()).isTrue();
		assertThat(this.exchange.requests.get(1).body().contentLength()).isEqualTo(RequestBody.UNKNOWN_LENGTH);
		assertThat(this.exchange.requests.get(1).body().isReplayable()).as("after it was written").isFalse();
	}

	@Test
	void aMalformedContentLengthIsLeftToTheTransportWhichNamesIt() throws IOException {
		this.exchange.answers(200);
		Http2ClientHttpRequest request = request(HttpMethod.POST);
		request.getHeaders().set("Content-Length", "many");
		request.setBody((out) -> out.write(1));

		request.execute();

		assertThat(sent().body().contentLength()).isEqualTo(RequestBody.UNKNOWN_LENGTH);
		assertThat(sent().headers().get("content-length")).isEqualTo("many");
	}

	@Test
	void theTwoWaysToGiveContentExcludeEachOther() throws IOException {
		Http2ClientHttpRequest streamed = request(HttpMethod.POST);
		streamed.setBody((out) -> out.write(1));
		Http2ClientHttpRequest buffered = request(HttpMethod.POST);
		buffered.getBody();

		assertThatIllegalStateException().isThrownBy(streamed::getBody);
		assertThatIllegalStateException().isThrownBy(() -> buffered.setBody((out) -> out.write(1)));
	}

	@Test
	void headersKeepTheirOrderAndValuesAndANullValueIsEmpty() throws IOException {
		this.exchange.answers(200);
		Http2ClientHttpRequest request = request(HttpMethod.GET);
		request.getHeaders().add("X-A", "1");
		request.getHeaders().add("X-A", "2");
		request.getHeaders().add("X-Null", null);

		request.execute();

		assertThat(sent().headers())
			.isEqualTo(Headers.of("x-a", "1", "x-a", "2", "x-null", "", "accept-encoding", "gzip"));
	}

	@Test
	void anExecutedRequestCannotBeChangedOrExecutedAgain() throws IOException {
		this.exchange.answers(200);
		Http2ClientHttpRequest request = request(HttpMethod.GET);
		request.execute();

		assertThatIllegalStateException().isThrownBy(request::execute);
		assertThatIllegalStateException().isThrownBy(request::getBody);
		assertThatIllegalStateException().isThrownBy(() -> request.setBody(new byte[1]));
		assertThatExceptionOfType(UnsupportedOperationException.class)
			.isThrownBy(() -> request.getHeaders().set("x", "y"));
	}

	@Test
	void failuresArriveAsJdkTypes() {
		Http2TimeoutException failure = new Http2TimeoutException("no answer in 10 s", null,
				FailureContext.of(Initiator.LIBRARY, Phase.CONNECT));
		this.exchange.fails(failure);

		assertThatExceptionOfType(HttpConnectTimeoutException.class).isThrownBy(request(HttpMethod.GET)::execute)
			.withMessage("no answer in 10 s")
			.withCause(failure);
	}

	@Test
	void theResponseIsWhatSpringExpects() throws IOException {
		FakeExchange.Response answer = new FakeExchange.Response(404,
				Headers.of("content-type", "text/plain", "set-cookie", "a=1", "set-cookie", "b=2"),
				new ByteArrayInputStream("gone".getBytes(StandardCharsets.UTF_8)));
		this.exchange.answers(answer);

		ClientHttpResponse response = request(HttpMethod.GET).execute();

		assertThat(response.getStatusCode()).isEqualTo(HttpStatus.NOT_FOUND);
		assertThat(response.getStatusText()).isEqualTo("Not Found");
		assertThat(response.getHeaders().getFirst("Content-Type")).isEqualTo("text/plain");
		assertThat(response.getHeaders().get("SET-COOKIE")).containsExactly("a=1", "b=2");
		assertThatExceptionOfType(UnsupportedOperationException.class)
			.isThrownBy(() -> response.getHeaders().set("x", "y"));
		assertThat(response.getBody()).isSameAs(response.getBody()).hasContent("gone");
		assertThat(answer.closed).isFalse();
		response.close();
		assertThat(answer.closed).isTrue();
	}

	@Test
	void anUnknownStatusHasAnEmptyText() throws IOException {
		this.exchange.answers(799);

		ClientHttpResponse response = request(HttpMethod.GET).execute();

		assertThat(response.getStatusCode().value()).isEqualTo(799);
		assertThat(response.getStatusText()).isEmpty();
	}

	private Http2Request sent() {
		return this.exchange.requests.get(0);
	}

	private Http2ClientHttpRequest request(HttpMethod method) {
		return (Http2ClientHttpRequest) new Http2ClientHttpRequestFactory(this.exchange, CallOptions.defaults())
			.createRequest(TARGET, method);
	}

}
