package io.github.h2transport.spring.calls;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpTimeoutException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

import javax.net.ssl.SSLHandshakeException;

import com.github.tomakehurst.wiremock.WireMockServer;
import com.github.tomakehurst.wiremock.core.WireMockConfiguration;
import com.sun.net.httpserver.HttpServer;
import io.github.h2transport.ConnectFailedException;
import io.github.h2transport.TlsOptions;
import io.github.h2transport.spring.Http1Fallback;
import io.github.h2transport.spring.Http1Origins;
import io.github.h2transport.spring.Http2ClientHttpRequestFactoryBuilder;
import io.github.h2transport.spring.boot.autoconfigure.H2PoolDescriptor;
import io.github.h2transport.spring.boot.autoconfigure.H2PoolEndpoint;
import io.github.h2transport.testkit.Certificates;
import io.github.h2transport.testkit.Content;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import reactor.core.publisher.Flux;

import org.springframework.boot.http.client.autoconfigure.ClientHttpRequestFactoryBuilderCustomizer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.io.InputStreamResource;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;
import org.springframework.http.MediaType;
import org.springframework.http.client.reactive.ClientHttpRequest;
import org.springframework.web.client.ResourceAccessException;
import org.springframework.web.client.RestClient;
import org.springframework.web.reactive.function.BodyInserter;
import org.springframework.web.reactive.function.BodyInserters;
import org.springframework.web.reactive.function.client.WebClient;
import org.springframework.web.reactive.function.client.WebClientRequestException;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/** Servers without HTTP/2 are called all the same, over HTTP/1.1. */
@Timeout(120)
class Http1FallbackTests {

	private static final String TRUST = "spring.ssl.bundle.pem.servers.truststore.certificate=file:"
			+ Certificates.localhost().certificate();

	private static final AtomicLong NOW = new AtomicLong();

	private TomcatServer server;

	private ConfigurableApplicationContext application;

	@BeforeEach
	void start() {
		this.server = TomcatServer.http11OverTls();
		this.application = application();
	}

	@AfterEach
	void stop() {
		this.application.close();
		this.server.close();
	}

	@Test
	void aGetIsAnsweredAndTheEndpointSaysHow() {
		assertThat(text("/protocol")).isEqualTo("HTTP/1.1");
		byte[] body = client().get().uri(this.server.uri(TomcatServer.GET_PATH)).retrieve().body(byte[].class);
		assertThat(Content.sha256(body)).isEqualTo(Content.sha256(Content.ofSize(TomcatServer.GET_SIZE)));

		H2PoolDescriptor.OriginDescriptor origin = shown(this.server.uri("/"));
		assertThat(origin.protocol()).isEqualTo("http/1.1");
		assertThat(origin.fallback()).isNotNull();
		assertThat(origin.fallback().calls()).isEqualTo(2);
		assertThat(origin.fallback().reason()).contains("does not offer HTTP/2");
		assertThat(origin.fallback().retryIn()).isEqualTo(Http1Origins.MEMORY);
	}

	@Test
	void aPostIsReadOnceAndAnsweredWhole() {
		byte[] content = Content.ofSize(TomcatServer.ECHO_SIZE);
		AtomicInteger reads = new AtomicInteger();
		for (Object body : List.of(content, oneShot(content, reads), oneShot(content, reads))) {
			byte[] answer = client().post()
				.uri(this.server.uri(TomcatServer.ECHO_PATH))
				.contentType(MediaType.APPLICATION_OCTET_STREAM)
				.body(body)
				.retrieve()
				.body(byte[].class);

			assertThat(Content.sha256(answer)).isEqualTo(Content.sha256(content));
		}
		assertThat(reads).hasValue(2);
	}

	@Test
	void theFirstCallOfAnApplicationMayCarryContentThatCanBeReadOnce() {
		byte[] content = Content.ofSize(TomcatServer.ECHO_SIZE);
		AtomicInteger reads = new AtomicInteger();

		byte[] answer = client().post()
			.uri(this.server.uri(TomcatServer.ECHO_PATH))
			.contentType(MediaType.APPLICATION_OCTET_STREAM)
			.body(oneShot(content, reads))
			.retrieve()
			.body(byte[].class);

		assertThat(Content.sha256(answer)).isEqualTo(Content.sha256(content));
		assertThat(reads).hasValue(1);
	}

