package io.github.h2transport.sample;

import java.util.Map;

import org.apache.catalina.connector.Connector;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.apache.coyote.AbstractProtocol;
import org.apache.coyote.http2.Http2Protocol;

import org.springframework.boot.autoconfigure.ssl.SslBundleRegistrar;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.boot.tomcat.SslConnectorCustomizer;
import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.Ssl;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * Adds a second port with TLS to the server. Spring Boot configures one port; the first
 * one speaks cleartext HTTP/2.
 */
@Configuration(proxyBeanMethods = false)
class TlsConfiguration {

	/** The SSL bundle of the server, which the client trusts. */
	static final String BUNDLE = "self";

	private static final Log logger = LogFactory.getLog(TlsConfiguration.class);

	@Bean
	SslBundleRegistrar selfSignedBundle() {
		return (registry) -> registry.registerBundle(BUNDLE, SelfSignedCertificate.create());
	}

	@Bean
	WebServerFactoryCustomizer<TomcatServletWebServerFactory> tlsConnector(SampleProperties properties,
			SslBundles bundles) {
		return (factory) -> {
			Connector connector = new Connector(TomcatServletWebServerFactory.DEFAULT_PROTOCOL);
			connector.setPort(properties.tlsPort());
			if (factory.getAddress() != null
					&& connector.getProtocolHandler() instanceof AbstractProtocol<?> protocol) {
				protocol.setAddress(factory.getAddress());
			}
			connector.addUpgradeProtocol(new Http2Protocol());
			new SslConnectorCustomizer(logger, connector, Ssl.ClientAuth.NONE).customize(bundles.getBundle(BUNDLE),
					Map.of());
			factory.addAdditionalConnectors(connector);
		};
	}

}
