package io.github.h2transport.transport;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

import io.github.h2transport.CallOptions;
import io.github.h2transport.ConnectFailedException;
import io.github.h2transport.Headers;
import io.github.h2transport.Http2Exception;
import io.github.h2transport.Http2Request;
import io.github.h2transport.Http2Response;
import io.github.h2transport.RequestBody;
import io.github.h2transport.TlsOptions;
import io.github.h2transport.pool.EndReason;
import io.github.h2transport.testkit.Call;
import io.github.h2transport.testkit.Certificates;
import io.github.h2transport.testkit.Content;
import io.github.h2transport.testkit.GatewayKind;
import io.github.h2transport.testkit.RealServer;
import io.github.h2transport.testkit.Transports;
import io.github.h2transport.testkit.Upstream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Gateways of other people before an upstream that counts what it executes: bodies of
 * every size, many calls at once, and servers that are reloaded or killed meanwhile.
 */
class GatewayRealServerTests {

	private static final TlsOptions TLS = TlsOptions.of(Certificates.localhost().clientContext());

	private static final int[] SIZES = { 0, 1, 16_384, 10 << 20 };

	private static final int CALLERS = 20;

	private final Upstream upstream = Upstream.start();

	private final Http2Transport transport = Transports.cleartext();

	private final AtomicInteger numbers = new AtomicInteger();

	static Stream<Arguments> gatewaysAndTls() {
		return Stream.of(GatewayKind.values())
			.flatMap((kind) -> Stream.of(Arguments.of(kind, false), Arguments.of(kind, true)));
	}

	@AfterEach
	void end() {
		this.transport.close();
		this.upstream.close();
	}

	@ParameterizedTest
	@MethodSource("gatewaysAndTls")
	void carriesContentOfEverySizeBothWays(GatewayKind kind, boolean tls) throws Exception {
		try (RealServer server = server(kind, tls)) {
			for (int size : SIZES) {
				String whole = Content.sha256(Content.ofSize(size));
				assertThat(Content.sha256(exchange(get(server, "/" + size)))).isEqualTo(whole);
				assertThat(Content.sha256(exchange(post(server, size)))).isEqualTo(whole);
			}
			assertThat(Transports.connections(this.transport)).hasSize(1);
			assertThat(this.upstream.executedTwice()).isEmpty();
		}
	}

	@ParameterizedTest
	@MethodSource("gatewaysAndTls")
	void answersWithoutContentAreWhole(GatewayKind kind, boolean tls) throws Exception {
		try (RealServer server = server(kind, tls)) {
			try (Http2Response head = this.transport.roundTrip(request(server, "HEAD", "/16384").build())) {
				assertThat(head.status()).isEqualTo(200);
				assertThat(head.headers().get("content-length")).isEqualTo("16384");
				assertThat(head.body().readAllBytes()).isEmpty();
			}
			for (int status : List.of(204, 304)) {
				try (Http2Response response = this.transport.roundTrip(get(server, "/status/" + status))) {
					assertThat(response.status()).isEqualTo(status);
					assertThat(response.body().readAllBytes()).isEmpty();
				}
			}
			assertThat(Transports.connections(this.transport)).hasSize(1);
			Transports.awaitRest(this.transport);
		}
	}

	@ParameterizedTest
	@MethodSource("gatewaysAndTls")
	void carriesAHundredCallsAtOnce(GatewayKind kind, boolean tls) {
		try (RealServer server = server(kind, tls)) {
			List<Call<byte[]>> calls = new ArrayList<>();
			for (int i = 0; i < 100; i++) {
				int size = i * 200;
				calls.add(Call.of(() -> exchange((size % 400 == 0) ? get(server, "/" + size) : post(server, size))));
			}
			for (int i = 0; i < 100; i++) {
				assertThat(Content.sha256(calls.get(i).result())).isEqualTo(Content.sha256(Content.ofSize(i * 200)));
			}
			assertThat(this.upstream.executedTwice()).isEmpty();
			Transports.awaitRest(this.transport);
		}
	}

	@ParameterizedTest
	@EnumSource(GatewayKind.class)
	void noPostIsExecutedTwiceWhenTheServerIsKilledAndComesBack(GatewayKind kind) {
		try (RealServer server = server(kind, false); Load load = new Load(server)) {
			for (int round = 0; round < 3; round++) {
				load.awaitAnswers(10 * CALLERS);
				server.kill();
				server.restart();
			}
			load.awaitAnswers(10 * CALLERS);
			load.end();
			assertThat(load.untyped).isEmpty();
			// What surely was not processed goes elsewhere, unless nobody is there.
			assertThat(load.failures).allMatch((failure) -> failure instanceof ConnectFailedException
					|| (failure instanceof Http2Exception typed && !typed.isSafeToRetry()));
			assertThat(this.upstream.executedTwice()).isEmpty();
			assertThat(load.answeredPosts.get()).isLessThanOrEqualTo(this.upstream.executed());
		}
	}

