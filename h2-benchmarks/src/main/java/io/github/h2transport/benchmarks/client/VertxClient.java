package io.github.h2transport.benchmarks.client;

import java.io.Closeable;
import java.io.IOException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.net.PemTrustOptions;

/** Vert.x with its default of one connection a server and no bound on waiting calls. */
public final class VertxClient implements BenchClient {

	// 65,535 is its default, with which a download waits for the server
	private static final int STREAM_WINDOW = 1024 * 1024;

	private static final int CONNECTION_WINDOW = 16 * 1024 * 1024;

	private final Vertx vertx = Vertx.vertx();

	private final HttpClient client;

	public VertxClient(ClientSettings settings) {
		settings.refuseSingleUse();
		HttpClientOptions options = new HttpClientOptions().setProtocolVersion(HttpVersion.HTTP_2)
			.setHttp2ClearTextUpgrade(false)
			.setHttp2ConnectionWindowSize(CONNECTION_WINDOW);
		options.getInitialSettings().setInitialWindowSize(STREAM_WINDOW);
		Trust tls = settings.tls();
		if (tls != null) {
			options.setSsl(true)
				.setUseAlpn(true)
				.setTrustOptions(new PemTrustOptions().addCertPath(tls.certificate().toString()));
		}
		PoolOptions pool = new PoolOptions().setMaxWaitQueueSize(-1);
		if (settings.eventLoops() > 0) {
			pool.setEventLoopSize(settings.eventLoops());
		}
		this.client = this.vertx.httpClientBuilder().with(options).with(pool).build();
	}

	@Override
	public long call(BenchCall call) throws Exception {
		return callAsync(call).toCompletableFuture().get();
	}

	@Override
	public CompletionStage<Long> callAsync(BenchCall call) {
		return response(call)
			.compose((response) -> call.isStreamed() ? counted(call, response)
					: response.body().map((body) -> checked(() -> call.check(response.statusCode(), body.getBytes()))))
			.toCompletionStage();
	}

	@Override
	public Closeable stall(BenchCall call) throws Exception {
		HttpClientResponse response = response(call).map(HttpClientResponse::pause)
			.toCompletionStage()
			.toCompletableFuture()
			.get();
		return () -> response.request().reset();
	}

	private Future<HttpClientResponse> response(BenchCall call) {
		byte[] upload = call.upload();
		RequestOptions options = new RequestOptions().setMethod((upload != null) ? HttpMethod.POST : HttpMethod.GET)
			.setAbsoluteURI(call.uri().toString());
		call.headers().forEach(options::putHeader);
		Future<HttpClientRequest> request = this.client.request(options);
		return request.compose((open) -> (upload != null) ? open.send(Buffer.buffer(upload)) : open.send());
	}

	private static Future<Long> counted(BenchCall call, HttpClientResponse response) {
		AtomicLong octets = new AtomicLong();
		response.handler((piece) -> octets.addAndGet(piece.length()));
		return response.end().map((end) -> checked(() -> call.check(response.statusCode(), octets.get())));
	}

	private static long checked(Check check) {
		try {
			return check.octets();
		}
		catch (IOException ex) {
			throw new java.io.UncheckedIOException(ex);
		}
	}

	@Override
	public void close() throws Exception {
		this.vertx.close().toCompletionStage().toCompletableFuture().get(1, TimeUnit.SECONDS);
	}

	private interface Check {

		long octets() throws IOException;

	}

}