	@Test
	void twentyParallelFirstCallsAreAllAnswered() throws Exception {
		ExecutorService callers = Executors.newFixedThreadPool(20);
		try {
			List<Future<String>> calls = new ArrayList<>();
			for (int i = 0; i < 20; i++) {
				calls.add(callers.submit(() -> text("/protocol")));
			}
			for (Future<String> call : calls) {
				assertThat(call.get(30, TimeUnit.SECONDS)).isEqualTo("HTTP/1.1");
			}
		}
		finally {
			callers.shutdownNow();
		}
		assertThat(shown(this.server.uri("/")).fallback().calls()).isEqualTo(20);
	}

	@Test
	void aServerThatHasLearnedHttp2IsCalledOverItOnceTheMemoryIsOver() {
		assertThat(text("/protocol")).isEqualTo("HTTP/1.1");
		int port = this.server.uri("/").getPort();
		this.server.close();
		this.server = TomcatServer.tls(Certificates.localhost(), port);

		assertThat(text("/protocol")).as("still remembered").isEqualTo("HTTP/1.1");
		NOW.addAndGet(Http1Origins.MEMORY.toNanos());

		assertThat(text("/protocol")).isEqualTo("HTTP/2.0");
		assertThat(shown(this.server.uri("/")).protocol()).isEqualTo("h2");
		assertThat(shown(this.server.uri("/")).fallback()).isNull();
	}

	@Test
	void theReadTimeoutHolds() {
		try (ConfigurableApplicationContext hasty = application("spring.http.clients.read-timeout=300ms")) {
			assertThatExceptionOfType(ResourceAccessException.class)
				.isThrownBy(() -> text(hasty, this.server.uri("/never")))
				.withCauseInstanceOf(HttpTimeoutException.class);
		}
	}

	@Test
	void theTrustOfTheSslBundleHolds() {
		try (ConfigurableApplicationContext distrustful = ClientApplication.run(ClientApplication.class, List.of())) {
			assertThatExceptionOfType(ResourceAccessException.class)
				.isThrownBy(() -> text(distrustful, this.server.uri("/protocol")))
				.withCauseExactlyInstanceOf(SSLHandshakeException.class)
				.withMessageContaining("not trusted");
		}
	}

	@Test
	void callsWithATlsIdentityThatNoSettingKnowsNeverUseAnother() {
		try (ConfigurableApplicationContext own = ClientApplication.run(OwnIdentity.class, List.of())) {
			assertThatExceptionOfType(ResourceAccessException.class)
				.isThrownBy(() -> text(own, this.server.uri("/protocol")))
				.havingRootCause()
				.withMessageContaining("does not offer HTTP/2");
		}
	}

	@Test
	void redirectsLeadFromOneVersionToTheOther() {
		try (TomcatServer modern = TomcatServer.tls(Certificates.localhost())) {
			assertThat(text("/redirect")).isEqualTo("HTTP/1.1");
			assertThat(text("/redirect-to?" + modern.uri("/protocol"))).isEqualTo("HTTP/2.0");
			assertThat(text(this.application, modern.uri("/redirect-to?" + this.server.uri("/protocol"))))
				.isEqualTo("HTTP/1.1");
		}
	}

	@Test
	void redirectsAreLeftAloneIfTheSettingsSaySo() {
		try (ConfigurableApplicationContext still = application("spring.http.clients.redirects=dont-follow")) {
			RestClient client = still.getBean(RestClient.Builder.class).build();

			assertThat(client.get().uri(this.server.uri("/redirect")).retrieve().toBodilessEntity().getStatusCode())
				.isEqualTo(org.springframework.http.HttpStatus.FOUND);
		}
	}

	@Test
	void aReactiveCallIsAnsweredAndRememberedForBothKindsOfClient() {
		assertThat(reactiveText(this.application, this.server.uri("/protocol"))).isEqualTo("HTTP/1.1");
		assertThat(text("/protocol")).isEqualTo("HTTP/1.1");
		assertThat(reactiveText(this.application, this.server.uri("/redirect"))).isEqualTo("HTTP/1.1");

		assertThat(shown(this.server.uri("/")).fallback().calls()).isEqualTo(4);
	}

