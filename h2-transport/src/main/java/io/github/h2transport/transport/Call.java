package io.github.h2transport.transport;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;

import io.github.h2transport.CallOptions;
import io.github.h2transport.ConnectionException;
import io.github.h2transport.ConnectionKey;
import io.github.h2transport.FailureContext;
import io.github.h2transport.Headers;
import io.github.h2transport.Http2Exception;
import io.github.h2transport.Http2Request;
import io.github.h2transport.Http2TimeoutException;
import io.github.h2transport.Initiator;
import io.github.h2transport.InvalidRequestException;
import io.github.h2transport.Phase;
import io.github.h2transport.PoolException;
import io.github.h2transport.RequestBody;
import io.github.h2transport.TransportListener;
import io.github.h2transport.TransportOptions;
import io.github.h2transport.conn.CallTimes;
import io.github.h2transport.conn.ClientConn;
import io.github.h2transport.conn.ClientStream;
import io.github.h2transport.conn.FlightRecorder;
import io.github.h2transport.conn.KeptContent;
import io.github.h2transport.conn.Guests;
import io.github.h2transport.conn.StreamListener;
import io.github.h2transport.conn.StreamPlan;
import io.github.h2transport.pool.ClientConnPool;
import io.github.h2transport.pool.ConnectionRequest;
import io.github.h2transport.pool.PoolSnapshot;
import io.github.h2transport.protocol.RequestHead;
import org.jspecify.annotations.Nullable;

/**
 * What a round trip is about: the checked request, its deadlines, what was tried, who is
 * told. Used by one thread at a time.
 */
final class Call implements StreamPlan {

	/** RFC 9110 section 9.2.2. */
	private static final Set<String> IDEMPOTENT = Set.of("GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE");

	private final Http2Request request;

	private final TransportOptions options;

	private final @Nullable TransportListener listener;

	private final RequestHead head;

	private final ConnectionKey key;

	/** Of the present attempt. */
	private CallTimes times;

	/** Of the present attempt. */
	private RequestBody body;

	private final @Nullable KeptContent kept;

	private final long startNanos = System.nanoTime();

	/** When the latest attempt asked for a connection. */
	private long askedNanos;

	/** Made when an attempt has failed. */
	private @Nullable RetryRules retries;

	/**
	 * Whether the listener, if there is one, was told of the end; by the first to come.
	 */
	private final @Nullable AtomicBoolean done;

	/** Whether the call has its response, so that the stream tells of the end. */
	private volatile boolean answered;

	Call(Http2Request request, Targets targets, Shared shared) throws InvalidRequestException {
		this.request = request;
		this.listener = shared.listener();
		this.body = request.body();
		this.kept = shared.dialer().keep(this.body);
		this.done = (this.listener != null) ? new AtomicBoolean() : null;
		Targets.Target target = target(request.uri(), targets);
		this.options = target.options();
		CallOptions own = request.options();
		Duration response = (own.responseTimeout() != null) ? own.responseTimeout() : this.options.responseTimeout();
		Duration read = (own.readTimeout() != null) ? own.readTimeout() : this.options.readTimeout();
		this.times = new CallTimes((response != null) ? deadline(response) : 0,
				(response != null) ? 0 : this.options.progressTimeout().toNanos(), this.startNanos, read.toNanos(),
				(own.readTimeout() != null || this.options.hasReadTimeout()) ? read.toNanos() : 0,
				deadline((own.exchangeTimeout() != null) ? own.exchangeTimeout() : this.options.exchangeTimeout()),
				this.startNanos, own);
		this.head = RequestHead.of(request, target.target(), this.options.userAgent());
		this.key = target.key(own, this.startNanos);
	}

	/** A time of the clock; 0 for none, which a real time never is. */
	private long deadline(Duration timeout) {
		if (timeout.isZero()) {
			return 0;
		}
		long time = this.startNanos + timeout.toNanos();
		return (time != 0) ? time : 1;
	}

	private static Targets.Target target(URI uri, Targets targets) throws InvalidRequestException {
		String scheme = (uri.getScheme() != null) ? uri.getScheme().toLowerCase(Locale.ROOT) : "";
		if (scheme.equals("https") || scheme.equals("http")) {
			Targets.Target target = targets.of(uri);
			if (scheme.equals("https") || target.options().allowHttp()) {
				return target;
			}
		}
		String message = scheme.equals("http")
				? "Unsupported scheme http: cleartext HTTP/2 is off by default; allow it with the option allowHttp "
						+ "(h2.transport.allow-http=true in Spring Boot) if the server speaks HTTP/2 without TLS"
				: "Unsupported scheme" + (scheme.isEmpty() ? "" : " " + scheme)
						+ ": the target must be an absolute https URI, or http with the option allowHttp "
						+ "(h2.transport.allow-http=true in Spring Boot)";
		throw new InvalidRequestException(message, null, FailureContext.of(Initiator.CALLER, Phase.VALIDATE));
	}

