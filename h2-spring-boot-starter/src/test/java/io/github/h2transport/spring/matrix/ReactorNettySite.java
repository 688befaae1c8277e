package io.github.h2transport.spring.matrix;

import java.nio.file.Path;

import io.github.h2transport.spring.ReactorServers;
import io.github.h2transport.testkit.Certificates;
import io.netty.buffer.Unpooled;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.DisposableServer;
import reactor.netty.http.Http2SslContextSpec;
import reactor.netty.http.HttpProtocol;
import reactor.netty.http.server.HttpServer;
import reactor.netty.http.server.HttpServerRoutes;

/** Reactor Netty's server. */
final class ReactorNettySite implements RunningServer {

	private static final int PIECE = 16 * 1024;

	private final DisposableServer plain;

	private final DisposableServer secure;

	ReactorNettySite() {
		HttpServer description = ReactorServers.create()
			.host("127.0.0.1")
			.port(0)
			.http2Settings((settings) -> settings.maxConcurrentStreams(Site.MAX_CONCURRENT_STREAMS))
			.route(ReactorNettySite::routes);
		Path certificate = Certificates.localhost().certificate();
		Path key = Certificates.localhost().privateKey();
		this.plain = description.protocol(HttpProtocol.H2C).bindNow();
		this.secure = description.protocol(HttpProtocol.H2)
			.secure((ssl) -> ssl.sslContext(Http2SslContextSpec.forServer(certificate.toFile(), key.toFile())))
			.bindNow();
	}

	private static void routes(HttpServerRoutes routes) {
		routes.get(Site.CONTENT, (request, response) -> response.sendByteArray(Mono.just(Site.content())))
			.head(Site.CONTENT,
					(request, response) -> response.header("content-length", Integer.toString(Site.SIZE)).send())
			.get(Site.LARGE,
					(request,
							response) -> response.send(Flux.range(0, Site.LARGE_SIZE / PIECE)
								.map((piece) -> Unpooled.wrappedBuffer(Site.large(), piece * PIECE, PIECE))))
			.post(Site.ECHO, (request, response) -> response.send(request.receive().retain()))
			.post(Site.STORE, (request, response) -> response.send(request.receive().aggregate().retain()))
			.post(Site.REFUSE, (request, response) -> response.status(413).sendString(Mono.just("too large")))
			.get(Site.NO_CONTENT, (request, response) -> response.status(204).send())
			.get(Site.NOT_MODIFIED, (request, response) -> response.status(304).send())
			.get(Site.TRAILERS,
					(request, response) -> response.header("trailer", Site.SUM_FIELD)
						.trailerHeaders((trailers) -> trailers.set(Site.SUM_FIELD, Site.sum()))
						.sendByteArray(Flux.just(Site.content())));
	}

	@Override
	public int port(boolean ofSecure) {
		return (ofSecure ? this.secure : this.plain).port();
	}

	@Override
	public void close() {
		this.plain.disposeNow();
		this.secure.disposeNow();
	}

}
