package io.github.h2transport.spring;

import java.util.function.Function;

import io.github.h2transport.Http2Request;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.util.context.ContextView;

import org.springframework.http.client.reactive.ClientHttpRequest;

/**
 * The reactive twin of {@link WrittenRequest}.
 *
 * @param fields copies the fields, and knows the content for HTTP/2
 * @param content writes the content as it was given, {@code null} if there is none
 * @param context of whoever subscribed to the call
 */
record WrittenReactiveRequest(WrittenRequest fields, @Nullable Function<ClientHttpRequest, Mono<Void>> content,
		ContextView context) {

	/**
	 * Writes a request: the one that was remembered, or one that followed from it.
	 * @param request what HTTP/2 would send
	 * @param to a request of the HTTP/1.1 client
	 * @return completes when it is written
	 */
	Mono<Void> writeTo(Http2Request request, ClientHttpRequest to) {
		this.fields.copyFields(request, to.getHeaders());
		if (!this.fields.isAsWritten(request.body())) {
			return Http1Content.write(request.body(), to);
		}
		return (this.content != null) ? this.content.apply(to) : to.setComplete();
	}

}
