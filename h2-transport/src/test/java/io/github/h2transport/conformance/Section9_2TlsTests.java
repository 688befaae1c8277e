package io.github.h2transport.conformance;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.SocketException;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.TrustManager;

import io.github.h2transport.ConnectFailedException;
import io.github.h2transport.ConnectionException;
import io.github.h2transport.Headers;
import io.github.h2transport.Http2Exception;
import io.github.h2transport.Http2Request;
import io.github.h2transport.Http2Response;
import io.github.h2transport.Phase;
import io.github.h2transport.TlsOptions;
import io.github.h2transport.frame.Settings;
import io.github.h2transport.testkit.Certificates;
import io.github.h2transport.testkit.Relay;
import io.github.h2transport.testkit.TlsPeer;
import io.github.h2transport.testkit.tls.NamedDials;
import io.github.h2transport.testkit.tls.TlsClient;
import io.github.h2transport.testkit.tls.TrustAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * RFC 9113 sections 3.2 and 9.2: who the server is, who the client is, what ALPN chose,
 * and what an end without close_notify means.
 */
@Timeout(120)
class Section9_2TlsTests {

	private static final Settings NO_SETTINGS = Settings.builder().build();

	// ---- names (RFC 6066 section 3, RFC 9110 section 4.3.4) ----

	@ParameterizedTest
	@CsvSource({ "a.example.test, a.example.test", "A.example.test, A.example.test", "exact.test, exact.test",
			"exact.test., exact.test", "127.0.0.1, ", "::1, " })
	void theServerIsAskedForByTheNameOfTheHostUnlessItIsAnAddress(String host, String asked) throws Exception {
		try (TlsPeer peer = TlsPeer.of(Certificates.wildcard()).start();
				NamedDials dials = new NamedDials(TlsOptions.of(Certificates.wildcard().newClientContext()))) {
			assertThat(dials.dial(host, peer.port())).isNull();
			assertThat(peer.ended().take().requestedNames()).isEqualTo((asked != null) ? List.of(asked) : List.of());
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "example.test", "a.b.example.test", "other.test", "sub.exact.test", "cn.test", "127.0.0.2",
			"::2", "a.example.test.evil.test", "exact" })
	void aCertificateOfAnotherNameIsRefused(String host) throws Exception {
		try (TlsPeer peer = TlsPeer.of(Certificates.wildcard()).start();
				NamedDials dials = new NamedDials(TlsOptions.of(Certificates.wildcard().newClientContext()))) {
			assertThat(dials.dial(host, peer.port())).isInstanceOf(ConnectFailedException.class)
				.hasMessageContaining("the server's certificate is for another host");
			// It gets an alert, or a reset if it was still writing; never the preface.
			assertThat(peer.ended().take().failure()).satisfiesAnyOf(
					(failure) -> assertThat(failure).hasMessageContaining("certificate_unknown"),
					(failure) -> assertThat(failure).isInstanceOf(SocketException.class));
		}
	}

	// ---- ALPN ----

	@Test
	void aProtocolThatWasNotOfferedEndsTheHandshake() throws Exception {
		try (TlsPeer peer = TlsPeer.of(Certificates.localhost()).chooseByAlpn("http/1.1").start();
				TlsClient client = TlsClient.trustingLocalhost()) {
			ConnectFailedException failure = client.failure(ConnectFailedException.class, peer.uri("/"));
			assertThat(failure.context().phase()).isEqualTo(Phase.TLS);
			assertThat(failure.isSafeToRetry()).isTrue();
		}
	}

	// ---- sessions ----

	@ParameterizedTest
	@ValueSource(strings = { "TLSv1.3", "TLSv1.2" })
	void oneFullHandshakeIsEnoughForManyConnections(String version) throws Exception {
		AtomicInteger checked = new AtomicInteger();
		try (TlsPeer peer = TlsPeer.of(Certificates.localhost()).protocols(version).start();
				TlsClient client = TlsClient.with(counting(checked))) {
			for (int i = 0; i < 5; i++) {
				client.getsRight(peer.uri("/bytes/1"));
				client.transport().closeIdleConnections();
				assertThat(peer.ended().take().failure()).isNull();
			}
			assertThat(peer.connections()).isEqualTo(5);
			assertThat(checked).as("certificates checked").hasValue(1);
		}
	}

