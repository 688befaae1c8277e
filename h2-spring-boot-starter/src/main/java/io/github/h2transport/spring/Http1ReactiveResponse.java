package io.github.h2transport.spring;

import java.io.InputStream;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicBoolean;

import io.github.h2transport.Headers;
import io.github.h2transport.Http2Response;
import io.github.h2transport.Phase;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.http.client.reactive.ClientHttpResponse;
import org.springframework.http.client.reactive.ClientHttpResponseDecorator;

/**
 * The reactive twin of {@link Http1Response}.
 */
final class Http1ReactiveResponse implements Http2Response {

	private final ClientHttpResponse response;

	/** Whoever sets it decides: the content is read, or given up. */
	private final AtomicBoolean claimed = new AtomicBoolean();

	private final Http1Timeouts timeouts;

	Http1ReactiveResponse(ClientHttpResponse response, Http1Timeouts timeouts) {
		this.response = response;
		this.timeouts = timeouts;
	}

	UnreadResponse forCaller() {
		return new ForCaller();
	}

	@Override
	public int status() {
		return this.response.getStatusCode().value();
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

	/** Frees the client's connection: content that nobody reads would keep it. */
	@Override
	public void close() {
		if (this.claimed.compareAndSet(false, true)) {
			this.response.getBody().doOnNext(DataBufferUtils::release).subscribe().dispose();
		}
	}

	/** The response as it came, but that it knows whether somebody has read it. */
	private final class ForCaller extends ClientHttpResponseDecorator implements UnreadResponse {

		private ForCaller() {
			super(Http1ReactiveResponse.this.response);
		}

		@Override
		public Flux<DataBuffer> getBody() {
			Http1Timeouts limits = Http1ReactiveResponse.this.timeouts;
			Flux<DataBuffer> content = getDelegate().getBody()
				.doOnSubscribe((subscription) -> Http1ReactiveResponse.this.claimed.set(true))
				.onErrorMap((failure) -> limits.reworded(failure, Phase.RESPONSE_BODY));
			Duration silence = limits.untilMore();
			if (silence != null) {
				content = Http1Silence.limit(content, silence,
						Mono.error(() -> ExceptionTranslator.translate(limits.silent())));
			}
			Duration limit = limits.untilEnd();
			return (limit == null) ? content : content.takeUntilOther(Mono.delay(limit)
				.then(Mono.error(() -> ExceptionTranslator.translate(limits.passed(Phase.RESPONSE_BODY)))));
		}

		@Override
		public void releaseUnlessRead() {
			close();
		}

	}

}
