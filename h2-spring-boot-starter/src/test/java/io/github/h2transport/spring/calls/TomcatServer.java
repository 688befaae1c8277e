package io.github.h2transport.spring.calls;

import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.util.concurrent.CountDownLatch;

import io.github.h2transport.testkit.Certificates;
import io.github.h2transport.testkit.Content;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.apache.catalina.connector.Connector;
import org.apache.coyote.http2.Http2Protocol;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.ssl.DefaultSslBundleRegistry;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslBundleKey;
import org.springframework.boot.ssl.jks.JksSslStoreBundle;
import org.springframework.boot.ssl.jks.JksSslStoreDetails;
import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.Http2;
import org.springframework.boot.web.server.Ssl;
import org.springframework.boot.web.server.WebServer;

/**
 * An embedded Tomcat on a free port of 127.0.0.1, as Spring Boot starts it.
 */
final class TomcatServer implements AutoCloseable {

	/** A path that answers with {@link Content#ofSize} of {@link #GET_SIZE}. */
	static final String GET_PATH = "/content";

	static final int GET_SIZE = 20_000; // more than one DATA frame

	/** A path that answers a POST with its own content. */
	static final String ECHO_PATH = "/echo";

	static final int ECHO_SIZE = 1024 * 1024;

	/** More than the windows let through before somebody reads. */
	static final int LARGE_SIZE = 4 * 1024 * 1024;

	private final boolean secure;

	private final CountDownLatch closed = new CountDownLatch(1);

	private final CountDownLatch released = new CountDownLatch(1);

	private final WebServer server;

	private TomcatServer(int port, @Nullable Certificates certificates, boolean http2) {
		this.secure = (certificates != null);
		TomcatServletWebServerFactory factory = new TomcatServletWebServerFactory(port);
		factory.setAddress(InetAddress.getLoopbackAddress());
		Http2 enabled = new Http2();
		enabled.setEnabled(http2);
		factory.setHttp2(enabled);
		if (certificates != null) {
			JksSslStoreDetails keys = JksSslStoreDetails.forLocation("file:" + certificates.keyStore())
				.withPassword(Certificates.PASSWORD);
			DefaultSslBundleRegistry bundles = new DefaultSslBundleRegistry("server",
					SslBundle.of(new JksSslStoreBundle(keys, null), SslBundleKey.of(Certificates.PASSWORD)));
			factory.setSsl(Ssl.forBundle("server"));
			factory.setSslBundles(bundles);
		}
		factory.addConnectorCustomizers(TomcatServer::customize);
		this.server = factory
			.getWebServer((servletContext) -> servletContext.addServlet("calls", new Calls()).addMapping("/"));
		this.server.start();
	}

	/**
	 * Starts a server that speaks HTTP/2 by prior knowledge.
	 * @return a started server
	 */
	static TomcatServer h2c() {
		return new TomcatServer(0, null, true);
	}

	/**
	 * Starts a server that speaks HTTP/2 over TLS.
	 * @param certificates its identity
	 * @return a started server
	 */
	static TomcatServer tls(Certificates certificates) {
		return tls(certificates, 0);
	}

	/**
	 * Starts a server that speaks HTTP/2 over TLS.
	 * @param certificates its identity
	 * @param port a free port
	 * @return a started server
	 */
	static TomcatServer tls(Certificates certificates, int port) {
		return new TomcatServer(port, certificates, true);
	}

	/**
	 * Starts a server that speaks HTTP/1.1 only, over TLS.
	 * @return a started server
	 */
	static TomcatServer http11OverTls() {
		return new TomcatServer(0, Certificates.localhost(), false);
	}

	URI uri(String path) {
		return URI.create((this.secure ? "https" : "http") + "://localhost:" + this.server.getPort() + path);
	}

	/** Lets calls of {@code /held} go, from now on all of them. */
	void release() {
		this.released.countDown();
	}

	@Override
	public void close() {
		release();
		this.closed.countDown();
		this.server.stop();
		this.server.destroy();
	}

	private static void customize(Connector connector) {
		// With it, two of its threads may read a new connection at once (11.0.22), and
		// mix up the frames of an upload.
		connector.setProperty("useAsyncIO", "false");
		for (var protocol : connector.findUpgradeProtocols()) {
			if (protocol instanceof Http2Protocol http2) {
				http2.setMaxConcurrentStreams(128);
				http2.setMaxConcurrentStreamExecution(128);
			}
		}
	}

	private final class Calls extends HttpServlet {

		private static final long serialVersionUID = 1L;

		@Override
		protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
			switch (request.getRequestURI()) {
				case GET_PATH -> {
					response.setContentLength(GET_SIZE);
					response.getOutputStream().write(Content.ofSize(GET_SIZE));
				}
				case "/large" -> response.getOutputStream().write(Content.ofSize(LARGE_SIZE));
				case "/protocol" -> response.getWriter().write(request.getProtocol());
				case "/redirect" -> response.sendRedirect("/protocol");
				case "/redirect-to" -> response.sendRedirect(request.getQueryString());
				case "/never" -> await(TomcatServer.this.closed);
				case "/held" -> await(TomcatServer.this.released);
				default -> response.sendError(HttpServletResponse.SC_NOT_FOUND);
			}
		}

		@Override
		protected void doPost(HttpServletRequest request, HttpServletResponse response) throws IOException {
			request.getInputStream().transferTo(response.getOutputStream());
		}

		private void await(CountDownLatch latch) {
			try {
				latch.await();
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
		}

	}

}
