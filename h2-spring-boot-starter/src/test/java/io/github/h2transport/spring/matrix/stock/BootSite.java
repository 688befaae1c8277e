package io.github.h2transport.spring.matrix.stock;

import java.util.ArrayList;
import java.util.List;

import io.github.h2transport.testkit.Certificates;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * A Spring Boot application with {@code server.http2.enabled=true}, started twice: with
 * and without an SSL bundle. Nothing else is set but addresses.
 */
final class BootSite implements StockRunning {

	private final ConfigurableApplicationContext plain;

	private final ConfigurableApplicationContext secure;

	private BootSite(WebApplicationType type, Class<?> application, String excluded) {
		List<String> arguments = new ArrayList<>(List.of("--server.http2.enabled=true", "--server.port=0",
				"--server.address=127.0.0.1", "--spring.main.banner-mode=off", "--spring.jmx.enabled=false",
				// Replaces what the tests exclude.
				"--spring.autoconfigure.exclude=" + excluded));
		this.plain = start(type, application, arguments);
		Certificates certificates = Certificates.localhost();
		arguments.addAll(List.of("--server.ssl.bundle=server",
				"--spring.ssl.bundle.pem.server.keystore.certificate=file:" + certificates.certificate(),
				"--spring.ssl.bundle.pem.server.keystore.private-key=file:" + certificates.privateKey()));
		this.secure = start(type, application, arguments);
	}

	static BootSite tomcat() {
		return new BootSite(WebApplicationType.SERVLET, MvcApplication.class,
				"org.springframework.boot.jetty.autoconfigure.servlet.JettyServletWebServerAutoConfiguration");
	}

	static BootSite jetty() {
		return new BootSite(WebApplicationType.SERVLET, MvcApplication.class,
				"org.springframework.boot.tomcat.autoconfigure.servlet.TomcatServletWebServerAutoConfiguration");
	}

	static BootSite reactorNetty() {
		return new BootSite(WebApplicationType.REACTIVE, FluxApplication.class, String.join(",", List.of(
				"org.springframework.boot.jetty.autoconfigure.reactive.JettyReactiveWebServerAutoConfiguration",
				"org.springframework.boot.tomcat.autoconfigure.reactive.TomcatReactiveWebServerAutoConfiguration")));
	}

	private static ConfigurableApplicationContext start(WebApplicationType type, Class<?> application,
			List<String> arguments) {
		return new SpringApplicationBuilder(application).web(type).run(arguments.toArray(String[]::new));
	}

	@Override
	public int port(boolean ofSecure) {
		var server = ((WebServerApplicationContext) (ofSecure ? this.secure : this.plain)).getWebServer();
		return (server != null) ? server.getPort() : -1;
	}

	@Override
	public void close() {
		this.plain.close();
		this.secure.close();
	}

}
