package io.github.h2transport.spring;

import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

import io.github.h2transport.Http2Exception;
import io.github.h2transport.Http2Request;
import io.github.h2transport.Http2Response;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.MonoSink;

import org.springframework.http.client.reactive.ClientHttpResponse;

/**
 * One call of {@code WebClient}, with the redirects that it follows. Whatever a cancel
 * meets is undone: a wait for a connection, a stream without an answer, an answer that
 * nobody has begun to read.
 */
final class ReactiveCall {

	private final AsyncExchange exchange;

	private final ClientFeatures features;

	private final Function<Http2Response, Http2ReactiveClientHttpResponse> responses;

	// A cancel sets the flag before it looks at the other two, which are set before the
	// flag is looked at; so one of both sides sees the other.
	private volatile boolean cancelled;

	private volatile @Nullable CompletableFuture<Http2Response> pending;

	private volatile @Nullable Http2ReactiveClientHttpResponse response;

	ReactiveCall(AsyncExchange exchange, ClientFeatures features,
			Function<Http2Response, Http2ReactiveClientHttpResponse> responses) {
		this.exchange = exchange;
		this.features = features;
		this.responses = responses;
	}

	/**
	 * Sends the request.
	 * @param request the request
	 * @param sink gets the response or what failed, on an event loop as a rule
	 */
	void start(Http2Request request, MonoSink<ClientHttpResponse> sink) {
		CallChain chain = new CallChain(request, this.features, this.exchange.options());
		send(chain.first(), chain, sink);
	}

	@SuppressWarnings("FutureReturnValueIgnored") // the sink is told, however it ends
	private void send(Http2Request request, CallChain chain, MonoSink<ClientHttpResponse> sink) {
		CompletableFuture<Http2Response> future = this.exchange.roundTripAsync(request);
		this.pending = future;
		if (this.cancelled) {
			future.cancel(true);
		}
		future.whenComplete((answer, failure) -> {
			if (failure != null && this.cancelled) {
				// Nobody listens; Reactor would log it as an error that was dropped.
				return;
			}
			if (failure != null) {
				sink.error((failure instanceof Http2Exception ours) ? ExceptionTranslator.translate(ours) : failure);
				return;
			}
			try {
				Http2Request next = chain.next(answer);
				if (next != null) {
					send(next, chain, sink);
				}
				else {
					answered(this.responses.apply(answer), sink);
				}
			}
			catch (IOException | RuntimeException ex) {
				answer.close();
				sink.error(ex);
			}
		});
	}

	private void answered(Http2ReactiveClientHttpResponse newResponse, MonoSink<ClientHttpResponse> sink) {
		this.response = newResponse;
		if (this.cancelled) {
			newResponse.releaseUnlessRead();
		}
		sink.success(newResponse);
	}

	/** Undoes what there is to undo; nothing if the content is being read. */
	void cancel() {
		this.cancelled = true;
		CompletableFuture<Http2Response> waiting = this.pending;
		if (waiting != null) {
			waiting.cancel(true);
		}
		Http2ReactiveClientHttpResponse unread = this.response;
		if (unread != null) {
			unread.releaseUnlessRead();
		}
	}

}
