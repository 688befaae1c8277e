package io.github.h2transport.spring.matrix;

import java.net.URI;
import java.time.Duration;
import java.util.List;

import io.github.h2transport.conn.ConnectionSnapshot;
import org.awaitility.Awaitility;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * One cell of the matrix: a client calls a server over a protocol.
 *
 * @param server the server
 * @param protocol the protocol
 * @param kind the client
 * @param stage where both are started
 */
record Cell(TestServer server, Protocol protocol, ClientKind kind, Stage stage) {

	URI uri(String path) {
		return this.stage.server(this.server).uri(this.protocol, path);
	}

	Client client() {
		return this.stage.client(this.kind, this.protocol);
	}

	Answer call(Ask ask) throws Exception {
		return client().call(ask);
	}

	/**
	 * Checks that all calls went over one connection of this protocol, which is at rest
	 * and not about to end.
	 */
	void hasOneConnectionAtRest() {
		int port = this.stage.server(this.server).port(this.protocol.isSecure());
		Awaitility.await().pollDelay(Duration.ZERO).pollInterval(Duration.ofMillis(2)).untilAsserted(() -> {
			List<ConnectionSnapshot> connections = this.stage.connections(this.kind, this.protocol, port);
			assertThat(connections).singleElement().satisfies((connection) -> {
				ConnectionSnapshot.Tls tls = connection.tls();
				assertThat((tls != null) ? tls.version() : null).isEqualTo(this.protocol.tlsVersion());
				assertThat(connection.goAway()).isNull();
				assertThat(connection.streams()).isEmpty();
				assertThat(connection.activeStreams()).isZero();
			});
		});
	}

	@Override
	public String toString() {
		return this.server + ", " + this.protocol + ", " + this.kind;
	}

}
