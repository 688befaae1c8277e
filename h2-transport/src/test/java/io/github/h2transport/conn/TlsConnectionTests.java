package io.github.h2transport.conn;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

import io.github.h2transport.CallOptions;
import io.github.h2transport.ConnectionException;
import io.github.h2transport.ErrorCode;
import io.github.h2transport.Http2Exception;
import io.github.h2transport.TlsOptions;
import io.github.h2transport.frame.FrameWriter;
import io.github.h2transport.frame.Settings;
import io.github.h2transport.testkit.Certificates;
import io.github.h2transport.testkit.Content;
import io.github.h2transport.testkit.Frame;
import io.github.h2transport.testkit.Relay;
import io.github.h2transport.testkit.TlsPeer;
import io.github.h2transport.testkit.tls.TlsClient;
import io.github.h2transport.testkit.tls.TlsRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * TLS connections after the handshake: new keys, much to carry, and the end.
 */
@Timeout(120)
class TlsConnectionTests {

	private static final int MIB = 1 << 20;

	/** Above what a machine with much else to do needs; only a hang takes longer. */
	private static final Duration LONG = Duration.ofSeconds(45);

	private static final Settings NO_SETTINGS = Settings.builder().build();

	// ---- messages of TLS after the handshake (RFC 9113 section 9.2) ----

	@Test
	void theServerMayUpdateItsKeysInTheMiddleOfADownload() throws Exception {
		try (TlsPeer peer = tls13().script((socket, client) -> {
			client.greet(NO_SETTINGS);
			int stream = client.expect("HEADERS").streamId();
			client.head(stream, 200, false);
			byte[] content = Content.ofSize(8 * MIB);
			for (int part = 0; part < 16; part++) {
				// With TLS 1.3 this asks for new keys of both sides (RFC 8446 section
				// 4.6.3).
				socket.startHandshake();
				client.data(stream, content, part * MIB / 2, (part + 1) * MIB / 2, part == 15);
			}
			client.serve();
		}).start(); TlsClient client = TlsClient.trustingLocalhost()) {
			client.getsRight(peer.uri("/bytes/" + 8 * MIB));
			byte[] upload = Content.ofSize(MIB);
			assertThat(client.post(peer.uri("/digest"), upload)).isEqualTo(Content.sha256(upload));
			assertThat(peer.connections()).isEqualTo(1);
		}
	}

	@Test
	void aKeyUpdateOnAnIdleConnectionIsAnswered() throws Exception {
		CountDownLatch quiet = new CountDownLatch(1);
		AtomicLong sent = new AtomicLong();
		Relay.Pump counting = (in, out) -> {
			byte[] octets = new byte[1024];
			for (int length = in.read(octets); length >= 0; length = in.read(octets)) {
				sent.addAndGet(length);
				out.write(octets, 0, length);
			}
		};
		try (TlsPeer peer = tls13().script((socket, client) -> {
			client.greet(NO_SETTINGS);
			int stream = client.expectAll("HEADERS", "SETTINGS ACK").get("HEADERS").streamId();
			client.respond(stream, new byte[10]);
			pass(quiet);
			socket.startHandshake();
			client.serve();
		}).start();
				Relay relay = Relay.to(peer.address(), counting, Relay.Pump.DIRECT);
				TlsClient client = TlsClient.trustingLocalhost()) {
			assertThat(client.get(relay.uri("/"))).hasSize(10);
			long before = sent.get();
			quiet.countDown();
			await().atMost(LONG).until(() -> sent.get() > before);
			client.getsRight(relay.uri("/bytes/10"));
			assertThat(peer.connections()).isEqualTo(1);
		}
	}

	@Test
	void aRenegotiationOfTls12EndsTheConnection() throws Exception {
		try (TlsPeer peer = TlsPeer.of(Certificates.localhost()).protocols("TLSv1.2").script((socket, client) -> {
			client.greet(NO_SETTINGS);
			client.expect("HEADERS");
			// With TLS 1.2 this sends HelloRequest.
			socket.startHandshake();
			client.next();
		}).start(); TlsClient client = TlsClient.trustingLocalhost()) {
			assertThat(client.failure(ConnectionException.class, peer.uri("/")))
				.hasMessageContaining("the server asked for a TLS renegotiation, which HTTP/2 forbids");
		}
	}

