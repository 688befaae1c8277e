package io.github.h2transport.conn;

import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.KeyStore;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CountDownLatch;

import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;

import io.github.h2transport.ConnectFailedException;
import io.github.h2transport.Http2Exception;
import io.github.h2transport.Http2TimeoutException;
import io.github.h2transport.Phase;
import io.github.h2transport.TlsOptions;
import io.github.h2transport.testkit.Certificates;
import io.github.h2transport.testkit.RawPeer;
import io.github.h2transport.testkit.Relay;
import io.github.h2transport.testkit.TlsPeer;
import io.github.h2transport.testkit.tls.ClientHello;
import io.github.h2transport.testkit.tls.TlsClient;
import io.github.h2transport.testkit.tls.TlsRecord;
import io.github.h2transport.testkit.tls.TrustAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Connections that TLS does not let come to be: each failure is typed, says at which
 * phase it happened and what can be done.
 */
@Timeout(120)
class TlsFailureTests {

	/** As RFC 5246 section 7.2 writes a fatal alert, without its description. */
	private static final String FATAL_ALERT = "150303000202";

	// ---- ALPN (RFC 9113 section 3.2) ----

	@Test
	void aServerWithoutAlpnDoesNotOfferHttp2() throws Exception {
		try (TlsPeer peer = TlsPeer.of(Certificates.localhost()).alpn().start()) {
			assertThat(failureAtTls(peer.uri("/"))).hasMessageContaining("The server does not offer HTTP/2")
				.hasMessageContaining("chose nothing")
				.hasMessageContaining("https://localhost:" + peer.port());
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "TLSv1.3", "TLSv1.2" })
	void aServerOfHttp11AloneDoesNotOfferHttp2(String version) throws Exception {
		try (TlsPeer peer = TlsPeer.of(Certificates.localhost()).protocols(version).alpn("http/1.1").start()) {
			assertThat(failureAtTls(peer.uri("/"))).hasMessageContaining("The server does not offer HTTP/2")
				.hasMessageContaining("no_application_protocol");
		}
	}

	// ---- certificates (RFC 9110 section 4.3.4) ----

	@Test
	void aCertificateOfNobodyTrustedIsRefused() throws Exception {
		try (TlsPeer peer = TlsPeer.of(Certificates.localhost()).start();
				TlsClient client = TlsClient.trusting(Certificates.wrongHost())) {
			assertThat(client.failure(ConnectFailedException.class, peer.uri("/")))
				.hasMessageContaining("the server's certificate is not trusted")
				.satisfies(TlsFailureTests::isAtTls);
			// The alert, or a reset if the server was still writing.
			assertThat(peer.ended().take().failure()).satisfiesAnyOf(
					(failure) -> assertThat(failure).hasMessageContaining("certificate_unknown"),
					(failure) -> assertThat(failure).isInstanceOf(SocketException.class));
		}
	}

	@Test
	void anExpiredCertificateIsRefused() throws Exception {
		try (TlsPeer peer = TlsPeer.of(Certificates.expired()).start();
				TlsClient client = TlsClient.trusting(Certificates.expired())) {
			assertThat(client.failure(ConnectFailedException.class, peer.uri("/")))
				.hasMessageContaining("the server's certificate has expired: NotAfter")
				.satisfies(TlsFailureTests::isAtTls);
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "localhost", "127.0.0.1" })
	void aCertificateOfAnotherHostIsRefused(String host) throws Exception {
		try (TlsPeer peer = TlsPeer.of(Certificates.wrongHost()).start();
				TlsClient client = TlsClient.trusting(Certificates.wrongHost())) {
			assertThat(client.failure(ConnectFailedException.class, URI.create("https://" + host + ":" + peer.port())))
				.hasMessageContaining("the server's certificate is for another host")
				.satisfies(TlsFailureTests::isAtTls);
		}
	}

	@ParameterizedTest
	@CsvSource({ "TLSv1.2, TLS", "TLSv1.3, PREFACE" })
	void aMissingClientCertificateIsNamed(String version, Phase phase) throws Exception {
		// With TLS 1.3 the client has finished before the server looks for a certificate.
		try (TlsPeer peer = TlsPeer.of(Certificates.localhost()).protocols(version).needClientCertificate().start();
				TlsClient client = TlsClient.trustingLocalhost()) {
			ConnectFailedException failure = client.failure(ConnectFailedException.class, peer.uri("/"));
			assertThat(failure).hasMessageContaining("client certificate").hasMessageContaining("Received fatal alert");
			assertThat(failure.context().phase()).isEqualTo(phase);
		}
	}

