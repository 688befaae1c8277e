package io.github.h2transport.conformance;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

import javax.net.ssl.SSLSocket;

import io.github.h2transport.Http2Exception;
import io.github.h2transport.frame.Settings;
import io.github.h2transport.testkit.Certificates;
import io.github.h2transport.testkit.Content;
import io.github.h2transport.testkit.RawPeer;
import io.github.h2transport.testkit.Relay;
import io.github.h2transport.testkit.TlsPeer;
import io.github.h2transport.testkit.tls.ClientHello;
import io.github.h2transport.testkit.tls.HandMadeTls13;
import io.github.h2transport.testkit.tls.TlsClient;
import io.github.h2transport.testkit.tls.TlsRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/** RFC 9113 section 9.2.3: what TLS 1.3 may do after its handshake, and what not. */
@Timeout(120)
class Section9_2_3Tls13Tests {

	private static final int MIB = 1 << 20;

	/** SETTINGS without a parameter, as an application data record carries it. */
	private static final byte[] SETTINGS = { 0, 0, 0, 4, 0, 0, 0, 0, 0 };

	/** An ALTSVC frame of no meaning. */
	private static final byte[] UNKNOWN = { 0, 0, 1, 10, 0, 0, 0, 0, 0, 7 };

	/**
	 * CertificateRequest (RFC 8446 section 4.3.2): a context of one octet, and the
	 * signature algorithm ecdsa_secp256r1_sha256.
	 */
	private static final byte[] CERTIFICATE_REQUEST = { 13, 0, 0, 12, 1, 1, 0, 8, 0, 13, 0, 4, 0, 2, 4, 3 };

	/** HelloRequest (RFC 5246 section 7.4.1.1), which TLS 1.3 does not have. */
	private static final byte[] HELLO_REQUEST = { 0, 0, 0, 0 };

