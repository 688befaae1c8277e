package io.github.h2transport.transport;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import io.github.h2transport.CallOptions;
import io.github.h2transport.ConnectionKey;
import io.github.h2transport.ErrorCode;
import io.github.h2transport.Headers;
import io.github.h2transport.Http2Exception;
import io.github.h2transport.Http2Request;
import io.github.h2transport.Http2Response;
import io.github.h2transport.PoolException;
import io.github.h2transport.RequestBody;
import io.github.h2transport.TransportListener;
import io.github.h2transport.TransportOptions;
import io.github.h2transport.testkit.Call;
import io.github.h2transport.testkit.ClientFrame;
import io.github.h2transport.testkit.ScriptedConn;
import io.github.h2transport.testkit.ScriptedServer;
import io.github.h2transport.testkit.Transports;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Interim responses, 100 (Continue), trailers of a request, cached connections only,
 * cancelled asynchronous calls, and what a listener hears.
 */
class MessageFeaturesTests {

	private static final byte[] CONTENT = "some content".getBytes(StandardCharsets.UTF_8);

	@Test
	void interimResponsesReachTheListenerBeforeTheFinalOne() throws Exception {
		List<String> heard = new CopyOnWriteArrayList<>();
		try (Http2Transport transport = Transports.cleartext(); ScriptedServer server = ScriptedServer.start()) {
			Call<String> call = Call.of(() -> Transports.exchange(transport,
					Http2Request.builder("GET", server.uri("/"))
						.informational((status, headers) -> heard.add(status + " " + headers.get("link")))
						.build()));
			ScriptedConn connection = server.greeted();
			int stream = connection.awaitHead().streamId();
			connection.respondHead(stream, 103, "link", "</style.css>");
			connection.respondHead(stream, 103, "link", "</script.js>");
			connection.respond(stream, 200);
			assertThat(call.result()).isEqualTo("200");
			Awaitility.await().until(() -> heard.size() == 2);
			assertThat(heard).containsExactly("103 </style.css>", "103 </script.js>");
		}
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void contentIsHeldBackUntilTheServerSaysContinue(boolean written) throws Exception {
		try (Http2Transport transport = Transports
			.cleartext((options) -> options.expectContinueTimeout(Duration.ofMinutes(1)));
				ScriptedServer server = ScriptedServer.start()) {
			Call<String> call = Call.of(() -> Transports.exchange(transport, expecting(server, written)));
			ScriptedConn connection = server.greeted();
			ClientFrame.Head head = connection.awaitHead();
			assertThat(head.fields().get("expect")).isEqualTo("100-continue");
			assertThat(connection.barrier()).noneMatch(ClientFrame.Data.class::isInstance);
			connection.respondHead(head.streamId(), 100);
			assertThat(connection.awaitContent(head.streamId())).isEqualTo(CONTENT);
			connection.respond(head.streamId(), 200);
			assertThat(call.result()).isEqualTo("200");
		}
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void contentIsSentWhenTheServerDoesNotSayContinueInTime(boolean written) throws Exception {
		try (Http2Transport transport = Transports
			.cleartext((options) -> options.expectContinueTimeout(Duration.ofMillis(50)));
				ScriptedServer server = ScriptedServer.start()) {
			Call<String> call = Call.of(() -> Transports.exchange(transport, expecting(server, written)));
			ScriptedConn connection = server.greeted();
			int stream = connection.awaitHead().streamId();
			assertThat(connection.awaitContent(stream)).isEqualTo(CONTENT);
			connection.respond(stream, 200);
			assertThat(call.result()).isEqualTo("200");
		}
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void aFinalAnswerInsteadOfContinueKeepsTheContentBack(boolean written) throws Exception {
		try (Http2Transport transport = Transports
			.cleartext((options) -> options.expectContinueTimeout(Duration.ofMinutes(1)));
				ScriptedServer server = ScriptedServer.start()) {
			Call<String> call = Call.of(() -> Transports.exchange(transport, expecting(server, written)));
			ScriptedConn connection = server.greeted();
			int stream = connection.awaitHead().streamId();
			connection.respond(stream, 417);
			assertThat(call.result()).isEqualTo("417");
			ClientFrame answer = connection.next();
			while (!(answer instanceof ClientFrame.RstStream)) {
				assertThat(answer).isNotInstanceOf(ClientFrame.Data.class);
				answer = connection.next();
			}
			assertThat(answer).isEqualTo(new ClientFrame.RstStream(stream, ErrorCode.NO_ERROR));
			Transports.awaitRest(transport);
		}
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void contentThatTheServerDoesNotWantIsNeverReadFromItsSource(boolean async) throws Exception {
		AtomicInteger reads = new AtomicInteger();
		RequestBody source = RequestBody.ofWriter((out) -> {
			reads.incrementAndGet();
			out.write(CONTENT);
		}, CONTENT.length, false);
		try (Http2Transport transport = Transports
			.cleartext((options) -> options.expectContinueTimeout(Duration.ofMinutes(1)));
				ScriptedServer server = ScriptedServer.start()) {
			Http2Request request = Http2Request.builder("POST", server.uri("/"))
				.headers(Headers.of("expect", "100-continue"))
				.body(source)
				.build();
			Call<Integer> call = Call.of(() -> {
				try (Http2Response response = async ? transport.roundTripAsync(request).get(20, TimeUnit.SECONDS)
						: transport.roundTrip(request)) {
					return response.status();
				}
			});
			ScriptedConn connection = server.greeted();
			connection.respond(connection.awaitHead().streamId(), 413);
			assertThat(call.result()).isEqualTo(413);
			Transports.awaitRest(transport);
		}
		assertThat(reads).hasValue(0);
	}

	private static Http2Request expecting(ScriptedServer server, boolean written) {
		RequestBody body = written ? RequestBody.ofWriter((out) -> out.write(CONTENT), CONTENT.length, true)
				: RequestBody.of(CONTENT);
		return Http2Request.builder("POST", server.uri("/"))
			.headers(Headers.of("expect", "100-continue"))
			.body(body)
			.build();
	}

	@Test
	void trailersOfARequestFollowItsContent() throws Exception {
		try (Http2Transport transport = Transports.cleartext(); ScriptedServer server = ScriptedServer.start()) {
			for (RequestBody body : List.of(RequestBody.none(), RequestBody.of(CONTENT),
					RequestBody.ofWriter((out) -> out.write(CONTENT), RequestBody.UNKNOWN_LENGTH, true))) {
				Call<String> call = Call.of(() -> Transports.exchange(transport,
						Http2Request.builder("POST", server.uri("/"))
							.body(body)
							.trailers(() -> Headers.of("checksum", "abc"))
							.build()));
				ScriptedConn connection = (server.accepted() == 0) ? server.greeted() : this.latest;
				this.latest = connection;
				ClientFrame.Head head = connection.awaitHead();
				assertThat(head.endStream()).isFalse();
				ClientFrame.Head trailers = connection.await(ClientFrame.Head.class);
				assertThat(trailers.streamId()).isEqualTo(head.streamId());
				assertThat(trailers.endStream()).isTrue();
				assertThat(trailers.fields().get("checksum")).isEqualTo("abc");
				connection.respond(head.streamId(), 200);
				assertThat(call.result()).isEqualTo("200");
			}
		}
	}

	private @Nullable ScriptedConn latest;

	@Test
	void aCallForCachedConnectionsOnlyNeverDials() throws Exception {
		CallOptions cachedOnly = CallOptions.builder().onlyCachedConnection(true).build();
		try (Http2Transport transport = Transports.cleartext(); ScriptedServer server = ScriptedServer.start()) {
			Http2Request request = Http2Request.builder("GET", server.uri("/")).options(cachedOnly).build();
			Call.of(() -> Transports.exchange(transport, request)).failure(PoolException.class);
			assertThat(server.accepted()).isZero();
			Call<String> warm = Call.of(() -> Transports.exchange(transport, Http2Request.get(server.uri("/"))));
			ScriptedConn connection = server.greeted();
			connection.respond(connection.awaitHead().streamId(), 200);
			warm.result();
			Call<String> cached = Call.of(() -> Transports.exchange(transport, request));
			connection.respond(connection.awaitHead().streamId(), 204);
			assertThat(cached.result()).isEqualTo("204");
		}
	}

	@Test
	void cancellingAnAsynchronousCallResetsItsStream() throws Exception {
		try (Http2Transport transport = Transports.cleartext(); ScriptedServer server = ScriptedServer.start()) {
			CompletableFuture<Http2Response> result = transport.roundTripAsync(Http2Request.get(server.uri("/")));
			ScriptedConn connection = server.greeted();
			int stream = connection.awaitHead().streamId();
			result.cancel(false);
			assertThat(connection.awaitReset(stream)).isEqualTo(ErrorCode.CANCEL);
			Transports.awaitRest(transport);
		}
	}

	@Test
	void anAsynchronousCallWithoutAnAnswerTimesOut() throws Exception {
		try (Http2Transport transport = Transports
			.cleartext((options) -> options.responseTimeout(Duration.ofMillis(2_500)));
				ScriptedServer server = ScriptedServer.start()) {
			CompletableFuture<Http2Response> result = transport.roundTripAsync(Http2Request.get(server.uri("/")));
			ScriptedConn connection = server.greeted();
			int stream = connection.awaitHead().streamId();
			assertThat(result).failsWithin(20, TimeUnit.SECONDS)
				.withThrowableThat()
				.withMessageContaining("Timed out after");
			assertThat(connection.awaitReset(stream)).isEqualTo(ErrorCode.CANCEL);
		}
	}

	@Test
	void aListenerHearsOfEachStepOnceAndInOrder() throws Exception {
		Recorder recorder = new Recorder();
		TransportOptions options = Transports.options((choice) -> {
		});
		try (ScriptedServer server = ScriptedServer.start()) {
			try (Http2Transport transport = Http2Transport.builder().options(options).listener(recorder).build()) {
				Call<String> call = Call.of(() -> Transports.exchange(transport,
						Http2Request.builder("POST", server.uri("/")).body(RequestBody.of(CONTENT)).build()));
				ScriptedConn first = server.greeted();
				first.rstStream(first.awaitHead().streamId(), ErrorCode.REFUSED_STREAM);
				ClientFrame.Head again = first.awaitHead();
				first.respondHead(again.streamId(), 103);
				first.respond(again.streamId(), 200);
				assertThat(call.result()).isEqualTo("200");
				Awaitility.await().until(() -> recorder.events.contains("done null"));
				assertThat(recorder.events).filteredOn((event) -> !event.startsWith("wrote"))
					.containsExactly("get", "opened c1", "got c1 reused=false", "retried REFUSED_STREAM", "get",
							"got c1 reused=true", "informational 103", "firstByte 200", "done null");
				assertThat(recorder.events).filteredOn("wroteHeaders"::equals).hasSize(2);
				first.close();
			}
			Awaitility.await().until(() -> recorder.events.contains("closed c1"));
		}
	}

	private static final class Recorder implements TransportListener {

		private final List<String> events = new CopyOnWriteArrayList<>();

		@Override
		public void getConnection(Http2Request request) {
			this.events.add("get");
		}

		@Override
		public void gotConnection(Http2Request request, String connectionId, boolean reused, boolean wasIdle,
				Duration idleTime) {
			this.events.add("got " + connectionId + " reused=" + reused);
		}

		@Override
		public void wroteHeaders(Http2Request request) {
			this.events.add("wroteHeaders");
		}

		@Override
		public void wroteRequest(Http2Request request) {
			this.events.add("wroteRequest");
		}

		@Override
		public void informational(Http2Request request, int status, Headers headers) {
			this.events.add("informational " + status);
		}

		@Override
		public void firstByte(Http2Request request, int status) {
			this.events.add("firstByte " + status);
		}

		@Override
		public void retried(Http2Request request, Http2Exception cause) {
			this.events.add("retried " + cause.context().code());
		}

		@Override
		public void done(Http2Request request, @Nullable Throwable failure) {
			this.events.add("done " + failure);
		}

		@Override
		public void connectionOpened(String connectionId, ConnectionKey key) {
			this.events.add("opened " + connectionId);
		}

		@Override
		public void connectionClosed(String connectionId, ConnectionKey key, Http2Exception reason) {
			this.events.add("closed " + connectionId);
		}

	}

}
