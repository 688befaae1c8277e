package io.github.h2transport.faults;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.SubmissionPublisher;
import java.util.concurrent.TimeUnit;

import io.github.h2transport.Http2Request;
import io.github.h2transport.Http2Response;
import io.github.h2transport.RequestBody;
import io.github.h2transport.testkit.ClientFrame;
import io.github.h2transport.testkit.ScriptedConn;
import io.github.h2transport.testkit.ScriptedServer;
import io.github.h2transport.testkit.Transports;
import io.github.h2transport.transport.Http2Transport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A server that answers while it reads, as one does that echoes, and gives no credit for
 * what is less than half of a window: its answer alone says that it reads the upload.
 *
 * <p>
 * Nothing else may happen on the connection while the uploads wait, such as a PING:
 * whatever the client writes is an occasion to look at the uploads again.
 */
@Timeout(60)
class AnsweredUploadsGoOnTests {

	private static final int FRAME = 16_384;

	private static final byte[] CONTENT = new byte[20_000];

	@Test
	void anAnswerLetsItsUploadAndThoseBehindItGoOn() throws Exception {
		try (Http2Transport transport = transport();
				ScriptedServer server = ScriptedServer.start();
				SubmissionPublisher<ByteBuffer> paused = new SubmissionPublisher<>()) {
			// The oldest has nothing to send for the time being.
			CompletableFuture<Http2Response> oldest = post(transport, server,
					RequestBody.ofPublisher(paused, RequestBody.UNKNOWN_LENGTH, false));
			ScriptedConn connection = server.greeted();
			connection.awaitHead();
			CompletableFuture<Http2Response> second = post(transport, server, RequestBody.of(CONTENT));
			expect(connection, 3, FRAME, false);
			CompletableFuture<Http2Response> third = post(transport, server, RequestBody.of(CONTENT));
			assertThat(connection.awaitHead().streamId()).isEqualTo(3);
			assertThat(connection.awaitHead().streamId()).isEqualTo(5);

			connection.respondHead(3, 200);

			expect(connection, 3, CONTENT.length - FRAME, true);
			expect(connection, 5, FRAME, false);
			assertThat(second.get(15, TimeUnit.SECONDS).status()).isEqualTo(200);
			third.cancel(true);
			oldest.cancel(true);
		}
	}

	/** It had nothing to send yet, as a writer that is slow to begin. */
	@Test
	void anAnswerCountsThoughNothingWasSentBefore() throws Exception {
		try (Http2Transport transport = transport();
				ScriptedServer server = ScriptedServer.start();
				SubmissionPublisher<ByteBuffer> paused = new SubmissionPublisher<>();
				SubmissionPublisher<ByteBuffer> slow = new SubmissionPublisher<>()) {
			CompletableFuture<Http2Response> oldest = post(transport, server,
					RequestBody.ofPublisher(paused, RequestBody.UNKNOWN_LENGTH, false));
			ScriptedConn connection = server.greeted();
			connection.awaitHead();
			CompletableFuture<Http2Response> second = post(transport, server,
					RequestBody.ofPublisher(slow, CONTENT.length, false));
			assertThat(connection.awaitHead().streamId()).isEqualTo(3);
			connection.respondHead(3, 200);
			assertThat(second.get(15, TimeUnit.SECONDS).status()).isEqualTo(200);
			CompletableFuture<Http2Response> third = post(transport, server, RequestBody.of(CONTENT));
			expect(connection, 5, FRAME, false);

			slow.submit(ByteBuffer.wrap(CONTENT));

			expect(connection, 3, FRAME, false);
			expect(connection, 3, CONTENT.length - FRAME, true);
			third.cancel(true);
			oldest.cancel(true);
		}
	}

	/** As soon as the oldest has ended. */
	@Test
	void whoBecomesTheOldestGoesOnAtOnce() throws Exception {
		try (Http2Transport transport = transport();
				ScriptedServer server = ScriptedServer.start();
				SubmissionPublisher<ByteBuffer> paused = new SubmissionPublisher<>();
				SubmissionPublisher<ByteBuffer> slow = new SubmissionPublisher<>()) {
			CompletableFuture<Http2Response> oldest = post(transport, server,
					RequestBody.ofPublisher(paused, 100, false));
			ScriptedConn connection = server.greeted();
			connection.awaitHead();
			CompletableFuture<Http2Response> second = post(transport, server,
					RequestBody.ofPublisher(slow, CONTENT.length, false));
			assertThat(connection.awaitHead().streamId()).isEqualTo(3);
			CompletableFuture<Http2Response> third = post(transport, server, RequestBody.of(CONTENT));
			expect(connection, 5, FRAME, false);
			slow.submit(ByteBuffer.wrap(CONTENT));
			// The barrier's answer says that the client has had its chance.
			connection.barrier();

			paused.submit(ByteBuffer.wrap(new byte[100]));

			expect(connection, 1, 100, true);
			expect(connection, 3, FRAME, false);
			expect(connection, 3, CONTENT.length - FRAME, true);
			second.cancel(true);
			third.cancel(true);
			oldest.cancel(true);
		}
	}

	private static Http2Transport transport() {
		return Transports.cleartext((options) -> options.pingInterval(Duration.ZERO));
	}

	private static void expect(ScriptedConn connection, int streamId, int octets, boolean endStream) {
		assertThat(connection.await(ClientFrame.Data.class)).usingRecursiveComparison()
			.isEqualTo(new ClientFrame.Data(streamId, new byte[octets], endStream));
	}

	private static CompletableFuture<Http2Response> post(Http2Transport transport, ScriptedServer server,
			RequestBody body) {
		return transport.roundTripAsync(Http2Request.builder("POST", server.uri("/echo")).body(body).build());
	}

}
