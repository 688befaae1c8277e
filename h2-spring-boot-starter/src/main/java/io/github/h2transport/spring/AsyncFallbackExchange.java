package io.github.h2transport.spring;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

import io.github.h2transport.Http2Exception;
import io.github.h2transport.Http2Request;
import io.github.h2transport.Http2Response;
import io.github.h2transport.Phase;
import io.github.h2transport.TransportOptions;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;

import org.springframework.boot.http.client.HttpClientSettings;
import org.springframework.http.HttpMethod;
import org.springframework.http.client.reactive.ClientHttpConnector;

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

	/** What nobody knows the origin of stays at HTTP/2. */
	@Override
	public CompletableFuture<Http2Response> roundTripAsync(Http2Request request) {
		return this.http2.roundTripAsync(request);
	}

	@Override
	public CompletableFuture<Http2Response> roundTripAsync(Http2Request request, WrittenReactiveRequest written) {
		CompletableFuture<Http2Response> result = new CompletableFuture<>();
		Disposable running = roundTrip(request, written).contextWrite(written.context())
			.subscribe(result::complete, result::completeExceptionally);
		result.whenComplete((response, failure) -> {
			if (result.isCancelled()) {
				running.dispose();
			}
		});
		return result;
	}

	private Mono<Http2Response> roundTrip(Http2Request request, WrittenReactiveRequest written) {
		if (this.rule.usesHttp1(request, options())) {
			return overHttp1(request, written);
		}
		return Mono.fromFuture(() -> this.http2.roundTripAsync(request))
			.onErrorResume(Http2Exception.class, (failure) -> {
				if (this.rule.turnsToHttp1(request, failure, options())) {
					return overHttp1(request, written).doOnError((second) -> second.addSuppressed(failure));
				}
				return Mono.error(this.rule.explain(request, failure, options()));
			});
	}

	private Mono<Http2Response> overHttp1(Http2Request request, WrittenReactiveRequest written) {
		TransportOptions defaults = FallbackRule.optionsOf(request, options());
		Http1Clients.Http1Client<ClientHttpConnector> http1;
		try {
			http1 = this.client.get(defaults);
		}
		catch (IOException ex) {
			return Mono.error(ex);
		}
		Http1Timeouts timeouts = written.fields().timeouts(request.uri(), defaults, http1.settings());
		Mono<Http2Response> answer = http1.client()
			.connect(HttpMethod.valueOf(request.method()), request.uri(), (to) -> written.writeTo(request, to))
			.onErrorMap((failure) -> timeouts.reworded(failure, Phase.RESPONSE_HEAD))
			.map((response) -> new Http1ReactiveResponse(response, timeouts));
		Duration limit = timeouts.untilHead();
		return (limit == null) ? answer : answer.timeout(limit, Mono.error(() -> timeouts.passed(Phase.RESPONSE_HEAD)));
	}

}
