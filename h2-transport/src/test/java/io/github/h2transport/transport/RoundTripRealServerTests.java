package io.github.h2transport.transport;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;

import io.github.h2transport.CallOptions;
import io.github.h2transport.Http2Request;
import io.github.h2transport.Http2Response;
import io.github.h2transport.RequestBody;
import io.github.h2transport.TlsOptions;
import io.github.h2transport.TransportOptions;
import io.github.h2transport.testkit.Certificates;
import io.github.h2transport.testkit.Content;
import io.github.h2transport.testkit.RealServer;
import io.github.h2transport.testkit.ServerKind;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Round trips with real servers, in cleartext and over TLS, every body checked.
 */
class RoundTripRealServerTests {

	private static final int MIB = 1 << 20;

	private static final TlsOptions TLS = TlsOptions.of(Certificates.localhost().clientContext());

	static Stream<Arguments> serversAndTls() {
		return Stream.of(ServerKind.values())
			.flatMap((kind) -> Stream.of(Arguments.of(kind, false), Arguments.of(kind, true)));
	}

	@ParameterizedTest
	@MethodSource("serversAndTls")
	void getsBodiesOfEverySize(ServerKind kind, boolean tls) throws Exception {
		try (RealServer server = server(kind, tls).file("/0", 0)
			.file("/1", 1)
			.file("/16384", 16_384)
			.file("/10m", 10 * MIB)
			.start(); Http2Transport transport = transport()) {
			for (String file : List.of("/0", "/1", "/16384", "/10m")) {
				int size = file.equals("/10m") ? 10 * MIB : Integer.parseInt(file.substring(1));
				try (Http2Response response = transport.roundTrip(request("GET", server, file).build())) {
					assertThat(response.status()).isEqualTo(200);
					assertBody(response.body(), size);
				}
			}
			assertThat(connections(transport)).isEqualTo(1);
		}
	}

	@ParameterizedTest
	@MethodSource("serversAndTls")
	void postsBytesAndStreams(ServerKind kind, boolean tls) throws Exception {
		try (RealServer server = server(kind, tls).start(); Http2Transport transport = transport()) {
			byte[] content = Content.ofSize(10 * MIB);
			List<RequestBody> bodies = List.of(RequestBody.of(content),
					RequestBody.ofInputStream(() -> new ByteArrayInputStream(content), content.length),
					RequestBody.ofInputStream(new ByteArrayInputStream(content), RequestBody.UNKNOWN_LENGTH),
					RequestBody.ofWriter((out) -> out.write(content), content.length, true));
			for (RequestBody body : bodies) {
				try (Http2Response response = transport
					.roundTrip(request("POST", server, "/echo").body(body).build())) {
					assertThat(response.status()).isEqualTo(200);
					assertBody(response.body(), content.length);
				}
			}
			assertThat(connections(transport)).isEqualTo(1);
		}
	}

	@ParameterizedTest
	@MethodSource("serversAndTls")
	void oneConnectionCarriesAHundredParallelCalls(ServerKind kind, boolean tls) throws Exception {
		try (RealServer server = server(kind, tls).maxConcurrentStreams(128).file("/file", 20_000).start();
				Http2Transport transport = transport()) {
			ExecutorService callers = Executors.newFixedThreadPool(100);
			try {
				for (int round = 0; round < 3; round++) {
					List<Future<Integer>> results = new ArrayList<>();
					for (int i = 0; i < 100; i++) {
						results.add(callers.submit(() -> {
							try (Http2Response response = transport
								.roundTrip(request("GET", server, "/file").build())) {
								assertBody(response.body(), 20_000);
								return response.status();
							}
						}));
					}
					for (Future<Integer> result : results) {
						assertThat(result.get()).isEqualTo(200);
					}
				}
			}
			finally {
				callers.shutdownNow();
			}
			assertThat(connections(transport)).isEqualTo(1);
		}
	}

	private static RealServer.Builder server(ServerKind kind, boolean tls) {
		RealServer.Builder builder = RealServer.of(kind);
		return tls ? builder.tls(Certificates.localhost()) : builder;
	}

	private static Http2Transport transport() {
		return Http2Transport.builder().options(TransportOptions.builder().allowHttp(true).build()).build();
	}

	private static Http2Request.Builder request(String method, RealServer server, String path) {
		return Http2Request.builder(method, server.uri(path)).options(CallOptions.builder().tls(TLS).build());
	}

	private static int connections(Http2Transport transport) {
		return transport.snapshot().origins().stream().mapToInt((origin) -> origin.connections().size()).sum();
	}

	private static void assertBody(InputStream body, int size) throws IOException {
		assertThat(Content.sha256(body.readAllBytes())).isEqualTo(Content.sha256(Content.ofSize(size)));
	}

}
