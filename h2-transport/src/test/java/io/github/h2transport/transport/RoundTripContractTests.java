package io.github.h2transport.transport;

import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

import io.github.h2transport.CallOptions;
import io.github.h2transport.ConnectFailedException;
import io.github.h2transport.Headers;
import io.github.h2transport.Http2Exception;
import io.github.h2transport.Http2Request;
import io.github.h2transport.Http2Response;
import io.github.h2transport.Http2TimeoutException;
import io.github.h2transport.InvalidRequestException;
import io.github.h2transport.Phase;
import io.github.h2transport.RequestBody;
import io.github.h2transport.conn.ClientConn;
import io.github.h2transport.frame.Settings;
import io.github.h2transport.pool.ClientConnPool;
import io.github.h2transport.pool.ConnectionRequest;
import io.github.h2transport.pool.DefaultClientConnPool;
import io.github.h2transport.testkit.Call;
import io.github.h2transport.testkit.ClientFrame;
import io.github.h2transport.testkit.Content;
import io.github.h2transport.testkit.DelegatingPool;
import io.github.h2transport.testkit.ScriptedConn;
import io.github.h2transport.testkit.ScriptedServer;
import io.github.h2transport.testkit.ServedRequests;
import io.github.h2transport.testkit.TrackedStream;
import io.github.h2transport.testkit.Transports;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIOException;

/**
 * What callers may rely on, whatever happens: the response as it is, an error only
 * without a response, the request unchanged, the body closed.
 */
class RoundTripContractTests {

	private static final Settings NO_SETTINGS = Settings.builder().build();

	@Test
	void statusesAreAnswersAndNotErrors() throws Exception {
		try (ServedRequests server = ScriptedServer.serving(NO_SETTINGS,
				(exchange) -> exchange.respond(Integer.parseInt(exchange.path().substring(1)), new byte[0]));
				Http2Transport transport = Transports.cleartext()) {
			for (int status : new int[] { 200, 204, 301, 304, 404, 421, 500, 503, 599, 999 }) {
				assertThat(Transports.exchange(transport, Http2Request.get(server.uri("/" + status))))
					.isEqualTo(String.valueOf(status));
			}
			assertThat(server.connections()).isEqualTo(1);
		}
	}

	@Test
	void theRequestStaysAsItWasAndCanBeSentAgain() throws Exception {
		try (ServedRequests server = ScriptedServer.serving(NO_SETTINGS,
				(exchange) -> exchange.respond(200, exchange.content()));
				Http2Transport transport = Transports.cleartext()) {
			byte[] content = "hello".getBytes();
			Headers headers = Headers.of("X-One", "1", "connection", "close");
			Http2Request request = Http2Request.builder("POST", server.uri("/a?b#c"))
				.headers(headers)
				.body(RequestBody.of(content))
				.build();
			assertThat(Transports.exchange(transport, request)).isEqualTo("200 hello");
			assertThat(Transports.exchange(transport, request)).isEqualTo("200 hello");
			assertThat(request.headers()).isEqualTo(Headers.of("X-One", "1", "connection", "close"));
			assertThat(request.uri()).isEqualTo(server.uri("/a?b#c"));
			assertThat(content).isEqualTo("hello".getBytes());
		}
	}

	@Test
	void oneTransportServesManyThreadsAtOnceWithoutMixingAnythingUp() throws Exception {
		try (ServedRequests server = ScriptedServer.serving(NO_SETTINGS,
				(exchange) -> exchange.respond(200, (exchange.path() + new String(exchange.content())).getBytes()));
				Http2Transport transport = Transports.cleartext()) {
			List<Call<String>> calls = new ArrayList<>();
			for (int i = 0; i < 40; i++) {
				int number = i;
				calls.add(Call.of(() -> {
					for (int turn = 0; turn < 25; turn++) {
						String own = number + "-" + turn;
						Http2Request request = Http2Request.builder("POST", server.uri("/" + own))
							.body(RequestBody.of((" " + own).getBytes()))
							.build();
						assertThat(Transports.exchange(transport, request)).isEqualTo("200 /" + own + " " + own);
					}
					return "done";
				}));
			}
			for (Call<String> call : calls) {
				assertThat(call.result()).isEqualTo("done");
			}
			assertThat(server.violations()).isEmpty();
			assertThat(server.requests()).isEqualTo(1000);
			Transports.awaitRest(transport);
		}
	}

