package io.github.h2transport.transport;

import java.io.IOException;
import java.util.Objects;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;
import java.util.concurrent.locks.LockSupport;

import io.github.h2transport.CallCancelledException;
import io.github.h2transport.ErrorCode;
import io.github.h2transport.FailureContext;
import io.github.h2transport.Http2Exception;
import io.github.h2transport.Http2Request;
import io.github.h2transport.Http2Response;
import io.github.h2transport.Initiator;
import io.github.h2transport.Phase;
import io.github.h2transport.RequestBody;
import io.github.h2transport.conn.ClientConn;
import io.github.h2transport.conn.ClientStream;
import io.github.h2transport.conn.Dialer;
import io.github.h2transport.conn.FlightRecorder;
import io.github.h2transport.conn.Guests;
import io.github.h2transport.conn.UploadStream;
import org.jspecify.annotations.Nullable;

/**
 * One call on its way: it gets a connection, sends the request and has its response, or
 * goes round again if the server surely did not process it. The same machine for both
 * styles, which differ in how they wait: an asynchronous call is called back by what it
 * waits for, and its steps run there; the thread of a blocking call parks, and runs them
 * itself.
 *
 * <p>
 * At any time either one thread is at work on a step, and owns the fields, or the call
 * waits for one thing. Whoever brings that takes it from the state by compare-and-set and
 * is at work; who comes too late finds another state and leaves it alone. Every call
 * leaves through {@link #end}.
 */
final class RoundTrip {

	private static final AtomicReferenceFieldUpdater<RoundTrip, Object> STATE = AtomicReferenceFieldUpdater
		.newUpdater(RoundTrip.class, Object.class, "state");

	/** Longer than a writer is left in a source that stalls, as a rule. */
	private static final long KEEPING_NANOS = TimeUnit.MILLISECONDS.toNanos(600);

	private static final Step AGAIN = () -> true;

	private final Http2Request request;

	private final Shared shared;

	/** Whether the calling thread parks. */
	private final boolean blocking;

	/**
	 * Where the call is: a {@link Mark}, or what it waits for, a {@link Wait} or a
	 * {@link ClientStream}.
	 */
	private volatile Object state = Mark.AT_WORK;

	// Owned by whoever is at work, and by whoever ends the call.

	/** Made by the first step. */
	private @Nullable Call call;

	/**
	 * Let go at the end: what still refers to this call must not keep a response that
	 * everybody else has lost.
	 */
	private @Nullable CompletableFuture<Http2Response> result;

	/** Got from the pool, and not handed over to a stream. */
	private @Nullable ClientConn slot;

	/** The latest, if another thread writes the content. */
	private @Nullable Writing writing;

	private RoundTrip(Http2Request request, Shared shared, boolean blocking, CompletableFuture<Http2Response> result) {
		this.request = request;
		this.shared = shared;
		this.blocking = blocking;
		this.result = result;
	}

	/**
	 * Makes a call on the calling thread.
	 * @throws IOException why there is no response; and whatever the caller's own code
	 * has thrown
	 */
	static Http2Response blocking(Http2Request request, Targets targets, Shared shared) throws IOException {
		CompletableFuture<Http2Response> result = new CompletableFuture<>();
		new RoundTrip(request, shared, true, result).begin(targets);
		if (result.isCompletedExceptionally()) {
			throw RoundTrip.<IOException>undeclared(failure(result));
		}
		return result.join();
	}

	/** Begins a call that blocks nobody. */
	static CompletableFuture<Http2Response> asynchronous(Http2Request request, Targets targets, Shared shared) {
		CompletableFuture<Http2Response> result = new CompletableFuture<>();
		RoundTrip trip = new RoundTrip(request, shared, false, result);
		result.whenComplete(trip::completed);
		trip.begin(targets);
		return result;
	}

	@SuppressWarnings("unchecked")
	private static <X extends Throwable> X undeclared(Throwable failure) throws X {
		throw (X) failure;
	}

	private Call call() {
		return Objects.requireNonNull(this.call);
	}

	// ---- who is at work ----

	private void begin(Targets targets) {
		try {
			if (this.blocking && Dialer.onLoopThread()) {
				throw new IllegalStateException(
						"A blocking call on the event loop thread " + Thread.currentThread().getName()
								+ " would stop its connections; hand the call over to another thread");
			}
			this.call = new Call(this.request, targets, this.shared);
		}
		catch (Throwable ex) {
			fail(ex);
			return;
		}
		run(AGAIN);
	}