	@Test
	void aSessionIsNotResumedWithAnotherIdentity() throws Exception {
		AtomicInteger checked = new AtomicInteger();
		TlsOptions other = TlsOptions.of(counting(checked));
		try (TlsPeer peer = TlsPeer.of(Certificates.localhost()).start();
				TlsClient client = TlsClient.with(counting(checked))) {
			client.getsRight(peer.uri("/bytes/1"));
			client.getsRight(peer.uri("/bytes/1"), other);
			assertThat(checked).as("certificates checked").hasValue(2);
		}
	}

	@Test
	void connectionsOfTwoIdentitiesAreNeverShared() throws Exception {
		TlsOptions named = TlsOptions.of(Certificates.client().contextTrusting(Certificates.localhost()));
		TlsOptions nameless = TlsOptions.of(Certificates.localhost().newClientContext());
		try (TlsPeer peer = TlsPeer.of(Certificates.localhost()).wantClientCertificate().start();
				TlsClient client = TlsClient.with(named)) {
			for (int i = 0; i < 3; i++) {
				client.getsRight(peer.uri("/bytes/1"));
				client.getsRight(peer.uri("/bytes/1"), nameless);
			}
			assertThat(peer.connections()).isEqualTo(2);
			client.transport().closeIdleConnections();
			assertThat(new String[] { principal(peer.ended().take()), principal(peer.ended().take()) })
				.containsExactlyInAnyOrder("CN=client", "nobody");
		}
	}

	// ---- client certificates ----

	@ParameterizedTest
	@ValueSource(strings = { "TLSv1.3", "TLSv1.2" })
	void aCertificateThatIsOnlyWantedMayBeMissing(String version) throws Exception {
		try (TlsPeer peer = TlsPeer.of(Certificates.localhost()).protocols(version).wantClientCertificate().start();
				TlsClient client = TlsClient.trustingLocalhost()) {
			client.getsRight(peer.uri("/bytes/1"));
		}
	}

	@ParameterizedTest
	@CsvSource({ "TLSv1.2, TLS", "TLSv1.3, PREFACE" })
	void aClientCertificateThatTheServerDoesNotTrustIsNamed(String version, Phase phase) throws Exception {
		SSLContext material = Certificates.wrongHost().contextTrusting(Certificates.localhost());
		try (TlsPeer peer = TlsPeer.of(Certificates.localhost()).protocols(version).needClientCertificate().start();
				TlsClient client = TlsClient.with(material)) {
			ConnectFailedException failure = client.failure(ConnectFailedException.class, peer.uri("/"));
			assertThat(failure).hasMessageContaining("client certificate");
			assertThat(failure.context().phase()).isEqualTo(phase);
		}
	}

	// ---- the end without close_notify (RFC 8446 section 6.1) ----