	@Test
	void anAlertIsReadAlsoIfTheServerIsGoneBeforeItWasAnswered() throws Exception {
		CountDownLatch checking = new CountDownLatch(1);
		CountDownLatch gone = new CountDownLatch(1);
		SSLContext slow = SSLContext.getInstance("TLS");
		slow.init(null, new TrustManager[] { new TrustAll((chain) -> {
			checking.countDown();
			pass(gone);
		}) }, null);
		Relay.Pump untilTheCertificateIsChecked = (in, out) -> {
			// ServerHello, Certificate, ServerKeyExchange, ServerHelloDone.
			for (int i = 0; i < 4; i++) {
				out.write(TlsRecord.read(in).octets());
			}
			pass(checking);
			out.write(HexFormat.of().parseHex(FATAL_ALERT + "2a"));
			out.close();
			gone.countDown();
		};
		try (TlsPeer peer = TlsPeer.of(Certificates.localhost()).protocols("TLSv1.2").start();
				Relay relay = Relay.to(peer.address(), Relay.Pump.DIRECT, untilTheCertificateIsChecked);
				TlsClient client = TlsClient.with(slow)) {
			assertThat(client.failure(ConnectFailedException.class, relay.uri("/")))
				.hasMessageContaining("the server wants a client certificate that it trusts")
				.hasMessageContaining("bad_certificate")
				.satisfies(TlsFailureTests::isAtTls);
		}
	}

	// ---- versions and cipher suites (RFC 9113 section 9.2) ----

	@Test
	void onlyStrongCipherSuitesAndVersionsAreOffered() throws Exception {
		byte[][] hello = new byte[1][];
		try (RawPeer peer = RawPeer.start((socket) -> {
			hello[0] = RawPeer.readRecord(socket);
			alert(socket, 40);
		})) {
			failureAtTls(peer.uri("/"));
		}
		ClientHello offered = ClientHello.parse(hello[0]);
		assertThat(offered.versions()).containsExactly("0304", "0303");
		assertThat(offered.protocols()).containsExactly("h2");
		assertThat(offered.cipherSuites()).contains("1301", "1302", "c02b", "c02f")
			.isSubsetOf("1301", "1302", "1303",
					// ECDHE with AES-GCM, with CHACHA20-POLY1305, and DHE with both; no
					// others.
					"c02b", "c02c", "c02f", "c030", "cca8", "cca9", "ccaa", "009e", "009f", "00a2", "00a3");
	}

	@Test
	void aServerOfForbiddenCipherSuitesIsNamed() throws Exception {
		try (TlsPeer peer = TlsPeer.of(Certificates.localhost())
			.protocols("TLSv1.2")
			.ciphers("TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256")
			.start()) {
			assertThat(failureAtTls(peer.uri("/"))).hasMessageContaining("cipher suite")
				.hasMessageContaining("RFC 9113 section 9.2")
				.hasMessageContaining("handshake_failure");
		}
	}

	@Test
	void aServerOfTls11IsRefused() throws Exception {
		// ServerHello of TLS 1.1 with TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256.
		String hello = "16030200" + "2a" + "02000026" + "0302" + "00".repeat(32) + "00" + "c02b" + "00";
		try (RawPeer peer = RawPeer.start((socket) -> {
			RawPeer.readRecord(socket);
			socket.getOutputStream().write(HexFormat.of().parseHex(hello));
		})) {
			assertThat(failureAtTls(peer.uri("/"))).hasMessageContaining("TLS11")
				.hasMessageContaining("TLS 1.2 or later");
		}
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|',
			value = { "40 | handshake_failure | cipher suite", "70 | protocol_version | TLS 1.2 or later",
					"116 | certificate_required | client certificate", "42 | bad_certificate | client certificate",
					"112 | unrecognized_name | localhost", "120 | no_application_protocol | does not offer HTTP/2",
					"80 | internal_error | internal_error" })
	void alertsOfTheServerAreExplained(int description, String name, String words) throws Exception {
		try (RawPeer peer = RawPeer.start((socket) -> {
			RawPeer.readRecord(socket);
			alert(socket, description);
		})) {
			assertThat(failureAtTls(peer.uri("/"))).hasMessageContaining(name).hasMessageContaining(words);
		}
	}

	@Test
	void optionsWithoutAUsableVersionAreNamed() throws Exception {
		assertThat(failureWith(List.of("TLSv1.1"), null)).hasMessageContaining("TLSv1.2 or TLSv1.3")
			.hasMessageContaining("[TLSv1.1]");
	}

	@Test
	void optionsWithoutAUsableCipherSuiteAreNamed() throws Exception {
		assertThat(failureWith(null, List.of("TLS_RSA_WITH_AES_128_GCM_SHA256")))
			.hasMessageContaining("None of the cipher suites [TLS_RSA_WITH_AES_128_GCM_SHA256]")
			.hasMessageContaining("RFC 9113 section 9.2.2");
	}

	@Test
	void optionsWithAnUnknownCipherSuiteAreNamed() throws Exception {
		assertThat(failureWith(null, List.of("TLS_ECDHE_ROT13_WITH_AES_128_GCM_SHA256")))
			.hasMessageContaining("TLS_ECDHE_ROT13_WITH_AES_128_GCM_SHA256");
	}

