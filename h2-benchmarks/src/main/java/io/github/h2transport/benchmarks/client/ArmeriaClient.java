package io.github.h2transport.benchmarks.client;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

import com.linecorp.armeria.client.ClientFactory;
import com.linecorp.armeria.client.ClientFactoryBuilder;
import com.linecorp.armeria.client.WebClient;
import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.RequestHeaders;
import com.linecorp.armeria.common.RequestHeadersBuilder;
import com.linecorp.armeria.common.SplitHttpResponse;
import com.linecorp.armeria.common.util.TlsEngineType;
import reactor.core.publisher.Flux;

/** Armeria with the JDK's TLS and with no limit on what it reads. */
public final class ArmeriaClient implements BenchClient {

	private static final int CONNECTION_WINDOW = 16 * 1024 * 1024;

	private static final int IDLE_MILLIS = 300_000;

	private static final int TIMEOUT_MILLIS = 60_000;

	private final ClientFactory factory;

	private final WebClient client;

	public ArmeriaClient(ClientSettings settings) {
		settings.refuseSingleUse();
		ClientFactoryBuilder builder = ClientFactory.builder()
			.useHttp2Preface(true)
			.idleTimeoutMillis(IDLE_MILLIS)
			.http2InitialConnectionWindowSize(CONNECTION_WINDOW);
		if (settings.eventLoops() > 0) {
			builder.workerGroup(settings.eventLoops());
		}
		Trust tls = settings.tls();
		if (tls != null) {
			builder.tlsEngineType(TlsEngineType.JDK)
				.tlsCustomizer((context) -> context.trustManager(tls.certificate().toFile()));
		}
		this.factory = builder.build();
		this.client = WebClient.builder()
			.factory(this.factory)
			.responseTimeoutMillis(TIMEOUT_MILLIS)
			.writeTimeoutMillis(TIMEOUT_MILLIS)
			.maxResponseLength(0)
			.build();
	}

	@Override
	public long call(BenchCall call) throws Exception {
		return callAsync(call).toCompletableFuture().get();
	}

	@Override
	public CompletionStage<Long> callAsync(BenchCall call) {
		byte[] upload = call.upload();
		RequestHeadersBuilder headers = RequestHeaders.builder((upload != null) ? HttpMethod.POST : HttpMethod.GET,
				call.uri().toString());
		call.headers().forEach(headers::add);
		HttpResponse response = this.client.execute((upload != null)
				? HttpRequest.of(headers.build(), HttpData.wrap(upload)) : HttpRequest.of(headers.build()));
		if (call.isStreamed()) {
			return counted(call, response);
		}
		return response.aggregate().thenCompose((answer) -> {
			try {
				return CompletableFuture.completedFuture(call.check(answer.status().code(), answer.content().array()));
			}
			catch (IOException ex) {
				return CompletableFuture.failedFuture(ex);
			}
		});
	}

	private static CompletionStage<Long> counted(BenchCall call, HttpResponse response) {
		SplitHttpResponse split = response.split();
		CompletionStage<Long> octets = Flux.from(split.body())
			.map((piece) -> (long) piece.length())
			.reduce(0L, Long::sum)
			.toFuture();
		return octets.thenCombine(split.headers(), (sum, headers) -> {
			try {
				return call.check(headers.status().code(), sum);
			}
			catch (IOException ex) {
				throw new UncheckedIOException(ex);
			}
		});
	}

	@Override
	public void close() {
		this.factory.close();
	}

}