	@Test
	void httpWithoutLeaveNamesTheOptionInJavaAndInSpring() {
		try (Http2Transport transport = Http2Transport.builder().build()) {
			assertThatExceptionOfType(InvalidRequestException.class)
				.isThrownBy(() -> transport.roundTrip(Http2Request.get(URI.create("http://127.0.0.1:9/"))))
				.withMessageContaining("http")
				.withMessageContaining("allowHttp")
				.withMessageContaining("h2.transport.allow-http");
			assertThat(Transports.connections(transport)).isEmpty();
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "ftp://127.0.0.1/a", "/relative", "relative", "//127.0.0.1/a", "http:opaque",
			"http:///no-host", "http://under_score.example/", "http://127.0.0.1:0/", "http://127.0.0.1:65536/",
			"http://127.0.0.1:99999/", "mailto:somebody@example.com" })
	void aTargetThatCannotBeFetchedIsRefusedAndItsBodyClosed(String target) {
		TrackedStream content = new TrackedStream(new byte[10]);
		try (Http2Transport transport = Transports.cleartext()) {
			assertThatExceptionOfType(InvalidRequestException.class)
				.isThrownBy(() -> transport.roundTrip(Http2Request.builder("POST", URI.create(target))
					.body(RequestBody.ofInputStream(content, 10))
					.build()))
				.satisfies((ex) -> assertThat(ex.context().phase()).isEqualTo(Phase.VALIDATE));
			assertThat(Transports.connections(transport)).isEmpty();
		}
		assertThat(content.closes()).isEqualTo(1);
		assertThat(content.wasRead()).isFalse();
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "a b", "a\r\nb", "a:b", "näme", "(x)", ":path", "\u0000" })
	void badFieldNamesAreRefusedBeforeAnythingIsSent(String name) {
		refusesFields(Headers.of(name, "value"));
	}

	@ParameterizedTest
	@ValueSource(strings = { "secret\r\nx: y", "secret\n", "secret\u0000", "\rsecret" })
	void badFieldValuesAreRefusedAndNeverShown(String value) {
		refusesFields(Headers.of("authorization", value));
	}

	private static void refusesFields(Headers headers) {
		TrackedStream content = new TrackedStream(new byte[10]);
		try (Http2Transport transport = Transports.cleartext(); ScriptedServer server = ScriptedServer.start()) {
			assertThatExceptionOfType(InvalidRequestException.class)
				.isThrownBy(() -> transport.roundTrip(Http2Request.builder("POST", server.uri("/"))
					.headers(headers)
					.body(RequestBody.ofInputStream(content, 10))
					.build()))
				.satisfies((ex) -> assertThat(ex.getMessage()).doesNotContain("secret", "\r", "\n", "\u0000"));
			assertThat(server.accepted()).isZero();
		}
		assertThat(content.closes()).isEqualTo(1);
	}

	@Test
	void theBodyIsClosedOnceAfterSuccessAndAfterEveryFailure() throws Exception {
		try (ScriptedServer server = ScriptedServer.start();
				Http2Transport transport = Transports
					.cleartext((options) -> options.responseTimeout(Duration.ofMillis(2_500)))) {
			TrackedStream whole = new TrackedStream(new byte[10]);
			Call<String> good = post(transport, server, whole);
			ScriptedConn connection = server.greeted();
			assertThat(connection.awaitContent(connection.awaitHead().streamId())).hasSize(10);
			connection.respond(1, 200);
			assertThat(good.result()).isEqualTo("200");
			assertThat(whole.closes()).isEqualTo(1);

			TrackedStream late = new TrackedStream(new byte[10]);
			post(transport, server, late).failure(Http2TimeoutException.class);
			assertThat(late.closes()).isEqualTo(1);

			TrackedStream refused = new TrackedStream(new byte[10]);
			server.stopListening();
			connection.close();
			// Which of the two it is depends on whether the end was seen before the call.
			assertThat(post(transport, server, refused).outcome()).isInstanceOf(Http2Exception.class);
			assertThat(refused.closes()).isEqualTo(1);

			TrackedStream unconnected = new TrackedStream(new byte[10]);
			post(transport, server, unconnected).failure(ConnectFailedException.class);
			assertThat(unconnected.closes()).isEqualTo(1);
			assertThat(unconnected.wasRead()).isFalse();
		}
	}

	private static Call<String> post(Http2Transport transport, ScriptedServer server, TrackedStream content) {
		return Call.of(() -> Transports.exchange(transport,
				Http2Request.builder("POST", server.uri("/")).body(RequestBody.ofInputStream(content, 10)).build()));
	}

	@Test
	void whatTheBodyThrowsReachesTheCallerAndResetsTheStream() throws Exception {
		try (Http2Transport transport = Transports.cleartext(); ScriptedServer server = ScriptedServer.start()) {
			IOException own = new IOException("the disk is gone");
			Semaphore arrived = new Semaphore(0);
			Call<String> call = Call.of(() -> Transports.exchange(transport,
					Http2Request.builder("POST", server.uri("/")).body(RequestBody.ofWriter((out) -> {
						out.write(new byte[100]);
						out.flush();
						arrived.acquireUninterruptibly();
						throw own;
					}, RequestBody.UNKNOWN_LENGTH, true)).build()));
			ScriptedConn connection = server.greeted();
			connection.awaitHead();
			arrived.release();
			assertThat(connection.awaitReset(1).name()).isEqualTo("CANCEL");
			assertThat(call.failure(IOException.class)).isSameAs(own);
			Transports.awaitRest(transport);
		}
	}

	@Test
	void anErrorThrownByTheBodyLeavesNoStreamBehind() throws Exception {
		try (Http2Transport transport = Transports.cleartext(); ScriptedServer server = ScriptedServer.start()) {
			Semaphore arrived = new Semaphore(0);
			Call<String> call = Call.of(() -> Transports.exchange(transport,
					Http2Request.builder("POST", server.uri("/")).body(RequestBody.ofWriter((out) -> {
						out.write(new byte[100]);
						out.flush();
						arrived.acquireUninterruptibly();
						throw new StackOverflowError();
					}, RequestBody.UNKNOWN_LENGTH, true)).build()));
			ScriptedConn connection = server.greeted();
			connection.awaitHead();
			arrived.release();
			assertThat(connection.awaitReset(1).name()).isEqualTo("CANCEL");
			call.failure(StackOverflowError.class);
			Transports.awaitRest(transport);
		}
	}

	@ParameterizedTest
	@ValueSource(ints = { 0, 9, 11, 100_000 })
	void aBodyOfAnotherLengthThanDeclaredIsNeverSentAsWhole(int length) throws Exception {
		try (Http2Transport transport = Transports.cleartext(); ScriptedServer server = ScriptedServer.start()) {
			Call<String> warm = Call.of(() -> Transports.exchange(transport, Http2Request.get(server.uri("/"))));
			ScriptedConn connection = server.greeted();
			connection.respond(connection.awaitHead().streamId(), 200);
			assertThat(warm.result()).isEqualTo("200");
			Call<String> wrong = Call.of(() -> Transports.exchange(transport,
					Http2Request.builder("POST", server.uri("/"))
						.body(RequestBody.ofInputStream(new TrackedStream(new byte[length]), 10))
						.build()));
			assertThat(wrong.failure(InvalidRequestException.class)).hasMessageContaining("10 octets");
			// Whether the stream was opened at all is a matter of who came first.
			assertThat(connection.barrier())
				.noneMatch((frame) -> frame instanceof ClientFrame.Data data && data.endStream());
			Transports.awaitRest(transport);
		}
	}

	@Test
	void anAnswerBeforeTheEndOfTheUploadIsTheAnswer() throws Exception {
		try (Http2Transport transport = Transports.cleartext(); ScriptedServer server = ScriptedServer.start()) {
			Call<String> call = Call.of(() -> Transports.exchange(transport,
					Http2Request.builder("POST", server.uri("/"))
						.body(RequestBody.ofInputStream(new TrackedStream(new byte[1_000_000]), 1_000_000))
						.build()));
			ScriptedConn connection = server.greeted();
			connection.awaitHead();
			connection.respondHead(1, 413).lastData(1, "too much".getBytes());
			assertThat(call.result()).isEqualTo("413 too much");
			// RFC 9113 section 8.1: the request is given up without an error.
			assertThat(connection.awaitReset(1).name()).isEqualTo("NO_ERROR");
			Transports.awaitRest(transport);
		}
	}

	@Test
	void aCallOnAnEventLoopIsRefusedAndItsBodyClosed() throws Exception {
		TrackedStream content = new TrackedStream(new byte[10]);
		CompletableFuture<Throwable> refusal = new CompletableFuture<>();
		CountDownLatch attached = new CountDownLatch(1);
		try (ScriptedServer server = ScriptedServer.start(); Http2Transport other = Transports.cleartext()) {
			Http2Request inner = Http2Request.builder("POST", server.uri("/inner"))
				.body(RequestBody.ofInputStream(content, 10))
				.build();
			// A cold request is handed its connection by the loop that has opened it.
			ClientConnPool.Factory onLoop = (dialer) -> new DelegatingPool(
					new DefaultClientConnPool(dialer, other.options())) {

				@Override
				public CompletionStage<ClientConn> getClientConn(ConnectionRequest request) {
					CompletionStage<ClientConn> coming = super.getClientConn(request)
						.whenComplete((connection, failure) -> {
							try {
								other.roundTrip(inner).close();
							}
							catch (Throwable ex) {
								refusal.complete(ex);
							}
						});
					attached.countDown();
					return coming;
				}

			};
			try (Http2Transport transport = Http2Transport.builder()
				.options(other.options())
				.connPool(onLoop)
				.build()) {
				// The dial goes on when the above is in place.
				CallOptions options = CallOptions.builder().addressFilter((host, address) -> {
					try {
						return attached.await(20, TimeUnit.SECONDS);
					}
					catch (InterruptedException ex) {
						return false;
					}
				}).build();
				Call<String> outer = Call.of(() -> Transports.exchange(transport,
						Http2Request.builder("GET", server.uri("/outer")).options(options).build()));
				ScriptedConn connection = server.greeted();
				connection.respond(connection.awaitHead().streamId(), 200);
				assertThat(outer.result()).isEqualTo("200");
			}
			assertThat(refusal.get()).isInstanceOf(IllegalStateException.class).hasMessageContaining("h2-loop");
		}
		assertThat(content.closes()).isEqualTo(1);
	}

	@Test
	void aResponseThatWasClosedCannotBeReadAndItsRestIsGivenBack() throws Exception {
		try (Http2Transport transport = Transports.cleartext(); ScriptedServer server = ScriptedServer.start()) {
			Call<Http2Response> call = Call.of(() -> transport.roundTrip(Http2Request.get(server.uri("/"))));
			ScriptedConn connection = server.greeted();
			connection.awaitHead();
			connection.respondHead(1, 200).data(1, Content.ofSize(16_000));
			Http2Response response = call.result();
			assertThat(response.body().read()).isGreaterThanOrEqualTo(0);
			response.close();
			response.close();
			assertThat(connection.awaitReset(1).name()).isEqualTo("CANCEL");
			assertThatIOException().isThrownBy(() -> response.body().read());
			// What was on its way when the reset went out.
			connection.data(1, Content.ofSize(16_000));
			connection.barrier();
			Transports.awaitRest(transport);
		}
	}

}
