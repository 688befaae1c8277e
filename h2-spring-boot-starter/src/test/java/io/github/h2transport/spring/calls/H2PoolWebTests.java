package io.github.h2transport.spring.calls;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;

import io.github.h2transport.testkit.Call;
import io.github.h2transport.testkit.Certificates;
import io.github.h2transport.testkit.ScriptedConn;
import io.github.h2transport.testkit.ScriptedServer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.skyscreamer.jsonassert.JSONAssert;
import org.skyscreamer.jsonassert.JSONCompareMode;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.io.DefaultResourceLoader;
import org.springframework.web.client.RestClient;

import static org.assertj.core.api.Assertions.assertThat;

/** {@code /actuator/h2pool} as whoever asks over HTTP sees it. */
@Timeout(120)
class H2PoolWebTests {

	private final ScriptedServer server = ScriptedServer.start();

	private final HttpClient browser = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

	@AfterEach
	void close() {
		this.server.close();
	}

	@Test
	void itIsNotOnTheWebUnlessItIsExposed() throws Exception {
		try (ConfigurableApplicationContext application = start("management.endpoints.web.exposure.include=health")) {
			assertThat(ask(application, "GET", "").statusCode()).isEqualTo(404);
		}
	}

	@Test
	void aCallThatWaitsIsSeenAndExplained() throws Exception {
		try (ConfigurableApplicationContext application = start("h2.transport.pool.max-connections=1",
				"spring.http.serviceclient.orders.base-url=" + this.server.uri("/v1"),
				"management.endpoint.h2pool.show-paths=always")) {
			call(application);
			ScriptedConn connection = this.server.greeted(1);
			int stream = connection.awaitHead().streamId();
			connection.barrier();
			Call<Integer> waiting = call(application);

			awaitText(application, "/diagnosis", "\"kind\":\"stream-limited\"");

			String all = ask(application, "GET", "?origin=" + this.server.uri("/")).body();
			assertThat(all).doesNotContain("secret");
			JSONAssert.assertEquals("""
					{ "origins": [ { "origin": "http://127.0.0.1:%d", "pending": 1, "serviceGroups": [ "orders" ],
					  "sslBundle": "servers", "pool": { "limits": { "maxConnections": 1 } },
					  "connections": [ { "id": "c1", "streams": [ { "id": 1, "path": "/orders/17",
					    "waitingFor": "response head", "method": "GET" } ] } ] } ] }
					""".formatted(this.server.port()), all, JSONCompareMode.LENIENT);
			assertThat(ask(application, "GET", "/c1").body()).contains("\"lastFrames\":[\"");
			assertThat(ask(application, "GET", "/c99").statusCode()).isEqualTo(404);
			assertThat(ask(application, "GET", "?origin=https://elsewhere").body()).contains("\"origins\":[]");
			connection.respond(stream, 200);
			connection.respond(connection.awaitHead().streamId(), 200);
			assertThat(waiting.result()).isEqualTo(200);
		}
	}

	@Test
	void nothingIsDrainedUnlessMoreThanReadingIsAllowed() throws Exception {
		try (ConfigurableApplicationContext application = start()) {
			Call<Integer> call = call(application);
			ScriptedConn connection = this.server.greeted();
			int stream = connection.awaitHead().streamId();

			assertThat(ask(application, "DELETE", "/c1").statusCode()).isEqualTo(405);
			assertThat(ask(application, "DELETE", "?origin=" + this.server.uri("/")).statusCode()).isEqualTo(405);

			assertThat(ask(application, "GET", "/c1").body()).contains("\"state\":\"OPEN\"");
			connection.respond(stream, 200);
			assertThat(call.result()).isEqualTo(200);
		}
	}

