package io.github.h2transport.transport;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

import io.github.h2transport.CallOptions;
import io.github.h2transport.ConnectFailedException;
import io.github.h2transport.Http2Exception;
import io.github.h2transport.Http2Request;
import io.github.h2transport.Http2TimeoutException;
import io.github.h2transport.Phase;
import io.github.h2transport.RequestBody;
import io.github.h2transport.TransportOptions;
import io.github.h2transport.conn.ClientConn;
import io.github.h2transport.conn.ConnectionState;
import io.github.h2transport.pool.ClientConnPool;
import io.github.h2transport.pool.ConnectionRequest;
import io.github.h2transport.pool.DefaultClientConnPool;
import io.github.h2transport.testkit.Call;
import io.github.h2transport.testkit.DelegatingPool;
import io.github.h2transport.testkit.ScriptedConn;
import io.github.h2transport.testkit.ScriptedServer;
import io.github.h2transport.testkit.TrackedStream;
import io.github.h2transport.testkit.Transports;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * Nobody there, or nobody who speaks HTTP/2: the call ends soon, with a type and words
 * that say what to do.
 */
class ConnectFailureTests {

	@Test
	void aRefusedPortIsNamedWithItsAddress() throws Exception {
		int port;
		try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			port = socket.getLocalPort();
		}
		try (Http2Transport transport = Transports.cleartext()) {
			assertThatExceptionOfType(ConnectFailedException.class)
				.isThrownBy(() -> transport.roundTrip(Http2Request.get(URI.create("http://127.0.0.1:" + port + "/"))))
				.withMessageContaining("http://127.0.0.1:" + port)
				.withMessageContaining("refused")
				.satisfies((ex) -> {
					assertThat(ex.context().phase()).isEqualTo(Phase.CONNECT);
					assertThat(ex.isSafeToRetry()).isTrue();
				});
			assertThat(Transports.connections(transport)).isEmpty();
		}
	}

	@Test
	void anUnknownHostIsNamed() {
		try (Http2Transport transport = Transports.cleartext()) {
			assertThatExceptionOfType(ConnectFailedException.class)
				.isThrownBy(() -> transport.roundTrip(Http2Request.get(URI.create("http://nobody.invalid/"))))
				.withMessageContaining("nobody.invalid")
				.satisfies((ex) -> {
					assertThat(ex.context().phase()).isEqualTo(Phase.RESOLVE);
					assertThat(ex.isSafeToRetry()).isTrue();
				});
		}
	}

	/** The server waits for the client's octets first, or does not. */
	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void anHttp1ServerIsNotTakenForAnHttp2Server(boolean one) throws Exception {
		try (ServerSocket listener = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
				Http2Transport transport = Transports.cleartext()) {
			URI target = URI.create("http://127.0.0.1:" + listener.getLocalPort() + "/");
			TrackedStream content = new TrackedStream(new byte[10]);
			RequestBody body = one ? RequestBody.ofInputStream(content, 10) : RequestBody.none();
			Call<String> call = Call
				.of(() -> Transports.exchange(transport, Http2Request.builder("POST", target).body(body).build()));
			int dials = 0;
			while (!call.isDone() && dials < 5) {
				listener.setSoTimeout(500);
				try (Socket socket = listener.accept()) {
					dials++;
					socket.getInputStream().readNBytes(24);
					socket.getOutputStream()
						.write("HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n"
							.getBytes(StandardCharsets.US_ASCII));
					socket.shutdownOutput();
					socket.getInputStream().readAllBytes();
				}
				catch (IOException ex) {
					// Nobody came any more.
				}
			}
			ConnectFailedException failure = call.failure(ConnectFailedException.class);
			assertThat(failure.context().phase()).isEqualTo(Phase.PREFACE);
			assertThat(failure).hasMessageContaining("HTTP/2").hasMessageContaining("HTTP/1.1");
			assertThat(dials).isEqualTo(1);
		}
	}

	@Test
	void aRequestThatComesTooLateForThatServerIsNotSentToItAgain() throws Exception {
		try (ScriptedServer server = ScriptedServer.start()) {
			TransportOptions options = Transports.options((builder) -> {
			});
			ClientConnPool.Factory slow = (dialer) -> new DelegatingPool(new DefaultClientConnPool(dialer, options)) {

				@Override
				public CompletionStage<ClientConn> getClientConn(ConnectionRequest request) {
					CompletableFuture<ClientConn> given = super.getClientConn(request).toCompletableFuture();
					ClientConn connection = given.join();
					await().until(() -> connection.state() != ConnectionState.OPEN);
					return given;
				}

			};
			try (Http2Transport transport = Http2Transport.builder().options(options).connPool(slow).build()) {
				Call<String> call = Call.of(() -> Transports.exchange(transport, Http2Request.get(server.uri("/"))));
				server.accept().raw("HTTP/1.1 400 Bad Request\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
				assertThat(call.failure(ConnectFailedException.class)).hasMessageContaining("HTTP/1.1");
				assertThat(server.accepted()).isEqualTo(1);
				server.close();
			}
		}
	}

	@Test
	void everybodyWhoWaitsForThatServerIsToldAtOnce() throws Exception {
		try (Http2Transport transport = Transports.cleartext(); ScriptedServer server = ScriptedServer.start()) {
			// 100 streams are assumed, so 20 wait for SETTINGS (RFC 9113 section 6.5.2).
			List<Call<String>> calls = Call.many(120,
					() -> Transports.exchange(transport, Http2Request.get(server.uri("/"))));
			ScriptedConn connection = server.accept();
			connection.awaitPreface();
			Transports.awaitPending(transport, 20);
			connection.raw("HTTP/1.1 400 Bad Request\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
			for (Call<String> call : calls) {
				call.failure(ConnectFailedException.class);
			}
			assertThat(server.accepted()).isEqualTo(1);
		}
	}

	@Test
	void aServerThatClosesAtOnceIsNotDialledAgainAndAgain() throws Exception {
		try (Http2Transport transport = Transports.cleartext(); ScriptedServer server = ScriptedServer.start()) {
			Call<String> call = Call.of(() -> Transports.exchange(transport, Http2Request.get(server.uri("/"))));
			server.accept().close();
			ConnectFailedException failure = call.failure(ConnectFailedException.class);
			assertThat(failure).hasMessageContaining("HTTP/2");
			assertThat(server.accepted()).isEqualTo(1);
		}
	}

	@Test
	void theConnectTimeoutCoversAServerThatNeverSendsSettings() throws Exception {
		try (ScriptedServer server = ScriptedServer.start();
				Http2Transport transport = Transports
					.cleartext((options) -> options.connectTimeout(Duration.ofMillis(2_500)))) {
			Call<String> call = Call.of(() -> Transports.exchange(transport, Http2Request.get(server.uri("/"))));
			server.accept();
			Http2TimeoutException failure = call.failure(Http2TimeoutException.class);
			// TCP had the time that it takes, also where others keep the machine busy.
			assertThat(failure.context().phase()).isEqualTo(Phase.PREFACE);
			assertThat(call.took()).isBetween(Duration.ofMillis(2_450), Duration.ofSeconds(8));
		}
	}

	@Test
	void theCallsOwnConnectTimeoutWins() throws Exception {
		try (Http2Transport transport = Transports.cleartext(); ScriptedServer server = ScriptedServer.start()) {
			Call<String> call = Call.of(() -> Transports.exchange(transport,
					Http2Request.builder("GET", server.uri("/"))
						.options(CallOptions.builder().connectTimeout(Duration.ofMillis(300)).build())
						.build()));
			server.accept();
			call.failure(Http2TimeoutException.class);
			assertThat(call.took()).isBetween(Duration.ofMillis(250), Duration.ofSeconds(5));
		}
	}

	@Test
	void aFilterThatAcceptsNoAddressAllowsNoConnection() {
		try (Http2Transport transport = Transports.cleartext(); ScriptedServer server = ScriptedServer.start()) {
			assertThatExceptionOfType(ConnectFailedException.class)
				.isThrownBy(() -> transport.roundTrip(filtered(server, false)))
				.withMessageContaining("filter");
			assertThat(server.accepted()).isZero();
		}
	}

	@Test
	void aFilterThatThrowsFailsItsOwnCallOnly() throws Exception {
		try (ScriptedServer server = ScriptedServer.start();
				Http2Transport transport = Transports.cleartext((options) -> options.eventLoops(1))) {
			Call<String> neighbour = Call.of(() -> Transports.exchange(transport, Http2Request.get(server.uri("/"))));
			ScriptedConn connection = server.greeted();
			connection.awaitHead();
			assertThatExceptionOfType(Http2Exception.class)
				.isThrownBy(() -> transport.roundTrip(filtered(server, true)));
			connection.respond(1, 200);
			assertThat(neighbour.result()).isEqualTo("200");
		}
	}

	private static Http2Request filtered(ScriptedServer server, boolean throwing) {
		return Http2Request.builder("GET", server.uri("/"))
			.options(CallOptions.builder().addressFilter((host, address) -> {
				if (throwing) {
					throw new IllegalStateException("a fault of the filter");
				}
				return false;
			}).build())
			.build();
	}

}
