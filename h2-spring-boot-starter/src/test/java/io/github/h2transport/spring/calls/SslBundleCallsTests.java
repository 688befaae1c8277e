package io.github.h2transport.spring.calls;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;

import io.github.h2transport.spring.ReactorServers;
import io.github.h2transport.spring.SharedHttp2Transport;
import io.github.h2transport.testkit.Call;
import io.github.h2transport.testkit.Certificates;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import reactor.core.publisher.Mono;
import reactor.netty.DisposableServer;
import reactor.netty.http.Http2SslContextSpec;
import reactor.netty.http.HttpProtocol;
import reactor.netty.http.server.HttpServerRequest;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.restclient.autoconfigure.RestClientSsl;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslBundleRegistry;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.boot.ssl.SslManagerBundle;
import org.springframework.boot.ssl.SslOptions;
import org.springframework.boot.ssl.SslStoreBundle;
import org.springframework.boot.ssl.pem.PemSslStoreBundle;
import org.springframework.boot.ssl.pem.PemSslStoreDetails;
import org.springframework.boot.webclient.autoconfigure.WebClientSsl;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.HttpMethod;
import org.springframework.web.client.RestClient;
import org.springframework.web.reactive.function.client.WebClient;
import org.springframework.web.service.annotation.GetExchange;
import org.springframework.web.service.annotation.HttpExchange;
import org.springframework.web.service.registry.HttpServiceGroup;
import org.springframework.web.service.registry.ImportHttpServices;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * SSL bundles: who the client is for the server, which connections may be shared, and
 * what happens when a bundle is updated. The server answers with the client's name.
 */
@Timeout(120)
class SslBundleCallsTests {

	private static DisposableServer server;

	/** The connections that requests came over. */
	private static final Set<String> connections = ConcurrentHashMap.newKeySet();

	private ConfigurableApplicationContext application;

	@BeforeAll
	static void startServer() {
		Certificates certificates = Certificates.localhost();
		server = ReactorServers.create()
			.host("127.0.0.1")
			.port(0)
			.protocol(HttpProtocol.H2)
			.secure((ssl) -> ssl.sslContext(Http2SslContextSpec
				.forServer(certificates.certificate().toFile(), certificates.privateKey().toFile())
				.configure((context) -> context.clientAuth(ClientAuth.OPTIONAL)
					.trustManager(InsecureTrustManagerFactory.INSTANCE))))
			.handle((request, response) -> response.sendString(Mono.just(clientOf(request))))
			.bindNow();
	}

	@AfterAll
	static void stopServer() {
		server.disposeNow();
	}

	@AfterEach
	void stop() {
		connections.clear();
		if (this.application != null) {
			this.application.close();
		}
	}

	private static String clientOf(HttpServerRequest request) {
		String[] name = new String[1];
		request.withConnection((stream) -> {
			var connection = stream.channel().parent();
			connections.add(connection.id().asShortText());
			SSLSession session = connection.pipeline().get(SslHandler.class).engine().getSession();
			try {
				name[0] = ((X509Certificate) session.getPeerCertificates()[0]).getSubjectX500Principal().getName();
			}
			catch (SSLPeerUnverifiedException ex) {
				name[0] = "nobody";
			}
		});
		return name[0];
	}

	private static URI uri() {
		return URI.create("https://localhost:" + server.port() + "/");
	}

	/** The properties of a bundle whose client has a certificate. */
	private static List<String> bundle(String name, Certificates client) {
		String prefix = "spring.ssl.bundle.pem." + name + ".";
		return List.of(prefix + "truststore.certificate=file:" + Certificates.localhost().certificate(),
				prefix + "keystore.certificate=file:" + client.certificate(),
				prefix + "keystore.private-key=file:" + client.privateKey());
	}

	private void start(Class<?> configuration, List<String> first, List<String> second, String... more) {
		List<String> all = new ArrayList<>(first);
		all.addAll(second);
		all.addAll(List.of(more));
		this.application = ApplicationKind.NONE.start(configuration, all.toArray(String[]::new));
	}

	private RestClient rest(String bundle) {
		RestClientSsl ssl = this.application.getBean(RestClientSsl.class);
		return this.application.getBean(RestClient.Builder.class).apply(ssl.fromBundle(bundle)).build();
	}

	private WebClient web(String bundle) {
		WebClientSsl ssl = this.application.getBean(WebClientSsl.class);
		return this.application.getBean(WebClient.Builder.class).apply(ssl.fromBundle(bundle)).build();
	}

	private static String call(RestClient client) {
		return client.get().uri(uri()).retrieve().body(String.class);
	}

