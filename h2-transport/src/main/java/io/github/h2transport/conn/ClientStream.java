package io.github.h2transport.conn;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.function.Supplier;

import io.github.h2transport.CallCancelledException;
import io.github.h2transport.ErrorCode;
import io.github.h2transport.FailureContext;
import io.github.h2transport.Headers;
import io.github.h2transport.Http2Exception;
import io.github.h2transport.Http2Response;
import io.github.h2transport.Http2TimeoutException;
import io.github.h2transport.Initiator;
import io.github.h2transport.InvalidRequestException;
import io.github.h2transport.Phase;
import io.github.h2transport.RequestBody;
import io.github.h2transport.protocol.OutgoingContent;
import io.github.h2transport.protocol.ProtocolStream;
import io.github.h2transport.protocol.RequestHead;
import io.github.h2transport.protocol.ResponseDrain;
import org.jspecify.annotations.Nullable;

/**
 * One request and its response on a connection. A blocked caller waits by its
 * {@link StreamWaiter}; others are called back on the loop, after its flush.
 */
public final class ClientStream extends ProtocolStream {

	private static final VarHandle OPENING;

	private static final VarHandle FAILURE;

	static {
		try {
			MethodHandles.Lookup lookup = MethodHandles.lookup();
			OPENING = lookup.findVarHandle(ClientStream.class, "opening", int.class);
			FAILURE = lookup.findVarHandle(ClientStream.class, "failure", Http2Exception.class);
		}
		catch (ReflectiveOperationException ex) {
			throw new ExceptionInInitializerError(ex);
		}
	}

	private static final int QUEUED = 0;

	private static final int OPENED = 1;

	private static final int CALLED_OFF = 2;

	private final ClientConn connection;

	private final RequestHead request;

	private final @Nullable Upload upload;

	private final CallTimes times;

	private final StreamEvents events;

	private final long startNanos;

	private final ResponseBody body = new ResponseBody(this);

	/**
	 * Decided once by compare-and-set: the loop opens the stream, or the caller leaves.
	 */
	private volatile int opening;

	/** Written by the loop, once. */
	private volatile @Nullable ResponseHead head;

	/** Set once, by whoever finds the failure first. */
	private volatile @Nullable Http2Exception failure;

	/** Written by the loop before the body is ended. */
	private volatile Headers trailers = Headers.empty();

	/** Set once by the loop, if the body is large. */
	private volatile @Nullable StreamGrowth growth;

	/** Written by the loop before there is content: when the head came. */
	private long headNanos;

	private final StreamWaiter waiter = new StreamWaiter(this);

	private final StreamClock clock = new StreamClock(this);

	/** Set by the loop. */
	private volatile boolean interim;

	/** Set once, by the first who reads without blocking. */
	private volatile @Nullable StreamNews news;

	/** Set once, by whoever closes the response before its end. */
	private volatile @Nullable ResponseDrain drain;

	/** Set by the loop: nobody wants it, but it was not reset. */
	private volatile boolean abandoned;

	ClientStream(ClientConn connection, StreamPlan plan, int receiveWindowSize, long startNanos)
			throws InvalidRequestException {
		super(plan.head().isHead(), receiveWindowSize);
		this.connection = connection;
		this.request = plan.head();
		this.times = plan.times();
		this.upload = Upload.of(plan);
		this.events = StreamEvents.of(plan.listener());
		this.startNanos = startNanos;
	}

	// ---- the caller's side ----

	/**
	 * Waits for the head of the final response. Blocks the calling thread.
	 * @return the response
	 * @throws Http2Exception if there is none; the stream is over then
	 */
	public Http2Response awaitResponse() throws Http2Exception {
		ResponseHead arrived = this.waiter.awaitHead();
		if (arrived == null) {
			this.body.discard();
			throw Objects.requireNonNull(this.failure);
		}
		return new StreamResponse(this, arrived);
	}

	/**
	 * Calls back when the response head is there or the stream has failed.
	 * @param action called once, on the loop after its flush; then {@link #poll()} tells
	 */
	public void onResponse(Runnable action) {
		listen(action, true);
	}

