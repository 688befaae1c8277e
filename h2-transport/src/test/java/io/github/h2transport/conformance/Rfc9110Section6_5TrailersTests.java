package io.github.h2transport.conformance;

import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

import io.github.h2transport.ErrorCode;
import io.github.h2transport.Headers;
import io.github.h2transport.Http2Request;
import io.github.h2transport.InvalidRequestException;
import io.github.h2transport.RequestBody;
import io.github.h2transport.testkit.Call;
import io.github.h2transport.testkit.ClientFrame;
import io.github.h2transport.testkit.ScriptedConn;
import io.github.h2transport.testkit.ScriptedServer;
import io.github.h2transport.testkit.Transports;
import io.github.h2transport.testkit.peer.Exchange;
import io.github.h2transport.testkit.peer.ScriptedWriter;
import io.github.h2transport.testkit.peer.WirePeer;
import io.github.h2transport.transport.Http2Transport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static io.github.h2transport.testkit.peer.PeerFrame.data;
import static io.github.h2transport.testkit.peer.PeerFrame.headers;
import static io.github.h2transport.testkit.peer.PeerFrame.rstStream;
import static io.github.h2transport.testkit.peer.WirePeer.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/** RFC 9110 section 6.5: trailers, and what may not be in them. */
@Timeout(30)
@ExtendWith(ClosesPeers.class)
class Rfc9110Section6_5TrailersTests {

	private static final byte[] CONTENT = "content".getBytes(StandardCharsets.US_ASCII);

	private final WirePeer peer = new WirePeer().greet();

	private static Http2Request request(RequestBody body, Supplier<Headers> trailers) {
		return request(URI.create("http://example.test/a"), body, trailers);
	}

	private static Http2Request request(URI uri, RequestBody body, Supplier<Headers> trailers) {
		return Http2Request.builder("POST", uri).body(body).trailers(trailers).build();
	}

	@Test
	void trailersOfAResponseStayApartFromItsHeaders() throws Exception {
		Exchange call = this.peer.call(get("/a"));
		this.peer.send(headers(1).status(200).with("a", "head"), headers(1).with("a", "trailer").endStream());
		assertThat(call.text()).isEmpty();
		assertThat(call.response().headers()).isEqualTo(Headers.of("a", "head"));
		assertThat(call.response().trailers()).isEqualTo(Headers.of("a", "trailer"));
	}

	@Test
	void aLengthInTrailersOfAResponseFramesNothing() throws Exception {
		Exchange call = this.peer.call(get("/a"));
		this.peer.send(headers(1).status(200), data(1, "four"), headers(1).with("content-length", "99").endStream());
		assertThat(call.text()).isEqualTo("four");
		this.peer.isAtRest();
	}

	@ParameterizedTest
	@ValueSource(strings = { "content-length", "transfer-encoding", "trailer", "te", "connection", "keep-alive",
			"proxy-connection", "upgrade", "host", "max-forwards", "expect", "range", "if-match", "if-none-match",
			"cache-control", "pragma", "authorization", "proxy-authorization", "cookie", "set-cookie",
			"content-encoding", "content-type", "content-range" })
	void fieldsThatMustBeKnownBeforeTheContentAreRefusedInOurTrailers(String name) throws Exception {
		assertThat(refusal(Headers.of("checksum", "abc", name, "5"))).contains("'" + name + "'").contains("6.5.1");
	}

	@ParameterizedTest
	@ValueSource(strings = { ":path", ":status", ":", "a b", "", "a\n", "\u00e9" })
	void pseudoFieldsAndBadNamesAreRefusedInOurTrailers(String name) throws Exception {
		assertThat(refusal(Headers.of(name, "5"))).containsPattern("8\\.1|5\\.6\\.2").doesNotContain("\n");
	}

	@ParameterizedTest
	@ValueSource(strings = { "a\rb", "a\nb", "a\0b", "\u20ac", "a\u007f" })
	void badValuesAreRefusedInOurTrailers(String value) throws Exception {
		assertThat(refusal(Headers.of("checksum", value))).contains("'checksum'").doesNotContain(value);
	}

	/** Refused before anything is sent, and the slot is free again. */
	private String refusal(Headers trailers) throws Exception {
		Http2Request request = request(RequestBody.of(CONTENT), () -> trailers);
		String[] message = new String[1];
		assertThatExceptionOfType(InvalidRequestException.class).isThrownBy(() -> this.peer.call(request))
			.satisfies((ex) -> message[0] = ex.getMessage());
		this.peer.expectNothing().isAtRest();
		return message[0];
	}