	@Test
	void aResponseBeforeARenegotiationIsNotLost() throws Exception {
		AtomicBoolean hold = new AtomicBoolean();
		try (TlsPeer peer = TlsPeer.of(Certificates.localhost()).protocols("TLSv1.2").script((socket, client) -> {
			client.greet(NO_SETTINGS);
			int stream = client.expect("HEADERS").streamId();
			hold.set(true);
			client.respond(stream, Content.ofSize(1000));
			socket.startHandshake();
		}).start();
				Relay relay = Relay.to(peer.address(), Relay.Pump.DIRECT, new HoldUntilEnd(hold));
				TlsClient client = TlsClient.trustingLocalhost()) {
			client.getsRight(relay.uri("/bytes/1000"));
			await().until(() -> client.connections().isEmpty());
		}
	}

	// ---- much to carry ----

	/**
	 * Not of any RFC: Tomcat mixes up frames that begin in one record and end in another.
	 */
	@ParameterizedTest
	@ValueSource(strings = { "TLSv1.3", "TLSv1.2" })
	void noFrameBeginsInOneRecordAndEndsInAnother(String version) throws Exception {
		List<String> torn = new CopyOnWriteArrayList<>();
		try (TlsPeer peer = TlsPeer.of(Certificates.localhost()).protocols(version).script((socket, client) -> {
			ByteBuffer record = ByteBuffer.allocate(32 * 1024);
			int at = FrameWriter.PREFACE_SIZE;
			int content = 0;
			boolean end = false;
			while (!end) {
				// A read gives what one record holds.
				int length = socket.getInputStream().read(record.array());
				while (at < length) {
					int payload = record.getInt(at) >>> 8;
					content += (record.get(at + 3) == 0) ? payload : 0;
					end |= record.get(at + 3) == 0 && (record.get(at + 4) & 1) != 0;
					at += FrameWriter.FRAME_HEADER_SIZE + payload;
				}
				if (at > length) {
					torn.add(at - length + " octets of a frame behind " + content + " octets of content");
				}
				at -= length;
			}
			FrameWriter.settings(record.clear(), NO_SETTINGS);
			socket.getOutputStream().write(record.array(), 0, record.position());
			client.respond(1, String.valueOf(content).getBytes());
			client.serve();
		}).start(); TlsClient client = TlsClient.trustingLocalhost()) {
			assertThat(client.post(peer.uri("/"), new byte[60_000])).isEqualTo("60000");
			assertThat(torn).isEmpty();
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "TLSv1.3", "TLSv1.2" })
	void aServerThatReadsSlowlyGetsAnUploadWhole(String version) throws Exception {
		try (TlsPeer peer = TlsPeer.of(Certificates.localhost()).protocols(version).script((socket, client) -> {
			// Windows beyond the upload, so that only the socket holds it back.
			client.greet(Settings.builder().set(Settings.INITIAL_WINDOW_SIZE, 16 * MIB).build());
			client.credit(0, 16 * MIB);
			client.serve();
		}).start();
				Relay relay = Relay.to(peer.address(), Relay.Pump.DRIBBLING, Relay.Pump.DIRECT);
				TlsClient client = TlsClient.trustingLocalhost()) {
			// Also in parallel, and with downloads between.
			List<CompletableFuture<String>> uploads = List.of(8 * MIB, MIB + 1, 100_000)
				.stream()
				.map((size) -> CompletableFuture.supplyAsync(() -> digest(client, relay.uri("/digest"), size)))
				.toList();
			client.getsRight(relay.uri("/bytes/100000"));
			assertThat(uploads).extracting(CompletableFuture::join)
				.containsExactly(Content.sha256(Content.ofSize(8 * MIB)), Content.sha256(Content.ofSize(MIB + 1)),
						Content.sha256(Content.ofSize(100_000)));
			assertThat(peer.connections()).isEqualTo(1);
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "TLSv1.3", "TLSv1.2" })
	void aBigDownloadComesWhole(String version) throws Exception {
		try (TlsPeer peer = TlsPeer.of(Certificates.localhost()).protocols(version).start();
				TlsClient client = TlsClient.trustingLocalhost()) {
			client.getsRight(peer.uri("/bytes/" + 32 * MIB));
		}
	}

