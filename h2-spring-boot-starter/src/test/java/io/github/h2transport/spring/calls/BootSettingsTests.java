package io.github.h2transport.spring.calls;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;

import io.github.h2transport.Http2Exception;
import io.github.h2transport.spring.Http2ClientHttpRequestFactory;
import io.github.h2transport.spring.ReactorServers;
import io.github.h2transport.testkit.Certificates;
import io.netty.handler.codec.http.HttpHeaderNames;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.DisposableServer;
import reactor.netty.http.Http2SslContextSpec;
import reactor.netty.http.HttpProtocol;
import reactor.netty.http.server.HttpServer;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.http.client.ClientHttpRequestFactoryBuilder;
import org.springframework.boot.http.client.FilteredHostException;
import org.springframework.boot.http.client.HttpClientSettings;
import org.springframework.boot.http.client.InetAddressFilter;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.HttpMethod;
import org.springframework.http.ResponseEntity;
import org.springframework.web.client.RestClient;
import org.springframework.web.reactive.function.BodyInserters;
import org.springframework.web.reactive.function.client.WebClient;
import org.springframework.web.reactive.function.client.WebClientException;
import org.springframework.web.service.annotation.GetExchange;
import org.springframework.web.service.annotation.HttpExchange;
import org.springframework.web.service.registry.HttpServiceGroup;
import org.springframework.web.service.registry.ImportHttpServices;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

/**
 * What {@code spring.http.clients.*} promises, with the builders that Spring Boot
 * injects, in applications of all kinds.
 */
@Timeout(120)
class BootSettingsTests {

	private static DisposableServer plain;

	private static DisposableServer secure;

	/** What the servers were asked: method, path, cookies, Authorization, content. */
	private static final List<String> asked = Collections.synchronizedList(new ArrayList<>());

	private ConfigurableApplicationContext application;

	@BeforeAll
	static void startServers() {
		HttpServer description = ReactorServers.create().host("127.0.0.1").port(0).handle(BootSettingsTests::answer);
		plain = description.protocol(HttpProtocol.H2C).bindNow();
		Certificates certificates = Certificates.localhost();
		secure = description.protocol(HttpProtocol.H2)
			.secure((ssl) -> ssl.sslContext(Http2SslContextSpec.forServer(certificates.certificate().toFile(),
					certificates.privateKey().toFile())))
			.bindNow();
	}

	@AfterAll
	static void stopServers() {
		plain.disposeNow();
		secure.disposeNow();
	}

	@AfterEach
	void stop() {
		asked.clear();
		if (this.application != null) {
			this.application.close();
		}
	}

	private static Mono<Void> answer(HttpServerRequest request, HttpServerResponse response) {
		String path = URI.create(request.uri()).getPath();
		return request.receive().aggregate().asString().defaultIfEmpty("").flatMap((content) -> {
			asked.add(Stream
				.of(request.method().name(), path, request.requestHeaders().get("cookie"),
						request.requestHeaders().get("authorization"), content)
				.filter((part) -> part != null && !part.isEmpty())
				.reduce((left, right) -> left + " " + right)
				.orElseThrow());
			if (path.matches("/30[0-9]")) {
				return response.status(Integer.parseInt(path.substring(1)))
					.header(HttpHeaderNames.LOCATION, request.requestHeaders().get("x-to", "/end"))
					.addHeader(HttpHeaderNames.SET_COOKIE, "hop=" + path.substring(1) + "; Path=/")
					.send();
			}
			if (path.equals("/login")) {
				return response.addHeader(HttpHeaderNames.SET_COOKIE, "session=s1; Path=/; Max-Age=600")
					.addHeader(HttpHeaderNames.SET_COOKIE, "deep=d; Path=/deep; HttpOnly")
					.sendString(Mono.just("in"))
					.then();
			}
			if (path.equals("/never")) {
				return Mono.never();
			}
			if (path.equals("/stalls")) {
				return response.sendString(Flux.concat(Mono.just("begins"), Mono.never())).then();
			}
			return response.sendString(Mono.just("end")).then();
		});
	}

	private static URI uri(String path) {
		return URI.create("http://127.0.0.1:" + plain.port() + path);
	}

	private static URI secureUri(String path) {
		return URI.create("https://localhost:" + secure.port() + path);
	}

	private EitherClient.Calls client(EitherClient client, String... properties) {
		this.application = ApplicationKind.NONE.start(Application.class, properties);
		return client.in(this.application);
	}

	static Stream<Arguments> kindsAndClients() {
		return Stream.of(ApplicationKind.values())
			.flatMap((kind) -> Stream.of(EitherClient.values()).map((client) -> Arguments.of(kind, client)));
	}

