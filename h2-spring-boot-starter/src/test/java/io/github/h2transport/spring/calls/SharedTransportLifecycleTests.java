package io.github.h2transport.spring.calls;

import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import io.github.h2transport.Http2Exception;
import io.github.h2transport.Http2Request;
import io.github.h2transport.Http2Response;
import io.github.h2transport.TransportOptions;
import io.github.h2transport.spring.SharedHttp2Transport;
import io.github.h2transport.transport.Http2Transport;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

@Timeout(120)
class SharedTransportLifecycleTests {

	private final List<Http2Transport> made = new ArrayList<>();

	private final SharedHttp2Transport shared = shared(Duration.ofSeconds(10));

	private final TomcatServer server = TomcatServer.h2c();

	@AfterEach
	void close() {
		this.shared.close();
		this.server.close();
	}

	@Test
	void theTransportIsMadeOnFirstUseAlsoBeforeTheStart() throws Exception {
		assertThat(this.shared.snapshot().origins()).isEmpty();
		this.shared.start();
		assertThat(this.made).as("neither looking nor starting makes one").isEmpty();

		assertThat(call()).isEqualTo("HTTP/2.0");

		assertThat(this.made).hasSize(1);
		assertThat(this.shared.get()).isSameAs(this.shared.get());
		assertThat(this.shared.snapshot().origins()).hasSize(1);
	}

	@Test
	void aStopWaitsForRunningCallsWithoutBlockingItsCaller() throws Exception {
		this.shared.start();
		Http2Response unread = this.shared.get().roundTrip(Http2Request.get(this.server.uri("/large")));
		CompletableFuture<Void> stopped = new CompletableFuture<>();

		this.shared.stop(() -> stopped.complete(null));

		assertThat(this.shared.isRunning()).isFalse();
		assertThat(stopped).as("a body is still being read").isNotDone();
		assertThat(unread.body().readAllBytes()).hasSize(TomcatServer.LARGE_SIZE);
		stopped.get(20, TimeUnit.SECONDS);
		assertThatExceptionOfType(Http2Exception.class).isThrownBy(this::call).withMessageContaining("closed");
	}

	@Test
	void aStopEndsWithItsTimeoutHoweverLongACallWouldRun() throws Exception {
		SharedHttp2Transport impatient = shared(Duration.ofMillis(100));
		impatient.start();
		URI never = this.server.uri("/never");
		CompletableFuture<Throwable> call = new CompletableFuture<>();
		Thread caller = new Thread(() -> {
			try {
				impatient.get().roundTrip(Http2Request.get(never));
			}
			catch (Throwable ex) {
				call.complete(ex);
			}
		});
		caller.start();
		Awaitility.await()
			.until(() -> impatient.snapshot()
				.origins()
				.stream()
				.flatMap((origin) -> origin.connections().stream())
				.anyMatch((connection) -> connection.activeStreams() == 1));
		CompletableFuture<Void> stopped = new CompletableFuture<>();

		impatient.stop(() -> stopped.complete(null));

		stopped.get(20, TimeUnit.SECONDS);
		assertThat(call.get(20, TimeUnit.SECONDS)).isInstanceOf(Http2Exception.class);
	}

	@Test
	void aStartAfterAStopMakesANewTransport() throws Exception {
		this.shared.start();
		call();
		this.shared.stop();

		this.shared.start();

		assertThat(call()).isEqualTo("HTTP/2.0");
		assertThat(this.made).hasSize(2);
	}

	@Test
	void aCallAfterTheStopOfAnUnusedTransportIsRefusedToo() {
		this.shared.start();
		this.shared.stop();

		assertThatExceptionOfType(Http2Exception.class).isThrownBy(this::call).withMessageContaining("closed");
	}

	@Test
	void itStopsAfterEverythingElseAndIsNotPaused() {
		assertThat(this.shared.getPhase()).isEqualTo(Integer.MIN_VALUE);
		assertThat(this.shared.isPauseable()).isFalse();
		assertThat(this.shared.isAutoStartup()).isTrue();
	}

	private String call() throws Exception {
		try (Http2Response response = this.shared.get().roundTrip(Http2Request.get(this.server.uri("/protocol")))) {
			return new String(response.body().readAllBytes());
		}
	}

	private SharedHttp2Transport shared(Duration shutdownTimeout) {
		return new SharedHttp2Transport(TransportOptions.builder().allowHttp(true).build(), (options) -> {
			Http2Transport transport = Http2Transport.builder().options(options).build();
			this.made.add(transport);
			return transport;
		}, shutdownTimeout);
	}

}
