package io.github.h2transport.spring;

import java.util.List;

import io.github.h2transport.Http2Response;

import org.springframework.core.io.buffer.DataBufferFactory;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.ResponseCookie;
import org.springframework.http.client.reactive.AbstractClientHttpResponse;
import org.springframework.util.CollectionUtils;
import org.springframework.util.LinkedMultiValueMap;
import org.springframework.util.MultiValueMap;

/** A response as {@code WebClient} reads it. */
final class Http2ReactiveClientHttpResponse extends AbstractClientHttpResponse implements UnreadResponse {

	private static final MultiValueMap<String, ResponseCookie> NO_COOKIES = CollectionUtils
		.unmodifiableMultiValueMap(new LinkedMultiValueMap<>(0));

	private final Http2Response response;

	private final ResponseContent content;

	private Http2ReactiveClientHttpResponse(Http2Response response, HttpHeaders headers,
			MultiValueMap<String, ResponseCookie> cookies, ResponseContent content) {
		super(HttpStatusCode.valueOf(response.status()), headers, cookies, content.assembled());
		this.response = response;
		this.content = content;
	}

	static Http2ReactiveClientHttpResponse of(Http2Response response, boolean mayBeGzip,
			ResponseCookie.Parser cookieParser, DataBufferFactory bufferFactory) {
		boolean gzip = mayBeGzip && ClientFeatures.isGzip(response);
		HttpHeaders headers = HeaderTranslator.toSpring(response.headers(), gzip);
		return new Http2ReactiveClientHttpResponse(response, headers, cookies(headers, cookieParser),
				new ResponseContent(response, gzip, bufferFactory));
	}

	private static MultiValueMap<String, ResponseCookie> cookies(HttpHeaders headers, ResponseCookie.Parser parser) {
		List<String> fields = headers.get(HttpHeaders.SET_COOKIE);
		return (fields != null) ? CollectionUtils.unmodifiableMultiValueMap(parser.parse(fields)) : NO_COOKIES;
	}

	/** Names connection and stream as {@code /actuator/h2pool} does. */
	@Override
	public String getId() {
		return this.response.connectionId() + "-" + this.response.streamId();
	}

	/** Resets the stream of a response that nobody reads, and never one that is read. */
	@Override
	public void releaseUnlessRead() {
		this.content.releaseUnlessRead();
	}

}
