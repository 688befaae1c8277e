package io.github.h2transport.spring;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.function.Supplier;

import io.github.h2transport.HeaderField;
import io.github.h2transport.Http2Exception;
import io.github.h2transport.Http2Request;
import io.github.h2transport.Http2Response;
import io.github.h2transport.Origin;
import io.github.h2transport.RequestBody;
import io.github.h2transport.TransportOptions;
import reactor.adapter.JdkFlowAdapter;
import reactor.core.publisher.Flux;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;

import org.springframework.boot.http.client.HttpClientSettings;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferFactory;
import org.springframework.http.HttpMethod;
import org.springframework.http.client.reactive.ClientHttpConnector;
import org.springframework.http.client.reactive.ClientHttpRequest;

/**
 * The reactive twin of {@link FallbackExchange}: sends a request over HTTP/2, or over
 * HTTP/1.1 where {@link FallbackRule} says so, before any of its content was asked for.
 */
final class AsyncFallbackExchange implements AsyncExchange {

	private final AsyncExchange http2;

	private final FallbackRule rule;

	private final Http1Clients.Lazy<ClientHttpConnector> client;

	/**
	 * Puts a fallback beside an exchange.
	 * @param http2 the way over HTTP/2
	 * @param rule decides
	 * @param clients gives the way over HTTP/1.1
	 * @param settings what both ways have to obey, at the moment
	 */
	AsyncFallbackExchange(AsyncExchange http2, FallbackRule rule, Http1Clients<ClientHttpConnector> clients,
			Supplier<HttpClientSettings> settings) {
		this.http2 = http2;
		this.rule = rule;
		this.client = new Http1Clients.Lazy<>(clients, settings);
	}

	@Override
	public TransportOptions options() {
		return this.http2.options();
	}

	@Override
	public CompletableFuture<Http2Response> roundTripAsync(Http2Request request) {
		CompletableFuture<Http2Response> result = new CompletableFuture<>();
		Disposable running = roundTrip(request).subscribe(result::complete, result::completeExceptionally);
		result.whenComplete((response, failure) -> {
			if (result.isCancelled()) {
				running.dispose();
			}
		});
		return result;
	}

	private Mono<Http2Response> roundTrip(Http2Request request) {
		if (this.rule.usesHttp1(request, options())) {
			return overHttp1(request);
		}
		return Mono.fromFuture(() -> this.http2.roundTripAsync(request))
			.onErrorResume(Http2Exception.class, (failure) -> {
				if (this.rule.turnsToHttp1(request, failure, options())) {
					return overHttp1(request).doOnError((second) -> second.addSuppressed(failure));
				}
				return Mono.error(this.rule.explain(request, failure, options()));
			});
	}

	private Mono<Http2Response> overHttp1(Http2Request request) {
		try {
			return this.client.get(options().forOrigin(Origin.of(request.uri())))
				.connect(HttpMethod.valueOf(request.method()), request.uri(), (http1) -> write(request, http1))
				.map(Http1ReactiveResponse::new);
		}
		catch (IOException ex) {
			return Mono.error(ex);
		}
	}

	private static Mono<Void> write(Http2Request from, ClientHttpRequest to) {
		for (HeaderField field : from.headers()) {
			to.getHeaders().add(field.name(), field.value());
		}
		RequestBody body = from.body();
		if (body.contentLength() != RequestBody.UNKNOWN_LENGTH && body != RequestBody.none()
				&& to.getHeaders().getContentLength() < 0) {
			// Else content of a known length would be sent in chunks.
			to.getHeaders().setContentLength(body.contentLength());
		}
		if (body instanceof RequestBody.Published published) {
			return to.writeWith(content(published, to.bufferFactory()));
		}
		if (body instanceof RequestBody.Bytes bytes && bytes.length() > 0) {
			return to.writeWith(Mono.fromCallable(
					() -> copy(ByteBuffer.wrap(bytes.array(), bytes.offset(), bytes.length()), to.bufferFactory())));
		}
		return to.setComplete();
	}

	/**
	 * Its buffers are the publisher's again when they were handed on, so they are copied.
	 */
	private static Flux<DataBuffer> content(RequestBody.Published published, DataBufferFactory buffers) {
		Flow.Publisher<ByteBuffer> publisher = published::subscribe;
		return JdkFlowAdapter.flowPublisherToFlux(publisher).map((piece) -> copy(piece, buffers));
	}

	private static DataBuffer copy(ByteBuffer octets, DataBufferFactory buffers) {
		DataBuffer buffer = buffers.allocateBuffer(octets.remaining());
		buffer.write(octets);
		return buffer;
	}

}
