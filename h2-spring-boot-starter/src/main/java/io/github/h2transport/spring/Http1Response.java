package io.github.h2transport.spring;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.concurrent.Flow;

import io.github.h2transport.Headers;
import io.github.h2transport.Http2Response;
import org.jspecify.annotations.Nullable;

import org.springframework.http.client.ClientHttpResponse;

/**
 * A response of the HTTP/1.1 client in the shape that the blocking adapters read, so that
 * redirects and everything after them need not know which version it was.
 */
final class Http1Response implements Http2Response {

	private final ClientHttpResponse response;

	private final int status;

	private final Headers headers;

	private final InputStream body;

	Http1Response(ClientHttpResponse response) throws IOException {
		this.response = response;
		try {
			this.status = response.getStatusCode().value();
			this.body = response.getBody();
		}
		catch (IOException | RuntimeException ex) {
			response.close();
			throw ex;
		}
		Headers.Builder fields = Headers.builder();
		response.getHeaders().forEach((name, values) -> values.forEach((value) -> fields.add(name, value)));
		this.headers = fields.build();
	}

	@Override
	public int status() {
		return this.status;
	}

	@Override
	public Headers headers() {
		return this.headers;
	}

	@Override
	public InputStream body() {
		return this.body;
	}

	@Override
	public Flow.Publisher<ByteBuffer> publisher() {
		throw new IllegalStateException("A response of the blocking HTTP/1.1 client is read as a stream");
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

	@Override
	public void close() {
		this.response.close();
	}

}
