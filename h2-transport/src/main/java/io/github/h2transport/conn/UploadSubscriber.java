package io.github.h2transport.conn;

import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.util.concurrent.Executor;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

import io.github.h2transport.CallCancelledException;
import io.github.h2transport.ErrorCode;
import io.github.h2transport.Initiator;
import io.github.h2transport.InvalidRequestException;
import io.github.h2transport.Phase;
import io.github.h2transport.RequestBody;
import org.jspecify.annotations.Nullable;

/**
 * Takes the content of a request from a publisher: one buffer after the other is asked
 * for while there is little unsent, so the flow-control windows are what it asks by.
 */
final class UploadSubscriber implements Flow.Subscriber<ByteBuffer> {

	private static final System.Logger logger = System.getLogger(UploadSubscriber.class.getName());

	/** Room for a short message. */
	private static final int FIRST_CHUNK = 1024;

	/** Room for a frame. */
	private static final int CHUNK = 16 * 1024;

	private final ClientStream stream;

	private final Upload upload;

	private final Executor elsewhere;

	private final long declared;

	private final PauseWatch watch;

	private final AtomicInteger work = new AtomicInteger();

	private final AtomicBoolean failed = new AtomicBoolean();

	/** Set once, before any other signal. */
	private volatile Flow.@Nullable Subscription subscription;

	/** Set by the publisher, seen by whoever goes on. */
	private volatile boolean complete;

	/** Owned by whoever goes on: a buffer was asked for and has not come. */
	private volatile boolean asked;

	/** Owned by whoever goes on. */
	private boolean over;

	/** Owned by the publisher's signals, which come one at a time. */
	private long written;

	private UploadSubscriber(ClientStream stream, Upload upload, Executor elsewhere) {
		this.stream = stream;
		this.upload = upload;
		this.elsewhere = elsewhere;
		this.watch = new PauseWatch(stream, upload);
		this.declared = stream.request().contentLength();
	}

	/** Subscribes as soon as content may be sent. */
	static void begin(ClientStream stream, Upload upload, RequestBody.Published content, Executor elsewhere) {
		AtomicBoolean begun = new AtomicBoolean();
		Runnable begin = () -> {
			if (upload.isReady() && begun.compareAndSet(false, true) && !upload.isCalledOff()) {
				UploadSubscriber subscriber = new UploadSubscriber(stream, upload, elsewhere);
				try {
					content.subscribe(subscriber);
				}
				catch (Throwable ex) {
					subscriber.fail(ex);
				}
			}
		};
		upload.onReady(() -> stream.connection().loop().later(begin));
		begin.run();
	}

	@Override
	public void onSubscribe(Flow.Subscription newSubscription) {
		if (this.subscription != null) {
			newSubscription.cancel();
			return;
		}
		this.subscription = newSubscription;
		// Nothing of the publisher's runs in the middle of encoding.
		this.upload.onReady(() -> this.stream.connection().loop().later(this::goOn));
		goOn();
	}

	@Override
	public void onNext(ByteBuffer buffer) {
		if (buffer == null) {
			// Reactive Streams 2.13; the call must not wait for another one.
			NullPointerException none = new NullPointerException("A publisher has published null");
			fail(none);
			throw none;
		}
		this.written += buffer.remaining();
		if (this.declared >= 0 && this.written > this.declared) {
			fail(wrongLength("more than"));
			return;
		}
		append(buffer);
		if (this.upload.isWorthTelling() || !this.upload.isReady()) {
			// Room comes by what is sent, and of the latest octets nobody may know yet.
			tell();
		}
		this.watch.wrote();
		this.asked = false;
		goOn();
	}

	/** Small buffers share a chunk, a large one has its own. */
	private void append(ByteBuffer buffer) {
		int room = Math.min(buffer.remaining(), this.upload.room());
		if (room > 0) {
			this.upload.write(buffer, room);
		}
		if (buffer.hasRemaining()) {
			int least = (this.written > FIRST_CHUNK) ? CHUNK : FIRST_CHUNK;
			this.upload.begin(new byte[Math.max(buffer.remaining(), least)]);
			this.upload.write(buffer, buffer.remaining());
		}
	}

	private void tell() {
		this.stream.connection().submit(new StreamOps.Content(this.stream));
	}

	@Override
	public void onComplete() {
		if (this.declared >= 0 && this.written < this.declared) {
			fail(wrongLength("fewer than"));
			return;
		}
		this.complete = true;
		goOn();
	}

	@Override
	public void onError(Throwable failure) {
		fail(failure);
	}

	/** Asks for the next buffer, or ends the content, as soon as there is room. */
	private void goOn() {
		if (this.work.getAndIncrement() != 0) {
			return;
		}
		int seen = 1;
		do {
			try {
				step();
			}
			catch (Throwable ex) {
				// Code of the caller: its subscription or its supplier of trailers.
				fail(ex);
			}
			seen = this.work.addAndGet(-seen);
		}
		while (seen != 0);
	}

	private void step() throws InvalidRequestException {
		Flow.Subscription source = this.subscription;
		if (this.over || (source == null && !this.complete) || !this.upload.isReady()) {
			return;
		}
		if (this.upload.isCalledOff()) {
			this.over = true;
			if (source != null) {
				source.cancel();
			}
		}
		else if (this.complete) {
			this.over = true;
			if (this.upload.asksForTrailers() && EventLoop.onLoopThread()) {
				this.elsewhere.execute(this::tryToEnd);
			}
			else {
				end();
			}
		}
		else if (!this.asked && source != null) {
			this.asked = true;
			source.request(1);
		}
	}

	private void tryToEnd() {
		try {
			end();
		}
		catch (Throwable ex) {
			fail(ex);
		}
	}

	private void end() throws InvalidRequestException {
		this.upload.complete();
		tell();
	}

	private InvalidRequestException wrongLength(String relation) {
		return new InvalidRequestException(
				"The request body has " + relation + " the " + this.declared
						+ " octets that its content-length declares",
				null, this.stream.context(Initiator.CALLER, Phase.REQUEST_BODY));
	}

	private static void cancel(Flow.Subscription source) {
		try {
			source.cancel();
		}
		catch (Throwable ex) {
			logger.log(Level.DEBUG, "The publisher of a request body could not be cancelled", ex);
		}
	}

	private void fail(Throwable failure) {
		if (!this.failed.compareAndSet(false, true)) {
			return;
		}
		Flow.Subscription source = this.subscription;
		if (source != null) {
			cancel(source);
		}
		if (!this.upload.isCalledOff()) {
			this.stream.cancel(ErrorCode.CANCEL,
					() -> new CallCancelledException("The request body failed: " + Guests.words(failure), failure,
							this.stream.context(Initiator.CALLER, Phase.REQUEST_BODY).withSafeToRetry(false)));
		}
	}

}
