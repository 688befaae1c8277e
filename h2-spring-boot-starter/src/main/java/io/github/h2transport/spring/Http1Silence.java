package io.github.h2transport.spring;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Operators;

/**
 * Since when the subscriber of a response's content has waited for more. Time in which it
 * asks for nothing does not count.
 */
final class Http1Silence {

	private final AtomicLong demand = new AtomicLong();

	private volatile long since = System.nanoTime();

	private Http1Silence() {
	}

	/**
	 * Ends content that its subscriber has waited for too long.
	 * @param content the content
	 * @param limit above zero
	 * @param failure what it ends with
	 * @return the same content
	 */
	static <T> Flux<T> limit(Flux<T> content, Duration limit, Publisher<?> failure) {
		return Flux.defer(() -> {
			Http1Silence silence = new Http1Silence();
			return content.doOnRequest(silence::asked)
				.doOnNext((piece) -> silence.came())
				.takeUntilOther(silence.longerThan(limit).thenMany(failure));
		});
	}

	private void asked(long pieces) {
		if (this.demand.getAndAccumulate(pieces, Operators::addCap) == 0) {
			this.since = System.nanoTime();
		}
	}

	private void came() {
		this.since = System.nanoTime();
		this.demand.getAndUpdate((pieces) -> (pieces == Long.MAX_VALUE || pieces == 0) ? pieces : pieces - 1);
	}

	private Duration length() {
		return (this.demand.get() == 0) ? Duration.ZERO : Duration.ofNanos(System.nanoTime() - this.since);
	}

	private Mono<Duration> longerThan(Duration limit) {
		return Mono.defer(() -> Mono.delay(limit.minus(length())))
			.map((tick) -> length())
			.filter((length) -> length.compareTo(limit) >= 0)
			.repeatWhenEmpty((again) -> again);
	}

}
