package io.github.h2transport.transport;

import java.net.URI;
import java.util.List;

import io.github.h2transport.ConnectFailedException;
import io.github.h2transport.Http2Request;
import io.github.h2transport.Http2Response;
import io.github.h2transport.ProxySettings;
import io.github.h2transport.RequestBody;
import io.github.h2transport.TlsOptions;
import io.github.h2transport.testkit.Call;
import io.github.h2transport.testkit.Certificates;
import io.github.h2transport.testkit.Content;
import io.github.h2transport.testkit.RealServer;
import io.github.h2transport.testkit.Transports;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * HTTP/2 with nghttpd through the tunnel of an apache2.
 */
@Timeout(120)
class ProxyRealServerTests {

	private static final int SIZE = 1_000_000;

	@Test
	void largeContentGoesBothWaysOverTls() throws Exception {
		try (RealServer proxy = RealServer.forwardProxy(null, null).start();
				RealServer server = RealServer.nghttpd().tls(Certificates.localhost()).start();
				Http2Transport transport = through(ProxySettings.of("127.0.0.1", proxy.port()))) {
			List<Call<String>> calls = Call.many(20, () -> echo(transport, server.uri("/echo")));
			calls.forEach((call) -> assertThat(call.result()).isEqualTo(Content.sha256(Content.ofSize(SIZE))));
			assertThat(Transports.connections(transport)).isNotEmpty()
				.allSatisfy(
						(connection) -> assertThat(connection.remoteAddress()).isEqualTo("127.0.0.1:" + proxy.port()));
		}
	}

	@Test
	void cleartextHttp2GoesThroughTheTunnelToo() throws Exception {
		try (RealServer proxy = RealServer.forwardProxy(null, null).start();
				RealServer server = RealServer.nghttpd().start();
				Http2Transport transport = through(ProxySettings.of("127.0.0.1", proxy.port()))) {
			assertThat(echo(transport, server.uri("/echo"))).isEqualTo(Content.sha256(Content.ofSize(SIZE)));
		}
	}

	@Test
	void credentialsAreAcceptedAndTheirLackIsExplained() throws Exception {
		try (RealServer proxy = RealServer.forwardProxy("me", "secret").start();
				RealServer server = RealServer.nghttpd().tls(Certificates.localhost()).start();
				Http2Transport with = through(
						ProxySettings.of("127.0.0.1", proxy.port()).withCredentials("me", "secret"));
				Http2Transport wrong = through(
						ProxySettings.of("127.0.0.1", proxy.port()).withCredentials("me", "wrong"));
				Http2Transport without = through(ProxySettings.of("127.0.0.1", proxy.port()))) {
			assertThat(echo(with, server.uri("/echo"))).isEqualTo(Content.sha256(Content.ofSize(SIZE)));
			assertThatExceptionOfType(ConnectFailedException.class).isThrownBy(() -> echo(wrong, server.uri("/echo")))
				.withMessageContaining("407")
				.withMessageContaining("not accepted");
			assertThatExceptionOfType(ConnectFailedException.class).isThrownBy(() -> echo(without, server.uri("/echo")))
				.withMessageContaining("407")
				.withMessageContaining("it offers Basic");
		}
	}

	private static Http2Transport through(ProxySettings proxy) {
		return Transports.cleartext((options) -> options.proxy((origin) -> proxy)
			.tls(TlsOptions.of(Certificates.localhost().clientContext())));
	}

	private static String echo(Http2Transport transport, URI uri) throws Exception {
		Http2Request request = Http2Request.builder("POST", uri).body(RequestBody.of(Content.ofSize(SIZE))).build();
		try (Http2Response response = transport.roundTrip(request)) {
			return Content.sha256(response.body().readAllBytes());
		}
	}

}
