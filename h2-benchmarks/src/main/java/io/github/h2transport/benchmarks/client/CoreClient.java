package io.github.h2transport.benchmarks.client;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;

import io.github.h2transport.Headers;
import io.github.h2transport.Http2Request;
import io.github.h2transport.Http2Response;
import io.github.h2transport.RequestBody;
import io.github.h2transport.TlsOptions;
import io.github.h2transport.TransportOptions;
import io.github.h2transport.transport.Http2Transport;

/** The core of this project, with its defaults. */
public class CoreClient implements BenchClient {

	private final Http2Transport transport;

	public CoreClient(ClientSettings settings) {
		this.transport = transport(settings);
	}

	static Http2Transport transport(ClientSettings settings) {
		TransportOptions.Builder options = TransportOptions.builder()
			.allowHttp(settings.tls() == null)
			.tls((settings.tls() != null) ? TlsOptions.of(settings.tls().context()) : null)
			.singleUse(settings.isSingleUse());
		if (settings.eventLoops() > 0) {
			options.eventLoops(settings.eventLoops());
		}
		return Http2Transport.builder().options(options.build()).build();
	}

	@Override
	public long call(BenchCall call) throws IOException {
		try (Http2Response response = this.transport.roundTrip(request(call))) {
			return call.read(response.status(), response.body());
		}
	}

	@Override
	public CompletionStage<Long> callAsync(BenchCall call) {
		return this.transport.roundTripAsync(request(call)).thenCompose((response) -> {
			Collector collector = new Collector(call, response);
			response.publisher().subscribe(collector);
			return collector.result;
		});
	}

	@Override
	public Closeable stall(BenchCall call) throws IOException {
		Http2Response response = this.transport.roundTrip(request(call));
		InputStream unread = response.body();
		return () -> {
			unread.close();
			response.close();
		};
	}

	private static Http2Request request(BenchCall call) {
		byte[] upload = call.upload();
		Http2Request.Builder request = Http2Request.builder((upload != null) ? "POST" : "GET", call.uri());
		if (upload != null) {
			request.body(RequestBody.of(upload));
		}
		if (!call.headers().isEmpty()) {
			Headers.Builder headers = Headers.builder();
			call.headers().forEach(headers::add);
			request.headers(headers.build());
		}
		return request.build();
	}

	@Override
	public void close() {
		this.transport.close();
	}

	/** Collects the content of one answer, or counts it. */
	private static final class Collector implements Flow.Subscriber<ByteBuffer> {

		private final CompletableFuture<Long> result = new CompletableFuture<>();

		private final BenchCall call;

		private final Http2Response response;

		// the publisher's, one call at a time
		private final byte[] content;

		private int length;

		private long octets;

		private Collector(BenchCall call, Http2Response response) {
			this.call = call;
			this.response = response;
			this.content = new byte[call.isStreamed() ? 0 : (int) call.expected()];
		}

		@Override
		public void onSubscribe(Flow.Subscription subscription) {
			subscription.request(Long.MAX_VALUE);
		}

		@Override
		public void onNext(ByteBuffer piece) {
			this.octets += piece.remaining();
			if (this.octets <= this.content.length) {
				int size = piece.remaining();
				piece.get(this.content, this.length, size);
				this.length += size;
			}
		}

		@Override
		public void onError(Throwable failure) {
			this.result.completeExceptionally(failure);
		}

		@Override
		public void onComplete() {
			try {
				int status = this.response.status();
				this.call.check(status, this.octets);
				this.result.complete(
						this.call.isStreamed() ? Long.valueOf(this.octets) : this.call.check(status, this.content));
			}
			catch (IOException ex) {
				this.result.completeExceptionally(ex);
			}
		}

	}

}
