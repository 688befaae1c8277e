package io.github.h2transport.sample;

import java.net.URI;

import org.apache.catalina.connector.Connector;

import org.springframework.boot.tomcat.TomcatWebServer;
import org.springframework.boot.web.server.servlet.context.ServletWebServerInitializedEvent;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;
import org.springframework.util.Assert;
import org.springframework.web.util.UriComponentsBuilder;

/** Knows under which URLs the application reaches itself. */
@Component
class Targets {

	// Written once when the server has started, before anybody can call it.
	private volatile int plainPort;

	private volatile int tlsPort;

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

	URI self(boolean tls, String path) {
		int port = tls ? this.tlsPort : this.plainPort;
		Assert.state(port > 0, "The server has not started yet");
		return UriComponentsBuilder.fromUriString(path)
			.scheme(tls ? "https" : "http")
			.host("127.0.0.1")
			.port(port)
			.build()
			.toUri();
	}

}
