package io.github.h2transport.spring.matrix;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

import io.github.h2transport.testkit.Certificates;
import org.eclipse.jetty.alpn.server.ALPNServerConnectionFactory;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http2.RateControl;
import org.eclipse.jetty.http2.server.AbstractHTTP2ServerConnectionFactory;
import org.eclipse.jetty.http2.server.HTTP2CServerConnectionFactory;
import org.eclipse.jetty.http2.server.HTTP2ServerConnectionFactory;
import org.eclipse.jetty.io.Content;
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

/** Jetty's own server, without servlets. */
final class JettySite implements RunningServer {

	private final Server server = new Server();

	private final ServerConnector plain;

	private final ServerConnector secure;

	JettySite() {
		HttpConfiguration configuration = new HttpConfiguration();
		this.plain = new ServerConnector(this.server, new HttpConnectionFactory(configuration),
				limited(new HTTP2CServerConnectionFactory(configuration)));
		this.secure = secure(Certificates.localhost());
		for (ServerConnector connector : new ServerConnector[] { this.plain, this.secure }) {
			connector.setHost("127.0.0.1");
			this.server.addConnector(connector);
		}
		this.server.setHandler(new Calls());
		try {
			this.server.start();
		}
		catch (Exception ex) {
			throw new IllegalStateException(ex);
		}
	}

	private ServerConnector secure(Certificates certificates) {
		HttpConfiguration configuration = new HttpConfiguration();
		configuration.addCustomizer(new SecureRequestCustomizer(false));
		SslContextFactory.Server ssl = new SslContextFactory.Server();
		ssl.setKeyStorePath(certificates.keyStore().toString());
		ssl.setKeyStorePassword(Certificates.PASSWORD);
		ALPNServerConnectionFactory alpn = new ALPNServerConnectionFactory();
		return new ServerConnector(this.server, new SslConnectionFactory(ssl, alpn.getProtocol()), alpn,
				limited(new HTTP2ServerConnectionFactory(configuration)));
	}

	private static AbstractHTTP2ServerConnectionFactory limited(AbstractHTTP2ServerConnectionFactory factory) {
		factory.setMaxConcurrentStreams(Site.MAX_CONCURRENT_STREAMS);
		// Half a mebibyte may be on its way when it resets a stream that it has answered,
		// and it counts that as invalid frames: after four uploads in a second the
		// connection would be gone.
		factory.setRateControlFactory(new RateControl.Factory() {
		});
		return factory;
	}

	@Override
	public int port(boolean ofSecure) {
		return (ofSecure ? this.secure : this.plain).getLocalPort();
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
				case Site.CONTENT -> {
					response.getHeaders().put(HttpHeader.CONTENT_LENGTH, Site.SIZE);
					response.write(true, ByteBuffer.wrap(Site.content()), callback);
				}
				case Site.LARGE -> response.write(true, ByteBuffer.wrap(Site.large()), callback);
				case Site.ECHO -> Content.copy(request, response, callback);
				case Site.STORE -> response.write(true, Content.Source.asByteBuffer(request), callback);
				case Site.REFUSE -> {
					response.setStatus(413);
					Content.Sink.write(response, true, "too large", callback);
				}
				case Site.NO_CONTENT -> status(response, 204, callback);
				case Site.NOT_MODIFIED -> status(response, 304, callback);
				case Site.TRAILERS -> {
					response.setTrailersSupplier(() -> HttpFields.build().put(Site.SUM_FIELD, Site.sum()));
					// Together with the last content, trailers would overtake its second
					// frame (12.1.10).
					response.write(false, ByteBuffer.wrap(Site.content()),
							Callback.from(() -> response.write(true, null, callback), callback::failed));
				}
				case Site.REQUEST_TRAILERS -> {
					Content.Source.asByteBuffer(request);
					HttpFields trailers = request.getTrailers();
					String sum = (trailers != null) ? trailers.get(Site.SUM_FIELD) : "no trailers";
					response.write(true, StandardCharsets.US_ASCII.encode(String.valueOf(sum)), callback);
				}
				case Site.HINTS -> response.writeInterim(103, HttpFields.build().put(HttpHeader.LINK, Site.LINK))
					.thenRun(() -> response.write(true, ByteBuffer.wrap(Site.content()), callback));
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
