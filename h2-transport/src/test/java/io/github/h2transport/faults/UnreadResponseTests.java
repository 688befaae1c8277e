package io.github.h2transport.faults;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;

import io.github.h2transport.ErrorCode;
import io.github.h2transport.Http2Request;
import io.github.h2transport.Http2Response;
import io.github.h2transport.testkit.Call;
import io.github.h2transport.testkit.ClientFrame;
import io.github.h2transport.testkit.ScriptedConn;
import io.github.h2transport.testkit.ScriptedServer;
import io.github.h2transport.testkit.Transports;
import io.github.h2transport.transport.Http2Transport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A response that is left unread costs its caller nothing and the server no RST_STREAM:
 * up to 64 KiB, for up to 250 ms, it may still come, and is thrown away (RFC 9113 section
 * 8.1).
 */
@Timeout(60)
class UnreadResponseTests {

	private static final int WINDOW = 65_535;

	private final ScriptedServer server = ScriptedServer.start();

	private final Http2Transport transport = Transports.cleartext((options) -> options.initialWindowSize(WINDOW)
		.connectionWindowSize(WINDOW)
		.strictMaxConcurrentStreams(true));

	@AfterEach
	void end() {
		this.server.close();
		this.transport.close();
	}

	/** How a caller leaves. */
	enum Way {

		CLOSE_OF_THE_RESPONSE {
			@Override
			void leave(Http2Response response) throws Exception {
				response.close();
			}
		},

		CLOSE_OF_THE_BODY {
			@Override
			void leave(Http2Response response) throws Exception {
				response.body().close();
			}
		},

		CANCEL_OF_THE_PUBLISHER {
			@Override
			void leave(Http2Response response) {
				CompletableFuture<Flow.Subscription> subscription = new CompletableFuture<>();
				response.publisher().subscribe(new Flow.Subscriber<>() {

					@Override
					public void onSubscribe(Flow.Subscription newSubscription) {
						subscription.complete(newSubscription);
					}

					@Override
					public void onNext(ByteBuffer item) {
					}

					@Override
					public void onError(Throwable failure) {
					}

					@Override
					public void onComplete() {
					}

				});
				subscription.join().cancel();
			}
		};

		abstract void leave(Http2Response response) throws Exception;

	}

	private Call<String> call(Way way) {
		return Call.of(() -> {
			Http2Response response = this.transport.roundTrip(Http2Request.get(this.server.uri("/")));
			way.leave(response);
			return "left";
		});
	}

	private static List<ClientFrame> resets(ScriptedConn connection) {
		return connection.barrier().stream().filter((frame) -> frame instanceof ClientFrame.RstStream).toList();
	}

	@ParameterizedTest
	@EnumSource
	void theCallerIsFreeAtOnceAndTheRestOfUnknownLengthIsTaken(Way way) {
		Call<String> call = call(way);
		ScriptedConn connection = this.server.greeted();
		connection.awaitHead();
		connection.respondHead(1, 200);

		assertThat(call.result()).isEqualTo("left");

		connection.data(1, new byte[1000]).lastData(1, new byte[1000]);
		assertThat(resets(connection)).isEmpty();
		Transports.awaitRest(this.transport);
	}

	@ParameterizedTest
	@EnumSource
	void theCreditOfWhatIsThrownAwayGoesBack(Way way) {
		int octets = 0;
		int credit = 0;
		ScriptedConn connection = null;
		for (int id = 1; id < 41; id += 2) {
			Call<String> call = call(way);
			connection = (connection != null) ? connection : this.server.greeted();
			connection.awaitHead();
			connection.respondHead(id, 200);
			call.result();
			connection.data(id, new byte[10_000]).lastData(id, new byte[0]);
			octets += 10_000;
			for (ClientFrame frame : connection.barrier()) {
				credit += (frame instanceof ClientFrame.WindowUpdate update && update.streamId() == 0)
						? connection.await(ClientFrame.WindowUpdate.class, update::equals).increment() : 0;
			}
			assertThat(WINDOW + credit - octets).as("what the server may still send").isGreaterThan(10_000);
		}
		assertThat(this.server.accepted()).isEqualTo(1);
	}

	@ParameterizedTest
	@EnumSource
	void aStreamWindowThatIsSmallerThanTheDrainIsRefilled(Way way) {
		Call<String> call = call(way);
		ScriptedConn connection = this.server.greeted();
		connection.awaitHead();
		connection.respondHead(1, 200);
		call.result();
		for (int i = 0; i < 4; i++) {
			connection.data(1, new byte[10_000]);
		}
		assertThat(connection.await(ClientFrame.WindowUpdate.class, (frame) -> frame.streamId() == 1).increment())
			.isGreaterThanOrEqualTo(WINDOW / 2);
	}

	@ParameterizedTest
	@EnumSource
	void aServerThatGoesOnForLongerIsTold(Way way) {
		Call<String> call = call(way);
		ScriptedConn connection = this.server.greeted(1);
		connection.awaitHead();
		connection.respondHead(1, 200);
		call.result();
		Call<String> next = call(way);

		assertThat(connection.awaitReset(1)).isEqualTo(ErrorCode.CANCEL);

		assertThat(connection.awaitHead().streamId()).isEqualTo(3);
		connection.respond(3, 200);
		assertThat(next.result()).isEqualTo("left");
		assertThat(this.server.accepted()).isEqualTo(1);
	}

	@ParameterizedTest
	@EnumSource
	void aServerThatSendsMoreIsTold(Way way) {
		Call<String> call = call(way);
		ScriptedConn connection = this.server.greeted();
		connection.awaitHead();
		connection.respondHead(1, 200);
		call.result();
		for (int i = 0; i < 6; i++) {
			connection.data(1, new byte[10_000]);
		}
		assertThat(resets(connection)).isEmpty();

		connection.await(ClientFrame.WindowUpdate.class, (frame) -> frame.streamId() == 1);
		connection.data(1, new byte[10_000]);

		assertThat(connection.awaitReset(1)).isEqualTo(ErrorCode.CANCEL);
	}

	@ParameterizedTest
	@EnumSource
	void aDeclaredRestThatIsTooLargeIsResetAtOnce(Way way) {
		Call<String> call = call(way);
		ScriptedConn connection = this.server.greeted();
		connection.awaitHead();
		connection.respondHead(1, 200, "content-length", "100000");
		call.result();

		assertThat(resets(connection)).hasSize(1);
	}

}
