package io.github.h2transport.conn;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;

import io.github.h2transport.TlsOptions;
import io.github.h2transport.testkit.Certificates;
import io.github.h2transport.testkit.Relay;
import io.github.h2transport.testkit.TlsPeer;
import io.github.h2transport.testkit.tls.TlsClient;
import io.github.h2transport.testkit.tls.TlsRecord;
import io.github.h2transport.testkit.tls.TrustAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * RFC 9113 sections 3.2 and 9.2: handshakes that succeed, however their octets arrive.
 */
@Timeout(120)
class TlsHandshakeTests {

	static Stream<Arguments> versionsAndKeys() {
		return Stream.of("TLSv1.3", "TLSv1.2")
			.flatMap((version) -> Stream.of(Arguments.of(version, "EC", Certificates.localhost()),
					Arguments.of(version, "RSA", Certificates.rsa())));
	}

	@ParameterizedTest(name = "{0} {1}")
	@MethodSource("versionsAndKeys")
	void bothVersionsWorkWithBothKindsOfKeys(String version, String kind, Certificates certificates) throws Exception {
		try (TlsPeer peer = TlsPeer.of(certificates).protocols(version).start();
				TlsClient client = TlsClient.trusting(certificates)) {
			client.getsRight(peer.uri("/bytes/100000"));
			assertThat(client.tls().version()).isEqualTo(version);
			assertThat(client.tls().alpn()).isEqualTo("h2");
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "TLSv1.3", "TLSv1.2" })
	void everyOctetMayArriveAlone(String version) throws Exception {
		try (TlsPeer peer = TlsPeer.of(Certificates.localhost()).protocols(version).start();
				Relay relay = Relay.to(peer.address(), Relay.Pump.OCTET_BY_OCTET, Relay.Pump.OCTET_BY_OCTET);
				TlsClient client = TlsClient.trustingLocalhost()) {
			client.getsRight(relay.uri("/bytes/3000"));
		}
	}

	@Test
	void settingsInTheSegmentOfTheLastHandshakeMessageAreNotLost() throws Exception {
		// In TLS 1.2 the server finishes last and may go on with SETTINGS at once.
		CompletableFuture<List<Integer>> joined = new CompletableFuture<>();
		try (TlsPeer peer = TlsPeer.of(Certificates.localhost()).protocols("TLSv1.2").start();
				Relay relay = Relay.to(peer.address(), Relay.Pump.DIRECT, new JoinFinishedAndSettings(joined));
				TlsClient client = TlsClient.trustingLocalhost()) {
			client.getsRight(relay.uri("/bytes/10"));
			assertThat(joined.get()).endsWith(TlsRecord.CHANGE_CIPHER_SPEC, TlsRecord.HANDSHAKE,
					TlsRecord.APPLICATION_DATA);
		}
	}

	@Test
	void certificatesAreCheckedOffTheLoop() throws Exception {
		CompletableFuture<String> checkingThread = new CompletableFuture<>();
		CountDownLatch goOn = new CountDownLatch(1);
		SSLContext slow = SSLContext.getInstance("TLS");
		slow.init(null, new TrustManager[] { new TrustAll((chain) -> {
			checkingThread.complete(Thread.currentThread().getName());
			await(goOn);
		}) }, null);
		TlsOptions fast = TlsOptions.of(Certificates.localhost().newClientContext());
		try (TlsPeer peer = TlsPeer.of(Certificates.localhost()).start(); TlsClient client = TlsClient.with(slow)) {
			CompletableFuture<byte[]> waiting = CompletableFuture.supplyAsync(() -> {
				try {
					return client.get(peer.uri("/bytes/10"));
				}
				catch (IOException ex) {
					throw new IllegalStateException(ex);
				}
			});
			assertThat(checkingThread.get()).startsWith("h2-task-");
			// The one loop serves another connection meanwhile.
			client.getsRight(peer.uri("/bytes/70000"), fast);
			assertThat(waiting).isNotDone();
			goOn.countDown();
			assertThat(waiting.get()).hasSize(10);
		}
	}

	@Test
	void aDozenChecksThatHangHoldNobodyUp() throws Exception {
		CountDownLatch goOn = new CountDownLatch(1);
		CountDownLatch hanging = new CountDownLatch(12);
		try (TlsPeer peer = TlsPeer.of(Certificates.localhost()).start();
				TlsClient client = TlsClient.trustingLocalhost()) {
			List<CompletableFuture<Void>> waiting = new ArrayList<>();
			for (int i = 0; i < 12; i++) {
				SSLContext slow = SSLContext.getInstance("TLS");
				slow.init(null, new TrustManager[] { new TrustAll((chain) -> {
					hanging.countDown();
					await(goOn);
				}) }, null);
				waiting.add(getsRightLater(client, peer.uri("/bytes/10"), TlsOptions.of(slow)));
			}
			await(hanging);
			client.getsRight(peer.uri("/bytes/70000"));
			goOn.countDown();
			for (CompletableFuture<Void> call : waiting) {
				call.get();
			}
		}
	}

	private static CompletableFuture<Void> getsRightLater(TlsClient client, URI uri, TlsOptions tls) {
		CompletableFuture<Void> done = new CompletableFuture<>();
		Thread caller = new Thread(() -> {
			try {
				client.getsRight(uri, tls);
				done.complete(null);
			}
			catch (IOException | RuntimeException | AssertionError ex) {
				done.completeExceptionally(ex);
			}
		}, "caller");
		caller.setDaemon(true);
		caller.start();
		return done;
	}

