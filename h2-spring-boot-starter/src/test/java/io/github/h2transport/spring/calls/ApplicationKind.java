package io.github.h2transport.spring.calls;

import java.util.ArrayList;
import java.util.List;

import io.github.h2transport.testkit.Certificates;

import org.springframework.boot.ApplicationContextFactory;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.web.context.reactive.AnnotationConfigReactiveWebApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.io.DefaultResourceLoader;

/** The kinds of applications that clients are used in. */
enum ApplicationKind {

	NONE(WebApplicationType.NONE), SERVLET(WebApplicationType.SERVLET), REACTIVE(WebApplicationType.REACTIVE);

	private final WebApplicationType type;

	ApplicationKind(WebApplicationType type) {
		this.type = type;
	}

	/**
	 * Starts an application that trusts the test servers.
	 * @param configuration its configuration class
	 * @param properties more properties, as {@code name=value}
	 * @return a started application, to be closed
	 */
	ConfigurableApplicationContext start(Class<?> configuration, String... properties) {
		List<String> all = new ArrayList<>(List.of("server.port=0", "h2.transport.allow-http=true",
				"spring.ssl.bundle.pem.servers.truststore.certificate=file:" + Certificates.localhost().certificate(),
				"spring.http.clients.ssl.bundle=servers", "spring.http.clients.read-timeout=20s"));
		all.addAll(List.of(properties));
		SpringApplication application = new SpringApplicationBuilder(configuration).web(this.type)
			.properties(all.toArray(String[]::new))
			.resourceLoader(new DefaultResourceLoader(
					new FilteredClassLoader("reactor.netty", "org.apache.hc", "org.eclipse.jetty.client")))
			.build();
		if (this == REACTIVE) {
			// One without a server: there is none on the class path.
			application.setApplicationContextFactory(
					ApplicationContextFactory.of(AnnotationConfigReactiveWebApplicationContext::new));
		}
		return application.run();
	}

}
