package io.github.h2transport.benchmarks.client;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.CompletionStage;

import reactor.core.publisher.Mono;

import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.http.HttpMethod;
import org.springframework.http.client.reactive.ClientHttpConnector;
import org.springframework.web.reactive.function.client.WebClient;

/** Calls through {@code WebClient}, whatever is below it. */
class SpringWebClient implements BenchClient {

	// the uploads come back
	private static final int MAX_IN_MEMORY = 16 * 1024 * 1024;

	private final WebClient webClient;

	private final AutoCloseable below;

	SpringWebClient(ClientHttpConnector connector, AutoCloseable below) {
		this.webClient = WebClient.builder()
			.clientConnector(connector)
			.codecs((codecs) -> codecs.defaultCodecs().maxInMemorySize(MAX_IN_MEMORY))
			.build();
		this.below = below;
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
		byte[] upload = call.upload();
		WebClient.RequestBodySpec request = this.webClient.method((upload != null) ? HttpMethod.POST : HttpMethod.GET)
			.uri(call.uri());
		if (!call.headers().isEmpty()) {
			request.headers((headers) -> call.headers().forEach(headers::add));
		}
		if (upload != null) {
			request.bodyValue(upload);
		}
		return switch (call.answer()) {
			case BYTES ->
				request.retrieve().bodyToMono(byte[].class).map((body) -> checked(() -> call.check(200, body)));
			case JSON ->
				request.retrieve().bodyToMono(BenchCall.Item.class).map((item) -> checked(() -> call.check(item)));
			case STREAMED -> request.retrieve()
				.bodyToFlux(DataBuffer.class)
				.map(SpringWebClient::released)
				.reduce(0L, Long::sum)
				.map((octets) -> checked(() -> call.check(200, octets)));
		};
	}

	private static long released(DataBuffer buffer) {
		long octets = buffer.readableByteCount();
		DataBufferUtils.release(buffer);
		return octets;
	}

	private static long checked(Check check) {
		try {
			return check.octets();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	@Override
	public void close() throws Exception {
		this.below.close();
	}

	private interface Check {

		long octets() throws IOException;

	}

}
