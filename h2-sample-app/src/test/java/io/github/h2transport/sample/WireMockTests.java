package io.github.h2transport.sample;

import java.io.IOException;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.List;

import com.github.tomakehurst.wiremock.http.Fault;
import com.github.tomakehurst.wiremock.junit5.WireMockExtension;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.MediaType;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import org.springframework.web.client.HttpClientErrorException;
import org.springframework.web.client.ResourceAccessException;
import org.springframework.web.client.RestClient;
import org.springframework.web.reactive.function.client.WebClient;
import org.springframework.web.reactive.function.client.WebClientRequestException;
import org.springframework.web.service.annotation.GetExchange;
import org.springframework.web.service.annotation.HttpExchange;
import org.springframework.web.service.registry.ImportHttpServices;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.equalTo;
import static com.github.tomakehurst.wiremock.client.WireMock.equalToJson;
import static com.github.tomakehurst.wiremock.client.WireMock.get;
import static com.github.tomakehurst.wiremock.client.WireMock.okJson;
import static com.github.tomakehurst.wiremock.client.WireMock.post;
import static com.github.tomakehurst.wiremock.client.WireMock.postRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.urlEqualTo;
import static com.github.tomakehurst.wiremock.core.WireMockConfiguration.wireMockConfig;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/** How an application that uses the starter tests its clients. */
@SpringBootTest(webEnvironment = WebEnvironment.NONE,
		properties = { "h2.transport.allow-http=true", "spring.http.clients.read-timeout=2s" })
class WireMockTests {

	@RegisterExtension
	static final WireMockExtension server = WireMockExtension.newInstance()
		.options(wireMockConfig().bindAddress("127.0.0.1").dynamicPort())
		.build();

	private RestClient restClient;

	private WebClient webClient;

	@Autowired
	private Orders orders;

	@DynamicPropertySource
	static void serverAddress(DynamicPropertyRegistry registry) {
		registry.add("spring.http.serviceclient.orders.base-url", server::baseUrl);
	}

	@BeforeEach
	void buildClients(@Autowired RestClient.Builder restClientBuilder, @Autowired WebClient.Builder webClientBuilder) {
		this.restClient = restClientBuilder.baseUrl(server.baseUrl()).build();
		this.webClient = webClientBuilder.baseUrl(server.baseUrl()).build();
		server.stubFor(get("/orders/7").willReturn(okJson("{\"id\":7,\"item\":\"tea\"}")));
	}

	@Test
	void everyStyleReadsTheSameOrder() {
		Order tea = new Order(7, "tea");

		assertThat(this.restClient.get().uri("/orders/7").retrieve().body(Order.class)).isEqualTo(tea);
		assertThat(this.webClient.get().uri("/orders/7").retrieve().bodyToMono(Order.class).block()).isEqualTo(tea);
		assertThat(this.orders.order()).isEqualTo(tea);
		assertThat(server.getAllServeEvents()).hasSize(3)
			.allSatisfy((event) -> assertThat(event.getRequest().getProtocol()).isEqualTo("HTTP/2.0"));
	}

	@Test
	void anOrderIsPosted() {
		server.stubFor(post("/orders").willReturn(aResponse().withStatus(201)));

		this.restClient.post().uri("/orders").body(new Order(8, "milk")).retrieve().toBodilessEntity();
		this.webClient.post().uri("/orders").bodyValue(new Order(8, "milk")).retrieve().toBodilessEntity().block();

		server.verify(2, postRequestedFor(urlEqualTo("/orders")).withHeader("Content-Type", equalTo("application/json"))
			.withRequestBody(equalToJson("{\"id\":8,\"item\":\"milk\"}")));
	}

	@Test
	void anUnknownOrderIsAClientError() {
		assertThatExceptionOfType(HttpClientErrorException.NotFound.class)
			.isThrownBy(() -> this.restClient.get().uri("/orders/0").retrieve().toBodilessEntity());
	}

	@Test
	void aSlowServerIsATimeout() {
		server.stubFor(get("/slow").willReturn(aResponse().withFixedDelay(20_000)));

		assertThatExceptionOfType(ResourceAccessException.class)
			.isThrownBy(() -> this.restClient.get().uri("/slow").retrieve().toBodilessEntity())
			.withCauseExactlyInstanceOf(HttpTimeoutException.class);
		assertThatExceptionOfType(WebClientRequestException.class)
			.isThrownBy(() -> this.webClient.get().uri("/slow").retrieve().toBodilessEntity().block())
			.withCauseExactlyInstanceOf(HttpTimeoutException.class);
	}

	@Test
	void aConnectionThatIsCutIsAnIoFailureAndTheNextCallWorks() {
		server.stubFor(get("/cut").willReturn(aResponse().withFault(Fault.CONNECTION_RESET_BY_PEER)));

		assertThatExceptionOfType(ResourceAccessException.class)
			.isThrownBy(() -> this.restClient.get().uri("/cut").retrieve().toBodilessEntity())
			.withCauseInstanceOf(IOException.class);
		assertThat(this.orders.order()).isEqualTo(new Order(7, "tea"));
	}

	@Test
	void eventsAreReadOneByOne() {
		server.stubFor(get("/events").willReturn(aResponse().withHeader("Content-Type", "text/event-stream")
			.withBody("data:one\n\ndata:two\n\n")
			.withChunkedDribbleDelay(2, 200)));

		List<String> events = this.webClient.get()
			.uri("/events")
			.accept(MediaType.TEXT_EVENT_STREAM)
			.retrieve()
			.bodyToFlux(String.class)
			.collectList()
			.block();

		assertThat(events).containsExactly("one", "two");
	}

	@Test
	void aHundredOrdersAtOnce() {
		List<Order> all = Flux.range(0, 100)
			.flatMap((call) -> this.webClient.get().uri("/orders/7").retrieve().bodyToMono(Order.class), 100)
			.collectList()
			.block(Duration.ofSeconds(20));

		assertThat(all).hasSize(100).containsOnly(new Order(7, "tea"));
	}

	@Test
	void aRetryIsReactorsAffair() {
		server.stubFor(get("/flaky").inScenario("flaky")
			.willReturn(aResponse().withFault(Fault.CONNECTION_RESET_BY_PEER))
			.willSetStateTo("healed"));
		server.stubFor(get("/flaky").inScenario("flaky").whenScenarioStateIs("healed").willReturn(okJson("[]")));

		Mono<String> answer = this.webClient.get().uri("/flaky").retrieve().bodyToMono(String.class).retry(1);

		assertThat(answer.block()).isEqualTo("[]");
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@ImportHttpServices(group = "orders", types = Orders.class)
	static class Application {

	}

	@HttpExchange
	interface Orders {

		@GetExchange("/orders/7")
		Order order();

	}

	record Order(int id, String item) {
	}

}
