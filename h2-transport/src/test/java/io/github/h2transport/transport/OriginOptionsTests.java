package io.github.h2transport.transport;

import java.net.URI;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

import io.github.h2transport.ByOrigin;
import io.github.h2transport.Http2Request;
import io.github.h2transport.Http2TimeoutException;
import io.github.h2transport.InvalidRequestException;
import io.github.h2transport.Origin;
import io.github.h2transport.OriginPattern;
import io.github.h2transport.TlsOptions;
import io.github.h2transport.TransportOptions;
import io.github.h2transport.conn.ConnectionSnapshot;
import io.github.h2transport.frame.Settings;
import io.github.h2transport.testkit.Certificates;
import io.github.h2transport.testkit.ScriptedServer;
import io.github.h2transport.testkit.ServedRequests;
import io.github.h2transport.testkit.TlsPeer;
import io.github.h2transport.testkit.Transports;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Options that some origins have and others have not: who is meant, and that pool,
 * connection and call all go by them.
 */
@Timeout(120)
class OriginOptionsTests {

	@Test
	void aPatternMatchesHostPortAndScheme() {
		assertThat(matches("api.example.com", "https://api.example.com")).isTrue();
		assertThat(matches("API.Example.com", "http://api.example.com:81")).isTrue();
		assertThat(matches("api.example.com", "https://www.api.example.com")).isFalse();
		assertThat(matches("api.example.com:443", "https://api.example.com")).isTrue();
		assertThat(matches("api.example.com:8443", "https://api.example.com")).isFalse();
		assertThat(matches("http://api.example.com", "http://api.example.com")).isTrue();
		assertThat(matches("http://api.example.com", "https://api.example.com")).isFalse();
		assertThat(matches("[::1]:8443", "https://[::1]:8443")).isTrue();
		assertThat(matches("https://[::1]", "https://[::2]")).isFalse();
	}