	/** The fence around every step: what it throws ends the call. For who is at work. */
	private void run(Step step) {
		try {
			for (boolean again = step.run(); again;) {
				again = attempt();
			}
		}
		catch (Throwable ex) {
			fail(ex);
		}
	}

	/** What was waited for is here; unless the call has gone on without it. */
	private void event(Object awaited, Step step) {
		if (take(awaited)) {
			run(step);
		}
	}

	/** From waiting to being at work. */
	private boolean take(Object awaited) {
		if (awaited instanceof Wait wait) {
			wait.stopTimer();
		}
		return STATE.compareAndSet(this, awaited, Mark.AT_WORK);
	}

	/** From being at work to waiting, unless the call was ended meanwhile. */
	private boolean waitFor(Object awaited) {
		if (STATE.compareAndSet(this, Mark.AT_WORK, awaited)) {
			return true;
		}
		undo(awaited);
		leave(null, null);
		return false;
	}

	private void limit(Wait awaited, long nanos, Step step) {
		awaited.timer(this.shared.dialer().schedule(nanos, () -> event(awaited, step)));
		if (this.state != awaited) {
			awaited.stopTimer();
		}
	}

	// ---- the steps; each returns whether to make another attempt at once ----

	private boolean attempt() throws Exception {
		CompletionStage<ClientConn> stage;
		CompletableFuture<ClientConn> future;
		try {
			// The pool may be the user's: whatever it does is an answer.
			stage = this.shared.pool().getClientConn(call().connectionRequest());
			future = Objects.requireNonNull(stage.toCompletableFuture());
		}
		catch (Throwable ex) {
			return fail(call().poolFailure(ex));
		}
		if (future.isDone()) {
			return connected(future);
		}
		Wait.ForConnection asked = new Wait.ForConnection(stage, future);
		return waitFor(asked) && (this.blocking ? park(asked) : callBack(asked));
	}

	private boolean park(Wait.ForConnection asked) throws Exception {
		long start = System.nanoTime();
		boolean success = false;
		try {
			asked.future().get(call().connectionWait(), TimeUnit.NANOSECONDS);
			success = true;
		}
		catch (ExecutionException | CancellationException ex) {
			// The next step says so.
		}
		catch (TimeoutException ex) {
			return take(asked) && notConnected(asked);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			return fail(new CallCancelledException("Interrupted while waiting for a connection to " + call().key(),
					null, FailureContext.of(Initiator.CALLER, Phase.POOL)));
		}
		finally {
			FlightRecorder.waited(call().key(), start, success);
		}
		return take(asked) && connected(asked.future());
	}

	private boolean callBack(Wait.ForConnection asked) {
		Call asking = call();
		long start = System.nanoTime();
		limit(asked, asking.connectionWait(), () -> notConnected(asked));
		asked.future().whenComplete((got, failed) -> {
			FlightRecorder.waited(asking.key(), start, failed == null);
			event(asked, () -> connected(asked.future()));
		});
		return false;
	}

	private boolean notConnected(Wait asked) {
		asked.giveUp();
		return fail(call().noConnection(this.shared.pool()));
	}

	private boolean connected(CompletableFuture<ClientConn> future) throws Exception {
		ClientConn connection;
		try {
			connection = Objects.requireNonNull(future.join(), "it gave none");
		}
		catch (Throwable ex) {
			return fail(call().poolFailure((ex.getCause() != null) ? ex.getCause() : ex));
		}
		this.slot = connection;
		if (!this.blocking && call().asksForTrailersAtOnce() && Dialer.onLoopThread()) {
			this.shared.bodyThreads().elsewhere(() -> run(() -> send(connection)));
			return false;
		}
		return send(connection);
	}

	private boolean send(ClientConn connection) throws Exception {
		RequestBody body = call().body();
		Writing now = (!this.blocking && call().isWritten()) ? new Writing(this.shared.bodyThreads(), this.writing)
				: null;
		ClientStream stream = null;
		try {
			call().gotConnection(connection);
			// It gives the slot back itself if it fails.
			this.slot = null;
			stream = connection.start(call());
		}
		finally {
			if (now != null && (stream == null || !stream.hasUpload())) {
				// END_STREAM goes out with the header section.
				now.end();
			}
		}
		if (now != null) {
			this.writing = now;
		}
		if (waitFor(stream)) {
			return this.blocking ? park(stream, connection, body) : callBack(stream, connection, body, now);
		}
		if (now != null && stream.hasUpload()) {
			now.end();
		}
		return false;
	}

