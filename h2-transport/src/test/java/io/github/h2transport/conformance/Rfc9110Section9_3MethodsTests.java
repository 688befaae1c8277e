package io.github.h2transport.conformance;

import java.net.URI;

import io.github.h2transport.Http2Request;
import io.github.h2transport.Http2Response;
import io.github.h2transport.InvalidRequestException;
import io.github.h2transport.RequestBody;
import io.github.h2transport.testkit.peer.Exchange;
import io.github.h2transport.testkit.peer.WirePeer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

import static io.github.h2transport.testkit.peer.PeerFrame.data;
import static io.github.h2transport.testkit.peer.PeerFrame.headers;
import static io.github.h2transport.testkit.peer.WirePeer.head;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/** RFC 9110 section 9: what methods mean for messages. */
@Timeout(30)
@ExtendWith(ClosesPeers.class)
class Rfc9110Section9_3MethodsTests {

	private static final URI TARGET = URI.create("http://example.test/a");

	private final WirePeer peer = new WirePeer().greet();

	@Test
	void aResponseToHeadHasTheFieldsOfAGetAndNoContent() throws Exception {
		Exchange call = this.peer.call(head("/a"));
		this.peer.expect(headers(1).with(":method", "HEAD").endStream());
		this.peer.send(headers(1).status(200).with("content-length", "5").with("etag", "x"), data(1, 0).endStream());
		Http2Response response = call.response();
		assertThat(response.headers().get("content-length")).isEqualTo("5");
		assertThat(response.headers().get("etag")).isEqualTo("x");
		assertThat(call.text()).isEmpty();
		this.peer.isAtRest();
	}

	@Test
	void traceNeverHasContent() throws Exception {
		this.peer.call(Http2Request.builder("TRACE", TARGET).build());
		this.peer.expect(headers(1).with(":method", "TRACE").endStream());
		RequestBody unknown = RequestBody.ofWriter((out) -> {
		}, RequestBody.UNKNOWN_LENGTH, false);
		for (RequestBody body : new RequestBody[] { RequestBody.of(new byte[1]), unknown }) {
			assertThatExceptionOfType(InvalidRequestException.class)
				.isThrownBy(() -> this.peer.call(Http2Request.builder("TRACE", TARGET).body(body).build()))
				.withMessageContaining("TRACE")
				.withMessageContaining("9.3.8");
		}
	}

	@Test
	void methodsAreSentInTheCaseTheyHave() throws Exception {
		this.peer.call(Http2Request.builder("pAtCh", TARGET).build());
		this.peer.expect(headers(1).with(":method", "pAtCh").endStream());
	}

	@Test
	void contentOfGetAndDeleteIsSentIfTheCallerInsists() throws Exception {
		for (String method : new String[] { "GET", "DELETE", "OPTIONS" }) {
			WirePeer fresh = new WirePeer().greet();
			fresh.call(Http2Request.builder(method, TARGET).body(RequestBody.of(new byte[3])).build());
			fresh.expect(headers(1).with(":method", method).with("content-length", "3"), data(1, 3).endStream());
		}
	}

}