	// ---- the end ----

	@ParameterizedTest
	@ValueSource(strings = { "TLSv1.3", "TLSv1.2" })
	void weCloseWithGoAwayThenCloseNotifyThenTheEnd(String version) throws Exception {
		BlockingQueue<Frame> last = new LinkedBlockingQueue<>();
		List<Integer> recordLengths = new CopyOnWriteArrayList<>();
		CompletableFuture<Void> end = new CompletableFuture<>();
		Relay.Pump noticing = (in, out) -> {
			for (TlsRecord record = TlsRecord.read(in); record != null; record = TlsRecord.read(in)) {
				recordLengths.add(record.octets().length);
				out.write(record.octets());
			}
			end.complete(null);
		};
		try (TlsPeer peer = TlsPeer.of(Certificates.localhost()).protocols(version).script((socket, client) -> {
			client.greet(NO_SETTINGS);
			client.respond(client.expect("HEADERS").streamId(), new byte[10]);
			last.add(client.expect("GOAWAY"));
			assertThat(client.next()).isNull();
		}).start();
				Relay relay = Relay.to(peer.address(), noticing, Relay.Pump.DIRECT);
				TlsClient client = TlsClient.trustingLocalhost()) {
			client.get(relay.uri("/"));
			client.transport().closeIdleConnections();
			assertThat(last.take().code()).isEqualTo(ErrorCode.NO_ERROR);
			assertThat(peer.ended().take().failure()).isNull();
			end.get();
			// The last two records: GOAWAY has 17 octets, the alert close_notify has 2.
			int count = recordLengths.size();
			assertThat(recordLengths.get(count - 1)).isEqualTo(recordLengths.get(count - 2) - 17 + 2);
			await().until(() -> client.connections().isEmpty());
		}
	}