	// ---- servers that are none ----

	@ParameterizedTest
	@ValueSource(strings = { "HTTP/1.1 400 Bad Request\r\n\r\n", "\0\0\0\4\0\0\0\0\0" })
	void aServerInCleartextIsNamed(String greeting) throws Exception {
		try (RawPeer peer = RawPeer.start((socket) -> {
			socket.getOutputStream().write(greeting.getBytes(StandardCharsets.ISO_8859_1));
			socket.shutdownOutput();
		})) {
			assertThat(failureAtTls(peer.uri("/"))).hasMessageContaining("does not speak TLS on this port");
		}
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void aServerThatEndsInTheHandshakeIsNamed(boolean reset) throws Exception {
		try (RawPeer peer = RawPeer.start((socket) -> {
			RawPeer.readRecord(socket);
			socket.setSoLinger(reset, 0);
			socket.close();
		})) {
			assertThat(failureAtTls(peer.uri("/")))
				.hasMessageContaining(reset ? "Connection reset" : "the server closed the connection");
		}
	}

	@Test
	void aServerThatIsSilentInTheHandshakeTimesOut() throws Exception {
		try (RawPeer peer = RawPeer.start(RawPeer::readRecord);
				TlsClient client = TlsClient.with(trust(),
						(options) -> options.connectTimeout(Duration.ofMillis(2_500)))) {
			Http2TimeoutException failure = client.failure(Http2TimeoutException.class, peer.uri("/"));
			assertThat(failure).hasMessageContaining("the TLS handshake")
				.hasMessageContaining("https://localhost:" + peer.port());
			assertThat(failure.context().phase()).isEqualTo(Phase.TLS);
			assertThat(failure.isSafeToRetry()).isTrue();
		}
	}

	// ---- what the application brings along ----

	@Test
	void anEmptyTrustStoreFailsItsOwnConnectionOnly() throws Exception {
		KeyStore nobody = KeyStore.getInstance("PKCS12");
		nobody.load(null, null);
		TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
		factory.init(nobody);
		failsItsOwnConnectionOnly(factory.getTrustManagers()[0], "trustAnchors");
	}

	@Test
	void aTrustManagerThatThrowsFailsItsOwnConnectionOnly() throws Exception {
		failsItsOwnConnectionOnly(new TrustAll((chain) -> {
			throw new IllegalStateException("no key store");
		}), "no key store");
	}

	@Test
	void aTrustManagerThatThrowsAnErrorFailsItsOwnConnectionOnly() throws Exception {
		failsItsOwnConnectionOnly(new TrustAll((chain) -> {
			throw new NoClassDefFoundError("some.Provider");
		}), "some.Provider");
	}

	private static void failsItsOwnConnectionOnly(TrustManager trust, String words) throws Exception {
		SSLContext broken = SSLContext.getInstance("TLS");
		broken.init(null, new TrustManager[] { trust }, null);
		TlsOptions healthy = trust();
		try (TlsPeer peer = TlsPeer.of(Certificates.localhost()).start(); TlsClient client = TlsClient.with(broken)) {
			client.getsRight(peer.uri("/bytes/10"), healthy);
			String connection = client.connections().get(0).id();
			assertThat(client.failure(ConnectFailedException.class, peer.uri("/"))).hasMessageContaining(words)
				.satisfies(TlsFailureTests::isAtTls);
			client.getsRight(peer.uri("/bytes/10"), healthy);
			assertThat(client.connections()).extracting(ConnectionSnapshot::id).containsExactly(connection);
		}
	}

	// ---- words of these tests ----

	private static TlsOptions trust() {
		return TlsOptions.of(Certificates.localhost().clientContext());
	}

	private static ConnectFailedException failureAtTls(URI uri) {
		try (TlsClient client = TlsClient.trustingLocalhost()) {
			ConnectFailedException failure = client.failure(ConnectFailedException.class, uri);
			isAtTls(failure);
			return failure;
		}
	}

	private static ConnectFailedException failureWith(List<String> protocols, List<String> ciphers) throws Exception {
		TlsOptions options = TlsOptions.of(Certificates.localhost().newClientContext(), protocols, ciphers);
		try (TlsPeer peer = TlsPeer.of(Certificates.localhost()).start(); TlsClient client = TlsClient.with(options)) {
			ConnectFailedException failure = client.failure(ConnectFailedException.class, peer.uri("/"));
			isAtTls(failure);
			return failure;
		}
	}

	private static void pass(CountDownLatch latch) {
		try {
			latch.await();
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static void isAtTls(Http2Exception failure) {
		assertThat(failure.context().phase()).isEqualTo(Phase.TLS);
		assertThat(failure.isSafeToRetry()).isTrue();
	}

	private static void alert(Socket socket, int description) throws IOException {
		socket.getOutputStream()
			.write(HexFormat.of().parseHex(FATAL_ALERT + HexFormat.of().toHexDigits((byte) description)));
	}

}
