package io.github.h2transport.conn;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

import io.github.h2transport.CallCancelledException;
import io.github.h2transport.ErrorCode;
import io.github.h2transport.Http2Exception;
import io.github.h2transport.Http2TimeoutException;
import io.github.h2transport.Initiator;
import io.github.h2transport.Phase;
import org.jspecify.annotations.Nullable;

/**
 * How a caller waits for its stream: it publishes its thread, looks once more, and parks;
 * the loop publishes the news, looks for a thread, and unparks it after its flush. Works
 * for platform and virtual threads alike, without a lock.
 */
final class StreamWaiter {

	private final ClientStream stream;

	/**
	 * The caller that waits for the response: written by that thread, and emptied by who
	 * wakes it, for it writes it again before it looks.
	 */
	private volatile @Nullable Thread waiting;

	StreamWaiter(ClientStream stream) {
		this.stream = stream;
	}

	/** Waits for the head; returns {@code null} if there is none because of a failure. */
	@Nullable ResponseHead awaitHead() throws Http2Exception {
		try {
			for (;;) {
				this.waiting = Thread.currentThread();
				ResponseHead head = this.stream.head();
				if (head != null || this.stream.failure() != null) {
					return head;
				}
				park(this.stream.headDeadline(), this.stream.requestPhase());
			}
		}
		finally {
			this.waiting = null;
		}
	}

	/** Waits until the body has news. */
	void awaitContent(ResponseBody body, long readTimeoutNanos) throws Http2Exception {
		long deadline = this.stream.times().exchangeDeadline();
		if (readTimeoutNanos > 0) {
			deadline = CallTimes.earlier(deadline, nonZero(this.stream.connection().nanoTime() + readTimeoutNanos));
		}
		try {
			for (;;) {
				this.waiting = Thread.currentThread();
				if (body.hasNews()) {
					return;
				}
				park(deadline, Phase.RESPONSE_BODY);
			}
		}
		finally {
			this.waiting = null;
		}
	}

	/** Ends a read when the exchange has taken too long, though there is content. */
	void checkExchange(ResponseBody body) throws Http2Exception {
		long deadline = this.stream.times().exchangeDeadline();
		if (deadline != 0 && !body.isEnded() && isOver(deadline)) {
			giveUpIfDue(deadline, Phase.RESPONSE_BODY);
		}
	}

	/**
	 * Waits until the next chunk of content may be offered.
	 * @return whether it may; {@code false} if nobody wants it any longer
	 */
	boolean awaitUpload(Upload upload) throws Http2Exception {
		try {
			for (;;) {
				long deadline = this.stream.headDeadline();
				upload.waiting(Thread.currentThread());
				if (upload.isCalledOff()) {
					return false;
				}
				if (this.stream.head() != null && deadline != 0 && isOver(deadline)) {
					// There is a response to be delivered; what stalls is the rest of the
					// request.
					this.stream.stopUpload();
					return false;
				}
				// Also for content that flows: a slow source never has to wait here.
				giveUpIfDue(deadline, Phase.REQUEST_BODY);
				if (upload.isReady()) {
					// It may be ready because it was called off after the first look.
					return !upload.isCalledOff();
				}
				park(deadline, Phase.REQUEST_BODY);
			}
		}
		finally {
			upload.waiting(null);
		}
	}

	private void park(long deadline, Phase phase) throws Http2Exception {
		if (EventLoop.onLoopThread()) {
			throw new IllegalStateException("Waiting on the event loop thread " + Thread.currentThread().getName()
					+ " would stop its connections; hand the call over to another thread");
		}
		giveUpIfDue(deadline, phase);
		if (deadline == 0) {
			LockSupport.park(this.stream);
		}
		else {
			LockSupport.parkNanos(this.stream, Math.max(1, deadline - this.stream.connection().nanoTime()));
		}
	}

	private void giveUpIfDue(long deadline, Phase phase) throws Http2Exception {
		if (Thread.interrupted()) {
			Thread.currentThread().interrupt();
			throw giveUp(phase,
					() -> new CallCancelledException("Interrupted while " + phase.words() + this.stream.where(), null,
							this.stream.context(Initiator.CALLER, phase)));
		}
		if (deadline != 0 && isOver(deadline)) {
			throw giveUp(phase, () -> timeout(this.stream, phase));
		}
	}

	/** Only who has got the response can have a use for the rest of it. */
	private <X extends Http2Exception> X giveUp(Phase phase, Supplier<X> why) {
		return (phase == Phase.RESPONSE_BODY) ? this.stream.leave(ErrorCode.CANCEL, why)
				: this.stream.cancel(ErrorCode.CANCEL, why);
	}

	private boolean isOver(long deadline) {
		return this.stream.connection().nanoTime() - deadline >= 0;
	}

	/** The words for a deadline that has passed. */
	static Http2Exception timeout(ClientStream stream, Phase phase) {
		long now = stream.connection().nanoTime();
		CallTimes times = stream.times();
		long age = now - ((times.startNanos() != 0) ? times.startNanos() : stream.startNanos());
		return new Http2TimeoutException(
				"Timed out after " + Duration.ofNanos(age).toMillis() + " ms " + phase.words() + stream.where()
						+ stream.connection().describeSilence(age) + "; the limit is "
						+ times.limit(phase, now, stream.lastSentNanos()),
				null, stream.context(Initiator.LIBRARY, phase));
	}

	static long nonZero(long time) {
		return (time != 0) ? time : 1;
	}

	/**
	 * Wakes the caller if it waits: after the flush on the loop, else at once. Once for
	 * head, content and end that come together.
	 */
	void wake() {
		Thread thread = this.waiting;
		if (thread != null) {
			this.waiting = null;
			this.stream.connection().loop().unpark(thread);
		}
	}

}
