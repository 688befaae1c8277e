package io.github.h2transport.spring.matrix.stock;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

import io.github.h2transport.conn.ConnectionSnapshot;
import io.github.h2transport.spring.SharedHttp2Transport;
import io.github.h2transport.testkit.Certificates;
import org.junit.jupiter.api.extension.ExtensionContext;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.restclient.RestTemplateBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.client.RestClient;
import org.springframework.web.reactive.function.client.WebClient;

/**
 * The servers, and an application that has nothing but the starter and leave to speak
 * HTTP/2 in cleartext. All of it stays for the whole run. Confined to the test's thread.
 */
final class StockStage implements AutoCloseable {

	/** What the clients call {@code localhost} when they keep idle connections long. */
	static final String PATIENT_HOST = "127.0.0.1";

	private static final ExtensionContext.Namespace NAMESPACE = ExtensionContext.Namespace.create(StockStage.class);

	private final Map<StockServer, StockRunning> servers = new EnumMap<>(StockServer.class);

	private final Map<String, IdleCalls> idle = new TreeMap<>();

	private final ExecutorService callers = Executors.newCachedThreadPool();

	private final ConfigurableApplicationContext application;

	private final Map<StockClient, Calls> calls;

	private StockStage() {
		this.application = new SpringApplicationBuilder(Application.class).web(WebApplicationType.NONE)
			.run("--h2.transport.allow-http=true", "--spring.main.banner-mode=off",
					"--spring.ssl.bundle.pem.servers.truststore.certificate=file:"
							+ Certificates.localhost().certificate(),
					"--spring.http.clients.ssl.bundle=servers",
					// Else it would close its connections before some of the servers do.
					"--h2.transport.origins.patient.match=" + PATIENT_HOST,
					"--h2.transport.origins.patient.idle-timeout=2m", "--h2.transport.origins.patient.allow-http=true");
		this.calls = Map.of(StockClient.REST_CLIENT,
				new RestCalls(this.application.getBean(RestClient.Builder.class).build(),
						this.application.getBean(RestTemplateBuilder.class).build(), this.callers),
				StockClient.WEB_CLIENT, new WebCalls(this.application.getBean(WebClient.Builder.class).build()));
	}

	/**
	 * Returns the stage.
	 * @param context of any test
	 * @return the same for the whole run
	 */
	static StockStage of(ExtensionContext context) {
		return context.getRoot()
			.getStore(NAMESPACE)
			.computeIfAbsent(StockStage.class, (key) -> start(), StockStage.class);
	}

	private static StockStage start() {
		StockStage stage = new StockStage();
		for (StockServer server : StockServer.values()) {
			for (boolean secure : new boolean[] { false, true }) {
				InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(),
						stage.server(server).port(secure));
				stage.idle.put(server.name() + secure,
						new IdleCalls(address, secure, server.idle(), server.losesCalls(), stage.calls));
			}
		}
		return stage;
	}

	StockRunning server(StockServer server) {
		StockRunning running = this.servers.get(server);
		if (running == null) {
			running = server.start(this);
			this.servers.put(server, running);
		}
		return running;
	}

	/**
	 * Returns the calls that meet the end of idle connections.
	 * @param server which one
	 * @param secure whether over TLS
	 * @return begun when the stage was set
	 */
	IdleCalls idle(StockServer server, boolean secure) {
		return Objects.requireNonNull(this.idle.get(server.name() + secure));
	}

	Calls calls(StockClient client) {
		return Objects.requireNonNull(this.calls.get(client));
	}

	/**
	 * Returns the application's connections to a port.
	 * @param port the server's
	 * @return snapshots
	 */
	List<ConnectionSnapshot> connections(int port) {
		return transport().snapshot()
			.origins()
			.stream()
			.filter((origin) -> origin.key().origin().port() == port)
			.flatMap((origin) -> origin.connections().stream())
			.toList();
	}

	/**
	 * Lets the application's connections to a port go when they are idle.
	 * @param port the server's
	 * @return their ids
	 */
	List<String> drain(int port) {
		List<String> ids = connections(port).stream().map(ConnectionSnapshot::id).toList();
		ids.forEach(transport()::drain);
		return ids;
	}

	Ends ends() {
		return this.application.getBean(Ends.class);
	}

	private SharedHttp2Transport transport() {
		return this.application.getBean(SharedHttp2Transport.class);
	}

	@Override
	public void close() {
		this.application.close();
		this.idle.values().forEach(IdleCalls::close);
		this.servers.values().forEach(StockRunning::close);
		this.callers.shutdownNow();
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

		@Bean
		Ends ends() {
			return new Ends();
		}

	}

}
