package io.github.h2transport.transport;

import java.util.Objects;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;

import io.github.h2transport.CallCancelledException;
import io.github.h2transport.ErrorCode;
import io.github.h2transport.FailureContext;
import io.github.h2transport.Http2Exception;
import io.github.h2transport.Http2Request;
import io.github.h2transport.Http2Response;
import io.github.h2transport.Initiator;
import io.github.h2transport.InvalidRequestException;
import io.github.h2transport.Phase;
import io.github.h2transport.PoolException;
import io.github.h2transport.RequestBody;
import io.github.h2transport.TransportListener;
import io.github.h2transport.conn.ClientConn;
import io.github.h2transport.conn.ClientStream;
import io.github.h2transport.conn.Dialer;
import io.github.h2transport.conn.FlightRecorder;
import io.github.h2transport.conn.UploadStream;
import io.github.h2transport.pool.ClientConnPool;
import io.github.h2transport.protocol.Excerpt;
import org.jspecify.annotations.Nullable;

/**
 * A round trip that blocks nobody: each step is called by the one before it, on an event
 * loop as a rule. Cancelling the result leaves the pool's queue or resets the stream.
 */
final class AsyncRoundTrip extends Call {

	/** Longer than a writer is left in a source that stalls, as a rule. */
	private static final long KEEPING_MILLIS = 600;

	private final ClientConnPool pool;

	private final Dialer dialer;

	private final BodyThreads writers;

	/**
	 * Let go once it has the response: what still refers to this call must not keep a
	 * response that everybody else has lost. Set to {@code null} by the loop.
	 */
	private volatile @Nullable CompletableFuture<Http2Response> result = new CompletableFuture<>();

	/**
	 * With what we are about to complete the result; anything else came from outside. A
	 * response is let go at once.
	 */
	private volatile @Nullable Object outcome;

	/**
	 * The latest writing of the body: no other begins before it is over, though its
	 * stream may be.
	 */
	private volatile CompletableFuture<?> writing = CompletableFuture.completedFuture(null);

	/** What a cancel must undo: the future of a connection, a pause, or a stream. */
	private volatile @Nullable Object current;

	/** Set by whoever reads the request's body, before the stream is cancelled. */
	private volatile @Nullable Throwable bodyFailure;

	AsyncRoundTrip(Http2Request request, Targets targets, @Nullable TransportListener listener, ClientConnPool pool,
			Dialer dialer, BodyThreads writers) throws InvalidRequestException {
		super(request, targets, listener, dialer);
		this.pool = pool;
		this.dialer = dialer;
		this.writers = writers;
	}

	CompletableFuture<Http2Response> run() {
		CompletableFuture<Http2Response> future = Objects.requireNonNull(this.result);
		future.whenComplete(this::over);
		attempt();
		return future;
	}

	private boolean isDone() {
		CompletableFuture<Http2Response> open = this.result;
		return open == null || open.isDone();
	}

	private void fail(Throwable failure) {
		CompletableFuture<Http2Response> open = this.result;
		if (open != null) {
			this.outcome = failure;
			open.completeExceptionally(failure);
		}
	}

	/**
	 * The result is complete, by us or from outside: a cancel, a time limit of its own.
	 */
	private void over(@Nullable Http2Response response, @Nullable Throwable failure) {
		Object ours = this.outcome;
		if (ours == null || (ours != response && ours != failure)) {
			cancel();
		}
		if (response == null || ours != response) {
			done((failure != null) ? failure : new CancellationException("The result was completed from outside"));
		}
		dropKept();
		this.writing.whenComplete((done, never) -> request().body().close());
	}

	private void cancel() {
		Object step = this.current;
		if (step instanceof CompletableFuture<?> awaited) {
			awaited.cancel(false);
		}
		else if (step instanceof ClientStream stream) {
			stream.cancel(ErrorCode.CANCEL, () -> new CallCancelledException("The call was cancelled", null,
					FailureContext.of(Initiator.CALLER, Phase.RESPONSE_HEAD).withSafeToRetry(false)));
		}
	}

	private void attempt() {
		CompletableFuture<ClientConn> connection;
		try {
			connection = ask(this.pool);
		}
		catch (RuntimeException | Error ex) {
			fail(poolFailure(ex));
			return;
		}
		if (connection.isDone()) {
			connected(connection);
			return;
		}
		this.current = connection;
		long start = System.nanoTime();
		Runnable disarm = this.dialer.schedule(connectionWait(), () -> {
			if (!connection.isDone()) {
				fail(noConnection(this.pool));
				connection.cancel(false);
			}
		});
		connection.whenComplete((got, failure) -> {
			disarm.run();
			FlightRecorder.waited(key(), start, failure == null);
			connected(connection);
		});
		if (isDone()) {
			connection.cancel(false);
		}
	}

