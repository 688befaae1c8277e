package io.github.h2transport.spring.calls;

import java.net.http.HttpTimeoutException;
import java.util.List;

import io.github.h2transport.spring.SharedHttp2Transport;
import io.github.h2transport.testkit.Certificates;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import reactor.core.publisher.Mono;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.restclient.RestTemplateBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.client.ClientHttpRequestFactory;
import org.springframework.web.client.ResourceAccessException;
import org.springframework.web.client.RestClient;
import org.springframework.web.reactive.function.client.WebClient;
import org.springframework.web.reactive.function.client.WebClientRequestException;
import org.springframework.web.service.annotation.GetExchange;
import org.springframework.web.service.annotation.HttpExchange;
import org.springframework.web.service.registry.HttpServiceGroup;
import org.springframework.web.service.registry.ImportHttpServices;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/** Every way that Spring has to make a call ends on the same connection. */
@Timeout(120)
class ClientStylesTests {

	private TomcatServer server;

	private ConfigurableApplicationContext application;

	@BeforeEach
	void start() {
		this.server = TomcatServer.tls(Certificates.localhost());
		String root = this.server.uri("").toString();
		this.application = ClientApplication.run(Application.class,
				List.of("spring.ssl.bundle.pem.servers.truststore.certificate=file:"
						+ Certificates.localhost().certificate(), "spring.http.clients.ssl.bundle=servers",
						"spring.http.serviceclient.protocols.base-url=" + root,
						"spring.http.serviceclient.hasty.base-url=" + root,
						"spring.http.serviceclient.reactive.base-url=" + root,
						"spring.http.serviceclient.reactive-hasty.base-url=" + root,
						"spring.http.serviceclient.reactive-hasty.read-timeout=300ms",
						"spring.http.serviceclient.hasty.read-timeout=300ms"));
	}

	@AfterEach
	void stop() {
		this.application.close();
		this.server.close();
	}

	@Test
	void everyBlockingAndReactiveStyleSpeaksHttp2OverOneConnection() throws Exception {
		RestClient client = this.application.getBean(RestClient.Builder.class).build();
		assertThat(client.get().uri(this.server.uri("/protocol")).retrieve().body(String.class)).isEqualTo("HTTP/2.0");
		assertThat(this.application.getBean(RestTemplateBuilder.class)
			.build()
			.getForObject(this.server.uri("/protocol"), String.class)).isEqualTo("HTTP/2.0");
		assertThat(this.application.getBean(Protocols.class).protocol()).isEqualTo("HTTP/2.0");
		assertThat(this.application.getBean(WebClient.Builder.class)
			.build()
			.get()
			.uri(this.server.uri("/protocol"))
			.retrieve()
			.bodyToMono(String.class)
			.block()).isEqualTo("HTTP/2.0");
		assertThat(this.application.getBean(ReactiveProtocols.class).protocol().block()).isEqualTo("HTTP/2.0");
		try (var response = this.application.getBean(ClientHttpRequestFactory.class)
			.createRequest(this.server.uri("/protocol"), org.springframework.http.HttpMethod.GET)
			.execute()) {
			assertThat(response.getBody()).hasContent("HTTP/2.0");
		}

		assertThat(this.application.getBean(SharedHttp2Transport.class).snapshot().origins()).singleElement()
			.satisfies((origin) -> assertThat(origin.connections()).singleElement()
				.satisfies((connection) -> assertThat(connection.streamsOpened()).isEqualTo(6)));
	}

	@Test
	void aRedirectIsFollowed() {
		RestClient client = this.application.getBean(RestClient.Builder.class).build();

		assertThat(client.get().uri(this.server.uri("/redirect")).retrieve().body(String.class)).isEqualTo("HTTP/2.0");
	}

	@Test
	void theTimeoutOfAServiceGroupHolds() {
		assertThatExceptionOfType(ResourceAccessException.class)
			.isThrownBy(() -> this.application.getBean(Hasty.class).never())
			.withCauseExactlyInstanceOf(HttpTimeoutException.class);
	}

	/** Spring Boot itself loses them for reactive groups. */
	@Test
	void theTimeoutOfAReactiveServiceGroupHolds() {
		assertThatExceptionOfType(WebClientRequestException.class)
			.isThrownBy(() -> this.application.getBean(ReactiveHasty.class).never().block())
			.withCauseExactlyInstanceOf(HttpTimeoutException.class);
	}

	@Test
	void nothingIsLeftWhenTheContextIsClosed() {
		this.application.getBean(Protocols.class).protocol();
		assertThat(loopThreads()).isNotEmpty();

		this.application.close();

		Awaitility.await().untilAsserted(() -> assertThat(loopThreads()).isEmpty());
	}

	@Test
	void aContextThatIsStoppedAndStartedAgainCallsAgain() {
		Protocols protocols = this.application.getBean(Protocols.class);
		protocols.protocol();

		this.application.stop();
		Awaitility.await().untilAsserted(() -> assertThat(loopThreads()).isEmpty());
		assertThatExceptionOfType(ResourceAccessException.class).isThrownBy(protocols::protocol);
		this.application.start();

		assertThat(protocols.protocol()).isEqualTo("HTTP/2.0");
	}

	private static List<Thread> loopThreads() {
		return Thread.getAllStackTraces()
			.keySet()
			.stream()
			.filter((thread) -> thread.getName().startsWith("h2-loop-"))
			.toList();
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@ImportHttpServices(group = "protocols", types = Protocols.class)
	@ImportHttpServices(group = "hasty", types = Hasty.class)
	@ImportHttpServices(group = "reactive", types = ReactiveProtocols.class,
			clientType = HttpServiceGroup.ClientType.WEB_CLIENT)
	@ImportHttpServices(group = "reactive-hasty", types = ReactiveHasty.class,
			clientType = HttpServiceGroup.ClientType.WEB_CLIENT)
	static class Application {

	}

	@HttpExchange
	interface Protocols {

		@GetExchange("/protocol")
		String protocol();

	}

	@HttpExchange
	interface Hasty {

		@GetExchange("/never")
		String never();

	}

	@HttpExchange
	interface ReactiveProtocols {

		@GetExchange("/protocol")
		Mono<String> protocol();

	}

	@HttpExchange
	interface ReactiveHasty {

		@GetExchange("/never")
		Mono<String> never();

	}

}
