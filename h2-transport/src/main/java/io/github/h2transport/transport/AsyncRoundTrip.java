package io.github.h2transport.transport;

import java.util.Objects;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

import io.github.h2transport.CallCancelledException;
import io.github.h2transport.ErrorCode;
import io.github.h2transport.FailureContext;
import io.github.h2transport.Http2Exception;
import io.github.h2transport.Http2Request;
import io.github.h2transport.Http2Response;
import io.github.h2transport.Initiator;
import io.github.h2transport.InvalidRequestException;
import io.github.h2transport.Phase;
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

	private final ClientConnPool pool;

	private final Dialer dialer;

	private final Executor writers;

	/**
	 * Let go once it has the response: what still refers to this call must not keep a
	 * response that everybody else has lost. Set to {@code null} by the loop.
	 */
	private volatile @Nullable Result result = new Result();

	/** What a cancel must undo: the future of a connection, a pause, or a stream. */
	private volatile @Nullable Object current;

	/** Set by whoever reads the request's body, before the stream is cancelled. */
	private volatile @Nullable Throwable bodyFailure;

	AsyncRoundTrip(Http2Request request, Targets targets, @Nullable TransportListener listener, ClientConnPool pool,
			Dialer dialer, Executor writers) throws InvalidRequestException {
		super(request, targets, listener);
		this.pool = pool;
		this.dialer = dialer;
		this.writers = writers;
	}

	CompletableFuture<Http2Response> run() {
		Result future = Objects.requireNonNull(this.result);
		attempt();
		return future;
	}

	private boolean isDone() {
		Result open = this.result;
		return open == null || open.isDone();
	}

	private void fail(Throwable failure) {
		Result open = this.result;
		if (open != null) {
			open.completeExceptionally(failure);
		}
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
		CompletableFuture<ClientConn> connection = ask(this.pool);
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
		catch (InvalidRequestException ex) {
			fail(forCaller(ex));
		}
		catch (RuntimeException ex) {
			// Code of the caller has failed: its supplier of trailers or its publisher.
			fail(ex);
			cancel();
		}
	}

	private void exchange(ClientConn connection) throws InvalidRequestException {
		gotConnection(connection);
		ClientStream stream = connection.start(this);
		this.current = stream;
		stream.onResponse(() -> responded(stream, connection));
		RequestBody body = body();
		if (!stream.hasUpload()) {
			// END_STREAM goes out with the header section.
		}
		else if (body instanceof RequestBody.Published published) {
			stream.uploadFrom(published, (failure) -> this.bodyFailure = failure);
		}
		else if (!(body instanceof RequestBody.Bytes)) {
			try {
				this.writers.execute(() -> write(body, stream));
			}
			catch (RejectedExecutionException ex) {
				bodyFailed(stream, ex);
			}
		}
		Result open = this.result;
		if (open != null && open.isCancelled()) {
			cancel();
		}
	}

	private void write(RequestBody body, ClientStream stream) {
		UploadStream out = stream.uploadStream();
		try {
			if (out.awaitWanted()) {
				out.writeAll(body);
			}
		}
		catch (Exception ex) {
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
			else {
				replay(ex, connection, stream);
			}
			return;
		}
		if (response == null) {
			return;
		}
		answered();
		Result open = this.result;
		if (open == null || !open.complete(response)) {
			response.close();
			return;
		}
		this.result = null;
	}

	/** What the caller has: it may be cancelled or completed from outside too. */
	private final class Result extends CompletableFuture<Http2Response> {

		@Override
		public boolean cancel(boolean mayInterruptIfRunning) {
			boolean first = super.cancel(mayInterruptIfRunning);
			if (first) {
				AsyncRoundTrip.this.cancel();
				failed(new CancellationException());
			}
			return first;
		}

		@Override
		public boolean completeExceptionally(Throwable failure) {
			boolean first = super.completeExceptionally(failure);
			if (first) {
				failed(failure);
			}
			return first;
		}

		private void failed(Throwable failure) {
			done(failure);
			body().close();
		}

	}

}