	private void connected(CompletableFuture<ClientConn> future) {
		ClientConn connection;
		try {
			connection = future.join();
		}
		catch (CompletionException | CancellationException ex) {
			if (!isDone()) {
				fail(poolFailure((ex.getCause() != null) ? ex.getCause() : ex));
			}
			return;
		}
		if (isDone()) {
			connection.release();
			return;
		}
		try {
			exchange(connection);
		}
		catch (PoolException ex) {
			connection.release();
			fail(forCaller(ex));
		}
		catch (InvalidRequestException ex) {
			fail(forCaller(ex));
		}
		catch (RuntimeException | Error ex) {
			// Code of the caller has failed: its supplier of trailers.
			fail(ex);
			cancel();
		}
	}

	private void exchange(ClientConn connection) throws InvalidRequestException, PoolException {
		boolean blocks = !(body() instanceof RequestBody.Bytes || body() instanceof RequestBody.Published);
		if (blocks) {
			this.writers.reserve();
		}
		ClientStream stream;
		try {
			gotConnection(connection);
			stream = connection.start(this);
		}
		catch (InvalidRequestException | RuntimeException | Error ex) {
			if (blocks) {
				this.writers.giveBack();
			}
			throw ex;
		}
		this.current = stream;
		stream.onResponse(() -> responded(stream, connection));
		RequestBody body = body();
		if (!stream.hasUpload()) {
			// END_STREAM goes out with the header section.
			if (blocks) {
				this.writers.giveBack();
			}
		}
		else if (body instanceof RequestBody.Published published) {
			stream.uploadFrom(keeping(published), (failure) -> this.bodyFailure = failure);
		}
		else if (!(body instanceof RequestBody.Bytes)) {
			CompletableFuture<Void> written = new CompletableFuture<>();
			CompletableFuture<?> before = this.writing;
			this.writing = written;
			written.whenComplete((done, never) -> this.writers.giveBack());
			before.whenComplete((done, never) -> beginWriting(body, stream, written));
		}
		// Unless it is done with the response, which may have come already.
		CompletableFuture<Http2Response> open = this.result;
		if (open != null && open.isDone()) {
			cancel();
		}
	}

	private void beginWriting(RequestBody body, ClientStream stream, CompletableFuture<Void> written) {
		try {
			this.writers.execute(() -> {
				try {
					write(body, stream);
				}
				finally {
					written.complete(null);
				}
			});
		}
		catch (RejectedExecutionException ex) {
			bodyFailed(stream, ex);
			written.complete(null);
		}
	}

	private void write(RequestBody body, ClientStream stream) {
		UploadStream out = stream.uploadStream();
		try {
			if (out.awaitWanted()) {
				out.writeAll(body, kept());
			}
		}
		catch (Throwable ex) {
			// Also an Error: nobody else would ever hear of it.
			if (!stream.isUploadStopped()) {
				bodyFailed(stream, ex);
			}
		}
	}

	private void bodyFailed(ClientStream stream, Throwable failure) {
		this.bodyFailure = failure;
		stream.cancel(ErrorCode.CANCEL,
				() -> new CallCancelledException("The request body failed: " + Excerpt.message(failure.toString()),
						failure, FailureContext.of(Initiator.CALLER, Phase.REQUEST_BODY).withSafeToRetry(false)));
	}

	private void replay(Http2Exception failure, ClientConn connection, ClientStream stream) {
		long pause = isDone() ? RetryRules.NO : replayAfter(failure, connection, stream);
		if (pause == RetryRules.NO) {
			fail(forCaller(failure));
		}
		else if (pause == 0) {
			attempt();
		}
		else {
			pause(pause);
		}
	}

	private void pause(long nanos) {
		CompletableFuture<?> over = new CompletableFuture<>();
		this.current = over;
		Runnable disarm = this.dialer.schedule(nanos, () -> {
			if (over.complete(null)) {
				attempt();
			}
		});
		if (isDone()) {
			over.cancel(false);
		}
		over.whenComplete((done, cancelled) -> disarm.run());
	}

	private void responded(ClientStream stream, ClientConn connection) {
		Http2Response response;
		try {
			response = stream.poll();
		}
		catch (Http2Exception ex) {
			Throwable fromBody = this.bodyFailure;
			if (fromBody != null) {
				fail(fromBody);
			}
			else if (ex.isSafeToRetry() && kept() != null && !this.writing.isDone()) {
				// Content that can be had only once may be whole in a moment.
				this.writing.handle((done, never) -> null)
					.completeOnTimeout(null, KEEPING_MILLIS, TimeUnit.MILLISECONDS)
					.thenRun(() -> replay(ex, connection, stream));
			}
			else {
				replay(ex, connection, stream);
			}
			return;
		}
		if (response == null) {
			return;
		}
		answered();
		CompletableFuture<Http2Response> open = this.result;
		this.outcome = response;
		this.result = null;
		if (open == null || !open.complete(response)) {
			response.close();
		}
		this.outcome = null;
	}

}