	@Override
	public RequestHead head() {
		return this.head;
	}

	/** That of the present attempt. */
	@Override
	public RequestBody body() {
		return this.body;
	}

	/** Where the content is kept in case that it must be sent again. */
	@Nullable KeptContent kept() {
		return this.kept;
	}

	RequestBody.Published keeping(RequestBody.Published published) {
		return (this.kept != null) ? this.kept.keeping(published) : published;
	}

	/** There is a response head, or there will be none. */
	void dropKept() {
		if (this.kept != null) {
			this.kept.drop();
		}
	}

	/** What another attempt would send. */
	private RequestBody again() {
		RequestBody copy = (this.kept != null) ? this.kept.content() : null;
		return (copy != null) ? copy : this.body;
	}

	@Override
	public CallTimes times() {
		return this.times;
	}

	@Override
	public Duration connectTimeout() {
		Duration own = this.request.options().connectTimeout();
		return (own != null) ? own : this.options.connectTimeout();
	}

	@Override
	public long askedNanos() {
		return this.askedNanos;
	}

	@Override
	public @Nullable Supplier<Headers> trailers() {
		return this.request.trailers();
	}

	@Override
	public long continueTimeoutNanos() {
		String expect = this.head.regularFields().get("expect");
		return "100-continue".equalsIgnoreCase(expect) ? this.options.expectContinueTimeout().toNanos() : 0;
	}

	@Override
	public @Nullable StreamListener listener() {
		return (this.listener != null || this.request.informational() != null) ? new Events() : null;
	}

	ConnectionKey key() {
		return this.key;
	}

	/** Whether its content comes from code that may block. */
	boolean isWritten() {
		return !(this.body instanceof RequestBody.Bytes || this.body instanceof RequestBody.Published);
	}

	/** Whether the stream asks for the trailers when it is made. */
	boolean asksForTrailersAtOnce() {
		return this.request.trailers() != null && this.body instanceof RequestBody.Bytes;
	}

	/** Another attempt begins. */
	ConnectionRequest connectionRequest() {
		if (this.listener != null) {
			this.listener.getConnection(this.request);
		}
		this.askedNanos = System.nanoTime();
		CallOptions own = this.request.options();
		return new ConnectionRequest(this.key, this.request, connectTimeout(), this.body.isRepeatable(),
				this.retries != null && this.retries.isRetry(), own.onlyCachedConnection());
	}

	/** How long the call may wait for a connection, in nanoseconds from now. */
	long connectionWait() {
		long acquire = this.options.acquireTimeout().toNanos();
		long deadline = this.times.headDeadline(0);
		return (deadline != 0) ? Math.max(0, Math.min(acquire, deadline - System.nanoTime())) : acquire;
	}

