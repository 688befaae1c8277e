package io.github.h2transport.spring.calls;

import java.net.URI;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

import io.github.h2transport.Headers;
import io.github.h2transport.Http2Request;
import io.github.h2transport.spring.Http2CallAttributes;
import io.github.h2transport.spring.Http2ExchangeInfo;
import io.github.h2transport.spring.ReactorServers;
import io.github.h2transport.spring.SharedHttp2Transport;
import io.netty.handler.codec.http.HttpHeaderNames;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.DisposableServer;
import reactor.netty.http.HttpProtocol;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.HttpMethod;
import org.springframework.web.bind.annotation.RequestAttribute;
import org.springframework.web.client.ResourceAccessException;
import org.springframework.web.client.RestClient;
import org.springframework.web.service.annotation.GetExchange;
import org.springframework.web.service.annotation.HttpExchange;
import org.springframework.web.service.registry.ImportHttpServices;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowable;

/** What one call says and hears by request attributes. */
@Timeout(120)
class CallAttributesTests {

	private static DisposableServer server;

	private static ConfigurableApplicationContext application;

	private static final AtomicReference<String> trailer = new AtomicReference<>();

	@BeforeAll
	static void start() {
		server = ReactorServers.create()
			.host("127.0.0.1")
			.port(0)
			.protocol(HttpProtocol.H2C)
			.route((routes) -> routes.get("/never", (request, response) -> Mono.never())
				.get("/stalls",
						(request, response) -> response.sendString(Flux.concat(Mono.just("begins"), Mono.never())))
				.get("/drips",
						(request, response) -> response
							.sendString(Flux.interval(Duration.ofMillis(20)).map(String::valueOf)))
				.get("/trailers",
						(request, response) -> response.header(HttpHeaderNames.TRAILER, "x-sum")
							.trailerHeaders((trailers) -> trailers.set("x-sum", "42"))
							.sendString(Flux.just("con", "tent")))
				.get("/redirect", (request, response) -> response.status(302).header("location", "/trailers").send())
				.post("/echo",
						(request, response) -> response.sendString(
								request.receive().aggregate().asString().doOnNext((content) -> trailer.set(content)))))
			.bindNow();
		application = ApplicationKind.NONE.start(Application.class,
				"spring.http.serviceclient.slow.base-url=http://127.0.0.1:" + server.port());
	}

	@AfterAll
	static void stop() {
		application.close();
		server.disposeNow();
	}

	private static URI uri(String path) {
		return URI.create("http://127.0.0.1:" + server.port() + path);
	}

	@ParameterizedTest
	@EnumSource
	void everyTimeoutOfACallHolds(EitherClient client) {
		EitherClient.Calls calls = client.in(application);
		Duration little = Duration.ofMillis(200);

		assertThat(calls.failure(new EitherClient.Request(HttpMethod.GET, uri("/never"))
			.attribute(Http2CallAttributes.RESPONSE_TIMEOUT, little))).isInstanceOf(HttpTimeoutException.class);
		assertThat(calls.failure(new EitherClient.Request(HttpMethod.GET, uri("/stalls"))
			.attribute(Http2CallAttributes.READ_TIMEOUT, little))).isInstanceOf(HttpTimeoutException.class);
		assertThat(calls.failure(new EitherClient.Request(HttpMethod.GET, uri("/drips"))
			.attribute(Http2CallAttributes.EXCHANGE_TIMEOUT, little))).isInstanceOf(HttpTimeoutException.class);
	}

	@Test
	void aServiceInterfaceSaysItWithAnAnnotation() {
		assertThatExceptionOfType(ResourceAccessException.class)
			.isThrownBy(() -> application.getBean(Slow.class).never(Duration.ofMillis(200)))
			.withCauseInstanceOf(HttpTimeoutException.class);
	}

	@ParameterizedTest
	@EnumSource
	void theExchangeTellsOfProtocolConnectionStreamAndTrailers(EitherClient client) {
		Http2ExchangeInfo info = new Http2ExchangeInfo();
		assertThat(info.protocol()).isNull();
		assertThat(info.streamId()).isZero();

		client.in(application)
			.send(new EitherClient.Request(HttpMethod.GET, uri("/redirect")).attribute(Http2CallAttributes.EXCHANGE,
					info));

		assertThat(info.protocol()).isEqualTo("HTTP/2");
		assertThat(info.streamId()).isPositive().isOdd();
		assertThat(application.getBean(SharedHttp2Transport.class).snapshot().origins().get(0).connections())
			.anySatisfy((connection) -> assertThat(connection.id()).isEqualTo(info.connectionId()));
		assertThat(info.trailers()).isNotNull();
		assertThat(info.trailers().getFirst("x-sum")).isEqualTo("42");
	}

	@Test
	void interceptorsDoNotHideIt() {
		Http2ExchangeInfo info = new Http2ExchangeInfo();
		RestClient client = application.getBean(RestClient.Builder.class)
			.requestInterceptor((request, body, execution) -> execution.execute(request, body))
			.build();

		client.get().uri(uri("/trailers")).attribute(Http2CallAttributes.EXCHANGE, info).retrieve().toBodilessEntity();

		assertThat(info.protocol()).isEqualTo("HTTP/2");
	}

	@ParameterizedTest
	@EnumSource
	void theNativeRequestTakesTheRest(EitherClient client) {
		Consumer<Http2Request.Builder> customizer = (request) -> request.trailers(() -> Headers.of("x-sum", "7"));

		byte[] answer = client.in(application)
			.send(new EitherClient.Request(HttpMethod.POST, uri("/echo")).body("content")
				.attribute(Http2CallAttributes.REQUEST, customizer))
			.getBody();

		assertThat(answer).asString(StandardCharsets.UTF_8).isEqualTo("content");
		assertThat(trailer).hasValue("content");
	}

	@ParameterizedTest
	@ValueSource(
			strings = { Http2CallAttributes.READ_TIMEOUT, Http2CallAttributes.EXCHANGE, Http2CallAttributes.REQUEST })
	void aValueOfAnotherTypeIsNamed(String attribute) {
		for (EitherClient client : EitherClient.values()) {
			Throwable failure = catchThrowable(() -> client.in(application)
				.send(new EitherClient.Request(HttpMethod.GET, uri("/trailers")).attribute(attribute, "5s")));

			assertThat(failure.getCause() != null ? failure.getCause() : failure)
				.isInstanceOf(IllegalArgumentException.class)
				.hasMessageContaining("The request attribute " + attribute + " must be a ")
				.hasMessageContaining("but is a java.lang.String");
		}
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@ImportHttpServices(group = "slow", types = Slow.class)
	static class Application {

	}

	@HttpExchange
	interface Slow {

		@GetExchange("/never")
		String never(@RequestAttribute(Http2CallAttributes.RESPONSE_TIMEOUT) Duration timeout);

	}

}
