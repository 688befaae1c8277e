package io.github.h2transport.conn;

import java.io.IOException;
import java.lang.System.Logger.Level;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.util.Objects;
import java.util.concurrent.Flow;

import io.github.h2transport.Http2Exception;
import org.jspecify.annotations.Nullable;

/**
 * The content of a response for a subscriber. What it requests is taken off the queue and
 * credited to the server, so its demand is what the server may send. Signals come from
 * the loop, one at a time.
 */
final class ResponsePublisher implements Flow.Publisher<ByteBuffer>, Flow.Subscription, Runnable {

	private static final System.Logger logger = System.getLogger(ResponsePublisher.class.getName());

	private static final VarHandle DEMAND;

	private static final VarHandle WORK;

	static {
		try {
			MethodHandles.Lookup lookup = MethodHandles.lookup();
			DEMAND = lookup.findVarHandle(ResponsePublisher.class, "demand", long.class);
			WORK = lookup.findVarHandle(ResponsePublisher.class, "work", int.class);
		}
		catch (ReflectiveOperationException ex) {
			throw new ExceptionInInitializerError(ex);
		}
	}

	/** Not lost as long as somebody has its content. */
	private final StreamResponse response;

	private final ClientStream stream;

	private final ResponseBody body;

	/** What was requested and is not delivered; {@code Long.MAX_VALUE} for all. */
	private volatile long demand;

	/** Whoever raises it from zero drains; everybody else has been heard by then. */
	@SuppressWarnings("unused") // used through WORK only
	private volatile int work;

	private volatile boolean cancelled;

	private volatile @Nullable Throwable badRequest;

	/** Set once before the first signal. */
	private Flow.@Nullable Subscriber<? super ByteBuffer> subscriber;

	/** Owned by whoever drains. */
	private boolean over;

	ResponsePublisher(StreamResponse response, ClientStream stream) {
		this.response = response;
		this.stream = stream;
		this.body = stream.body();
	}

	@Override
	public void subscribe(Flow.Subscriber<? super ByteBuffer> newSubscriber) {
		Objects.requireNonNull(newSubscriber, "newSubscriber");
		if (!this.body.claimReader()) {
			newSubscriber.onSubscribe(new Flow.Subscription() {

				@Override
				public void request(long n) {
				}

				@Override
				public void cancel() {
				}

			});
			newSubscriber.onError(new IllegalStateException("The content of a response can be read once"));
			return;
		}
		this.subscriber = newSubscriber;
		try {
			newSubscriber.onSubscribe(this);
		}
		catch (RuntimeException | Error ex) {
			cancel();
			throw ex;
		}
		this.stream.onNews(this);
	}

	@Override
	public void request(long n) {
		if (n <= 0) {
			this.badRequest = new IllegalArgumentException("The number of requested buffers must be positive");
		}
		else {
			more(n);
		}
		if (!this.stream.connection().onLoop(this)) {
			// What arrived before the loop has ended can still be read.
			run();
		}
	}

	private void more(long n) {
		long before;
		long after;
		do {
			before = this.demand;
			after = (before + n < 0) ? Long.MAX_VALUE : before + n;
		}
		while (!DEMAND.compareAndSet(this, before, after));
	}

	@Override
	public void cancel() {
		this.cancelled = true;
		this.stream.onNews(null);
		this.response.close();
	}

	/** Signals what there is to be signalled. */
	@Override
	public void run() {
		if ((int) WORK.getAndAdd(this, 1) != 0) {
			return;
		}
		int seen = 1;
		do {
			Flow.Subscriber<? super ByteBuffer> receiver = this.subscriber;
			if (receiver != null && !this.over && !this.cancelled) {
				try {
					signal(receiver);
				}
				catch (Throwable ex) {
					// Reactive Streams 2.13: such a subscriber counts as one that
					// cancels.
					this.over = true;
					cancel();
					logger.log(Level.WARNING, "The subscriber to the content of a response failed", ex);
				}
			}
			seen = (int) WORK.getAndAdd(this, -seen) - seen;
		}
		while (seen != 0);
	}

	private void signal(Flow.Subscriber<? super ByteBuffer> receiver) {
		while (this.demand > 0 && !this.cancelled && this.badRequest == null) {
			ByteBuffer piece = this.body.poll();
			if (piece == null) {
				break;
			}
			if (this.demand != Long.MAX_VALUE) {
				// If somebody makes it endless right now, one less is endless too.
				DEMAND.getAndAdd(this, -1L);
			}
			receiver.onNext(piece);
		}
		if (this.cancelled) {
			return;
		}
		Throwable bad = this.badRequest;
		if (bad != null) {
			// Reactive Streams 3.9; also in the middle of what was requested before.
			this.over = true;
			this.response.close();
			receiver.onError(bad);
		}
		else if (!this.body.hasContent()) {
			terminate(receiver);
		}
	}

	/** The queue is empty: the end, a failure, or a wait for more. */
	private void terminate(Flow.Subscriber<? super ByteBuffer> receiver) {
		boolean ended = this.body.isEnded();
		Http2Exception failure = this.body.failure();
		if ((ended || failure != null) && this.body.hasContent()) {
			// It came with the last piece.
			WORK.getAndAdd(this, 1);
			return;
		}
		if (this.body.isClosed()) {
			// What had arrived is gone, so its end must not look like the content's.
			this.over = true;
			this.stream.onNews(null);
			receiver.onError(new IOException("The response is closed"));
		}
		else if (ended) {
			this.over = true;
			this.response.done();
			this.stream.onNews(null);
			receiver.onComplete();
		}
		else if (failure != null) {
			this.over = true;
			this.stream.onNews(null);
			receiver.onError(failure);
		}
		else {
			this.stream.clock().wantingSince((this.demand > 0) ? this.stream.connection().nanoTime() : 0);
		}
	}

}
