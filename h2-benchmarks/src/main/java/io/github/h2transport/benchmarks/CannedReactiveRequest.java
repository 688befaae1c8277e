package io.github.h2transport.benchmarks;

import java.net.URI;

import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferFactory;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseCookie;
import org.springframework.http.client.reactive.AbstractClientHttpRequest;
import org.springframework.http.client.reactive.AbstractClientHttpResponse;
import org.springframework.http.client.reactive.ClientHttpConnector;
import org.springframework.util.CollectionUtils;
import org.springframework.util.LinkedMultiValueMap;
import org.springframework.util.MultiValueMap;

/** The least that {@code WebClient} can have below it: an answer that is there. */
final class CannedReactiveRequest extends AbstractClientHttpRequest {

	private static final MultiValueMap<String, ResponseCookie> NO_COOKIES = CollectionUtils
		.unmodifiableMultiValueMap(new LinkedMultiValueMap<>());

	private final HttpMethod method;

	private final URI uri;

	private CannedReactiveRequest(HttpMethod method, URI uri) {
		this.method = method;
		this.uri = uri;
	}

	static ClientHttpConnector connector(HttpHeaders fields, byte[] content) {
		return (method, uri, requestCallback) -> requestCallback.apply(new CannedReactiveRequest(method, uri))
			.then(Mono.fromSupplier(() -> new Answer(fields, content)));
	}

	@Override
	public HttpMethod getMethod() {
		return this.method;
	}

	@Override
	public URI getURI() {
		return this.uri;
	}

	@Override
	public DataBufferFactory bufferFactory() {
		return DefaultDataBufferFactory.sharedInstance;
	}

	@Override
	@SuppressWarnings("unchecked")
	public <T> T getNativeRequest() {
		return (T) this;
	}

	@Override
	public Mono<Void> writeWith(Publisher<? extends DataBuffer> body) {
		return doCommit(() -> Flux.from(body).then());
	}

	@Override
	public Mono<Void> writeAndFlushWith(Publisher<? extends Publisher<? extends DataBuffer>> body) {
		return writeWith(Flux.from(body).concatMap((buffers) -> buffers));
	}

	@Override
	public Mono<Void> setComplete() {
		return doCommit();
	}

	@Override
	protected void applyHeaders() {
	}

	@Override
	protected void applyCookies() {
	}

	private static final class Answer extends AbstractClientHttpResponse {

		private Answer(HttpHeaders fields, byte[] content) {
			super(HttpStatus.OK, fields, NO_COOKIES,
					Flux.<DataBuffer>defer(() -> Flux.just(DefaultDataBufferFactory.sharedInstance.wrap(content))));
		}

	}

}
