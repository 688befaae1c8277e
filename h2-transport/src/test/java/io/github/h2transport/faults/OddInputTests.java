package io.github.h2transport.faults;

import java.net.URI;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

import io.github.h2transport.ConnectionKey;
import io.github.h2transport.Headers;
import io.github.h2transport.Http2Request;
import io.github.h2transport.Origin;
import io.github.h2transport.ProxySettings;
import io.github.h2transport.RequestBody;
import io.github.h2transport.testkit.Call;
import io.github.h2transport.testkit.ScriptedConn;
import io.github.h2transport.testkit.ScriptedServer;
import io.github.h2transport.testkit.Transports;
import io.github.h2transport.transport.Http2Transport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/** What callers say that is unusual, too large, or must never reach a wire. */
@Timeout(60)
class OddInputTests {

	private static final Duration ENDLESS = Duration.ofSeconds(Long.MAX_VALUE);

	/**
	 * Some servers compare the value by case, though RFC 9110 section 10.1.1 does not.
	 */
	@ParameterizedTest
	@ValueSource(strings = { "100-Continue", "100-CONTINUE", " 100-continue" })
	void anExpectationLeavesInLowerCase(String value) {
		try (ScriptedServer server = ScriptedServer.start(); Http2Transport transport = Transports.cleartext()) {
			Call<String> call = Call.of(() -> Transports.exchange(transport,
					Http2Request.builder("POST", server.uri("/"))
						.headers(Headers.of("Expect", value))
						.body(RequestBody.of(new byte[100]))
						.build()));
			ScriptedConn connection = server.greeted();

			assertThat(connection.awaitHead().fields().get("expect")).isEqualTo("100-continue");

			connection.respond(1, 200);
			assertThat(call.result()).isEqualTo("200");
		}
	}

	@ParameterizedTest
	@CsvSource({ "http://[::1%25lo]:8080/, ::1%lo, [::1]:8080", "http://[::1%lo]:8080/, ::1%lo, [::1]:8080",
			"http://[FE80::1%25Eth0]/, fe80::1%Eth0, [fe80::1]", "http://[fe80::1%25]:1/, fe80::1%25, [fe80::1]:1" })
	void theZoneOfAnAddressIsDecodedAndStaysHere(URI uri, String host, String authority) {
		Origin origin = Origin.of(uri);

		assertThat(origin.host()).isEqualTo(host);
		assertThat(origin.authority()).isEqualTo(authority);
		assertThat(Origin.of(URI.create(origin.toString()))).isEqualTo(origin);
	}

	@Test
	void aServerOnAnAddressWithAZoneIsReachedAndDoesNotHearOfIt() {
		try (ScriptedServer server = ScriptedServer.startIpv6(); Http2Transport transport = Transports.cleartext()) {
			URI uri = URI.create("http://[::1%25lo]:" + server.port() + "/");
			Call<String> call = Call.of(() -> Transports.exchange(transport, Http2Request.get(uri)));
			ScriptedConn connection = server.greeted();

			assertThat(connection.awaitHead().fields().get(":authority")).isEqualTo("[::1]:" + server.port());

			connection.respond(1, 200);
			assertThat(call.result()).isEqualTo("200");
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "example.com\r\nX: y", "example.com\n", "exa mple.com", "example.com/", "user@example.com",
			"[::1]", "example.com:80", "", "ex\u00e4mple.com", "::1%", "::1%lo\r\n", "a\0b", "%41.com", "a?b", "a#b" })
	void aHostThatIsNoneIsRefusedBeforeItReachesAProxyOrTls(String host) {
		assertThatIllegalArgumentException().isThrownBy(() -> new Origin("https", host, 443))
			.withMessageContaining("The host of an origin must be")
			.satisfies((refusal) -> assertThat(String.valueOf(refusal.getMessage())).doesNotContain("\r", "\n"));
	}

	@ParameterizedTest
	@ValueSource(strings = { "example.com", "a_b.example", "127.0.0.1", "::1", "fe80::1%eth0", "::ffff:127.0.0.1",
			"xn--bcher-kva.example", "localhost", "example.com." })
	void aHostThatIsOneIsTaken(String host) {
		assertThat(new ConnectionKey(new Origin("https", host, 443), null, null).origin().host()).isEqualTo(host);
	}

	@ParameterizedTest
	@ValueSource(ints = { -1, 0, 65_536 })
	void aPortThatIsNoneIsRefused(int port) {
		assertThatIllegalArgumentException().isThrownBy(() -> new Origin("https", "example.com", port))
			.withMessageContaining("1 to 65535");
	}

	@ParameterizedTest
	@ValueSource(strings = { "https\r\n", "", "ht tp" })
	void aSchemeThatIsNoneIsRefused(String scheme) {
		assertThatIllegalArgumentException().isThrownBy(() -> new Origin(scheme, "example.com", 443))
			.withMessageContaining("scheme");
	}

	@Test
	void whatIsSaidToAProxyHasNoControlCharacters() {
		assertThatIllegalArgumentException().isThrownBy(() -> ProxySettings.of("proxy\r\n", 3128));
		ProxySettings proxy = ProxySettings.of("proxy", 3128);
		assertThatIllegalArgumentException().isThrownBy(() -> proxy.withCredentials("a\r\nb", "secret"))
			.withMessageNotContaining("secret");
		assertThatIllegalArgumentException().isThrownBy(() -> proxy.withCredentials("a", "sec\nret"))
			.withMessageNotContaining("sec\n");
	}

	@Test
	void anEndlessPatienceForTheEndEndsWithTheLastCall() {
		try (ScriptedServer server = ScriptedServer.start(); Http2Transport transport = Transports.cleartext()) {
			Call<String> call = Call.of(() -> Transports.exchange(transport, Http2Request.get(server.uri("/"))));
			ScriptedConn connection = server.greeted();
			connection.awaitHead();

			CompletableFuture<Void> end = transport.shutdown(ENDLESS);
			connection.respond(1, 200);

			assertThat(call.result()).isEqualTo("200");
			assertThat(end).succeedsWithin(Duration.ofSeconds(20));
		}
	}

}
