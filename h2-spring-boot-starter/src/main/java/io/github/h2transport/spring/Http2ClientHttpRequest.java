package io.github.h2transport.spring;

import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.util.Map;

import io.github.h2transport.CallOptions;
import io.github.h2transport.Http2Exception;
import io.github.h2transport.Http2Request;
import io.github.h2transport.Http2Response;
import io.github.h2transport.RequestBody;
import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.StreamingHttpOutputMessage;
import org.springframework.http.client.AbstractClientHttpRequest;
import org.springframework.http.client.ClientHttpResponse;
import org.springframework.util.Assert;
import org.springframework.util.FastByteArrayOutputStream;
import org.springframework.util.StreamUtils;

/**
 * A request of Spring that goes out over the transport. Content written to
 * {@link #getBody()} is kept and can be replayed; content given as a {@link Body} is
 * written by the calling thread while it is sent.
 */
final class Http2ClientHttpRequest extends AbstractClientHttpRequest implements StreamingHttpOutputMessage {

	private static final int INITIAL_BUFFER = 1024; // most JSON documents fit

	private final Exchange exchange;

	private final HttpMethod method;

	private final URI uri;

	private final CallOptions options;

	private final ClientFeatures features;

	// Confined to the caller; at most one of the two is set.
	private @Nullable FastByteArrayOutputStream buffer;

	private @Nullable BodySource source;

	/** Set with the source: the same for a client of HTTP/1.1. */
	private WrittenRequest.@Nullable Content content;

	private boolean attributed;

	Http2ClientHttpRequest(Exchange exchange, URI uri, HttpMethod method, CallOptions options,
			ClientFeatures features) {
		this.exchange = exchange;
		this.uri = uri;
		this.method = method;
		this.options = options;
		this.features = features;
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
		Assert.state(this.source == null, "Use either getBody or setBody, not both");
		FastByteArrayOutputStream target = this.buffer;
		if (target == null) {
			target = new FastByteArrayOutputStream(INITIAL_BUFFER);
			this.buffer = target;
		}
		return target;
	}

	@Override
	public void setBody(Body body) {
		Assert.notNull(body, "'body' must not be null");
		setSource((headers) -> RequestBody.ofWriter((out) -> body.writeTo(StreamUtils.nonClosing(out)),
				declaredLength(headers), body.repeatable()), (to) -> WrittenRequest.write(body, to));
	}

	@Override
	public void setBody(byte[] body) {
		Assert.notNull(body, "'body' must not be null");
		setSource((headers) -> RequestBody.of(body), (to) -> {
			if (to instanceof StreamingHttpOutputMessage streaming) {
				streaming.setBody(body);
			}
			else {
				to.getBody().write(body);
			}
		});
	}

	private void setSource(BodySource newSource, WrittenRequest.Content newContent) {
		assertNotExecuted();
		Assert.state(this.buffer == null, "Use either getBody or setBody, not both");
		this.source = newSource;
		this.content = newContent;
	}

	/** Remembers that there are any: most requests have none, and no map for them. */
	@Override
	public Map<String, Object> getAttributes() {
		this.attributed = true;
		return super.getAttributes();
	}

	@Override
	protected ClientHttpResponse executeInternal(HttpHeaders headers) throws IOException {
		boolean acceptGzip = this.features.asksForGzip(this.method, headers);
		RequestBody body = transportBody(headers);
		Http2Request.Builder builder = Http2Request.builder(this.method.name(), this.uri)
			.headers(HeaderTranslator.toTransport(headers, acceptGzip))
			.body(body)
			.options(this.options);
		Http2Request request = this.attributed ? attributed(builder) : builder.build();
		try {
			Http2Response response = send(request,
					new WrittenRequest(headers, acceptGzip, body, writtenContent(), request.options()));
			Http2ExchangeInfo info = this.attributed ? Http2CallAttributes.info(getAttributes()) : null;
			if (info != null) {
				info.answered(response);
			}
			return (response instanceof Http1Response http1) ? http1.forCaller()
					: new Http2ClientHttpResponse(response, acceptGzip);
		}
		catch (Http2Exception ex) {
			Exception translated = ExceptionTranslator.translateAny(ex);
			if (translated instanceof RuntimeException unchecked) {
				throw unchecked;
			}
			throw (IOException) translated;
		}
	}

	private Http2Request attributed(Http2Request.Builder builder) {
		// Also finds a value of the wrong type before anything is sent.
		Http2CallAttributes.info(getAttributes());
		Http2CallAttributes.customize(builder, getAttributes());
		CallOptions own = builder.build().options();
		return builder.options(Http2CallAttributes.options(own, getAttributes())).build();
	}

	private Http2Response send(Http2Request first, WrittenRequest written) throws IOException {
		if (this.features.isPlain()) {
			return this.exchange.roundTrip(first, written);
		}
		CallChain chain = new CallChain(first, this.features, this.exchange.options());
		Http2Request request = chain.first();
		for (;;) {
			Http2Response response = this.exchange.roundTrip(request, written);
			Http2Request next = chain.next(response);
			if (next == null) {
				return response;
			}
			request = next;
		}
	}

	private RequestBody transportBody(HttpHeaders headers) {
		if (this.buffer != null) {
			return RequestBody.of(this.buffer.toByteArrayUnsafe());
		}
		return (this.source != null) ? this.source.toRequestBody(headers) : RequestBody.none();
	}

	private WrittenRequest.@Nullable Content writtenContent() {
		FastByteArrayOutputStream buffered = this.buffer;
		return (buffered != null) ? (to) -> buffered.writeTo(to.getBody()) : this.content;
	}

	private static long declaredLength(HttpHeaders headers) {
		try {
			return Math.max(headers.getContentLength(), RequestBody.UNKNOWN_LENGTH);
		}
		catch (NumberFormatException ex) {
			// The transport refuses the field with a message that names it.
			return RequestBody.UNKNOWN_LENGTH;
		}
	}

	/** Makes the content once the headers, which may declare its length, are complete. */
	private interface BodySource {

		RequestBody toRequestBody(HttpHeaders headers);

	}

}
