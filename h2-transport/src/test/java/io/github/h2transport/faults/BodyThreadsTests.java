package io.github.h2transport.faults;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import io.github.h2transport.Http2Request;
import io.github.h2transport.Http2Response;
import io.github.h2transport.PoolException;
import io.github.h2transport.RequestBody;
import io.github.h2transport.TransportOptions;
import io.github.h2transport.frame.Settings;
import io.github.h2transport.testkit.ScriptedServer;
import io.github.h2transport.testkit.ServedRequests;
import io.github.h2transport.transport.Http2Transport;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;

/** Asynchronous calls whose content blocks: as many threads as somebody allows. */
@Timeout(60)
class BodyThreadsTests {

	private static final int MOST = 3;

	@Test
	void aCallThatFindsNoThreadFailsUnsentAndOthersGoOn() throws Exception {
		CountDownLatch released = new CountDownLatch(1);
		try (ServedRequests server = ScriptedServer.serving(Settings.builder().build(),
				(exchange) -> exchange.respond(200, exchange.content()));
				Http2Transport transport = Http2Transport.builder()
					.options(TransportOptions.builder().allowHttp(true).maxBodyThreads(MOST).build())
					.build()) {
			List<CompletableFuture<Http2Response>> writing = new ArrayList<>();
			CountDownLatch begun = new CountDownLatch(MOST);
			for (int i = 0; i < MOST; i++) {
				writing.add(transport.roundTripAsync(upload(server, RequestBody.ofWriter((out) -> {
					begun.countDown();
					await(released);
					out.write("held".getBytes(StandardCharsets.US_ASCII));
				}, RequestBody.UNKNOWN_LENGTH, false))));
			}
			assertThat(begun.await(20, TimeUnit.SECONDS)).isTrue();
			RequestBody oneMore = RequestBody.ofWriter((out) -> out.write(1), RequestBody.UNKNOWN_LENGTH, false);
			assertThat(transport.roundTripAsync(upload(server, oneMore))).failsWithin(20, TimeUnit.SECONDS)
				.withThrowableThat()
				.havingCause()
				.isInstanceOfSatisfying(PoolException.class, (full) -> {
					assertThat(full.reason()).isEqualTo(PoolException.Reason.BODY_THREADS_BUSY);
					assertThat(full.isSafeToRetry()).isTrue();
					assertThat(full).hasMessageContaining("All 3 threads")
						.hasMessageContaining("h2.transport.max-body-threads");
				});
			assertThat(transport.roundTripAsync(upload(server, RequestBody.of(new byte[5])))).as("needs no thread")
				.succeedsWithin(20, TimeUnit.SECONDS)
				.satisfies(Http2Response::close);
			released.countDown();
			for (CompletableFuture<Http2Response> call : writing) {
				assertThat(call).succeedsWithin(20, TimeUnit.SECONDS).satisfies(Http2Response::close);
			}
			// A place is free when the writer has returned, which may be after the
			// answer.
			Awaitility.await().untilAsserted(() -> {
				RequestBody again = RequestBody.ofWriter((out) -> out.write(1), RequestBody.UNKNOWN_LENGTH, false);
				assertThat(transport.roundTripAsync(upload(server, again))).succeedsWithin(20, TimeUnit.SECONDS)
					.satisfies(Http2Response::close);
			});
			assertThat(transport.snapshot().origins().get(0).connections().get(0).activeStreams()).isZero();
		}
	}

	private static Http2Request upload(ServedRequests server, RequestBody body) {
		return Http2Request.builder("POST", server.uri("/upload")).body(body).build();
	}

	private static void await(CountDownLatch latch) {
		try {
			latch.await(30, TimeUnit.SECONDS);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

}