	private boolean park(ClientStream stream, ClientConn connection, RequestBody body) {
		// What is turned away at once leaves a one-shot body unread for the next attempt.
		if (stream.hasUpload() && !(body instanceof RequestBody.Bytes)) {
			write(stream, body);
			if (this.state != stream) {
				return false;
			}
		}
		Http2Response got;
		try {
			got = stream.awaitResponse();
		}
		catch (Http2Exception ex) {
			return take(stream) && failed(ex, connection, stream);
		}
		return take(stream) && answered(got);
	}

	private boolean callBack(ClientStream stream, ClientConn connection, RequestBody body, @Nullable Writing now) {
		stream.onResponse(() -> event(stream, () -> poll(stream, connection)));
		if (body instanceof RequestBody.Published published && stream.hasUpload()) {
			publish(stream, published);
		}
		else if (now != null && stream.hasUpload()) {
			now.begin(() -> write(stream, body), (ex) -> contentFailed(stream, ex));
		}
		return false;
	}

	private boolean poll(ClientStream stream, ClientConn connection) {
		try {
			return answered(Objects.requireNonNull(stream.poll()));
		}
		catch (Http2Exception ex) {
			return failed(ex, connection, stream);
		}
	}

	private boolean answered(Http2Response got) {
		call().answered();
		leave(got, null);
		return false;
	}

	private boolean failed(Http2Exception ex, ClientConn connection, ClientStream stream) {
		Throwable own = ofContent(ex);
		if (own != null) {
			return fail(own);
		}
		Writing whole = this.writing;
		if (!ex.isSafeToRetry() || call().kept() == null || whole == null || whole.isOver()) {
			return again(ex, connection, stream);
		}
		// Content that can be had only once may be whole in a moment.
		Wait moment = new Wait();
		if (waitFor(moment)) {
			Step next = () -> again(ex, connection, stream);
			limit(moment, KEEPING_NANOS, next);
			whole.whenOver(() -> event(moment, next));
		}
		return false;
	}

	/** A stream whose content has failed says so, and the caller hears the cause. */
	private @Nullable Throwable ofContent(Http2Exception ex) {
		Throwable own = (ex instanceof CallCancelledException && ex.context().phase() == Phase.REQUEST_BODY)
				? ex.getCause() : null;
		boolean declared = own instanceof IOException || own instanceof RuntimeException || own instanceof Error;
		return (own == null || declared || !this.blocking) ? own : ex;
	}

	private boolean again(Http2Exception ex, ClientConn connection, ClientStream stream) {
		long pause = (this.state == Mark.CUT_OFF) ? RetryRules.NO : call().replayAfter(ex, connection, stream);
		if (pause == RetryRules.NO) {
			return fail(ex);
		}
		if (pause == 0 || this.blocking) {
			return park(pause, ex);
		}
		Wait over = new Wait();
		if (waitFor(over)) {
			limit(over, pause, AGAIN);
		}
		return false;
	}

	private boolean park(long nanos, Http2Exception ex) {
		long end = System.nanoTime() + nanos;
		for (long left = nanos; left > 0; left = end - System.nanoTime()) {
			LockSupport.parkNanos(this, left);
			if (Thread.currentThread().isInterrupted()) {
				return fail(new CallCancelledException(
						"Interrupted while waiting to send the request to " + call().key() + " again", ex,
						FailureContext.of(Initiator.CALLER, Phase.POOL).withSafeToRetry(ex.isSafeToRetry())));
			}
		}
		return true;
	}

	// ---- content, by the calling thread or a body thread, while the call waits ----

	private void write(ClientStream stream, RequestBody body) {
		try {
			UploadStream out = stream.uploadStream();
			if (!out.awaitWanted()) {
				return;
			}
			if (body instanceof RequestBody.Published published) {
				publish(stream, published);
			}
			else {
				out.writeAll(body, call().kept());
			}
		}
		catch (Throwable ex) {
			// When nobody wants the rest, the response or the failure says what matters.
			if (ex instanceof Error || !stream.isUploadStopped()) {
				contentFailed(stream, ex);
			}
		}
	}

	/** It tells the stream of its failures. */
	private void publish(ClientStream stream, RequestBody.Published body) {
		stream.uploadFrom(call().keeping(body), this.shared.bodyThreads()::elsewhere);
	}

	private void contentFailed(ClientStream stream, Throwable ex) {
		boolean ours = take(stream);
		if (ours || !stream.isUploadStopped()) {
			stream.cancel(ErrorCode.CANCEL,
					() -> new CallCancelledException("The request body failed: " + Guests.words(ex), ex,
							FailureContext.of(Initiator.CALLER, Phase.REQUEST_BODY).withSafeToRetry(false)));
		}
		if (ours) {
			fail(ex);
		}
	}