	@Test
	void aServerMadeByHandIsServed() throws Exception {
		// So that the tests below fail for the reason that they name.
		CompletableFuture<byte[]> first = new CompletableFuture<>();
		try (RawPeer peer = RawPeer.start((socket) -> {
			HandMadeTls13 tls = HandMadeTls13.accept(socket);
			tls.send(HandMadeTls13.APPLICATION_DATA, SETTINGS);
			first.complete(tls.receive(HandMadeTls13.APPLICATION_DATA));
			socket.close();
		}); TlsClient client = TlsClient.trustingLocalhost()) {
			Http2Exception failure = client.failure(Http2Exception.class, peer.uri("/"));
			assertThat(new String(first.get())).startsWith("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
			assertThat(failure).hasMessageContaining("the server closed it");
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "request for a certificate", "new handshake" })
	void authenticationAfterTheHandshakeEndsTheConnection(String what) throws Exception {
		byte[] message = what.equals("new handshake") ? HELLO_REQUEST : CERTIFICATE_REQUEST;
		CompletableFuture<byte[]> alert = new CompletableFuture<>();
		try (RawPeer peer = RawPeer.start((socket) -> {
			try {
				HandMadeTls13 tls = HandMadeTls13.accept(socket);
				tls.send(HandMadeTls13.APPLICATION_DATA, SETTINGS);
				tls.send(HandMadeTls13.HANDSHAKE, message);
				tls.send(HandMadeTls13.APPLICATION_DATA, UNKNOWN);
				alert.complete(tls.receive(HandMadeTls13.ALERT));
			}
			catch (IOException ex) {
				alert.completeExceptionally(ex);
			}
		}); TlsClient client = TlsClient.trustingLocalhost()) {
			Http2Exception failure = client.failure(Http2Exception.class, peer.uri("/"));
			assertThat(failure).hasMessageContaining("which HTTP/2 forbids (RFC 9113 section 9.2.3)");
			assertThat(failure.isSafeToRetry()).isFalse();
			if (message == CERTIFICATE_REQUEST) {
				// RFC 8446 section 4.6.2: fatal, unexpected_message.
				assertThat(alert.get()).containsExactly(2, 10);
			}
		}
	}

	@Test
	void authenticationAfterTheHandshakeIsNotOffered() throws Exception {
		assertThat(helloTo("/bytes/1").extensions()).doesNotContain(ClientHello.POST_HANDSHAKE_AUTH);
	}

	@Test
	void aResumedSessionSendsNothingEarly() throws Exception {
		List<ClientHello> hellos = new CopyOnWriteArrayList<>();
		try (TlsPeer peer = tls13().start();
				Relay relay = Relay.to(peer.address(), keeping(hellos), Relay.Pump.DIRECT);
				TlsClient client = TlsClient.trustingLocalhost()) {
			for (int i = 0; i < 2; i++) {
				client.getsRight(relay.uri("/bytes/1"));
				client.transport().closeIdleConnections();
				assertThat(peer.ended().take().failure()).isNull();
			}
		}
		assertThat(hellos).hasSize(2)
			.allSatisfy((hello) -> assertThat(hello.extensions()).doesNotContain(ClientHello.EARLY_DATA));
		assertThat(hellos.get(1).extensions()).as("resumed").contains(ClientHello.PRE_SHARED_KEY);
	}

	@Test
	void theServerMayUpdateItsKeysWhileMuchFlowsBothWays() throws Exception {
		AtomicReference<SSLSocket> accepted = new AtomicReference<>();
		AtomicInteger updates = new AtomicInteger();
		Semaphore due = new Semaphore(0);
		AtomicBoolean done = new AtomicBoolean();
		try (TlsPeer peer = tls13().script((socket, client) -> {
			client.greet(Settings.builder().build());
			accepted.set(socket);
			client.serve();
		}).start();
				Relay relay = Relay.to(peer.address(), every(256 * 1024, due), every(256 * 1024, due));
				TlsClient client = TlsClient.trustingLocalhost()) {
			Thread updating = new Thread(() -> {
				try {
					for (due.acquire(); !done.get(); due.acquire()) {
						accepted.get().startHandshake();
						updates.incrementAndGet();
					}
				}
				catch (IOException | InterruptedException ex) {
					// The test is over.
				}
			}, "key-updates");
			updating.setDaemon(true);
			client.getsRight(relay.uri("/bytes/1"));
			updating.start();
			byte[] upload = Content.ofSize(8 * MIB);
			CompletableFuture<String> digest = CompletableFuture
				.supplyAsync(() -> post(client, relay.uri("/"), upload));
			client.getsRight(relay.uri("/bytes/" + 8 * MIB));
			assertThat(digest.get()).isEqualTo(Content.sha256(upload));
			done.set(true);
			due.release();
			updating.join();
			assertThat(updates).hasValueGreaterThan(20);
			client.getsRight(relay.uri("/bytes/1"));
			assertThat(peer.connections()).isEqualTo(1);
		}
	}

	// ---- words of these tests ----

	private static TlsPeer.Builder tls13() {
		return TlsPeer.of(Certificates.localhost()).protocols("TLSv1.3");
	}

	private static ClientHello helloTo(String path) throws Exception {
		List<ClientHello> hellos = new CopyOnWriteArrayList<>();
		try (TlsPeer peer = tls13().start();
				Relay relay = Relay.to(peer.address(), keeping(hellos), Relay.Pump.DIRECT);
				TlsClient client = TlsClient.trustingLocalhost()) {
			client.getsRight(relay.uri(path));
		}
		return hellos.get(0);
	}

	/** Keeps what each connection begins with. */
	private static Relay.Pump keeping(List<ClientHello> hellos) {
		return (in, out) -> {
			TlsRecord record = TlsRecord.read(in);
			if (record != null) {
				hellos.add(ClientHello.of(record));
				out.write(record.octets());
				in.transferTo(out);
			}
		};
	}

	/** Gives a permit whenever so many octets have passed. */
	private static Relay.Pump every(int octets, Semaphore due) {
		return (InputStream in, OutputStream out) -> {
			byte[] some = new byte[16 * 1024];
			long passed = 0;
			for (int length = in.read(some); length >= 0; length = in.read(some)) {
				out.write(some, 0, length);
				due.release((int) ((passed + length) / octets - passed / octets));
				passed += length;
			}
		};
	}

	private static String post(TlsClient client, URI uri, byte[] content) {
		try {
			return client.post(uri, content);
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
	}

}