	@Test
	void aConnectionAndAnOriginAreDrained() throws Exception {
		try (ConfigurableApplicationContext application = start("management.endpoint.h2pool.access=unrestricted")) {
			Call<Integer> first = call(application);
			ScriptedConn one = this.server.greeted();
			int stream = one.awaitHead().streamId();

			HttpResponse<String> drained = ask(application, "DELETE", "/c1");

			assertThat(drained.statusCode()).isEqualTo(200);
			assertThat(drained.body()).isEqualTo("{\"draining\":[\"c1\"]}");
			Call<Integer> second = call(application);
			ScriptedConn two = this.server.greeted();
			two.respond(two.awaitHead().streamId(), 201);
			assertThat(second.result()).isEqualTo(201);
			one.respond(stream, 200);
			assertThat(first.result()).as("what runs goes on").isEqualTo(200);
			one.awaitEnd();
			one.close();
			Awaitility.await().until(() -> !ask(application, "GET", "").body().contains("\"c1\""));
			assertThat(ask(application, "DELETE", "?origin=" + this.server.uri("/")).body())
				.isEqualTo("{\"draining\":[\"c2\"]}");
			two.awaitEnd();
			two.close();
			assertThat(ask(application, "DELETE", "/c99").statusCode()).isEqualTo(404);
			assertThat(ask(application, "DELETE", "?origin=https://elsewhere").statusCode()).isEqualTo(404);
			assertThat(ask(application, "DELETE", "").statusCode()).as("of nothing in particular").isEqualTo(400);
		}
	}

	@Test
	void theSslBundleIsNamed() throws Exception {
		try (TomcatServer tomcat = TomcatServer.tls(Certificates.localhost());
				ConfigurableApplicationContext application = start(
						"spring.http.serviceclient.hello.base-url=" + tomcat.uri("/"),
						"spring.http.serviceclient.other.base-url=https://elsewhere")) {
			application.getBean(RestClient.Builder.class)
				.build()
				.get()
				.uri(tomcat.uri("/protocol"))
				.retrieve()
				.toEntity(String.class);

			JSONAssert.assertEquals("""
					{ "origins": [ { "protocol": "h2", "sslBundle": "servers", "serviceGroups": [ "hello" ] } ] }
					""", ask(application, "GET", "").body(), JSONCompareMode.LENIENT);
		}
	}

	@Test
	void theFallbackIsFound() throws Exception {
		try (TomcatServer tomcat = TomcatServer.h2c();
				ConfigurableApplicationContext application = start("h2.transport.allow-http=false",
						"h2.transport.fallback=all")) {
			application.getBean(RestClient.Builder.class)
				.build()
				.get()
				.uri(tomcat.uri("/protocol"))
				.retrieve()
				.toEntity(String.class);

			assertThat(ask(application, "GET", "/diagnosis").body()).contains("\"kind\":\"http1-fallback\"")
				.contains("\"severity\":\"info\"");
		}
	}

	private Call<Integer> call(ConfigurableApplicationContext application) {
		RestClient client = application.getBean(RestClient.Builder.class).build();
		return Call.of(() -> client.get()
			.uri(this.server.uri("/orders/17?token=secret"))
			.header("x-api-key", "secret")
			.retrieve()
			.toBodilessEntity()
			.getStatusCode()
			.value());
	}

	private void awaitText(ConfigurableApplicationContext application, String path, String text) {
		Awaitility.await().until(() -> ask(application, "GET", path).body().contains(text));
	}

	private HttpResponse<String> ask(ConfigurableApplicationContext application, String method, String path)
			throws IOException, InterruptedException {
		int port = ((WebServerApplicationContext) application).getWebServer().getPort();
		return this.browser
			.send(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/actuator/h2pool" + path))
				.method(method, HttpRequest.BodyPublishers.noBody())
				.build(), HttpResponse.BodyHandlers.ofString());
	}

	private static ConfigurableApplicationContext start(String... properties) {
		List<String> all = new ArrayList<>(List.of("server.port=0", "server.address=127.0.0.1",
				"management.endpoints.web.exposure.include=h2pool", "h2.transport.allow-http=true",
				"h2.transport.shutdown-timeout=0s",
				"spring.ssl.bundle.pem.servers.truststore.certificate=file:" + Certificates.localhost().certificate(),
				"spring.http.clients.ssl.bundle=servers"));
		all.addAll(List.of(properties));
		return new SpringApplicationBuilder(ClientApplication.class).web(WebApplicationType.SERVLET)
			.properties(all.toArray(String[]::new))
			.resourceLoader(new DefaultResourceLoader(
					new FilteredClassLoader("reactor.netty", "org.apache.hc", "org.eclipse.jetty.client")))
			.run();
	}

}