	@ParameterizedTest
	@MethodSource("kindsAndClients")
	void settingsHoldInApplicationsOfAllKinds(ApplicationKind kind, EitherClient client) {
		this.application = kind.start(Application.class, "spring.http.clients.redirects=dont-follow",
				"spring.http.clients.cookie-handling=enable", "spring.http.clients.read-timeout=17s",
				"spring.http.clients.connect-timeout=16s");
		EitherClient.Calls calls = client.in(this.application);

		assertThat(calls.text(secureUri("/"))).as("the SSL bundle").isEqualTo("end");
		assertThat(calls.get(uri("/302")).getStatusCode().value()).isEqualTo(302);
		calls.get(uri("/cookies"));
		assertThat(asked).last().isEqualTo("GET /cookies hop=302");
		assertThat(this.application.getBean(ClientHttpRequestFactoryBuilder.class)
			.build(this.application.getBean(HttpClientSettings.class)))
			.isInstanceOfSatisfying(Http2ClientHttpRequestFactory.class, (factory) -> {
				assertThat(factory.getCallOptions().readTimeout()).isEqualTo(Duration.ofSeconds(17));
				assertThat(factory.getCallOptions().connectTimeout()).isEqualTo(Duration.ofSeconds(16));
			});
	}

	@ParameterizedTest
	@EnumSource
	void timeoutsHoldAndHaveTheTypesOfOtherClients(EitherClient client) throws Exception {
		// A server that is there is reached in time, also from a busy machine.
		EitherClient.Calls calls = client(client, "spring.http.clients.read-timeout=2500ms",
				"spring.http.clients.connect-timeout=1500ms");

		assertThat(calls.failure(new EitherClient.Request(HttpMethod.GET, uri("/never"))))
			.isInstanceOf(HttpTimeoutException.class)
			.isNotInstanceOf(HttpConnectTimeoutException.class);
		assertThat(calls.failure(new EitherClient.Request(HttpMethod.GET, uri("/stalls"))))
			.as("between two octets of the content")
			.isInstanceOf(HttpTimeoutException.class);
		try (ServerSocket silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			URI mute = URI.create("https://127.0.0.1:" + silent.getLocalPort() + "/");
			assertThat(calls.failure(new EitherClient.Request(HttpMethod.GET, mute)))
				.isInstanceOf(HttpConnectTimeoutException.class);
		}
	}

	@ParameterizedTest
	@MethodSource("kindsAndClients")
	void addressesThatTheFilterRefusesAreNeverCalled(ApplicationKind kind, EitherClient client) {
		this.application = kind.start(Guarded.class);
		EitherClient.Calls calls = client.in(this.application);

		for (String host : List.of("127.0.0.1", "localhost", "[::1]")) {
			URI inside = URI.create("http://" + host + ":" + plain.port() + "/");
			Throwable failure = catchThrowable(() -> calls.send(new EitherClient.Request(HttpMethod.GET, inside)));
			// WebClient wraps what the connector throws, RestClient does not.
			assertThat((failure instanceof WebClientException) ? failure.getCause() : failure)
				.isInstanceOfSatisfying(FilteredHostException.class, (refused) -> {
					assertThat(refused.getHost()).isEqualTo(host);
					assertThat(refused.getSuppressed()).hasOnlyElementsOfType(Http2Exception.class).isNotEmpty();
				});
		}
		assertThat(asked).isEmpty();
	}

	@ParameterizedTest
	@MethodSource("redirects")
	void redirectsChangeTheMethodAsOtherClientsDo(EitherClient client, int status, String method, String next) {
		EitherClient.Calls calls = client(client, "spring.http.clients.redirects=follow");

		ResponseEntity<byte[]> answer = calls
			.send(new EitherClient.Request(HttpMethod.valueOf(method), uri("/" + status)).body("content"));

		assertThat(answer.getStatusCode().value()).isEqualTo(200);
		assertThat(asked).containsExactly(method + " /" + status + " content",
				next + " /end" + (next.equals("GET") ? "" : " content"));
	}

	static Stream<Arguments> redirects() {
		return Stream.of(EitherClient.values())
			.flatMap((client) -> Stream.of(Arguments.of(client, 301, "POST", "GET"),
					Arguments.of(client, 302, "POST", "GET"), Arguments.of(client, 303, "PUT", "GET"),
					Arguments.of(client, 302, "PUT", "PUT"), Arguments.of(client, 307, "POST", "POST"),
					Arguments.of(client, 308, "PATCH", "PATCH")));
	}

