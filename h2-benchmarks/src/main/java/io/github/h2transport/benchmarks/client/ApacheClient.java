package io.github.h2transport.benchmarks.client;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

import org.apache.hc.client5.http.async.methods.AbstractBinResponseConsumer;
import org.apache.hc.client5.http.async.methods.SimpleHttpRequest;
import org.apache.hc.client5.http.async.methods.SimpleHttpResponse;
import org.apache.hc.client5.http.async.methods.SimpleRequestBuilder;
import org.apache.hc.client5.http.async.methods.SimpleRequestProducer;
import org.apache.hc.client5.http.impl.async.CloseableHttpAsyncClient;
import org.apache.hc.client5.http.impl.async.H2AsyncClientBuilder;
import org.apache.hc.client5.http.impl.async.HttpAsyncClients;
import org.apache.hc.client5.http.ssl.ClientTlsStrategyBuilder;
import org.apache.hc.core5.concurrent.FutureCallback;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.HttpResponse;
import org.apache.hc.core5.http2.config.H2Config;

import org.springframework.http.client.reactive.HttpComponentsClientHttpConnector;

/** HttpComponents' asynchronous HTTP/2 client, which has one connection a server. */
public final class ApacheClient implements BenchClient {

	// 65,535 is its default, with which a download waits for the server
	private static final int STREAM_WINDOW = 1024 * 1024;

	private final CloseableHttpAsyncClient client;

	public ApacheClient(ClientSettings settings) {
		this.client = client(settings);
	}

	static CloseableHttpAsyncClient client(ClientSettings settings) {
		settings.refuseSingleUse();
		H2AsyncClientBuilder builder = HttpAsyncClients.customHttp2()
			.disableAutomaticRetries()
			.setH2Config(H2Config.custom().setPushEnabled(false).setInitialWindowSize(STREAM_WINDOW).build());
		Trust tls = settings.tls();
		if (tls != null) {
			builder.setTlsStrategy(ClientTlsStrategyBuilder.create().setSslContext(tls.context()).buildAsync());
		}
		CloseableHttpAsyncClient client = builder.build();
		client.start();
		return client;
	}

	@Override
	public long call(BenchCall call) throws Exception {
		return callAsync(call).toCompletableFuture().get();
	}

	@Override
	public CompletionStage<Long> callAsync(BenchCall call) {
		CompletableFuture<Long> octets = new CompletableFuture<>();
		if (call.isStreamed()) {
			this.client.execute(SimpleRequestProducer.create(request(call)), new Counter(call), completing(octets));
			return octets;
		}
		CompletableFuture<SimpleHttpResponse> response = new CompletableFuture<>();
		this.client.execute(request(call), completing(response));
		return response.thenCompose((answer) -> {
			try {
				return CompletableFuture.completedFuture(call.check(answer.getCode(), answer.getBodyBytes()));
			}
			catch (IOException ex) {
				return CompletableFuture.failedFuture(ex);
			}
		});
	}

	private static SimpleHttpRequest request(BenchCall call) {
		byte[] upload = call.upload();
		SimpleRequestBuilder request = (upload != null)
				? SimpleRequestBuilder.post(call.uri()).setBody(upload, ContentType.APPLICATION_OCTET_STREAM)
				: SimpleRequestBuilder.get(call.uri());
		call.headers().forEach(request::addHeader);
		return request.build();
	}

	private static <T> FutureCallback<T> completing(CompletableFuture<T> future) {
		return new FutureCallback<>() {

			@Override
			public void completed(T result) {
				future.complete(result);
			}

			@Override
			public void failed(Exception failure) {
				future.completeExceptionally(failure);
			}

			@Override
			public void cancelled() {
				future.cancel(false);
			}

		};
	}

	@Override
	public void close() throws IOException {
		this.client.close();
	}

	/** Counts the content. */
	private static final class Counter extends AbstractBinResponseConsumer<Long> {

		private static final int CAPACITY = 1024 * 1024;

		private final BenchCall call;

		private int status;

		private long octets;

		private Counter(BenchCall call) {
			this.call = call;
		}

		@Override
		protected void start(HttpResponse response, ContentType contentType) {
			this.status = response.getCode();
		}

		@Override
		protected int capacityIncrement() {
			return CAPACITY;
		}

		@Override
		protected void data(ByteBuffer piece, boolean endOfStream) {
			this.octets += piece.remaining();
		}

		@Override
		protected Long buildResult() {
			try {
				return this.call.check(this.status, this.octets);
			}
			catch (IOException ex) {
				throw new java.io.UncheckedIOException(ex);
			}
		}

		@Override
		public void releaseResources() {
		}

	}

	/** {@code WebClient} over HttpComponents. */
	public static final class Web extends SpringWebClient {

		public Web(ClientSettings settings) {
			this(client(settings));
		}

		private Web(CloseableHttpAsyncClient client) {
			super(new HttpComponentsClientHttpConnector(client), client);
		}

	}

}