	@Test
	void aReactivePostIsSubscribedToOnceAndAnsweredWhole() {
		byte[] content = Content.ofSize(TomcatServer.ECHO_SIZE);
		AtomicInteger subscriptions = new AtomicInteger();
		Flux<DataBuffer> stream = Flux.range(0, 64)
			.<DataBuffer>map((piece) -> DefaultDataBufferFactory.sharedInstance
				.wrap(ByteBuffer.wrap(content, piece * (content.length / 64), content.length / 64)))
			.doOnSubscribe((subscription) -> subscriptions.incrementAndGet());

		for (BodyInserter<?, ? super ClientHttpRequest> body : List.of(BodyInserters.fromDataBuffers(stream),
				BodyInserters.fromValue(content))) {
			byte[] answer = webClient().post()
				.uri(this.server.uri(TomcatServer.ECHO_PATH))
				.contentType(MediaType.APPLICATION_OCTET_STREAM)
				.body(body)
				.retrieve()
				.bodyToFlux(byte[].class)
				.collect(ByteArrayOutputStream::new, ByteArrayOutputStream::writeBytes)
				.map(ByteArrayOutputStream::toByteArray)
				.block();

			assertThat(Content.sha256(answer)).isEqualTo(Content.sha256(content));
		}
		assertThat(subscriptions).hasValue(1);
	}

	@Test
	void reactiveRedirectsLeadFromOneVersionToTheOther() {
		try (TomcatServer modern = TomcatServer.tls(Certificates.localhost())) {
			assertThat(reactiveText(this.application, this.server.uri("/redirect-to?" + modern.uri("/protocol"))))
				.isEqualTo("HTTP/2.0");
			assertThat(reactiveText(this.application, modern.uri("/redirect-to?" + this.server.uri("/protocol"))))
				.isEqualTo("HTTP/1.1");
		}
	}

	@Test
	void withoutFallbackTheReactiveErrorIsTyped() {
		try (ConfigurableApplicationContext strict = ClientApplication.start("h2.transport.fallback=none")) {
			assertThatExceptionOfType(WebClientRequestException.class)
				.isThrownBy(() -> reactiveText(strict, this.server.uri("/protocol")))
				.withCauseExactlyInstanceOf(SSLHandshakeException.class);
		}
	}

	@Test
	void withoutFallbackTheErrorIsTyped() {
		try (ConfigurableApplicationContext strict = ClientApplication.start("h2.transport.fallback=none")) {
			assertThatExceptionOfType(ResourceAccessException.class)
				.isThrownBy(() -> text(strict, this.server.uri("/protocol")))
				.withCauseExactlyInstanceOf(SSLHandshakeException.class)
				.satisfies((failure) -> assertThat(failure.getCause().getCause())
					.isInstanceOfSatisfying(ConnectFailedException.class, (cause) -> {
						assertThat(cause.isWithoutHttp2()).isTrue();
						assertThat(cause.isSafeToRetry()).isTrue();
					}));
		}
	}

	@Test
	void aWireMockWithoutHttp2IsCalled() {
		WireMockServer wireMock = new WireMockServer(WireMockConfiguration.options()
			.bindAddress("127.0.0.1")
			.dynamicHttpsPort()
			.http2TlsDisabled(true)
			.keystorePath(Certificates.localhost().keyStore().toString())
			.keystoreType("PKCS12")
			.keystorePassword(Certificates.PASSWORD)
			.keyManagerPassword(Certificates.PASSWORD));
		wireMock.start();
		try {
			wireMock.stubFor(get("/hello").willReturn(aResponse().withBody("hello")));
			URI uri = URI.create("https://localhost:" + wireMock.httpsPort() + "/hello");

			assertThat(text(this.application, uri)).isEqualTo("hello");

			assertThat(shown(uri).protocol()).isEqualTo("http/1.1");
		}
		finally {
			wireMock.stop();
		}
	}

