package io.github.h2transport.spring;

import java.net.URI;
import java.util.function.Function;

import io.github.h2transport.CallOptions;
import io.github.h2transport.Http2Response;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Operators;

import org.springframework.core.io.buffer.DataBufferFactory;
import org.springframework.http.HttpMethod;
import org.springframework.http.ResponseCookie;
import org.springframework.http.client.reactive.ClientHttpRequest;
import org.springframework.http.client.reactive.ClientHttpResponse;

/**
 * What {@code WebClient} subscribes to: each subscription is a call of its own, and
 * nothing happens before. Immutable.
 */
final class ReactiveExchange extends Mono<ClientHttpResponse> {

	private final Client client;

	private final HttpMethod method;

	private final URI uri;

	private final Function<? super ClientHttpRequest, Mono<Void>> requestCallback;

	private ReactiveExchange(Client client, HttpMethod method, URI uri,
			Function<? super ClientHttpRequest, Mono<Void>> requestCallback) {
		this.client = client;
		this.method = method;
		this.uri = uri;
		this.requestCallback = requestCallback;
	}

	/**
	 * Returns the exchange as Reactor's hooks want to have it.
	 * @param client who calls
	 * @param method the method
	 * @param uri the target
	 * @param requestCallback writes the request
	 * @return gives the response
	 */
	static Mono<ClientHttpResponse> of(Client client, HttpMethod method, URI uri,
			Function<? super ClientHttpRequest, Mono<Void>> requestCallback) {
		return onAssembly(new ReactiveExchange(client, method, uri, requestCallback));
	}

	@Override
	public void subscribe(CoreSubscriber<? super ClientHttpResponse> subscriber) {
		Http2ReactiveClientHttpRequest request;
		Mono<Void> written;
		try {
			request = new Http2ReactiveClientHttpRequest(this.method, this.uri, this.client.callOptions(),
					this.client.bufferFactory(), subscriber.currentContext());
			written = this.requestCallback.apply(request);
		}
		catch (RuntimeException ex) {
			Operators.error(subscriber, Operators.onOperatorError(ex, subscriber.currentContext()));
			return;
		}
		new ReactiveCall(this.client, request, subscriber).start(written);
	}

	/**
	 * What all calls of a client have in common.
	 *
	 * @param exchange sends requests
	 * @param features what else the client does
	 * @param callOptions how it calls
	 * @param bufferFactory makes and wraps buffers
	 * @param cookieParser reads the cookies of responses
	 */
	record Client(AsyncExchange exchange, ClientFeatures features, CallOptions callOptions,
			DataBufferFactory bufferFactory, ResponseCookie.Parser cookieParser) {

		Client withFeatures(ClientFeatures newFeatures) {
			return new Client(this.exchange, newFeatures, this.callOptions, this.bufferFactory, this.cookieParser);
		}

		Client withCallOptions(CallOptions newOptions) {
			return new Client(this.exchange, this.features, newOptions, this.bufferFactory, this.cookieParser);
		}

		Client withBufferFactory(DataBufferFactory newFactory) {
			return new Client(this.exchange, this.features, this.callOptions, newFactory, this.cookieParser);
		}

		Client withCookieParser(ResponseCookie.Parser newParser) {
			return new Client(this.exchange, this.features, this.callOptions, this.bufferFactory, newParser);
		}

		UnreadResponse response(Http2Response answer, Http2ReactiveClientHttpRequest request) {
			Http2ExchangeInfo info = request.info();
			if (info != null) {
				info.answered(answer);
			}
			return (answer instanceof Http1ReactiveResponse http1) ? http1.forCaller() : Http2ReactiveClientHttpResponse
				.of(answer, request.mayBeGzip(), this.cookieParser, this.bufferFactory);
		}

	}

}
