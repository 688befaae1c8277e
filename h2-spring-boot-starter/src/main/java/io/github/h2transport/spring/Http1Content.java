package io.github.h2transport.spring;

import java.nio.ByteBuffer;
import java.util.concurrent.Flow;

import io.github.h2transport.RequestBody;
import reactor.adapter.JdkFlowAdapter;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferFactory;
import org.springframework.http.client.reactive.ClientHttpRequest;

/**
 * Content of the transport as a reactive client of HTTP/1.1 wants it: a redirect has left
 * it out, or a customizer of the request has put it in the place of the caller's.
 */
final class Http1Content {

	private Http1Content() {
	}

	static Mono<Void> write(RequestBody body, ClientHttpRequest to) {
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
