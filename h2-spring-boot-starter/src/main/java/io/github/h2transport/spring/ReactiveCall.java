package io.github.h2transport.spring;

import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import java.util.function.BiConsumer;

import io.github.h2transport.Http2Exception;
import io.github.h2transport.Http2Request;
import io.github.h2transport.Http2Response;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Operators;
import reactor.util.context.Context;

import org.springframework.http.client.reactive.ClientHttpResponse;

/**
 * One call of {@code WebClient}, with the redirects that it follows: hears what the
 * caller's callback writes, then the answer, and is the subscription of whoever wants the
 * response. One object instead of a chain of operators, because every call has one.
 *
 * <p>
 * Whatever a cancel meets is undone: content that is being made, a wait for a connection,
 * a stream without an answer, an answer that nobody has begun to read.
 */
final class ReactiveCall implements CoreSubscriber<Void>, Subscription, BiConsumer<Http2Response, Throwable> {

	private static final AtomicIntegerFieldUpdater<ReactiveCall> STATE = AtomicIntegerFieldUpdater
		.newUpdater(ReactiveCall.class, "state");

	// A response is signalled once it is there and was requested, whichever comes last.
	private static final int NEITHER = 0;

	private static final int REQUESTED = 1;

	private static final int ANSWERED = 2;

	private static final int SIGNALLED = 3;

	private final ReactiveExchange.Client client;

	private final Http2ReactiveClientHttpRequest request;

	private final CoreSubscriber<? super ClientHttpResponse> subscriber;

	/** Set before the first request is sent; read by its answers. */
	private @Nullable CallChain chain;

	/** Set with the chain. */
	private @Nullable WrittenReactiveRequest written;

	/** Raised only with {@link #STATE}, by the subscriber and by the answer. */
	@SuppressWarnings("unused") // used through STATE only
	private volatile int state;

	// A cancel sets the flag before it looks at the other three, which are set before the
	// flag is looked at; so one of both sides sees the other.
	private volatile boolean cancelled;

	private volatile @Nullable Subscription writing;

	private volatile @Nullable CompletableFuture<Http2Response> pending;

	private volatile @Nullable UnreadResponse response;

	ReactiveCall(ReactiveExchange.Client client, Http2ReactiveClientHttpRequest request,
			CoreSubscriber<? super ClientHttpResponse> subscriber) {
		this.client = client;
		this.request = request;
		this.subscriber = subscriber;
	}

	/**
	 * Begins with what the callback writes.
	 * @param written completes when the request may be sent
	 */
	void start(Mono<Void> written) {
		this.subscriber.onSubscribe(this);
		written.subscribe(this);
	}

	@Override
	public Context currentContext() {
		return this.subscriber.currentContext();
	}

	@Override
	public void onSubscribe(Subscription subscription) {
		this.writing = subscription;
		if (this.cancelled) {
			subscription.cancel();
			return;
		}
		subscription.request(Long.MAX_VALUE);
	}

	@Override
	public void onNext(Void nothing) {
	}

	@Override
	public void onError(Throwable failure) {
		fail(failure);
	}

	@Override
	public void onComplete() {
		if (this.cancelled) {
			return;
		}
		try {
			if (this.request.isCommitted()) {
				Http2Request first = this.request.toTransport(this.client.features());
				CallChain newChain = new CallChain(first, this.client.features(), this.client.exchange().options());
				WrittenReactiveRequest from = this.request.written(first.options());
				this.written = from;
				this.chain = newChain;
				send(newChain.first(), from);
			}
			else {
				// A callback that wrote nothing still wants its headers sent.
				this.request.setComplete().subscribe(this);
			}
		}
		catch (RuntimeException ex) {
			fail(Operators.onOperatorError(ex, currentContext()));
		}
	}

	private void send(Http2Request next, WrittenReactiveRequest from) {
		if (this.cancelled) {
			// Between a redirect and the request that follows it.
			return;
		}
		CompletableFuture<Http2Response> future = this.client.exchange().roundTripAsync(next, from);
		this.pending = future;
		if (this.cancelled) {
			future.cancel(true);
		}
		future.whenComplete(this);
	}

	/** The answer to the latest request, on an event loop as a rule. */
	@Override
	public void accept(@Nullable Http2Response answer, @Nullable Throwable failure) {
		if (answer != null) {
			answered(answer);
		}
		else if (failure != null && !this.cancelled) {
			// Else nobody listens; Reactor would log it as an error that was dropped.
			fail((failure instanceof Http2Exception ours) ? ExceptionTranslator.translateAny(ours) : failure);
		}
	}

	private void answered(Http2Response answer) {
		try {
			CallChain present = this.chain;
			WrittenReactiveRequest from = this.written;
			Http2Request next = (present != null) ? present.next(answer) : null;
			if (next != null && from != null) {
				send(next, from);
			}
			else {
				hold(this.client.response(answer, this.request));
			}
		}
		catch (IOException | RuntimeException ex) {
			answer.close();
			fail(ex);
		}
	}

	private void hold(UnreadResponse newResponse) {
		this.response = newResponse;
		if (this.cancelled) {
			newResponse.releaseUnlessRead();
			Operators.onNextDropped(newResponse, currentContext());
		}
		else if (!STATE.compareAndSet(this, NEITHER, ANSWERED) && STATE.compareAndSet(this, REQUESTED, SIGNALLED)) {
			signal(newResponse);
		}
	}

	private void signal(UnreadResponse ready) {
		this.subscriber.onNext(ready);
		this.subscriber.onComplete();
	}

	private void fail(Throwable failure) {
		if (STATE.getAndSet(this, SIGNALLED) != SIGNALLED) {
			this.subscriber.onError(failure);
		}
		else {
			Operators.onErrorDropped(failure, currentContext());
		}
	}

	@Override
	public void request(long count) {
		if (!Operators.validate(count) || STATE.compareAndSet(this, NEITHER, REQUESTED)) {
			return;
		}
		UnreadResponse waiting = this.response;
		if (waiting != null && !this.cancelled && STATE.compareAndSet(this, ANSWERED, SIGNALLED)) {
			signal(waiting);
		}
	}

	/**
	 * Undoes what there is to undo; nothing if the content is being read. Also heard
	 * after the response was handed on, when its content is not read.
	 */
	@Override
	public void cancel() {
		this.cancelled = true;
		Subscription unfinished = this.writing;
		if (unfinished != null) {
			unfinished.cancel();
		}
		CompletableFuture<Http2Response> waiting = this.pending;
		if (waiting != null) {
			waiting.cancel(true);
		}
		UnreadResponse unread = this.response;
		if (unread != null) {
			unread.releaseUnlessRead();
		}
	}

}