	@Test
	void withAllHttpUrlsAreCalledWithoutTryingToUpgrade() throws IOException {
		HttpServer plain = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
		plain.createContext("/", (exchange) -> {
			byte[] answer = (exchange.getProtocol() + " " + exchange.getRequestHeaders().get("Upgrade")).getBytes();
			exchange.sendResponseHeaders(200, answer.length);
			try (OutputStream out = exchange.getResponseBody()) {
				out.write(answer);
			}
		});
		plain.start();
		long loopThreadsBefore = loopThreads();
		URI uri = URI.create("http://localhost:" + plain.getAddress().getPort() + "/");
		try (ConfigurableApplicationContext all = ClientApplication.run(ClientApplication.class,
				List.of("h2.transport.fallback=all", "management.endpoints.web.exposure.include=h2pool"))) {
			assertThat(text(all, uri)).isEqualTo("HTTP/1.1 null");
			assertThat(reactiveText(all, uri)).isEqualTo("HTTP/1.1 null");

			assertThat(loopThreads()).as("nobody needed a transport").isLessThanOrEqualTo(loopThreadsBefore);
			H2PoolDescriptor.OriginDescriptor origin = shown(all, uri);
			assertThat(origin.protocol()).isEqualTo("http/1.1");
			assertThat(origin.fallback().reason()).contains("h2.transport.allow-http");
			assertThat(origin.fallback().retryIn()).isNull();
		}
		finally {
			plain.stop(0);
		}
	}

	private static long loopThreads() {
		return Thread.getAllStackTraces()
			.keySet()
			.stream()
			.filter((thread) -> thread.getName().startsWith("h2-loop-"))
			.count();
	}

	private static ConfigurableApplicationContext application(String... more) {
		List<String> properties = new ArrayList<>(List.of(TRUST, "spring.http.clients.ssl.bundle=servers",
				"spring.http.clients.read-timeout=20s", "management.endpoints.web.exposure.include=h2pool"));
		properties.addAll(List.of(more));
		return ClientApplication.run(WithClock.class, properties);
	}

	private static InputStreamResource oneShot(byte[] content, AtomicInteger reads) {
		return new InputStreamResource(() -> {
			reads.incrementAndGet();
			return new ByteArrayInputStream(content);
		});
	}

	private WebClient webClient() {
		return this.application.getBean(WebClient.Builder.class).build();
	}

	private static String reactiveText(ConfigurableApplicationContext context, URI uri) {
		return context.getBean(WebClient.Builder.class)
			.build()
			.get()
			.uri(uri)
			.retrieve()
			.bodyToMono(String.class)
			.block();
	}

	private RestClient client() {
		return this.application.getBean(RestClient.Builder.class).build();
	}

	private String text(String path) {
		return text(this.application, this.server.uri(path));
	}

	private static String text(ConfigurableApplicationContext context, URI uri) {
		return context.getBean(RestClient.Builder.class).build().get().uri(uri).retrieve().body(String.class);
	}

	private H2PoolDescriptor.OriginDescriptor shown(URI uri) {
		return shown(this.application, uri);
	}

	private static H2PoolDescriptor.OriginDescriptor shown(ConfigurableApplicationContext context, URI uri) {
		List<H2PoolDescriptor.OriginDescriptor> origins = context.getBean(H2PoolEndpoint.class)
			.h2pool(uri.resolve("/").toString())
			.origins();
		assertThat(origins).hasSize(1);
		return origins.get(0);
	}

	@Configuration(proxyBeanMethods = false)
	@Import(ClientApplication.class)
	static class WithClock {

		@Bean
		Http1Origins http1Origins() {
			return new Http1Origins(Http1Fallback.TLS, NOW::get);
		}

	}

	@Configuration(proxyBeanMethods = false)
	@Import(ClientApplication.class)
	static class OwnIdentity {

		@Bean
		ClientHttpRequestFactoryBuilderCustomizer<Http2ClientHttpRequestFactoryBuilder> identity() {
			TlsOptions tls = TlsOptions.of(Certificates.localhost().clientContext());
			return (builder) -> builder.withCallOptions((options) -> options.tls(tls));
		}

	}

}
