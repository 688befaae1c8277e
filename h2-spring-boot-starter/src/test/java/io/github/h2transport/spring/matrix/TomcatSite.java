package io.github.h2transport.spring.matrix;

import java.io.IOException;
import java.net.InetAddress;
import java.util.Map;

import io.github.h2transport.testkit.Certificates;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.apache.catalina.connector.Connector;
import org.apache.catalina.connector.ResponseFacade;
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

/** Tomcat as Spring Boot starts it, twice, but without its faults. */
final class TomcatSite implements RunningServer {

	private final WebServer plain = start(null);

	private final WebServer secure = start(Certificates.localhost());

	private static WebServer start(@Nullable Certificates certificates) {
		TomcatServletWebServerFactory factory = new TomcatServletWebServerFactory(0);
		factory.setAddress(InetAddress.getLoopbackAddress());
		Http2 http2 = new Http2();
		http2.setEnabled(true);
		factory.setHttp2(http2);
		if (certificates != null) {
			JksSslStoreDetails keys = JksSslStoreDetails.forLocation("file:" + certificates.keyStore())
				.withPassword(Certificates.PASSWORD);
			factory.setSsl(Ssl.forBundle("server"));
			factory.setSslBundles(new DefaultSslBundleRegistry("server",
					SslBundle.of(new JksSslStoreBundle(keys, null), SslBundleKey.of(Certificates.PASSWORD))));
		}
		factory.addConnectorCustomizers(TomcatSite::limit);
		WebServer server = factory
			.getWebServer((servletContext) -> servletContext.addServlet("calls", new Calls()).addMapping("/"));
		server.start();
		return server;
	}

	private static void limit(Connector connector) {
		connector.setProperty("allowedTrailerHeaders", Site.SUM_FIELD);
		// With it, two of its threads may read a new connection at once (11.0.22): of
		// 20,000 first uploads one finds its content taken for frame headers, or hangs.
		connector.setProperty("useAsyncIO", "false");
		for (var protocol : connector.findUpgradeProtocols()) {
			if (protocol instanceof Http2Protocol http2) {
				http2.setMaxConcurrentStreams(Site.MAX_CONCURRENT_STREAMS);
				http2.setMaxConcurrentStreamExecution(Site.MAX_CONCURRENT_STREAMS);
				// It resets a stream that it has answered, and takes what is on its way
				// then for overhead: after four uploads the connection would be gone.
				http2.setOverheadResetFactor(0);
				http2.setOverheadCountFactor(0);
			}
		}
	}

	@Override
	public int port(boolean ofSecure) {
		return (ofSecure ? this.secure : this.plain).getPort();
	}

	@Override
	public void close() {
		for (WebServer server : new WebServer[] { this.plain, this.secure }) {
			server.stop();
			server.destroy();
		}
	}

	private static final class Calls extends HttpServlet {

		private static final long serialVersionUID = 1L;

		@Override
		protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
			switch (request.getRequestURI()) {
				case Site.CONTENT -> {
					response.setContentLength(Site.SIZE);
					response.getOutputStream().write(Site.content());
				}
				case Site.LARGE -> response.getOutputStream().write(Site.large());
				case Site.NO_CONTENT -> response.setStatus(204);
				case Site.NOT_MODIFIED -> response.setStatus(304);
				case Site.TRAILERS -> {
					response.setTrailerFields(() -> Map.of(Site.SUM_FIELD, Site.sum()));
					response.getOutputStream().write(Site.content());
				}
				case Site.HINTS -> {
					response.setHeader("link", Site.LINK);
					// The servlet specification has no word for it yet.
					((ResponseFacade) response).sendEarlyHints();
					response.getOutputStream().write(Site.content());
				}
				default -> response.setStatus(404);
			}
		}

		@Override
		protected void doPost(HttpServletRequest request, HttpServletResponse response) throws IOException {
			switch (request.getRequestURI()) {
				case Site.ECHO -> request.getInputStream().transferTo(response.getOutputStream());
				case Site.STORE -> response.getOutputStream().write(request.getInputStream().readAllBytes());
				case Site.REFUSE -> {
					response.setStatus(413);
					response.getWriter().write("too large");
				}
				case Site.REQUEST_TRAILERS -> {
					request.getInputStream().readAllBytes();
					String sum = request.getTrailerFields().getOrDefault(Site.SUM_FIELD, "no trailers");
					response.getWriter().write(sum);
				}
				default -> response.setStatus(404);
			}
		}

	}

}
