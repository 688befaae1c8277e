package io.github.h2transport.spring.calls;

import io.github.h2transport.spring.Http2ClientHttpRequestFactory;
import jakarta.servlet.http.HttpServletRequest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.resttestclient.TestRestTemplate;
import org.springframework.boot.resttestclient.autoconfigure.AutoConfigureTestRestTemplate;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The tests of an application that speaks HTTP/1.1 in cleartext, as most do in their
 * tests, go on without any configuration.
 */
@Timeout(120)
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT)
@AutoConfigureTestRestTemplate
class TestRestTemplateTests {

	@Autowired
	private TestRestTemplate template;

	@Test
	void theAutoConfiguredTemplateCallsAnHttp11Application() {
		assertThat(this.template.getRestTemplate().getRequestFactory())
			.isInstanceOf(Http2ClientHttpRequestFactory.class);
		assertThat(this.template.getForObject("/protocol", String.class)).isEqualTo("HTTP/1.1");
	}

	@Test
	void itPostsToItToo() {
		assertThat(this.template.postForObject("/echo", "content", String.class)).isEqualTo("content");
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import(Endpoints.class)
	static class Application {

	}

	@RestController
	static class Endpoints {

		@GetMapping("/protocol")
		String protocol(HttpServletRequest request) {
			return request.getProtocol();
		}

		@PostMapping("/echo")
		String echo(@RequestBody String content) {
			return content;
		}

	}

}
