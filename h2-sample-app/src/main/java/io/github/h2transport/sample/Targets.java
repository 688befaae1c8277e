package io.github.h2transport.sample;

import java.net.URI;

import org.apache.catalina.connector.Connector;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.actuate.endpoint.EndpointId;
import org.springframework.boot.actuate.endpoint.web.PathMappedEndpoints;
import org.springframework.boot.tomcat.TomcatWebServer;
import org.springframework.boot.web.server.servlet.context.ServletWebServerInitializedEvent;
import org.springframework.boot.webmvc.autoconfigure.DispatcherServletPath;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;
import org.springframework.util.Assert;
import org.springframework.web.util.UriComponentsBuilder;

import jakarta.servlet.ServletContext;

/** Knows under which URLs the application reaches itself. */
@Component
class Targets {

	private static final EndpointId H2POOL = EndpointId.of("h2pool");

	private static final String USUAL_ENDPOINT = "/actuator/h2pool";

	private final String prefix;

	private final ObjectProvider<PathMappedEndpoints> endpoints;

	// Written once when the server has started, before anybody can call it.
	private volatile int plainPort;

	private volatile int tlsPort;

	Targets(ServletContext servletContext, DispatcherServletPath servlet,
			ObjectProvider<PathMappedEndpoints> endpoints) {
		this.prefix = servletContext.getContextPath() + servlet.getPrefix();
		this.endpoints = endpoints;
	}

	@EventListener
	void serverStarted(ServletWebServerInitializedEvent event) {
		if (event.getApplicationContext().getServerNamespace() == null
				&& event.getWebServer() instanceof TomcatWebServer tomcat) {
			for (Connector connector : tomcat.getTomcat().getService().findConnectors()) {
				if (connector.getSecure()) {
					this.tlsPort = connector.getLocalPort();
				}
				else {
					this.plainPort = connector.getLocalPort();
				}
			}
		}
	}

	/**
	 * Returns the URL of what the application serves.
	 * @param tls whether over TLS
	 * @param path as the application knows it, without a context path
	 * @return the URL
	 */
	URI self(boolean tls, String path) {
		int port = tls ? this.tlsPort : this.plainPort;
		Assert.state(port > 0, "The server has not started yet");
		return UriComponentsBuilder.fromUriString(this.prefix + path)
			.scheme(tls ? "https" : "http")
			.host("127.0.0.1")
			.port(port)
			.build()
			.toUri();
	}

	/** Returns the path of the endpoint, without a context path. */
	String endpoint() {
		PathMappedEndpoints endpoints = this.endpoints.getIfAvailable();
		String path = (endpoints != null) ? endpoints.getPath(H2POOL) : null;
		return (path != null) ? path : USUAL_ENDPOINT;
	}

}
