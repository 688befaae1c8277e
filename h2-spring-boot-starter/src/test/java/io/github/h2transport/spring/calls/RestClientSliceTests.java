package io.github.h2transport.spring.calls;

import io.github.h2transport.spring.SharedHttp2Transport;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.restclient.test.autoconfigure.RestClientTest;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Import;
import org.springframework.http.MediaType;
import org.springframework.stereotype.Component;
import org.springframework.test.web.client.MockRestServiceServer;
import org.springframework.web.client.RestClient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.springframework.test.web.client.match.MockRestRequestMatchers.requestTo;
import static org.springframework.test.web.client.response.MockRestResponseCreators.withSuccess;

/**
 * Spring Boot's test slice for REST clients: its mock server answers, and the transport,
 * if it is there at all, sleeps.
 */
@RestClientTest
@Import(RestClientSliceTests.Orders.class)
class RestClientSliceTests {

	@Autowired
	private Orders orders;

	@Autowired
	private MockRestServiceServer server;

	@Autowired
	private ApplicationContext context;

	@Test
	void theMockServerAnswersAndNothingIsConnected() {
		this.server.expect(requestTo("http://orders.example.com/7"))
			.andRespond(withSuccess("tea", MediaType.TEXT_PLAIN));

		assertThat(this.orders.order(7)).isEqualTo("tea");

		this.server.verify();
		assertThat(this.context.getBeanProvider(SharedHttp2Transport.class).stream())
			.allSatisfy((transport) -> assertThat(transport.snapshot().origins()).isEmpty());
	}

	@Component
	static class Orders {

		private final RestClient client;

		Orders(RestClient.Builder builder) {
			this.client = builder.baseUrl("http://orders.example.com").build();
		}

		String order(int id) {
			return this.client.get().uri("/{id}", id).retrieve().body(String.class);
		}

	}

	@SpringBootConfiguration
	@EnableAutoConfiguration
	static class Application {

	}

}
