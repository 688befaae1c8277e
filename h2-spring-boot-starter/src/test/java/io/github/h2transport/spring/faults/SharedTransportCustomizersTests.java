package io.github.h2transport.spring.faults;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

import com.sun.net.httpserver.HttpServer;
import io.github.h2transport.Http2Request;
import io.github.h2transport.Origin;
import io.github.h2transport.ProxySettings;
import io.github.h2transport.TransportListener;
import io.github.h2transport.frame.Settings;
import io.github.h2transport.spring.SharedHttp2Transport;
import io.github.h2transport.spring.boot.autoconfigure.Http2TransportBuilderCustomizer;
import io.github.h2transport.spring.boot.autoconfigure.TransportOptionsCustomizer;
import io.github.h2transport.testkit.ScriptedServer;
import io.github.h2transport.testkit.ServedRequests;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.Banner;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;
import org.springframework.web.client.RestClient;
import org.springframework.web.reactive.function.client.WebClient;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What no property can say of the shared transport is said by beans, as for Spring Boot's
 * own clients; properties, endpoint and meters stay.
 */
@Timeout(120)
class SharedTransportCustomizersTests {

	private final ServedRequests server = ScriptedServer.serving(Settings.builder().build(),
			(exchange) -> exchange.respond(200, "answer".getBytes()));

	@AfterEach
	void close() {
		this.server.close();
	}

	@Test
	void optionsAreChangedInOrderAfterThePropertiesAndBeforeThoseOfSingleOrigins() {
		try (ConfigurableApplicationContext application = start(Options.class, "h2.transport.read-timeout=7s",
				"h2.transport.idle-timeout=8s", "h2.transport.origins.one.match=one.example",
				"h2.transport.origins.one.response-timeout=9s")) {
			var options = application.getBean(SharedHttp2Transport.class).options();

			assertThat(options.readTimeout()).as("changed twice").isEqualTo(Duration.ofSeconds(72));
			assertThat(options.idleTimeout()).as("as the property says").isEqualTo(Duration.ofSeconds(8));
			assertThat(options.responseTimeout()).isEqualTo(Duration.ofSeconds(71));
			var one = options.forOrigin(Origin.of(URI.create("https://one.example")));
			assertThat(one.readTimeout()).isEqualTo(Duration.ofSeconds(72));
			assertThat(one.responseTimeout()).as("its own property").isEqualTo(Duration.ofSeconds(9));
		}
	}

	@Test
	void threadsAndListenersAreTheApplicationsAlsoAfterARestart() {
		try (ConfigurableApplicationContext application = start(Parts.class)) {
			Parts parts = application.getBean(Parts.class);
			assertThat(call(application)).isEqualTo("answer answer");
			application.stop();
			application.start();
			assertThat(call(application)).isEqualTo("answer answer");

			assertThat(parts.threads.get()).isGreaterThan(1);
			assertThat(parts.heard).containsExactly("first", "second", "first", "second", "first", "second", "first",
					"second");
		}
	}

	/** Both versions of HTTP go the same way. */
	@Test
	void aProxyResolverCountsForTheFallbackToo() throws IOException {
		HttpServer proxy = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
		proxy.createContext("/", (exchange) -> {
			byte[] content = ("proxy for " + exchange.getRequestHeaders().getFirst("Host")).getBytes();
			exchange.sendResponseHeaders(200, content.length);
			exchange.getResponseBody().write(content);
			exchange.close();
		});
		proxy.start();
		try (ConfigurableApplicationContext application = start(Proxied.class, "h2.transport.allow-http=false",
				"h2.transport.fallback=all", "proxy.port=" + proxy.getAddress().getPort())) {
			RestClient blocking = application.getBean(RestClient.Builder.class).build();
			WebClient reactive = application.getBean(WebClient.Builder.class).build();

			assertThat(blocking.get().uri("http://blocking.invalid/").retrieve().body(String.class))
				.isEqualTo("proxy for blocking.invalid");
			assertThat(reactive.get()
				.uri("http://reactive.invalid/")
				.retrieve()
				.bodyToMono(String.class)
				.block(Duration.ofSeconds(20))).isEqualTo("proxy for reactive.invalid");
		}
		finally {
			proxy.stop(0);
		}
	}

	private String call(ConfigurableApplicationContext application) {
		return application.getBean(RestClient.Builder.class)
			.build()
			.get()
			.uri(this.server.uri("/"))
			.retrieve()
			.body(String.class)
				+ " "
				+ application.getBean(WebClient.Builder.class)
					.build()
					.get()
					.uri(this.server.uri("/"))
					.retrieve()
					.bodyToMono(String.class)
					.block(Duration.ofSeconds(20));
	}

	private static ConfigurableApplicationContext start(Class<?> configuration, String... properties) {
		return new SpringApplicationBuilder(configuration).web(WebApplicationType.NONE)
			.bannerMode(Banner.Mode.OFF)
			.logStartupInfo(false)
			.properties("h2.transport.allow-http=true")
			.properties(properties)
			.run();
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Options {

		@Bean
		@Order(2)
		TransportOptionsCustomizer second() {
			return (options) -> options.readTimeout(Duration.ofSeconds(72));
		}

		@Bean
		@Order(1)
		TransportOptionsCustomizer first() {
			return (options) -> options.readTimeout(Duration.ofSeconds(71)).responseTimeout(Duration.ofSeconds(71));
		}

	}

	@Configuration
	@EnableAutoConfiguration
	static class Parts {

		final AtomicInteger threads = new AtomicInteger();

		final List<String> heard = new CopyOnWriteArrayList<>();

		@Bean
		Http2TransportBuilderCustomizer ownThreads() {
			return (transport) -> transport.threadFactory((task) -> {
				this.threads.incrementAndGet();
				Thread thread = new Thread(task, "own-loop");
				thread.setDaemon(true);
				return thread;
			});
		}

		@Bean
		@Order(2)
		TransportListener second() {
			return hearing("second");
		}

		@Bean
		@Order(1)
		TransportListener first() {
			return hearing("first");
		}

		private TransportListener hearing(String name) {
			return new TransportListener() {

				@Override
				public void done(Http2Request request, @Nullable Throwable failure) {
					Parts.this.heard.add(name);
				}

			};
		}

	}

	@Configuration
	@EnableAutoConfiguration
	static class Proxied {

		@Bean
		TransportOptionsCustomizer proxies(@Value("${proxy.port}") int port) {
			return (options) -> options.proxy((origin) -> ProxySettings.of("127.0.0.1", port));
		}

	}

}
