package io.github.h2transport.spring.calls;

import io.github.h2transport.spring.SharedHttp2Transport;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.test.web.client.MockRestServiceServer;
import org.springframework.web.client.RestClient;
import org.springframework.web.reactive.function.client.ClientResponse;
import org.springframework.web.reactive.function.client.WebClient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.springframework.test.web.client.match.MockRestRequestMatchers.requestTo;
import static org.springframework.test.web.client.response.MockRestResponseCreators.withSuccess;

/** Tests that put something in the place of the server, without a slice. */
class MockedServerTests {

	@Test
	void aBuilderIsBoundToAMockServer() {
		try (ConfigurableApplicationContext application = ClientApplication.start()) {
			RestClient.Builder builder = application.getBean(RestClient.Builder.class);
			MockRestServiceServer server = MockRestServiceServer.bindTo(builder).build();
			server.expect(requestTo("http://orders.example.com/7"))
				.andRespond(withSuccess("tea", MediaType.TEXT_PLAIN));

			assertThat(builder.build().get().uri("http://orders.example.com/7").retrieve().body(String.class))
				.isEqualTo("tea");

			assertThat(application.getBean(SharedHttp2Transport.class).snapshot().origins()).isEmpty();
		}
	}

	@Test
	void anExchangeFunctionTakesThePlaceOfTheConnector() {
		try (ConfigurableApplicationContext application = ClientApplication.start()) {
			WebClient client = application.getBean(WebClient.Builder.class)
				.exchangeFunction((request) -> Mono.just(ClientResponse.create(HttpStatus.OK).body("tea").build()))
				.build();

			assertThat(client.get().uri("http://orders.example.com/7").retrieve().bodyToMono(String.class).block())
				.isEqualTo("tea");

			assertThat(application.getBean(SharedHttp2Transport.class).snapshot().origins()).isEmpty();
		}
	}

}
