package io.github.h2transport.conformance;

import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;

import io.github.h2transport.ConnectFailedException;
import io.github.h2transport.ConnectionException;
import io.github.h2transport.ErrorCode;
import io.github.h2transport.Http2Exception;
import io.github.h2transport.frame.Settings;
import io.github.h2transport.testkit.Certificates;
import io.github.h2transport.testkit.Frame;
import io.github.h2transport.testkit.RawPeer;
import io.github.h2transport.testkit.Relay;
import io.github.h2transport.testkit.TlsPeer;
import io.github.h2transport.testkit.tls.ClientHello;
import io.github.h2transport.testkit.tls.TlsClient;
import io.github.h2transport.testkit.tls.TlsRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;

/** RFC 9113 section 9.2.1: what of TLS 1.2 is not for HTTP/2. */
@Timeout(120)
class Section9_2_1Tls12FeaturesTests {

	private static final Settings NO_SETTINGS = Settings.builder().build();

	@Test
	void compressionIsNotOffered() throws Exception {
		BlockingQueue<ClientHello> hellos = new LinkedBlockingQueue<>();
		try (RawPeer peer = RawPeer.start((socket) -> {
			hellos.add(ClientHello.read(socket.getInputStream()));
			socket.close();
		}); TlsClient client = TlsClient.trustingLocalhost()) {
			client.failure(ConnectFailedException.class, peer.uri("/"));
			assertThat(hellos.take().compressionMethods()).isEqualTo("00");
		}
	}

	@Test
	void aRenegotiationIsAProtocolErrorWhoseGoAwayArrivesBeforeTheEnd() throws Exception {
		BlockingQueue<Frame> last = new LinkedBlockingQueue<>();
		List<Integer> types = new CopyOnWriteArrayList<>();
		try (TlsPeer peer = TlsPeer.of(Certificates.localhost()).protocols("TLSv1.2").script((socket, client) -> {
			client.greet(NO_SETTINGS);
			client.expectAll("HEADERS", "SETTINGS ACK");
			// With TLS 1.2 this sends HelloRequest.
			socket.startHandshake();
			last.add(client.expect("GOAWAY"));
			client.next();
		}).start();
				Relay relay = Relay.to(peer.address(), noting(types), Relay.Pump.DIRECT);
				TlsClient client = TlsClient.trustingLocalhost()) {
			ConnectionException failure = client.failure(ConnectionException.class, relay.uri("/"));
			assertThat(failure).hasMessageContaining("TLS renegotiation").hasMessageContaining("section 9.2.1");
			assertThat(failure.context().code()).isEqualTo(ErrorCode.PROTOCOL_ERROR);
			assertThat(failure.isSafeToRetry()).isFalse();
			Frame goAway = last.take();
			assertThat(goAway.code()).isEqualTo(ErrorCode.PROTOCOL_ERROR);
			assertThat(new String(goAway.octets())).contains("renegotiation");
			// The server still hopes for a handshake; it has got the end of TLS instead.
			assertThat(peer.ended().take().failure()).hasMessageContaining("close_notify");
			// ClientHello, ClientKeyExchange and Finished, and no further handshake.
			int handshakes = types.lastIndexOf(TlsRecord.HANDSHAKE);
			assertThat(types.subList(handshakes + 1, types.size())).doesNotContain(TlsRecord.HANDSHAKE)
				.endsWith(TlsRecord.ALERT);
			assertThat(types.stream().filter((type) -> type == TlsRecord.HANDSHAKE)).hasSize(3);
		}
	}

	@Test
	void aRenegotiationBeforeSettingsIsOneToo() throws Exception {
		BlockingQueue<Frame> last = new LinkedBlockingQueue<>();
		try (TlsPeer peer = TlsPeer.of(Certificates.localhost()).protocols("TLSv1.2").script((socket, client) -> {
			socket.startHandshake();
			client.greet(NO_SETTINGS);
			last.add(client.expect("GOAWAY"));
		}).start(); TlsClient client = TlsClient.trustingLocalhost()) {
			assertThat(client.failure(Http2Exception.class, peer.uri("/"))).isInstanceOf(ConnectFailedException.class)
				.hasMessageContaining("TLS renegotiation");
			assertThat(last.take().code()).isEqualTo(ErrorCode.PROTOCOL_ERROR);
		}
	}

	private static Relay.Pump noting(List<Integer> types) {
		return (in, out) -> {
			for (TlsRecord record = TlsRecord.read(in); record != null; record = TlsRecord.read(in)) {
				types.add(record.type());
				out.write(record.octets());
			}
		};
	}

}