	/**
	 * Returns the response if its head is there.
	 * @return the response, {@code null} if there is none yet
	 * @throws Http2Exception if there will be none
	 */
	public @Nullable Http2Response poll() throws Http2Exception {
		ResponseHead arrived = this.head;
		if (arrived != null) {
			return new StreamResponse(this, arrived);
		}
		Http2Exception cause = this.failure;
		if (cause != null) {
			this.body.discard();
			throw cause;
		}
		return null;
	}

	/**
	 * Sets what is run on the loop whenever something has arrived, and runs it once for
	 * what has arrived already.
	 */
	void onNews(@Nullable Runnable action) {
		listen(action, false);
	}

	private void listen(@Nullable Runnable action, boolean onlyToResponse) {
		StreamNews listeners = this.news;
		if (listeners == null) {
			listeners = new StreamNews(this);
			this.news = listeners;
		}
		listeners.listener(action, onlyToResponse);
		listeners.tell();
	}

	/** Waits until the body has news. For the reader. */
	void awaitContent() throws Http2Exception {
		this.waiter.awaitContent(this.body, this.clock.readTimeoutNanos());
	}

	/**
	 * Ends a read when the exchange has taken too long, though there is content: a server
	 * that always has some more would never let the reader wait.
	 */
	void checkExchange() throws Http2Exception {
		this.waiter.checkExchange(this.body);
	}

	boolean awaitUpload(Upload writing) throws Http2Exception {
		return this.waiter.awaitUpload(writing);
	}

	String where() {
		return " (" + this.connection.describe() + ((id() != 0) ? ", stream " + id() : "") + ")";
	}

	/**
	 * Ends the stream from our side. Nobody will read its response, so that whatever of
	 * it has arrived or still arrives is given back. Any thread; returns at once.
	 * @param code what RST_STREAM says, if the stream was opened
	 * @param why words what whoever still waits is told; asked when it is decided whether
	 * the request leaves
	 * @return what it gave
	 */
	public <X extends Http2Exception> X cancel(ErrorCode code, Supplier<X> why) {
		X said = leave(code, why);
		this.body.discard();
		return said;
	}

	/**
	 * Does the same with words that do not depend on whether the request leaves.
	 * @param code what RST_STREAM says, if the stream was opened
	 * @param why what whoever still waits is told; never called safe to retry
	 */
	public void cancel(ErrorCode code, Http2Exception why) {
		cancel(code, () -> why);
	}

	/** As {@link #cancel}, but what has arrived may still be read. Any thread. */
	<X extends Http2Exception> X leave(ErrorCode code, Supplier<X> why) {
		// Decided first, worded then: what is called safe can no longer be opened.
		boolean unsent = callOff();
		X said = why.get();
		fail(said);
		boolean open = !unsent && !isClosed();
		if (unsent) {
			this.connection.release();
		}
		else if (open) {
			this.connection.submit(new StreamOps.Reset(this, code));
		}
		if ((unsent || open) && said instanceof Http2TimeoutException) {
			this.connection.trial().timedOut();
		}
		return said;
	}

	/**
	 * Gives up the rest of the request's content, since the server has answered.
	 */
	void stopUpload() {
		if (this.upload != null && !isLocalDone()) {
			this.upload.callOff();
			if (isRemoteDone()) {
				// RFC 9113 section 8.1: the exchange is complete, though the content is
				// not.
				this.connection.submit(new StreamOps.Reset(this, ErrorCode.NO_ERROR));
			}
		}
	}

	/**
	 * Returns whether nobody wants more content: the server has answered, or the stream
	 * has failed.
	 * @return whether writing to {@link #uploadStream()} is in vain
	 */
	public boolean isUploadStopped() {
		return this.upload != null && this.upload.isCalledOff();
	}

	/** Whether the request surely was not processed, so that it may go elsewhere. */
	boolean isTurnedAway() {
		Http2Exception cause = this.failure;
		return cause != null && cause.isSafeToRetry();
	}

	/** Ends the exchange for the caller, as {@link Http2Response#close()} promises. */
	void closeResponse() {
		boolean complete = this.body.isEnded();
		ResponseDrain rest = complete ? null
				: ResponseDrain.of(isLocalDone(), remainingLength(), this.connection.nanoTime());
		if (!this.body.discard() || complete) {
			return;
		}
		if (rest != null) {
			this.drain = rest;
			// Another thread may be reading, in vain.
			wake();
		}
		else {
			closedEarly();
		}
	}