	// ---- the end ----

	/** For whoever is at work. */
	private boolean fail(Throwable ex) {
		Call known = this.call;
		leave(null, (known != null && ex instanceof Http2Exception ours) ? known.forCaller(ours) : ex);
		return false;
	}

	/** For whoever is at work: the call is over, if it was not over already. */
	private void leave(@Nullable Http2Response got, @Nullable Throwable failed) {
		Object left = STATE.getAndSet(this, Mark.DONE);
		boolean ours = left != Mark.DONE && left != Mark.CUT_OFF;
		if (!ours && got != null) {
			got.close();
		}
		if (left != Mark.DONE) {
			end(left, ours ? got : null, ours ? failed : failure(this.result));
		}
	}

	/** The result is complete: by ourselves, or from outside at any time. */
	private void completed(@Nullable Http2Response got, @Nullable Throwable failed) {
		for (Object now = this.state; now != Mark.DONE && now != Mark.CUT_OFF; now = this.state) {
			// Whoever is at work ends the call when it has nothing more to do.
			Object next = (now == Mark.AT_WORK) ? Mark.CUT_OFF : Mark.DONE;
			if (STATE.compareAndSet(this, now, next)) {
				if (next == Mark.DONE) {
					end(now, null, failure(this.result));
				}
				return;
			}
		}
	}

	/**
	 * The only way out of a call, taken once.
	 * @param left what it was waiting for
	 * @param got the response, {@code null} if there is none
	 * @param failed why there is none
	 */
	private void end(Object left, @Nullable Http2Response got, @Nullable Throwable failed) {
		try {
			undo(left);
			if (this.slot != null) {
				this.slot.release();
			}
			if (this.call != null) {
				this.call.dropKept();
			}
			tell(failed);
		}
		catch (Throwable ex) {
			Guests.failed("The end of a call", ex);
		}
		closeContent(!(left instanceof Mark));
		handOver(got, failed);
	}

	private static void undo(Object awaited) {
		if (awaited instanceof ClientStream stream) {
			stream.cancel(ErrorCode.CANCEL, () -> new CallCancelledException("The call was cancelled", null,
					FailureContext.of(Initiator.CALLER, Phase.RESPONSE_HEAD).withSafeToRetry(false)));
		}
		else if (awaited instanceof Wait wait) {
			wait.giveUp();
		}
	}

	/** The stream tells of the end of a response. */
	private void tell(@Nullable Throwable failed) {
		if (failed != null && this.call != null) {
			this.call.done(failed);
		}
		else if (failed != null && this.shared.listener() != null) {
			this.shared.listener().done(this.request, failed);
		}
	}

	/** When nobody is in it any more. */
	private void closeContent(boolean fromOutside) {
		if (this.writing != null && !this.writing.isOver()) {
			this.writing.whenOver(() -> closeContent(false));
		}
		else {
			boolean here = this.blocking || !(fromOutside || Dialer.onLoopThread());
			this.shared.bodyThreads().close(this.request.body(), here);
		}
	}

	private void handOver(@Nullable Http2Response got, @Nullable Throwable failed) {
		CompletableFuture<Http2Response> open = Objects.requireNonNull(this.result);
		this.result = null;
		try {
			if (got == null) {
				open.completeExceptionally(Objects.requireNonNull(failed));
			}
			else if (!open.complete(got)) {
				got.close();
				tell(failure(open));
			}
		}
		catch (Throwable ex) {
			Guests.failed("What depends on the result of a call", ex);
		}
	}

	/** How a result without a response of ours was completed. */
	private static Throwable failure(@Nullable CompletableFuture<?> complete) {
		AtomicReference<@Nullable Throwable> found = new AtomicReference<>();
		Objects.requireNonNull(complete).whenComplete((got, failed) -> found.set(failed));
		Throwable failure = found.get();
		return (failure != null) ? failure : new CancellationException("The result was completed from outside");
	}

	/** What is no thing to wait for. */
	private enum Mark {

		/** Somebody is at work on a step. */
		AT_WORK,

		/** The same, but the call was ended from outside. */
		CUT_OFF,

		DONE

	}

	/** What is done when something has come that was waited for. */
	private interface Step {

		/**
		 * Goes on.
		 * @return whether to make another attempt at once
		 */
		boolean run() throws Exception;

	}

}
