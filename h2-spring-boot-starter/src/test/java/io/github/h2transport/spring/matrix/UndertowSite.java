package io.github.h2transport.spring.matrix;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.security.GeneralSecurityException;
import java.security.KeyStore;

import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

import io.github.h2transport.testkit.Certificates;
import io.undertow.Undertow;
import io.undertow.UndertowOptions;
import io.undertow.server.HttpServerExchange;
import io.undertow.server.handlers.BlockingHandler;
import io.undertow.server.protocol.http.HttpAttachments;
import io.undertow.util.HeaderMap;
import io.undertow.util.HttpString;

/** Undertow with its worker threads, as servlet containers use it. */
final class UndertowSite implements RunningServer {

	private static final HttpString SUM_FIELD = new HttpString(Site.SUM_FIELD);

	private final Undertow server;

	UndertowSite() {
		this.server = Undertow.builder()
			.setServerOption(UndertowOptions.ENABLE_HTTP2, true)
			.setServerOption(UndertowOptions.HTTP2_SETTINGS_MAX_CONCURRENT_STREAMS, Site.MAX_CONCURRENT_STREAMS)
			.setHandler(new BlockingHandler(UndertowSite::handle))
			.addHttpListener(0, "127.0.0.1")
			.addHttpsListener(0, "127.0.0.1", context(Certificates.localhost()))
			.build();
		this.server.start();
	}

	private static void handle(HttpServerExchange exchange) throws IOException {
		switch (exchange.getRequestPath()) {
			case Site.CONTENT -> {
				exchange.setResponseContentLength(Site.SIZE);
				exchange.getResponseSender().send(ByteBuffer.wrap(Site.content()));
			}
			case Site.LARGE -> exchange.getOutputStream().write(Site.large());
			case Site.ECHO -> exchange.getInputStream().transferTo(exchange.getOutputStream());
			case Site.STORE -> exchange.getOutputStream().write(exchange.getInputStream().readAllBytes());
			case Site.REFUSE -> exchange.setStatusCode(413).getResponseSender().send("too large");
			case Site.NO_CONTENT -> exchange.setStatusCode(204);
			case Site.NOT_MODIFIED -> exchange.setStatusCode(304);
			case Site.TRAILERS -> {
				exchange.putAttachment(HttpAttachments.RESPONSE_TRAILERS, new HeaderMap().put(SUM_FIELD, Site.sum()));
				exchange.getOutputStream().write(Site.content());
			}
			case Site.REQUEST_TRAILERS -> {
				exchange.getInputStream().readAllBytes();
				HeaderMap trailers = exchange.getAttachment(HttpAttachments.REQUEST_TRAILERS);
				exchange.getResponseSender().send((trailers != null) ? trailers.getFirst(SUM_FIELD) : "no trailers");
			}
			default -> exchange.setStatusCode(404);
		}
	}

	private static SSLContext context(Certificates certificates) {
		try (InputStream in = Files.newInputStream(certificates.keyStore())) {
			KeyStore keys = KeyStore.getInstance("PKCS12");
			keys.load(in, Certificates.PASSWORD.toCharArray());
			KeyManagerFactory factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
			factory.init(keys, Certificates.PASSWORD.toCharArray());
			SSLContext context = SSLContext.getInstance("TLS");
			context.init(factory.getKeyManagers(), null, null);
			return context;
		}
		catch (IOException | GeneralSecurityException ex) {
			throw new IllegalStateException(ex);
		}
	}

	@Override
	public int port(boolean ofSecure) {
		return ((InetSocketAddress) this.server.getListenerInfo().get(ofSecure ? 1 : 0).getAddress()).getPort();
	}

	@Override
	public void close() {
		this.server.stop();
	}

}