	@Test
	void ourTrailersAreStrippedAndInLowerCase() throws Exception {
		this.peer.call(request(RequestBody.none(), () -> Headers.of("Checksum", " abc\t")));
		this.peer.expect(headers(1), headers(1).with("checksum", "abc").endStream());
	}

	@Test
	void noTrailersAfterAllIsAnEmptyFrame() throws Exception {
		this.peer.call(request(RequestBody.none(), Headers::empty));
		this.peer.expect(headers(1), data(1, 0).endStream());
	}

	@Test
	void badTrailersBehindWrittenContentCancelTheStream() throws Exception {
		Exchange call = this.peer.call(request(written(), () -> Headers.of(":path", "/")));
		call.failure(InvalidRequestException.class);
		this.peer.await(rstStream(1, ErrorCode.CANCEL));
		this.peer.isAtRest();
	}

	@Test
	void badTrailersFailTheCallAndNotItsConnection() throws Exception {
		try (Http2Transport transport = Transports.cleartext(); ScriptedServer server = ScriptedServer.start()) {
			Call<String> first = Call.of(() -> Transports.exchange(transport, Http2Request.get(server.uri("/"))));
			ScriptedConn connection = server.greeted();
			connection.respond(connection.awaitHead().streamId(), 204);
			first.result();
			for (RequestBody body : List.of(RequestBody.of(CONTENT), written(), published())) {
				Http2Request request = request(server.uri("/a"), body, () -> Headers.of("content-length", "7"));
				Call.of(() -> Transports.exchange(transport, request)).failure(InvalidRequestException.class);
				assertThat(transport.roundTripAsync(request)).failsWithin(20, TimeUnit.SECONDS)
					.withThrowableThat()
					.withCauseInstanceOf(InvalidRequestException.class);
			}
			Transports.awaitRest(transport);
			Call<String> last = Call.of(() -> Transports.exchange(transport, Http2Request.get(server.uri("/last"))));
			int stream = connection.await(ClientFrame.Head.class, (head) -> head.path().equals("/last")).streamId();
			connection.respond(stream, 204);
			assertThat(last.result()).isEqualTo("204");
			assertThat(server.accepted()).isEqualTo(1);
		}
	}

	@Test
	void aSupplierThatFailsEndsTheCallWithItsFailureAndFreesTheSlot() throws Exception {
		Supplier<Headers> failing = () -> {
			throw new IllegalStateException("no checksum");
		};
		this.peer.call(request(RequestBody.of(CONTENT), failing)).failure(IllegalStateException.class);
		this.peer.expectNothing().isAtRest();
		try (Http2Transport transport = Transports.cleartext(); ScriptedServer server = ScriptedServer.start()) {
			Call<String> first = Call.of(() -> Transports.exchange(transport, Http2Request.get(server.uri("/"))));
			ScriptedConn connection = server.greeted();
			connection.respond(connection.awaitHead().streamId(), 204);
			first.result();
			for (RequestBody body : List.of(RequestBody.of(CONTENT), written(), published())) {
				Http2Request request = request(server.uri("/a"), body, failing);
				Call.of(() -> Transports.exchange(transport, request)).failure(IllegalStateException.class);
				assertThat(transport.roundTripAsync(request)).failsWithin(20, TimeUnit.SECONDS)
					.withThrowableThat()
					.withCauseInstanceOf(IllegalStateException.class);
			}
			assertThat(connection.awaitReset(connection.awaitHead().streamId())).isEqualTo(ErrorCode.CANCEL);
			Transports.awaitRest(transport);
		}
	}

	private static RequestBody written() {
		return RequestBody.ofWriter((out) -> out.write(CONTENT), RequestBody.UNKNOWN_LENGTH, true);
	}

	private static RequestBody published() {
		return RequestBody.ofPublisher((subscriber) -> subscriber.onSubscribe(new Flow.Subscription() {

			private boolean done;

			@Override
			public void request(long count) {
				if (!this.done) {
					this.done = true;
					subscriber.onNext(ByteBuffer.wrap(CONTENT));
					subscriber.onComplete();
				}
			}

			@Override
			public void cancel() {
				this.done = true;
			}

		}), RequestBody.UNKNOWN_LENGTH, true);
	}

}
