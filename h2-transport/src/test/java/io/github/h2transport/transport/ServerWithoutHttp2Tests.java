package io.github.h2transport.transport;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.URI;
import java.nio.file.Files;
import java.security.KeyStore;
import java.util.List;
import java.util.function.UnaryOperator;

import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;

import io.github.h2transport.CallOptions;
import io.github.h2transport.ConnectFailedException;
import io.github.h2transport.Http2Request;
import io.github.h2transport.Phase;
import io.github.h2transport.RequestBody;
import io.github.h2transport.TlsOptions;
import io.github.h2transport.testkit.Certificates;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

/** RFC 9113 section 3.2: over TLS, HTTP/2 is spoken only if ALPN has chosen it. */
@Timeout(120)
class ServerWithoutHttp2Tests {

	private final Http2Transport transport = Http2Transport.builder().build();

	@AfterEach
	void close() {
		this.transport.close();
	}

	@Test
	void aServerWithoutAlpnIsToldApartFromOtherFailures() throws Exception {
		try (SSLServerSocket server = server("TLSv1.3", UnaryOperator.identity())) {
			ConnectFailedException failure = failure(server, Certificates.localhost());

			assertThat(failure.isWithoutHttp2()).isTrue();
			assertThat(failure).hasMessageContaining("chose nothing");
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "TLSv1.2", "TLSv1.3" })
	void soIsOneThatRefusesTheHandshakeWithTheAlertNoApplicationProtocol(String version) throws Exception {
		try (SSLServerSocket server = server(version, ServerWithoutHttp2Tests::onlyHttp11)) {
			ConnectFailedException failure = failure(server, Certificates.localhost());

			assertThat(failure.isWithoutHttp2()).isTrue();
			assertThat(failure).hasMessageContaining("no_application_protocol");
		}
	}

	@Test
	void soIsItForEveryCallerOfAFailedDial() throws Exception {
		try (SSLServerSocket server = server("TLSv1.3", UnaryOperator.identity())) {
			assertThat(failure(server, Certificates.localhost()).forCaller(List.of()).isWithoutHttp2()).isTrue();
		}
	}

	@Test
	void anUntrustedServerIsNotOneWithoutHttp2() throws Exception {
		try (SSLServerSocket server = server("TLSv1.3", UnaryOperator.identity())) {
			assertThat(failure(server, Certificates.wrongHost()).isWithoutHttp2()).isFalse();
		}
	}

	@Test
	void nothingOfTheContentIsReadBefore() throws Exception {
		try (SSLServerSocket server = server("TLSv1.3", UnaryOperator.identity())) {
			RequestBody unread = RequestBody.ofWriter((out) -> {
				throw new AssertionError("read");
			}, RequestBody.UNKNOWN_LENGTH, false);
			Http2Request request = request(server, Certificates.localhost()).body(unread).build();

			catchThrowableOfType(ConnectFailedException.class, () -> this.transport.roundTrip(request));

			assertThat(unread.isReplayable()).isTrue();
		}
	}

	private ConnectFailedException failure(SSLServerSocket server, Certificates trusted) {
		ConnectFailedException failure = catchThrowableOfType(ConnectFailedException.class,
				() -> this.transport.roundTrip(request(server, trusted).build()));
		assertThat(failure.context().phase()).isEqualTo(Phase.TLS);
		assertThat(failure.isSafeToRetry()).isTrue();
		return failure;
	}

	private static Http2Request.Builder request(SSLServerSocket server, Certificates trusted) {
		return Http2Request.builder("POST", URI.create("https://localhost:" + server.getLocalPort() + "/"))
			.options(CallOptions.builder().tls(TlsOptions.of(trusted.clientContext())).build());
	}

	private static SSLSocket onlyHttp11(SSLSocket socket) {
		SSLParameters parameters = socket.getSSLParameters();
		parameters.setApplicationProtocols(new String[] { "http/1.1" });
		socket.setSSLParameters(parameters);
		return socket;
	}

	/** Shakes hands with everybody and then closes, until it is closed itself. */
	private static SSLServerSocket server(String version, UnaryOperator<SSLSocket> setup) throws Exception {
		KeyStore keys = KeyStore.getInstance("PKCS12");
		try (InputStream in = Files.newInputStream(Certificates.localhost().keyStore())) {
			keys.load(in, Certificates.PASSWORD.toCharArray());
		}
		KeyManagerFactory managers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
		managers.init(keys, Certificates.PASSWORD.toCharArray());
		SSLContext context = SSLContext.getInstance("TLS");
		context.init(managers.getKeyManagers(), null, null);
		SSLServerSocket server = (SSLServerSocket) context.getServerSocketFactory()
			.createServerSocket(0, 50, InetAddress.getLoopbackAddress());
		server.setEnabledProtocols(new String[] { version });
		Thread thread = new Thread(() -> serve(server, setup), "test-server");
		thread.setDaemon(true);
		thread.start();
		return server;
	}

	private static void serve(SSLServerSocket server, UnaryOperator<SSLSocket> setup) {
		while (!server.isClosed()) {
			try (SSLSocket socket = setup.apply((SSLSocket) server.accept())) {
				socket.startHandshake();
				socket.getInputStream().read();
			}
			catch (IOException ex) {
				// The handshake was refused by either side, or the test is over.
			}
		}
	}

}
