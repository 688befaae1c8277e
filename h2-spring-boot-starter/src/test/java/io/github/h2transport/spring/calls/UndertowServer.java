package io.github.h2transport.spring.calls;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.security.GeneralSecurityException;
import java.security.KeyStore;

import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

import io.github.h2transport.testkit.Certificates;
import io.github.h2transport.testkit.Content;
import io.undertow.Undertow;
import io.undertow.UndertowOptions;
import io.undertow.server.HttpServerExchange;
import io.undertow.server.handlers.BlockingHandler;
import org.jspecify.annotations.Nullable;

/** Undertow on a free port of 127.0.0.1. */
final class UndertowServer implements AutoCloseable {

	private final Undertow server;

	private final String scheme;

	private UndertowServer(@Nullable Certificates certificates) {
		this.scheme = (certificates != null) ? "https" : "http";
		Undertow.Builder builder = Undertow.builder()
			.setServerOption(UndertowOptions.ENABLE_HTTP2, true)
			.setServerOption(UndertowOptions.HTTP2_SETTINGS_MAX_CONCURRENT_STREAMS, 128)
			.setHandler(new BlockingHandler(UndertowServer::handle));
		if (certificates != null) {
			builder.addHttpsListener(0, "127.0.0.1", context(certificates));
		}
		else {
			builder.addHttpListener(0, "127.0.0.1");
		}
		this.server = builder.build();
		this.server.start();
	}

	static UndertowServer h2c() {
		return new UndertowServer(null);
	}

	static UndertowServer tls(Certificates certificates) {
		return new UndertowServer(certificates);
	}

	private static void handle(HttpServerExchange exchange) throws IOException {
		switch (exchange.getRequestPath()) {
			case ServerCalls.GET_PATH -> {
				exchange.setResponseContentLength(ServerCalls.GET_SIZE);
				exchange.getResponseSender().send(ByteBuffer.wrap(Content.ofSize(ServerCalls.GET_SIZE)));
			}
			case ServerCalls.ECHO_PATH -> exchange.getInputStream().transferTo(exchange.getOutputStream());
			case ServerCalls.NO_CONTENT_PATH -> exchange.setStatusCode(204);
			case ServerCalls.NOT_MODIFIED_PATH -> exchange.setStatusCode(304);
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

	URI uri(String path) {
		int port = ((InetSocketAddress) this.server.getListenerInfo().get(0).getAddress()).getPort();
		return URI.create(this.scheme + "://localhost:" + port + path);
	}

	@Override
	public void close() {
		this.server.stop();
	}

}