	@ParameterizedTest
	@EnumSource
	void contentThatCanBeSentOnceLeavesTheRedirectToTheCaller(EitherClient client) {
		client(client, "spring.http.clients.redirects=follow-when-possible");

		int status;
		if (client == EitherClient.REST_CLIENT) {
			status = this.application.getBean(RestClient.Builder.class)
				.build()
				.post()
				.uri(uri("/307"))
				.body((out) -> out.write("once".getBytes(StandardCharsets.UTF_8)))
				.retrieve()
				.toBodilessEntity()
				.getStatusCode()
				.value();
		}
		else {
			Integer found = this.application.getBean(WebClient.Builder.class)
				.build()
				.post()
				.uri(uri("/307"))
				.body(BodyInserters.fromPublisher(Flux.just("on", "ce"), String.class))
				.exchangeToMono((response) -> response.releaseBody().thenReturn(response.statusCode().value()))
				.block();
			assertThat(found).isNotNull();
			status = found;
		}

		assertThat(status).isEqualTo(307);
		assertThat(asked).containsExactly("POST /307 once");
	}

	@ParameterizedTest
	@EnumSource
	void secretsStayWithTheirOriginAndRedirectsNeverLeaveTls(EitherClient client) {
		EitherClient.Calls calls = client(client);

		calls.get(uri("/302"), (headers) -> {
			headers.setBearerAuth("secret");
			headers.set("Cookie", "own=1");
			headers.set("X-To", secureUri("/end").toString());
		});
		assertThat(asked).containsExactly("GET /302 own=1 Bearer secret", "GET /end");
		asked.clear();

		calls.get(uri("/302"), (headers) -> headers.setBearerAuth("secret"));
		assertThat(asked).containsExactly("GET /302 Bearer secret", "GET /end Bearer secret");
		asked.clear();

		ResponseEntity<byte[]> down = calls.get(secureUri("/302"),
				(headers) -> headers.set("X-To", uri("/end").toString()));
		assertThat(down.getStatusCode().value()).isEqualTo(302);
		assertThat(asked).containsExactly("GET /302");
	}

	@ParameterizedTest
	@EnumSource
	void cookiesAreKeptAndGivenBackAlsoAcrossRedirects(EitherClient client) {
		EitherClient.Calls calls = client(client, "spring.http.clients.cookie-handling=enable-when-possible");

		calls.get(uri("/login"));
		calls.get(uri("/302"), (headers) -> headers.set("Cookie", "own=1"));
		calls.get(uri("/deep/page"));

		assertThat(asked).containsExactly("GET /login", "GET /302 own=1; session=s1",
				"GET /end own=1; session=s1; hop=302", "GET /deep/page deep=d; session=s1; hop=302");
		asked.clear();
		client.in(this.application).get(uri("/"));
		// Spring Boot makes a factory for every RestClient, but one connector for all.
		assertThat(asked).containsExactly((client == EitherClient.REST_CLIENT) ? "GET /" : "GET / session=s1; hop=302");
	}

	@ParameterizedTest
	@EnumSource
	void cookiesAreNotKeptUnlessTheSettingsSaySo(EitherClient client) {
		EitherClient.Calls calls = client(client);

		calls.get(uri("/login"));
		calls.get(uri("/"));

		assertThat(asked).containsExactly("GET /login", "GET /");
	}

	@Test
	void aServiceGroupHasItsOwnSettings() {
		this.application = ApplicationKind.NONE.start(Groups.class, "spring.http.clients.redirects=dont-follow",
				"spring.http.serviceclient.follower.base-url=" + uri(""),
				"spring.http.serviceclient.follower.redirects=follow",
				"spring.http.serviceclient.follower.cookie-handling=enable",
				"spring.http.serviceclient.reactive-follower.base-url=" + uri(""),
				"spring.http.serviceclient.reactive-follower.redirects=follow",
				"spring.http.serviceclient.reactive-follower.cookie-handling=enable");

		assertThat(this.application.getBean(Follower.class).redirected()).isEqualTo("end");
		assertThat(asked).containsExactly("GET /302", "GET /end hop=302");
		asked.clear();
		assertThat(this.application.getBean(ReactiveFollower.class).redirected().block()).isEqualTo("end");
		assertThat(asked).containsExactly("GET /302", "GET /end hop=302");
		asked.clear();
		assertThat(EitherClient.REST_CLIENT.in(this.application).get(uri("/302")).getStatusCode().value())
			.isEqualTo(302);
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Guarded {

		@Bean
		InetAddressFilter onlyTheInternet() {
			return InetAddressFilter.externalAddresses();
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@ImportHttpServices(group = "follower", types = Follower.class)
	@ImportHttpServices(group = "reactive-follower", types = ReactiveFollower.class,
			clientType = HttpServiceGroup.ClientType.WEB_CLIENT)
	static class Groups {

	}

	@HttpExchange
	interface Follower {

		@GetExchange("/302")
		String redirected();

	}

	@HttpExchange
	interface ReactiveFollower {

		@GetExchange("/302")
		Mono<String> redirected();

	}

}
