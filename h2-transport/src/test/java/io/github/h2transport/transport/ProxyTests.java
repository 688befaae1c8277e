package io.github.h2transport.transport;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;

import io.github.h2transport.AddressFilter;
import io.github.h2transport.CallOptions;
import io.github.h2transport.ConnectFailedException;
import io.github.h2transport.ConnectionKey;
import io.github.h2transport.Http2Exception;
import io.github.h2transport.Http2Request;
import io.github.h2transport.Http2Response;
import io.github.h2transport.Http2TimeoutException;
import io.github.h2transport.InvalidRequestException;
import io.github.h2transport.Origin;
import io.github.h2transport.OriginPattern;
import io.github.h2transport.Phase;
import io.github.h2transport.ProxyResolver;
import io.github.h2transport.ProxySettings;
import io.github.h2transport.TlsOptions;
import io.github.h2transport.TransportOptions;
import io.github.h2transport.frame.Settings;
import io.github.h2transport.testkit.Certificates;
import io.github.h2transport.testkit.ConnectProxy;
import io.github.h2transport.testkit.ScriptedServer;
import io.github.h2transport.testkit.ServedRequests;
import io.github.h2transport.testkit.TlsPeer;
import io.github.h2transport.testkit.Transports;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Calls through a proxy's tunnel: what the proxy sees, what the server sees, and what
 * callers are told when there is no tunnel.
 */
@Timeout(120)
class ProxyTests {

	private final ServedRequests server = ScriptedServer.serving(Settings.builder().build(),
			(exchange) -> exchange.respond(200, exchange.fields().get(":authority").getBytes()));

	private final TlsPeer tls = TlsPeer.of(Certificates.localhost()).start();

	@AfterEach
	void close() {
		this.server.close();
		this.tls.close();
	}

	@Test
	void aCleartextCallGoesThroughTheTunnelToANameThatOnlyTheProxyKnows() throws Exception {
		try (ConnectProxy proxy = ConnectProxy.start(); Http2Transport transport = through(proxy)) {
			String authority = "server.test:" + this.server.port();
			assertThat(Transports.exchange(transport, get("server.test"))).isEqualTo("200 " + authority);
			assertThat(Transports.exchange(transport, get("server.test"))).isEqualTo("200 " + authority);
			assertThat(proxy.heads())
				.containsExactly("CONNECT " + authority + " HTTP/1.1\r\nHost: " + authority + "\r\n\r\n");
			assertThat(Transports.connections(transport)).singleElement().satisfies((connection) -> {
				assertThat(connection.key().proxy()).isEqualTo(proxy.settings());
				assertThat(connection.remoteAddress()).isEqualTo("127.0.0.1:" + proxy.port());
			});
		}
	}

	@Test
	void anAsynchronousCallDoesToo() throws Exception {
		try (ConnectProxy proxy = ConnectProxy.start(); Http2Transport transport = through(proxy)) {
			try (Http2Response response = transport.roundTripAsync(get("server.test")).get()) {
				assertThat(response.status()).isEqualTo(200);
			}
			assertThat(proxy.heads()).hasSize(1);
		}
	}

	@Test
	void tlsIsWithTheServerAndVerifiedAgainstItsName() throws Exception {
		try (ConnectProxy proxy = ConnectProxy.start(); Http2Transport transport = through(proxy)) {
			transport.warmUp(Origin.of(this.tls.uri("/"))).get();
			assertThat(proxy.heads()).singleElement()
				.asString()
				.startsWith("CONNECT localhost:" + this.tls.port() + " HTTP/1.1\r\n");

			assertThat(failure(transport, "https://other.test:" + this.tls.port()))
				.isInstanceOf(ConnectFailedException.class)
				.hasMessageContaining("certificate is for another host")
				.hasMessageContaining("through the proxy " + proxy.settings());
		}
	}

	@Test
	void noOctetGoesOutBeforeTheTunnelStands() throws Exception {
		CompletableFuture<Integer> early = new CompletableFuture<>();
		CountDownLatch mayAnswer = new CountDownLatch(1);
		ConnectProxy.Script slow = (head, client) -> {
			awaitQuietly(mayAnswer);
			early.complete(client.getInputStream().available());
			return ConnectProxy.OPENS.answer(head, client);
		};
		try (ConnectProxy proxy = ConnectProxy.start(slow); Http2Transport transport = through(proxy)) {
			CompletableFuture<Void> warm = transport.warmUp(Origin.of(this.tls.uri("/")));
			CompletableFuture<Void> clear = transport.warmUp(Origin.of(get("server.test").uri()));
			// Some turns of the loops later: a direct connection is open.
			transport.warmUp(new ConnectionKey(Origin.of(this.server.uri("/")), null, null)).get();
			mayAnswer.countDown();
			warm.get();
			clear.get();
			assertThat(early.get()).isZero();
		}
	}

