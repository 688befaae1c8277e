package io.github.h2transport.spring.faults;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;

import io.github.h2transport.testkit.Call;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import org.springframework.http.MediaType;
import org.springframework.web.client.RestClient;
import org.springframework.web.reactive.function.client.WebClient;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Many uploads at once to servers that take 100 requests or more on a connection and
 * execute 16 or 20 of them: what they execute is never kept waiting by what they have
 * only queued, so all succeed, and others' calls beside them are answered.
 */
@Timeout(600)
class ManyUploadsToStockServersTests {

	private static final int SIZE = 100_000;

	/**
	 * Uploads that starved each other took 20 s, until the server gave some of them up,
	 * and so did the calls beside them. A second is what a call takes at most on a
	 * machine with something to spare; this one may be shared with other builds.
	 */
	private static final Duration MOST = Duration.ofSeconds(5);

	static Stream<Arguments> cases() {
		List<Arguments> cases = new ArrayList<>();
		for (StockServer.Kind kind : StockServer.Kind.values()) {
			for (boolean secure : new boolean[] { false, true }) {
				for (Client client : Client.values()) {
					for (int uploads : new int[] { 30, 100 }) {
						cases.add(Arguments.of(kind, secure, client, uploads));
					}
				}
			}
		}
		return cases.stream();
	}

	/** The two clients, and content with and without a length. */
	enum Client {

		REST_CLIENT {

			@Override
			String upload(ClientSide side, StockServer server) {
				RestClient client = side.rest();
				return String.valueOf(client.post()
					.uri(server.uri("/count"))
					.contentType(MediaType.APPLICATION_OCTET_STREAM)
					.body(new byte[SIZE])
					.retrieve()
					.body(String.class));
			}

		},

		WEB_CLIENT {

			@Override
			String upload(ClientSide side, StockServer server) {
				WebClient client = side.web();
				return String.valueOf(client.post()
					.uri(server.uri("/count"))
					.contentType(MediaType.APPLICATION_OCTET_STREAM)
					.bodyValue(new byte[SIZE])
					.retrieve()
					.bodyToMono(String.class)
					.block());
			}

		};

		abstract String upload(ClientSide side, StockServer server);

	}

	@ParameterizedTest(name = "{0}, TLS {1}, {2}, {3}")
	@MethodSource("cases")
	void allSucceedAndNoCallBesideThemWaits(StockServer.Kind kind, boolean secure, Client client, int uploads)
			throws Exception {
		try (StockServer server = kind.start(secure); ClientSide side = new ClientSide()) {
			RestClient beside = side.rest();
			assertThat(hello(beside, server)).isEqualTo("hello");
			CountDownLatch begin = new CountDownLatch(1);
			List<Call<String>> calls = Call.many(uploads, () -> {
				assertThat(begin.await(30, TimeUnit.SECONDS)).isTrue();
				return client.upload(side, server);
			});
			AtomicBoolean over = new AtomicBoolean();
			Call<Duration> longest = Call.of(() -> {
				Duration most = Duration.ZERO;
				begin.countDown();
				do {
					long start = System.nanoTime();
					assertThat(hello(beside, server)).isEqualTo("hello");
					Duration took = Duration.ofNanos(System.nanoTime() - start);
					most = (took.compareTo(most) > 0) ? took : most;
				}
				while (!over.get());
				return most;
			});
			for (Call<String> call : calls) {
				assertThat(call.result()).isEqualTo(String.valueOf(SIZE));
			}
			over.set(true);
			assertThat(longest.result()).isLessThan(MOST);
		}
	}

	private static String hello(RestClient client, StockServer server) {
		return String.valueOf(client.get().uri(server.uri("/hello")).retrieve().body(String.class));
	}

}