	@Test
	void octetsThatArriveWhileACertificateIsCheckedAreKept() throws Exception {
		SSLContext slow = SSLContext.getInstance("TLS");
		CountDownLatch allSent = new CountDownLatch(1);
		slow.init(null, new TrustManager[] { new TrustAll((chain) -> await(allSent)) }, null);
		Relay.Pump signalling = (in, out) -> {
			int records = 0;
			for (TlsRecord record = TlsRecord.read(in); record != null; record = TlsRecord.read(in)) {
				for (byte octet : record.octets()) {
					out.write(octet);
				}
				// ServerHello, Certificate, ServerKeyExchange, ServerHelloDone.
				if (++records == 4) {
					allSent.countDown();
				}
			}
		};
		try (TlsPeer peer = TlsPeer.of(Certificates.localhost()).protocols("TLSv1.2").start();
				Relay relay = Relay.to(peer.address(), Relay.Pump.DIRECT, signalling);
				TlsClient client = TlsClient.with(slow)) {
			assertThat(client.get(relay.uri("/bytes/10"))).hasSize(10);
			assertThat(allSent.getCount()).isZero();
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "TLSv1.3", "TLSv1.2" })
	void aSecondConnectionResumesTheSession(String version) throws Exception {
		try (TlsPeer peer = TlsPeer.of(Certificates.localhost()).protocols(version).start();
				TlsClient client = TlsClient.trustingLocalhost()) {
			client.getsRight(peer.uri("/bytes/1"));
			client.transport().closeIdleConnections();
			long first = peer.ended().take().session().getCreationTime();
			client.getsRight(peer.uri("/bytes/1"));
			client.transport().closeIdleConnections();
			TlsPeer.Ended second = peer.ended().take();
			assertThat(second.session().getCreationTime()).isEqualTo(first);
			assertThat(peer.connections()).isEqualTo(2);
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "TLSv1.3", "TLSv1.2" })
	void theServerIsAskedForByName(String version) throws Exception {
		try (TlsPeer peer = TlsPeer.of(Certificates.localhost()).protocols(version).start();
				TlsClient client = TlsClient.trustingLocalhost()) {
			client.getsRight(peer.uri("/bytes/1"));
			client.transport().closeIdleConnections();
			// RFC 9113 section 9.2: a client must send SNI; also for names without a dot.
			assertThat(peer.ended().take().requestedNames()).containsExactly("localhost");
		}
	}

	@Test
	void anAddressIsNotAskedForByName() throws Exception {
		try (TlsPeer peer = TlsPeer.of(Certificates.localhost()).start();
				TlsClient client = TlsClient.trustingLocalhost()) {
			// RFC 6066 section 3: literal addresses are not permitted.
			client.getsRight(URI.create("https://127.0.0.1:" + peer.port() + "/bytes/1"));
			client.transport().closeIdleConnections();
			assertThat(peer.ended().take().requestedNames()).isEmpty();
		}
	}

	@Test
	void protocolsAndCipherSuitesCanBeChosen() throws Exception {
		TlsOptions choice = TlsOptions.of(Certificates.localhost().newClientContext(), List.of("TLSv1.2"),
				List.of("TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384"));
		try (TlsPeer peer = TlsPeer.of(Certificates.localhost()).start(); TlsClient client = TlsClient.with(choice)) {
			client.getsRight(peer.uri("/bytes/1"));
			assertThat(client.tls().version()).isEqualTo("TLSv1.2");
			assertThat(client.tls().cipher()).isEqualTo("TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384");
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "TLSv1.3", "TLSv1.2" })
	void aClientCertificateIsPresented(String version) throws Exception {
		SSLContext material = Certificates.client().contextTrusting(Certificates.localhost());
		try (TlsPeer peer = TlsPeer.of(Certificates.localhost()).protocols(version).needClientCertificate().start();
				TlsClient client = TlsClient.with(material)) {
			client.getsRight(peer.uri("/bytes/1"));
			client.transport().closeIdleConnections();
			X509Certificate presented = (X509Certificate) peer.ended().take().session().getPeerCertificates()[0];
			assertThat(presented.getSubjectX500Principal().getName()).isEqualTo("CN=client");
		}
	}

	private static void await(CountDownLatch latch) {
		try {
			assertThat(latch.await(20, TimeUnit.SECONDS)).isTrue();
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	/** Holds the server's last flight back until SETTINGS can go with it. */
	private record JoinFinishedAndSettings(CompletableFuture<List<Integer>> joined) implements Relay.Pump {

		@Override
		public void run(InputStream in, OutputStream out) throws IOException {
			ByteArrayOutputStream held = new ByteArrayOutputStream();
			List<Integer> types = new ArrayList<>();
			for (TlsRecord record = TlsRecord.read(in); record != null; record = TlsRecord.read(in)) {
				held.write(record.octets());
				types.add(record.type());
				if (!types.contains(TlsRecord.CHANGE_CIPHER_SPEC)) {
					held.writeTo(out);
					held.reset();
				}
				else if (record.type() == TlsRecord.APPLICATION_DATA) {
					held.writeTo(out);
					this.joined.complete(List.copyOf(types));
					Relay.Pump.DIRECT.run(in, out);
					return;
				}
			}
			throw new EOFException();
		}

	}

}