	@Test
	void whatTheServerSaysRightBehindTheAnswerIsNotLost() throws Exception {
		// A server's SETTINGS in the same segment as the proxy's answer.
		ConnectProxy.Script hasty = (head, client) -> {
			ConnectProxy.write(client, "HTTP/1.1 200 OK\r\n\r\n\0\0\0\4\0\0\0\0\0");
			return false;
		};
		try (ConnectProxy proxy = ConnectProxy.start(hasty); Http2Transport transport = through(proxy)) {
			// It has SETTINGS, so that only what comes afterwards is amiss.
			assertThat(failure(transport, "http://server.test:1").context().phase()).isNotEqualTo(Phase.PREFACE);
		}
	}

	@Test
	void credentialsGoToTheProxyOnly() throws Exception {
		try (ConnectProxy proxy = ConnectProxy.wanting("bWU6c2VjcmV0");
				Http2Transport transport = through(proxy.settings().withCredentials("me", "secret"))) {
			assertThat(Transports.exchange(transport, get("server.test"))).startsWith("200 ");
			assertThat(transport.snapshot().toString()).doesNotContain("secret").doesNotContain("bWU6c2VjcmV0");
		}
	}

	@Test
	void aProxyThatWantsCredentialsIsExplained() {
		try (ConnectProxy proxy = ConnectProxy.wanting("bWU6c2VjcmV0");
				Http2Transport without = through(proxy);
				Http2Transport wrong = through(proxy.settings().withCredentials("me", "false-password"))) {
			Http2Exception failure = failure(without, "https://server.test");
			assertThat(failure).isInstanceOf(ConnectFailedException.class)
				.hasMessageContaining(
						"No tunnel to https://server.test:443 through the proxy " + proxy.settings() + ": it answered")
				.hasMessageContaining("'HTTP/1.1 407 Proxy Authentication Required'")
				.hasMessageContaining("h2.transport.proxy.username");
			assertThat(failure.isSafeToRetry()).isTrue();
			assertThat(failure(wrong, "https://server.test")).hasMessageContaining("not accepted")
				.hasMessageNotContaining("false-password");
		}
	}

	@Test
	void aProxyThatRefusesIsQuoted() {
		try (ConnectProxy proxy = ConnectProxy.answering("HTTP/1.1 403 Forbidden\r\n\r\n");
				Http2Transport transport = through(proxy)) {
			assertThat(failure(transport, "https://server.test")).isInstanceOf(ConnectFailedException.class)
				.hasMessageContaining("it answered 'HTTP/1.1 403 Forbidden'");
			assertThat(Transports.connections(transport)).isEmpty();
		}
	}

	@Test
	void aProxyThatHangsUpIsNamed() {
		try (ConnectProxy proxy = ConnectProxy.answering(""); Http2Transport transport = through(proxy)) {
			assertThat(failure(transport, "https://server.test")).isInstanceOf(ConnectFailedException.class)
				.hasMessageContaining("through the proxy " + proxy.settings())
				.hasMessageContaining("the proxy closed the connection");
		}
	}

	@Test
	void theConnectTimeoutCoversTheTunnel() {
		CountDownLatch end = new CountDownLatch(1);
		try (ConnectProxy proxy = ConnectProxy.start((head, client) -> {
			// Life, but no answer.
			ConnectProxy.write(client, "HTTP/1.1 200 OK\r\n");
			awaitQuietly(end);
			return false;
		}); Http2Transport transport = transport(proxy.settings(), Duration.ofMillis(2_500))) {
			assertThat(failure(transport, "https://server.test")).isInstanceOf(Http2TimeoutException.class)
				.hasMessageContaining("through the proxy " + proxy.settings() + ", which has taken the connection")
				.hasMessageContaining("connectTimeout");
			end.countDown();
		}
	}

	@Test
	void aProxyThatIsNotThereIsNamed() throws Exception {
		int port;
		try (ServerSocket closed = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			port = closed.getLocalPort();
		}
		try (Http2Transport transport = through(ProxySettings.of("127.0.0.1", port));
				Http2Transport unknown = through(ProxySettings.of("proxy.invalid", 3128))) {
			assertThat(failure(transport, "https://server.test"))
				.hasMessageContaining("https://server.test:443 through the proxy 127.0.0.1:" + port)
				.hasMessageContaining("Connection refused");
			assertThat(failure(unknown, "https://server.test")).hasMessageContaining("Unknown host proxy.invalid");
		}
	}

	@Test
	void aServerWithoutHttp2BehindTheTunnelIsFoundOut() {
		try (ConnectProxy proxy = ConnectProxy.start();
				TlsPeer old = TlsPeer.of(Certificates.localhost()).alpn("http/1.1").start();
				Http2Transport transport = through(proxy)) {
			assertThat(failure(transport, old.uri("/").toString())).isInstanceOfSatisfying(ConnectFailedException.class,
					(ex) -> assertThat(ex.isWithoutHttp2()).isTrue());
		}
	}

