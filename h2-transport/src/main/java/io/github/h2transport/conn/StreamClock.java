package io.github.h2transport.conn;

import java.util.concurrent.TimeUnit;

import io.github.h2transport.ErrorCode;
import io.github.h2transport.Phase;

/**
 * The deadlines of a stream, as far as its caller is not parked at them: it is called
 * back, it is in the middle of its own source of content, or it does something else while
 * it has the response. Owned by the loop; what others read says so.
 */
final class StreamClock {

	/**
	 * A server that has answered in full may end the rest of the request itself, which
	 * costs neither side anything; for so long it is given the time to.
	 */
	static final long SERVERS_TURN_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

	private final ClientStream stream;

	/** When the response was complete before the request, 0 if it was not. */
	private long answeredNanos;

	/** By a subscriber: when it must have its next octet, 0 for never. Any thread. */
	private volatile long gapDeadline;

	StreamClock(ClientStream stream) {
		this.stream = stream;
	}

	/** The response is complete, and the request is not (RFC 9113 section 8.1). */
	void answeredEarly(long now) {
		this.answeredNanos = StreamWaiter.nonZero(now);
		lookSoon();
	}

	/** The tick is too coarse for so short a time. */
	private void lookSoon() {
		Loop loop = this.stream.connection().loop();
		loop.inAMoment(() -> {
			if (this.answeredNanos != 0 && !this.stream.isClosed()) {
				tick(loop.nanoTime());
				lookSoon();
			}
		});
	}

	/**
	 * By the publisher: since when it wants content that is not there; 0 if it does not.
	 * Any thread.
	 */
	void wantingSince(long now) {
		long timeout = (now != 0) ? readTimeoutNanos() : 0;
		this.gapDeadline = (timeout > 0) ? StreamWaiter.nonZero(now + timeout) : 0;
	}

	/**
	 * How long the body may pause; an event stream may be silent for as long as it likes,
	 * unless somebody has set a limit. Any thread.
	 */
	long readTimeoutNanos() {
		ResponseHead arrived = this.stream.head();
		String type = (arrived != null) ? arrived.headers().get("content-type") : null;
		boolean eventStream = type != null && type.regionMatches(true, 0, "text/event-stream", 0, 17);
		return eventStream ? this.stream.times().eventGapNanos() : this.stream.times().readTimeoutNanos();
	}

	/** Ends what is late, also before the stream is open. */
	void tick(long now) {
		if (this.stream.failure() != null) {
			return;
		}
		if (this.stream.body().isEnded()) {
			if (this.answeredNanos != 0 && now - this.answeredNanos >= SERVERS_TURN_NANOS) {
				this.answeredNanos = 0;
				this.stream.stopUpload();
			}
			return;
		}
		long headDeadline = this.stream.headDeadline();
		if (!this.stream.hasHead()) {
			if (isOver(headDeadline, now) && (this.stream.isHeard() || this.stream.isWriting())) {
				end(this.stream.phase());
			}
		}
		else if (isOver(CallTimes.earlier(this.stream.times().exchangeDeadline(), this.gapDeadline), now)) {
			end(Phase.RESPONSE_BODY);
		}
		else if (isOver(headDeadline, now) && this.stream.isWriting() && !this.stream.isUploadStopped()) {
			// There is a response to be delivered; what stalls is the rest of the
			// request.
			this.stream.stopUpload();
		}
	}

	private void end(Phase phase) {
		this.stream.leave(ErrorCode.CANCEL, () -> StreamWaiter.timeout(this.stream, phase));
	}

	private static boolean isOver(long deadline, long now) {
		return deadline != 0 && now - deadline >= 0;
	}

}