	@ParameterizedTest
	@EnumSource(value = GatewayKind.class, mode = EnumSource.Mode.EXCLUDE, names = "H2O")
	void reloadsUnderLoadCostNoCall(GatewayKind kind) {
		try (RealServer server = server(kind, false); Load load = new Load(server)) {
			for (int round = 0; round < 5; round++) {
				load.awaitAnswers(10 * CALLERS);
				server.reload();
			}
			load.awaitAnswers(10 * CALLERS);
			load.end();
			assertThat(load.untyped).isEmpty();
			assertThat(this.upstream.executedTwice()).isEmpty();
			if (kind != GatewayKind.APACHE) {
				// Apache may end a connection in the middle, with an error in its GOAWAY.
				assertThat(load.failures).isEmpty();
			}
		}
	}

	@Test
	void anNginxThatIsReloadedEachSecondCostsNoCall() {
		try (RealServer server = server(GatewayKind.NGINX, false); Load load = new Load(server)) {
			for (int round = 0; round < 10; round++) {
				long due = System.nanoTime() + Duration.ofSeconds(1).toNanos();
				await().until(() -> System.nanoTime() - due >= 0);
				server.reload();
				load.awaitAnswers(CALLERS);
			}
			load.end();
			assertThat(load.untyped).isEmpty();
			assertThat(load.failures).isEmpty();
			assertThat(this.upstream.executedTwice()).isEmpty();
			assertThat(load.answeredPosts).hasValue(this.upstream.executed());
			assertThat(this.transport.snapshot().totals().closed()).containsKey(EndReason.GOAWAY);
		}
	}

	private RealServer server(GatewayKind kind, boolean tls) {
		RealServer.Builder builder = RealServer.gateway(kind, this.upstream);
		return (tls ? builder.tls(Certificates.localhost()) : builder).start();
	}

	private Http2Request get(RealServer server, String path) {
		return request(server, "GET", path).build();
	}

	private Http2Request post(RealServer server, int size) {
		return request(server, "POST", "/echo")
			.headers(Headers.of("request-number", String.valueOf(this.numbers.incrementAndGet())))
			.body(RequestBody.of(Content.ofSize(size)))
			.build();
	}

	private static Http2Request.Builder request(RealServer server, String method, String path) {
		return Http2Request.builder(method, server.uri(path)).options(CallOptions.builder().tls(TLS).build());
	}

	private byte[] exchange(Http2Request request) throws Exception {
		try (Http2Response response = this.transport.roundTrip(request)) {
			assertThat(response.status()).isEqualTo(200);
			return response.body().readAllBytes();
		}
	}

	/** Callers that take turns in GET and POST until the end. */
	/** Ends with the test, however that ends: callers without a server never tire. */
	private final class Load implements AutoCloseable {

		private final AtomicBoolean over = new AtomicBoolean();

		private final AtomicInteger answered = new AtomicInteger();

		private final AtomicInteger answeredPosts = new AtomicInteger();

		private final ConcurrentLinkedQueue<Throwable> failures = new ConcurrentLinkedQueue<>();

		private final ConcurrentLinkedQueue<Throwable> untyped = new ConcurrentLinkedQueue<>();

		private final List<Call<Boolean>> callers;

		Load(RealServer server) {
			this.callers = Call.many(CALLERS, () -> {
				for (int i = 0; !this.over.get(); i++) {
					callOnce(server, i % 2 == 0);
				}
				return true;
			});
		}

		private void callOnce(RealServer server, boolean post) {
			try {
				byte[] content = exchange(post ? post(server, 5_000) : get(server, "/5000"));
				assertThat(content).isEqualTo(Content.ofSize(5_000));
				this.answered.incrementAndGet();
				if (post) {
					this.answeredPosts.incrementAndGet();
				}
			}
			catch (Http2Exception ex) {
				this.failures.add(ex);
			}
			catch (Exception | AssertionError ex) {
				this.untyped.add(ex);
			}
		}

		void awaitAnswers(int more) {
			int before = this.answered.get();
			await().atMost(Duration.ofSeconds(30))
				.untilAsserted(() -> assertThat(this.answered.get())
					.as(() -> this.failures.size() + " failed, one by " + this.failures.peek() + "; "
							+ GatewayRealServerTests.this.transport.snapshot())
					.isGreaterThanOrEqualTo(before + more));
		}

		void end() {
			this.over.set(true);
			this.callers.forEach(Call::result);
		}

		@Override
		public void close() {
			end();
		}

	}

}
