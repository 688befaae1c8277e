package io.github.h2transport.spring.faults;

import java.util.ArrayList;
import java.util.List;

import io.github.h2transport.conn.ConnectionSnapshot;
import io.github.h2transport.spring.SharedHttp2Transport;
import io.github.h2transport.testkit.Certificates;
import io.github.h2transport.transport.TransportSnapshot;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.io.DefaultResourceLoader;
import org.springframework.web.client.RestClient;
import org.springframework.web.reactive.function.client.WebClient;

/** An application with nothing but the starter, which may call {@code http} URLs. */
final class ClientSide implements AutoCloseable {

	private final ConfigurableApplicationContext application;

	ClientSide(String... properties) {
		List<String> all = new ArrayList<>(List.of("h2.transport.allow-http=true",
				"spring.ssl.bundle.pem.servers.truststore.certificate=file:" + Certificates.localhost().certificate(),
				"spring.http.clients.ssl.bundle=servers"));
		all.addAll(List.of(properties));
		this.application = new SpringApplicationBuilder(Nothing.class).web(WebApplicationType.NONE)
			.properties(all.toArray(String[]::new))
			// Reactor Netty is there as a server; the application has the JDK's client
			// only.
			.resourceLoader(new DefaultResourceLoader(new FilteredClassLoader("reactor.netty")))
			.run();
	}

	RestClient rest() {
		return this.application.getBean(RestClient.Builder.class).build();
	}

	WebClient web() {
		return this.application.getBean(WebClient.Builder.class).build();
	}

	/** Connections of all origins that were made so far, also those that are over. */
	long connectionsMade() {
		return snapshot().origins().stream().mapToLong((origin) -> origin.pool().totals().opened()).sum();
	}

	List<ConnectionSnapshot> connections() {
		return snapshot().origins().stream().flatMap((origin) -> origin.connections().stream()).toList();
	}

	private TransportSnapshot snapshot() {
		return this.application.getBean(SharedHttp2Transport.class).get().snapshot();
	}

	@Override
	public void close() {
		this.application.close();
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Nothing {

	}

}
