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
 * A response of the HTTP/1.1 client in the shape that redirects and cookies are read
 * from, so that these need not know which version it was. The caller gets the response
 * itself.
 */
final class Http1Response implements Http2Response {

	private final ClientHttpResponse response;

	private final int status;

	Http1Response(ClientHttpResponse response) throws IOException {
		this.response = response;
		try {
			this.status = response.getStatusCode().value();
		}
		catch (IOException | RuntimeException ex) {
			response.close();
			throw ex;
		}
	}

	ClientHttpResponse forCaller() {
		return this.response;
	}

	@Override
	public int status() {
		return this.status;
	}

	@Override
	public Headers headers() {
		return HeaderTranslator.toTransport(this.response.getHeaders());
	}

	@Override
	public InputStream body() {
		throw new IllegalStateException("The content of a response of the HTTP/1.1 client is read from itself");
	}

	@Override
	public Flow.Publisher<ByteBuffer> publisher() {
		throw new IllegalStateException("The content of a response of the HTTP/1.1 client is read from itself");
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