	@Test
	void connectionsThroughDifferentProxiesOrCredentialsAreNotShared() throws Exception {
		AtomicReference<ProxySettings> current = new AtomicReference<>();
		try (ConnectProxy first = ConnectProxy.start();
				ConnectProxy second = ConnectProxy.start();
				Http2Transport transport = Transports.cleartext((options) -> options.proxy(null))) {
			for (ProxySettings proxy : new ProxySettings[] { first.settings(), second.settings(),
					second.settings().withCredentials("a", "b"), first.settings(), second.settings() }) {
				current.set(proxy);
				Http2Request request = Http2Request.builder("GET", get("localhost").uri())
					.options(CallOptions.builder().proxy((origin) -> current.get()).build())
					.build();
				Transports.exchange(transport, request);
			}
			Transports.exchange(transport, get("localhost"));
			assertThat(first.heads()).hasSize(1);
			assertThat(second.heads()).hasSize(2);
			assertThat(this.server.connections()).isEqualTo(4);
		}
	}

	@Test
	void somePatternsAreCalledDirectly() throws Exception {
		try (ConnectProxy proxy = ConnectProxy.start();
				Http2Transport transport = Transports.cleartext((options) -> options
					.proxy(ProxyResolver.of(proxy.settings(), List.of(OriginPattern.of("local*")))))) {
			Transports.exchange(transport, get("localhost"));
			assertThat(proxy.heads()).isEmpty();
			Transports.exchange(transport, get("127.0.0.1"));
			assertThat(proxy.heads()).hasSize(1);
		}
	}

	@Test
	void anAddressFilterJudgesWhereTheTunnelLeadsTo() throws Exception {
		AddressFilter external = (host, address) -> !address.isLoopbackAddress();
		AddressFilter all = (host, address) -> true;
		try (ConnectProxy proxy = ConnectProxy.start(); Http2Transport transport = through(proxy)) {
			assertThatExceptionOfType(ConnectFailedException.class)
				.isThrownBy(() -> Transports.exchange(transport, filtered(external)))
				.withMessageContaining("No address of localhost passes the address filter");
			assertThat(proxy.heads()).isEmpty();

			Transports.exchange(transport, filtered(all));
			assertThat(proxy.heads()).singleElement()
				.asString()
				.startsWith(
						"CONNECT " + InetAddress.getByName("localhost").getHostAddress() + ":" + this.server.port());
		}
	}

	private Http2Request filtered(AddressFilter filter) {
		return Http2Request.builder("GET", get("localhost").uri())
			.options(CallOptions.builder().addressFilter(filter).build())
			.build();
	}

	@Test
	void aResolverThatFailsFailsTheCall() {
		try (Http2Transport transport = Transports.cleartext((options) -> options.proxy((origin) -> {
			throw new IllegalStateException("no idea");
		}))) {
			assertThatExceptionOfType(InvalidRequestException.class)
				.isThrownBy(() -> Transports.exchange(transport, get("localhost")))
				.withMessageContaining("no idea");
		}
	}

	@Test
	void byDefaultTheSystemPropertiesCount() throws Exception {
		try (ConnectProxy proxy = ConnectProxy.wanting("bWU6c2VjcmV0");
				Http2Transport transport = Transports.cleartext()) {
			System.setProperty("http.proxyHost", "127.0.0.1");
			System.setProperty("http.proxyPort", String.valueOf(proxy.port()));
			System.setProperty("http.proxyUser", "me");
			System.setProperty("http.proxyPassword", "secret");
			System.setProperty("http.nonProxyHosts", "local*");
			Transports.exchange(transport, get("localhost"));
			assertThat(proxy.heads()).isEmpty();
			assertThat(Transports.exchange(transport, get("server.test"))).startsWith("200 ");
			assertThat(proxy.heads()).hasSize(1);
		}
		finally {
			for (String name : List.of("Host", "Port", "User", "Password")) {
				System.clearProperty("http.proxy" + name);
			}
			System.clearProperty("http.nonProxyHosts");
		}
	}

	private Http2Request get(String host) {
		return Http2Request.get(URI.create("http://" + host + ":" + this.server.port() + "/"));
	}

	private static Http2Transport through(ConnectProxy proxy) {
		return through(proxy.settings());
	}

	private static Http2Transport through(ProxySettings proxy) {
		return transport(proxy, TransportOptions.defaults().connectTimeout());
	}

	private static Http2Transport transport(ProxySettings proxy, Duration connectTimeout) {
		return Transports.cleartext((options) -> options.proxy((origin) -> proxy)
			.connectTimeout(connectTimeout)
			.tls(TlsOptions.of(Certificates.localhost().clientContext())));
	}

	private static Http2Exception failure(Http2Transport transport, String uri) {
		try {
			Transports.exchange(transport, Http2Request.get(URI.create(uri)));
		}
		catch (Http2Exception ex) {
			return ex;
		}
		catch (Exception ex) {
			throw new AssertionError(ex);
		}
		throw new AssertionError("The call has succeeded");
	}

	private static void awaitQuietly(CountDownLatch latch) throws IOException {
		try {
			latch.await();
		}
		catch (InterruptedException ex) {
			throw new IOException(ex);
		}
	}

}
