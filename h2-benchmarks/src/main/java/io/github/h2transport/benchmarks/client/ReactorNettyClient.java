package io.github.h2transport.benchmarks.client;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.CompletionStage;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.HttpHeaderNames;
import reactor.core.publisher.Mono;
import reactor.netty.http.HttpProtocol;
import reactor.netty.http.client.HttpClient;
import reactor.netty.resources.ConnectionProvider;

import org.springframework.http.client.ReactorClientHttpRequestFactory;
import org.springframework.http.client.reactive.ReactorClientHttpConnector;

/**
 * reactor-netty over one connection a server: its default opens one for each call that
 * finds the others busy.
 */
public final class ReactorNettyClient implements BenchClient {

	// 65,535 is its default, with which a download waits for the server
	private static final int STREAM_WINDOW = 1024 * 1024;

	private final Configured configured;

	public ReactorNettyClient(ClientSettings settings) {
		this.configured = new Configured(settings);
	}

	@Override
	public long call(BenchCall call) {
		Long octets = mono(call).block();
		return (octets != null) ? octets : 0;
	}

	@Override
	public CompletionStage<Long> callAsync(BenchCall call) {
		return mono(call).toFuture();
	}

	private Mono<Long> mono(BenchCall call) {
		HttpClient client = this.configured.client;
		byte[] upload = call.upload();
		if (!call.headers().isEmpty() || upload != null) {
			client = client.headers((headers) -> {
				call.headers().forEach(headers::add);
				if (upload != null) {
					headers.set(HttpHeaderNames.CONTENT_LENGTH, upload.length);
				}
			});
		}
		HttpClient.ResponseReceiver<?> request = (upload == null) ? client.get().uri(call.uri())
				: client.post().uri(call.uri()).send(Mono.fromSupplier(() -> Unpooled.wrappedBuffer(upload)));
		if (call.isStreamed()) {
			return request
				.response((response, content) -> content.map(ByteBuf::readableBytes)
					.reduce(0L, Long::sum)
					.map((octets) -> counted(call, response.status().code(), octets)))
				.single();
		}
		return request.responseSingle((response, content) -> content.asByteArray().map((body) -> {
			try {
				return call.check(response.status().code(), body);
			}
			catch (IOException ex) {
				throw new UncheckedIOException(ex);
			}
		}));
	}

	private static long counted(BenchCall call, int status, long octets) {
		try {
			return call.check(status, octets);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	@Override
	public void close() {
		this.configured.close();
	}

	/** The client with its own pool. */
	private static final class Configured implements AutoCloseable {

		private final ConnectionProvider provider;

		private final HttpClient client;

		private Configured(ClientSettings settings) {
			this.provider = ConnectionProvider.builder("benchmark")
				.maxConnections(1)
				.pendingAcquireMaxCount(-1)
				.build();
			Trust tls = settings.tls();
			HttpClient http = (settings.isSingleUse() ? HttpClient.newConnection() : HttpClient.create(this.provider))
				.protocol((tls != null) ? HttpProtocol.H2 : HttpProtocol.H2C)
				.http2Settings((http2) -> http2.initialWindowSize(STREAM_WINDOW));
			this.client = (tls != null) ? http.secure((secure) -> secure.sslContext(NettyTls.context(tls))) : http;
		}

		@Override
		public void close() {
			this.provider.dispose();
		}

	}

	/** {@code RestClient} over reactor-netty. */
	public static final class Rest extends SpringRestClient {

		public Rest(ClientSettings settings) {
			this(new Configured(settings));
		}

		private Rest(Configured configured) {
			super(new ReactorClientHttpRequestFactory(configured.client), configured);
		}

	}

	/** {@code WebClient} over reactor-netty. */
	public static final class Web extends SpringWebClient {

		public Web(ClientSettings settings) {
			this(new Configured(settings));
		}

		private Web(Configured configured) {
			super(new ReactorClientHttpConnector(configured.client), configured);
		}

	}

}
