package io.github.h2transport.transport;

import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import io.github.h2transport.CallCancelledException;
import io.github.h2transport.CallOptions;
import io.github.h2transport.ConnectionException;
import io.github.h2transport.ConnectionKey;
import io.github.h2transport.ErrorCode;
import io.github.h2transport.FailureContext;
import io.github.h2transport.Http2Exception;
import io.github.h2transport.Http2Request;
import io.github.h2transport.Http2Response;
import io.github.h2transport.Http2TimeoutException;
import io.github.h2transport.Initiator;
import io.github.h2transport.InvalidRequestException;
import io.github.h2transport.Origin;
import io.github.h2transport.Phase;
import io.github.h2transport.PoolException;
import io.github.h2transport.RequestBody;
import io.github.h2transport.StreamException;
import io.github.h2transport.TransportOptions;
import io.github.h2transport.conn.CallTimes;
import io.github.h2transport.conn.ClientConn;
import io.github.h2transport.conn.ClientStream;
import io.github.h2transport.conn.UploadStream;
import io.github.h2transport.pool.ClientConnPool;
import io.github.h2transport.pool.ConnectionRequest;
import io.github.h2transport.protocol.RequestHead;
import org.jspecify.annotations.Nullable;

/**
 * One blocking call: check, get a connection, send, wait, and again if the server surely
 * did not process it. Confined to the calling thread.
 */
final class RoundTrip {

	private final ClientConnPool pool;

	private final TransportOptions options;

	private final Http2Request request;

	private final long startNanos = System.nanoTime();

	private final CallTimes times;

	private final RetryRules retries = new RetryRules();

	RoundTrip(ClientConnPool pool, TransportOptions options, Http2Request request) {
		this.pool = pool;
		this.options = options;
		this.request = request;
		CallOptions call = request.options();
		this.times = new CallTimes(deadline(call.responseTimeout(), options.responseTimeout()),
				((call.readTimeout() != null) ? call.readTimeout() : options.readTimeout()).toNanos(),
				deadline(call.exchangeTimeout(), options.exchangeTimeout()));
	}

	/** A time of the clock; 0 for none, which a real time never is. */
	private long deadline(@Nullable Duration own, Duration general) {
		Duration timeout = (own != null) ? own : general;
		if (timeout.isZero()) {
			return 0;
		}
		long time = this.startNanos + timeout.toNanos();
		return (time != 0) ? time : 1;
	}

	Http2Response run() throws IOException {
		checkScheme(this.request.uri());
		RequestHead head = RequestHead.of(this.request);
		ConnectionKey key = new ConnectionKey(Origin.of(this.request.uri()), this.request.options().tls(),
				this.request.options().addressFilter());
		for (;;) {
			ClientConn connection = connection(key);
			try {
				return exchange(connection, head);
			}
			catch (Http2Exception ex) {
				if (!this.retries.mayRetry(ex, this.request.body(), connection.hasCompletedAny())) {
					throw ex.forCaller(this.retries.earlier());
				}
				this.retries.failed(ex);
			}
		}
	}

	private void checkScheme(URI uri) throws InvalidRequestException {
		String scheme = (uri.getScheme() != null) ? uri.getScheme().toLowerCase(Locale.ROOT) : "";
		if (scheme.equals("https") || (scheme.equals("http") && this.options.allowHttp())) {
			return;
		}
		String message = scheme.equals("http")
				? "Unsupported scheme http: cleartext HTTP/2 is off by default; allow it with the option allowHttp "
						+ "(h2.transport.allow-http=true in Spring Boot) if the server speaks HTTP/2 without TLS"
				: "Unsupported scheme" + (scheme.isEmpty() ? "" : " " + scheme)
						+ ": the target must be an absolute https URI, or http with the option allowHttp "
						+ "(h2.transport.allow-http=true in Spring Boot)";
		throw new InvalidRequestException(message, null, FailureContext.of(Initiator.CALLER, Phase.VALIDATE));
	}

	// ---- a connection ----

	private ClientConn connection(ConnectionKey key) throws Http2Exception {
		CallOptions call = this.request.options();
		Duration connectTimeout = (call.connectTimeout() != null) ? call.connectTimeout()
				: this.options.connectTimeout();
		CompletableFuture<ClientConn> future = this.pool
			.getClientConn(new ConnectionRequest(key, this.request, connectTimeout, this.request.body().isRepeatable(),
					this.retries.count() > 0, call.onlyCachedConnection()))
			.toCompletableFuture();
		try {
			if (future.isDone()) {
				return future.get();
			}
			return await(future, key);
		}
		catch (ExecutionException ex) {
			if (ex.getCause() instanceof Http2Exception failure) {
				throw failure.forCaller(this.retries.earlier());
			}
			throw new PoolException("The pool failed: " + ex.getCause(), ex.getCause(),
					FailureContext.of(Initiator.LIBRARY, Phase.POOL));
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			abandon(future);
			throw new CallCancelledException("Interrupted while waiting for a connection to " + key, null,
					FailureContext.of(Initiator.CALLER, Phase.POOL));
		}
	}

