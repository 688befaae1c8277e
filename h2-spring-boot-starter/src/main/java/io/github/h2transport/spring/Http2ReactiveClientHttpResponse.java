package io.github.h2transport.spring;

import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicBoolean;

import io.github.h2transport.Http2Exception;
import io.github.h2transport.Http2Response;
import org.jspecify.annotations.Nullable;
import reactor.adapter.JdkFlowAdapter;
import reactor.core.publisher.Flux;

import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferFactory;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.ResponseCookie;
import org.springframework.http.client.reactive.AbstractClientHttpResponse;
import org.springframework.util.CollectionUtils;

/**
 * A response as {@code WebClient} reads it: what its subscriber requests is what the
 * server may send, and cancelling resets the stream.
 */
final class Http2ReactiveClientHttpResponse extends AbstractClientHttpResponse {

	private final Http2Response response;

	/** Whoever sets it decides: the content is read, or given up unread. */
	private final AtomicBoolean claimed;

	private Http2ReactiveClientHttpResponse(Http2Response response, HttpHeaders headers, boolean gzip,
			ResponseCookie.Parser cookieParser, DataBufferFactory bufferFactory, AtomicBoolean claimed) {
		super(HttpStatusCode.valueOf(response.status()), headers,
				CollectionUtils
					.unmodifiableMultiValueMap(cookieParser.parse(headers.getOrEmpty(HttpHeaders.SET_COOKIE))),
				content(response, gzip, bufferFactory, claimed));
		this.response = response;
		this.claimed = claimed;
	}

	static Http2ReactiveClientHttpResponse of(Http2Response response, @Nullable Http2ExchangeInfo info,
			boolean mayBeGzip, ResponseCookie.Parser cookieParser, DataBufferFactory bufferFactory) {
		if (info != null) {
			info.answered(response);
		}
		boolean gzip = mayBeGzip && ClientFeatures.isGzip(response);
		return new Http2ReactiveClientHttpResponse(response, HeaderTranslator.toSpring(response.headers(), gzip), gzip,
				cookieParser, bufferFactory, new AtomicBoolean());
	}

	private static Flux<DataBuffer> content(Http2Response response, boolean gzip, DataBufferFactory bufferFactory,
			AtomicBoolean claimed) {
		return Flux.defer(() -> {
			if (!claimed.compareAndSet(false, true)) {
				return Flux.error(new IllegalStateException(
						"The content of this response was given up when its call was cancelled"));
			}
			Flux<ByteBuffer> content = JdkFlowAdapter.flowPublisherToFlux(response.publisher());
			return (gzip ? GunzipFlux.decode(content) : content).<DataBuffer>map(bufferFactory::wrap)
				.onErrorMap(Http2Exception.class, ExceptionTranslator::translate);
		});
	}

	/** Names connection and stream as {@code /actuator/h2pool} does. */
	@Override
	public String getId() {
		return this.response.connectionId() + "-" + this.response.streamId();
	}

	/** Resets the stream of a response that nobody reads, and never one that is read. */
	void releaseUnlessRead() {
		if (this.claimed.compareAndSet(false, true)) {
			this.response.close();
		}
	}

}