	/** The words for a call that got no connection in time. */
	Http2Exception noConnection(ClientConnPool pool) {
		FailureContext context = FailureContext.of(Initiator.LIBRARY, Phase.POOL);
		PoolSnapshot state = state(pool);
		String others = describe(state);
		Http2Exception cause = state.dialFailure();
		long deadline = this.times.headDeadline(0);
		if (deadline != 0 && deadline - System.nanoTime() <= 0) {
			long waited = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - this.startNanos);
			return notAcquired(
					new Http2TimeoutException(
							"Timed out after " + waited + " ms waiting for a connection to " + this.key + others
									+ "; the limit is " + this.times.limit(Phase.POOL, System.nanoTime(), 0),
							cause, context));
		}
		return notAcquired(PoolException
			.of(PoolException.Reason.ACQUIRE_TIMEOUT,
					"No connection to " + this.key + " had a free stream within the acquire timeout of "
							+ this.options.acquireTimeout().toMillis() + " ms (h2.transport.pool.acquire-timeout)"
							+ others,
					cause, context)
			.withQueue(state.pending(), state.oldestWait()));
	}

	private PoolSnapshot state(ClientConnPool pool) {
		try {
			PoolSnapshot state = pool.snapshot(this.key);
			return (state != null) ? state : PoolSnapshot.ofPending(pool.pending(this.key));
		}
		catch (Throwable ex) {
			Guests.failed("A connection pool (" + pool.getClass().getName() + ")", ex);
			return PoolSnapshot.ofPending(0);
		}
	}

	private static String describe(PoolSnapshot state) {
		StringBuilder words = new StringBuilder();
		if (state.pending() > 0) {
			words.append("; ").append(state.pending()).append(" other requests wait");
		}
		if (!state.oldestWait().isZero()) {
			words.append(", the oldest for ").append(state.oldestWait().toMillis()).append(" ms");
		}
		if (state.open() + state.dialling() > 0) {
			words.append("; connections: ")
				.append(state.open())
				.append(" open, ")
				.append(state.dialling())
				.append(" on their way");
		}
		if (state.dialFailure() != null) {
			words.append("; the latest dial failed: ").append(state.dialFailure().getMessage());
		}
		return words.toString();
	}

	/** Puts a failure of the pool into our family. */
	Http2Exception poolFailure(@Nullable Throwable cause) {
		if (cause instanceof Http2Exception failure) {
			return notAcquired(failure);
		}
		return notAcquired(new PoolException("The pool failed: " + Guests.words(cause), cause,
				FailureContext.of(Initiator.LIBRARY, Phase.POOL)));
	}

	/** The pool has given a connection. */
	void gotConnection(ClientConn connection) {
		if (this.listener != null) {
			acquired(null);
			Duration idle = connection.idleTime();
			this.listener.gotConnection(this.request, connection.id(), connection.streamsOpened() > 0,
					connection.activeStreams() <= 1, idle);
		}
	}

	/**
	 * Decides whether to try again.
	 * @return in how many nanoseconds, {@link RetryRules#NO} if the failure is the end
	 */
	long replayAfter(Http2Exception failure, ClientConn connection, @Nullable ClientStream stream) {
		if (this.retries == null) {
			this.retries = new RetryRules();
		}
		boolean fruitful = connection.hasCompletedAny();
		boolean lost = fruitful && stream != null && !stream.hasInterim() && isRepeatable(failure);
		// A slow server that takes few requests a connection retires many connections
		// before it has answered the first of them.
		boolean worked = fruitful || connection.hasKeptSomeAtGoAway();
		if (stream != null) {
			this.times = this.times.after(stream.lastSentNanos());
		}
		long deadline = this.times.headDeadline(0);
		long left = (deadline != 0) ? Math.max(0, deadline - System.nanoTime()) : Long.MAX_VALUE;
		RequestBody again = failure.isSafeToRetry() ? again() : this.body;
		long pause = this.retries.replayAfter(failure, again, worked, lost, left);
		if (pause != RetryRules.NO) {
			this.body = again;
			FlightRecorder.replayed(this.key, this.request.method(), failure);
			if (this.listener != null) {
				this.listener.retried(this.request, failure);
			}
		}
		return pause;
	}

	/** Whether it does no harm to send it twice, and we were told to do that. */
	private boolean isRepeatable(Http2Exception failure) {
		return this.options.retryIdempotent() && failure instanceof ConnectionException
				&& failure.context().initiator() == Initiator.PEER && IDEMPOTENT.contains(this.request.method());
	}

	Http2Exception forCaller(Http2Exception failure) {
		return failure.forCaller((this.retries != null) ? this.retries.earlier() : List.of());
	}

	void answered() {
		this.answered = true;
	}

	/** The call is over without a response, or its stream is. */
	void done(@Nullable Throwable failure) {
		if (this.listener != null && this.done != null && this.done.compareAndSet(false, true)) {
			this.listener.done(this.request, failure);
		}
	}

	private void acquired(@Nullable Http2Exception failure) {
		if (this.listener != null) {
			this.listener.acquired(this.key, Duration.ofNanos(System.nanoTime() - this.askedNanos), failure);
		}
	}

	private Http2Exception notAcquired(Http2Exception failure) {
		acquired(failure);
		return failure;
	}

	/** Passes on what happens to the call's stream. */
	private final class Events implements StreamListener {

		@Override
		public void wroteHeaders() {
			if (Call.this.listener != null) {
				Call.this.listener.wroteHeaders(Call.this.request);
			}
		}

		@Override
		public void wroteRequest() {
			if (Call.this.listener != null) {
				Call.this.listener.wroteRequest(Call.this.request);
			}
		}

		@Override
		public void informational(int status, Headers headers) {
			if (Call.this.request.informational() != null) {
				Call.this.request.informational().informational(status, headers);
			}
			if (Call.this.listener != null) {
				Call.this.listener.informational(Call.this.request, status, headers);
			}
		}

		@Override
		public void firstByte(int status) {
			answered();
			if (Call.this.listener != null) {
				Call.this.listener.firstByte(Call.this.request, status);
			}
		}

		@Override
		public void done(@Nullable Http2Exception failure) {
			// Without a response the round trip decides whether this was the end.
			if (Call.this.answered) {
				Call.this.done(failure);
			}
		}

	}

}
