package io.github.h2transport.spring;

import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicBoolean;

import io.github.h2transport.Headers;
import io.github.h2transport.Http2Response;
import org.jspecify.annotations.Nullable;
import reactor.adapter.JdkFlowAdapter;

import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.http.client.reactive.ClientHttpResponse;

/**
 * A response of the reactive HTTP/1.1 client in the shape that our adapters read, so that
 * redirects and everything after them need not know which version it was.
 */
final class Http1ReactiveResponse implements Http2Response {

	private final ClientHttpResponse response;

	private final Headers headers;

	/** Whoever sets it decides: the content is read, or given up. */
	private final AtomicBoolean claimed = new AtomicBoolean();

	Http1ReactiveResponse(ClientHttpResponse response) {
		this.response = response;
		this.headers = HeaderTranslator.toTransport(response.getHeaders());
	}

	@Override
	public int status() {
		return this.response.getStatusCode().value();
	}

	@Override
	public Headers headers() {
		return this.headers;
	}

	@Override
	public InputStream body() {
		throw new IllegalStateException("A response of the reactive HTTP/1.1 client is subscribed to");
	}

	@Override
	public Flow.Publisher<ByteBuffer> publisher() {
		this.claimed.set(true);
		return JdkFlowAdapter.publisherToFlowPublisher(
				this.response.getBody().map((buffer) -> ByteBuffer.wrap(DataBufferContent.copyAndRelease(buffer))));
	}

	/** Spring's clients do not tell. */
	@Override
	public @Nullable Headers trailers() {
		return null;
	}

	@Override
	public String connectionId() {
		return "http/1.1";
	}

	@Override
	public int streamId() {
		return 0;
	}

	/** Frees the client's connection: content that nobody reads would keep it. */
	@Override
	public void close() {
		if (this.claimed.compareAndSet(false, true)) {
			this.response.getBody().doOnNext(DataBufferUtils::release).subscribe().dispose();
		}
	}

}