	@Test
	void anAsteriskStandsForAnyCharactersOrNone() {
		assertThat(matches("*", "https://a.example")).isTrue();
		assertThat(matches("*:8443", "https://a.example:8443")).isTrue();
		assertThat(matches("*.example.com", "https://a.b.example.com")).isTrue();
		assertThat(matches("*.example.com", "https://example.com")).isFalse();
		assertThat(matches("*.example.com", "https://example.com.evil.org")).isFalse();
		assertThat(matches("10.0.*", "https://10.0.3.4")).isTrue();
		assertThat(matches("a*b*c", "https://a-b-c")).isTrue();
		assertThat(matches("a*b*c", "https://abc")).isTrue();
		assertThat(matches("a*b*c", "https://a-c-b")).isFalse();
		// The beginning and the end must not share a character.
		assertThat(matches("ab*ba", "https://aba")).isFalse();
		assertThat(matches("a*bc*c", "https://abc")).isFalse();
		// A dot is a dot.
		assertThat(matches("a.example", "https://aXexample")).isFalse();
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "ftp://a", "a.example/", "a.example:0", "a.example:65536", "::1", "[::1", "a b", "u@a",
			"a:", "a,b" })
	void whatIsNoPatternIsRefused(String text) {
		assertThatIllegalArgumentException().isThrownBy(() -> OriginPattern.of(text));
	}

	@Test
	void theMostSpecificPatternCounts() {
		Map<OriginPattern, String> values = new LinkedHashMap<>();
		for (String text : new String[] { "*", "*.com", "*.example.com", "api*", "api.example.com",
				"*.example.com:8443", "http://*.example.com", "api.example.com:444" }) {
			values.put(OriginPattern.of(text), text);
		}
		ByOrigin<String> table = ByOrigin.of(values);

		assertThat(table.get(origin("https://api.example.com"))).isEqualTo("api.example.com");
		assertThat(table.get(origin("https://api.example.com:444"))).isEqualTo("api.example.com:444");
		assertThat(table.get(origin("https://www.example.com"))).isEqualTo("*.example.com");
		assertThat(table.get(origin("http://www.example.com"))).isEqualTo("http://*.example.com");
		assertThat(table.get(origin("http://www.example.com:8443"))).isEqualTo("*.example.com:8443");
		assertThat(table.get(origin("https://www.example.de"))).isEqualTo("*");
		assertThat(ByOrigin.of(Map.of()).get(origin("https://a"))).isNull();
	}

	@Test
	void anOriginWithItsOwnOptionsUsesThemInItsPool() throws Exception {
		try (ServedRequests special = serving();
				ServedRequests usual = serving();
				Http2Transport transport = with(special.port(),
						Transports.options((own) -> own.maxRequestsPerConnection(1)))) {
			for (int i = 0; i < 3; i++) {
				Transports.exchange(transport, Http2Request.get(special.uri("/")));
				Transports.exchange(transport, Http2Request.get(usual.uri("/")));
			}
			assertThat(special.connections()).isEqualTo(3);
			assertThat(usual.connections()).isEqualTo(1);
		}
	}

	@Test
	void anOriginWithItsOwnOptionsUsesThemInItsConnections() throws Exception {
		try (ServedRequests special = serving();
				ServedRequests usual = serving();
				Http2Transport transport = with(special.port(),
						Transports.options((own) -> own.initialWindowSize(100_000).connectionWindowSize(200_000)))) {
			Transports.exchange(transport, Http2Request.get(special.uri("/")));
			Transports.exchange(transport, Http2Request.get(usual.uri("/")));

			assertThat(connectionTo(special, transport).receiveWindow()).isEqualTo(200_000);
			assertThat(connectionTo(special, transport).ownSettings()).containsValue(100_000L);
			assertThat(connectionTo(usual, transport).receiveWindow()).isEqualTo(16 * 1024 * 1024);
			assertThat(connectionTo(usual, transport).ownSettings()).containsValue(256L * 1024);
		}
	}

	@Test
	void anOriginWithItsOwnOptionsUsesThemInTheCall() {
		try (ScriptedServer silent = ScriptedServer.start();
				Http2Transport transport = with(silent.port(),
						Transports.options((own) -> own.responseTimeout(Duration.ofMillis(2_500))))) {
			assertThatExceptionOfType(Http2TimeoutException.class)
				.isThrownBy(() -> Transports.exchange(transport, Http2Request.get(silent.uri("/"))))
				.withMessageContaining("waiting for the response head");
		}
	}

	@Test
	void cleartextMayBeAllowedForOneOriginAlone() throws Exception {
		try (ServedRequests special = serving();
				ServedRequests usual = serving();
				Http2Transport transport = Http2Transport.builder()
					.options(TransportOptions.builder().origins(origins(special.port(), Transports.options((own) -> {
					}))).build())
					.build()) {
			assertThat(Transports.exchange(transport, Http2Request.get(special.uri("/")))).isEqualTo("200");
			transport.warmUp(Origin.of(special.uri("/"))).join();
			assertThatExceptionOfType(InvalidRequestException.class)
				.isThrownBy(() -> Transports.exchange(transport, Http2Request.get(usual.uri("/"))));
			assertThat(transport.warmUp(Origin.of(usual.uri("/")))).isCompletedExceptionally();
		}
	}

	@Test
	void anOriginMayHaveItsOwnTlsIdentity() throws Exception {
		TransportOptions own = TransportOptions.builder()
			.tls(TlsOptions.of(Certificates.localhost().clientContext()))
			.build();
		try (TlsPeer peer = TlsPeer.of(Certificates.localhost()).start();
				Http2Transport transport = Http2Transport.builder()
					.options(TransportOptions.builder().origins(origins(peer.port(), own)).build())
					.build()) {
			transport.warmUp(Origin.of(peer.uri("/"))).get();
			assertThat(Transports.connections(transport)).hasSize(1);
		}
	}

	private static ServedRequests serving() {
		return ScriptedServer.serving(Settings.builder().build(), (exchange) -> exchange.respond(200, new byte[0]));
	}

	private static Http2Transport with(int port, TransportOptions own) {
		return Transports.cleartext((options) -> options.origins(origins(port, own)));
	}

	private static ByOrigin<TransportOptions> origins(int port, TransportOptions own) {
		return ByOrigin.of(Map.of(OriginPattern.of("*:" + port), own));
	}

	private static ConnectionSnapshot connectionTo(ServedRequests server, Http2Transport transport) {
		return Transports.connections(transport)
			.stream()
			.filter((connection) -> connection.key().origin().port() == server.port())
			.findFirst()
			.orElseThrow();
	}

	private static boolean matches(String pattern, String uri) {
		return OriginPattern.of(pattern).matches(origin(uri));
	}

	private static Origin origin(String uri) {
		return Origin.of(URI.create(uri));
	}

}