	private void closedEarly() {
		if (this.failure == null) {
			cancel(ErrorCode.CANCEL,
					() -> new CallCancelledException("The response was closed before its end" + where(), null,
							context(Initiator.CALLER, Phase.RESPONSE_BODY)));
		}
	}

	ResponseBody body() {
		return this.body;
	}

	Headers trailers() {
		return this.trailers;
	}

	ClientConn connection() {
		return this.connection;
	}

	@Nullable Upload upload() {
		return this.upload;
	}

	RequestHead request() {
		return this.request;
	}

	long startNanos() {
		return this.startNanos;
	}

	CallTimes times() {
		return this.times;
	}

	/** When the response head must be there, by now; content that leaves puts it off. */
	long headDeadline() {
		return this.times.headDeadline(lastSentNanos());
	}

	@Nullable ResponseHead head() {
		return this.head;
	}

	@Nullable Http2Exception failure() {
		return this.failure;
	}

	/**
	 * Returns whether an interim response has arrived.
	 * @return whether the server has surely seen the request
	 */
	public boolean hasInterim() {
		return this.interim;
	}

	/**
	 * Returns whether the request has content.
	 * @return {@code false} if HEADERS are all of it
	 */
	public boolean hasUpload() {
		return this.upload != null;
	}

	/**
	 * Returns the stream that a body is written to, chunk by chunk.
	 * @return a stream for the calling thread; closing it ends the content
	 */
	public UploadStream uploadStream() {
		Upload target = this.upload;
		if (target == null) {
			throw new IllegalStateException("The request has no content to be written");
		}
		return new UploadStream(this, target);
	}

	/**
	 * Subscribes to the content as soon as it may be sent, and takes it chunk by chunk as
	 * there is room for it.
	 * @param content publishes the content; what it fails with is the cause of the
	 * {@link CallCancelledException} that ends the stream
	 * @param elsewhere asks for the trailers where an event loop would have to
	 */
	public void uploadFrom(RequestBody.Published content, Executor elsewhere) {
		UploadSubscriber.begin(this, Objects.requireNonNull(this.upload), content, elsewhere);
	}

	/** Gives octets back that the reader is done with. Any thread. */
	void consumed(ResponseBody.Chunk chunk) {
		int octets = chunk.octets.length;
		this.connection.book().unread().remove(octets);
		if (!chunk.streamCredited) {
			creditStream(octets);
		}
		if (!chunk.connectionCredited) {
			this.connection.creditConnection(octets);
		}
	}

	private void creditStream(int octets) {
		if (receiveWindow().consume(octets) && !isRemoteDone()) {
			this.connection.submit(new StreamOps.Credit(this));
		}
	}

	/** Gives back what the window has grown by: nothing more will come. Any thread. */
	void giveBackGrowth() {
		StreamGrowth grown = this.growth;
		if (grown != null) {
			grown.giveBack();
		}
	}

	// ---- the loop's side ----

	@Nullable StreamGrowth growth() {
		return this.growth;
	}

	void growth(StreamGrowth newGrowth) {
		this.growth = newGrowth;
	}

	long headNanos() {
		return this.headNanos;
	}

	/** Whether no content of the response is of use any more. */
	boolean isOver() {
		return isClosed() || this.failure != null;
	}

	/**
	 * Whether the window is refilled though nobody reads: the caller still writes the
	 * request and cannot read yet, and a server that waits for room to answer would take
	 * no more.
	 */
	boolean isCreditedOnReceipt() {
		return isWriting();
	}

	/** Lets the server finish, though nobody listens. Loop. */
	void abandon() {
		this.abandoned = true;
	}

	boolean isAbandoned() {
		return this.abandoned;
	}

	/** Decides that the stream is opened. Loop. */
	boolean tryOpen() {
		return OPENING.compareAndSet(this, QUEUED, OPENED);
	}

	/** Decides that it never will be. Any thread. */
	boolean callOff() {
		return OPENING.compareAndSet(this, QUEUED, CALLED_OFF);
	}

