package io.github.h2transport.conn;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

import io.github.h2transport.CallCancelledException;
import io.github.h2transport.ErrorCode;
import io.github.h2transport.FailureContext;
import io.github.h2transport.Headers;
import io.github.h2transport.Http2Exception;
import io.github.h2transport.Http2Response;
import io.github.h2transport.Http2TimeoutException;
import io.github.h2transport.Initiator;
import io.github.h2transport.Phase;
import io.github.h2transport.RequestBody;
import io.github.h2transport.protocol.ProtocolStream;
import io.github.h2transport.protocol.RequestHead;
import io.github.h2transport.protocol.SendHalf;
import org.jspecify.annotations.Nullable;

/**
 * One request and its response on a connection. The caller parks on this object itself:
 * it publishes its thread, looks once more, and parks; the loop publishes the news, looks
 * for a thread, and unparks it after its flush.
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

	private final boolean writtenByCaller;

	private final CallTimes times;

	private final long startNanos;

	private final ResponseBody body = new ResponseBody(this);

	/**
	 * Decided once by compare-and-set: the pen opens the stream, or the caller leaves.
	 */
	private volatile int opening;

	/** Written by the loop, once. */
	private volatile @Nullable ResponseHead head;

	/** Set once, by whoever finds the failure first. */
	private volatile @Nullable Http2Exception failure;

	/** Written by the loop before the body is ended. */
	private volatile Headers trailers = Headers.empty();

	/** The caller that waits for the response; written by that thread. */
	private volatile @Nullable Thread waiter;

	/**
	 * Owned by the reader of the body: when the next octet must be there, 0 for never.
	 */
	private long readTimeoutNanos;

	ClientStream(ClientConn connection, RequestHead request, RequestBody body, CallTimes times, int receiveWindowSize,
			long startNanos) {
		super(request.isHead(), receiveWindowSize);
		this.connection = connection;
		this.request = request;
		this.times = times;
		this.startNanos = startNanos;
		this.writtenByCaller = !(body instanceof RequestBody.Bytes);
		if (body instanceof RequestBody.Bytes bytes) {
			this.upload = (bytes.length() > 0) ? new Upload(bytes.array(), bytes.offset(), bytes.length()) : null;
		}
		else {
			this.upload = new Upload();
		}
	}

	// ---- the caller's side ----

	/**
	 * Waits for the head of the final response.
	 * @return the response
	 * @throws Http2Exception if there is none; the stream is over then
	 */
	public Http2Response awaitResponse() throws Http2Exception {
		long deadline = this.times.headDeadline();
		for (;;) {
			this.waiter = Thread.currentThread();
			ResponseHead arrived = this.head;
			if (arrived != null) {
				this.waiter = null;
				this.readTimeoutNanos = isEventStream(arrived) ? 0 : this.times.readTimeoutNanos();
				return new StreamResponse(this, arrived);
			}
			Http2Exception cause = this.failure;
			if (cause != null) {
				this.waiter = null;
				throw cause;
			}
			park(deadline, (this.upload != null && !isLocalDone()) ? Phase.REQUEST_BODY : Phase.RESPONSE_HEAD);
		}
	}

	/** Such a stream may be silent for long while its connection answers PINGs. */
	private static boolean isEventStream(ResponseHead head) {
		String type = head.headers().get("content-type");
		return type != null && type.regionMatches(true, 0, "text/event-stream", 0, 17);
	}

	/** Waits until the body has news. For the reader. */
	void awaitContent() throws Http2Exception {
		long deadline = this.times.exchangeDeadline();
		if (this.readTimeoutNanos > 0) {
			deadline = CallTimes.earlier(deadline, nonZero(this.connection.nanoTime() + this.readTimeoutNanos));
		}
		for (;;) {
			this.waiter = Thread.currentThread();
			if (this.body.hasNews()) {
				this.waiter = null;
				return;
			}
			park(deadline, Phase.RESPONSE_BODY);
		}
	}

	/**
	 * Ends a read when the exchange has taken too long, though there is content: a server
	 * that always has some more would never let the reader wait.
	 */
	void checkExchange() throws Http2Exception {
		long deadline = this.times.exchangeDeadline();
		if (deadline != 0 && !this.body.isEnded() && this.connection.nanoTime() - deadline >= 0) {
			throw timeout(Phase.RESPONSE_BODY);
		}
	}

	/**
	 * Waits until the next chunk of content may be offered.
	 * @return whether it may; {@code false} if nobody wants it any longer
	 */
	boolean awaitUpload(Upload writing) throws Http2Exception {
		long deadline = this.times.headDeadline();
		try {
			for (;;) {
				writing.waiting(Thread.currentThread());
				if (writing.isCalledOff()) {
					return false;
				}
				if (this.head != null && deadline != 0 && this.connection.nanoTime() - deadline >= 0) {
					// There is a response to be delivered; what stalls is the rest of the
					// request.
					stopUpload();
					return false;
				}
				// Also for content that flows: a slow source never has to wait here.
				giveUpIfDue(deadline, Phase.REQUEST_BODY);
				if (writing.isReady()) {
					return true;
				}
				park(deadline, Phase.REQUEST_BODY);
			}
		}
		finally {
			writing.waiting(null);
		}
	}

	private void park(long deadline, Phase phase) throws Http2Exception {
		giveUpIfDue(deadline, phase);
		if (deadline == 0) {
			LockSupport.park(this);
		}
		else {
			LockSupport.parkNanos(this, Math.max(1, deadline - this.connection.nanoTime()));
		}
	}

	private void giveUpIfDue(long deadline, Phase phase) throws Http2Exception {
		if (Thread.interrupted()) {
			Thread.currentThread().interrupt();
			CallCancelledException interrupted = new CallCancelledException(
					"Interrupted while " + phase.words() + where(), null, context(Initiator.CALLER, phase));
			cancel(ErrorCode.CANCEL, interrupted);
			throw interrupted;
		}
		if (deadline != 0 && this.connection.nanoTime() - deadline >= 0) {
			throw timeout(phase);
		}
	}

	private Http2Exception timeout(Phase phase) {
		long waited = Duration.ofNanos(this.connection.nanoTime() - this.startNanos).toMillis();
		Http2TimeoutException timeout = new Http2TimeoutException(
				"Timed out after " + waited + " ms " + phase.words() + where() + this.connection.describeSilence(),
				null, context(Initiator.LIBRARY, phase));
		cancel(ErrorCode.CANCEL, timeout);
		return timeout;
	}

	private String where() {
		return " (" + this.connection.describe() + ((id() != 0) ? ", stream " + id() : "") + ")";
	}

	private static long nonZero(long time) {
		return (time != 0) ? time : 1;
	}

	/**
	 * Ends the stream from our side. Any thread; returns at once.
	 * @param code what RST_STREAM says, if the stream was opened
	 * @param why what whoever still waits is told
	 */
	public void cancel(ErrorCode code, Http2Exception why) {
		fail(why);
		if (callOff()) {
			this.connection.neverOpened(this);
		}
		else if (!isClosed()) {
			this.connection.submit(new ResetOp(this, code));
		}
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
				this.connection.submit(new ResetOp(this, ErrorCode.NO_ERROR));
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

	/** Ends the exchange for the caller, as {@link Http2Response#close()} promises. */
	void closeResponse() {
		boolean complete = this.body.isEnded();
		if (!this.body.discard()) {
			return;
		}
		if (complete) {
			stopUpload();
		}
		else if (this.failure == null) {
			cancel(ErrorCode.CANCEL, new CallCancelledException("The response was closed before its end" + where(),
					null, context(Initiator.CALLER, Phase.RESPONSE_BODY)));
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

	/** Gives octets back that the reader is done with. Any thread. */
	void consumed(ResponseBody.Chunk chunk) {
		int octets = chunk.octets.length;
		this.connection.budget().remove(octets);
		if (!chunk.streamCredited) {
			creditStream(octets);
		}
		if (!chunk.connectionCredited) {
			this.connection.creditConnection(octets);
		}
	}

	private void creditStream(int octets) {
		if (receiveWindow().consume(octets) && !isRemoteDone()) {
			this.connection.submit(new CreditOp(this));
		}
	}

	// ---- the pen's and the loop's side ----

	/** Decides that the stream is opened. Holder of the pen. */
	boolean tryOpen() {
		return OPENING.compareAndSet(this, QUEUED, OPENED);
	}

	/** Decides that it never will be. Any thread. */
	boolean callOff() {
		return OPENING.compareAndSet(this, QUEUED, CALLED_OFF);
	}

	@Override
	protected int readyOctets() {
		return (this.upload != null) ? this.upload.readyOctets() : 0;
	}

	@Override
	protected boolean copyContent(ByteBuffer out, int length) {
		return this.upload != null && this.upload.copy(out, length);
	}

	@Override
	protected boolean isContentComplete() {
		return this.upload != null && !this.upload.isCalledOff() && this.upload.isComplete();
	}

	/**
	 * Takes content. Loop. While the memory budget holds, the connection window is
	 * refilled on receipt, and so is the stream's while its caller still writes the
	 * request: it cannot read yet, and a server that waits for room to answer would take
	 * no more.
	 */
	void received(ByteBuffer piece) {
		int octets = piece.remaining();
		boolean affordable = this.connection.budget().add(octets);
		boolean stillWriting = affordable && this.writtenByCaller && !isLocalDone();
		this.body.add(piece, affordable, stillWriting);
		if (affordable) {
			this.connection.creditConnection(octets);
		}
		if (stillWriting) {
			creditStream(octets);
		}
		wake();
	}

	/** Publishes the head. Loop. */
	void arrived(ResponseHead newHead) {
		this.head = newHead;
		wake();
	}

	boolean hasHead() {
		return this.head != null;
	}

	void ended(Headers newTrailers) {
		this.trailers = newTrailers;
		this.body.end();
		wake();
	}

	/**
	 * Ends the exchange with a failure, unless it has failed or is complete. Any thread.
	 * @param cause what the caller is told
	 */
	void fail(Http2Exception cause) {
		if (FAILURE.compareAndSet(this, null, cause)) {
			this.body.fail(cause);
			if (this.upload != null) {
				this.upload.callOff();
			}
			wake();
		}
	}

	/** Wakes the caller if it waits: after the flush on the loop, else at once. */
	void wake() {
		Thread waiting = this.waiter;
		if (waiting != null) {
			this.connection.unpark(waiting);
		}
	}

	/** Where the exchange is, for messages and snapshots. */
	Phase phase() {
		if (this.head != null) {
			return Phase.RESPONSE_BODY;
		}
		return (this.upload != null && !isLocalDone()) ? Phase.REQUEST_BODY : Phase.RESPONSE_HEAD;
	}

	FailureContext context(Initiator initiator, Phase phase) {
		return new FailureContext(initiator, phase, null, this.connection.id(), id(), id() == 0);
	}

	StreamSnapshot snapshot(long nowNanos) {
		return new StreamSnapshot(id(), state().name(), this.request.method(),
				Duration.ofNanos(nowNanos - this.startNanos), sendWindow().sent(), receivedLength(),
				sendWindow().available(this.connection.peerInitialWindow()), receiveWindow().available(), waitingFor());
	}

	private @Nullable String waitingFor() {
		if (this.upload != null && !isLocalDone() && !this.upload.isCalledOff()) {
			if (sendWindow().available(this.connection.peerInitialWindow()) <= 0) {
				return "stream window";
			}
			if (this.connection.sendWindow() <= 0) {
				return "connection window";
			}
			return (this.connection.isStalled()) ? "socket" : "request body";
		}
		if (this.head == null) {
			return "response head";
		}
		return (receiveWindow().outstanding() > 0) ? "application not reading" : "response body";
	}

	/** Resets the stream (RFC 9113 section 5.4.2). */
	static final class ResetOp extends Op {

		private final ClientStream stream;

		private final ErrorCode code;

		ResetOp(ClientStream stream, ErrorCode code) {
			this.stream = stream;
			this.code = code;
		}

		@Override
		void run(SendHalf half) {
			half.reset(this.stream, this.code);
		}

	}

	/** Tells the peer that it may send more on the stream (RFC 9113 section 6.9). */
	static final class CreditOp extends Op {

		private final ClientStream stream;

		CreditOp(ClientStream stream) {
			this.stream = stream;
		}

		@Override
		void run(SendHalf half) {
			half.creditStream(this.stream);
		}

	}

	/** Lets the pen look for new content. */
	static final class UploadOp extends Op {

		private final ClientStream stream;

		UploadOp(ClientStream stream) {
			this.stream = stream;
		}

		@Override
		void run(SendHalf half) {
			half.upload(this.stream);
		}

	}

}
