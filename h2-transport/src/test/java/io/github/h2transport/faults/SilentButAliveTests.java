package io.github.h2transport.faults;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

import io.github.h2transport.Http2Request;
import io.github.h2transport.Http2Response;
import io.github.h2transport.RequestBody;
import io.github.h2transport.TransportOptions;
import io.github.h2transport.conn.ConnectionSnapshot;
import io.github.h2transport.frame.Settings;
import io.github.h2transport.testkit.Call;
import io.github.h2transport.testkit.Content;
import io.github.h2transport.testkit.FaultProxy;
import io.github.h2transport.testkit.ScriptedServer;
import io.github.h2transport.testkit.ServedExchange;
import io.github.h2transport.testkit.ServedRequests;
import io.github.h2transport.testkit.Transports;
import io.github.h2transport.transport.Http2Transport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Servers and paths that are slow or have nothing to say, but answer PINGs: their
 * connections stay, no call is lost, and connections do not pile up.
 */
class SilentButAliveTests {

	private static final Duration PING_INTERVAL = Duration.ofMillis(200);

	private final CountDownLatch news = new CountDownLatch(1);

	private final AtomicInteger waiting = new AtomicInteger();

	private final ServedRequests server = ScriptedServer
		.serving(Settings.builder().set(Settings.MAX_CONCURRENT_STREAMS, 100).build(), this::answer);

	private final FaultProxy path = FaultProxy.to(this.server.port(), 1);

	@AfterEach
	void end() {
		this.news.countDown();
		this.path.close();
		this.server.close();
		assertThat(this.server.violations()).isEmpty();
	}

	@Test
	void aLongPollBesideSteadyCallsIsAnsweredOnTheOneConnection() throws Exception {
		try (Http2Transport transport = transport((options) -> {
		})) {
			Call<String> poll = get(transport, "/wait");
			for (int i = 0; i < 20; i++) {
				int length = 100 + i;
				assertThat(get(transport, "/" + length).result()).hasSize(length);
				quiet(transport, Duration.ofMillis(50));
			}
			this.news.countDown();
			assertThat(poll.result()).isEqualTo("news");
			assertThat(this.path.connections()).isEqualTo(1);
		}
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void aLongPollAloneOutlivesItsPingsAndLaterCallsAreServedBesideIt(boolean strict) throws Exception {
		try (Http2Transport transport = transport((options) -> options.strictMaxConcurrentStreams(strict))) {
			assertThat(get(transport, "/1").result()).hasSize(1);
			Call<String> poll = get(transport, "/wait");
			// Three PINGs are answered, and there are no more.
			quiet(transport, PING_INTERVAL.multipliedBy(4));
			for (int i = 0; i < 10; i++) {
				quiet(transport, PING_INTERVAL);
				assertThat(get(transport, "/10").result()).hasSize(10);
			}
			this.news.countDown();
			assertThat(poll.result()).isEqualTo("news");
			assertThat(this.path.connections()).as("no pile of connections").isLessThanOrEqualTo(2);
		}
	}

	@Test
	void manyLongPollsThatComeOneByOneDoNotPileUpConnections() throws Exception {
		try (Http2Transport transport = transport((options) -> options.maxConnections(2))) {
			Call<?>[] polls = new Call<?>[8];
			for (int i = 0; i < polls.length; i++) {
				int begun = i + 1;
				polls[i] = get(transport, "/wait");
				await().until(() -> this.waiting.get() == begun);
				quiet(transport, PING_INTERVAL.multipliedBy(4));
			}
			this.news.countDown();
			for (Call<?> poll : polls) {
				assertThat(poll.result()).isEqualTo("news");
			}
			assertThat(this.path.connections()).isLessThanOrEqualTo(3);
		}
	}

	@Test
	void anUploadThatPausesKeepsItsConnection() throws Exception {
		try (Http2Transport transport = transport((options) -> {
		})) {
			CountDownLatch rest = new CountDownLatch(1);
			RequestBody body = RequestBody.ofInputStream(new PausingStream(rest), 2_000);
			Call<String> upload = Call.of(() -> Transports.exchange(transport,
					Http2Request.builder("POST", this.path.uri("/echo")).body(body).build()));
			await().until(() -> Transports.connections(transport).size() == 1);
			quiet(transport, PING_INTERVAL.multipliedBy(5));
			rest.countDown();
			assertThat(upload.result()).hasSize("200 ".length() + 2_000);
			assertThat(this.path.connections()).isEqualTo(1);
		}
	}

	@Test
	void aDownloadThatComesSlowlyKeepsItsConnection() throws Exception {
		try (Http2Transport transport = transport((options) -> {
		})) {
			this.path.toClient().throttle(60_000);
			assertThat(get(transport, "/100000").result()).hasSize(100_000);
			assertThat(this.path.connections()).isEqualTo(1);
		}
	}

	@Test
	void anUploadThatLeavesSlowlyKeepsItsConnection() throws Exception {
		try (Http2Transport transport = transport((options) -> {
		})) {
			byte[] content = Content.ofSize(400_000);
			this.path.toServer().throttle(200_000);
			try (Http2Response response = transport.roundTrip(
					Http2Request.builder("POST", this.path.uri("/echo")).body(RequestBody.of(content)).build())) {
				assertThat(response.body().readAllBytes()).isEqualTo(content);
			}
			assertThat(this.path.connections()).isEqualTo(1);
		}
	}

	private void answer(ServedExchange exchange) {
		if (exchange.path().equals("/wait")) {
			this.waiting.incrementAndGet();
			try {
				this.news.await();
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
			exchange.respond(200, new byte[] { 'n', 'e', 'w', 's' });
		}
		else if (exchange.path().equals("/echo")) {
			exchange.respond(200, exchange.content());
		}
		else {
			exchange.respond(200, Content.ofSize(Integer.parseInt(exchange.path().substring(1))));
		}
	}

	private Call<String> get(Http2Transport transport, String target) {
		return Call.of(() -> {
			try (Http2Response response = transport.roundTrip(Http2Request.get(this.path.uri(target)))) {
				byte[] content = response.body().readAllBytes();
				return new String(content, StandardCharsets.ISO_8859_1);
			}
		});
	}

	/** Waits while nothing else is done; connections go on with their PINGs. */
	private static void quiet(Http2Transport transport, Duration time) {
		long until = System.nanoTime() + time.toNanos();
		await().pollInterval(Duration.ofMillis(10)).until(() -> System.nanoTime() - until >= 0);
		assertThat(Transports.connections(transport)).extracting(ConnectionSnapshot::id).isNotEmpty();
	}

	private static Http2Transport transport(Consumer<TransportOptions.Builder> choice) {
		return Transports.cleartext((options) -> {
			// Short, and still longer than a busy machine needs for an answer.
			options.pingInterval(PING_INTERVAL).pingTimeout(Duration.ofSeconds(10));
			choice.accept(options);
		});
	}

	/** Half of its content at once, and the rest when it is time. */
	private static final class PausingStream extends InputStream {

		private final CountDownLatch rest;

		private int given;

		private PausingStream(CountDownLatch rest) {
			this.rest = rest;
		}

		@Override
		public int read() {
			if (this.given == 1_000) {
				try {
					this.rest.await();
				}
				catch (InterruptedException ex) {
					throw new UncheckedIOException(new IOException(ex));
				}
			}
			return (this.given++ < 2_000) ? 'x' : -1;
		}

	}

}