	@Override
	protected @Nullable OutgoingContent content() {
		return this.upload;
	}

	@Override
	protected void contentSent() {
		this.events.wroteRequest(this.connection);
	}

	void opened() {
		if (this.upload != null) {
			this.upload.opened();
		}
		this.events.opened(this.connection);
	}

	/** An interim response. Loop. */
	void interim(int status, Headers headers) {
		this.interim = true;
		if (status == 100) {
			letGo();
		}
		this.events.interim(this.connection, status, headers);
	}

	/** The content that waited for 100 (Continue) may go. Loop. */
	private void letGo() {
		if (this.upload != null && this.upload.letGo()) {
			this.connection.submit(new StreamOps.Content(this));
		}
	}

	/** Looks at the clock. Loop. */
	void tick(long now) {
		if (this.upload != null && this.upload.isHeldTooLong(now - this.startNanos)) {
			letGo();
		}
		ResponseDrain rest = this.drain;
		if (rest != null && rest.isOver(now)) {
			closedEarly();
		}
		this.clock.tick(now);
	}

	StreamClock clock() {
		return this.clock;
	}

	/** Whether somebody is called back. */
	boolean isHeard() {
		StreamNews listeners = this.news;
		return listeners != null && listeners.isHeard();
	}

	/** Whether the caller may be in the middle of its own source of content. */
	boolean isWriting() {
		return this.upload != null && this.upload.isWrittenByCaller() && !isLocalDone();
	}

	/**
	 * Takes content. Loop. While the memory budget holds, the connection window is
	 * refilled on receipt.
	 */
	void received(ByteBuffer piece) {
		int octets = piece.remaining();
		boolean affordable = this.connection.book().unread().add(octets);
		boolean stillWriting = affordable && isCreditedOnReceipt();
		long now = this.connection.driver().lastReadNanos();
		this.body.add(piece, affordable, stillWriting, now);
		// Octets that stay make what is left of the window smaller, and credit due
		// earlier.
		this.connection.creditConnection(affordable ? octets : 0);
		if (stillWriting) {
			creditStream(octets);
		}
		ResponseDrain rest = this.drain;
		if (rest != null && !rest.take(octets)) {
			closedEarly();
		}
		wake();
	}

	/** Publishes the head. Loop. */
	void arrived(ResponseHead newHead) {
		this.headNanos = this.connection.driver().lastReadNanos();
		this.head = newHead;
		wake();
		this.events.firstByte(this.connection, newHead.status());
	}

	boolean hasHead() {
		return this.head != null;
	}

	void ended(Headers newTrailers) {
		this.trailers = newTrailers;
		this.body.end();
		wake();
		this.events.done(this, this.failure);
	}

	/**
	 * Ends the exchange with a failure, unless it has failed or is complete. Any thread.
	 * @param cause what the caller is told
	 */
	void fail(Http2Exception cause) {
		if (FAILURE.compareAndSet(this, null, cause)) {
			this.body.fail(cause);
			giveBackGrowth();
			if (this.upload != null) {
				this.upload.callOff();
			}
			wake();
			this.events.done(this, cause);
		}
	}

	/** Tells whoever waits. */
	void wake() {
		this.waiter.wake();
		StreamNews listeners = this.news;
		if (listeners != null) {
			listeners.tell();
		}
	}

	/** Where the exchange is, for messages and snapshots. */
	Phase phase() {
		if (this.head != null) {
			return Phase.RESPONSE_BODY;
		}
		return requestPhase();
	}

	/** Where an exchange is that has no response head. */
	Phase requestPhase() {
		return (this.upload != null && !isEndStreamSent()) ? Phase.REQUEST_BODY : Phase.RESPONSE_HEAD;
	}

	FailureContext context(Initiator initiator, Phase phase) {
		return context(initiator, phase, this.connection.lastFrames());
	}

	/** Safe to retry only if it never will be opened: without an id it may be yet. */
	FailureContext context(Initiator initiator, Phase phase, List<String> lastFrames) {
		return new FailureContext(initiator, phase, null, this.connection.id(), id(), this.opening == CALLED_OFF,
				lastFrames);
	}

}