	private ClientConn await(CompletableFuture<ClientConn> future, ConnectionKey key)
			throws InterruptedException, ExecutionException, Http2Exception {
		long acquire = this.options.acquireTimeout().toNanos();
		long head = this.times.headDeadline();
		long left = (head != 0) ? head - System.nanoTime() : Long.MAX_VALUE;
		try {
			return future.get(Math.max(0, Math.min(acquire, left)), TimeUnit.NANOSECONDS);
		}
		catch (TimeoutException ex) {
			if (!future.cancel(false)) {
				// It came at the last moment.
				return future.get();
			}
			FailureContext context = FailureContext.of(Initiator.LIBRARY, Phase.POOL);
			int pending = this.pool.pending(key);
			String others = (pending > 0) ? "; " + pending + " other requests wait" : "";
			if (left < acquire) {
				long waited = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - this.startNanos);
				throw new Http2TimeoutException(
						"Timed out after " + waited + " ms waiting for a connection to " + key + others, null, context)
					.forCaller(this.retries.earlier());
			}
			throw new PoolException("No connection to " + key + " had a free stream within the acquire timeout of "
					+ this.options.acquireTimeout().toMillis() + " ms (h2.transport.pool.acquire-timeout)" + others,
					null, context)
				.forCaller(this.retries.earlier());
		}
	}

	private static void abandon(CompletableFuture<ClientConn> future) {
		if (!future.cancel(false) && !future.isCompletedExceptionally()) {
			future.join().release();
		}
	}

	// ---- the exchange ----

	private Http2Response exchange(ClientConn connection, RequestHead head) throws IOException {
		RequestBody body = this.request.body();
		ClientStream stream = connection.start(head, body, this.times);
		// What was turned away already leaves a one-shot body unread for the next
		// attempt.
		if (!(body instanceof RequestBody.Bytes) && !stream.isUploadStopped()) {
			write(body, stream);
		}
		return stream.awaitResponse();
	}

	private void write(RequestBody body, ClientStream stream) throws IOException {
		UploadStream out = stream.uploadStream();
		try {
			body.writeTo(out);
			out.close();
		}
		catch (IOException | RuntimeException | Error ex) {
			if (stream.isUploadStopped() && !(ex instanceof Error)) {
				// The server has answered without the rest, or the stream has failed: the
				// response or the failure says what matters.
				return;
			}
			stream.cancel(ErrorCode.CANCEL, new CallCancelledException("The request body failed: " + ex, ex,
					FailureContext.of(Initiator.CALLER, Phase.REQUEST_BODY).withSafeToRetry(false)));
			throw ex;
		}
	}

	/** What was tried already, and whether to try again. */
	static final class RetryRules {

		/**
		 * Servers that turn away every request of every connection get no more of them.
		 */
		private static final int MAX_FRUITLESS = 3;

		/** A bound for everything else; the deadline is usually nearer. */
		private static final int MAX_ATTEMPTS = 20;

		private final List<Http2Exception> earlier = new ArrayList<>(0);

		private int fruitless;

		/**
		 * Decides.
		 * @param failure how the latest attempt ended
		 * @param body the content that would have to be sent again
		 * @param fruitful whether that connection has ever answered a request
		 * @return whether the request may go to another connection
		 */
		boolean mayRetry(Http2Exception failure, RequestBody body, boolean fruitful) {
			boolean turnedAway = failure instanceof ConnectionException || failure instanceof StreamException;
			if (!turnedAway || !failure.isSafeToRetry() || !body.isReplayable()
					|| this.earlier.size() + 1 >= MAX_ATTEMPTS) {
				return false;
			}
			boolean sent = failure.context().streamId() != 0;
			return !sent || fruitful || this.fruitless + 1 < MAX_FRUITLESS;
		}

		void failed(Http2Exception failure) {
			this.earlier.add(failure);
			if (failure.context().streamId() != 0) {
				this.fruitless++;
			}
		}

		int count() {
			return this.earlier.size();
		}

		List<Http2Exception> earlier() {
			return this.earlier;
		}

	}

}
