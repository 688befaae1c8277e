package io.github.h2transport.transport;

import java.io.ByteArrayInputStream;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import io.github.h2transport.CallCancelledException;
import io.github.h2transport.Http2Exception;
import io.github.h2transport.Http2Request;
import io.github.h2transport.Http2Response;
import io.github.h2transport.Phase;
import io.github.h2transport.RequestBody;
import io.github.h2transport.testkit.Call;
import io.github.h2transport.testkit.ClientFrame;
import io.github.h2transport.testkit.Content;
import io.github.h2transport.testkit.ScriptedConn;
import io.github.h2transport.testkit.ScriptedServer;
import io.github.h2transport.testkit.Transports;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * An interrupted caller leaves at once with its flag set; the server hears of it by
 * RST_STREAM, and nobody else notices (RFC 9113 section 5.4.2).
 */
class CancellationTests {

	private final ScriptedServer server = ScriptedServer.start();

	private final Http2Transport transport = Transports
		.cleartext((options) -> options.strictMaxConcurrentStreams(true));

	@AfterEach
	void end() {
		// First the server, which would otherwise keep the transport waiting for its end.
		this.server.close();
		this.transport.close();
	}

	@Test
	void anInterruptWhileWaitingForAConnection() {
		Call<String> first = get();
		ScriptedConn connection = this.server.greeted(1);
		connection.awaitHead();
		connection.await(ClientFrame.SettingsAck.class);
		Call<String> queued = get();
		Transports.awaitPending(this.transport, 1);
		assertThat(cancelled(queued).context().phase()).isEqualTo(Phase.POOL);
		assertThat(Transports.pending(this.transport)).isZero();
		connection.respond(1, 200);
		assertThat(first.result()).isEqualTo("200");
		assertThat(connection.barrier()).noneMatch((frame) -> frame instanceof ClientFrame.Head);
		Transports.awaitRest(this.transport);
	}

	@Test
	void anInterruptWhileTheBodyIsBeingSent() {
		Call<String> neighbour = get();
		ScriptedConn connection = this.server.greeted();
		connection.awaitHead();
		Call<String> call = Call.of(() -> Transports.exchange(this.transport,
				Http2Request.builder("POST", this.server.uri("/"))
					.body(RequestBody.ofInputStream(new ByteArrayInputStream(new byte[1_000_000]), 1_000_000))
					.build()));
		connection.awaitHead();
		await().until(call::isWaiting);
		assertThat(cancelled(call).context().phase()).isEqualTo(Phase.REQUEST_BODY);
		assertThat(connection.awaitReset(3).name()).isEqualTo("CANCEL");
		neighbourIsUnhurt(connection, neighbour);
	}

	@Test
	void anInterruptWhileWaitingForTheHead() {
		Call<String> neighbour = get();
		ScriptedConn connection = this.server.greeted();
		connection.awaitHead();
		Call<String> call = get();
		connection.awaitHead();
		CallCancelledException failure = cancelled(call);
		assertThat(failure.isSafeToRetry()).isFalse();
		assertThat(connection.awaitReset(3).name()).isEqualTo("CANCEL");
		neighbourIsUnhurt(connection, neighbour);
	}

	@Test
	void anInterruptWhileReadingTheBodyGivesTheCreditBack() throws Exception {
		Call<String> neighbour = get();
		ScriptedConn connection = this.server.greeted();
		connection.awaitHead();
		CountDownLatch head = new CountDownLatch(1);
		Call<Integer> call = Call.of(() -> {
			Http2Response response = this.transport.roundTrip(Http2Request.get(this.server.uri("/")));
			head.countDown();
			return response.body().readAllBytes().length;
		});
		connection.awaitHead();
		connection.respondHead(3, 200);
		for (int i = 0; i < 10; i++) {
			connection.data(3, Content.ofSize(16_384));
		}
		// Before that it would wait for the head.
		assertThat(head.await(20, TimeUnit.SECONDS)).isTrue();
		await().until(call::isWaiting);
		assertThat(cancelled(call).context().phase()).isEqualTo(Phase.RESPONSE_BODY);
		assertThat(connection.awaitReset(3).name()).isEqualTo("CANCEL");
		// Still on its way when the reset arrives; counts for the connection's window.
		for (int i = 0; i < 10; i++) {
			connection.data(3, Content.ofSize(16_384));
		}
		neighbourIsUnhurt(connection, neighbour);
	}

	@Test
	void aFlagThatIsSetBeforeTheCallCancelsIt() {
		Call<String> call = Call.of(() -> {
			Thread.currentThread().interrupt();
			return Transports.exchange(this.transport, Http2Request.get(this.server.uri("/")));
		});
		call.failure(CallCancelledException.class);
		assertThat(call.endedInterrupted()).isTrue();
		Transports.awaitRest(this.transport);
	}

	@Test
	void aCallWithoutAnAnswerOnAQuietConnectionLeavesItUsable() {
		Call<String> call = get();
		ScriptedConn connection = this.server.greeted();
		connection.awaitHead();
		cancelled(call);
		connection.awaitReset(1);
		// The server had answered before it saw the reset (RFC 9113 section 5.1).
		connection.respondHead(1, 200, "x-late", "yes").data(1, new byte[1000]);
		Call<String> next = get();
		assertThat(connection.awaitHead().streamId()).isEqualTo(3);
		connection.respond(3, 204, "x-late", "yes");
		assertThat(next.result()).isEqualTo("204");
		Transports.awaitRest(this.transport);
	}

	@Test
	void closingTheTransportEndsTheCallsThatRun() {
		Call<String> call = get();
		ScriptedConn connection = this.server.greeted();
		connection.awaitHead();
		Call<String> closing = Call.of(() -> {
			this.transport.shutdown(Duration.ofMillis(200)).join();
			return "closed";
		});
		assertThat(connection.await(ClientFrame.GoAway.class).code().name()).isEqualTo("NO_ERROR");
		assertThat(call.failure(Http2Exception.class).isSafeToRetry()).isFalse();
		connection.close();
		assertThat(closing.result()).isEqualTo("closed");
	}

	private Call<String> get() {
		return Call.of(() -> Transports.exchange(this.transport, Http2Request.get(this.server.uri("/"))));
	}

	private static CallCancelledException cancelled(Call<?> call) {
		CallCancelledException failure = call.interrupt().failure(CallCancelledException.class);
		assertThat(call.endedInterrupted()).isTrue();
		assertThat(call.took()).isLessThan(Duration.ofSeconds(20));
		return failure;
	}

	private void neighbourIsUnhurt(ScriptedConn connection, Call<String> neighbour) {
		connection.respondHead(1, 200).lastData(1, "unhurt".getBytes());
		assertThat(neighbour.result()).isEqualTo("200 unhurt");
		connection.barrier();
		Transports.awaitRest(this.transport);
		assertThat(this.server.accepted()).isEqualTo(1);
	}

}
