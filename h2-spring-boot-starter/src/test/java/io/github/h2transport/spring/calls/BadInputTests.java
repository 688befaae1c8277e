package io.github.h2transport.spring.calls;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.UnknownHostException;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpTimeoutException;
import java.util.List;

import javax.net.ssl.SSLHandshakeException;

import com.sun.net.httpserver.HttpServer;
import io.github.h2transport.Http2Exception;
import io.github.h2transport.InvalidRequestException;
import io.github.h2transport.testkit.Certificates;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.web.client.ResourceAccessException;
import org.springframework.web.client.RestClient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

/** What a user sees when something is wrong: one type to catch and one clear message. */
@Timeout(120)
class BadInputTests {

	private static final URI SOMEWHERE = URI.create("https://localhost:1/");

	private static ConfigurableApplicationContext application;

	@BeforeAll
	static void start() {
		application = ClientApplication.start("spring.http.clients.read-timeout=5s");
	}

	@AfterAll
	static void stop() {
		application.close();
	}

	@Test
	void httpUrlsAreRefusedWithTheOptionsThatAllowThemWhereTheFallbackDoesNot() {
		try (ConfigurableApplicationContext strict = ClientApplication.run(ClientApplication.class,
				List.of("h2.transport.fallback=tls"))) {
			Throwable cause = mistake(client(strict).get().uri("http://localhost:1/"));

			assertThat(cause.getMessage()).containsIgnoringCase("scheme")
				.contains("h2.transport.allow-http=true", "h2.transport.fallback=all");
		}
	}

	@Test
	void anUnsupportedSchemeIsNamed() {
		Throwable cause = mistake(client(application).get().uri("ftp://localhost/file"));

		assertThat(cause.getMessage()).contains("ftp").containsIgnoringCase("scheme");
	}

	@Test
	void aBadHeaderNameIsNamed() {
		Throwable cause = mistake(client(application).get().uri(SOMEWHERE).header("bad name", "value"));

		assertThat(cause).hasMessageContaining("bad name");
	}

	@Test
	void aBadHeaderValueIsNotShownButItsNameIs() {
		Throwable cause = mistake(client(application).get().uri(SOMEWHERE).header("X-Split", "a\r\nsecret: b"));

		assertThat(cause.getMessage()).contains("x-split").doesNotContain("secret").doesNotContain("\r");
	}

	@Test
	void aRefusedConnectionIsAConnectException() throws IOException {
		int port = closedPort();

		Throwable cause = failure(URI.create("https://localhost:" + port + "/"));

		assertThat(cause).isExactlyInstanceOf(ConnectException.class).hasCauseInstanceOf(Http2Exception.class);
		assertThat(cause.getMessage()).contains("localhost").contains(String.valueOf(port));
	}

	@Test
	void anUnknownHostIsAnUnknownHostException() {
		Throwable cause = failure(URI.create("https://no-such-host.invalid/"));

		assertThat(cause).isExactlyInstanceOf(UnknownHostException.class)
			.hasMessageContaining("no-such-host.invalid")
			.hasCauseInstanceOf(Http2Exception.class);
	}

	@Test
	void anUntrustedCertificateIsAnSslHandshakeException() {
		try (TomcatServer server = TomcatServer.tls(Certificates.localhost());
				ConfigurableApplicationContext strict = ClientApplication.run(ClientApplication.class, List.of())) {
			Throwable cause = failure(client(strict), server.uri("/protocol"));

			assertThat(cause).isExactlyInstanceOf(SSLHandshakeException.class).hasCauseInstanceOf(Http2Exception.class);
			assertThat(cause.getMessage()).contains("localhost");
		}
	}

	@Test
	void aCertificateOfAnotherHostIsAnSslHandshakeException() {
		String certificate = "spring.ssl.bundle.pem.servers.truststore.certificate=file:"
				+ Certificates.wrongHost().certificate();
		try (TomcatServer server = TomcatServer.tls(Certificates.wrongHost());
				ConfigurableApplicationContext trusting = ClientApplication.start(certificate)) {
			Throwable cause = failure(client(trusting), server.uri("/protocol"));

			assertThat(cause).isExactlyInstanceOf(SSLHandshakeException.class).hasCauseInstanceOf(Http2Exception.class);
			assertThat(cause.getMessage()).contains("localhost");
		}
	}

	@Test
	void anHttp11ServerBehindTlsIsASslHandshakeExceptionThatSpeaksOfHttp2IfThereIsNoFallback() {
		try (TomcatServer server = TomcatServer.http11OverTls();
				ConfigurableApplicationContext strict = ClientApplication.start("h2.transport.fallback=none")) {
			Throwable cause = failure(client(strict), server.uri("/protocol"));

			assertThat(cause).isExactlyInstanceOf(SSLHandshakeException.class).hasCauseInstanceOf(Http2Exception.class);
			assertThat(cause.getMessage()).contains("HTTP/2");
		}
	}

	@Test
	void anHttp11ServerInCleartextIsAFailureThatSpeaksOfHttp2() throws IOException {
		HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
		server.start();
		try {
			Throwable cause = failure(URI.create("http://localhost:" + server.getAddress().getPort() + "/"));

			assertThat(cause).isInstanceOf(Http2Exception.class);
			assertThat(cause.getMessage()).contains("HTTP/2");
		}
		finally {
			server.stop(0);
		}
	}

	@Test
	void aServerThatNeverAnswersIsAnHttpTimeoutException() {
		try (TomcatServer server = TomcatServer.h2c();
				ConfigurableApplicationContext hasty = ClientApplication
					.start("spring.http.clients.read-timeout=300ms")) {
			Throwable cause = failure(client(hasty), server.uri("/never"));

			assertThat(cause).isExactlyInstanceOf(HttpTimeoutException.class).hasCauseInstanceOf(Http2Exception.class);
		}
	}

	@Test
	void aServerThatNeverShakesHandsIsAnHttpConnectTimeoutException() throws IOException {
		try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
				ConfigurableApplicationContext hasty = ClientApplication
					.start("spring.http.clients.connect-timeout=300ms")) {
			Throwable cause = failure(client(hasty), URI.create("https://localhost:" + silent.getLocalPort() + "/"));

			assertThat(cause).isExactlyInstanceOf(HttpConnectTimeoutException.class)
				.hasCauseInstanceOf(Http2Exception.class);
		}
	}

	private static RestClient client(ConfigurableApplicationContext context) {
		return context.getBean(RestClient.Builder.class).build();
	}

	private static Throwable failure(URI uri) {
		return failure(client(application), uri);
	}

	private static Throwable failure(RestClient client, URI uri) {
		return failure(client.get().uri(uri));
	}

	private static Throwable failure(RestClient.RequestHeadersSpec<?> call) {
		ResourceAccessException failure = catchThrowableOfType(ResourceAccessException.class,
				() -> call.retrieve().body(String.class));
		assertThat(failure).as("the call must fail").isNotNull();
		assertThat(failure.getCause()).isNotNull();
		return failure.getCause();
	}

	/** No failure of input or output, for nobody would be helped by another attempt. */
	private static Throwable mistake(RestClient.RequestHeadersSpec<?> call) {
		IllegalArgumentException failure = catchThrowableOfType(IllegalArgumentException.class,
				() -> call.retrieve().body(String.class));
		assertThat(failure).hasCauseInstanceOf(InvalidRequestException.class);
		return failure;
	}

	private static int closedPort() throws IOException {
		try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			return socket.getLocalPort();
		}
	}

}