	@Test
	void serversThatNeverCloseAreWaitedForTogether() throws Exception {
		CountDownLatch end = new CountDownLatch(1);
		try (TlsPeer peer = TlsPeer.of(Certificates.localhost()).script((socket, client) -> {
			client.greet(NO_SETTINGS);
			client.respond(client.expect("HEADERS").streamId(), new byte[10]);
			pass(end);
		}).start()) {
			TlsClient client = TlsClient.trustingLocalhost();
			for (int i = 0; i < 20; i++) {
				TlsOptions own = TlsOptions.of(Certificates.localhost().clientContext());
				assertThat(client.get(peer.uri("/"), CallOptions.builder().tls(own).build())).hasSize(10);
			}
			assertThat(client.connections()).hasSize(20);
			long start = System.nanoTime();
			client.close();
			// Each of them gets a second.
			assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(10));
			end.countDown();
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "TLSv1.3", "TLSv1.2" })
	void goAwayArrivesThoughTheServerIsStillSending(String version) throws Exception {
		CountDownLatch requested = new CountDownLatch(1);
		CountDownLatch ending = new CountDownLatch(1);
		try (TlsPeer peer = TlsPeer.of(Certificates.localhost()).protocols(version).script((socket, client) -> {
			client.greet(NO_SETTINGS);
			int stream = client.expect("HEADERS").streamId();
			requested.countDown();
			pass(ending);
			if (version.equals("TLSv1.3")) {
				// Not even new keys are answered any more.
				socket.startHandshake();
			}
			client.head(stream, 200, false);
			client.data(stream, new byte[60_000], 0, 60_000, false);
			client.expect("GOAWAY");
			assertThat(client.next()).isNull();
		}).start(); TlsClient client = TlsClient.trustingLocalhost()) {
			CompletableFuture<Http2Exception> call = CompletableFuture
				.supplyAsync(() -> client.failure(Http2Exception.class, peer.uri("/")));
			pass(requested);
			client.transport().shutdown(Duration.ofMillis(1));
			assertThat(call.get()).hasMessageContaining("The transport was closed meanwhile");
			ending.countDown();
			assertThat(peer.ended().take().failure()).isNull();
		}
	}

	@ParameterizedTest
	@CsvSource({ "TLSv1.3, false", "TLSv1.2, false", "TLSv1.3, true", "TLSv1.2, true" })
	void theEndInTheMiddleOfAResponseIsATruncation(String version, boolean closeNotify) throws Exception {
		AtomicBoolean swallow = new AtomicBoolean();
		Relay.Pump untilToldToSwallow = (in, out) -> {
			byte[] octets = new byte[64 * 1024];
			for (int length = in.read(octets); length >= 0; length = in.read(octets)) {
				if (!swallow.get()) {
					out.write(octets, 0, length);
				}
			}
		};
		CountDownLatch partArrived = new CountDownLatch(1);
		try (TlsPeer peer = TlsPeer.of(Certificates.localhost()).protocols(version).script((socket, client) -> {
			client.greet(NO_SETTINGS);
			int stream = client.expect("HEADERS").streamId();
			client.head(stream, 200, false);
			client.data(stream, new byte[1000], 0, 1000, false);
			pass(partArrived);
			swallow.set(!closeNotify);
		}).start();
				Relay relay = Relay.to(peer.address(), Relay.Pump.DIRECT, untilToldToSwallow);
				TlsClient client = TlsClient.trustingLocalhost()) {
			CompletableFuture<Http2Exception> call = CompletableFuture
				.supplyAsync(() -> client.failure(Http2Exception.class, relay.uri("/")));
			await().until(() -> client.connections()
				.stream()
				.flatMap((connection) -> connection.streams().stream())
				.anyMatch((stream) -> stream.receivedBytes() == 1000));
			partArrived.countDown();
			assertThat(call.get()).isInstanceOf(ConnectionException.class).hasMessageContaining("the server closed it");
			assertThat(call.get().isSafeToRetry()).isFalse();
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "TLSv1.3", "TLSv1.2" })
	void goAwayAndTheEndInOneSegmentLetUnprocessedRequestsGoElsewhere(String version) throws Exception {
		AtomicBoolean hold = new AtomicBoolean();
		AtomicInteger connections = new AtomicInteger();
		try (TlsPeer peer = TlsPeer.of(Certificates.localhost()).protocols(version).script((socket, client) -> {
			client.greet(NO_SETTINGS);
			if (connections.incrementAndGet() > 1) {
				client.serve();
				return;
			}
			client.expect("HEADERS");
			hold.set(true);
			// RFC 9113 section 6.8: nothing above stream 0 was processed.
			client.goAway(0, ErrorCode.NO_ERROR);
		}).start();
				Relay relay = Relay.to(peer.address(), Relay.Pump.DIRECT, new HoldUntilEnd(hold));
				TlsClient client = TlsClient.trustingLocalhost()) {
			byte[] upload = Content.ofSize(1000);
			assertThat(client.post(relay.uri("/digest"), upload)).isEqualTo(Content.sha256(upload));
			assertThat(peer.connections()).isEqualTo(2);
		}
	}

	private static TlsPeer.Builder tls13() {
		return TlsPeer.of(Certificates.localhost()).protocols("TLSv1.3");
	}

	private static String digest(TlsClient client, URI uri, int size) {
		try {
			return client.post(uri, Content.ofSize(size));
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
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

	/** From some time on keeps everything until the end, and then sends it at once. */
	private record HoldUntilEnd(AtomicBoolean hold) implements Relay.Pump {

		@Override
		public void run(InputStream in, OutputStream out) throws IOException {
			ByteArrayOutputStream held = new ByteArrayOutputStream();
			byte[] octets = new byte[64 * 1024];
			for (int length = in.read(octets); length >= 0; length = in.read(octets)) {
				held.write(octets, 0, length);
				if (!this.hold.get()) {
					held.writeTo(out);
					held.reset();
				}
			}
			this.hold.set(false);
			held.writeTo(out);
		}

	}

}
