package io.github.h2transport.spring.calls;

import java.net.URI;

import io.github.h2transport.testkit.Certificates;
import io.github.h2transport.testkit.Content;
import org.eclipse.jetty.alpn.server.ALPNServerConnectionFactory;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http2.server.HTTP2CServerConnectionFactory;
import org.eclipse.jetty.http2.server.HTTP2ServerConnectionFactory;
import org.eclipse.jetty.io.Content.Sink;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.SecureRequestCustomizer;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.SslConnectionFactory;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.jspecify.annotations.Nullable;

/** Jetty's own server on a free port of 127.0.0.1. */
final class JettyServer implements AutoCloseable {

	private final Server server = new Server();

	private final ServerConnector connector;

	private final String scheme;

	private JettyServer(@Nullable Certificates certificates) {
		this.scheme = (certificates != null) ? "https" : "http";
		HttpConfiguration configuration = new HttpConfiguration();
		this.connector = (certificates != null) ? secure(configuration, certificates) : new ServerConnector(this.server,
				new HttpConnectionFactory(configuration), new HTTP2CServerConnectionFactory(configuration));
		this.connector.setHost("127.0.0.1");
		this.server.addConnector(this.connector);
		this.server.setHandler(new Calls());
		try {
			this.server.start();
		}
		catch (Exception ex) {
			throw new IllegalStateException(ex);
		}
	}

	static JettyServer h2c() {
		return new JettyServer(null);
	}

	static JettyServer tls(Certificates certificates) {
		return new JettyServer(certificates);
	}

	private ServerConnector secure(HttpConfiguration configuration, Certificates certificates) {
		configuration.addCustomizer(new SecureRequestCustomizer(false));
		SslContextFactory.Server ssl = new SslContextFactory.Server();
		ssl.setKeyStorePath(certificates.keyStore().toString());
		ssl.setKeyStorePassword(Certificates.PASSWORD);
		ALPNServerConnectionFactory alpn = new ALPNServerConnectionFactory();
		return new ServerConnector(this.server, new SslConnectionFactory(ssl, alpn.getProtocol()), alpn,
				new HTTP2ServerConnectionFactory(configuration));
	}

	URI uri(String path) {
		return URI.create(this.scheme + "://localhost:" + this.connector.getLocalPort() + path);
	}

	@Override
	public void close() {
		try {
			this.server.stop();
		}
		catch (Exception ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static final class Calls extends Handler.Abstract {

		@Override
		public boolean handle(Request request, Response response, Callback callback) throws Exception {
			switch (Request.getPathInContext(request)) {
				case ServerCalls.GET_PATH -> {
					byte[] content = Content.ofSize(ServerCalls.GET_SIZE);
					response.getHeaders().put(HttpHeader.CONTENT_LENGTH, content.length);
					response.write(true, java.nio.ByteBuffer.wrap(content), callback);
				}
				case ServerCalls.ECHO_PATH -> org.eclipse.jetty.io.Content.copy(request, response, callback);
				case ServerCalls.NO_CONTENT_PATH -> status(response, 204, callback);
				case ServerCalls.NOT_MODIFIED_PATH -> status(response, 304, callback);
				case "/hints" -> response.writeInterim(103, HttpFields.build().put("link", "</style.css>"))
					.thenRun(() -> Sink.write(response, true, "after the hints", callback));
				default -> Response.writeError(request, response, callback, 404);
			}
			return true;
		}

		private static void status(Response response, int status, Callback callback) {
			response.setStatus(status);
			callback.succeeded();
		}

	}

}
