package io.github.h2transport.spring.calls;

import java.net.URI;

import io.github.h2transport.ConnectFailedException;
import io.github.h2transport.frame.Settings;
import io.github.h2transport.spring.boot.autoconfigure.H2PoolEndpoint;
import io.github.h2transport.testkit.ConnectProxy;
import io.github.h2transport.testkit.ScriptedServer;
import io.github.h2transport.testkit.ServedRequests;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.http.HttpMethod;

import static org.assertj.core.api.Assertions.assertThat;

/** An application behind a proxy has it in its properties, for both versions of HTTP. */
@Timeout(120)
class ProxyCallsTests {

	@ParameterizedTest
	@EnumSource(EitherClient.class)
	void aClientCallsThroughTheProxyOfTheProperties(EitherClient client) {
		try (ServedRequests server = serving();
				ConnectProxy proxy = ConnectProxy.wanting("bWU6c2VjcmV0");
				ConfigurableApplicationContext application = ClientApplication.start(
						"h2.transport.proxy.host=127.0.0.1", "h2.transport.proxy.port=" + proxy.port(),
						"h2.transport.proxy.username=me", "h2.transport.proxy.password=secret",
						"management.endpoints.web.exposure.include=h2pool")) {
			URI uri = URI.create("http://server.test:" + server.port() + "/");

			assertThat(client.in(application).text(uri)).isEqualTo("hello");
			assertThat(client.in(application).text(server.uri("/"))).as("directly").isEqualTo("hello");

			assertThat(proxy.heads()).singleElement().asString().startsWith("CONNECT server.test:" + server.port());
			H2PoolEndpoint endpoint = application.getBean(H2PoolEndpoint.class);
			assertThat(endpoint.h2pool("http://server.test:" + server.port()).origins().get(0).connections())
				.singleElement()
				.satisfies((connection) -> assertThat(connection.proxy()).isEqualTo("127.0.0.1:" + proxy.port()));
			assertThat(endpoint.h2pool(null).toString()).doesNotContain("secret");
		}
	}

	@ParameterizedTest
	@EnumSource(EitherClient.class)
	void aServerWithoutHttp2IsCalledThroughItToo(EitherClient client) {
		try (TomcatServer server = TomcatServer.http11OverTls();
				ConnectProxy proxy = ConnectProxy.start();
				ConfigurableApplicationContext application = ClientApplication.start(
						"h2.transport.proxy.host=127.0.0.1", "h2.transport.proxy.port=" + proxy.port(),
						"h2.transport.proxy.non-proxy-hosts=")) {
			assertThat(client.in(application).text(server.uri("/protocol"))).isEqualTo("HTTP/1.1");

			assertThat(proxy.heads()).hasSize(2)
				.allSatisfy((head) -> assertThat(head).startsWith("CONNECT localhost:"));
		}
	}

	@Test
	void aProxyThatRefusesIsExplainedToTheCaller() {
		try (ConnectProxy proxy = ConnectProxy.wanting("bWU6c2VjcmV0");
				ConfigurableApplicationContext application = ClientApplication
					.start("h2.transport.proxy.host=127.0.0.1", "h2.transport.proxy.port=" + proxy.port())) {
			Throwable failure = EitherClient.REST_CLIENT.in(application)
				.failure(new EitherClient.Request(HttpMethod.GET, URI.create("https://server.test/")));

			assertThat(failure).hasStackTraceContaining(ConnectFailedException.class.getName())
				.hasStackTraceContaining("h2.transport.proxy.username");
		}
	}

	private static ServedRequests serving() {
		return ScriptedServer.serving(Settings.builder().build(),
				(exchange) -> exchange.respond(200, "hello".getBytes()));
	}

}