	private static String call(WebClient client) {
		return client.get().uri(uri()).retrieve().bodyToMono(String.class).block();
	}

	@Test
	void everyIdentityHasItsOwnConnectionAndBothKindsOfClientShareIt() {
		start(Application.class, bundle("one", Certificates.client()), bundle("two", Certificates.wrongHost()));

		for (int i = 0; i < 3; i++) {
			assertThat(call(rest("one"))).isEqualTo("CN=client");
			assertThat(call(web("one"))).isEqualTo("CN=client");
			assertThat(call(rest("two"))).isEqualTo("CN=wrong.example");
			assertThat(call(web("two"))).isEqualTo("CN=wrong.example");
			assertThat(EitherClient.REST_CLIENT.in(this.application).text(uri())).isEqualTo("nobody");
			assertThat(EitherClient.WEB_CLIENT.in(this.application).text(uri())).isEqualTo("nobody");
		}

		assertThat(connections).hasSize(3);
	}

	@Test
	void serviceGroupsOfOneBundleShareAndThoseOfAnotherDoNot() {
		start(Groups.class, bundle("one", Certificates.client()), bundle("two", Certificates.wrongHost()),
				"spring.http.serviceclient.one.base-url=" + uri(), "spring.http.serviceclient.one.ssl.bundle=one",
				"spring.http.serviceclient.reactive-one.base-url=" + uri(),
				"spring.http.serviceclient.reactive-one.ssl.bundle=one",
				"spring.http.serviceclient.two.base-url=" + uri(), "spring.http.serviceclient.two.ssl.bundle=two");

		assertThat(this.application.getBean(One.class).name()).isEqualTo("CN=client");
		assertThat(this.application.getBean(ReactiveOne.class).name().block()).isEqualTo("CN=client");
		assertThat(this.application.getBean(Two.class).name()).isEqualTo("CN=wrong.example");
		assertThat(connections).hasSize(2);
	}

	@ParameterizedTest
	@EnumSource
	void theOptionsOfABundleHold(EitherClient client) {
		start(Application.class, List.of(), List.of(),
				"spring.ssl.bundle.pem.servers.options.enabled-protocols=TLSv1.2",
				"spring.ssl.bundle.pem.servers.options.ciphers=TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,"
						+ "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384");

		assertThat(client.in(this.application).text(uri())).isEqualTo("nobody");

		assertThat(this.application.getBean(SharedHttp2Transport.class).snapshot().origins().get(0).connections())
			.singleElement()
			.satisfies((connection) -> {
				assertThat(connection.tls()).isNotNull();
				assertThat(connection.tls().version()).isEqualTo("TLSv1.2");
				assertThat(connection.tls().cipher()).endsWith("_WITH_AES_256_GCM_SHA384");
			});
	}

	@ParameterizedTest
	@EnumSource
	void ciphersThatTheServerHasNotAreAnSslHandshakeException(EitherClient client) {
		start(Application.class, List.of(), List.of(),
				"spring.ssl.bundle.pem.servers.options.enabled-protocols=TLSv1.2",
				"spring.ssl.bundle.pem.servers.options.ciphers=TLS_DHE_DSS_WITH_AES_128_GCM_SHA256,"
						+ "TLS_DHE_RSA_WITH_AES_128_GCM_SHA256");

		assertThat(client.in(this.application).failure(new EitherClient.Request(HttpMethod.GET, uri())))
			.isInstanceOf(SSLHandshakeException.class);
	}

