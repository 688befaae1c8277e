package io.github.h2transport.spring;

import java.io.InputStream;

import io.github.h2transport.Http2Response;

import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.client.ClientHttpResponse;

/** A response of the transport as Spring reads it. For one thread at a time. */
final class Http2ClientHttpResponse implements ClientHttpResponse {

	private final Http2Response response;

	private final HttpHeaders headers;

	private final InputStream body;

	Http2ClientHttpResponse(Http2Response response, boolean mayBeGzip) {
		this.response = response;
		boolean gzip = mayBeGzip && ClientFeatures.isGzip(response);
		this.headers = HeaderTranslator.toSpring(response.headers(), gzip);
		InputStream content = new TranslatingInputStream(response.body());
		this.body = gzip ? new GunzipStream(content) : content;
	}

	@Override
	public HttpStatusCode getStatusCode() {
		return HttpStatusCode.valueOf(this.response.status());
	}

	/**
	 * HTTP/2 carries no reason phrase (RFC 9113 section 8.3.2); exceptions of Spring show
	 * this text, so the usual one is better than none.
	 */
	@Override
	public String getStatusText() {
		HttpStatus known = HttpStatus.resolve(this.response.status());
		return (known != null) ? known.getReasonPhrase() : "";
	}

	@Override
	public HttpHeaders getHeaders() {
		return this.headers;
	}

	@Override
	public InputStream getBody() {
		return this.body;
	}

	/**
	 * Abandons content that was not read, as {@link Http2Response#close()} does: nobody
	 * waits for the rest. Other clients read it to its end here, which never comes for an
	 * endless body.
	 */
	@Override
	public void close() {
		this.response.close();
	}

}
