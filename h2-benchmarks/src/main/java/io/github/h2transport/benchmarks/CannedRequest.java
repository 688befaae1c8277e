package io.github.h2transport.benchmarks;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;

import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.client.AbstractClientHttpRequest;
import org.springframework.http.client.ClientHttpResponse;

/** The least that {@code RestClient} can have below it: an answer that is there. */
final class CannedRequest extends AbstractClientHttpRequest {

	private final URI uri;

	private final HttpMethod method;

	private final HttpHeaders fields;

	private final byte[] content;

	CannedRequest(URI uri, HttpMethod method, HttpHeaders fields, byte[] content) {
		this.uri = uri;
		this.method = method;
		this.fields = fields;
		this.content = content;
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
	protected OutputStream getBodyInternal(HttpHeaders headers) {
		return OutputStream.nullOutputStream();
	}

	@Override
	protected ClientHttpResponse executeInternal(HttpHeaders headers) {
		return new Answer(this.fields, new ByteArrayInputStream(this.content));
	}

	private record Answer(HttpHeaders fields, InputStream content) implements ClientHttpResponse {

		@Override
		public HttpStatusCode getStatusCode() {
			return HttpStatus.OK;
		}

		@Override
		public String getStatusText() {
			return "OK";
		}

		@Override
		public HttpHeaders getHeaders() {
			return this.fields;
		}

		@Override
		public InputStream getBody() {
			return this.content;
		}

		@Override
		public void close() {
		}

	}

}