	@Test
	void anUpdatedBundleServesNewConnectionsAndNoCallFails() {
		start(Application.class, bundle("own", Certificates.client()), List.of());
		SslBundleRegistry registry = this.application.getBean(SslBundleRegistry.class);
		RestClient blocking = rest("own");
		WebClient reactive = web("own");
		AtomicBoolean over = new AtomicBoolean();
		AtomicInteger answers = new AtomicInteger();
		List<Call<String>> callers = new ArrayList<>();
		for (int i = 0; i < 6; i++) {
			boolean even = i % 2 == 0;
			callers.add(Call.of(() -> {
				while (!over.get()) {
					assertThat(even ? call(blocking) : call(reactive)).isIn("CN=client", "CN=wrong.example");
					answers.incrementAndGet();
				}
				return even ? call(blocking) : call(reactive);
			}));
		}
		for (int update = 1; update <= 6; update++) {
			int enough = answers.get() + 200;
			Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> answers.get() > enough || failed(callers));
			Certificates next = (update % 2 == 1) ? Certificates.wrongHost() : Certificates.client();
			registry.updateBundle("own", bundleOf(next));
			String expected = (update % 2 == 1) ? "CN=wrong.example" : "CN=client";
			assertThat(call(blocking)).as("a client that was built before").isEqualTo(expected);
			assertThat(call(reactive)).isEqualTo(expected);
			assertThat(call(rest("own"))).as("one that is built after").isEqualTo(expected);
		}
		over.set(true);
		callers.forEach((caller) -> assertThat(caller.result()).isEqualTo("CN=client"));
		Awaitility.await()
			.untilAsserted(() -> assertThat(this.application.getBean(SharedHttp2Transport.class).snapshot().origins())
				.as("the old connections are gone")
				.hasSize(1));
	}

	private static boolean failed(List<Call<String>> callers) {
		return callers.stream().anyMatch(Call::isDone);
	}

	private static SslBundle bundleOf(Certificates client) {
		PemSslStoreDetails keys = PemSslStoreDetails.forCertificate("file:" + client.certificate())
			.withPrivateKey("file:" + client.privateKey());
		return SslBundle.of(new PemSslStoreBundle(keys,
				PemSslStoreDetails.forCertificate("file:" + Certificates.localhost().certificate())));
	}

	@Test
	void theSettingsThatBootHasMadeFromTheOldBundleFollowToo() {
		start(Application.class, List.of(), List.of());
		assertThat(EitherClient.REST_CLIENT.in(this.application).text(uri())).isEqualTo("nobody");

		this.application.getBean(SslBundleRegistry.class).updateBundle("servers", bundleOf(Certificates.client()));

		assertThat(EitherClient.REST_CLIENT.in(this.application).text(uri())).isEqualTo("CN=client");
		assertThat(EitherClient.WEB_CLIENT.in(this.application).text(uri())).isEqualTo("CN=client");
	}

	@Test
	void aBundleThatCannotBeUsedLeavesTheOldOneInUse() {
		start(Application.class, bundle("own", Certificates.client()), List.of());
		RestClient client = rest("own");
		assertThat(call(client)).isEqualTo("CN=client");

		SslBundles bundles = this.application.getBean(SslBundles.class);
		SslManagerBundle broken = new SslManagerBundle() {

			@Override
			public javax.net.ssl.KeyManagerFactory getKeyManagerFactory() {
				throw new IllegalStateException("no keys");
			}

			@Override
			public javax.net.ssl.TrustManagerFactory getTrustManagerFactory() {
				return bundles.getBundle("servers").getManagers().getTrustManagerFactory();
			}

		};
		this.application.getBean(SslBundleRegistry.class)
			.updateBundle("own", SslBundle.of(SslStoreBundle.NONE, null, SslOptions.NONE, null, broken));

		assertThat(call(client)).isEqualTo("CN=client");
		assertThat(connections).hasSize(1);
	}

	@Test
	void filesThatChangeAreNoticed(@TempDir Path folder) throws IOException {
		copy(Certificates.client(), folder);
		String prefix = "spring.ssl.bundle.pem.own.";
		start(Application.class,
				List.of(prefix + "truststore.certificate=file:" + Certificates.localhost().certificate(),
						prefix + "keystore.certificate=file:" + folder.resolve("own.crt"),
						prefix + "keystore.private-key=file:" + folder.resolve("own.key"),
						prefix + "reload-on-update=true"),
				List.of(), "spring.ssl.bundle.watch.file.quiet-period=100ms");
		RestClient client = rest("own");
		assertThat(call(client)).isEqualTo("CN=client");

		copy(Certificates.wrongHost(), folder);

		Awaitility.await()
			.atMost(Duration.ofSeconds(30))
			.untilAsserted(() -> assertThat(call(client)).isEqualTo("CN=wrong.example"));
	}

	private static void copy(Certificates from, Path folder) throws IOException {
		Files.copy(from.privateKey(), folder.resolve("own.key"), StandardCopyOption.REPLACE_EXISTING);
		Files.copy(from.certificate(), folder.resolve("own.crt"), StandardCopyOption.REPLACE_EXISTING);
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@ImportHttpServices(group = "one", types = One.class)
	@ImportHttpServices(group = "two", types = Two.class)
	@ImportHttpServices(group = "reactive-one", types = ReactiveOne.class,
			clientType = HttpServiceGroup.ClientType.WEB_CLIENT)
	static class Groups {

	}

	@HttpExchange
	interface One {

		@GetExchange
		String name();

	}

	@HttpExchange
	interface Two {

		@GetExchange
		String name();

	}

	@HttpExchange
	interface ReactiveOne {

		@GetExchange
		Mono<String> name();

	}

}
