package io.github.h2transport.transport;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

import io.github.h2transport.Http2Request;
import io.github.h2transport.Http2Response;
import io.github.h2transport.RequestBody;
import io.github.h2transport.TransportOptions;
import io.github.h2transport.testkit.Content;
import io.github.h2transport.testkit.RealServer;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A small caller beside eight uploaders on one connection: the loop writes for all, a
 * bounded turn for each, so that nobody waits for all that others have.
 */
class FairnessRealServerTests {

	private static final int UPLOADERS = 8;

	private static final int CALLS = 200;

	@Test
	void aSmallCallerIsNotHeldUpByEightUploaders() throws Exception {
		byte[] upload = Content.ofSize(1 << 20);
		AtomicBoolean over = new AtomicBoolean();
		AtomicInteger uploads = new AtomicInteger();
		ExecutorService uploaders = Executors.newFixedThreadPool(UPLOADERS);
		try (RealServer server = RealServer.nghttpd().maxConcurrentStreams(128).file("/file", 100).start();
				Http2Transport transport = Http2Transport.builder()
					.options(TransportOptions.builder().allowHttp(true).build())
					.build()) {
			List<Future<?>> running = new ArrayList<>();
			for (int i = 0; i < UPLOADERS; i++) {
				running.add(uploaders.submit(() -> {
					while (!over.get()) {
						Http2Request request = Http2Request.builder("POST", server.uri("/echo"))
							.body(RequestBody.of(upload))
							.build();
						try (Http2Response response = transport.roundTrip(request)) {
							assertThat(response.body().readAllBytes()).hasSize(upload.length);
							uploads.incrementAndGet();
						}
					}
					return null;
				}));
			}
			List<Integer> overtaken = new ArrayList<>();
			for (int i = 0; i < CALLS; i++) {
				int before = uploads.get();
				try (Http2Response response = transport.roundTrip(Http2Request.get(server.uri("/file")))) {
					assertThat(response.body().readAllBytes()).hasSize(100);
				}
				overtaken.add(uploads.get() - before);
			}
			over.set(true);
			for (Future<?> uploader : running) {
				uploader.get();
			}
			Collections.sort(overtaken);
			// Whoever waits for the uploads to be written is overtaken by all of them,
			// and
			// by those that follow.
			assertThat(overtaken.get(CALLS * 99 / 100)).as("uploads that ended during one small call")
				.isLessThan(2 * UPLOADERS);
			assertThat(uploads).hasPositiveValue();
			assertThat(transport.snapshot().origins().get(0).connections()).hasSize(1);
		}
		finally {
			over.set(true);
			uploaders.shutdownNow();
		}
	}

}
