package io.github.h2transport.spring.calls;

import java.util.ArrayList;
import java.util.List;

import io.github.h2transport.testkit.Certificates;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.io.DefaultResourceLoader;

/** An application with nothing but the starter and a few lines of configuration. */
@Configuration(proxyBeanMethods = false)
@EnableAutoConfiguration
class ClientApplication {

	/**
	 * Starts an application that may call {@code http} URLs and trusts the test servers.
	 * @param properties more properties, as {@code name=value}
	 * @return a started application, to be closed
	 */
	static ConfigurableApplicationContext start(String... properties) {
		List<String> all = new ArrayList<>(List.of("h2.transport.allow-http=true",
				"spring.ssl.bundle.pem.servers.truststore.certificate=file:" + Certificates.localhost().certificate(),
				"spring.http.clients.ssl.bundle=servers", "spring.http.clients.read-timeout=20s"));
		all.addAll(List.of(properties));
		return run(ClientApplication.class, all);
	}

	/**
	 * Starts an application without any configuration but the given.
	 * @param application its configuration class
	 * @param properties as {@code name=value}
	 * @return a started application, to be closed
	 */
	static ConfigurableApplicationContext run(Class<?> application, List<String> properties) {
		return new SpringApplicationBuilder(application).web(WebApplicationType.NONE)
			.properties(properties.toArray(String[]::new))
			// The other clients are there for one test; the application has the JDK's
			// client
			// only.
			.resourceLoader(new DefaultResourceLoader(
					new FilteredClassLoader("reactor.netty", "org.apache.hc", "org.eclipse.jetty.client")))
			.run();
	}

}
