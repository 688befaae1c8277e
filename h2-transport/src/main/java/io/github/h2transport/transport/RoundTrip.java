package io.github.h2transport.transport;

import java.io.IOException;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;

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
 * A blocking round trip: get a connection, send, wait, and again if the server surely did
 * not process it. Confined to the calling thread.
 */
final class RoundTrip extends Call {

	private final ClientConnPool pool;

	/** The latest attempt. */
	private @Nullable ClientStream stream;

	RoundTrip(Http2Request request, Targets targets, @Nullable TransportListener listener, ClientConnPool pool,
			Dialer dialer) throws InvalidRequestException {
		super(request, targets, listener, dialer);
		this.pool = pool;
	}

	Http2Response run() throws IOException {
		try {
			return attempts();
		}
		finally {
			dropKept();
		}
	}

	private Http2Response attempts() throws IOException {
		for (;;) {
			ClientConn connection = connection();
			this.stream = null;
			try {
				Http2Response response = exchange(connection);
				answered();
				return response;
			}
			catch (Http2Exception ex) {
				long pause = replayAfter(ex, connection, this.stream);
				if (pause == RetryRules.NO) {
					throw forCaller(ex);
				}
				pause(pause, ex);
			}
		}
	}

	private void pause(long nanos, Http2Exception failure) throws Http2Exception {
		if (nanos == 0) {
			return;
		}
		long end = System.nanoTime() + nanos;
		for (long left = nanos; left > 0; left = end - System.nanoTime()) {
			LockSupport.parkNanos(this, left);
			if (Thread.currentThread().isInterrupted()) {
				throw forCaller(new CallCancelledException(
						"Interrupted while waiting to send the request to " + key() + " again", failure,
						FailureContext.of(Initiator.CALLER, Phase.POOL).withSafeToRetry(failure.isSafeToRetry())));
			}
		}
	}

	private ClientConn connection() throws Http2Exception {
		CompletableFuture<ClientConn> future = ask(this.pool);
		try {
			return future.isDone() ? future.get() : await(future);
		}
		catch (TimeoutException ex) {
			abandon(future);
			throw noConnection(this.pool);
		}
		catch (ExecutionException ex) {
			throw poolFailure(ex.getCause());
		}
		catch (CancellationException ex) {
			throw poolFailure(ex);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			abandon(future);
			throw forCaller(new CallCancelledException("Interrupted while waiting for a connection to " + key(), null,
					FailureContext.of(Initiator.CALLER, Phase.POOL)));
		}
	}

	private ClientConn await(CompletableFuture<ClientConn> future)
			throws InterruptedException, ExecutionException, TimeoutException {
		long start = System.nanoTime();
		boolean success = false;
		try {
			ClientConn connection = future.get(connectionWait(), TimeUnit.NANOSECONDS);
			success = true;
			return connection;
		}
		finally {
			FlightRecorder.waited(key(), start, success);
		}
	}

	/** Leaves the queue, or gives back what came at the last moment. */
	private static void abandon(CompletableFuture<ClientConn> future) {
		if (!future.cancel(false) && !future.isCompletedExceptionally()) {
			future.join().release();
		}
	}

	private Http2Response exchange(ClientConn connection) throws IOException {
		RequestBody body = body();
		gotConnection(connection);
		ClientStream current = connection.start(this);
		this.stream = current;
		// What is turned away at once leaves a one-shot body unread for the next attempt.
		if (!current.hasUpload()) {
			return current.awaitResponse();
		}
		if (body instanceof RequestBody.Published published) {
			if (current.uploadStream().awaitWanted()) {
				return subscribe(keeping(published), current);
			}
		}
		else if (!(body instanceof RequestBody.Bytes)) {
			write(body, current);
		}
		return current.awaitResponse();
	}

	private static Http2Response subscribe(RequestBody.Published body, ClientStream stream) throws IOException {
		AtomicReference<Throwable> bodyFailure = new AtomicReference<>();
		stream.uploadFrom(body, bodyFailure::set);
		try {
			return stream.awaitResponse();
		}
		catch (Http2Exception ex) {
			Throwable cause = bodyFailure.get();
			if (cause instanceof IOException failure) {
				throw failure;
			}
			if (cause instanceof RuntimeException failure) {
				throw failure;
			}
			if (cause instanceof Error failure) {
				throw failure;
			}
			throw ex;
		}
	}

	private void write(RequestBody body, ClientStream stream) throws IOException {
		UploadStream out = stream.uploadStream();
		try {
			if (out.awaitWanted()) {
				out.writeAll(body, kept());
			}
		}
		catch (IOException | RuntimeException | Error ex) {
			if (stream.isUploadStopped() && !(ex instanceof Error)) {
				// The server has answered without the rest, or the stream has failed: the
				// response or the failure says what matters.
				return;
			}
			stream.cancel(ErrorCode.CANCEL,
					() -> new CallCancelledException("The request body failed: " + Excerpt.message(ex.toString()), ex,
							FailureContext.of(Initiator.CALLER, Phase.REQUEST_BODY).withSafeToRetry(false)));
			throw ex;
		}
	}

}
