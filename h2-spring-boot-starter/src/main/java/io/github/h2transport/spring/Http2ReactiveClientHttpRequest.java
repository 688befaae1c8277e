package io.github.h2transport.spring;

import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.github.h2transport.CallOptions;
import io.github.h2transport.Http2Request;
import io.github.h2transport.RequestBody;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.util.context.ContextView;

import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferFactory;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.http.HttpCookie;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.client.reactive.AbstractClientHttpRequest;
import org.springframework.http.client.reactive.ClientHttpRequest;

/**
 * A request of {@code WebClient}. Content that comes as one value is kept, so its length
 * is known and it can be sent again; a stream of buffers is subscribed to while it is
 * sent, as fast as the server takes it.
 */
final class Http2ReactiveClientHttpRequest extends AbstractClientHttpRequest {

	private final HttpMethod method;

	private final URI uri;

	private final Http2Request.Builder request;

	private final DataBufferFactory bufferFactory;

	private final ContextView context;

	/** What the content became, and how it is given to a client of HTTP/1.1 instead. */
	private RequestBody body = RequestBody.none();

	private @Nullable Function<ClientHttpRequest, Mono<Void>> content;

	// Written before the request is sent.
	private boolean mayBeGzip;

	private @Nullable Http2ExchangeInfo info;

	Http2ReactiveClientHttpRequest(HttpMethod method, URI uri, CallOptions options, DataBufferFactory bufferFactory,
			ContextView context) {
		this.method = method;
		this.uri = uri;
		this.request = Http2Request.builder(method.name(), uri).options(options);
		this.bufferFactory = bufferFactory;
		this.context = context;
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
		return this.bufferFactory;
	}

	/**
	 * Returns the transport's request, to be given what Spring has no words for:
	 * trailers, a listener for interim responses, options of this one call.
	 */
	@Override
	@SuppressWarnings({ "unchecked", "TypeParameterUnusedInFormals" })
	public <T> T getNativeRequest() {
		return (T) this.request;
	}

	@Override
	public Mono<Void> writeWith(Publisher<? extends DataBuffer> written) {
		if (written instanceof Mono<? extends DataBuffer> single) {
			return doCommit(() -> single.doOnDiscard(DataBuffer.class, DataBufferUtils::release).doOnNext((buffer) -> {
				byte[] octets = DataBufferContent.copyAndRelease(buffer);
				setContent(RequestBody.of(octets),
						(to) -> to.writeWith(Mono.fromSupplier(() -> to.bufferFactory().wrap(octets))));
			}).then());
		}
		return stream(written, (to) -> to.writeWith(written));
	}

	/** Each buffer is sent as soon as it comes, so there is nothing more to flush. */
	@Override
	public Mono<Void> writeAndFlushWith(Publisher<? extends Publisher<? extends DataBuffer>> written) {
		return stream(Flux.from(written).concatMap(Function.identity(), 0), (to) -> to.writeAndFlushWith(written));
	}

	private Mono<Void> stream(Publisher<? extends DataBuffer> written,
			Function<ClientHttpRequest, Mono<Void>> toHttp1) {
		return doCommit(() -> {
			// A declared length is in the headers, where the transport reads it.
			setContent(RequestBody.ofPublisher(new DataBufferContent(written, this.context), RequestBody.UNKNOWN_LENGTH,
					false), toHttp1);
			return Mono.empty();
		});
	}

	private void setContent(RequestBody newBody, Function<ClientHttpRequest, Mono<Void>> newContent) {
		this.request.body(newBody);
		this.body = newBody;
		this.content = newContent;
	}

	@Override
	public Mono<Void> setComplete() {
		return doCommit();
	}

	@Override
	protected void applyHeaders() {
		HttpHeaders headers = getHeaders();
		if (!headers.containsHeader(HttpHeaders.ACCEPT)) {
			headers.set(HttpHeaders.ACCEPT, "*/*");
		}
	}

	/** One field of all cookies (RFC 6265 section 5.4), also of those set by hand. */
	@Override
	protected void applyCookies() {
		if (getCookies().isEmpty()) {
			return;
		}
		Stream<String> byHand = getHeaders().getOrEmpty(HttpHeaders.COOKIE).stream();
		Stream<String> cookies = getCookies().values().stream().flatMap(List::stream).map(HttpCookie::toString);
		getHeaders().set(HttpHeaders.COOKIE, Stream.concat(byHand, cookies).collect(Collectors.joining("; ")));
	}

	/**
	 * Returns what is to be sent. After the commit.
	 * @param features what else the client does
	 * @return the request
	 * @throws IllegalArgumentException if an attribute has a value of a wrong type
	 */
	Http2Request toTransport(ClientFeatures features) {
		HttpHeaders headers = getHeaders();
		this.mayBeGzip = features.asksForGzip(this.method, headers);
		this.request.headers(HeaderTranslator.toTransport(headers, this.mayBeGzip));
		Map<String, Object> attributes = getAttributes();
		if (attributes.isEmpty()) {
			return this.request.build();
		}
		// Also finds a value of the wrong type before anything is sent.
		this.info = Http2CallAttributes.info(attributes);
		Http2CallAttributes.customize(this.request, attributes);
		Http2Request built = this.request.build();
		CallOptions effective = Http2CallAttributes.options(built.options(), attributes);
		return (effective != built.options()) ? this.request.options(effective).build() : built;
	}

	/**
	 * Returns what a client of HTTP/1.1 is given instead. After {@link #toTransport}.
	 * @param effective how the call is made
	 */
	WrittenReactiveRequest written(CallOptions effective) {
		return new WrittenReactiveRequest(new WrittenRequest(getHeaders(), this.mayBeGzip, this.body, null, effective),
				this.content, this.context);
	}

	/** Whether the call asked for gzip by itself, so that it must undo it. */
	boolean mayBeGzip() {
		return this.mayBeGzip;
	}

	@Nullable Http2ExchangeInfo info() {
		return this.info;
	}

}