	@ParameterizedTest
	@ValueSource(strings = { "TLSv1.3", "TLSv1.2" })
	void aBodyOfItsWholeLengthIsNotWholeWithoutEndStream(String version) throws Exception {
		CutOff cut = new CutOff();
		CountDownLatch arrived = new CountDownLatch(1);
		try (TlsPeer peer = TlsPeer.of(Certificates.localhost()).protocols(version).script((socket, client) -> {
			client.greet(NO_SETTINGS);
			int stream = client.expect("HEADERS").streamId();
			client.head(stream, Headers.of(":status", "200", "content-length", "1000"), false);
			client.data(stream, new byte[1000], 0, 1000, false);
			pass(arrived);
			cut.now();
		}).start();
				Relay relay = Relay.to(peer.address(), Relay.Pump.DIRECT, cut);
				TlsClient client = TlsClient.trustingLocalhost()) {
			CompletableFuture<Http2Exception> call = CompletableFuture
				.supplyAsync(() -> client.failure(Http2Exception.class, relay.uri("/")));
			await().until(() -> client.connections()
				.stream()
				.flatMap((connection) -> connection.streams().stream())
				.anyMatch((stream) -> stream.receivedBytes() == 1000));
			arrived.countDown();
			assertThat(call.get()).isInstanceOf(ConnectionException.class).hasMessageContaining("the server closed it");
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "TLSv1.3", "TLSv1.2" })
	void aResponseThatHasEndedIsWhole(String version) throws Exception {
		CutOff cut = new CutOff();
		CountDownLatch arrived = new CountDownLatch(1);
		AtomicInteger connections = new AtomicInteger();
		try (TlsPeer peer = TlsPeer.of(Certificates.localhost()).protocols(version).script((socket, client) -> {
			client.greet(NO_SETTINGS);
			if (connections.incrementAndGet() == 1) {
				client.respond(client.expect("HEADERS").streamId(), new byte[1000]);
				pass(arrived);
				cut.now();
			}
			else {
				client.serve();
			}
		}).start();
				Relay relay = Relay.to(peer.address(), Relay.Pump.DIRECT, cut);
				TlsClient client = TlsClient.trustingLocalhost()) {
			Http2Request request = Http2Request.builder("GET", relay.uri("/")).build();
			try (Http2Response response = client.transport().roundTrip(request)) {
				await().until(() -> client.connections().get(0).streams().isEmpty());
				arrived.countDown();
				await().until(() -> client.connections().isEmpty());
				// Read only after the connection has been cut off.
				assertThat(response.body().readAllBytes()).hasSize(1000);
			}
			cut.noMore();
			client.getsRight(relay.uri("/bytes/10"));
			assertThat(connections).hasValue(2);
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "TLSv1.3", "TLSv1.2" })
	void aRecordCutInTheMiddleIsATruncation(String version) throws Exception {
		Relay.Pump halfOfTheBody = (in, out) -> {
			byte[] octets = new byte[1024];
			int left = 60_000;
			for (int length = in.read(octets); length >= 0 && left > 0; length = in.read(octets)) {
				out.write(octets, 0, Math.min(length, left));
				left -= length;
			}
		};
		try (TlsPeer peer = TlsPeer.of(Certificates.localhost()).protocols(version).start();
				Relay relay = Relay.to(peer.address(), Relay.Pump.DIRECT, halfOfTheBody);
				TlsClient client = TlsClient.trustingLocalhost()) {
			assertThat(client.failure(Http2Exception.class, relay.uri("/bytes/100000")))
				.isInstanceOf(ConnectionException.class)
				.hasMessageContaining("the server closed it");
		}
	}

	// ---- words of these tests ----

	private static SSLContext counting(AtomicInteger checked) throws Exception {
		SSLContext context = SSLContext.getInstance("TLS");
		context.init(null, new TrustManager[] { new TrustAll((chain) -> checked.incrementAndGet()) }, null);
		return context;
	}

	private static String principal(TlsPeer.Ended ended) {
		try {
			X509Certificate presented = (X509Certificate) ended.session().getPeerCertificates()[0];
			return presented.getSubjectX500Principal().getName();
		}
		catch (SSLPeerUnverifiedException ex) {
			return "nobody";
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

	/** From some time on carries nothing but the end. */
	private static final class CutOff implements Relay.Pump {

		private final AtomicBoolean swallowing = new AtomicBoolean();

		void now() {
			this.swallowing.set(true);
		}

		void noMore() {
			this.swallowing.set(false);
		}

		@Override
		public void run(InputStream in, OutputStream out) throws IOException {
			byte[] octets = new byte[64 * 1024];
			for (int length = in.read(octets); length >= 0; length = in.read(octets)) {
				if (!this.swallowing.get()) {
					out.write(octets, 0, length);
				}
			}
		}

	}

}
