package io.github.h2transport.spring.calls;

import java.net.URI;

import io.github.h2transport.testkit.Certificates;
import io.github.h2transport.testkit.Content;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.netty.DisposableServer;
import reactor.netty.http.Http2SslContextSpec;
import reactor.netty.http.HttpProtocol;
import reactor.netty.http.server.HttpServer;

/** Reactor Netty's server on a free port of 127.0.0.1. */
final class ReactorNettyServer implements AutoCloseable {

	private final DisposableServer server;

	private final String scheme;

	private ReactorNettyServer(@Nullable Certificates certificates) {
		this.scheme = (certificates != null) ? "https" : "http";
		HttpServer description = HttpServer.create()
			.host("127.0.0.1")
			.port(0)
			.protocol((certificates != null) ? HttpProtocol.H2 : HttpProtocol.H2C)
			.http2Settings((settings) -> settings.maxConcurrentStreams(128))
			.route((routes) -> routes
				.get(ServerCalls.GET_PATH,
						(request, response) -> response.sendByteArray(Mono.just(Content.ofSize(ServerCalls.GET_SIZE))))
				.head(ServerCalls.GET_PATH,
						(request, response) -> response.header("content-length", Integer.toString(ServerCalls.GET_SIZE))
							.send())
				.post(ServerCalls.ECHO_PATH, (request, response) -> response.send(request.receive().retain()))
				.get(ServerCalls.NO_CONTENT_PATH, (request, response) -> response.status(204).send())
				.get(ServerCalls.NOT_MODIFIED_PATH, (request, response) -> response.status(304).send()));
		if (certificates != null) {
			description = description.secure((ssl) -> ssl.sslContext(Http2SslContextSpec
				.forServer(certificates.certificate().toFile(), certificates.privateKey().toFile())));
		}
		this.server = description.bindNow();
	}

	static ReactorNettyServer h2c() {
		return new ReactorNettyServer(null);
	}

	static ReactorNettyServer tls(Certificates certificates) {
		return new ReactorNettyServer(certificates);
	}

	URI uri(String path) {
		return URI.create(this.scheme + "://localhost:" + this.server.port() + path);
	}

	@Override
	public void close() {
		this.server.disposeNow();
	}

}
